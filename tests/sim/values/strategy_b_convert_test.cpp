#include "tests/sim/values/strategy_fixture.hpp"

namespace {

struct convert_b : testing::Test {
    const test_layer layer{2, 64, 2, 3};
    test_b t{hardware_of(NPIM_STRATEGY_B, 64), layer};

    // Sum of output 1 of vector 2 when its groups hold this and all others nothing.
    int32_t of(uint32_t slot, double value) {
        std::fill(t.sums.begin(), t.sums.end(), 0);
        std::fill(t.group.begin(), t.group.end(), 0.0);
        t.group[(2 * 2 + 1) * t.slots + slot] = value;
        t.lane.clipped = 0;
        npim_b_convert(&t.b, &t.lane);
        for (size_t i = 0; i < 5; i++) EXPECT_EQ(t.sums[i], 0);
        return t.sums[5];
    }
};

TEST_F(convert_b, codes_are_the_nearest_of_each_group) {
    const npim_b_layout &l = t.b.layout;
    for (uint32_t s = 0; s < 10; s++) {
        if (!l.used[s]) {
            EXPECT_EQ(of(s, 100), 0);
            continue;
        }
        const int32_t step = l.step[s], sign = s < 5 ? 1 : -1, unit = sign * step * (1 << (3 * (s % 5)));
        EXPECT_EQ(of(s, 3.0 * step), 3 * unit);
        EXPECT_EQ(of(s, 3.49 * step), 3 * unit);
        EXPECT_EQ(of(s, 3.5 * step), 4 * unit);
        EXPECT_EQ(of(s, 4.5 * step), 4 * unit);
        EXPECT_EQ(of(s, -5.0 * step), 0);
        EXPECT_EQ(t.lane.clipped, 0u);
        EXPECT_EQ(of(s, 1e9), int32_t(l.codes[s % 5]) * unit);
        EXPECT_EQ(t.lane.clipped, 1u);
    }
}

TEST(strategy_b_convert, the_bias_of_a_coding_is_taken_off) {
    npim_hardware h = hardware_of(NPIM_STRATEGY_B, 64);
    h.crossbar.coding = NPIM_CODING_BIASED;
    const test_layer layer(2, 3, 1, 1);
    test_b t(h, layer);
    t.take(0);
    std::fill(t.group.begin(), t.group.end(), 0.0);
    npim_b_convert(&t.b, &t.lane);
    EXPECT_EQ(t.sums[0], -128 * (layer.inputs[0] + layer.inputs[1] + layer.inputs[2]));
}

TEST(strategy_b_convert, noise_is_a_share_of_each_full_scale) {
    npim_hardware h = hardware_of(NPIM_STRATEGY_B, 64);
    h.mode = NPIM_MODE_ANALOG;
    h.adc_noise = 0.05;
    const size_t n = 4000;
    const test_layer layer(2, 3, 1, n);
    test_b t(h, layer);
    for (size_t v = 0; v < n; v++)
        for (uint32_t s = 0; s < 10; s++)
            t.group[v * 10 + s] = t.b.layout.used[s] ? 0.5 * t.b.layout.step[s] * t.b.layout.codes[s % 5] : 0;
    npim_b_convert(&t.b, &t.lane);
    double mean = 0, variance = 0, expected = 0;
    for (int32_t s : t.sums) mean += s / double(n);
    for (int32_t s : t.sums) variance += (s - mean) * (s - mean) / double(n);
    for (uint32_t s = 0; s < 10; s++)
        if (t.b.layout.used[s])
            expected +=
                std::pow(0.05 * t.b.layout.step[s] * t.b.layout.codes[s % 5] * t.b.layout.weight[s], 2);
    EXPECT_NEAR(variance, expected, 5 * expected * std::sqrt(2.0 / double(n)));
}

} // namespace
