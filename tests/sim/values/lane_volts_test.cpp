#include "sim/values/lane_volts.h"

#include "hw/dac.h"
#include "hw/neural_adc.h"
#include "hw/sar_adc.h"
#include "hw/tia.h"
#include "tests/sim/arch_fixture.hpp"

namespace {

struct lane_volts : arch_fixture {
    npim_hardware hardware{};
    npim_lane_trace trace{};
    npim_lane_values values{};

    lane_volts() {
        trace.cycles = 2;
        trace.digit[0] = 3, trace.digit[1] = 1;
        trace.sum[0] = 20, trace.sum[1] = 40;
        trace.code[0] = 7, trace.code[1] = 9;
        trace.dot[0] = 1000, trace.dot[1] = -500;
        trace.node[0] = 0.25, trace.node[1] = -0.5;
        trace.so_far[0] = 11, trace.so_far[1] = 22;
        trace.share = 0.5;
        trace.result_code = -100;
        trace.residue_V = 0.7;
        trace.chunk = 33, trace.result = 44;
    }
    ~lane_volts() override { npim_hardware_fini(&hardware); }

    void show(const char *name, npim_mode mode) {
        const bool exact = mode == NPIM_MODE_IDEAL;
        npim_lane_volts volts{};
        load(name);
        npim_hardware_fini(&hardware);
        ASSERT_EQ(npim_hardware_init(&hardware, arch, exact ? NPIM_MODE_QUANTISED : mode, &error), NPIM_OK);
        ASSERT_EQ(npim_lane_volts_init(&volts, arch, &hardware, exact, &error), NPIM_OK);
        npim_lane_show(&volts, &trace, &values);
        EXPECT_EQ(values.cycles[1].digit, 1u);
        EXPECT_EQ(values.cycles[1].sum, 22);
        EXPECT_EQ(values.chunk, 33);
        EXPECT_EQ(values.result, 44);
        EXPECT_EQ(values.residue_V, 0.7);
        const npim_rram_config &cell = hardware.cell;
        const auto *dac = static_cast<const npim_dac_config *>(npim_arch_block(arch, "dac")->config);
        const double digit_V = dac->v_ref_V / ((1 << dac->bits) - 1);
        const double step_S = cell.g_on_S * (1 - 1 / cell.on_off_ratio) / ((1 << cell.cell_bits) - 1);
        EXPECT_NEAR(values.cycles[0].word_V, 3 * digit_V, 1e-12);
        EXPECT_NEAR(values.cycles[0].line_A, 20 * digit_V * step_S, 1e-15);
    }
};

TEST_F(lane_volts, of_isaac_have_one_step_for_a_level) {
    show("isaac", NPIM_MODE_QUANTISED);
    const auto *adc = static_cast<const npim_sar_adc_config *>(npim_arch_block(arch, "sar_adc")->config);
    // 128 rows on 8 bit: a code is one level.
    EXPECT_NEAR(values.cycles[1].line_V, 40 * adc->v_max_V / 255, 1e-12);
    EXPECT_EQ(values.cycles[1].code, 9u);
}

TEST_F(lane_volts, of_cascade_have_the_gain_of_its_amplifier) {
    show("cascade", NPIM_MODE_QUANTISED);
    const auto *tia = static_cast<const npim_tia_config *>(npim_arch_block(arch, "tia")->config);
    const auto *adc = static_cast<const npim_sar_adc_config *>(npim_arch_block(arch, "sar_adc")->config);
    EXPECT_NEAR(values.cycles[1].line_V, values.cycles[1].line_A * tia->gain_Ohm, 1e-12);
    EXPECT_EQ(values.cycles[1].level, 9u);
    EXPECT_EQ(values.in_V, 0.5 * adc->v_max_V);
    EXPECT_EQ(values.code, static_cast<uint32_t>(-100)) << "counts from 0";
}

TEST_F(lane_volts, of_neural_pim_fill_half_the_supply_and_count_from_the_smallest_code) {
    for (npim_mode mode : {NPIM_MODE_IDEAL, NPIM_MODE_QUANTISED, NPIM_MODE_ANALOG}) {
        SCOPED_TRACE(npim_mode_names[mode]);
        show("neural-pim", mode);
        const auto *adc =
            static_cast<const npim_neural_adc_config *>(npim_arch_block(arch, "neural_adc")->config);
        const double half_V = hardware.sa ? hardware.sa->converter.circuit.vdd_V / 2 : 0.5;
        EXPECT_NEAR(values.cycles[0].line_V, 20 * half_V / (128 * 15), 1e-12);
        EXPECT_NEAR(values.cycles[0].mixed_V, 1000 * half_V / (128 * 15 * 255.0), 1e-12);
        EXPECT_NEAR(values.cycles[1].node_V, -0.5 * half_V, 1e-12);
        EXPECT_EQ(values.in_V, 0.5 * adc->v_max_V);
        const uint32_t codes[] = {static_cast<uint32_t>(-100), 27, 28};
        EXPECT_EQ(values.code, codes[mode]);
    }
}

} // namespace
