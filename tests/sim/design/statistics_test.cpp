#include "sim/design/statistics.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <vector>

namespace {

TEST(design_statistics, quantiles_of_small_samples) {
    const double one[] = {7}, three[] = {1, 2, 4}, four[] = {0, 10, 20, 40};
    for (const double p : {0.0, 0.1, 0.5, 1.0}) EXPECT_EQ(npim_quantile(one, 1, p), 7);
    EXPECT_EQ(npim_quantile(three, 3, 0), 1);
    EXPECT_EQ(npim_quantile(three, 3, 0.5), 2);
    EXPECT_EQ(npim_quantile(three, 3, 1), 4);
    EXPECT_NEAR(npim_quantile(three, 3, 0.75), 3, 1e-12);
    EXPECT_NEAR(npim_quantile(four, 4, 0.5), 15, 1e-12);
    EXPECT_NEAR(npim_quantile(four, 4, 0.9), 34, 1e-12); // at 2.7 of 3
}

TEST(design_statistics, spread_sorts_its_samples) {
    std::vector<double> values;
    for (int i = 0; i <= 100; i++) values.push_back(i);
    std::shuffle(values.begin(), values.end(), std::mt19937_64(3));
    const npim_spread spread = npim_spread_of(-1, values.data(), values.size());
    EXPECT_EQ(spread.nominal, -1);
    EXPECT_NEAR(spread.median, 50, 1e-12);
    EXPECT_NEAR(spread.p10, 10, 1e-12);
    EXPECT_NEAR(spread.p90, 90, 1e-12);
    EXPECT_TRUE(std::is_sorted(values.begin(), values.end()));
}

TEST(design_statistics, no_samples_leave_the_nominal_value) {
    const npim_spread spread = npim_spread_of(3, nullptr, 0);
    EXPECT_EQ(spread.nominal, 3);
    EXPECT_EQ(spread.median, 3);
    EXPECT_EQ(spread.p10, 3);
    EXPECT_EQ(spread.p90, 3);
}

TEST(design_statistics, ties_stay) {
    double values[] = {2, 2, 2, 1};
    npim_sort(values, 4);
    EXPECT_EQ(values[0], 1);
    EXPECT_EQ(values[3], 2);
    EXPECT_EQ(npim_quantile(values, 4, 0.5), 2);
}

} // namespace
