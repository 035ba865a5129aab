#include "sim/design/metrics.h"

#include "hw/elementary.h"

#include <math.h>
#include <stdlib.h>

enum { MAX_BITS = 12 };

/* Points of every code, in width [2^bits]. */
static npim_status histogram(const uint16_t *codes, size_t n, uint32_t bits, double *width, bool *monotonic,
                             npim_error *error) {
    *monotonic = true;
    for (size_t i = 0; i < n; i++) {
        if (codes[i] >> bits)
            return npim_fail(error, NPIM_ECONFIG, "ramp: code %u at point %zu: 0..%u", codes[i], i,
                             (1u << bits) - 1);
        width[codes[i]]++;
        if (i > 0 && codes[i] < codes[i - 1]) *monotonic = false;
    }
    return NPIM_OK;
}

/* Widths of the inner codes 1 .. last - 1 become DNL; inl[c] of transition c, between c - 1 and c. */
static void nonlinearity(double *width, double *inl, uint32_t last, double lsb, npim_static_figures *f) {
    double at = 0;
    for (uint32_t c = 1; c < last; c++) {
        inl[c] = at; /* of transition 1: 0, of transition last: 0 but for rounding */
        f->missing_codes += width[c] == 0;
        width[c] = width[c] / lsb - 1;
        at += width[c];
        f->dnl_lsb = fmax(f->dnl_lsb, fabs(width[c]));
        f->inl_lsb = fmax(f->inl_lsb, fabs(inl[c]));
    }
    width[0] = width[last] = inl[0] = inl[last] = 0;
}

/* Largest deviation of transitions 1 .. last from their line of least squares, which is 1 LSB per code but
 * for a slope of the INL. */
static double best_fit(const double *inl, uint32_t last) {
    double n = last, middle = 0.5 * (last + 1.0), sum = 0, product = 0, worst = 0;
    for (uint32_t c = 1; c <= last; c++) {
        sum += inl[c];
        product += inl[c] * (c - middle);
    }
    double slope = product / (n * (n * n - 1) / 12);
    for (uint32_t c = 1; c <= last; c++)
        worst = fmax(worst, fabs(inl[c] - sum / n - slope * (c - middle)) / (1 + slope));
    return worst;
}

static npim_status static_figures(double *width, double *inl, uint32_t bits, npim_static_figures *f,
                                  npim_error *error) {
    uint32_t last = (1u << bits) - 1;
    double inner = 0;
    for (uint32_t c = 1; c < last; c++) inner += width[c];
    if (last > 1 && inner == 0)
        return npim_fail(error, NPIM_ECONFIG, "ramp: no point has one of the codes 1..%u", last - 1);
    nonlinearity(width, inl, last, last > 1 ? inner / (last - 1) : 1, f);
    if (last > 1) f->inl_best_fit_lsb = best_fit(inl, last);
    return NPIM_OK;
}

npim_status npim_static_test(const uint16_t *codes, size_t n, uint32_t bits, double *dnl_lsb, double *inl_lsb,
                             npim_static_figures *figures, npim_error *error) {
    *figures = (npim_static_figures){.monotonic = true};
    if (bits < 1 || bits > MAX_BITS)
        return npim_fail(error, NPIM_ECONFIG, "ramp: bits = %u: 1..%d", bits, MAX_BITS);
    size_t n_codes = (size_t)1 << bits;
    double *width = calloc(2 * n_codes, sizeof *width), *inl = width + n_codes;
    if (!width) return npim_fail(error, NPIM_ENOMEM, "no memory for a histogram");
    npim_status status = histogram(codes, n, bits, width, &figures->monotonic, error);
    if (status == NPIM_OK) status = static_figures(width, inl, bits, figures, error);
    for (size_t c = 0; c < n_codes && status == NPIM_OK; c++) {
        if (dnl_lsb) dnl_lsb[c] = width[c];
        if (inl_lsb) inl_lsb[c] = inl[c];
    }
    free(width);
    return status;
}

/* sin or cos of 2 pi part, for 0 <= part <= 1/8: Taylor series that end below 2^-53. */
static double series(double part, bool cosine) {
    double x = 2 * 3.14159265358979323846 * part, term = cosine ? 1 : x, sum = term;
    for (int k = cosine ? 2 : 3; k <= 20; k += 2) {
        term *= -x * x / (k * (k - 1));
        sum += term;
    }
    return sum;
}

double npim_sine(uint64_t i, uint64_t cycles, uint64_t n) {
    uint64_t at = i % n * (cycles % n) % n; /* of n: the phase */
    bool negative = 2 * at >= n;
    if (negative)
        at = 2 * at - n;
    else
        at = 2 * at;             /* of 2 n, in the first half turn */
    if (2 * at > n) at = n - at; /* in the first quarter */
    double sine = 4 * at > n ? series((double)(n - 2 * at) / (double)(4 * n), true)
                             : series((double)at / (double)(2 * n), false);
    return negative ? -sine : sine;
}

static uint64_t common_factor(uint64_t a, uint64_t b) {
    while (b) {
        uint64_t rest = a % b;
        a = b;
        b = rest;
    }
    return a;
}

/* Solves the symmetric 3x3 system a x = b in place by elimination; it is well conditioned. */
static void solve(double a[3][3], double b[3]) {
    for (int k = 0; k < 3; k++)
        for (int i = k + 1; i < 3; i++) {
            double factor = a[i][k] / a[k][k];
            for (int j = k; j < 3; j++) a[i][j] -= factor * a[k][j];
            b[i] -= factor * b[k];
        }
    for (int k = 2; k >= 0; k--) {
        for (int j = k + 1; j < 3; j++) b[k] -= a[k][j] * b[j];
        b[k] /= a[k][k];
    }
}

/* 1, sin and cos of sample i. The cosine is the sine of four times as fine a grid, a quarter ahead. */
static void basis(uint64_t i, uint64_t cycles, uint64_t n, double at[3]) {
    at[0] = 1;
    at[1] = npim_sine(i, cycles, n);
    at[2] = npim_sine(4 * (i * cycles % n) + n, 1, 4 * n);
}

static void fit(const uint16_t *codes, size_t n, uint64_t cycles, double c[3]) {
    double a[3][3] = {{0}}, at[3];
    c[0] = c[1] = c[2] = 0;
    for (size_t i = 0; i < n; i++) {
        basis(i, cycles, n, at);
        for (int j = 0; j < 3; j++) {
            for (int k = 0; k < 3; k++) a[j][k] += at[j] * at[k];
            c[j] += at[j] * codes[i];
        }
    }
    solve(a, c);
}

npim_status npim_sine_test(const uint16_t *codes, size_t n, uint64_t cycles, double share,
                           npim_sine_figures *figures, npim_error *error) {
    *figures = (npim_sine_figures){0};
    if (n < 8 || n > 1u << 24 || cycles < 1 || cycles >= n / 2 || common_factor(cycles, n) != 1)
        return npim_fail(error, NPIM_ECONFIG,
                         "sine: %llu cycles in %zu samples: 8 samples or more, fewer cycles than half of "
                         "them, no common factor",
                         (unsigned long long)cycles, n);
    if (!(share > 0 && share <= 1))
        return npim_fail(error, NPIM_ECONFIG, "sine: amplitude %g of full scale: above 0, at most 1", share);
    double c[3], at[3], residual = 0, signal = 0;
    fit(codes, n, cycles, c);
    for (size_t i = 0; i < n; i++) {
        basis(i, cycles, n, at);
        double sine = c[1] * at[1] + c[2] * at[2], off = codes[i] - c[0] - sine;
        signal += sine * sine;
        residual += off * off;
    }
    if (!(signal > 1e-12 * (double)n)) return npim_fail(error, NPIM_ECONFIG, "sine: the codes do not move");
    const double dB = 10 / 2.30258509299404568402; /* of a natural logarithm of powers */
    figures->sinad_dB = dB * npim_log(signal / fmax(residual, 1e-30 * signal));
    figures->enob_bit = (figures->sinad_dB - dB * npim_log(1.5 * share * share)) / (dB * npim_log(4));
    figures->amplitude_lsb = sqrt(c[1] * c[1] + c[2] * c[2]);
    figures->offset_lsb = c[0];
    return NPIM_OK;
}
