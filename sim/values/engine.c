#include "sim/values/strategies.h"

#include <string.h>

npim_status npim_engine_init(npim_products *products, const npim_hardware *hardware,
                             const npim_network *network, npim_figures *figures, npim_isa isa,
                             npim_error *error) {
    static npim_status (*const init[])(npim_products *, const npim_engine_base *,
                                       npim_error *) = {[NPIM_STRATEGY_A] = npim_strategy_a_init,
                                                        [NPIM_STRATEGY_B] = npim_strategy_b_init,
                                                        [NPIM_STRATEGY_C] = npim_strategy_c_init};
    npim_engine_base base = {.hardware = hardware, .figures = figures->layers, .isa = isa};
    memset(products, 0, sizeof *products);
    npim_status status = npim_cells_init(&base.cells, hardware, network, isa, error);
    return status == NPIM_OK ? init[hardware->dataflow.strategy](products, &base, error) : status;
}

npim_random npim_engine_noise(const npim_engine_base *base) {
    enum { NOISE_KIND = 2 };
    uint32_t block = NPIM_CELLS_CIRCUIT_BLOCKS + (NOISE_KIND << 28) + base->layer.layer;
    return (npim_random){base->hardware->seed, block};
}

uint64_t npim_engine_noise_index(const npim_engine_base *base, const npim_product_batch *batch, size_t vector,
                                 uint32_t chunk, uint32_t values) {
    uint64_t number = batch->first + vector * batch->stride;
    return ((number * base->layer.groups + base->layer.group) * base->n_chunks + chunk) * values;
}
