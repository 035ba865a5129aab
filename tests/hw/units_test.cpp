#include "hw/units.h"

#include <gtest/gtest.h>

#include <cmath>

TEST(units, rates_of_the_architectures) {
    EXPECT_EQ(npim_rate_ps(128, 1.28e9), 100000u);       // one ISAAC cycle
    EXPECT_EQ(npim_rate_ps(256, 256 / 246e-9), 246000u); // one Neural-PIM result period of an NNADC
    EXPECT_EQ(npim_rate_ps(64, 6.4e9), 10000u);
    EXPECT_EQ(npim_rate_ps(1, 1.2e9), 833u);  // 833.3
    EXPECT_EQ(npim_rate_ps(2, 1.2e9), 1667u); // rounded once per operation, not per count
}

TEST(units, rate_rounds_half_up_and_nothing_else) {
    EXPECT_EQ(npim_rate_ps(0, 1e9), 0u);
    EXPECT_EQ(npim_rate_ps(1, 2e12), 1u);
    EXPECT_EQ(npim_rate_ps(1, 2.001e12), 0u);
    EXPECT_EQ(npim_rate_ps(3, 2e12), 2u);
    EXPECT_EQ(npim_rate_ps(std::nextafter(0.5, 0.0), 1e12), 0u);
}

TEST(units, large_times_are_exact) {
    const uint64_t odd = (uint64_t{1} << 52) + 1; // adding 0.5 to it would round to even
    EXPECT_EQ(npim_ns_to_ps(static_cast<double>(odd / 1000)), odd / 1000 * 1000);
    EXPECT_EQ(npim_rate_ps(4503599627.370497, 1e6), odd);
}

TEST(units, nanoseconds) {
    EXPECT_EQ(npim_ns_to_ps(0), 0u);
    EXPECT_EQ(npim_ns_to_ps(50), 50000u);
    EXPECT_EQ(npim_ns_to_ps(0.8333), 833u);
    EXPECT_EQ(npim_ns_to_ps(0.0005), 1u);
    EXPECT_EQ(npim_ns_to_ps(0.000499), 0u);
}

TEST(units, power_times_time) {
    EXPECT_DOUBLE_EQ(npim_power_pJ(3.90625, 100000), 0.390625); // one ISAAC DAC row in one cycle
    EXPECT_EQ(npim_power_pJ(0, 100000), 0.0);
    EXPECT_EQ(npim_power_pJ(1, 0), 0.0);
}

TEST(units, ceil_div) {
    EXPECT_EQ(npim_ceil_div(0, 5), 0u);
    EXPECT_EQ(npim_ceil_div(5, 5), 1u);
    EXPECT_EQ(npim_ceil_div(6, 5), 2u);
    EXPECT_EQ(npim_ceil_div(UINT64_MAX, 1), UINT64_MAX);
    EXPECT_EQ(npim_ceil_div(UINT64_MAX, 2), uint64_t{1} << 63);
}

TEST(units, align_up) {
    EXPECT_EQ(npim_align_up(0, 100000), 0u);
    EXPECT_EQ(npim_align_up(1, 100000), 100000u);
    EXPECT_EQ(npim_align_up(100000, 100000), 100000u);
    EXPECT_EQ(npim_align_up(100001, 100000), 200000u);
    EXPECT_EQ(npim_align_up(12345, 0), 12345u);
}
