#include "hw/random.h"

#include "hw/elementary.h"
#include "hw/kernel/quantile.h"

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

double npim_normal_quantile(double p) {
    assert(p > 0.0 && p < 1.0);
    double q = p - 0.5;
    if (fabs(q) <= 0.425) return npim_quantile_centre(q);
    double r = sqrt(-npim_log(q < 0.0 ? p : 1.0 - p));
    double x = r <= 5.0 ? npim_quantile_tail(r) : npim_quantile_far_tail(r);
    return q < 0.0 ? -x : x;
}
