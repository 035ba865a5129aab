#include "spice_fixture.hpp"

#include <random>
#include <sstream>

namespace {

struct netlist_test : testing::Test {
    void use(const npim_instance &at, double r_on_ohm, double width = 1) {
        group = {at.circuit->n_neurons, r_on_ohm, width};
        netlist.instance = &at;
        netlist.deck = &sc.deck;
        netlist.groups = &group;
        netlist.n_groups = 1;
        netlist.temperature_C = 27;
        in_V.assign(at.circuit->n_inputs, 0.3);
        ramp.in_V = in_V.data();
    }
    std::string ramp_text() {
        char *text = nullptr;
        EXPECT_EQ(npim_netlist_ramp_text(&netlist, &ramp, &text, &error), NPIM_OK) << error.message;
        const std::string copy = text ? text : "";
        std::free(text);
        return copy;
    }
    comparison run(double near_V = 0) { return run_ramp(netlist, ramp, near_V); }
    shipped_deck sc{"sc"};
    npim_inverter vtc = shipped_table("sc").inverter;
    npim_netlist_group group{};
    npim_netlist netlist{};
    std::vector<double> in_V;
    npim_netlist_ramp ramp{0, 0, 1, 257, nullptr};
    npim_error error{};
};

TEST_F(netlist_test, a_flash_of_latches_or_chains_gives_the_models_voltages_and_codes) {
    NEEDS_NGSPICE();
    const struct {
        npim_neuron_kind kind;
        uint32_t chain, latch_chain;
    } cases[] = {{NPIM_NEURON_LATCH, 0, 0},
                 {NPIM_NEURON_LATCH, 0, 5},
                 {NPIM_NEURON_INVERTER, 5, 0},
                 {NPIM_NEURON_INVERTER, 1, 0}};
    for (const auto &x : cases) {
        small_circuit c = flash_2_bit(x.kind, x.chain, vtc);
        const instance_of perfect(c.done()), varied(c.done(), 0.025, 0.003, 11);
        for (const npim_instance *at : {&perfect.at, &varied.at}) {
            use(*at, 1e9);
            netlist.latch_chain = x.latch_chain;
            const comparison r = run(x.chain == 1 ? 0 : 2e-3);
            EXPECT_EQ(r.n_rows, 257u);
            EXPECT_LT(r.row_V, 1e-3);
            EXPECT_LT(r.out_V, x.chain == 1 ? 2e-3 : 1e-3)
                << x.kind << " " << x.chain << " " << x.latch_chain;
            EXPECT_EQ(r.codes_off, 0u);
        }
    }
}

// Hidden rows read the inputs both ways, the second layer the hidden ones both ways.
small_circuit dual_path(const npim_inverter &vtc, uint64_t seed) {
    small_circuit c(2, {1, 0, 0.6}, vtc);
    std::mt19937_64 random(seed);
    const auto level = [&] { return static_cast<uint8_t>(random() % 8); };
    for (uint32_t h = 0; h < 4; h++) {
        std::vector<npim_cell> row{{c.rail(h % 2), 3, false}, {c.rail(2), level(), true}};
        for (uint16_t i = 0; i < 2; i++)
            for (bool complement : {false, true}) row.push_back({i, level(), complement});
        c.add(NPIM_NEURON_INVERTER, row, h == 3 ? 3 : 1);
    }
    for (uint32_t o = 0; o < 2; o++) {
        std::vector<npim_cell> row;
        for (uint32_t h = 0; h < 4; h++)
            for (bool complement : {false, true}) row.push_back({c.neuron(h), level(), complement});
        row.push_back({c.rail(0), 1, true});
        c.add(o == 0 ? NPIM_NEURON_INVERTER : NPIM_NEURON_RESIDUE, row);
    }
    return c;
}

TEST_F(netlist_test, complements_are_rows_with_both_paths_exchanged) {
    NEEDS_NGSPICE();
    for (uint64_t seed : {1, 2, 3}) {
        small_circuit c = dual_path(vtc, seed);
        c.circuit.on_off_ratio = seed == 2 ? 100 : 0;
        const instance_of varied(c.done(), 0.05, 0.004, seed);
        for (uint32_t input : {0, 1}) {
            use(varied.at, 1e9);
            ramp.input = input;
            const comparison r = run(1e-3);
            EXPECT_LT(r.row_V, 1e-3) << seed;
            EXPECT_EQ(r.codes_off, 0u);
        }
    }
}

// Bits weighted 1, 2, 4 are added to a part of what a row before has accumulated.
small_circuit ladder(const npim_inverter &vtc) {
    small_circuit c(4, {0.5}, vtc);
    c.add(NPIM_NEURON_PASSIVE, {{0, 1, false}, {1, 2, false}, {2, 4, false}, {3, 7, false}});
    c.add(NPIM_NEURON_PASSIVE, {{0, 1, false}, {1, 2, true}, {2, 4, false}, {c.neuron(0), 7, false}});
    c.add(NPIM_NEURON_PASSIVE, {{c.neuron(1), 5, false}, {c.neuron(0), 3, true}, {c.rail(0), 2, false}});
    return c;
}

TEST_F(netlist_test, a_passive_ladder_gives_the_models_voltages_whatever_its_resistance) {
    NEEDS_NGSPICE();
    small_circuit c = ladder(vtc);
    const instance_of varied(c.done(), 0.025);
    for (double r_on_ohm : {1e5, 1e9})
        for (uint32_t input = 0; input < 4; input++) {
            use(varied.at, r_on_ohm);
            ramp.input = input;
            ramp.n_points = 17;
            const comparison r = run();
            EXPECT_LT(r.row_V, 2e-5); // 1e-14 S of the simulator's own at every node
            EXPECT_LT(r.out_V, 2e-5);
        }
}

TEST_F(netlist_test, steps_end_at_the_models_voltages_and_cost_the_closed_forms_power) {
    NEEDS_NGSPICE();
    small_circuit c = ladder(vtc);
    const instance_of varied(c.done(), 0.025);
    use(varied.at, 1e6);
    netlist.node_F = 1e-16;
    const std::vector<double> step_V{0.1, 0.2, 0.3, 0.4, 0.9, 0.1, 0.5, 0.2, 0, 0, 0, 1};
    const npim_netlist_steps steps{3, step_V.data(), 20e-9, 50e-12, 1e-9};
    char *text = nullptr;
    ASSERT_EQ(npim_netlist_steps_text(&netlist, &steps, &text, &error), NPIM_OK) << error.message;
    const npim_spice spice{};
    npim_spice_data data{};
    ASSERT_EQ(npim_spice_run(&spice, text, 0, npim_netlist_columns(&netlist) + 1, &data, &error), NPIM_OK)
        << error.message;
    std::free(text);
    size_t row = 0;
    for (uint32_t k = 0; k < 3; k++) {
        while (row + 1 < data.n_rows &&
               data.value[(row + 1) * data.n_columns] <= (k + 1) * 20e-9 * (1 + 1e-9))
            row++;
        const double *at = data.value + row * data.n_columns, *in = step_V.data() + 4 * k;
        double u[3], o[3], power_W = 0;
        npim_instance_eval(&varied.at, in, 0, u, o);
        for (uint32_t n = 0; n < 3; n++) {
            EXPECT_NEAR(at[1 + n], u[n], 1e-5);
            EXPECT_NEAR(at[4 + n], o[n], 1e-5);
        }
        // All cells lead from a source to a row: they take what the sources deliver. Row 0 has a complement,
        // too.
        const double source_V[] = {in[0], in[1], in[2], in[3], 0.5, u[0], u[1]};
        for (uint32_t n = 0; n < 3; n++)
            for (uint32_t i = c.neurons[n].first_cell; i < c.neurons[n].first_cell + c.neurons[n].n_cells;
                 i++) {
                const double s = source_V[c.cells[i].source], volts = c.cells[i].complement ? 1 - s : s;
                const double siemens = npim_instance_conductance(&varied.at, i) / 1e6;
                power_W += volts * (volts - u[n]) * siemens;
                if (n == 0) power_W += (1 - volts) * (u[n] - volts) * siemens;
            }
        EXPECT_NEAR(at[7], power_W, 1e-4 * std::fabs(power_W) + 1e-10);
    }
    npim_spice_data_fini(&data);
}

// Conductances read back out of the text, as shares of their rows.
TEST_F(netlist_test, the_resistors_are_the_instances_weights) {
    small_circuit c = dual_path(vtc, 5);
    c.add(NPIM_NEURON_PASSIVE, {{0, 0, false}, {1, 4, false}, {c.neuron(4), 3, false}});
    const instance_of varied(c.done(), 0.1);
    use(varied.at, 3e5);
    std::istringstream lines(ramp_text());
    std::vector<std::vector<double>> share(7, std::vector<double>(2 + 7, 0));
    std::vector<double> sum(7, 0);
    size_t n_resistors = 0, n_mirrored = 0;
    for (std::string line; std::getline(lines, line);) {
        std::istringstream words(line);
        std::string name, source, node;
        double ohm = 0;
        if (line[0] != 'R' || !(words >> name >> source >> node >> ohm)) continue;
        n_mirrored += name.back() == 'n';
        if (name.back() == 'n') continue;
        n_resistors++;
        const bool complement = source.size() > 2 && source.substr(source.size() - 2) == "_n";
        const size_t n = std::stoul(node.substr(1));
        sum[n] += 1 / ohm;
        if (source.substr(0, 4) == "rail") continue;
        const size_t s = source[0] == 'i' ? std::stoul(source.substr(2)) : 2 + std::stoul(source.substr(1));
        share[n][s] += (complement ? -1 : 1) / ohm;
    }
    size_t n_cells = 0, n_first_layer = 0;
    for (uint32_t i = 0; i < c.circuit.n_cells; i++) {
        n_cells += c.cells[i].level > 0;
        n_first_layer += c.cells[i].level > 0 && i < c.neurons[4].first_cell;
    }
    EXPECT_EQ(n_resistors, n_cells); // cells that are off are not there
    EXPECT_LE(n_mirrored, n_first_layer);
    EXPECT_GT(n_mirrored, 0u);
    for (uint32_t n = 0; n < 7; n++)
        for (uint32_t s = 0; s < 2 + n; s++)
            EXPECT_NEAR(share[n][s] / sum[n], npim_instance_weight(&varied.at, n, s), 1e-12) << n << " " << s;
}

TEST_F(netlist_test, what_cannot_be_is_refused) {
    small_circuit c = flash_2_bit(NPIM_NEURON_LATCH, 0, vtc);
    const instance_of perfect(c.done());
    const auto refused = [&](const char *message) {
        char *text = nullptr;
        error = {};
        EXPECT_EQ(npim_netlist_ramp_text(&netlist, &ramp, &text, &error), NPIM_ECONFIG);
        EXPECT_EQ(text, nullptr);
        EXPECT_NE(std::string(error.message).find(message), std::string::npos) << error.message;
        use(perfect.at, 1e6);
        netlist.latch_chain = 0;
        netlist.node_F = 0;
        ramp = {0, 0, 1, 257, in_V.data()};
    };
    use(perfect.at, 1e6);
    group.n_neurons = 2;
    refused("groups of 2 neurons: the circuit has 3");
    group.r_on_ohm = 0;
    refused("r_on_ohm = 0");
    group.width = std::nan("");
    refused("width = nan");
    netlist.latch_chain = 4;
    refused("latch_chain = 4");
    netlist.node_F = -1;
    refused("node_F = -1");
    netlist.temperature_C = 400;
    refused("temperature_C = 400");
    ramp.input = 1;
    refused("input 1");
    ramp.from_V = 1;
    refused("upwards");
    ramp.n_points = 1;
    refused("1 points");
    const double step_V[2] = {0, 1};
    char *text = nullptr;
    for (const npim_netlist_steps &steps :
         {npim_netlist_steps{0, step_V, 1e-9, 1e-12, 1e-11}, npim_netlist_steps{2, step_V, 0, 1e-12, 1e-11},
          npim_netlist_steps{2, step_V, 1e-9, 1e-9, 1e-11}, npim_netlist_steps{2, step_V, 1e-9, 1e-12, 0}})
        EXPECT_EQ(npim_netlist_steps_text(&netlist, &steps, &text, &error), NPIM_ECONFIG);
}

} // namespace
