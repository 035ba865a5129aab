#include "sim/design/settle.h"

#include "spice_fixture.hpp"

namespace {

struct settle_test : testing::Test {
    void use(const npim_instance &at, double r_on_ohm, double node_F) {
        group = {at.circuit->n_neurons, r_on_ohm, 1};
        netlist = {&at, &sc.deck, &group, 1, 0, node_F, 27};
    }
    npim_status measure(double tolerance_V) {
        return npim_settle_measure(&netlist, &steps, tolerance_V, &spice, &settle, &error);
    }
    shipped_deck sc{"sc"};
    npim_inverter vtc = shipped_table("sc").inverter;
    npim_netlist_group group{};
    npim_netlist netlist{};
    std::vector<double> step_V{0.2, 0.8, 0.3, 0.6};
    npim_netlist_steps steps{4, step_V.data(), 20e-9, 1e-12, 0.02e-9};
    npim_spice spice{};
    npim_settle settle{};
    npim_error error{};
};

// One row of two equal cells, to the input and to ground: a capacitor behind R / 2.
TEST_F(settle_test, a_row_settles_like_its_time_constant_and_costs_its_currents) {
    NEEDS_NGSPICE();
    small_circuit c(1, {0}, vtc);
    c.add(NPIM_NEURON_PASSIVE, {{0, 7, false}, {c.rail(0), 7, false}});
    const instance_of perfect(c.done());
    use(perfect.at, 1e6, 2e-15);
    const double tau_s = 0.5e6 * 2e-15, tolerance_V = 1e-3;
    ASSERT_EQ(measure(tolerance_V), NPIM_OK) << error.message;
    EXPECT_EQ(settle.n_steps, 3u);
    EXPECT_EQ(settle.n_wrong, 0u);
    EXPECT_EQ(settle.slowest, 1u); // the widest
    EXPECT_NEAR(settle.settle_s, tau_s * std::log(0.3 / tolerance_V), 0.05 * tau_s + 0.03e-9);
    const double sum_s = tau_s * (std::log(300) + std::log(250) + std::log(150));
    EXPECT_NEAR(settle.mean_settle_s, sum_s / 3, 0.05 * tau_s + 0.03e-9);
    // The input delivers V (V - u) / R, u on its way from half the step before to half of this one.
    double sum_J = 0;
    for (uint32_t k = 1; k < 4; k++) {
        const double v = step_V[k], moved = (step_V[k] - step_V[k - 1]) / 2;
        sum_J +=
            v / 1e6 * (v / 2 * settle.settle_s + moved * tau_s * (1 - std::exp(-settle.settle_s / tau_s)));
    }
    EXPECT_NEAR(settle.energy_J, sum_J / 3, 0.01 * sum_J / 3);
    double sum_W = 0;
    for (double v : step_V) sum_W += v * v / 2e6;
    EXPECT_NEAR(settle.power_W, sum_W / 4, 0.03 * sum_W / 4);
    EXPECT_EQ(std::strlen(settle.deck_sha256), 64u);
    EXPECT_EQ(std::string(settle.simulator).substr(0, 8), "ngspice-");
}

TEST_F(settle_test, a_flash_ends_at_the_models_codes_later_with_more_capacitance) {
    NEEDS_NGSPICE();
    small_circuit c = flash_2_bit(NPIM_NEURON_LATCH, 0, vtc);
    const instance_of perfect(c.done());
    double before_s = 0;
    for (double node_F : {1e-16, 2e-15}) {
        use(perfect.at, 2e5, node_F);
        netlist.latch_chain = 5;
        ASSERT_EQ(measure(0), NPIM_OK) << error.message;
        EXPECT_EQ(settle.n_wrong, 0u);
        EXPECT_GT(settle.settle_s, before_s);
        EXPECT_LT(settle.settle_s, 10e-9);
        EXPECT_GT(settle.energy_J, 0);
        before_s = settle.settle_s;
    }
}

TEST_F(settle_test, steps_that_end_otherwise_than_the_model_are_counted) {
    NEEDS_NGSPICE();
    small_circuit c = flash_2_bit(NPIM_NEURON_INVERTER, 1, vtc);
    const instance_of perfect(c.done());
    use(perfect.at, 1e6, 1e-16);
    ASSERT_EQ(measure(0), NPIM_OK) << error.message;
    EXPECT_EQ(settle.n_wrong, 0u);
    for (double &out_V : c.circuit.inverter.out_V) out_V = 1; // a model whose inverters never switch
    ASSERT_EQ(measure(0), NPIM_OK) << error.message;
    EXPECT_EQ(settle.n_wrong, 3u); // at 0.8, 0.3 and 0.6 V the first wire is low
}

TEST_F(settle_test, steps_that_are_too_short_are_told) {
    NEEDS_NGSPICE();
    small_circuit c(1, {0}, vtc);
    c.add(NPIM_NEURON_PASSIVE, {{0, 7, false}, {c.rail(0), 7, false}});
    const instance_of perfect(c.done());
    use(perfect.at, 1e6, 2e-13);
    EXPECT_EQ(measure(1e-4), NPIM_ECONFIG);
    EXPECT_NE(std::string(error.message).find("hold_s"), std::string::npos) << error.message;
}

TEST_F(settle_test, nothing_to_look_at_is_refused) {
    small_circuit c(1, {0}, vtc);
    c.add(NPIM_NEURON_PASSIVE, {{0, 7, false}, {c.rail(0), 7, false}});
    const instance_of perfect(c.done());
    use(perfect.at, 1e6, 2e-15);
    EXPECT_EQ(measure(0), NPIM_ECONFIG);
    EXPECT_EQ(measure(-1), NPIM_ECONFIG);
    EXPECT_EQ(measure(std::nan("")), NPIM_ECONFIG);
    steps.n_steps = 1;
    EXPECT_EQ(measure(1e-3), NPIM_ECONFIG);
    steps.n_steps = 4;
    spice.program = "no-such-ngspice";
    EXPECT_EQ(measure(1e-3), NPIM_EUSAGE);
}

} // namespace
