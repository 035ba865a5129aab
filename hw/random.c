#include "hw/random.h"

#include "hw/elementary.h"

#include <Random123/philox.h>
#include <assert.h>
#include <math.h>

uint64_t npim_random_bits(const npim_random *random, uint32_t draw, uint64_t index) {
    philox4x32_ctr_t counter = {{(uint32_t)index, (uint32_t)(index >> 32), draw, random->block}};
    philox4x32_key_t key = {{(uint32_t)random->seed, (uint32_t)(random->seed >> 32)}};
    philox4x32_ctr_t out = philox4x32(counter, key);
    return (uint64_t)out.v[1] << 32 | out.v[0];
}

double npim_random_uniform(const npim_random *random, npim_draw draw, uint64_t index) {
    uint64_t k = npim_random_bits(random, draw, index) >> 12;
    return (double)(2 * k + 1) * 0x1p-53; /* exact: an odd number below 2^53 */
}

double npim_random_normal(const npim_random *random, npim_draw draw, uint64_t index) {
    return npim_normal_quantile(npim_random_uniform(random, draw, index));
}

/* c[0] + c[1] x + ... + c[7] x^7. */
static double polynomial(const double c[8], double x) {
    double sum = c[7];
    for (int i = 6; i >= 0; i--) sum = sum * x + c[i];
    return sum;
}

static double centre(double q) {
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
    return q * polynomial(a, r) / polynomial(b, r);
}

static double tail(double r) {
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
    return polynomial(c, r - 1.6) / polynomial(d, r - 1.6);
}

static double far_tail(double r) {
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
    return polynomial(e, r - 5.0) / polynomial(f, r - 5.0);
}

double npim_normal_quantile(double p) {
    assert(p > 0.0 && p < 1.0);
    double q = p - 0.5;
    if (fabs(q) <= 0.425) return centre(q);
    double r = sqrt(-npim_log(q < 0.0 ? p : 1.0 - p));
    double x = r <= 5.0 ? tail(r) : far_tail(r);
    return q < 0.0 ? -x : x;
}
