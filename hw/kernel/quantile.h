/* Inside hw/random.c and hw/kernel/normals*.c: the parts of algorithm AS 241 (Wichura 1988), written so that
 * a compiler turns loops over them into vectors of whatever instruction set their caller is for. The
 * operations and their order are the same, so the results are. */
#ifndef NPIM_HW_KERNEL_QUANTILE_H
#define NPIM_HW_KERNEL_QUANTILE_H

#include <math.h>
#include <stdint.h>
#include <string.h>

#ifdef __cplusplus
extern "C" {
#endif

#define NPIM_INLINE static inline __attribute__((always_inline))

/* c[0] + c[1] x + ... + c[7] x^7. */
NPIM_INLINE double npim_polynomial8(const double c[8], double x) {
    double sum = c[7];
    for (int i = 6; i >= 0; i--) sum = sum * x + c[i];
    return sum;
}

NPIM_INLINE double npim_quantile_centre(double q) {
    static const double a[8] = {3.3871328727963666080,    1.3314166789178437745e+2, 1.9715909503065514427e+3,
                                1.3731693765509461125e+4, 4.5921953931549871457e+4, 6.7265770927008700853e+4,
                                3.3430575583588128105e+4, 2.5090809287301226727e+3};
    static const double b[8] = {1.0,
                                4.2313330701600911252e+1,
                                6.8718700749205790830e+2,
                                5.3941960214247511077e+3,
                                2.1213794301586595867e+4,
                                3.9307895800092710610e+4,
                                2.8729085735721942674e+4,
                                5.2264952788528545610e+3};
    double r = 0.180625 - q * q;
    return q * npim_polynomial8(a, r) / npim_polynomial8(b, r);
}

NPIM_INLINE double npim_quantile_tail(double r) {
    static const double c[8] = {1.42343711074968357734,    4.63033784615654529590,
                                5.76949722146069140550,    3.64784832476320460504,
                                1.27045825245236838258,    2.41780725177450611770e-1,
                                2.27238449892691845833e-2, 7.74545014278341407640e-4};
    static const double d[8] = {1.0,
                                2.05319162663775882187,
                                1.67638483018380384940,
                                6.89767334985100004550e-1,
                                1.48103976427480074590e-1,
                                1.51986665636164571966e-2,
                                5.47593808499534494600e-4,
                                1.05075007164441684324e-9};
    return npim_polynomial8(c, r - 1.6) / npim_polynomial8(d, r - 1.6);
}

NPIM_INLINE double npim_quantile_far_tail(double r) {
    static const double e[8] = {6.65790464350110377720,    5.46378491116411436990,
                                1.78482653991729133580,    2.96560571828504891230e-1,
                                2.65321895265761230930e-2, 1.24266094738807843860e-3,
                                2.71155556874348757815e-5, 2.01033439929228813265e-7};
    static const double f[8] = {1.0,
                                5.99832206555887937690e-1,
                                1.36929880922735805310e-1,
                                1.48753612908506148525e-2,
                                7.86869131145613259100e-4,
                                1.84631831751005468180e-5,
                                1.42151175831644588870e-7,
                                2.04426310338993978564e-15};
    return npim_polynomial8(e, r - 5.0) / npim_polynomial8(f, r - 5.0);
}

/* --- blocks --- */

enum { NPIM_QUANTILE_BLOCK = 512 };

typedef struct npim_quantile_block {
    double u[NPIM_QUANTILE_BLOCK];     /* uniform in (0, 1) */
    int n;                             /* of those in the tails */
    int at[NPIM_QUANTILE_BLOCK + 1];   /* [n] where in the block */
    double r[NPIM_QUANTILE_BLOCK + 8]; /* [n] probability, then its -log, then the root of that */
    double x[NPIM_QUANTILE_BLOCK + 8];
} npim_quantile_block;

NPIM_INLINE double npim_double_of(uint64_t bits) {
    double x;
    memcpy(&x, &bits, sizeof x);
    return x;
}

/* u, as npim_random_uniform makes it of 64 random bits, and out as it is in the centre; collects the others.
 */
NPIM_INLINE void npim_quantiles_centre(npim_quantile_block *block, const uint64_t *bits, double *out) {
    for (int i = 0; i < NPIM_QUANTILE_BLOCK; i++) {
        block->u[i] = npim_double_of(bits[i] >> 12 | 0x3ff0000000000000u) - (1.0 - 0x1p-53);
        out[i] = npim_quantile_centre(block->u[i] - 0.5);
    }
    int n = 0;
    for (int i = 0; i < NPIM_QUANTILE_BLOCK; i++) {
        block->at[n] = i;
        n += !(fabs(block->u[i] - 0.5) <= 0.425);
    }
    block->n = n;
    for (int i = 0; i < n; i++) {
        double u = block->u[block->at[i]];
        block->r[i] = u - 0.5 < 0.0 ? u : 1.0 - u;
    }
    for (int i = n; i < n + 8; i++) block->r[i] = 0.0625;
}

/* r becomes -npim_log(r), of normal numbers below 1. */
NPIM_INLINE void npim_quantiles_log(npim_quantile_block *block) {
    const double ln2_high = 0x1.62e42fee00000p-1, ln2_low = 0x1.a39ef35793c76p-33; /* as in elementary.c */
    int n = (block->n + 7) / 8 * 8;
    for (int i = 0; i < n; i++) {
        uint64_t bits;
        memcpy(&bits, &block->r[i], sizeof bits);
        uint64_t mantissa = bits & 0xfffffffffffffu, below = mantissa < 0x6a09e667f3bcdu; /* sqrt(1/2) */
        double exponent = npim_double_of(0x4330000000000000u + (bits >> 52) - below) - (0x1p52 + 1022.0);
        double m = npim_double_of(mantissa | (0x3fe + below) << 52);
        double f = m - 1.0, s = f / (2.0 + f), z = s * s, series = 0.0;
        for (int k = 23; k >= 3; k -= 2) series = z * (series + 1.0 / k);
        block->r[i] = -(exponent * ln2_high + (2.0 * s + (2.0 * s * series + exponent * ln2_low)));
    }
}

/* What lies in the tails goes to out. */
NPIM_INLINE void npim_quantiles_tail(npim_quantile_block *block, double *out) {
    int n = (block->n + 7) / 8 * 8;
    for (int i = 0; i < n; i++) block->x[i] = npim_quantile_tail(block->r[i]);
    for (int i = 0; i < block->n; i++) {
        double x = block->r[i] <= 5.0 ? block->x[i] : npim_quantile_far_tail(block->r[i]);
        int at = block->at[i];
        out[at] = block->u[at] - 0.5 < 0.0 ? -x : x;
    }
}

#ifdef __cplusplus
}
#endif
#endif
