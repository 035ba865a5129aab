#include "sim/values/fixed.h"

#include "hw/random.h"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

namespace {

TEST(Fixed, MostKeepsSumsIn31Bit) {
    EXPECT_EQ(npim_fixed_most(128, 15), 32767);
    EXPECT_EQ(npim_fixed_most(1, 1), 32767);
    for (const uint32_t rows : {1u, 7u, 128u, 1024u})
        for (const uint32_t input : {1u, 15u, 255u, 32512u}) {
            const int64_t most = npim_fixed_most(rows, input);
            EXPECT_GE(most, 1);
            EXPECT_LE(most * rows * input, INT32_MAX);
            EXPECT_TRUE(most == 32767 || (most + 1) * rows * input > INT32_MAX);
        }
}

TEST(Fixed, NumbersAreOffByHalfAUnitAtMost) {
    const npim_random random{3, 0};
    const uint32_t rows = 37, outputs = 5;
    std::vector<double> real(rows * outputs), unit(outputs);
    std::vector<int16_t> fixed(rows * outputs);
    for (size_t i = 0; i < real.size(); i++)
        real[i] = std::ldexp(npim_random_normal(&random, NPIM_DRAW_NOISE, i), int(i / rows) * 9 - 20);
    npim_fixed_point(real.data(), rows, outputs, 1000, false, fixed.data(), unit.data());
    for (uint32_t o = 0; o < outputs; o++) {
        double largest = 0;
        int reached = 0;
        for (uint32_t r = 0; r < rows; r++) {
            const size_t i = o * rows + r;
            largest = std::fmax(largest, std::fabs(real[i]));
            reached = std::max(reached, std::abs(int(fixed[i])));
            EXPECT_LE(std::fabs(fixed[i] * unit[o] - real[i]), unit[o] * 0.5000001);
        }
        EXPECT_EQ(reached, 1000);
        EXPECT_DOUBLE_EQ(unit[o], largest / 1000);
    }
}

TEST(Fixed, WholeNumbersStayThatAndZerosDoNotDivide) {
    const std::vector<double> real{-255, 0, 254.9999999, 3, 0, 0, 0, 0};
    std::vector<double> unit(2);
    std::vector<int16_t> fixed(8, 7);
    npim_fixed_point(real.data(), 4, 2, 32767, true, fixed.data(), unit.data());
    EXPECT_EQ(fixed, (std::vector<int16_t>{-255, 0, 255, 3, 0, 0, 0, 0}));
    EXPECT_EQ(unit, (std::vector<double>{1, 1}));
    npim_fixed_point(real.data() + 4, 4, 1, 32767, false, fixed.data(), unit.data());
    EXPECT_EQ(unit[0], 1.0);
    EXPECT_EQ(fixed[0], 0);
}

} // namespace
