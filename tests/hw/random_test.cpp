#include "hw/random.h"

#include <algorithm>
#include <cmath>
#include <gtest/gtest.h>
#include <vector>

namespace {

constexpr npim_draw draw = NPIM_DRAW_NOISE;

/* Known-answer vectors that come with Random123 (philox4x32, 10 rounds). */
TEST(Random, PhiloxKnownAnswers) {
    npim_random zero = {0, 0};
    EXPECT_EQ(npim_random_bits(&zero, NPIM_DRAW_VARIATION, 0), 0xe169c58d6627e8d5u);
    npim_random pi = {0x299f31d0a4093822u, 0x03707344u};
    EXPECT_EQ(npim_random_bits(&pi, 0x13198a2e, 0x85a308d3243f6a88u), 0x94fdccebd16cfe09u);
}

TEST(Random, EverySeedBlockDrawAndIndexIsAnotherSample) {
    std::vector<uint64_t> seen;
    for (uint64_t seed : {0ull, 1ull, 1ull << 32})
        for (uint32_t block : {0u, 1u, 0x80000000u})
            for (npim_draw d : {NPIM_DRAW_VARIATION, NPIM_DRAW_STUCK, NPIM_DRAW_READ, NPIM_DRAW_NOISE})
                for (uint64_t index : {0ull, 1ull, 1ull << 32}) {
                    npim_random random = {seed, block};
                    seen.push_back(npim_random_bits(&random, d, index));
                }
    std::sort(seen.begin(), seen.end());
    EXPECT_EQ(std::adjacent_find(seen.begin(), seen.end()), seen.end());
}

/* From an independent implementation: Philox written anew and Python's statistics.NormalDist. */
TEST(Random, GoldenDeviates) {
    npim_random random = {42, 7};
    EXPECT_EQ(npim_random_uniform(&random, draw, 0u), 0x1.b1312f3e33790p-5);
    EXPECT_NEAR(npim_random_normal(&random, draw, 0u), -1.6175491435521672, 1e-14);
    EXPECT_EQ(npim_random_uniform(&random, draw, 1u), 0x1.6c64a57c95c8cp-3);
    EXPECT_NEAR(npim_random_normal(&random, draw, 1u), -0.9232965492796296, 1e-14);
    EXPECT_EQ(npim_random_uniform(&random, draw, 2u), 0x1.978289c617a07p-1);
    EXPECT_NEAR(npim_random_normal(&random, draw, 2u), 0.8271282116880555, 1e-14);
    EXPECT_EQ(npim_random_uniform(&random, draw, 1000000u), 0x1.006889caea53bp-1);
    EXPECT_NEAR(npim_random_normal(&random, draw, 1000000u), 0.001999196731795847, 1e-14);
    EXPECT_EQ(npim_random_uniform(&random, draw, 1099511627776u), 0x1.be7a4bcfee1dap-2);
    EXPECT_NEAR(npim_random_normal(&random, draw, 1099511627776u), -0.1610845666708202, 1e-14);
}

TEST(Random, OrderOfEvaluationDoesNotMatter) {
    npim_random random = {5, 3};
    std::vector<double> up, down;
    for (uint64_t i = 0; i < 100; i++) up.push_back(npim_random_normal(&random, draw, i));
    for (uint64_t i = 100; i-- > 0;) down.push_back(npim_random_normal(&random, draw, i));
    std::reverse(down.begin(), down.end());
    EXPECT_EQ(up, down);
}

TEST(Random, UniformMomentsAndRange) {
    constexpr int n = 200000;
    npim_random random = {1, 1}; /* fixed: the bounds are 5 standard errors */
    double sum = 0, sum2 = 0;
    for (uint64_t i = 0; i < n; i++) {
        double u = npim_random_uniform(&random, draw, i);
        ASSERT_GT(u, 0.0);
        ASSERT_LT(u, 1.0);
        sum += u;
        sum2 += (u - 0.5) * (u - 0.5);
    }
    EXPECT_NEAR(sum / n, 0.5, 5 * std::sqrt(1.0 / 12 / n));
    EXPECT_NEAR(sum2 / n, 1.0 / 12, 5 * std::sqrt(1.0 / 180 / n));
}

TEST(Random, NormalMomentsAndTails) {
    constexpr int n = 400000;
    npim_random random = {2, 9};
    double m1 = 0, m2 = 0, m3 = 0, m4 = 0, lag = 0, before = 0;
    int beyond2 = 0, beyond3 = 0;
    for (uint64_t i = 0; i < n; i++) {
        double x = npim_random_normal(&random, draw, i);
        m1 += x, m2 += x * x, m3 += x * x * x, m4 += x * x * x * x;
        lag += x * before;
        before = x;
        beyond2 += std::fabs(x) > 2;
        beyond3 += std::fabs(x) > 3;
    }
    double error = 5 / std::sqrt(n); /* 5 standard errors of a mean with unit variance */
    EXPECT_NEAR(m1 / n, 0, error);
    EXPECT_NEAR(m2 / n, 1, error * std::sqrt(2.0));
    EXPECT_NEAR(m3 / n, 0, error * std::sqrt(15.0));
    EXPECT_NEAR(m4 / n, 3, error * std::sqrt(96.0));
    EXPECT_NEAR(lag / n, 0, error);
    double p2 = std::erfc(2 / std::sqrt(2.0)), p3 = std::erfc(3 / std::sqrt(2.0));
    EXPECT_NEAR(beyond2, n * p2, 5 * std::sqrt(n * p2));
    EXPECT_NEAR(beyond3, n * p3, 5 * std::sqrt(n * p3));
}

TEST(NormalQuantile, InvertsTheDistributionFunction) {
    EXPECT_EQ(npim_normal_quantile(0.5), 0.0);
    for (double p : {1e-300, 1e-100, 1e-30, 1e-18, 1e-16, 1.4e-11, 1e-9, 1e-4, 0.0749, 0.0751, 0.2, 0.4,
                     0.499, 0.7, 0.925, 0.99}) {
        double x = npim_normal_quantile(p);
        EXPECT_NEAR(0.5 * std::erfc(-x / std::sqrt(2.0)) / p, 1.0, 2e-12 * std::max(1.0, x * x / 100)) << p;
    }
}

TEST(NormalQuantile, IsOddAndRising) {
    double before = -9;
    for (uint64_t k = 1; k < 4096; k++) {
        double p = static_cast<double>(k) / 4096, x = npim_normal_quantile(p);
        EXPECT_EQ(x, -npim_normal_quantile(1 - p)) << p;
        EXPECT_GT(x, before) << p;
        before = x;
    }
}

} // namespace
