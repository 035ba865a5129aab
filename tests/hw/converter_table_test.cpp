#include "hw/converter_table.h"

#include "support.hpp"

#include <random>

namespace {

// A network of random cells: layers of neurons of one kind, the last one the wires. Level 0 is off, so a rail
// is tied everywhere.
struct random_converter {
    npim_converter converter{};

    random_converter(std::mt19937_64 &random, npim_code_kind kind, uint32_t bits, uint32_t n_wires,
                     const std::vector<std::pair<npim_neuron_kind, uint32_t>> &layers) {
        npim_circuit &c = converter.circuit;
        std::vector<npim_neuron> neurons;
        std::vector<npim_cell> cells;
        c.bits = 3;
        c.vdd_V = 1;
        c.n_inputs = 1;
        c.n_rails = 2;
        uint32_t first_source = 0, end_source = 1; // what a layer reads: all of the one before
        for (size_t l = 0; l <= layers.size(); l++) {
            const bool last = l == layers.size();
            const auto &[layer_kind, n] = last ? std::make_pair(NPIM_NEURON_INVERTER, n_wires) : layers[l];
            for (uint32_t i = 0; i < n; i++) {
                const uint32_t first = static_cast<uint32_t>(cells.size());
                for (uint32_t source = first_source; source < end_source; source++)
                    for (int path = 0; path < (l == 0 ? 3 : 1); path++)
                        cells.push_back({static_cast<uint16_t>(source), static_cast<uint8_t>(random() % 8),
                                         l > 0 && random() % 2 == 0});
                cells.push_back({1, static_cast<uint8_t>(1 + random() % 7), false});
                cells.push_back({2, static_cast<uint8_t>(random() % 8), false});
                neurons.push_back({first, static_cast<uint32_t>(cells.size()) - first, layer_kind,
                                   layer_kind == NPIM_NEURON_INVERTER && random() % 2 ? 3u : 1u});
            }
            first_source = end_source == 1 ? 3 : end_source;
            end_source = 3 + static_cast<uint32_t>(neurons.size());
        }
        converter.kind = kind;
        converter.bits = bits;
        c.n_neurons = static_cast<uint32_t>(neurons.size());
        c.n_outputs = n_wires;
        c.n_cells = static_cast<uint32_t>(cells.size());
        c.rail_V = copy(std::vector<double>{1, 0});
        c.neurons = copy(neurons);
        c.cells = copy(cells);
        for (uint32_t i = 0; i < NPIM_VTC_POINTS; i++) {
            c.inverter.out_V[i] = 0.5 - 0.5 * std::tanh((i - 500.0) / 50.0);
            c.residue.out_V[i] = 0.5 - 0.45 * std::tanh((i - 480.0) / 90.0);
        }
        c.inverter.vdd_V = c.residue.vdd_V = 1;
    }
    ~random_converter() { npim_converter_fini(&converter); }

    template <typename T> static T *copy(const std::vector<T> &from) {
        T *to = static_cast<T *>(std::malloc(from.size() * sizeof(T)));
        std::copy(from.begin(), from.end(), to);
        return to;
    }
};

struct tabled {
    npim_instance instance{};
    npim_converter_table table{};

    tabled(const npim_converter &c, uint64_t seed, double sigma) {
        npim_circuit_variation v{};
        v.sigma = sigma;
        v.offset_V = sigma / 10;
        const npim_random random = {seed, 1};
        npim_error error{};
        EXPECT_EQ(npim_converter_check(&c, &error), NPIM_OK) << error.message;
        EXPECT_EQ(npim_instance_init(&instance, &c.circuit, &v, &random, &error), NPIM_OK) << error.message;
        EXPECT_EQ(npim_converter_table_init(&table, &c, &instance, &error), NPIM_OK) << error.message;
    }
    ~tabled() {
        npim_instance_fini(&instance);
        npim_converter_table_fini(&table);
        npim_converter_table_fini(&table);
    }
};

// The transitions with their neighbours, or what lies 1e-12 V off them, a fine ramp and random voltages.
std::vector<double> voltages_of(const npim_converter_table &table, bool next, std::mt19937_64 &random) {
    std::vector<double> in_V = {0, 1, 0.5, 5e-324, std::nextafter(1.0, 0.0)};
    for (uint32_t p = 0; p + 1 < table.n_pieces; p++) {
        double v = table.end_V[p];
        if (!next) {
            in_V.push_back(std::max(v - 1e-12, 0.0));
            in_V.push_back(std::min(v + 1e-12, 1.0));
            continue;
        }
        for (int i = 0; i < 3; i++) v = std::nextafter(v, -1.0);
        for (int i = 0; i < 7; i++, v = std::nextafter(v, 2.0))
            if (v >= 0 && v <= 1) in_V.push_back(v);
    }
    for (int i = 0; i <= 5000; i++) in_V.push_back(i / 5000.0);
    for (int i = 0; i < 5000; i++) in_V.push_back(std::uniform_real_distribution<>(0, 1)(random));
    return in_V;
}

void expect_exact(const npim_converter &c, const tabled &t, bool next, std::mt19937_64 &random) {
    const std::vector<double> in_V = voltages_of(t.table, next, random);
    std::vector<double> scratch_V(2 * c.circuit.n_neurons);
    std::vector<uint16_t> want(in_V.size()), codes(in_V.size());
    npim_converter_codes(&c, &t.instance, in_V.data(), in_V.size(), 0, scratch_V.data(), want.data());
    npim_converter_table_codes(&t.table, in_V.data(), in_V.size(), codes.data());
    for (size_t i = 0; i < in_V.size(); i++)
        ASSERT_EQ(codes[i], want[i]) << "at " << std::hexfloat << in_V[i] << " of " << t.table.n_pieces;
}

TEST(converter_table, random_networks_are_met_exactly) {
    std::mt19937_64 random(test_seed(21));
    struct shape {
        bool next; // every node rises or falls alone: exact next to the transitions, too
        std::vector<std::pair<npim_neuron_kind, uint32_t>> layers;
    };
    const shape shapes[] = {
        {true, {}},
        {true, {{NPIM_NEURON_LATCH, 9}}},
        {false, {{NPIM_NEURON_INVERTER, 8}}},
        {false, {{NPIM_NEURON_PASSIVE, 4}}},
        {false, {{NPIM_NEURON_RESIDUE, 3}, {NPIM_NEURON_INVERTER, 5}}},
        {true, {{NPIM_NEURON_LATCH, 5}, {NPIM_NEURON_RESIDUE, 4}}},
        {false, {{NPIM_NEURON_INVERTER, 4}, {NPIM_NEURON_LATCH, 6}, {NPIM_NEURON_PASSIVE, 3}}}};
    uint64_t pieces = 0;
    for (const shape &s : shapes)
        for (int trial = 0; trial < 6; trial++) {
            const uint32_t bits = 1 + static_cast<uint32_t>(random() % 4);
            const random_converter net(random, trial % 2 ? NPIM_CODE_GRAY : NPIM_CODE_BINARY, bits, bits,
                                       s.layers);
            const tabled t(net.converter, random(), trial % 3 ? 0.1 : 0);
            expect_exact(net.converter, t, s.next, random);
            pieces += t.table.n_pieces;
        }
    EXPECT_GT(pieces, 80u); // they do convert
}

// 63 comparators against equal steps: as many transitions, where the divider says.
TEST(converter_table, a_thermometer_has_its_thresholds) {
    std::mt19937_64 random(test_seed(22));
    random_converter net(random, NPIM_CODE_THERMOMETER, 6, 63, {});
    npim_circuit &c = net.converter.circuit;
    std::free(c.cells);
    std::vector<npim_cell> cells;
    for (uint32_t i = 0; i < 63; i++) { // 255 (1 - x) + 2 i + 70 = (325 + 2 i + 0) / 2
        c.neurons[i] = {2 * i, 2, NPIM_NEURON_LATCH, 1};
        cells.push_back({0, 255, true});
        cells.push_back({1, static_cast<uint8_t>(2 * i + 70), false});
    }
    c.bits = 8;
    c.n_cells = 126;
    c.cells = random_converter::copy(cells);
    const tabled t(net.converter, 1, 0);
    ASSERT_EQ(t.table.n_pieces, 64u);
    for (uint32_t i = 0; i < 63; i++) {
        EXPECT_EQ(t.table.code[i], i);
        EXPECT_NEAR(t.table.end_V[i], (255 + 2 * i + 70) / 510.0, 1e-14);
    }
    expect_exact(net.converter, t, true, random);
}

TEST(converter_table, noise_is_left_out) {
    std::mt19937_64 random(test_seed(23));
    const random_converter net(random, NPIM_CODE_BINARY, 3, 3, {{NPIM_NEURON_INVERTER, 6}});
    tabled t(net.converter, 5, 0.05);
    npim_instance noisy = t.instance;
    noisy.noise_V = 0.05;
    npim_converter_table table;
    ASSERT_EQ(npim_converter_table_init(&table, &net.converter, &noisy, nullptr), NPIM_OK);
    ASSERT_EQ(table.n_pieces, t.table.n_pieces);
    for (uint32_t p = 0; p < table.n_pieces; p++) EXPECT_EQ(table.end_V[p], t.table.end_V[p]);
    npim_converter_table_fini(&table);
}

TEST(converter_table, inputs_outside_give_the_nearer_end) {
    std::mt19937_64 random(test_seed(24));
    const random_converter net(random, NPIM_CODE_BINARY, 4, 4, {{NPIM_NEURON_INVERTER, 8}});
    const tabled t(net.converter, 5, 0.05);
    const double infinity = std::numeric_limits<double>::infinity();
    const double in_V[] = {0, 1, -3, 7, -infinity, infinity, std::nan(""), -0.0};
    uint16_t codes[8];
    npim_converter_table_codes(&t.table, in_V, 8, codes);
    EXPECT_EQ(codes[2], codes[0]);
    EXPECT_EQ(codes[3], codes[1]);
    EXPECT_EQ(codes[4], codes[0]);
    EXPECT_EQ(codes[5], codes[1]);
    EXPECT_EQ(codes[6], codes[0]);
    EXPECT_EQ(codes[7], codes[0]);
}

} // namespace
