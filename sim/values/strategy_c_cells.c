#include "sim/values/strategy_c.h"

#include "sim/values/fixed.h"

#include <stdlib.h>

/* What programming works with. */
typedef struct bench {
    npim_strategy_c *c;
    uint32_t chunk;
    double *value, *squares; /* of an array's cells; squares NULL without read noise */
    double *real, *spread;   /* [outputs][rows] of a chunk: weights, and what their noise follows from */
    int16_t *fixed;          /* the same in fixed point */
} bench;

/* What a column of a weight counts for behind its shift-and-add's share of the slice. */
static double share(const npim_strategy_c *c, const npim_shift_add_row *row, uint32_t column) {
    double weight = npim_hardware_column_weight(c->base.hardware, column);
    if (!c->circuits.rows) return weight;
    uint32_t slice = c->base.hardware->crossbar.coding == NPIM_CODING_DIFFERENTIAL ? column / 2 : column;
    return weight * row->slice[slice] / c->circuits.nominal.slice[slice];
}

/* Adds the cells of an output's weights up. */
static void fold_output(const bench *b, const npim_cells_array *array, uint32_t output) {
    uint32_t per_weight = b->c->base.hardware->columns_per_weight;
    double bias = npim_hardware_bias(b->c->base.hardware), shares[2 * NPIM_MAX_BITS];
    const npim_shift_add_row *row = npim_c_row(b->c, b->chunk, array->first_output + output);
    for (uint32_t k = 0; k < per_weight; k++) shares[k] = share(b->c, row, k);
    for (uint32_t r = 0; r < array->rows; r++) {
        size_t from = (size_t)r * array->columns + (size_t)output * per_weight;
        size_t to = (size_t)(array->first_output + output) * array->rows + r;
        double sum = -bias, squares = 0.0;
        for (uint32_t k = 0; k < per_weight; k++) sum += shares[k] * b->value[from + k];
        b->real[to] = sum;
        if (!b->squares) continue;
        for (uint32_t k = 0; k < per_weight; k++) squares += shares[k] * shares[k] * b->squares[from + k];
        b->spread[to] = squares;
    }
}

static npim_status no_memory(npim_error *error) {
    return npim_fail(error, NPIM_ENOMEM, "no memory for a row chunk");
}

static npim_status take_weights(const bench *b, npim_c_chunk *chunk, npim_error *error) {
    const npim_engine_base *base = &b->c->base;
    uint32_t rows = npim_engine_rows(base, b->chunk), outputs = base->layer.outputs;
    bool exact = base->hardware->mode != NPIM_MODE_ANALOG;
    chunk->unit = malloc(outputs * sizeof *chunk->unit);
    if (!chunk->unit) return no_memory(error);
    npim_fixed_point(b->real, rows, outputs, npim_fixed_most(rows, npim_c_digit_most(b->c)), exact, b->fixed,
                     chunk->unit);
    return npim_matrix_init_i16(&chunk->weight, b->fixed, rows, outputs, error);
}

static npim_status take_variances(const bench *b, npim_c_chunk *chunk, npim_error *error) {
    const npim_engine_base *base = &b->c->base;
    uint32_t rows = npim_engine_rows(base, b->chunk), outputs = base->layer.outputs;
    uint32_t digit = npim_c_digit_most(b->c);
    uint32_t square = (uint32_t)(digit * digit * npim_c_square_scale(b->c));
    chunk->variance_unit = malloc(outputs * sizeof *chunk->variance_unit);
    if (!chunk->variance_unit) return no_memory(error);
    npim_fixed_point(b->spread, rows, outputs, npim_fixed_most(rows, square), false, b->fixed,
                     chunk->variance_unit);
    return npim_matrix_init_i16(&chunk->variance, b->fixed, rows, outputs, error);
}

static npim_status program_chunk(bench *b, npim_error *error) {
    npim_engine_base *base = &b->c->base;
    npim_c_chunk *chunk = &b->c->chunks[b->chunk];
    uint32_t blocks = npim_cells_blocks(&base->cells, &base->layer);
    for (uint32_t block = 0; block < blocks; block++) {
        npim_cells_array array;
        npim_status status = npim_cells_program(&base->cells, &base->layer, b->chunk, block, &array, b->value,
                                                b->squares, error);
        if (status != NPIM_OK) return status;
        for (uint32_t o = 0; o < array.outputs; o++) fold_output(b, &array, o);
    }
    npim_status status = take_weights(b, chunk, error);
    return status == NPIM_OK && b->squares ? take_variances(b, chunk, error) : status;
}

npim_status npim_c_program(npim_strategy_c *c, npim_error *error) {
    const npim_crossbar_config *array = &c->base.hardware->crossbar;
    size_t cells = (size_t)array->rows * array->columns;
    size_t weights = (size_t)array->rows * c->base.layer.outputs;
    bool noisy = npim_c_noisy(c);
    bench b = {.c = c,
               .value = malloc(cells * sizeof *b.value),
               .squares = noisy ? malloc(cells * sizeof *b.squares) : NULL,
               .real = malloc(weights * sizeof *b.real),
               .spread = noisy ? malloc(weights * sizeof *b.spread) : NULL,
               .fixed = malloc(weights * sizeof *b.fixed)};
    npim_status status = NPIM_OK;
    if (!b.value || !b.real || !b.fixed || (noisy && (!b.squares || !b.spread))) status = no_memory(error);
    for (; status == NPIM_OK && b.chunk < c->base.n_chunks; b.chunk++) status = program_chunk(&b, error);
    free(b.value);
    free(b.squares);
    free(b.real);
    free(b.spread);
    free(b.fixed);
    return status;
}
