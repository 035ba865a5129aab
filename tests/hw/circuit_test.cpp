#include "hw/circuit.h"

#include "support.hpp"

#include <functional>
#include <random>

namespace {

// A smooth inverter, and a steeper one for residues.
npim_inverter curve(double gain) {
    npim_inverter inverter{};
    inverter.vdd_V = 1;
    for (int i = 0; i < NPIM_VTC_POINTS; i++)
        inverter.out_V[i] = 0.5 - 0.5 * std::tanh(2 * gain * (i * 1e-3 - 0.5));
    return inverter;
}

// A circuit in the making; neurons and cells are appended.
struct builder {
    explicit builder(uint32_t n_inputs, std::vector<double> rails = {}) : rail_V(std::move(rails)) {
        circuit.bits = 3;
        circuit.vdd_V = 1;
        circuit.n_inputs = n_inputs;
        circuit.n_outputs = 1;
        circuit.inverter = curve(20);
        circuit.residue = curve(5);
    }
    builder &add(npim_neuron_kind kind, const std::vector<npim_cell> &row, uint32_t chain = 1) {
        neurons.push_back(
            {static_cast<uint32_t>(cells.size()), static_cast<uint32_t>(row.size()), kind, chain});
        cells.insert(cells.end(), row.begin(), row.end());
        return *this;
    }
    npim_circuit &done() {
        circuit.rail_V = rail_V.data();
        circuit.neurons = neurons.data();
        circuit.cells = cells.data();
        circuit.n_rails = static_cast<uint32_t>(rail_V.size());
        circuit.n_neurons = static_cast<uint32_t>(neurons.size());
        circuit.n_cells = static_cast<uint32_t>(cells.size());
        return circuit;
    }
    npim_circuit circuit{};
    std::vector<double> rail_V;
    std::vector<npim_neuron> neurons;
    std::vector<npim_cell> cells;
};

struct programmed {
    npim_instance at{};
    explicit programmed(const npim_circuit &c, const npim_circuit_variation *v = nullptr, uint64_t seed = 1,
                        uint32_t block = 0) {
        const npim_random random = {seed, block};
        npim_error error{};
        EXPECT_EQ(npim_circuit_check(&c, &error), NPIM_OK) << error.message;
        EXPECT_EQ(npim_instance_init(&at, &c, v, v ? &random : nullptr, &error), NPIM_OK) << error.message;
    }
    ~programmed() { npim_instance_fini(&at); }
    programmed(const programmed &) = delete;
    programmed &operator=(const programmed &) = delete;

    struct voltages {
        std::vector<double> node, out;
    };
    voltages eval(const std::vector<double> &in_V, uint64_t index = 0) const {
        voltages v;
        v.node.resize(at.circuit->n_neurons);
        v.out.resize(at.circuit->n_neurons);
        npim_instance_eval(&at, in_V.data(), index, v.node.data(), v.out.data());
        return v;
    }
};

npim_circuit_variation sigma_of(double sigma) {
    npim_circuit_variation v{};
    v.sigma = sigma;
    return v;
}

TEST(circuit, a_divider_by_hand) {
    builder b(2, {1, 0.25});
    b.add(NPIM_NEURON_PASSIVE, {{0, 7, false}, {1, 2, true}, {2, 1, false}, {3, 4, false}, {3, 4, true}});
    const npim_circuit &c = b.done();
    const programmed p(c);
    // (7 x 0.3 + 2 x (1 - 0.9) + 1 x 1 + 4 x 0.25 + 4 x 0.75) / 18
    EXPECT_NEAR(p.eval({0.3, 0.9}).node[0], (2.1 + 0.2 + 1 + 1 + 3) / 18, 1e-15);
    EXPECT_NEAR(npim_instance_weight(&p.at, 0, 0), 7.0 / 18, 1e-15);
    EXPECT_NEAR(npim_instance_weight(&p.at, 0, 1), -2.0 / 18, 1e-15);
}

TEST(circuit, a_level_is_a_conductance) {
    for (const double ratio : {0.0, 1.5, 100.0})
        for (uint32_t bits = 1; bits <= 8; bits++) {
            npim_circuit c{};
            c.bits = bits;
            c.on_off_ratio = ratio;
            const uint32_t top = (1u << bits) - 1;
            EXPECT_DOUBLE_EQ(npim_circuit_conductance(&c, 0), ratio > 0 ? 1 / ratio : 0);
            EXPECT_DOUBLE_EQ(npim_circuit_conductance(&c, top), 1);
            const double step = npim_circuit_conductance(&c, 1) - npim_circuit_conductance(&c, 0);
            for (uint32_t level = 1; level <= top; level++)
                EXPECT_NEAR(npim_circuit_conductance(&c, level) - npim_circuit_conductance(&c, level - 1),
                            step, 1e-14);
        }
}

TEST(circuit, every_kind_and_its_complement) {
    for (const npim_neuron_kind kind :
         {NPIM_NEURON_PASSIVE, NPIM_NEURON_INVERTER, NPIM_NEURON_RESIDUE, NPIM_NEURON_LATCH}) {
        builder b(1);
        b.add(kind, {{0, 7, false}});
        b.add(NPIM_NEURON_PASSIVE, {{1, 7, false}}).add(NPIM_NEURON_PASSIVE, {{1, 7, true}});
        const npim_circuit &c = b.done();
        const programmed p(c);
        for (int i = 0; i <= 1000; i += 7) { // points of the table: no interpolation
            const double u = i * 1e-3;
            const auto curve_V = [&](const npim_inverter &k, int at) { return k.out_V[at]; };
            const double out = kind == NPIM_NEURON_PASSIVE    ? u
                               : kind == NPIM_NEURON_INVERTER ? curve_V(c.inverter, i)
                               : kind == NPIM_NEURON_RESIDUE  ? curve_V(c.residue, i)
                                                              : (u < 0.5 ? 1.0 : 0.0);
            const double other = kind == NPIM_NEURON_PASSIVE    ? 1 - u
                                 : kind == NPIM_NEURON_INVERTER ? curve_V(c.inverter, 1000 - i)
                                 : kind == NPIM_NEURON_RESIDUE  ? curve_V(c.residue, 1000 - i)
                                                                : 1 - out;
            const auto v = p.eval({u});
            ASSERT_NEAR(v.out[0], out, 1e-12) << kind << " at " << u;
            ASSERT_NEAR(v.out[1], out, 1e-12);
            ASSERT_NEAR(v.out[2], other, 1e-12) << kind << " at " << u;
        }
        EXPECT_EQ(p.eval({0.5}).out[0] == 0, kind == NPIM_NEURON_LATCH); // not below half the supply
    }
}

TEST(circuit, a_chain_is_one_inverter_behind_the_other) {
    builder one(1), three(1);
    one.add(NPIM_NEURON_INVERTER, {{0, 7, false}});
    one.add(NPIM_NEURON_INVERTER, {{1, 7, false}}).add(NPIM_NEURON_INVERTER, {{2, 7, false}});
    three.add(NPIM_NEURON_INVERTER, {{0, 7, false}}, 3);
    const npim_circuit &a = one.done(), &b = three.done();
    const programmed p(a), q(b);
    for (double u = 0.4; u < 0.6; u += 0.0037) EXPECT_NEAR(p.eval({u}).out[2], q.eval({u}).out[0], 1e-12);
}

// --- random circuits against an evaluation of their own ---

double interpolated(const npim_inverter &k, double x_V) {
    const double at = std::min(std::max(x_V, 0.0), 1.0) * 1000;
    const int i = std::min(static_cast<int>(at), 999);
    return k.out_V[i] * (i + 1 - at) + k.out_V[i + 1] * (at - i);
}

// Straight from the definition: every neuron anew, cell by cell.
struct reference {
    const npim_circuit &c;
    const std::vector<double> &in_V;
    std::function<double(uint32_t)> factor; // of a cell's conductance
    std::vector<double> node, out, other;   // other: complements

    static double behind(const npim_circuit &c, const npim_neuron &n, double u) {
        if (n.kind == NPIM_NEURON_LATCH) return u < 0.5 ? 1 : 0;
        if (n.kind == NPIM_NEURON_RESIDUE) return interpolated(c.residue, u);
        if (n.kind == NPIM_NEURON_INVERTER)
            for (uint32_t i = 0; i < n.chain; i++) u = interpolated(c.inverter, u);
        return u;
    }
    double source(const npim_cell &cell) const {
        if (cell.source >= c.n_inputs + c.n_rails) {
            const uint32_t n = cell.source - c.n_inputs - c.n_rails;
            return cell.complement ? other[n] : out[n];
        }
        const double s = cell.source < c.n_inputs ? in_V[cell.source] : c.rail_V[cell.source - c.n_inputs];
        return cell.complement ? 1 - s : s;
    }
    void run() {
        for (uint32_t n = 0; n < c.n_neurons; n++) {
            const npim_neuron &neuron = c.neurons[n];
            long double current = 0, total = 0;
            for (uint32_t i = neuron.first_cell; i < neuron.first_cell + neuron.n_cells; i++) {
                const double least = c.on_off_ratio > 0 ? 1 / c.on_off_ratio : 0;
                const double share = static_cast<double>(c.cells[i].level) / ((1 << c.bits) - 1);
                const double g = (least + (1 - least) * share) * factor(i);
                current += g * source(c.cells[i]);
                total += g;
            }
            node.push_back(static_cast<double>(current / total));
            out.push_back(behind(c, neuron, node.back()));
            other.push_back(neuron.kind == NPIM_NEURON_LATCH ? 1 - out.back()
                                                             : behind(c, neuron, 1 - node.back()));
        }
    }
};

builder random_circuit(std::mt19937_64 &draw) {
    const auto below = [&](uint32_t n) { return static_cast<uint32_t>(draw() % n); };
    std::vector<double> rails(below(4));
    for (double &rail : rails) rail = below(1001) * 1e-3;
    builder b(1 + below(5), rails);
    b.circuit.bits = 1 + below(8);
    b.circuit.on_off_ratio = below(2) ? 10 : 0;
    b.circuit.inverter = curve(3); // of low gain: rounding stays small
    b.circuit.residue = curve(2);
    const uint32_t n_neurons = 1 + below(12), top = (1u << b.circuit.bits) - 1;
    for (uint32_t n = 0; n < n_neurons; n++) {
        const uint32_t n_sources = b.circuit.n_inputs + static_cast<uint32_t>(rails.size()) + n;
        std::vector<npim_cell> row;
        for (uint32_t i = 0, cells = 1 + below(9); i < cells; i++)
            row.push_back({static_cast<uint16_t>(below(n_sources)),
                           static_cast<uint8_t>(i ? below(top + 1) : 1 + below(top)), below(2) == 1});
        b.add(static_cast<npim_neuron_kind>(below(4)), row, 1 + 2 * below(2));
    }
    return b;
}

TEST(circuit, random_circuits_are_what_their_definition_says) {
    std::mt19937_64 draw(test_seed(41));
    for (int k = 0; k < 300; k++) {
        builder b = random_circuit(draw);
        const npim_circuit &c = b.done();
        const npim_circuit_variation v = sigma_of(k % 2 ? 0.05 : 0);
        const npim_random random = {draw(), static_cast<uint32_t>(k)};
        const programmed p(c, &v, random.seed, random.block);
        for (int point = 0; point < 10; point++) {
            std::vector<double> in_V(c.n_inputs);
            for (double &x : in_V) x = static_cast<double>(draw() % 100001) * 1e-5;
            reference wanted{c,
                             in_V,
                             [&](uint32_t i) {
                                 return 1 + v.sigma * npim_random_normal(&random, NPIM_DRAW_VARIATION, i); },
                             {},
                             {},
                             {}};
            wanted.run();
            const auto got = p.eval(in_V);
            for (uint32_t n = 0; n < c.n_neurons; n++) {
                // A latch at half the supply: rounding decides.
                const bool tie =
                    c.neurons[n].kind == NPIM_NEURON_LATCH && std::fabs(wanted.node[n] - 0.5) < 1e-9;
                ASSERT_NEAR(got.node[n], wanted.node[n], 1e-9) << "circuit " << k << ", neuron " << n;
                if (tie) break;
                ASSERT_NEAR(got.out[n], wanted.out[n], 1e-9) << "circuit " << k << ", neuron " << n;
            }
        }
    }
}

// --- variation ---

// One node with many cells of one level between the input and a rail.
builder many_cells(uint32_t n, uint8_t level = 3) {
    builder b(1, {0});
    std::vector<npim_cell> row;
    for (uint32_t i = 0; i < n; i++) row.push_back({static_cast<uint16_t>(i % 2), level, false});
    b.add(NPIM_NEURON_PASSIVE, row);
    return b;
}

TEST(circuit, conductances_vary_with_mean_1_and_sigma) {
    const uint32_t n = 20000;
    builder b = many_cells(n);
    const npim_circuit &c = b.done();
    for (const double sigma : {0.01, 0.025, 0.2}) {
        const npim_circuit_variation v = sigma_of(sigma);
        const programmed p(c, &v, test_seed(5));
        double sum = 0, squares = 0, on = 0;
        for (uint32_t i = 0; i < n; i++) {
            const double g = npim_instance_conductance(&p.at, i), x = g / (3.0 / 7) - 1;
            sum += x;
            squares += x * x;
            on += i % 2 == 0 ? g : 0;
        }
        EXPECT_NEAR(sum / n, 0, 4 * sigma / std::sqrt(n)) << sigma;
        EXPECT_NEAR(std::sqrt(squares / n) / sigma, 1, 4 / std::sqrt(2.0 * n)) << sigma;
        const double total = (sum + n) * 3.0 / 7; // the very conductances are in the weights
        EXPECT_NEAR(npim_instance_weight(&p.at, 0, 0), on / total, 1e-12);
    }
}

TEST(circuit, a_cell_cannot_vary_below_nothing) {
    const uint32_t n = 20000;
    builder b = many_cells(n);
    const npim_circuit &c = b.done();
    const npim_circuit_variation v = sigma_of(0.5);
    const programmed p(c, &v);
    uint32_t off = 0;
    for (uint32_t i = 0; i < n; i++) {
        const double g = npim_instance_conductance(&p.at, i);
        ASSERT_GE(g, 0);
        off += g == 0;
    }
    EXPECT_NEAR(off / static_cast<double>(n), 0.02275, 0.005); // P(normal < -2)
}

TEST(circuit, an_instance_is_a_function_of_seed_and_block) {
    builder b = many_cells(100);
    const npim_circuit &c = b.done();
    npim_circuit_variation v = sigma_of(0.025);
    v.offset_V = 0.01;
    const auto node = [&](uint64_t seed, uint32_t block) {
        const programmed p(c, &v, seed, block);
        return p.eval({0.7}).node[0];
    };
    EXPECT_EQ(node(1, 0), node(1, 0));
    EXPECT_NE(node(1, 0), node(1, 1));
    EXPECT_NE(node(1, 0), node(2, 0));
    const programmed one(c, &v, 9, 3), two(c, &v, 9, 3);
    EXPECT_EQ(std::memcmp(one.at.weight, two.at.weight, c.n_cells * sizeof(double)), 0);
}

TEST(circuit, without_a_seed_nothing_varies) {
    builder b = many_cells(10);
    const npim_circuit &c = b.done();
    const npim_circuit_variation wild = sigma_of(17); // out of range: not looked at
    npim_instance at{};
    ASSERT_EQ(npim_instance_init(&at, &c, &wild, nullptr, nullptr), NPIM_OK);
    double node = 0, out = 0;
    const double in_V = 0.6;
    npim_instance_eval(&at, &in_V, 0, &node, &out);
    EXPECT_NEAR(node, 0.3, 1e-15);
    npim_instance_fini(&at);
    npim_instance_fini(&at);
}

TEST(circuit, stuck_cells) {
    const uint32_t n = 20000;
    builder b = many_cells(n);
    b.circuit.on_off_ratio = 10;
    const npim_circuit &c = b.done();
    npim_circuit_variation v{};
    v.stuck_on_rate = 0.03;
    v.stuck_off_rate = 0.07;
    const programmed p(c, &v, test_seed(8));
    uint32_t on = 0, off = 0;
    for (uint32_t i = 0; i < n; i++) {
        const double g = npim_instance_conductance(&p.at, i);
        on += g == 1;
        off += g == 0.1;
        if (g != 1 && g != 0.1) {
            ASSERT_DOUBLE_EQ(g, npim_circuit_conductance(&c, 3));
        }
    }
    EXPECT_NEAR(on / static_cast<double>(n), 0.03, 0.005);
    EXPECT_NEAR(off / static_cast<double>(n), 0.07, 0.0075);
}

TEST(circuit, all_cells_stuck) {
    builder b(2);
    b.add(NPIM_NEURON_PASSIVE, {{0, 1, false}, {1, 7, false}});
    npim_circuit &c = b.done();
    npim_circuit_variation v{};
    v.stuck_on_rate = 1;
    const programmed on(c, &v);
    EXPECT_NEAR(on.eval({0.2, 0.8}).node[0], 0.5, 1e-15);
    v.stuck_on_rate = 0;
    v.stuck_off_rate = 1;
    {
        const programmed floating(c, &v); // tied to nothing: half the supply, whatever the inputs
        EXPECT_EQ(floating.at.n_floating, 1u);
        for (double x : {0.0, 0.2, 1.0}) EXPECT_EQ(floating.eval({x, 0.8}).node[0], 0.5 * c.vdd_V);
    }
    c.on_off_ratio = 4; // what is off conducts a little
    const programmed off(c, &v);
    EXPECT_NEAR(off.eval({0.2, 0.8}).node[0], 0.5, 1e-15);
}

// Many neurons alike, so that statistics have something to count.
builder many_neurons(uint32_t n) {
    builder b(1);
    for (uint32_t i = 0; i < n; i++) b.add(NPIM_NEURON_PASSIVE, {{0, 7, false}});
    return b;
}

double deviation(const std::vector<double> &x, double mean) {
    double squares = 0;
    for (const double value : x) squares += (value - mean) * (value - mean);
    return std::sqrt(squares / static_cast<double>(x.size()));
}

TEST(circuit, thresholds_have_an_offset) {
    builder b = many_neurons(4000);
    const npim_circuit &c = b.done();
    npim_circuit_variation v{};
    v.offset_V = 0.005;
    const programmed p(c, &v, test_seed(3));
    const auto one = p.eval({0.5}), again = p.eval({0.5}, 1);
    EXPECT_EQ(one.node, again.node); // fixed, unlike noise
    v.sigma = 0.05;                  // and none of the draws of the cells
    const programmed both(c, &v, 3);
    const double of_cell = (npim_instance_conductance(&both.at, 0) - 1) / v.sigma;
    EXPECT_GT(std::fabs(both.at.offset_V[0] / v.offset_V - of_cell), 1e-6);
    EXPECT_NEAR(deviation(one.node, 0.5) / 0.005, 1, 0.05);
    const auto moved = p.eval({0.6});
    for (size_t i = 0; i < 100; i++) EXPECT_NEAR(moved.node[i] - one.node[i], 0.1, 1e-12);
}

TEST(circuit, thermal_noise_is_kT_over_C) {
    builder b = many_neurons(2);
    const npim_circuit &c = b.done();
    npim_circuit_variation v{};
    v.node_F = 1e-15;
    v.temperature_K = 300;
    const programmed p(c, &v, test_seed(6));
    std::vector<double> first, second;
    double product = 0;
    for (uint64_t i = 0; i < 20000; i++) {
        const auto now = p.eval({0.5}, i);
        first.push_back(now.node[0]);
        second.push_back(now.node[1]);
        product += (now.node[0] - 0.5) * (now.node[1] - 0.5) / 20000;
    }
    const double wanted_V = 2.0352e-3; // sqrt(1.380649e-23 x 300 / 1e-15)
    EXPECT_NEAR(deviation(first, 0.5) / wanted_V, 1, 0.03);
    EXPECT_NEAR(deviation(second, 0.5) / wanted_V, 1, 0.03);
    EXPECT_NEAR(product / (wanted_V * wanted_V), 0, 0.03); // nodes are independent
    EXPECT_EQ(p.eval({0.5}, 77).node, p.eval({0.5}, 77).node);
    EXPECT_NE(p.eval({0.5}, 77).node, p.eval({0.5}, 78).node);
    EXPECT_NE(p.eval({0.5}, 77).node[1], p.eval({0.5}, 78).node[0]);
}

// --- refusals ---

using spoiler = std::function<void(builder &, npim_circuit &)>;

TEST(circuit, what_cannot_be_is_refused) {
    const double nan = std::nan("");
    const struct {
        const char *message;
        spoiler spoil;
    } cases[] = {
        {"bits = 0", [](builder &, npim_circuit &c) { c.bits = 0; }},
        {"bits = 9", [](builder &, npim_circuit &c) { c.bits = 9; }},
        {"on_off_ratio = 1", [](builder &, npim_circuit &c) { c.on_off_ratio = 1; }},
        {"on_off_ratio = -2", [](builder &, npim_circuit &c) { c.on_off_ratio = -2; }},
        {"on_off_ratio = inf", [](builder &, npim_circuit &c) { c.on_off_ratio = HUGE_VAL; }},
        {"on_off_ratio", [nan](builder &, npim_circuit &c) { c.on_off_ratio = nan; }},
        {"vdd_V = 0", [](builder &, npim_circuit &c) { c.vdd_V = 0; }},
        {"vdd_V = 10.5", [](builder &, npim_circuit &c) { c.vdd_V = 10.5; }},
        {"vdd_V", [nan](builder &, npim_circuit &c) { c.vdd_V = nan; }},
        {"0 inputs", [](builder &, npim_circuit &c) { c.n_inputs = 0; }},
        {"65 inputs", [](builder &, npim_circuit &c) { c.n_inputs = 65; }},
        {"65 rails", [](builder &, npim_circuit &c) { c.n_rails = 65; }},
        {"0 neurons", [](builder &, npim_circuit &c) { c.n_neurons = 0; }},
        {"4097 neurons", [](builder &, npim_circuit &c) { c.n_neurons = 4097; }},
        {"0 outputs", [](builder &, npim_circuit &c) { c.n_outputs = 0; }},
        {"3 outputs", [](builder &, npim_circuit &c) { c.n_outputs = 3; }},
        {"rail 0 at 1.5 V", [](builder &b, npim_circuit &) { b.rail_V[0] = 1.5; }},
        {"rail 0 at -0.1 V", [](builder &b, npim_circuit &) { b.rail_V[0] = -0.1; }},
        {"rail 0", [nan](builder &b, npim_circuit &) { b.rail_V[0] = nan; }},
        {"neuron 1: cells 5", [](builder &b, npim_circuit &) { b.neurons[1].first_cell = 5; }},
        {"neuron 1: cells 2", [](builder &b, npim_circuit &) { b.neurons[1].n_cells = 3; }},
        {"neuron 1: cells 2", [](builder &b, npim_circuit &) { b.neurons[1].n_cells = UINT32_MAX; }},
        {"neuron 0: a chain of 2", [](builder &b, npim_circuit &) { b.neurons[0].chain = 2; }},
        {"neuron 0: a chain of 0", [](builder &b, npim_circuit &) { b.neurons[0].chain = 0; }},
        {"neuron 0, cell 1: level 8", [](builder &b, npim_circuit &) { b.cells[1].level = 8; }},
        {"neuron 0, cell 0: source 2", [](builder &b, npim_circuit &) { b.cells[0].source = 2; }},
        {"neuron 1, cell 1: source 3", [](builder &b, npim_circuit &) { b.cells[3].source = 3; }},
        {"neuron 1: no cell", [](builder &b, npim_circuit &) { b.cells[2].level = b.cells[3].level = 0; }},
        {"neuron 1: no cell", [](builder &b, npim_circuit &) { b.neurons[1].n_cells = 0; }},
        {"", [](builder &, npim_circuit &c) { c.inverter.out_V[10] = 2; }},
        {"", [](builder &, npim_circuit &c) { c.residue.out_V[1000] = 0.9; }},
    };
    for (const auto &bad : cases) {
        builder b(1, {1});
        b.add(NPIM_NEURON_INVERTER, {{0, 7, false}, {1, 7, false}});
        b.add(NPIM_NEURON_RESIDUE, {{0, 1, false}, {2, 2, true}});
        npim_circuit &c = b.done();
        ASSERT_EQ(npim_circuit_check(&c, nullptr), NPIM_OK);
        bad.spoil(b, c);
        npim_error error{};
        EXPECT_EQ(npim_circuit_check(&c, &error), NPIM_ECONFIG) << bad.message;
        EXPECT_NE(std::string(error.message).find(bad.message), std::string::npos)
            << error.message << "\nlacks: " << bad.message;
        EXPECT_EQ(npim_circuit_check(&c, nullptr), NPIM_ECONFIG);
    }
}

// A table that no neuron has need not be one.
TEST(circuit, tables_are_checked_where_they_are_used) {
    builder b(1);
    b.add(NPIM_NEURON_LATCH, {{0, 7, false}}).add(NPIM_NEURON_PASSIVE, {{1, 7, false}});
    npim_circuit &c = b.done();
    c.inverter.out_V[0] = c.residue.out_V[0] = std::nan("");
    EXPECT_EQ(npim_circuit_check(&c, nullptr), NPIM_OK);
}

TEST(circuit, variations_outside_their_ranges_are_refused) {
    const double nan = std::nan("");
    const struct {
        npim_circuit_variation v;
        const char *message;
    } cases[] = {{{-0.01, 0, 0, 0, 0, 0}, "sigma = -0.01"}, {{0.51, 0, 0, 0, 0, 0}, "sigma = 0.51"},
                 {{nan, 0, 0, 0, 0, 0}, "sigma"},           {{0, -0.1, 0, 0, 0, 0}, "stuck_on_rate = -0.1"},
                 {{0, 0, 1.1, 0, 0, 0}, "stuck_off_rate"},  {{0, 0.6, 0.6, 0, 0, 0}, "0..1 together"},
                 {{0, nan, 0, 0, 0, 0}, "stuck_on_rate"},   {{0, 0, 0, -1, 0, 0}, "offset_V = -1"},
                 {{0, 0, 0, 1.1, 0, 0}, "offset_V = 1.1"},  {{0, 0, 0, 0, -1, 0}, "node_F = -1"},
                 {{0, 0, 0, 0, nan, 0}, "node_F"},          {{0, 0, 0, 0, 0, -1}, "temperature_K = -1"}};
    builder b = many_cells(4);
    const npim_circuit &c = b.done();
    const npim_random random = {1, 0};
    for (const auto &bad : cases) {
        npim_instance at{};
        npim_error error{};
        EXPECT_EQ(npim_instance_init(&at, &c, &bad.v, &random, &error), NPIM_ECONFIG) << bad.message;
        EXPECT_NE(std::string(error.message).find(bad.message), std::string::npos) << error.message;
        EXPECT_EQ(at.weight, nullptr);
    }
}

TEST(circuit, fini_is_safe_twice) {
    npim_circuit c{};
    npim_circuit_fini(&c);
    c.rail_V = static_cast<double *>(std::calloc(1, sizeof(double)));
    c.neurons = static_cast<npim_neuron *>(std::calloc(1, sizeof(npim_neuron)));
    c.cells = static_cast<npim_cell *>(std::calloc(1, sizeof(npim_cell)));
    npim_circuit_fini(&c);
    EXPECT_EQ(c.cells, nullptr);
    npim_circuit_fini(&c);
}

} // namespace
