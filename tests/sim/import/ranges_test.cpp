#include "sim/import/ranges.h"

#include <gtest/gtest.h>

#include <cmath>
#include <memory>
#include <random>
#include <vector>

namespace {

using range_ptr = std::unique_ptr<npim_range>;

range_ptr range_of(const std::vector<float> &values) {
    range_ptr r(new npim_range{});
    npim_range_widen(r.get(), values.data(), values.size());
    npim_range_count(r.get(), values.data(), values.size());
    return r;
}

TEST(Ranges, OfNothingButZeros) {
    const auto r = range_of({0.0F, -0.0F, 0.0F});
    EXPECT_EQ(r->zeros, 3u);
    EXPECT_FALSE(r->has_negative);
    for (const auto c : {NPIM_CALIBRATION_MAX, NPIM_CALIBRATION_PERCENTILE, NPIM_CALIBRATION_MSE})
        EXPECT_EQ(npim_range_clip(r.get(), c, 127), 0.0);
    EXPECT_EQ(npim_range_clip(range_of({}).get(), NPIM_CALIBRATION_MSE, 127), 0.0);
}

TEST(Ranges, MaximumIsTheLargestMagnitude) {
    EXPECT_EQ(npim_range_clip(range_of({1.0F, -3.5F, 2.0F}).get(), NPIM_CALIBRATION_MAX, 127), 3.5);
    EXPECT_TRUE(range_of({1.0F, -3.5F})->has_negative);
    EXPECT_FALSE(range_of({1.0F, 3.5F})->has_negative);
    // Batches widen one after another.
    const float a[] = {1.0F, 2.0F}, b[] = {-4.0F};
    range_ptr r(new npim_range{});
    npim_range_widen(r.get(), a, 2);
    npim_range_widen(r.get(), b, 1);
    npim_range_widen(r.get(), a, 2);
    EXPECT_EQ(r->most, 4.0);
    EXPECT_TRUE(r->has_negative);
}

TEST(Ranges, EveryValueIsInTheBinThatEndsAboveIt) {
    const auto r = range_of({4096.0F, 1.0F, 1.5F, 2.0F, -2048.0F, 0.25F, 0.0F});
    EXPECT_EQ(r->bins[0], 2u); // 0.25 and 1
    EXPECT_EQ(r->bins[1], 2u); // 1.5 and 2
    EXPECT_EQ(r->bins[2047], 1u);
    EXPECT_EQ(r->bins[4095], 1u);
    EXPECT_EQ(r->n, 7u);
    EXPECT_EQ(r->zeros, 1u);
}

TEST(Ranges, PercentileLeavesOneInTenThousand) {
    std::vector<float> values(20000, 1.0F);
    values[3] = values[7] = 1000.0F; // exactly what may stay above
    EXPECT_NEAR(npim_range_clip(range_of(values).get(), NPIM_CALIBRATION_PERCENTILE, 127), 1.0,
                1000.0 / 4096);
    values[11] = 1000.0F;
    EXPECT_EQ(npim_range_clip(range_of(values).get(), NPIM_CALIBRATION_PERCENTILE, 127), 1000.0);
    // Zeros are values as well; even where they are almost all, there is a range.
    std::vector<float> zeros(20000, 0.0F);
    zeros[0] = 8.0F;
    EXPECT_EQ(npim_range_clip(range_of(zeros).get(), NPIM_CALIBRATION_PERCENTILE, 127), 8.0 / 4096);
}

// Sum of squared errors of the values themselves.
double error_of(const std::vector<float> &values, double limit, uint32_t levels) {
    double error = 0.0;
    for (float v : values) {
        const double magnitude = std::fabs(static_cast<double>(v)), step = limit / levels;
        error += std::pow(magnitude - std::fmin(std::nearbyint(magnitude / step), levels) * step, 2.0);
    }
    return error;
}

TEST(Ranges, LeastErrorIsThatOfASearch) {
    std::mt19937 random(5);
    std::normal_distribution<float> normal(0.0F, 1.0F);
    std::vector<float> values(4000);
    for (auto &v : values) v = normal(random);
    values[0] = 12.0F;
    for (const uint32_t levels : {7u, 15u, 127u}) {
        double least = INFINITY;
        for (int edge = 16; edge <= NPIM_RANGE_BINS; edge += 16)
            least = std::fmin(least, error_of(values, 12.0 * edge / NPIM_RANGE_BINS, levels));
        const double limit = npim_range_clip(range_of(values).get(), NPIM_CALIBRATION_MSE, levels);
        EXPECT_LT(error_of(values, limit, levels), least * 1.05) << levels;
        EXPECT_LT(limit, 12.0) << levels;
    }
    // Without anything far out nothing is clipped.
    std::uniform_real_distribution<float> uniform(-1.0F, 1.0F);
    for (auto &v : values) v = uniform(random);
    EXPECT_GT(npim_range_clip(range_of(values).get(), NPIM_CALIBRATION_MSE, 127), 0.97);
}

} // namespace
