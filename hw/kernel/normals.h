/* Many normal deviates at a time. */
#ifndef NPIM_HW_KERNEL_NORMALS_H
#define NPIM_HW_KERNEL_NORMALS_H

#include "hw/kernel/isa.h"
#include "hw/random.h"

#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

/* out[i] = npim_random_normal(random, draw, first + i), bit for bit, i = 0 .. n - 1. */
void npim_normals_f64(npim_isa isa, const npim_random *random, npim_draw draw, uint64_t first, size_t n,
                      double *out);

enum { NPIM_NORMAL_LANES = 32 };

/* Deviates of another sequence that costs less: of 32 random bits each, in single precision, within +-6.3 and
 * within 1e-5 of the normal quantile of their bits. out[word][lane] is number `word` of the four that Philox
 * gives at counter[lane]. */
void npim_normal_lanes(npim_isa isa, const npim_random *random, npim_draw draw,
                       const uint64_t counter[NPIM_NORMAL_LANES], float out[4][NPIM_NORMAL_LANES]);

/* out[i]: the same sequence in a row, number first + i: of counter i / 128 x 32 + i % 32, word i % 128 / 32.
 */
void npim_normals(npim_isa isa, const npim_random *random, npim_draw draw, uint64_t first, size_t n,
                  float *out);

#ifdef __cplusplus
}
#endif
#endif
