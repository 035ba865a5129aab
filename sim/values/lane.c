#include "sim/values/lane_parts.h"

#include "sim/values/word_lines.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

static npim_status no_memory(npim_error *error) {
    return npim_fail(error, NPIM_ENOMEM, "no memory for the values of a wave");
}

/* --- for the strategies --- */

npim_status npim_lane_program(npim_lane *lane, uint32_t chunk, npim_cells_array *array, uint32_t *at,
                              double *value, double *squares, npim_error *error) {
    uint32_t per_array = lane->base.cells.outputs;
    *at = lane->place.output % per_array;
    return npim_cells_program(&lane->base.cells, &lane->base.layer, chunk, lane->place.output / per_array,
                              array, value, squares, error);
}

void npim_lane_columns(const npim_cells_array *array, const double *cells, uint32_t first, uint32_t n,
                       double *columns) {
    for (uint32_t c = first; c < first + n; c++)
        for (uint32_t row = 0; row < array->rows; row++) *columns++ = cells[(size_t)row * array->columns + c];
}

int32_t npim_lane_digit(const npim_lane *lane, int16_t code, uint32_t cycle) {
    uint32_t bits = lane->base.hardware->dataflow.dac_bits;
    return (int32_t)((uint32_t)code >> cycle * bits & ((1u << bits) - 1));
}

npim_product_batch npim_lane_batch(uint64_t vector) {
    return (npim_product_batch){.first = vector, .stride = 1, .n = 1};
}

/* --- the lane --- */

/* What signed codes owe in each chunk: 128 x the sum of their rows' weights. */
static npim_status make_excess(npim_lane *lane, npim_error *error) {
    const npim_product_layer *layer = &lane->base.layer;
    const int8_t *weight = layer->weight + (size_t)lane->place.output * layer->rows;
    uint32_t all = lane->base.hardware->crossbar.rows;
    lane->excess = calloc(lane->place.n_chunks, sizeof *lane->excess);
    if (!lane->excess) return no_memory(error);
    for (uint32_t i = 0; i < lane->place.n_chunks; i++) {
        uint32_t chunk = lane->place.first_chunk + i, first = chunk * all;
        for (uint32_t row = first; row < first + npim_engine_rows(&lane->base, chunk); row++)
            if (row >= layer->signed_from) lane->excess[i] += NPIM_SIGN_OFFSET * weight[row];
    }
    return NPIM_OK;
}

npim_status npim_lane_init(npim_lane *lane, const npim_engine_base *base, const npim_product_layer *layer,
                           const npim_lane_place *place, bool exact, npim_error *error) {
    static const npim_lane_strategy *const strategies[] = {[NPIM_STRATEGY_A] = &npim_lane_strategy_a,
                                                           [NPIM_STRATEGY_B] = &npim_lane_strategy_b,
                                                           [NPIM_STRATEGY_C] = &npim_lane_strategy_c};
    memset(lane, 0, sizeof *lane);
    lane->base = *base;
    lane->base.layer = *layer;
    lane->base.n_chunks = npim_cells_chunks(&base->cells, layer);
    lane->place = *place;
    lane->exact = exact;
    lane->strategy = strategies[base->hardware->dataflow.strategy];
    assert(place->n_chunks >= 1 && place->first_chunk + place->n_chunks <= lane->base.n_chunks);
    assert(place->output < layer->outputs && base->hardware->crossbar.rows <= NPIM_LANE_ROWS);
    assert(npim_dataflow_cycles(&base->hardware->dataflow) <= NPIM_LANE_CYCLES);
    npim_status status = make_excess(lane, error);
    if (status == NPIM_OK) status = lane->strategy->init(lane, error);
    lane->base.layer.weight = NULL;
    if (status != NPIM_OK) npim_lane_fini(lane);
    return status;
}

void npim_lane_fini(npim_lane *lane) {
    if (lane->strategy) lane->strategy->fini(lane);
    free(lane->excess);
    memset(lane, 0, sizeof *lane);
}

uint32_t npim_lane_rows(const npim_lane *lane, uint32_t *first) {
    uint32_t all = lane->base.hardware->crossbar.rows, end = lane->place.first_chunk + lane->place.n_chunks;
    *first = lane->place.first_chunk * all;
    return (end - 1) * all + npim_engine_rows(&lane->base, end - 1) - *first;
}

void npim_lane_run(const npim_lane *lane, uint64_t vector, const int16_t *inputs, npim_lane_trace *trace) {
    uint32_t all = lane->base.hardware->crossbar.rows;
    memset(trace, 0, sizeof *trace);
    trace->cycles = npim_dataflow_cycles(&lane->base.hardware->dataflow);
    for (uint32_t i = 0; i < lane->place.n_chunks; i++, inputs += all) {
        uint32_t chunk = lane->place.first_chunk + i, rows = npim_engine_rows(&lane->base, chunk);
        int16_t lines[NPIM_LANE_ROWS];
        for (uint32_t row = 0; row < rows; row++) {
            bool is_signed = chunk * all + row >= lane->base.layer.signed_from;
            lines[row] = (int16_t)(inputs[row] + (is_signed ? NPIM_SIGN_OFFSET : 0));
        }
        npim_lane_trace *shown = i == 0 ? trace : NULL;
        for (uint32_t cycle = 0; shown && cycle < trace->cycles; cycle++)
            shown->digit[cycle] = (uint32_t)npim_lane_digit(lane, lines[0], cycle);
        int64_t result = lane->strategy->chunk(lane, chunk, vector, lines, shown) - lane->excess[i];
        if (shown) shown->chunk = result;
        trace->result += result;
    }
    trace->so_far[trace->cycles - 1] = trace->chunk;
}
