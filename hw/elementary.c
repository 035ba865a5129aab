#include "hw/elementary.h"

#include <assert.h>
#include <math.h>

static const double ln2_high = 0x1.62e42fee00000p-1; /* its product with an exponent is exact */
static const double ln2_low = 0x1.a39ef35793c76p-33;
static const double log2_e = 0x1.71547652b82fep+0;

/* (e^r - 1) / r for |r| <= ln 2 / 2: a Taylor series that ends below 2^-53. */
static double series_of_exp(double r) {
    double sum = 1.0;
    for (int i = 14; i >= 2; i--) sum = 1.0 + sum * r / i;
    return sum;
}

double npim_exp(double x) {
    if (!(x < 710.0)) return x + HUGE_VAL; /* NaN stays NaN */
    if (x < -746.0) return 0.0;
    double k = floor(x * log2_e + 0.5);
    double r = (x - k * ln2_high) - k * ln2_low;
    return ldexp(1.0 + series_of_exp(r) * r, (int)k);
}

double npim_log(double x) {
    assert(x > 0.0 && isfinite(x));
    int exponent;
    double m = frexp(x, &exponent); /* exact */
    if (m < 0x1.6a09e667f3bcdp-1) { /* sqrt(1/2): centres m on 1 */
        m *= 2.0;
        exponent--;
    }
    /* log m = 2 atanh(s) = 2 s (1 + z/3 + z^2/5 + ...), |s| <= 0.172: the series ends below 2^-53. */
    double f = m - 1.0, s = f / (2.0 + f), z = s * s, series = 0.0;
    for (int k = 23; k >= 3; k -= 2) series = z * (series + 1.0 / k);
    return exponent * ln2_high + (2.0 * s + (2.0 * s * series + exponent * ln2_low));
}

/* tanh |x| = -d / (2 + d) with d = e^(-2 |x|) - 1, for which small |x| have the series without its 1. */
double npim_tanh(double x) {
    double y = -2.0 * fabs(x);
    double d = y > -0.345 ? series_of_exp(y) * y : npim_exp(y) - 1.0;
    return copysign(-d / (2.0 + d), x);
}
