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

TEST(strategy_c_read, noise_belongs_to_the_number_of_the_vector) {
    npim_hardware h = hardware_of(NPIM_STRATEGY_C, 30);
    h.mode = NPIM_MODE_ANALOG;
    h.cell.read_sigma = 0.05;
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

} // namespace
