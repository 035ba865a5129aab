#include "sim/design/column_sinad.h"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

namespace {

double dB(double ratio) {
    return 10 * std::log10(ratio);
}

TEST(column_sinad, gain_and_offset_are_no_error) {
    const std::vector<int32_t> exact{-5, 100, 33, 7, 0, -1000};
    std::vector<double> result;
    for (const int32_t e : exact) result.push_back(-0.037 * e + 12.5);
    const npim_column_sinad s = npim_column_sinad_of(exact.data(), result.data(), 3, 2);
    EXPECT_NEAR(s.global_dB, 150, 1e-9);
    EXPECT_NEAR(s.per_column_dB, 150, 1e-9);
}

// Two columns of +-1 whose gains are 1 and g: the best common gain is (1 + g) / (1 + g^2), and what it leaves
// is (g - 1)^2 / (2 (1 + g^2)) of the power.
TEST(column_sinad, gains_of_columns_count_globally) {
    for (const double g : {0.5, 0.99, 1.2}) {
        const int32_t exact[] = {1, 1, -1, -1, 1, -1, -1, 1};
        double result[8];
        for (int i = 0; i < 8; i++) result[i] = (i % 2 ? g : 1) * exact[i] + 3;
        const npim_column_sinad s = npim_column_sinad_of(exact, result, 4, 2);
        EXPECT_NEAR(s.global_dB, dB(2 * (1 + g * g) / ((g - 1) * (g - 1))), 1e-6);
        EXPECT_NEAR(s.per_column_dB, 150, 1e-9);
    }
}

// The same for offsets +-d: the best gain is 1 / (1 + d^2), and d^2 / (1 + d^2) is left.
TEST(column_sinad, offsets_of_columns_count_globally) {
    const int32_t exact[] = {1, 1, -1, -1};
    const double d = 0.1, result[] = {1 + d, 1 - d, -1 + d, -1 - d};
    const npim_column_sinad s = npim_column_sinad_of(exact, result, 2, 2);
    EXPECT_NEAR(s.global_dB, dB((1 + d * d) / (d * d)), 1e-9);
    EXPECT_NEAR(s.per_column_dB, 150, 1e-9);
}

// An error that has nothing to do with the signal: e^2 / (1 + e^2) is left in both.
TEST(column_sinad, noise) {
    for (const double e : {1e-5, 0.01, 1.0, 30.0}) {
        const int32_t exact[] = {1, 1, -1, -1};
        const double result[] = {1 + e, 1 - e, -1 + e, -1 - e};
        const npim_column_sinad s = npim_column_sinad_of(exact, result, 4, 1);
        EXPECT_NEAR(s.global_dB, dB((1 + e * e) / (e * e)), 1e-4);
        EXPECT_NEAR(s.per_column_dB, s.global_dB, 1e-9);
    }
}

TEST(column_sinad, results_that_do_not_move) {
    const int32_t exact[] = {1, -1}, same[] = {4, 4};
    const double result[] = {7, 7};
    EXPECT_NEAR(npim_column_sinad_of(exact, result, 2, 1).global_dB, 0, 1e-9);
    EXPECT_NEAR(npim_column_sinad_of(same, result, 2, 1).global_dB, 150, 1e-9);
    EXPECT_NEAR(npim_column_sinad_of(same, result, 1, 1).per_column_dB, 150, 1e-9);
}

} // namespace
