// Strategy B as a whole.
#include "tests/sim/values/layer_fixture.hpp"

namespace {

TEST(strategy_b, conversions_are_partial_sums_and_groups) {
    const test_layer layer(1, 130, 3, 7);
    test_engine engine(hardware_of(NPIM_STRATEGY_B, 64), layer);
    layer.run(engine.products);
    // 64 partial sums; 5 groups, and 3 of the top bit (diagonals 7 .. 14); 3 row chunks.
    EXPECT_EQ(engine.seen().conversions, 3u * 7 * 3 * (64 + 5 + 3));
    EXPECT_EQ(engine.seen().step, 1); // 63 (2 + 2 x 1) / 511
    EXPECT_EQ(engine.seen().v_max_V, 0.0);
}

TEST(strategy_b, finer_converters_are_exact) {
    npim_hardware h = hardware_of(NPIM_STRATEGY_B, 63);
    for (uint32_t i = 0; i < h.n_bits; i++) h.adc_bits[i] = 13;
    const test_layer layer(1, 130, 3, 7, true);
    const std::vector<int32_t> sums = layer.run(test_engine(h, layer).products);
    for (size_t i = 0; i < sums.size(); i++) EXPECT_EQ(sums[i], layer.exact(i / 3, uint32_t(i % 3)));
}

TEST(strategy_b, every_non_ideality_costs) {
    npim_hardware h = hardware_of(NPIM_STRATEGY_B, 64);
    const test_layer layer(7, 64, 16, 200);
    const double quantised = sinad_dB(layer, layer.run(test_engine(h, layer).products));
    EXPECT_GT(quantised, 25);
    EXPECT_LT(quantised, 40);
    h.mode = NPIM_MODE_ANALOG;
    const auto cost = [&](const npim_hardware &with) {
        return quantised - sinad_dB(layer, layer.run(test_engine(with, layer).products));
    };
    npim_hardware worse = h;
    worse.cell.sigma = 0.2;
    EXPECT_GT(cost(worse), 1);
    worse = h, worse.buffer_sigma = 0.1;
    EXPECT_GT(cost(worse), 1);
    worse = h, worse.cell.read_sigma = 0.2;
    EXPECT_GT(cost(worse), 1);
    worse = h, worse.cell.stuck_on_rate = 0.01;
    EXPECT_GT(cost(worse), 1);
    worse = h, worse.adc_noise = 0.05;
    EXPECT_GT(cost(worse), 1);
    worse = h, worse.cell.drift_nu = 0.05, worse.cell.drift_time_s = 1000;
    EXPECT_GT(cost(worse), 5);
}

} // namespace
