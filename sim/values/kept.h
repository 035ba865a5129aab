/* Codes of layers, kept while a network is computed, and the input vectors of weight layers out of them: for
 * waves, which look at single windows later. */
#ifndef NPIM_SIM_VALUES_KEPT_H
#define NPIM_SIM_VALUES_KEPT_H

#include "sim/network.h"

#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct npim_kept {
    const npim_network *network; /* borrowed */
    size_t n;                    /* images */
    int16_t **codes;             /* [n_layers]: [n][elements] of a layer that is kept, else NULL; owned */
} npim_kept;

/* For n images of a network, nothing kept yet. kept must be zeroed or finished. NPIM_ENOMEM. */
NPIM_MUST_USE npim_status npim_kept_init(npim_kept *kept, const npim_network *network, size_t n,
                                         npim_error *error);
void npim_kept_fini(npim_kept *kept); /* safe on a zeroed struct and twice */

/* Makes room for what a weight layer reads. NPIM_ENOMEM. */
NPIM_MUST_USE npim_status npim_kept_want(npim_kept *kept, uint32_t layer, npim_error *error);

/* An npim_code_observer (sim/values/forward.h); context is the npim_kept. */
void npim_kept_take(void *context, uint32_t layer, size_t first, size_t n, const int16_t *codes);

/* Rows first .. first + n of the input vector of a group of a wanted layer: window (y, x) of an image; of a
 * recurrent layer, step y. Padding is 0. */
void npim_kept_inputs(const npim_kept *kept, uint32_t layer, uint32_t group, size_t image, uint32_t y,
                      uint32_t x, uint32_t first, uint32_t n, int16_t *inputs);

/* The number of that vector, after which its noise is drawn (sim/values/products.h). */
uint64_t npim_kept_vector(const npim_kept *kept, uint32_t layer, size_t image, uint32_t y, uint32_t x);

#ifdef __cplusplus
}
#endif
#endif
