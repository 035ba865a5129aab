/* Inside hw/kernel/normals*.c: the table of the single-precision deviates, and the kernels by instruction
 * set. Where there is no x86, those of the vector instruction sets do nothing and are never called. */
#ifndef NPIM_HW_KERNEL_NORMALS_PARTS_H
#define NPIM_HW_KERNEL_NORMALS_PARTS_H

#include "hw/kernel/normals.h"

#include <Random123/philox.h>

#ifdef __cplusplus
extern "C" {
#endif

enum { NPIM_NORMAL_POWERS = 6, NPIM_PHILOX_ROUNDS = 10 };

extern const float npim_normal_table[NPIM_NORMAL_POWERS][32];

void npim_normal_lanes_portable(const npim_random *random, npim_draw draw,
                                const uint64_t counter[NPIM_NORMAL_LANES], float out[4][NPIM_NORMAL_LANES]);
void npim_normal_lanes_avx2(const npim_random *random, npim_draw draw,
                            const uint64_t counter[NPIM_NORMAL_LANES], float out[4][NPIM_NORMAL_LANES]);
void npim_normal_lanes_avx512(const npim_random *random, npim_draw draw,
                              const uint64_t counter[NPIM_NORMAL_LANES], float out[4][NPIM_NORMAL_LANES]);

void npim_normals_f64_avx2(const npim_random *random, npim_draw draw, uint64_t first, size_t n, double *out);
void npim_normals_f64_avx512(const npim_random *random, npim_draw draw, uint64_t first, size_t n,
                             double *out);

/* The keys of Philox's rounds. */
typedef struct npim_philox_keys {
    uint32_t k0[NPIM_PHILOX_ROUNDS], k1[NPIM_PHILOX_ROUNDS];
} npim_philox_keys;

static inline npim_philox_keys npim_philox_keys_of(const npim_random *random) {
    npim_philox_keys key;
    for (uint32_t round = 0; round < NPIM_PHILOX_ROUNDS; round++) {
        key.k0[round] = (uint32_t)random->seed + round * PHILOX_W32_0;
        key.k1[round] = (uint32_t)(random->seed >> 32) + round * PHILOX_W32_1;
    }
    return key;
}

#ifdef __cplusplus
}
#endif
#endif
