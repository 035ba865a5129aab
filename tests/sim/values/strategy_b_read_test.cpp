#include "tests/sim/values/strategy_fixture.hpp"

namespace {

// Groups of perfect hardware: diagonals added up with their weights, the top bit in a set of its own.
TEST(strategy_b_read, groups_hold_the_sums_of_their_diagonals) {
    const test_layer layer(2, 100, 3, 5);
    test_b t(hardware_of(NPIM_STRATEGY_B, 60), layer); // 60 fits 63 levels
    for (uint32_t chunk = 0; chunk < 2; chunk++) {
        t.take(chunk);
        npim_b_read(&t.b, &t.lane);
        for (size_t v = 0; v < 5; v++)
            for (uint32_t o = 0; o < 3; o++) {
                std::vector<double> group(10);
                for (uint32_t r = chunk * 60; r < std::min(100u, chunk * 60 + 60); r++)
                    for (uint32_t i = 0; i < 8; i++)
                        for (uint32_t j = 0; j < 8; j++) {
                            const int bit =
                                (layer.inputs[v * 100 + r] >> i & 1) * (layer.weight[o * 100 + r] >> j & 1);
                            group[(j == 7 ? 5 : 0) + (i + j) / 3] += bit << (i + j) % 3;
                        }
                for (uint32_t s = 0; s < 10; s++) EXPECT_EQ(t.group[(v * 3 + o) * 10 + s], group[s]);
            }
    }
    EXPECT_EQ(t.lane.clipped, 0u);
}

// 64 rows that all conduct do not fit 63 levels.
TEST(strategy_b_read, buffers_clip_at_their_highest_level) {
    test_layer layer(2, 64, 1, 1);
    std::fill(layer.weight.begin(), layer.weight.end(), int8_t{1});
    std::fill(layer.inputs.begin(), layer.inputs.end(), int16_t{3});
    test_b t(hardware_of(NPIM_STRATEGY_B, 64), layer);
    t.take(0);
    npim_b_read(&t.b, &t.lane);
    EXPECT_EQ(t.lane.clipped, 2u);
    EXPECT_EQ(t.group[0], 63 + 2 * 63);
}

// A level is never below 0, whatever the noise says.
TEST(strategy_b_read, buffers_hold_no_negative_levels) {
    const size_t n = 500;
    npim_hardware h = hardware_of(NPIM_STRATEGY_B, 64);
    h.mode = NPIM_MODE_ANALOG;
    h.cell.read_sigma = 1;
    test_layer layer(2, 1, 1, n);
    layer.weight = {1};
    std::fill(layer.inputs.begin(), layer.inputs.end(), int16_t{1});
    test_b t(h, layer);
    t.take(0);
    npim_b_read(&t.b, &t.lane);
    size_t zeros = 0;
    for (size_t v = 0; v < n; v++) {
        EXPECT_GE(t.group[v * 10], 0.0);
        zeros += t.group[v * 10] == 0.0;
    }
    EXPECT_GT(zeros, 100u); // a third of all lie below half a level
}

struct moments {
    double mean = 0, variance = 0;
};

moments of_group(const test_b &t, size_t n, uint32_t slot) {
    moments m;
    for (size_t v = 0; v < n; v++) m.mean += t.group[v * 10 + slot] / double(n);
    for (size_t v = 0; v < n; v++) m.variance += std::pow(t.group[v * 10 + slot] - m.mean, 2) / double(n);
    return m;
}

// One cell at the highest level that the buffer holds: what is read back varies by sigma.
TEST(strategy_b_read, written_levels_vary_write_by_write) {
    const size_t n = 4000;
    npim_hardware h = hardware_of(NPIM_STRATEGY_B, 64);
    h.mode = NPIM_MODE_ANALOG;
    h.cell.on_off_ratio = 1e9;
    h.buffer_sigma = 0.04;
    test_layer layer(2, 50, 1, n);
    std::fill(layer.weight.begin(), layer.weight.end(), int8_t{3});
    std::fill(layer.inputs.begin(), layer.inputs.end(), int16_t{1});
    test_b t(h, layer);
    t.take(0);
    npim_b_read(&t.b, &t.lane);
    const moments m = of_group(t, n, 0); // 50 and 2 x 50
    const double variance = 0.04 * 0.04 * 2500 * (1 + 4);
    EXPECT_NEAR(m.mean, 150, 5 * std::sqrt(variance / double(n)));
    EXPECT_NEAR(m.variance, variance, 5 * variance * std::sqrt(2.0 / double(n)));
}

// Noise is added before the buffer rounds: fine levels show its variance.
TEST(strategy_b_read, read_noise_has_the_variance_of_all_cells) {
    const size_t n = 4000;
    npim_hardware h = hardware_of(NPIM_STRATEGY_B, 60);
    h.mode = NPIM_MODE_ANALOG;
    h.cell.read_sigma = 1; // of each of 50 cells: sqrt(50) levels, far more than the buffer's step
    h.buffer_bits = 10;
    test_layer layer(2, 50, 1, n);
    std::fill(layer.weight.begin(), layer.weight.end(), int8_t{1});
    std::fill(layer.inputs.begin(), layer.inputs.end(), int16_t{1});
    test_b t(h, layer);
    t.take(0);
    npim_b_read(&t.b, &t.lane);
    // Slice 0: cells of 1 + 1 / 99 levels; slices 1 and 2 are off, 1 / 99, and clipped at 0: almost nothing.
    const moments m = of_group(t, n, 0);
    const double variance = 50 * std::pow(100.0 / 99, 2);
    EXPECT_NEAR(m.variance, variance + 1.0 / 12, 0.02 * variance + 5 * variance * std::sqrt(2.0 / double(n)));
    EXPECT_NEAR(m.mean, 50, 0.5);
}

// The amplifier's noise, of the buffer's highest level, is added before the buffer rounds, to that of the
// cells: all partial sums are 30 levels of 1023, far from both ends; group 0 holds 1, 2 and 3 of them, twice
// and four times counted.
TEST(strategy_b_read, amplifier_noise_adds_to_that_of_the_cells) {
    const size_t n = 4000;
    for (const double cells : {0.0, 0.5}) {
        npim_hardware h = hardware_of(NPIM_STRATEGY_B, 64);
        h.mode = NPIM_MODE_ANALOG;
        h.cell.on_off_ratio = 1e9;
        h.buffer_bits = 10;
        h.line_noise = 3.0 / 1023;
        h.cell.read_sigma = cells;
        test_layer layer(2, 30, 1, n);
        std::fill(layer.weight.begin(), layer.weight.end(), int8_t{-1});
        std::fill(layer.inputs.begin(), layer.inputs.end(), int16_t{255});
        test_b t(h, layer);
        t.take(0);
        npim_b_read(&t.b, &t.lane);
        const moments m = of_group(t, n, 0);
        const double factors = 1 + 2 * 4 + 3 * 16;
        const double variance = factors * (9 + cells * cells * 30 + 1.0 / 12);
        EXPECT_NEAR(m.variance, variance, 5 * variance * std::sqrt(2.0 / double(n))) << cells;
        EXPECT_NEAR(m.mean, 30 * (1 + 2 * 2 + 3 * 4), 5 * std::sqrt(variance / double(n)));
        EXPECT_EQ(t.lane.clipped, 0u);
    }
}

} // namespace
