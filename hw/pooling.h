/* Pooling unit of a tile: maximum or average of a running window of integer words, one word per clock. */
#ifndef NPIM_HW_POOLING_H
#define NPIM_HW_POOLING_H

#include "hw/block.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef enum npim_pool { NPIM_POOL_MAX, NPIM_POOL_AVERAGE } npim_pool;

typedef struct npim_pooling_config {
    double energy_pJ; /* per input word: 0.333, assumed (0.4 mW / 1.2 GHz) */
    double power_mW;  /* nameplate, one unit */
    double area_um2;  /* one unit */
} npim_pooling_config;

typedef struct npim_pooling {
    npim_pooling_config config;
    int64_t sum;       /* of the window so far */
    int32_t max;       /* of the window so far; 0 while it is empty */
    uint32_t n_window; /* words in the window; probed */
    uint64_t n_words;  /* so far; probed */
    double result;     /* last; probed */
} npim_pooling;

/* NPIM_ECONFIG for a value outside its range; pooling is then zeroed. Owns nothing. */
NPIM_MUST_USE npim_status npim_pooling_init(npim_pooling *pooling, const npim_pooling_config *config,
                                            npim_error *error);
void npim_pooling_fini(npim_pooling *pooling);
void npim_pooling_reset(npim_pooling *pooling);

/* Adds one word to the window. */
void npim_pooling_push(npim_pooling *pooling, int32_t word);

/* The result of the window, which is then empty again. An average divides by the words pushed (so padding
 * that is not pushed does not count) and rounds to nearest, halves away from zero. An empty window gives 0.
 */
int32_t npim_pooling_take(npim_pooling *pooling, npim_pool kind);

extern const npim_block_ops
    npim_pooling_ops; /* work.count: input words; latency ceil(count / units) clocks */

#ifdef __cplusplus
}
#endif
#endif
