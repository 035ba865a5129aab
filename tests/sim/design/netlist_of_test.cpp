#include "sim/design/netlist_of.h"

#include "spice_fixture.hpp"

#include <algorithm>
#include <cctype>
#include <memory>
#include <sstream>

namespace {

struct netlist_of_test : testing::Test {
    ~netlist_of_test() override { npim_design_fini(design.get()); }
    std::string make(npim_design_kind kind, uint32_t bits = 8, uint32_t multiplicity = 1) {
        npim_design_request r{};
        r.kind = kind;
        r.code = NPIM_CODE_THERMOMETER;
        r.bits = bits;
        r.dac_bits = 1;
        r.multiplicity = multiplicity;
        r.cell_bits = 3;
        npim_design_request_complete(&r);
        EXPECT_EQ(npim_design_make(design.get(), &r, circuits_folder().c_str(), &error), NPIM_OK)
            << error.message;
        char *text = nullptr;
        npim_netlist_request request{};
        request.deck_path = deck.c_str();
        EXPECT_EQ(npim_design_netlist(design.get(), &request, &text, &error), NPIM_OK) << error.message;
        const std::string copy = text ? text : "";
        std::free(text);
        return copy;
    }
    // The rows of the model at the inputs that ngspice swept.
    double worst_row_V(const npim_spice_data &data, uint32_t input) const {
        const npim_circuit &c = design->converter.circuit;
        const instance_of nominal(&c);
        std::vector<double> in_V(c.n_inputs, 0.5), node(c.n_neurons), out(c.n_neurons);
        double worst_V = 0;
        for (size_t k = 0; k < data.n_rows; k++) {
            const double *row = data.value + k * data.n_columns;
            in_V[input] = row[0];
            npim_instance_eval(&nominal.at, in_V.data(), 0, node.data(), out.data());
            for (uint32_t n = 0; n < c.n_neurons; n++)
                worst_V = std::max(worst_V, std::fabs(row[1 + n] - node[n]));
        }
        return worst_V;
    }
    const std::string deck = circuits_folder() + "inverter_sc.cir";
    std::unique_ptr<npim_design> design = std::make_unique<npim_design>();
    npim_error error{};
};

size_t resistors(const std::string &text) {
    std::istringstream lines(text);
    size_t n = 0;
    for (std::string line; std::getline(lines, line);)
        n += line.size() > 1 && line[0] == 'R' && std::isdigit(line[1]);
    return n;
}

TEST_F(netlist_of_test, every_cell_that_conducts_is_a_resistor) {
    const std::string text = make(NPIM_DESIGN_NEURAL_SA);
    const npim_circuit &c = design->converter.circuit;
    const size_t n = static_cast<size_t>(
        std::count_if(c.cells, c.cells + c.n_cells, [](const npim_cell &cell) { return cell.level > 0; }));
    EXPECT_EQ(resistors(text), n);
    EXPECT_NE(text.find(NPIM_SPICE_OUTPUT), std::string::npos);
}

TEST_F(netlist_of_test, ngspice_runs_a_converter_as_it_is) {
    NEEDS_NGSPICE();
    const std::string text = make(NPIM_DESIGN_NEURAL_ADC, 3);
    const npim_circuit &c = design->converter.circuit;
    const npim_spice spice{};
    npim_spice_data data{};
    ASSERT_EQ(npim_spice_run(&spice, text.c_str(), 8 * 8 + 1, 1 + 2 * c.n_neurons, &data, &error), NPIM_OK)
        << error.message;
    EXPECT_NEAR(data.value[0], 0, 1e-12);
    EXPECT_NEAR(data.value[(data.n_rows - 1) * data.n_columns], 1, 1e-9);
    EXPECT_LT(worst_row_V(data, 0), 1e-6); // dividers of a single stage
    npim_spice_data_fini(&data);
}

TEST_F(netlist_of_test, ngspice_runs_a_shift_and_add_as_it_is) {
    NEEDS_NGSPICE();
    const std::string text = make(NPIM_DESIGN_NEURAL_SA);
    const npim_circuit &c = design->converter.circuit;
    const npim_spice spice{};
    npim_spice_data data{};
    ASSERT_EQ(npim_spice_run(&spice, text.c_str(), 1001, 1 + 2 * c.n_neurons, &data, &error), NPIM_OK)
        << error.message;
    EXPECT_LT(worst_row_V(data, c.n_inputs - 1), 1e-6);
    npim_spice_data_fini(&data);
}

// Stages of 200 k, 800 k and 1 MOhm, and a residue inverter that is 16 times as wide.
TEST_F(netlist_of_test, a_pipeline_is_strong_where_it_is_loaded) {
    const std::string text = make(NPIM_DESIGN_NEURAL_ADC, 8, 4);
    const npim_circuit &c = design->converter.circuit;
    EXPECT_GE(resistors(text), c.n_cells / 2);
    for (const char *highest : {" 200000\n", " 800000\n", " 1000000\n"})
        EXPECT_NE(text.find(highest), std::string::npos) << highest;
    EXPECT_NE(text.find("m=16"), std::string::npos) << text.substr(0, 2000);
}

TEST_F(netlist_of_test, a_deck_that_is_not_there) {
    make(NPIM_DESIGN_NEURAL_ADC, 3);
    char *text = nullptr;
    npim_netlist_request missing{};
    missing.deck_path = "/nowhere/x.cir";
    EXPECT_EQ(npim_design_netlist(design.get(), &missing, &text, &error), NPIM_ECONFIG);
    EXPECT_NE(std::string(error.message).find("/nowhere/x.cir"), std::string::npos) << error.message;
    EXPECT_EQ(text, nullptr);
}

} // namespace
