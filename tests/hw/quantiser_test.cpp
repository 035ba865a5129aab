#include "hw/quantiser.h"

#include <cmath>
#include <gtest/gtest.h>

namespace {

TEST(Quantiser, EveryUnipolarCodeReadsBackAndChangesAtHalfAStep) {
    npim_quantiser q = {6, false, 1.26};
    ASSERT_EQ(npim_quantiser_max_code(&q), 63);
    EXPECT_DOUBLE_EQ(npim_quantiser_lsb_V(&q), 0.02);
    for (int code = 0; code <= 63; code++) {
        bool clipped = false;
        EXPECT_EQ(npim_quantiser_code(&q, code * 0.02, &clipped), code);
        EXPECT_EQ(npim_quantiser_code(&q, (code + 0.499) * 0.02, &clipped), code);
        EXPECT_FALSE(clipped) << code;
        EXPECT_EQ(npim_quantiser_code(&q, (code + 0.501) * 0.02, &clipped), std::min(code + 1, 63));
        EXPECT_EQ(clipped, code == 63);
    }
}

TEST(Quantiser, BipolarIsOddAndHasAZeroCode) {
    npim_quantiser q = {8, true, 0.5};
    EXPECT_EQ(npim_quantiser_max_code(&q), 127);
    EXPECT_EQ(npim_quantiser_code(&q, 0.0, nullptr), 0);
    for (double v = 0; v < 0.7; v += 0.001)
        EXPECT_EQ(npim_quantiser_code(&q, v, nullptr), -npim_quantiser_code(&q, -v, nullptr)) << v;
    EXPECT_EQ(npim_quantiser_code(&q, 0.5, nullptr), 127);
}

TEST(Quantiser, TiesGoToEven) {
    npim_quantiser q = {3, false, 7};
    EXPECT_EQ(npim_quantiser_code(&q, 0.5, nullptr), 0);
    EXPECT_EQ(npim_quantiser_code(&q, 1.5, nullptr), 2);
    EXPECT_EQ(npim_quantiser_code(&q, 2.5, nullptr), 2);
}

TEST(Quantiser, ClippingIsReportedAndNeverCleared) {
    npim_quantiser q = {4, false, 1};
    bool clipped = false;
    EXPECT_EQ(npim_quantiser_code(&q, -HUGE_VAL, &clipped), 0);
    EXPECT_TRUE(clipped);
    EXPECT_EQ(npim_quantiser_code(&q, 0.5, &clipped), 8);
    EXPECT_TRUE(clipped);
    clipped = false;
    EXPECT_EQ(npim_quantiser_code(&q, HUGE_VAL, &clipped), 15);
    EXPECT_TRUE(clipped);
}

TEST(Quantiser, OneBit) {
    npim_quantiser q = {1, false, 2};
    EXPECT_EQ(npim_quantiser_code(&q, 0.9, nullptr), 0);
    EXPECT_EQ(npim_quantiser_code(&q, 1.1, nullptr), 1);
}

} // namespace
