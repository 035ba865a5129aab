#include "sim/shortest.h"

#include <gtest/gtest.h>

#include <cfloat>
#include <cmath>
#include <cstdlib>
#include <cstring>
#include <random>
#include <string>

namespace {

std::string text(double value) {
    char buffer[NPIM_SHORTEST_SIZE];
    return std::string(buffer, npim_shortest(buffer, value));
}

TEST(Shortest, IsShort) {
    EXPECT_EQ(text(0.0), "0");
    EXPECT_EQ(text(0.2), "0.2");
    EXPECT_EQ(text(-1.5), "-1.5");
    EXPECT_EQ(text(1e-12), "1e-12");
    EXPECT_EQ(text(0.1 + 0.2), "0.30000000000000004");
}

TEST(Shortest, ReadsBackExactly) {
    std::mt19937_64 random(20240607);
    std::printf("seed 20240607\n");
    for (double value : {DBL_MAX, -DBL_MAX, DBL_MIN, DBL_TRUE_MIN, DBL_EPSILON, -0.0})
        EXPECT_EQ(std::strtod(text(value).c_str(), nullptr), value);
    for (int i = 0; i < 100000; i++) {
        const uint64_t bits = random();
        double value;
        std::memcpy(&value, &bits, sizeof value);
        if (!std::isfinite(value)) continue;
        const std::string all = text(value);
        ASSERT_LE(all.size(), 24u);
        ASSERT_EQ(std::strtod(all.c_str(), nullptr), value) << all;
    }
}

} // namespace
