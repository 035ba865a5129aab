#include "sim/design/strategies.h"

#include "flow_fixture.hpp"
#include "sim/design/column_sinad.h"

#include <algorithm>
#include <cmath>
#include <vector>

namespace {

std::vector<double> strategy_a(const test_lines &lines, double range_sigmas) {
    std::vector<double> result(size_t{lines.l.vectors} * lines.l.columns);
    npim_strategy_a(&lines.l, range_sigmas, result.data());
    return result;
}

TEST(strategies, a_is_exact_with_one_bit_per_cycle) {
    for (const npim_dot_data data : {NPIM_DOT_UNIFORM, NPIM_DOT_DNN, NPIM_DOT_SINE})
        for (const double sigmas : {0.0, 6.0}) {
            const test_products t({data, 128, 5, 50});
            const std::vector<double> result = strategy_a(test_lines(t, 1), sigmas);
            for (size_t i = 0; i < result.size(); i++) ASSERT_EQ(result[i], t.p.product[i]);
        }
}

// All weights and inputs at their highest: 128 rows reach a code that +-127 steps lack.
TEST(strategies, a_clips_at_its_last_code) {
    test_products t({NPIM_DOT_UNIFORM, 128, 1, 2});
    std::fill(t.p.weight, t.p.weight + 128, int16_t{-255});
    std::fill(t.p.input, t.p.input + 256, uint8_t{255});
    for (const double value : strategy_a(test_lines(t, 1), 0)) EXPECT_EQ(value, -127. * 255 * 255);
}

TEST(strategies, a_rounds_every_partial_sum_to_steps) {
    for (const uint32_t dac_bits : {2u, 4u})
        for (const double sigmas : {0.0, 4.0}) {
            const test_products t({NPIM_DOT_UNIFORM, 128, 3, 40});
            const test_lines lines(t, dac_bits);
            const double range = sigmas > 0
                                     ? npim_range_of(lines.l.sum, lines.l.n, sigmas, lines.l.full_scale)
                                     : lines.l.full_scale;
            const double step = std::max(1.0, range / 128);
            const std::vector<double> result = strategy_a(lines, sigmas);
            for (uint32_t v = 0; v < 40; v++)
                for (uint32_t c = 0; c < 3; c++) {
                    double sum = 0;
                    for (uint32_t cycle = 0; cycle < lines.l.cycles; cycle++)
                        for (uint32_t k = 0; k < 8; k++) {
                            const double code = std::rint(lines.sum(cycle, v, k, c) / step);
                            sum += std::ldexp(step * std::clamp(code, -127., 127.),
                                              static_cast<int>(k + dac_bits * cycle));
                        }
                    ASSERT_NEAR(result[v * 3 + c], sum, 1e-6);
                }
        }
}

TEST(strategies, b_buffers_and_converts_once) {
    const test_products t({NPIM_DOT_UNIFORM, 64, 3, 20});
    const test_lines lines(t, 2);
    const npim_random random{5, 8};
    for (const npim_random *buffers : {static_cast<const npim_random *>(nullptr), &random}) {
        std::vector<double> result(60), sums(60);
        npim_strategy_b(&lines.l, 4, 0.1, buffers, result.data());
        const double step = npim_range_of(lines.l.sum, lines.l.n, 4, lines.l.full_scale) / 31;
        for (uint32_t v = 0; v < 20; v++)
            for (uint32_t c = 0; c < 3; c++)
                for (uint32_t cycle = 0; cycle < 4; cycle++)
                    for (uint32_t k = 0; k < 8; k++) {
                        const size_t index = lines.index(cycle, v, k, c);
                        const double code = std::clamp(std::rint(lines.l.sum[index] / step), -31., 31.);
                        const double n =
                            buffers ? npim_random_normal(buffers, NPIM_DRAW_VARIATION, index) : 0;
                        sums[v * 3 + c] +=
                            std::ldexp(code * step * (1 + 0.1 * n), static_cast<int>(k + 2 * cycle));
                    }
        const double last = npim_range_of(sums.data(), 60, 4, npim_strategy_most(&lines.l)) / 511;
        for (size_t i = 0; i < 60; i++) {
            EXPECT_NEAR(result[i], sums[i], 0.5001 * last);
            EXPECT_NEAR(result[i] / last, std::round(result[i] / last), 1e-6);
        }
    }
}

TEST(strategies, the_largest_result) {
    for (const uint32_t dac_bits : {1u, 2u, 4u, 8u}) {
        const test_products t({NPIM_DOT_UNIFORM, 77, 1, 2});
        const test_lines lines(t, dac_bits);
        EXPECT_EQ(npim_strategy_most(&lines.l), 77. * 255 * 255);
    }
}

// An ideal 8-bit converter for +-r standard deviations of normal data: a twelfth of a squared step while in
// range, and beyond it 2 [(1 + r^2) Q(r) - r phi(r)].
TEST(strategies, an_ideal_converter_against_the_closed_form) {
    const uint32_t n = 1 << 18;
    std::vector<int32_t> exact(n);
    for (uint32_t i = 0; i < n; i++)
        exact[i] = static_cast<int32_t>(std::lround(1e7 * npim_normal_quantile((i + 0.5) / n)));
    for (const double r : {3.0, 3.5, 4.0, 5.0, 6.0}) {
        std::vector<double> result(exact.begin(), exact.end());
        const npim_quantiser adc{8, true, r * 1e7};
        npim_digitise(&adc, result.data(), n);
        const double q = std::erfc(r / std::sqrt(2)) / 2,
                     phi = std::exp(-r * r / 2) / std::sqrt(2 * std::acos(-1));
        const double step = r / 127;
        const double error = step * step / 12 * (1 - 2 * q) + 2 * ((1 + r * r) * q - r * phi);
        EXPECT_NEAR(npim_column_sinad_of(exact.data(), result.data(), n, 1).global_dB,
                    -10 * std::log10(error), 0.1)
            << r;
    }
}

} // namespace
