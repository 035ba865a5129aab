#include "hw/neural_sa.h"
#include "tests/sim/values/strategy_fixture.hpp"

namespace {

TEST(strategy_c_read, perfect_cells_give_exact_results) {
    for (const uint32_t dac_bits : {1u, 2u, 3u, 4u, 7u, 8u}) {
        npim_hardware h = hardware_of(NPIM_STRATEGY_C, 50);
        h.dataflow.dac_bits = dac_bits;
        const test_layer layer(dac_bits, 130, 9, 6);
        test_c t(h, layer);
        std::vector<double> sums(layer.n * 9);
        for (uint32_t chunk = 0; chunk < 3; chunk++) {
            t.take(chunk);
            npim_c_read(&t.c, &t.lane);
            for (size_t i = 0; i < sums.size(); i++) sums[i] += t.result[i];
        }
        for (size_t i = 0; i < sums.size(); i++) EXPECT_EQ(sums[i], layer.exact(i / 9, uint32_t(i % 9)));
    }
}

// What the shift-and-add keeps of a digit, once for each later cycle.
TEST(strategy_c_read, early_digits_fade_with_what_is_kept) {
    npim_hardware h = hardware_of(NPIM_STRATEGY_C, 8);
    h.dataflow.dac_bits = 2; // 4 cycles
    test_layer layer(1, 1, 1, 1);
    layer.weight = {1};
    layer.inputs = {0x1b | 0x40}; // digits 3, 2, 1, 1
    test_c t(h, layer);
    std::vector<npim_shift_add_row> rows(NPIM_SHIFT_ADD_POOL, t.c.circuits.nominal);
    rows[0].keep *= 1.5;
    t.c.circuits.rows = rows.data();
    t.take(0);
    npim_c_read(&t.c, &t.lane);
    t.c.circuits.rows = nullptr;
    EXPECT_NEAR(t.result[0], 3 * 1.5 * 1.5 * 1.5 + 4 * 2 * 1.5 * 1.5 + 16 * 1.5 + 64, 1e-12);
}

// Mean and variance of many reads of one vector against the sum over all cells and cycles.
TEST(strategy_c_read, noise_has_the_variance_of_all_cells) {
    for (const uint32_t dac_bits : {1u, 4u, 8u}) {
        npim_hardware h = hardware_of(NPIM_STRATEGY_C, 30);
        h.mode = NPIM_MODE_ANALOG;
        h.dataflow.dac_bits = dac_bits;
        h.cell.read_sigma = 0.05;
        const size_t n = 4000;
        test_layer layer(3, 30, 2, n);
        for (size_t v = 1; v < n; v++)
            std::copy_n(layer.inputs.begin(), 30, layer.inputs.begin() + long(v * 30));
        test_c t(h, layer);
        t.take(0);
        npim_c_read(&t.c, &t.lane);
        npim_cells_array array;
        std::vector<double> squares;
        cells_of(t.own.base, 0, 0, &array, &squares);
        for (uint32_t o = 0; o < 2; o++) {
            double mean = 0, variance = 0, expected = 0;
            for (size_t v = 0; v < n; v++) mean += t.result[v * 2 + o] / double(n);
            for (size_t v = 0; v < n; v++) {
                const double off = t.result[v * 2 + o] - mean;
                variance += off * off / double(n);
            }
            for (uint32_t cycle = 0; cycle < 8 / dac_bits; cycle++)
                for (uint32_t r = 0; r < 30; r++)
                    for (uint32_t k = 0; k < 16; k++) {
                        const int shift = int(cycle * dac_bits);
                        const double digit = (layer.inputs[r] >> shift) & ((1 << dac_bits) - 1);
                        const double weight =
                            std::ldexp(npim_hardware_column_weight(&h, k) * digit * 0.05, shift);
                        expected += weight * weight * squares[r * array.columns + o * 16 + k];
                    }
            // 5 standard deviations of the estimates; digits of 8 bit are squared without their last bit.
            EXPECT_NEAR(variance, expected, 5 * expected * std::sqrt(2.0 / double(n)));
            EXPECT_NEAR(mean, double(layer.exact(0, o)), 5 * std::sqrt(expected / double(n)));
        }
    }
}

struct moments {
    double mean = 0, variance = 0;
};

moments of_output(const test_c &t, size_t n, uint32_t outputs, uint32_t o) {
    moments m;
    for (size_t v = 0; v < n; v++) m.mean += t.result[v * outputs + o] / double(n);
    for (size_t v = 0; v < n; v++) m.variance += std::pow(t.result[v * outputs + o] - m.mean, 2) / double(n);
    return m;
}

// The same vector n times.
void repeat_first(test_layer &layer) {
    for (size_t v = 1; v < layer.n; v++)
        std::copy_n(layer.inputs.begin(), layer.rows, layer.inputs.begin() + long(v * layer.rows));
}

// Every bit line of 16 has a sample in every cycle, whatever it carries: sigma^2 of its range, times the
// squares of what columns and digits count for: 2 (4^8 - 1) / 3 and (4^8 - 1) / (4^P - 1).
TEST(strategy_c_read, samples_add_their_noise_in_every_cycle) {
    for (const uint32_t dac_bits : {1u, 2u, 4u, 8u}) {
        const size_t n = 4000;
        npim_hardware h = hardware_of(NPIM_STRATEGY_C, 20);
        h.mode = NPIM_MODE_ANALOG;
        h.dataflow.dac_bits = dac_bits;
        h.line_noise = 0.01;
        test_layer layer(3, 17, 2, n);
        repeat_first(layer);
        test_c t(h, layer);
        t.take(0);
        npim_c_read(&t.c, &t.lane);
        const double sample = 0.01 * 20 * ((1 << dac_bits) - 1);
        const double variance = sample * sample * 2 * 65535 / 3 * 65535 / ((1 << 2 * dac_bits) - 1);
        for (uint32_t o = 0; o < 2; o++) {
            const moments m = of_output(t, n, 2, o);
            EXPECT_NEAR(m.variance, variance, 5 * variance * std::sqrt(2.0 / double(n))) << dac_bits;
            EXPECT_NEAR(m.mean, double(layer.exact(0, o)), 5 * std::sqrt(variance / double(n)));
        }
    }
}

// What a step adds fades by what later ones keep: sigma^2 (1 - keep^2n) / (1 - keep^2), of volts at the node.
TEST(strategy_c_read, steps_of_the_shift_and_add_add_theirs) {
    for (const uint32_t dac_bits : {1u, 2u, 4u, 8u}) {
        const size_t n = 4000;
        npim_hardware h = hardware_of(NPIM_STRATEGY_C, 20);
        h.mode = NPIM_MODE_ANALOG;
        h.dataflow.dac_bits = dac_bits;
        h.node_noise_V = 0.0003;
        h.cell.read_sigma = 0.01;
        test_layer layer(3, 17, 2, n);
        repeat_first(layer);
        test_c t(h, layer);
        std::vector<npim_shift_add_row> rows(NPIM_SHIFT_ADD_POOL, t.c.circuits.nominal);
        rows[1].keep *= 1.25;
        t.c.circuits.rows = rows.data();
        for (npim_c_chunk &one : t.chunks) {
            npim_fixed_matrix_fini(&one.weight);
            npim_fixed_matrix_fini(&one.variance);
            std::free(one.own);
            one.own = nullptr;
        }
        ASSERT_EQ(npim_c_program(&t.c, &t.own.error), NPIM_OK);
        t.take(0);
        npim_c_read(&t.c, &t.lane);
        const std::vector<double> all = t.variance; // of what is read, and of the nodes
        t.c.circuits.rows = nullptr;
        const moments seen[2] = {of_output(t, n, 2, 0), of_output(t, n, 2, 1)};
        const int cycles = int(8 / dac_bits);
        for (uint32_t o = 0; o < 2; o++) {
            const double keep = std::ldexp(o == 1 ? 1.25 : 1.0, -int(dac_bits));
            const double node = std::pow(0.0003 / npim_c_product_V(&t.c), 2) *
                                (1 - std::pow(keep, 2 * cycles)) / (1 - keep * keep);
            EXPECT_NEAR(seen[o].variance, all[o], 5 * all[o] * std::sqrt(2.0 / double(n)));
            EXPECT_GT(all[o], node);
            npim_strategy_c silent = t.c;
            npim_c_chunk chunk = t.chunks[0];
            chunk.own = nullptr;
            silent.chunks = &chunk;
            silent.circuits.rows = rows.data();
            npim_c_read(&silent, &t.lane);
            EXPECT_NEAR(all[o] - t.variance[o], node, 1e-9 * all[o]) << dac_bits;
        }
    }
}

// One voltage is what a product makes at the node: hw/neural_sa's own steps with noise, from perfect digits.
TEST(strategy_c_read, volts_of_the_node_are_those_of_the_block) {
    npim_hardware h = hardware_of(NPIM_STRATEGY_C, 32);
    test_layer layer(6, 32, 1, 1);
    test_c t(h, layer);
    npim_neural_sa_config config{};
    config.dac_bits = 4;
    npim_neural_sa sa{};
    ASSERT_EQ(npim_neural_sa_init(&sa, &config, &t.own.error), NPIM_OK);
    double acc_V = 0;
    for (uint32_t cycle = 0; cycle < 2; cycle++) {
        double slice_V[8];
        for (uint32_t k = 0; k < 8; k++) {
            double sum = 0;
            for (uint32_t r = 0; r < 32; r++) {
                const int weight = layer.weight[r], bit = std::abs(weight) >> k & 1;
                sum += (weight < 0 ? -bit : bit) * (layer.inputs[r] >> 4 * cycle & 15);
            }
            slice_V[k] = 0.5 * sum / (32 * 15);
        }
        const double mixed_V = npim_neural_sa_mix_V(slice_V, 8, 1);
        npim_neural_sa_eval(&sa, &mixed_V, 1, nullptr, 0, &acc_V);
    }
    EXPECT_NEAR(acc_V, double(layer.exact(0, 0)) * npim_c_product_V(&t.c), 1e-12);
    npim_neural_sa_fini(&sa);
}

TEST(strategy_c_read, noise_belongs_to_the_number_of_the_vector) {
    npim_hardware h = hardware_of(NPIM_STRATEGY_C, 30);
    h.mode = NPIM_MODE_ANALOG;
    h.cell.read_sigma = 0.05;
    h.node_noise_V = 0.0001;
    for (const double droop : {0.0, 0.01}) {
        h.line_droop = droop;
        const test_layer layer(3, 30, 2, 6);
        test_c t(h, layer);
        t.take(0);
        npim_c_read(&t.c, &t.lane);
        const std::vector<double> all = t.result;
        t.batch = {4, 1, 2, layer.inputs.data() + 4 * 30, t.sums.data()};
        t.take(0);
        npim_c_read(&t.c, &t.lane);
        EXPECT_EQ(std::vector<double>(t.result.begin(), t.result.begin() + 4),
                  std::vector<double>(all.begin() + 8, all.end()));
    }
}

} // namespace
