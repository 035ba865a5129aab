#include "net_fixture.hpp"

#include <set>

namespace {

TEST(net, counts_cells_and_parameters) {
    const npim_net_shape sa = shape_of(9, 16, 1, false, 8, 16), adc = shape_of(1, 16, 4, true, 4, 8);
    EXPECT_EQ(npim_net_cells(&sa), 16u * 2 * (9 * 8 + 16) + 2 * (16 * 8 + 8));
    EXPECT_EQ(npim_net_cells(&adc), 928u);
    made_net made(sa);
    EXPECT_EQ(made.net.n_parameters, 16u * 2 * 10 + 2 * 17);
}

TEST(net, every_parameter_has_one_index) {
    made_net made(shape_of(3, 5, 2, true));
    std::set<size_t> seen;
    for (uint32_t layer = 0; layer < 2; layer++)
        for (uint32_t path = 0; path < 2; path++)
            for (uint32_t row = 0; row < made.net.layers[layer].n_rows; row++)
                for (uint32_t column = 0; column < made.net.layers[layer].n_columns; column++)
                    seen.insert(npim_net_index(&made.net, layer, path, row, column));
    EXPECT_EQ(seen.size(), made.net.n_parameters);
    EXPECT_EQ(*seen.rbegin(), made.net.n_parameters - 1);
}

TEST(net, a_set_weight_has_one_path) {
    made_net made(shape_of(2, 3, 1, false));
    npim_net_set(&made.net, 0, 2, 1, -0.7);
    npim_net_set(&made.net, 1, 0, 3, 0.4);
    EXPECT_EQ(made.net.parameter[npim_net_index(&made.net, 0, 0, 2, 1)], 0);
    EXPECT_EQ(made.net.parameter[npim_net_index(&made.net, 0, 1, 2, 1)], 0.7);
    EXPECT_EQ(made.net.parameter[npim_net_index(&made.net, 1, 0, 0, 3)], 0.4);
    EXPECT_EQ(made.net.parameter[npim_net_index(&made.net, 1, 1, 0, 3)], 0);
}

TEST(net, rounds_to_whole_levels_of_all_parallel_cells) {
    made_net made(shape_of(1, 1, 1, false, 3, 2));
    const npim_net_layer &l = made.net.layers[0];
    EXPECT_EQ(npim_net_top_level(&made.net, &l, 0), 21u);
    EXPECT_EQ(npim_net_top_level(&made.net, &l, 1), 14u);
    EXPECT_EQ(npim_net_level(&made.net, &l, 0, 0), 0u);
    EXPECT_EQ(npim_net_level(&made.net, &l, 0, 1), 21u);
    EXPECT_EQ(npim_net_level(&made.net, &l, 0, 10.4 / 21), 10u);
    EXPECT_EQ(npim_net_level(&made.net, &l, 0, 10.6 / 21), 11u);
    std::mt19937_64 random(test_seed(1));
    made.randomise(random);
    const std::vector<double> before = made.parameters();
    npim_net_round(&made.net);
    EXPECT_TRUE(is_rounded(made.net));
    for (size_t i = 0; i < before.size(); i++)
        EXPECT_NEAR(made.net.parameter[i], before[i], 0.5 / 14 + 1e-12);
}

TEST(net, parallel_cells_share_a_level_evenly) {
    made_net made(shape_of(2, 1, 1, true, 3, 5));
    npim_net_set(&made.net, 0, 0, 1, -10.0 / 21);
    npim_net_set(&made.net, 0, 0, 2, 1);
    npim_circuit circuit;
    ASSERT_EQ(npim_net_circuit(&made.net, &circuit, nullptr), NPIM_OK);
    ASSERT_EQ(circuit.n_cells, npim_net_cells(&made.net.shape));
    std::multiset<int> levels;
    int bias = 0;
    for (uint32_t i = 0; i < circuit.neurons[0].n_cells; i++) {
        const npim_cell &cell = circuit.cells[i];
        if (cell.source == 1 && cell.complement) levels.insert(cell.level);
        if (cell.source == 2 && !cell.complement) bias += cell.level;
    }
    EXPECT_EQ(levels, (std::multiset<int>{3, 3, 4}));
    EXPECT_EQ(bias, 35);
    EXPECT_EQ(circuit.neurons[0].kind, NPIM_NEURON_INVERTER);
    EXPECT_EQ(circuit.neurons[1].kind, NPIM_NEURON_INVERTER);
    npim_circuit_fini(&circuit);
}

TEST(net, refuses_shapes_out_of_range) {
    const npim_inverter inverter = curve();
    const npim_net_shape good = shape_of(2, 2, 2, true);
    std::vector<npim_net_shape> bad(15, good);
    bad[0].n_inputs = 0;
    bad[1].n_inputs = 65;
    bad[2].n_hidden = 0;
    bad[3].n_hidden = UINT32_MAX;
    bad[4].n_outputs = 0;
    bad[5].n_outputs = UINT32_MAX;
    bad[6].multiplicity = 0;
    bad[7].multiplicity = UINT32_MAX;
    bad[8].bias_cells = 0;
    bad[9].bias_cells = UINT32_MAX;
    bad[10].bits = 0;
    bad[11].bits = 9;
    bad[12].on_off_ratio = 1;
    bad[13].on_off_ratio = std::nan("");
    bad[14].n_hidden = bad[14].n_outputs = 1024;
    bad[14].multiplicity = 4096;
    for (size_t i = 0; i < bad.size(); i++) {
        npim_net net;
        npim_error error{};
        EXPECT_EQ(npim_net_init(&net, &bad[i], &inverter, &error), NPIM_ECONFIG) << i;
        EXPECT_NE(error.message[0], '\0');
        npim_net_fini(&net);
    }
    npim_inverter rising = inverter;
    rising.out_V[500] = 1;
    npim_net net;
    EXPECT_EQ(npim_net_init(&net, &good, &rising, nullptr), NPIM_ECONFIG);
    npim_net_fini(&net);
    npim_net_fini(&net);
}

} // namespace
