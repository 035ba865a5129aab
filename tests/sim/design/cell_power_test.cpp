#include "sim/design/cell_power.h"

#include "spice_fixture.hpp"

#include <memory>

namespace {

struct cell_power_test : testing::Test {
    // The power of a circuit that is taken as it is.
    double power_of(small_circuit &c, npim_design_kind kind) {
        const auto design = std::make_unique<npim_design>();
        design->request.kind = kind;
        design->converter.circuit = *c.done();
        design->converter.kind = NPIM_CODE_THERMOMETER;
        double power_uW = -1;
        npim_error error{};
        EXPECT_EQ(npim_cell_power_uW(design.get(), &power_uW, &error), NPIM_OK) << error.message;
        return power_uW;
    }
    const npim_inverter vtc = shipped_table("sc").inverter;
};

// Two cells of 1 MOhm from the input and from ground: half the input over each, mean of x^2 over a ramp is
// 1/3.
TEST_F(cell_power_test, a_divider_by_hand) {
    small_circuit c(1, {0}, vtc);
    c.add(NPIM_NEURON_PASSIVE, {{0, 7, false}, {c.rail(0), 7, false}});
    EXPECT_NEAR(power_of(c, NPIM_DESIGN_NEURAL_ADC), 2 * 0.25 / 3, 1e-5);
}

// The complement of ground is the supply: (1 - x) / 2 over each of two equal cells, of mean square 1/12.
TEST_F(cell_power_test, a_complement_by_hand) {
    small_circuit c(1, {0}, vtc);
    c.add(NPIM_NEURON_PASSIVE, {{0, 7, false}, {c.rail(0), 7, true}});
    EXPECT_NEAR(power_of(c, NPIM_DESIGN_NEURAL_ADC), 2.0 / 12, 1e-5);
}

// What a latch drives swings by the supply: x below 1/2 makes it 1.
TEST_F(cell_power_test, a_row_behind_a_latch) {
    small_circuit c(1, {0}, vtc);
    c.add(NPIM_NEURON_LATCH, {{0, 7, false}});
    c.add(NPIM_NEURON_PASSIVE, {{c.neuron(0), 7, false}, {c.rail(0), 7, false}});
    EXPECT_NEAR(power_of(c, NPIM_DESIGN_NEURAL_ADC), 2 * 0.25 / 2, 1e-5); // high half of the time
}

// n equal cells of uniform inputs: n - 1 times the variance 1/12 of an input.
TEST_F(cell_power_test, a_shift_and_add_has_uniform_inputs) {
    small_circuit c(9, {}, vtc);
    std::vector<npim_cell> row;
    for (uint16_t i = 0; i < 9; i++) row.push_back({i, 7, false});
    c.add(NPIM_NEURON_PASSIVE, row);
    EXPECT_NEAR(power_of(c, NPIM_DESIGN_NEURAL_SA), 8.0 / 12, 0.03);
}

TEST_F(cell_power_test, cells_without_conductance_take_nothing) {
    small_circuit c(1, {0}, vtc);
    c.add(NPIM_NEURON_PASSIVE, {{0, 7, false}, {c.rail(0), 0, false}});
    EXPECT_EQ(power_of(c, NPIM_DESIGN_NEURAL_ADC), 0);
}

} // namespace
