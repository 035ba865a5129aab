#include "sim/design/rows.h"

#include <gtest/gtest.h>

#include <vector>

namespace {

struct built {
    npim_circuit circuit{};
    ~built() { npim_circuit_fini(&circuit); }
};

npim_rows begin(uint32_t bits) {
    npim_rows rows;
    const double rails_V[] = {1, 0};
    npim_rows_begin(&rows, bits, 1, 1, rails_V, 2);
    return rows;
}

TEST(design_rows, levels_are_split_evenly) {
    const struct {
        uint32_t levels, cells;
        std::vector<int> want;
    } cases[] = {{7, 1, {7}}, {8, 1, {4, 4}},     {14, 3, {5, 5, 4}}, {2, 5, {1, 1}},
                 {0, 4, {}},  {15, 0, {5, 5, 5}}, {1, 1, {1}},        {21, 3, {7, 7, 7}}};
    for (const auto &c : cases) {
        npim_rows rows = begin(3);
        npim_rows_neuron(&rows, NPIM_NEURON_LATCH);
        npim_rows_tie(&rows, 1, false, 1, 1);
        npim_rows_tie(&rows, 0, true, c.levels, c.cells);
        built b;
        ASSERT_EQ(npim_rows_end(&rows, 1, &b.circuit, nullptr), NPIM_OK);
        ASSERT_EQ(npim_circuit_check(&b.circuit, nullptr), NPIM_OK);
        ASSERT_EQ(b.circuit.n_cells, 1 + c.want.size());
        for (size_t i = 0; i < c.want.size(); i++) {
            EXPECT_EQ(b.circuit.cells[1 + i].level, c.want[i]);
            EXPECT_TRUE(b.circuit.cells[1 + i].complement);
        }
    }
}

TEST(design_rows, sources_count_inputs_rails_and_neurons) {
    npim_rows rows = begin(2);
    std::vector<uint32_t> sources;
    for (uint32_t i = 0; i < 1000; i++) { // beyond the first room
        sources.push_back(npim_rows_neuron(&rows, NPIM_NEURON_PASSIVE));
        npim_rows_tie(&rows, i == 0 ? 0 : sources[i - 1], false, 5, 1);
    }
    built b;
    ASSERT_EQ(npim_rows_end(&rows, 3, &b.circuit, nullptr), NPIM_OK);
    npim_error error{};
    ASSERT_EQ(npim_circuit_check(&b.circuit, &error), NPIM_OK) << error.message;
    EXPECT_EQ(b.circuit.n_neurons, 1000u);
    EXPECT_EQ(b.circuit.n_cells, 2000u);
    EXPECT_EQ(b.circuit.n_outputs, 3u);
    for (uint32_t i = 0; i < 1000; i++) {
        EXPECT_EQ(sources[i], 3 + i);
        EXPECT_EQ(b.circuit.neurons[i].first_cell, 2 * i);
        EXPECT_EQ(b.circuit.neurons[i].n_cells, 2u);
    }
}

TEST(design_rows, a_lack_of_memory_is_remembered) {
    npim_rows rows = begin(2);
    npim_rows_neuron(&rows, NPIM_NEURON_PASSIVE);
    rows.failed = true;
    npim_rows_tie(&rows, 0, false, 3, 1);
    npim_rows_neuron(&rows, NPIM_NEURON_PASSIVE);
    npim_circuit circuit;
    npim_error error{};
    EXPECT_EQ(npim_rows_end(&rows, 1, &circuit, &error), NPIM_ENOMEM);
    EXPECT_EQ(circuit.cells, nullptr);
    EXPECT_EQ(circuit.neurons, nullptr);
    EXPECT_EQ(circuit.n_neurons, 0u);
}

} // namespace
