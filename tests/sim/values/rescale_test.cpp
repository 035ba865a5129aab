#include "sim/values/rescale.h"

#include "tests/hw/support.hpp"

#include <cfloat>
#include <cmath>
#include <random>

namespace {

__extension__ typedef __int128 wide;

int32_t times(double constant, int64_t value) {
    return npim_rescale_value(npim_rescale_of(constant), value);
}

// floor(value x factor / 2^shift + 1 / 2) with the factor and shift of the rule, for shifts of 1 .. 90, by
// division.
int32_t by_division(double constant, int64_t value) {
    int exponent = 0;
    const double mantissa = std::frexp(constant, &exponent);
    const auto factor = static_cast<int64_t>(std::llround(mantissa * 2147483648.0)); // no ties in the test
    const int shift = 31 - exponent;
    const wide two = static_cast<wide>(1) << (shift + 1);
    const wide twice = 2 * static_cast<wide>(value) * factor + two / 2;
    wide quotient = twice / two;
    if (twice % two < 0) quotient--;
    if (quotient > INT32_MAX) return INT32_MAX;
    return quotient < -INT32_MAX ? -INT32_MAX : static_cast<int32_t>(quotient);
}

} // namespace

TEST(rescale, powers_of_two_are_exact_and_halves_go_up) {
    EXPECT_EQ(times(1.0, 12345), 12345);
    EXPECT_EQ(times(1.0, -12345), -12345);
    for (int value : {0, 1, 2, 3, -1, -2, -3}) {
        EXPECT_EQ(times(0.5, value), static_cast<int>(std::floor(value * 0.5 + 0.5))) << value;
        EXPECT_EQ(times(0.25, value), static_cast<int>(std::floor(value * 0.25 + 0.5))) << value;
        EXPECT_EQ(times(4.0, value), 4 * value);
    }
}

// 1/6 is 2/3 2^-2, and 2/3 2^31 rounds down: three of them are less than a half. 1/7 rounds down, 1/9 up.
TEST(rescale, the_constant_has_31_bits) {
    EXPECT_EQ(npim_rescale_of(1.0 / 6).factor, 1431655765);
    EXPECT_EQ(npim_rescale_of(1.0 / 6).shift, 33);
    EXPECT_EQ(times(1.0 / 6, 3), 0);
    EXPECT_EQ(times(1.0 / 6, -3), 0);
    EXPECT_EQ(npim_rescale_of(1.0 / 9).factor, 1908874354);
    EXPECT_EQ(times(1.0 / 18, 9), 1);
    EXPECT_EQ(times(1.0 / 18, -9), -1);
    EXPECT_EQ(npim_rescale_of(1.0).factor, 1 << 30);
    EXPECT_EQ(npim_rescale_of(1.0).shift, 30);
    // The largest below 1 rounds to 2^31, which is 2^30 with one bit less to shift.
    EXPECT_EQ(npim_rescale_of(std::nextafter(1.0, 0.0)).factor, 1 << 30);
    EXPECT_EQ(npim_rescale_of(std::nextafter(1.0, 0.0)).shift, 30);
    EXPECT_EQ(times(std::nextafter(1.0, 0.0), INT32_MAX), INT32_MAX);
}

TEST(rescale, the_factor_is_in_its_range_for_any_constant) {
    for (int exponent = DBL_MIN_EXP - DBL_MANT_DIG + 1; exponent <= DBL_MAX_EXP; exponent++)
        for (double mantissa : {0.5, 0.75, 1.0 - DBL_EPSILON / 2}) {
            const double constant = std::ldexp(mantissa, exponent);
            if (constant == 0.0) continue;
            const npim_rescale r = npim_rescale_of(constant);
            ASSERT_GE(r.factor, 1 << 30) << constant;
            const int64_t most = (INT64_C(1) << 40) - 1;
            for (int64_t value : {INT64_C(0), INT64_C(1), INT64_C(-1), most, -most}) {
                const double exact = std::floor(static_cast<double>(value) * constant + 0.5);
                const double bounded = std::fmin(std::fmax(exact, -INT32_MAX), INT32_MAX);
                ASSERT_NEAR(npim_rescale_value(r, value), bounded, 1.0 + std::fabs(bounded) * 1e-9)
                    << constant << " x " << value;
            }
        }
}

TEST(rescale, equals_division) {
    std::mt19937_64 random(test_seed(502));
    for (int i = 0; i < 300000; i++) {
        const double constant =
            std::ldexp(static_cast<double>(random() >> 11) + 1.0, -static_cast<int>(random() % 100) - 53);
        const int bits = static_cast<int>(random() % 40);
        const auto value = static_cast<int64_t>(random() >> (63 - bits)) * (random() % 2 ? 1 : -1);
        if (npim_rescale_of(constant).shift > 90 || npim_rescale_of(constant).shift < 1) continue;
        ASSERT_EQ(times(constant, value), by_division(constant, value)) << constant << " x " << value;
    }
}

// A larger value never gives a smaller result.
TEST(rescale, rises) {
    for (double constant : {0.37, 1.0 / 3, 5e-4, 3.7}) {
        int32_t last = times(constant, -5001);
        for (int64_t value = -5000; value <= 5000; value++) {
            const int32_t now = times(constant, value);
            ASSERT_GE(now, last) << constant << " x " << value;
            last = now;
        }
    }
}
