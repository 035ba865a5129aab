/* Inside sim/values: the engines of the dataflow strategies. Each is as npim_engine_init says: run keeps what
 * it works with to itself, and counts with npim_figures_count. */
#ifndef NPIM_SIM_VALUES_STRATEGIES_H
#define NPIM_SIM_VALUES_STRATEGIES_H

#include "sim/values/cells.h"
#include "sim/values/engine.h"

#ifdef __cplusplus
extern "C" {
#endif

/* What all of them have. */
typedef struct npim_engine_base {
    const npim_hardware *hardware;
    npim_layer_figures *figures; /* [n_layers] */
    npim_isa isa;
    npim_cells cells;
    npim_product_layer layer; /* in hand */
    uint32_t n_chunks;
} npim_engine_base;

/* Fill products with an engine whose base is *base (taken over, also on failure: then it is freed). */
NPIM_MUST_USE npim_status npim_strategy_a_init(npim_products *products, const npim_engine_base *base,
                                               npim_error *error);
NPIM_MUST_USE npim_status npim_strategy_b_init(npim_products *products, const npim_engine_base *base,
                                               npim_error *error);
NPIM_MUST_USE npim_status npim_strategy_c_init(npim_products *products, const npim_engine_base *base,
                                               npim_error *error);

/* Rows of a chunk of the layer in hand. */
static inline uint32_t npim_engine_rows(const npim_engine_base *base, uint32_t chunk) {
    uint32_t all = base->hardware->crossbar.rows, left = base->layer.rows - chunk * all;
    return left < all ? left : all;
}

/* The samples of a layer's noise (NPIM_DRAW_READ: of cells, NPIM_DRAW_NOISE: of converters,
 * NPIM_DRAW_VARIATION: of buffer cells): index ((vector x groups + group) x chunks + chunk) x values of a
 * chunk + value. */
npim_random npim_engine_noise(const npim_engine_base *base);
uint64_t npim_engine_noise_index(const npim_engine_base *base, const npim_product_batch *batch, size_t vector,
                                 uint32_t chunk, uint32_t values);

#ifdef __cplusplus
}
#endif
#endif
