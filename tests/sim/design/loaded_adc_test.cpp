#include "sim/design/loaded_adc.h"

#include "sim/design/settle.h"

#include "spice_fixture.hpp"

namespace {

// Codes of ngspice against those of the model, over a ramp of 8 points per LSB, none of them on a threshold.
struct code_comparison {
    double share_off = 0; // of all points
    uint32_t most_off = 0, coarse_off = 0;
};

struct loaded_adc_test : testing::Test {
    ~loaded_adc_test() override { npim_loaded_adc_fini(&adc); }
    void design(const std::string &card, uint32_t multiplicity) {
        inverter = shipped_table(card).inverter;
        deck_path = circuits_folder() + "inverter_" + card + ".cir";
        npim_adc_options options = npim_adc_default_options(&inverter);
        options.multiplicity = multiplicity;
        const npim_loaded_adc_options loaded = npim_loaded_adc_default_options(&options, deck_path.c_str());
        npim_loaded_adc_fini(&adc);
        ASSERT_EQ(npim_loaded_adc_design(&adc, &loaded, &spice, &error), NPIM_OK) << error.message;
    }
    npim_netlist netlist_of(const npim_instance &at, const npim_inverter_deck &deck,
                            uint32_t latch_chain) const {
        return {&at, &deck, adc.groups, NPIM_LOADED_ADC_GROUPS, latch_chain, 1e-16, 27};
    }
    code_comparison compare_codes(const npim_netlist &netlist) {
        const uint32_t n = adc.converter.circuit.n_neurons, points = 2048;
        const uint32_t first_output = n - adc.converter.circuit.n_outputs;
        const double in_V = 0;
        const npim_netlist_ramp ramp{0, 0.5 / points, 1 - 0.5 / points, points, &in_V};
        npim_spice_data data{};
        char *text = nullptr;
        code_comparison result;
        EXPECT_EQ(npim_netlist_ramp_text(&netlist, &ramp, &text, &error), NPIM_OK) << error.message;
        EXPECT_EQ(npim_spice_run(&spice, text, points, npim_netlist_columns(&netlist), &data, &error),
                  NPIM_OK)
            << error.message;
        std::free(text);
        std::vector<double> u(n), o(n);
        for (size_t k = 0; k < data.n_rows; k++) {
            const double *row = data.value + k * data.n_columns, *real = row + 1 + n;
            npim_instance_eval(netlist.instance, row, 0, u.data(), o.data());
            const uint32_t by_model = npim_converter_decode(&adc.converter, o.data() + first_output);
            const uint32_t by_spice = npim_converter_decode(&adc.converter, real + first_output);
            const uint32_t off = by_model > by_spice ? by_model - by_spice : by_spice - by_model;
            result.share_off += (off > 0) / static_cast<double>(points);
            result.most_off = std::max(result.most_off, off);
            for (uint32_t i = 0; i < adc.converter.n_coarse; i++)
                result.coarse_off += (o[i] > 0.5) != (real[i] > 0.5);
        }
        npim_spice_data_fini(&data);
        return result;
    }
    void expect_as_model(const std::string &card, uint32_t latch_chain, double sigma, uint64_t seed) {
        const shipped_deck deck(card);
        const instance_of at(&adc.converter.circuit, sigma, 0, seed);
        const code_comparison r = compare_codes(netlist_of(at.at, deck.deck, latch_chain));
        std::cout << card << ", " << adc.converter.circuit.n_cells << " cells, latches of " << latch_chain
                  << " inverters, sigma " << sigma << ", seed " << seed << ": " << 100 * r.share_off
                  << " % of the points off, by " << r.most_off << " LSB at most\n";
        EXPECT_EQ(r.coarse_off, 0u);
        EXPECT_LE(r.share_off, 0.08);
        EXPECT_LE(r.most_off, 1u);
    }
    void expect_as_model(const std::string &card) {
        for (uint32_t multiplicity : {1u, 4u}) {
            design(card, multiplicity);
            // The low-gain inverter hardly feels its load.
            EXPECT_GE(adc.n_designs, card == "sc" ? 2u : 1u);
            EXPECT_LE(adc.n_designs, 4u);
            EXPECT_LE(adc.change_V, adc.n_designs < 4 ? 1e-3 : 5e-3);
            expect_as_model(card, 0, 0, 1);
            for (uint64_t seed : {1, 2, 3}) expect_as_model(card, 0, 0.025, seed);
        }
    }
    npim_inverter inverter{};
    std::string deck_path;
    npim_spice spice{};
    npim_loaded_adc adc{};
    npim_error error{};
};

TEST_F(loaded_adc_test, ngspice_gives_the_models_codes) {
    NEEDS_NGSPICE();
    expect_as_model("sc");
}

TEST_F(loaded_adc_test, ngspice_gives_the_models_codes_with_the_low_gain) {
    NEEDS_NGSPICE();
    expect_as_model("b4");
}

TEST_F(loaded_adc_test, the_unloaded_curve_would_not_do) {
    NEEDS_NGSPICE();
    design("sc", 1);
    const shipped_deck deck("sc");
    adc.converter.circuit.residue = inverter;
    const instance_of at(&adc.converter.circuit);
    EXPECT_GT(compare_codes(netlist_of(at.at, deck.deck, 0)).share_off, 0.08);
}

TEST_F(loaded_adc_test, ngspice_with_chains_of_inverters_gives_the_models_codes_Slow) {
    NEEDS_NGSPICE();
    design("sc", 1);
    expect_as_model("sc", 5, 0.025, 1);
}

TEST_F(loaded_adc_test, a_conversion_settles_at_the_models_code) {
    NEEDS_NGSPICE();
    design("sc", 1);
    const shipped_deck deck("sc");
    const instance_of at(&adc.converter.circuit);
    const std::vector<double> step_V{0.1, 0.9, 0.3105, 0.523, 0.508, 0.0525, 0.7, 0.4985, 0.5045};
    const npim_netlist_steps steps{9, step_V.data(), 10e-9, 50e-12, 50e-12};
    const npim_netlist netlist = netlist_of(at.at, deck.deck, 0);
    npim_settle settle;
    ASSERT_EQ(npim_settle_measure(&netlist, &steps, 0, &spice, &settle, &error), NPIM_OK) << error.message;
    std::cout << 1e9 * settle.settle_s << " ns, " << 1e12 * settle.energy_J << " pJ, " << 1e6 * settle.power_W
              << " uW\n";
    EXPECT_EQ(settle.n_wrong, 0u);
    EXPECT_GT(settle.settle_s, 0.1e-9);
    EXPECT_LT(settle.settle_s, 5e-9);
    EXPECT_NEAR(settle.energy_J, settle.power_W * settle.settle_s, 0.3 * settle.energy_J);
}

TEST_F(loaded_adc_test, what_cannot_be_is_refused) {
    inverter = shipped_table("sc").inverter;
    deck_path = circuits_folder() + "inverter_sc.cir";
    npim_adc_options options = npim_adc_default_options(&inverter);
    spice.program = "no-such-ngspice";
    npim_loaded_adc_options loaded = npim_loaded_adc_default_options(&options, deck_path.c_str());
    EXPECT_EQ(npim_loaded_adc_design(&adc, &loaded, &spice, &error), NPIM_EUSAGE);
    EXPECT_NE(std::string(error.message).find("no-such-ngspice is missing"), std::string::npos)
        << error.message;
    EXPECT_EQ(adc.converter.circuit.cells, nullptr);
    loaded.fine_ohm = 0;
    EXPECT_EQ(npim_loaded_adc_design(&adc, &loaded, &spice, &error), NPIM_ECONFIG);
    options.bits = 4;
    options.kind = NPIM_CODE_THERMOMETER;
    loaded = npim_loaded_adc_default_options(&options, deck_path.c_str());
    EXPECT_EQ(npim_loaded_adc_design(&adc, &loaded, &spice, &error), NPIM_EUSAGE);
}

} // namespace
