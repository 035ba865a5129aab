#include "sim/design/design.h"

#include "sim/design/neural_adc.h"
#include "sim/design/neural_sa.h"
#include "spice_fixture.hpp"

#include <memory>

namespace {

npim_design_request request_of(npim_design_kind kind, uint32_t bits = 8) {
    npim_design_request r{};
    r.kind = kind;
    r.code = NPIM_CODE_THERMOMETER;
    r.bits = bits;
    r.dac_bits = 1;
    r.multiplicity = 4;
    r.cell_bits = 3;
    r.hidden = 4;
    r.runs = 1;
    r.seed = 1;
    npim_design_request_complete(&r);
    return r;
}

struct made {
    std::unique_ptr<npim_design> design = std::make_unique<npim_design>();
    npim_error error{};
    npim_status status;
    explicit made(const npim_design_request &r, const std::string &folder = circuits_folder())
        : status(npim_design_make(design.get(), &r, folder.c_str(), &error)) {}
    ~made() { npim_design_fini(design.get()); }
    const npim_circuit &circuit() const { return design->converter.circuit; }
};

TEST(design, a_ladder_is_that_of_the_rule) {
    const made m(request_of(NPIM_DESIGN_NEURAL_SA));
    ASSERT_EQ(m.status, NPIM_OK) << m.error.message;
    const npim_ladder_options options = npim_ladder_default_options();
    npim_circuit wanted{};
    ASSERT_EQ(npim_ladder_design(&wanted, &options, nullptr), NPIM_OK);
    ASSERT_EQ(m.circuit().n_cells, wanted.n_cells);
    for (uint32_t i = 0; i < wanted.n_cells; i++) {
        EXPECT_EQ(m.circuit().cells[i].source, wanted.cells[i].source);
        EXPECT_EQ(m.circuit().cells[i].level, wanted.cells[i].level);
    }
    npim_circuit_fini(&wanted);
    EXPECT_EQ(m.circuit().n_cells, 297u);
    EXPECT_EQ(m.design->inverters, 0u);
    EXPECT_EQ(m.design->latches, 0u);
    EXPECT_EQ(m.design->task.dac_bits, 1u);
    EXPECT_EQ(m.design->task.range, 0.5);
    EXPECT_NEAR(m.design->area_um2, 297 * 25.0 / 16384, 1e-12);
}

TEST(design, a_converter_of_one_stage_and_of_two) {
    const made four(request_of(NPIM_DESIGN_NEURAL_ADC, 4)), eight(request_of(NPIM_DESIGN_NEURAL_ADC));
    ASSERT_EQ(four.status, NPIM_OK) << four.error.message;
    ASSERT_EQ(eight.status, NPIM_OK) << eight.error.message;
    EXPECT_EQ(four.design->latches, 15u);
    EXPECT_EQ(four.design->inverters, 0u);
    EXPECT_FALSE(npim_design_has(four.design.get(), NPIM_NEURON_RESIDUE));
    EXPECT_TRUE(npim_design_has(four.design.get(), NPIM_NEURON_LATCH));
    EXPECT_EQ(eight.design->latches, 15u + 31u);
    EXPECT_EQ(eight.design->inverters, 1u); // of the residue
    EXPECT_TRUE(npim_design_has(eight.design.get(), NPIM_NEURON_RESIDUE));
    EXPECT_FALSE(npim_design_has(eight.design.get(), NPIM_NEURON_INVERTER));
    EXPECT_EQ(npim_converter_check(&eight.design->converter, nullptr), NPIM_OK);
    // Cells, one inverter, and four for every latch.
    EXPECT_NEAR(eight.design->area_um2, eight.circuit().n_cells * 25.0 / 16384 + (1 + 4 * 46) * 0.2, 1e-9);
}

TEST(design, the_request_reaches_the_converter) {
    npim_design_request r = request_of(NPIM_DESIGN_NEURAL_ADC);
    r.multiplicity = 1;
    const made small(r);
    r.multiplicity = 16;
    const made large(r);
    r.v_max_V = 0.25;
    const made half(r);
    r.card = NPIM_CARD_B4;
    const made weak(r);
    ASSERT_EQ(weak.status, NPIM_OK) << weak.error.message;
    EXPECT_LT(small.circuit().n_cells, large.circuit().n_cells);
    EXPECT_NEAR(npim_adc_full_scale_V(&half.design->converter), 0.5, 0.005);
    EXPECT_STREQ(half.design->inverter.deck, "inverter_sc.cir");
    EXPECT_STREQ(weak.design->inverter.deck, "inverter_b4.cir");
    EXPECT_EQ(std::memcmp(&weak.circuit().residue, &weak.design->residue.inverter, sizeof(npim_inverter)), 0);
}

// Trained small and once: that the parts come together, not how good they are.
TEST(design, SlowTrainedCircuitsAreCircuits) {
    npim_design_request r = request_of(NPIM_DESIGN_NEURAL_SA);
    r.method = NPIM_DESIGN_TRAINED;
    const made sa(r), again(r);
    ASSERT_EQ(sa.status, NPIM_OK) << sa.error.message;
    EXPECT_GT(sa.design->inverters, 0u);
    EXPECT_GT(sa.design->task.range, 0);
    ASSERT_EQ(again.circuit().n_cells, sa.circuit().n_cells);
    EXPECT_EQ(
        std::memcmp(again.circuit().cells, sa.circuit().cells, sa.circuit().n_cells * sizeof(npim_cell)), 0);
    r = request_of(NPIM_DESIGN_NEURAL_ADC, 2);
    r.method = NPIM_DESIGN_TRAINED;
    r.code = NPIM_CODE_GRAY;
    const made adc(r);
    ASSERT_EQ(adc.status, NPIM_OK) << adc.error.message;
    EXPECT_EQ(adc.design->converter.kind, NPIM_CODE_GRAY);
    EXPECT_EQ(npim_converter_check(&adc.design->converter, nullptr), NPIM_OK);
}

TEST(design, chains_count_with_all_their_inverters) {
    const npim_inverter vtc = shipped_table("sc").inverter;
    small_circuit c(1, {}, vtc);
    c.add(NPIM_NEURON_INVERTER, {{0, 7, false}}, 5);
    c.add(NPIM_NEURON_RESIDUE, {{0, 7, false}});
    c.add(NPIM_NEURON_LATCH, {{0, 7, false}});
    c.add(NPIM_NEURON_PASSIVE, {{0, 7, false}});
    const auto d = std::make_unique<npim_design>();
    d->converter.circuit = *c.done();
    npim_design_count(d.get());
    EXPECT_EQ(d->inverters, 6u);
    EXPECT_EQ(d->latches, 1u);
    EXPECT_NEAR(d->area_um2, 4 * 25.0 / 16384 + (6 + 4) * 0.2, 1e-12);
}

TEST(design, what_cannot_be_made) {
    const auto refuse = [](const npim_design_request &r, npim_status status, const char *part,
                           const std::string &folder = circuits_folder()) {
        const made m(r, folder);
        EXPECT_EQ(m.status, status) << part;
        EXPECT_NE(std::string(m.error.message).find(part), std::string::npos)
            << m.error.message << "\nlacks: " << part;
        EXPECT_EQ(m.circuit().cells, nullptr);
        EXPECT_EQ(m.design->request.bits, 0u); // zeroed
    };
    npim_design_request r = request_of(NPIM_DESIGN_NEURAL_SA);
    refuse(r, NPIM_ECONFIG, "/nowhere/inverter_sc.toml", "/nowhere");
    refuse(r, NPIM_ECONFIG, "xxx", std::string(5000, 'x'));
    r.dac_bits = 3;
    refuse(r, NPIM_EUSAGE, "dac_bits = 3");
    r = request_of(NPIM_DESIGN_NEURAL_ADC, 4);
    r.code = NPIM_CODE_PIPELINE;
    refuse(r, NPIM_EUSAGE, "code kind 3 with 4 bits");
    r = request_of(NPIM_DESIGN_NEURAL_ADC, 8);
    r.method = NPIM_DESIGN_TRAINED;
    refuse(r, NPIM_ECONFIG, "trained");
    r = request_of(NPIM_DESIGN_NEURAL_ADC, 8);
    r.v_max_V = 0.7;
    refuse(r, NPIM_EUSAGE, "0.7");
}

TEST(design, fini_is_safe_twice) {
    const made m(request_of(NPIM_DESIGN_NEURAL_SA));
    npim_design_fini(m.design.get());
    EXPECT_EQ(m.circuit().cells, nullptr);
    npim_design_fini(m.design.get());
}

} // namespace
