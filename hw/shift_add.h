/* Digital shift-and-add, and the adder lanes of a tile: each unit shifts and adds one word per clock into a
 * 64-bit accumulator. */
#ifndef NPIM_HW_SHIFT_ADD_H
#define NPIM_HW_SHIFT_ADD_H

#include "hw/block.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct npim_shift_add_config {
    double energy_pJ; /* per word */
    double power_mW;  /* nameplate, one unit; 0: follows from energy at full load */
    double area_um2;  /* one unit */
} npim_shift_add_config;

typedef struct npim_shift_add {
    npim_shift_add_config config;
    uint64_t n_words; /* added so far; probed */
    double sum;       /* last accumulated sum; probed */
} npim_shift_add;

/* NPIM_ECONFIG for a value outside its range; shift_add is then zeroed. Owns nothing. */
NPIM_MUST_USE npim_status npim_shift_add_init(npim_shift_add *shift_add, const npim_shift_add_config *config,
                                              npim_error *error);
void npim_shift_add_fini(npim_shift_add *shift_add);
void npim_shift_add_reset(npim_shift_add *shift_add);

/* sums[i] += words[i] x 2^shift for i < n; subtract: -= (the sign column of two's complement weights).
 * shift: 0..63. As in the hardware, a sum beyond 64 bits wraps around. sums and words must not overlap. */
void npim_shift_add_eval(npim_shift_add *shift_add, int64_t *sums, const int64_t *words, size_t n,
                         uint32_t shift, bool subtract);

/* work.count: words. Latency ceil(count / units) clocks. power_mW returns 0 when it follows from energy. */
extern const npim_block_ops npim_shift_add_ops;

#ifdef __cplusplus
}
#endif
#endif
