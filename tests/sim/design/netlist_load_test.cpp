#include "sim/design/netlist_parts.h"

#include "spice_fixture.hpp"

namespace {

struct netlist_load_test : testing::Test {
    npim_inverter_load load_of(const npim_instance &at, const std::vector<npim_netlist_group> &groups,
                               uint32_t neuron) {
        npim_inverter_load load{};
        netlist.instance = &at;
        netlist.deck = &sc.deck;
        netlist.groups = groups.data();
        netlist.n_groups = static_cast<uint32_t>(groups.size());
        netlist.temperature_C = 27;
        EXPECT_EQ(npim_netlist_load(&netlist, neuron, &load, &error), NPIM_OK) << error.message;
        return load;
    }
    shipped_deck sc{"sc"};
    npim_inverter vtc = shipped_table("sc").inverter;
    npim_netlist netlist{};
    npim_error error{};
};

TEST_F(netlist_load_test, rows_are_dividers_to_their_rails) {
    small_circuit c(1, {1, 0.25}, vtc);
    c.add(NPIM_NEURON_RESIDUE, {{0, 7, false}});
    c.add(NPIM_NEURON_LATCH, {{c.neuron(0), 7, false}, {c.rail(0), 7, false}});
    const npim_circuit *first = c.done();
    const instance_of one(first);
    npim_inverter_load load = load_of(one.at, {{1, 1, 1}, {1, 1e6, 1}}, 0);
    EXPECT_NEAR(load.conductance_S, 0.5e-6, 1e-18); // 1 M + 1 M
    EXPECT_NEAR(load.voltage_V, 1, 1e-12);
    // 2 M + 1 M to 0.25 V on average of two rails, at half the resistance; the input counts as half the
    // supply.
    c.add(NPIM_NEURON_LATCH,
          {{c.neuron(0), 7, false}, {c.rail(1), 7, false}, {c.rail(0), 7, true}, {0, 7, false}});
    const instance_of two(c.done());
    load = load_of(two.at, {{1, 1, 1}, {1, 1e6, 1}, {1, 5e5, 1}}, 0);
    const double second_S = 2e-6 * 0.75; // three cells behind one
    EXPECT_NEAR(load.conductance_S, 0.5e-6 + second_S, 1e-18);
    EXPECT_NEAR(load.voltage_V, (0.5e-6 + second_S * 0.25) / (0.5e-6 + second_S), 1e-12);
}

TEST_F(netlist_load_test, only_what_hangs_on_the_output_counts) {
    small_circuit c(1, {1}, vtc);
    c.add(NPIM_NEURON_RESIDUE, {{0, 7, false}});
    c.add(NPIM_NEURON_LATCH, {{c.neuron(0), 7, true}, {c.rail(0), 7, false}});  // on its complement
    c.add(NPIM_NEURON_LATCH, {{c.neuron(0), 7, false}});                        // draws nothing
    c.add(NPIM_NEURON_LATCH, {{c.neuron(0), 0, false}, {c.rail(0), 7, false}}); // off
    const instance_of none(c.done());
    EXPECT_EQ(load_of(none.at, {{4, 1e6, 1}}, 0).conductance_S, 0);
    EXPECT_EQ(load_of(none.at, {{4, 1e6, 1}}, 3).conductance_S, 0);
    // Whoever reads the complement of the second row makes it hang on the output after all.
    c.add(NPIM_NEURON_LATCH, {{c.neuron(1), 7, true}});
    const instance_of mirrored(c.done());
    const npim_inverter_load load = load_of(mirrored.at, {{5, 1e6, 1}}, 0);
    EXPECT_NEAR(load.conductance_S, 0.5e-6, 1e-18);
    EXPECT_NEAR(load.voltage_V, 0, 1e-12); // the rail's complement
    const npim_netlist_group too_few{4, 1e6, 1};
    netlist.groups = &too_few;
    npim_inverter_load unused{};
    EXPECT_EQ(npim_netlist_load(&netlist, 0, &unused, &error), NPIM_ECONFIG);
}

// A residue inverter with three rows on it: by ngspice with all of them, and alone under the equivalent load.
TEST_F(netlist_load_test, the_table_under_the_equivalent_load_is_the_curve_under_the_real_one) {
    NEEDS_NGSPICE();
    small_circuit c(1, {1, 0, 0.4}, vtc);
    c.add(NPIM_NEURON_RESIDUE, {{0, 7, false}});
    for (uint8_t k = 1; k <= 3; k++)
        c.add(NPIM_NEURON_LATCH, {{c.neuron(0), 7, false},
                                  {c.neuron(0), k, false},
                                  {c.rail(k % 3u), 5, false},
                                  {c.rail(2), k, true}});
    const instance_of varied(c.done(), 0.05);
    const npim_inverter_load load = load_of(varied.at, {{1, 2e5, 2}, {2, 1e5, 1}, {1, 5e4, 1}}, 0);
    EXPECT_GT(load.conductance_S, 2e-5);
    const npim_spice spice{};
    npim_inverter_table table;
    const npim_inverter_sweep sweep{1, 27, 2, load};
    const std::string deck = circuits_folder() + "inverter_sc.cir";
    ASSERT_EQ(npim_inverter_table_make(&table, deck.c_str(), &sweep, &spice, &error), NPIM_OK)
        << error.message;
    const npim_netlist_group groups[] = {{1, 2e5, 2}, {2, 1e5, 1}, {1, 5e4, 1}};
    netlist.groups = groups;
    const double in_V = 0;
    const npim_netlist_ramp ramp{0, 0, 1, 257, &in_V};
    EXPECT_GT(run_ramp(netlist, ramp, 0).out_V, 0.05); // it matters
    c.circuit.residue = table.inverter;
    EXPECT_LT(run_ramp(netlist, ramp, 0).out_V, 1e-3);
}

} // namespace
