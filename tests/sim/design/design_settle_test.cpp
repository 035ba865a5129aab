#include "sim/design/design_settle.h"

#include "sim/design/characterize.h"
#include "sim/design/design_file.h"

#include "spice_fixture.hpp"

#include <memory>

namespace {

struct design_deleter {
    void operator()(npim_design *design) const {
        npim_design_fini(design);
        delete design;
    }
};
using design_pointer = std::unique_ptr<npim_design, design_deleter>;

design_pointer shipped(const std::string &name) {
    design_pointer design(new npim_design());
    npim_error error{};
    EXPECT_EQ(npim_design_load(design.get(), (circuits_folder() + name + ".toml").c_str(), &error), NPIM_OK)
        << error.message;
    return design;
}

design_pointer made(const npim_design_request &request) {
    design_pointer design(new npim_design());
    npim_error error{};
    EXPECT_EQ(npim_design_make(design.get(), &request, circuits_folder().c_str(), &error), NPIM_OK)
        << error.message;
    return design;
}

double figure(const npim_design &design, const std::string &key) {
    const npim_sampling sampling = {0.025, 20, 7, {}, nullptr};
    npim_characterization result{};
    npim_error error{};
    EXPECT_EQ(npim_characterize(&result, &design, &sampling, &error), NPIM_OK) << error.message;
    for (size_t i = 0; i < result.n_figures; i++)
        if (result.figures[i].key == key) return result.figures[i].spread.median;
    ADD_FAILURE() << key;
    return 0;
}

// The rule finds the same ladder again, cell by cell.
TEST(design_settle, the_shipped_ladder_is_made_again) {
    const design_pointer there = shipped("neural_sa_4bit"), again = made(there->request);
    const npim_circuit &a = there->converter.circuit, &b = again->converter.circuit;
    ASSERT_EQ(a.n_cells, b.n_cells);
    for (uint32_t i = 0; i < a.n_cells; i++) {
        EXPECT_EQ(a.cells[i].source, b.cells[i].source);
        EXPECT_EQ(a.cells[i].level, b.cells[i].level);
    }
    EXPECT_EQ(figure(*there, "sinad_dB"), figure(*again, "sinad_dB"));
}

// With another simulator's table the thresholds may move by a level here and there.
TEST(design_settle, the_shipped_converter_is_made_again) {
    NEEDS_NGSPICE();
    const design_pointer there = shipped("neural_adc_8bit"), again = made(there->request);
    EXPECT_NEAR(there->converter.circuit.n_cells, again->converter.circuit.n_cells, 10);
    EXPECT_NEAR(figure(*there, "enob_bit"), figure(*again, "enob_bit"), 0.1);
    EXPECT_NEAR(figure(*there, "inl_lsb"), figure(*again, "inl_lsb"), 0.2);
}

// A passive row of R / cells in parallel behind 0.1 fF: some ps. Twice the cells, half the resistance.
TEST(design_settle, a_ladder_settles_with_its_time_constant) {
    NEEDS_NGSPICE();
    const design_pointer ladder = shipped("neural_sa_4bit");
    const npim_design_transient before = ladder->settle;
    npim_error error{};
    ASSERT_EQ(npim_design_settle(ladder.get(), (circuits_folder() + "inverter_sc.cir").c_str(), &error),
              NPIM_OK)
        << error.message;
    EXPECT_EQ(ladder->settle.steps, 64u);
    EXPECT_LT(ladder->settle.settle_ns, 0.1);
    EXPECT_GT(ladder->settle.power_uW, 0);
    EXPECT_NEAR(ladder->settle.settle_ns, before.settle_ns, 0.3 * before.settle_ns);
    EXPECT_NEAR(ladder->settle.power_uW, before.power_uW, 0.1 * before.power_uW);
}

TEST(design_settle, the_shipped_figures_are_there) {
    const design_pointer adc = shipped("neural_adc_8bit");
    EXPECT_EQ(adc->settle.steps, 64u);
    EXPECT_GT(adc->settle.settle_ns, adc->settle.mean_settle_ns);
    EXPECT_NEAR(adc->settle.energy_pJ, adc->settle.power_uW * adc->settle.settle_ns * 1e-3,
                0.3 * adc->settle.energy_pJ);
    EXPECT_EQ(std::string(adc->settle.netlist_sha256).size(), 64u);
}

// What the shipped files say they achieved is what is measured now.
TEST(design_settle, the_shipped_designs_achieve_what_they_say) {
    for (const char *name : {"neural_sa_4bit", "neural_adc_8bit"}) {
        const design_pointer there = shipped(name);
        const npim_sampling sampling = {
            there->achieved.sigma, there->achieved.samples, there->achieved.seed, {}, nullptr};
        npim_characterization result{};
        npim_error error{};
        ASSERT_EQ(npim_characterize(&result, there.get(), &sampling, &error), NPIM_OK) << error.message;
        ASSERT_EQ(result.n_figures, there->achieved.n) << name;
        for (size_t i = 0; i < result.n_figures; i++) {
            EXPECT_STREQ(there->achieved.figures[i].key, result.figures[i].key);
            EXPECT_DOUBLE_EQ(there->achieved.figures[i].spread.nominal, result.figures[i].spread.nominal);
            EXPECT_DOUBLE_EQ(there->achieved.figures[i].spread.median, result.figures[i].spread.median);
            EXPECT_DOUBLE_EQ(there->achieved.figures[i].spread.p10, result.figures[i].spread.p10);
            EXPECT_DOUBLE_EQ(there->achieved.figures[i].spread.p90, result.figures[i].spread.p90);
        }
    }
}

TEST(design_settle, a_pipeline_needs_its_loaded_curve) {
    const design_pointer adc = shipped("neural_adc_8bit");
    adc->request.loaded = false;
    npim_error error{};
    EXPECT_EQ(npim_design_settle(adc.get(), (circuits_folder() + "inverter_sc.cir").c_str(), &error),
              NPIM_EUSAGE);
    EXPECT_NE(std::string(error.message).find("--loaded"), std::string::npos) << error.message;
}

TEST(design_settle, a_missing_deck_is_said) {
    const design_pointer ladder = shipped("neural_sa_4bit");
    npim_error error{};
    EXPECT_EQ(npim_design_settle(ladder.get(), "/nowhere/x.cir", &error), NPIM_ECONFIG);
    EXPECT_NE(std::string(error.message).find("/nowhere/x.cir"), std::string::npos) << error.message;
}

} // namespace
