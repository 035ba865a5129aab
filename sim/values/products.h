/* What computes the dot products of weight layers: the exact integers, or the arrays and converters of an
 * architecture. The forward pass (sim/values/forward.h) is the same with all of them.
 *
 * A layer's group is programmed (begin), runs any number of batches of input vectors, and is taken down
 * (end). Accumulators are integers in units of one product of a weight code and an input code, whatever is
 * behind: converters count in whole multiples of that. */
#ifndef NPIM_SIM_VALUES_PRODUCTS_H
#define NPIM_SIM_VALUES_PRODUCTS_H

#include "hw/status.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct npim_product_layer {
    uint32_t layer;         /* index into the network */
    uint32_t group, groups; /* 0 .. groups - 1 */
    uint32_t rows, outputs; /* of the group */
    const int8_t *weight;   /* [outputs][rows], -127 .. 127; borrowed until end */
    uint32_t signed_from;   /* rows before it have codes 0 .. 255, the others -127 .. 127 */
} npim_product_layer;

/* Some input vectors of a layer. Vector i is number first + i x stride of all that the layer ever sees: that
 * names what is drawn for it, so results do not depend on how vectors are batched. */
typedef struct npim_product_batch {
    uint64_t first, stride;
    size_t n;
    const int16_t *inputs; /* [n][rows] codes */
    int32_t *sums;         /* [n][outputs], filled */
} npim_product_batch;

/* Whoever makes one owns the engine. run may be called any number of times between begin and end, and of the
 * engines of sim/values/engine.h and exact.h by several threads at once; end also after a begin that failed.
 * Status: NPIM_ENOMEM, NPIM_EINTERRUPTED, and what an engine's own header says. */
typedef struct npim_products {
    void *engine;
    npim_status (*begin)(void *engine, const npim_product_layer *layer, npim_error *error);
    npim_status (*run)(void *engine, const npim_product_batch *batch, npim_error *error);
    void (*end)(void *engine);
    void (*fini)(void *engine); /* frees it */
} npim_products;

/* Safe on a zeroed struct and twice. */
static inline void npim_products_fini(npim_products *products) {
    if (products->engine) products->fini(products->engine);
    products->engine = NULL;
}

#ifdef __cplusplus
}
#endif
#endif
