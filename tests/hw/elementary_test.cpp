#include "hw/elementary.h"

#include "tests/hw/support.hpp"

#include <cfloat>
#include <cmath>
#include <random>

namespace {

constexpr int n = 300000;

// Distance from the exact value in units of the last place of the nearest double. long double has at least 11
// bits more, so the reference is as good as exact.
double ulps(double value, long double exact) {
    static_assert(LDBL_MANT_DIG >= 64, "the reference needs more bits than a double");
    int exponent;
    (void)std::frexp(static_cast<double>(exact), &exponent);
    const long double ulp = std::ldexp(1.0L, std::max(exponent - DBL_MANT_DIG, DBL_MIN_EXP - DBL_MANT_DIG));
    return static_cast<double>(std::fabs(value - exact) / ulp);
}

struct numbers {
    std::mt19937_64 random;
    double between(double from, double to) {
        return from + static_cast<double>(random() >> 11) * 0x1p-53 * (to - from);
    }
    // Any magnitude with the same likelihood.
    double magnitude(int from_exponent, int to_exponent) {
        const auto exponents = static_cast<uint64_t>(to_exponent - from_exponent);
        return std::ldexp(between(1.0, 2.0), from_exponent + static_cast<int>(random() % exponents));
    }
};

} // namespace

TEST(elementary, exp_is_within_one_and_a_half_ulp) {
    numbers of{std::mt19937_64(test_seed(31))};
    for (int i = 0; i < n; i++) {
        for (double x : {of.between(-745, 709.78), of.between(-1, 1), of.between(-200, 0)})
            ASSERT_LT(ulps(npim_exp(x), std::exp(static_cast<long double>(x))), 1.5) << x;
        const double tiny = of.magnitude(-300, -1);
        ASSERT_LT(ulps(npim_exp(-tiny), std::exp(static_cast<long double>(-tiny))), 1.5) << tiny;
    }
}

TEST(elementary, exp_at_its_limits) {
    EXPECT_EQ(npim_exp(0.0), 1.0);
    EXPECT_EQ(npim_exp(-0.0), 1.0);
    EXPECT_TRUE(std::isfinite(npim_exp(0x1.62e42fefa39efp+9))); // the largest that fits
    EXPECT_GT(npim_exp(0x1.62e42fefa39efp+9), 0.999 * DBL_MAX);
    for (double x : {0x1.62e42fefa39f0p+9, 710.0, 1e300, HUGE_VAL}) EXPECT_EQ(npim_exp(x), HUGE_VAL) << x;
    EXPECT_EQ(npim_exp(-745.13), 4.9406564584124654e-324); // the smallest there is
    for (double x : {-745.14, -746.0, -747.0, -1e300, -HUGE_VAL}) EXPECT_EQ(npim_exp(x), 0.0) << x;
    EXPECT_TRUE(std::isnan(npim_exp(std::nan(""))));
}

// Where the argument is split anew, half way between two multiples of ln 2.
TEST(elementary, exp_rises_without_a_step) {
    for (int k = -1000; k < 1000; k++) {
        double x = (k + 0.5) * 0.693147180559945309;
        for (int i = 0; i < 8; i++) x = std::nextafter(x, -HUGE_VAL);
        for (int i = 0; i < 16; i++) {
            const double next = std::nextafter(x, HUGE_VAL);
            ASSERT_LE(npim_exp(x), npim_exp(next) * (1 + 3e-16)) << x;
            ASSERT_LT(ulps(npim_exp(x), std::exp(static_cast<long double>(x))), 1.5) << x;
            x = next;
        }
    }
}

TEST(elementary, log_is_within_two_and_a_half_ulp) {
    EXPECT_EQ(npim_log(1.0), 0.0);
    numbers of{std::mt19937_64(test_seed(32))};
    for (int i = 0; i < n; i++)
        for (double x : {of.magnitude(-1022, 1023), of.between(0.5, 2.0), 1 + of.between(-1e-6, 1e-6)})
            ASSERT_LT(ulps(npim_log(x), std::log(static_cast<long double>(x))), 2.5) << x;
    for (double x : {DBL_MIN, DBL_MAX, std::nextafter(1.0, 0.0), std::nextafter(1.0, 2.0),
                     0x1.6a09e667f3bccp-1, 0x1.6a09e667f3bcdp-1, 0x1p-1000, 0x1p1000})
        EXPECT_LT(ulps(npim_log(x), std::log(static_cast<long double>(x))), 2.5) << x;
}

TEST(elementary, tanh_is_within_four_ulp) {
    numbers of{std::mt19937_64(test_seed(33))};
    for (int i = 0; i < n; i++)
        for (double x : {of.between(-22, 22), of.between(-0.5, 0.5), of.magnitude(-1022, 5)})
            ASSERT_LT(ulps(npim_tanh(x), std::tanh(static_cast<long double>(x))), 4.0) << x;
}

TEST(elementary, tanh_is_odd_and_ends_at_one) {
    for (double x : {0.0, 5e-324, 1e-300, 0.1, 0.1725, 0.173, 1.0, 19.0, 20.0, 400.0, HUGE_VAL}) {
        EXPECT_EQ(npim_tanh(-x), -npim_tanh(x)) << x;
        EXPECT_LE(npim_tanh(x), 1.0) << x;
    }
    EXPECT_TRUE(std::signbit(npim_tanh(-0.0)));
    EXPECT_EQ(npim_tanh(5e-324), 5e-324);
    EXPECT_EQ(npim_tanh(20.0), 1.0);
    EXPECT_EQ(npim_tanh(HUGE_VAL), 1.0);
    EXPECT_TRUE(std::isnan(npim_tanh(std::nan(""))));
}

TEST(elementary, exp_and_log_undo_each_other) {
    numbers of{std::mt19937_64(test_seed(34))};
    for (int i = 0; i < n; i++) {
        const double x = of.between(-700, 700);
        EXPECT_NEAR(npim_log(npim_exp(x)), x, 1e-15 * std::fabs(x) + 5e-16);
    }
}

// The same bits on every machine. exp(1) is one of the numbers whose last bit is not the nearest.
TEST(elementary, golden_bits) {
    EXPECT_EQ(npim_exp(1.0), 0x1.5bf0a8b14576ap+1);
    EXPECT_EQ(npim_exp(-1.0), 0x1.78b56362cef38p-2);
    EXPECT_EQ(npim_exp(-100.5), 0x1.01a0e5643644fp-145);
    EXPECT_EQ(npim_log(10.0), 0x1.26bb1bbb55516p+1);
    EXPECT_EQ(npim_tanh(0.5), 0x1.d9353d7568af3p-2);
}
