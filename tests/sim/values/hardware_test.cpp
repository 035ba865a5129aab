#include "sim/values/hardware.h"

#include "tests/sim/arch_fixture.hpp"

namespace {

class hardware_of_arch : public arch_fixture {
  protected:
    ~hardware_of_arch() override { npim_hardware_fini(&h); }

    npim_status take(npim_mode mode = NPIM_MODE_QUANTISED) {
        npim_hardware_fini(&h);
        error = {};
        return npim_hardware_init(&h, arch, mode, &error);
    }
    void refused(npim_status status, npim_mode mode, const char *part) {
        EXPECT_EQ(take(mode), status);
        EXPECT_NE(std::string(error.message).find(part), std::string::npos) << error.message;
        EXPECT_EQ(h.sa, nullptr);
        EXPECT_EQ(h.adc, nullptr);
    }
    npim_hardware h{};
};

TEST_F(hardware_of_arch, neural_pim_has_two_digits_and_one_conversion) {
    load("neural-pim");
    ASSERT_EQ(take(), NPIM_OK) << error.message;
    EXPECT_EQ(h.dataflow.strategy, NPIM_STRATEGY_C);
    EXPECT_EQ(npim_dataflow_cycles(&h.dataflow), 2u);
    EXPECT_EQ(h.crossbar.rows, 128u);
    EXPECT_EQ(h.columns_per_weight, 16u);
    EXPECT_EQ(h.slices, 8u);
    EXPECT_EQ(h.code_bits, 8u);
    EXPECT_EQ(h.sa, nullptr); // circuits are for the analog mode
    ASSERT_EQ(take(NPIM_MODE_ANALOG), NPIM_OK) << error.message;
    EXPECT_NE(h.sa, nullptr);
    EXPECT_NE(h.adc, nullptr);
}

TEST_F(hardware_of_arch, isaac_converts_every_bit_line_with_8_bit) {
    load("isaac", {"run.seed=7"});
    ASSERT_EQ(take(NPIM_MODE_ANALOG), NPIM_OK) << error.message;
    EXPECT_EQ(h.dataflow.strategy, NPIM_STRATEGY_A);
    EXPECT_EQ(h.n_bits, 1u);
    EXPECT_EQ(h.adc_bits[0], 8u);
    EXPECT_EQ(h.seed, 7u);
    load("isaac", {"block.sar_adc.bits=9", "block.sar_adc.v_max_V=2", "block.sar_adc.noise_V=0.5"});
    ASSERT_EQ(take(NPIM_MODE_ANALOG), NPIM_OK) << error.message;
    EXPECT_EQ(h.adc_bits[0], 8u); // what the dataflow asks for
    EXPECT_EQ(h.adc_noise, 0.25); // of the full scale
}

TEST_F(hardware_of_arch, cascade_buffers_6_bit_and_converts_five_groups) {
    load("cascade", {"block.analog_buffer.sigma=0.02"});
    ASSERT_EQ(take(), NPIM_OK) << error.message;
    EXPECT_EQ(h.dataflow.strategy, NPIM_STRATEGY_B);
    EXPECT_EQ(h.crossbar.coding, unsigned(NPIM_CODING_TWOS));
    EXPECT_EQ(h.buffer_bits, 6u);
    EXPECT_EQ(h.buffer_sigma, 0.02);
    ASSERT_EQ(h.n_bits, 5u);
    EXPECT_EQ(std::vector<uint32_t>(h.adc_bits, h.adc_bits + 5), (std::vector<uint32_t>{9, 8, 8, 7, 6}));
}

TEST_F(hardware_of_arch, circuits_vary_as_cells_do_up_to_a_half) {
    load("neural-pim", {"block.rram.sigma=0.1"});
    ASSERT_EQ(take(), NPIM_OK);
    EXPECT_EQ(h.circuit_sigma, 0.1);
    load("neural-pim", {"block.rram.sigma=0.9"});
    ASSERT_EQ(take(), NPIM_OK);
    EXPECT_EQ(h.circuit_sigma, 0.5);
}

TEST_F(hardware_of_arch, more_than_8_bit_have_no_values) {
    load("isaac-16bit");
    refused(NPIM_EUNSUPPORTED, NPIM_MODE_QUANTISED, "16-bit inputs");
}

// Of the converter's full scale; held for one input cycle of 100 ns, in which the array's converter is
// through with its 128 bit lines.
TEST_F(hardware_of_arch, samples_of_isaac_are_held_for_a_cycle) {
    load("isaac", {"block.sample_hold.noise_V=0.003", "block.sample_hold.droop_V_per_us=0.5",
                   "block.sar_adc.v_max_V=2"});
    ASSERT_EQ(take(NPIM_MODE_ANALOG), NPIM_OK) << error.message;
    EXPECT_EQ(h.line_noise, 0.003 / 2);
    EXPECT_DOUBLE_EQ(h.line_droop, 0.5 * 0.1 / 2);
    ASSERT_EQ(take(NPIM_MODE_QUANTISED), NPIM_OK);
    EXPECT_EQ(h.line_noise, 0.0);
    EXPECT_EQ(h.line_droop, 0.0);
}

TEST_F(hardware_of_arch, slow_converters_let_samples_wait) {
    load("isaac", {"block.sample_hold.droop_V_per_us=0.5", "block.sar_adc.rate_GSps=0.32"});
    ASSERT_EQ(take(NPIM_MODE_ANALOG), NPIM_OK) << error.message;
    EXPECT_DOUBLE_EQ(h.line_droop, 0.5 * 0.4); // 128 / 0.32 GS/s
}

// Of half the shift-and-add's supply of 1 V.
TEST_F(hardware_of_arch, samples_of_neural_pim_are_held_for_a_cycle) {
    load("neural-pim", {"block.sample_hold.noise_V=0.003", "block.sample_hold.droop_V_per_us=0.5",
                        "block.neural_sa.noise_V=0.0002", "block.neural_adc.noise_V=0.001"});
    ASSERT_EQ(take(NPIM_MODE_ANALOG), NPIM_OK) << error.message;
    EXPECT_EQ(npim_hardware_supply_V(&h), 1.0);
    EXPECT_EQ(h.line_noise, 0.003 / 0.5);
    EXPECT_DOUBLE_EQ(h.line_droop, 0.5 * 0.123 / 0.5);
    EXPECT_EQ(h.node_noise_V, 0.0002);
    EXPECT_EQ(h.adc_noise, 0.001 / 0.5);
}

// The transimpedance amplifier's of the buffer's highest voltage, the summing amplifier's with the
// converter's.
TEST_F(hardware_of_arch, amplifiers_of_cascade_have_noise) {
    load("cascade", {"block.tia.noise_V=0.003", "block.analog_buffer.v_max_V=2", "block.sar_adc.v_max_V=4",
                     "block.summing_amp.noise_V=0.012", "block.sar_adc.noise_V=0.016"});
    ASSERT_EQ(take(NPIM_MODE_ANALOG), NPIM_OK) << error.message;
    EXPECT_EQ(h.line_noise, 0.003 / 2);
    EXPECT_DOUBLE_EQ(h.adc_noise, 0.02 / 4);
    load("cascade", {"block.sar_adc.noise_V=0.016"});
    ASSERT_EQ(take(NPIM_MODE_ANALOG), NPIM_OK) << error.message;
    EXPECT_EQ(h.adc_noise, 0.016); // to the bit
}

// A block that the strategy has no place for cannot be noisy.
TEST_F(hardware_of_arch, noise_without_a_place_is_refused) {
    struct {
        const char *arch, *set, *part;
        npim_strategy strategy;
    } const cases[] = {
        {"neural-pim", "block.sample_hold.noise_V=0.001", "sample_hold.noise_V = 0.001", NPIM_STRATEGY_B},
        {"isaac", "block.sample_hold.droop_V_per_us=1", "sample_hold.droop_V_per_us", NPIM_STRATEGY_B},
        {"cascade", "block.tia.noise_V=0.001", "strategy A have no such block", NPIM_STRATEGY_A},
        {"cascade", "block.summing_amp.noise_V=0.001", "strategy C have no such block", NPIM_STRATEGY_C},
        {"neural-pim", "block.neural_sa.noise_V=0.001", "neural_sa.noise_V", NPIM_STRATEGY_A}};
    for (const auto &one : cases) {
        SCOPED_TRACE(one.part);
        load(one.arch, {one.set});
        EXPECT_EQ(take(NPIM_MODE_ANALOG), NPIM_OK) << error.message;
        arch->dataflow.strategy = one.strategy;
        refused(NPIM_EUNSUPPORTED, NPIM_MODE_ANALOG, one.part);
    }
}

TEST_F(hardware_of_arch, a_strategy_needs_its_blocks) {
    load("neural-pim");
    arch->dataflow.strategy = NPIM_STRATEGY_B;
    refused(NPIM_ECONFIG, NPIM_MODE_QUANTISED, "analog_buffer");
    arch->dataflow.strategy = NPIM_STRATEGY_A;
    refused(NPIM_ECONFIG, NPIM_MODE_QUANTISED, "sar_adc");
    load("isaac");
    arch->dataflow.strategy = NPIM_STRATEGY_C;
    refused(NPIM_ECONFIG, NPIM_MODE_QUANTISED, "neural_adc");
    for (uint32_t b = 0; b < arch->n_blocks; b++)
        if (std::string(arch->blocks[b].ops->name) == "rram") arch->blocks[b].ops = arch->blocks[0].ops;
    refused(NPIM_ECONFIG, NPIM_MODE_QUANTISED, "rram");
}

TEST(hardware, columns_count_what_their_coding_says) {
    npim_hardware h{};
    h.crossbar.weight_bits = 8;
    h.crossbar.cell_bits = 2;
    h.slices = 4;
    h.crossbar.coding = NPIM_CODING_DIFFERENTIAL;
    EXPECT_EQ(npim_hardware_column_weight(&h, 0), 1);
    EXPECT_EQ(npim_hardware_column_weight(&h, 1), -1);
    EXPECT_EQ(npim_hardware_column_weight(&h, 6), 64);
    EXPECT_EQ(npim_hardware_column_weight(&h, 7), -64);
    EXPECT_EQ(npim_hardware_bias(&h), 0);
    h.crossbar.coding = NPIM_CODING_BIASED;
    EXPECT_EQ(npim_hardware_column_weight(&h, 3), 64);
    EXPECT_EQ(npim_hardware_bias(&h), 128);
    h.crossbar.coding = NPIM_CODING_TWOS;
    h.crossbar.cell_bits = 1;
    h.slices = 8;
    EXPECT_EQ(npim_hardware_column_weight(&h, 6), 64);
    EXPECT_EQ(npim_hardware_column_weight(&h, 7), -128);
    EXPECT_EQ(npim_hardware_bias(&h), 0);
}

} // namespace
