#include "tests/sim/arch_fixture.hpp"
#include "tests/sim/values/strategy_fixture.hpp"

namespace {

std::vector<int32_t> convert(test_c &t, const std::vector<double> &result) {
    std::fill(t.sums.begin(), t.sums.end(), 0);
    std::copy(result.begin(), result.end(), t.result.begin());
    t.lane.clipped = 0;
    npim_c_convert(&t.c, &t.lane);
    return t.sums;
}

TEST(strategy_c_convert, codes_are_the_nearest_and_halves_are_even) {
    npim_hardware h = hardware_of(NPIM_STRATEGY_C, 8);
    h.code_bits = 4;
    const test_layer layer(1, 2, 1, 9);
    test_c t(h, layer, 10);
    EXPECT_EQ(convert(t, {0, 4.9, 5, 15, 25, 70, 74.9, 75.1, -1e9}),
              (std::vector<int32_t>{0, 0, 0, 20, 20, 70, 70, 70, -70}));
    EXPECT_EQ(t.lane.clipped, 2u);
    EXPECT_EQ(convert(t, {0, -4.9, -5, -15, -25, -70, -74.9, -75.1, 1e9}),
              (std::vector<int32_t>{0, 0, 0, -20, -20, -70, -70, -70, 70}));
}

TEST(strategy_c_convert, noise_is_a_share_of_the_full_scale) {
    npim_hardware h = hardware_of(NPIM_STRATEGY_C, 8);
    h.mode = NPIM_MODE_ANALOG;
    h.code_bits = 12;
    h.adc_noise = 0.01;
    const size_t n = 4000;
    const test_layer layer(1, 2, 1, n);
    test_c t(h, layer, 3);
    const std::vector<int32_t> sums = convert(t, std::vector<double>(n, 60));
    double mean = 0, variance = 0;
    for (int32_t s : sums) mean += s / double(n);
    for (int32_t s : sums) variance += (s - mean) * (s - mean) / double(n);
    const double sigma = 0.01 * 2048 * 3;
    EXPECT_NEAR(mean, 60, 5 * sigma / std::sqrt(double(n)));
    EXPECT_NEAR(std::sqrt(variance), sigma, 5 * sigma / std::sqrt(2.0 * n));
}

class strategy_c_circuits : public arch_fixture {};

// The shipped converter without variation is within half a step and what its design leaves (DNL, INL of 0.1
// steps), and codes stand for the middle of their step.
TEST_F(strategy_c_circuits, perfect_ones_are_near_the_rule) {
    load("neural-pim", {"block.rram.sigma=0"});
    npim_hardware h{};
    ASSERT_EQ(npim_hardware_init(&h, arch, NPIM_MODE_ANALOG, &error), NPIM_OK) << error.message;
    const size_t n = 2001;
    const test_layer layer(1, 2, 1, n);
    {
        test_c t(h, layer, 100);
        std::vector<double> result(n);
        for (size_t i = 0; i < n; i++) result[i] = (double(i) - 1000) * 13.0; // +-13000 of +-12800
        const std::vector<int32_t> sums = convert(t, result);
        uint64_t beyond = 0;
        for (size_t i = 0; i < n; i++) {
            const double most = std::fmin(std::fmax(result[i], -12750), 12750);
            EXPECT_NEAR(sums[i], most, 75) << result[i];
            EXPECT_EQ(std::abs(sums[i]) % 100, 50);
            EXPECT_GE(sums[i], sums[i == 0 ? 0 : i - 1]);
            beyond += std::fabs(result[i]) > 12850;
        }
        EXPECT_EQ(t.lane.clipped, beyond);
        EXPECT_EQ(sums[0], -12750);
        EXPECT_EQ(sums[n - 1], 12750);
    }
    npim_hardware_fini(&h);
}

// A constant that a row adds in both cycles shifts its results: offset x (1 + keep).
TEST_F(strategy_c_circuits, offsets_of_a_row_shift_its_results) {
    load("neural-pim", {"block.rram.sigma=0"});
    npim_hardware h{};
    ASSERT_EQ(npim_hardware_init(&h, arch, NPIM_MODE_ANALOG, &error), NPIM_OK) << error.message;
    const test_layer layer(1, 2, 1, 3);
    {
        test_c t(h, layer, 100);
        t.c.circuits.rows[0].offset_V = 5000 * npim_c_product_V(&t.c) / (1 + 1.0 / 16);
        const std::vector<int32_t> sums = convert(t, {-5000, 0, 2000});
        EXPECT_NEAR(sums[0], 0, 75);
        EXPECT_NEAR(sums[1], 5000, 75);
        EXPECT_NEAR(sums[2], 7000, 75);
    }
    npim_hardware_fini(&h);
}

} // namespace
