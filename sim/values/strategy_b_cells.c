#include "sim/values/strategy_b.h"

#include <math.h>
#include <stdlib.h>

/* What programming works with. */
typedef struct bench {
    npim_strategy_b *b;
    uint32_t chunk;
    double *value, *squares; /* of an array's cells; squares NULL without read noise */
    double *real, *spread;   /* [bit lines][rows] of a chunk */
} bench;

static npim_status no_memory(npim_error *error) {
    return npim_fail(error, NPIM_ENOMEM, "no memory for a row chunk");
}

/* An array's cells [rows][columns] among the bit lines of the layer, [bit lines][rows]. */
static void transpose(const bench *b, const npim_cells_array *array, const double *from, double *to) {
    to += (size_t)array->first_output * b->b->layout.per_weight * array->rows;
    for (uint32_t column = 0; column < array->columns; column++)
        for (uint32_t row = 0; row < array->rows; row++) *to++ = from[(size_t)row * array->columns + column];
}

/* real in fixed point, for inputs up to largest_input. */
static npim_status fix(const bench *b, const double *real, uint32_t largest_input, bool exact,
                       npim_fixed_matrix *matrix, npim_error *error) {
    npim_fixed_config config = {.rows = npim_engine_rows(&b->b->base, b->chunk),
                                .outputs = npim_b_lines(b->b),
                                .largest_input = largest_input,
                                .exact = exact,
                                .tolerance = INFINITY};
    return npim_fixed_matrix_init(matrix, real, &config, error);
}

static npim_status program_chunk(const bench *b, npim_error *error) {
    npim_engine_base *base = &b->b->base;
    npim_b_chunk *chunk = &b->b->chunks[b->chunk];
    uint32_t blocks = npim_cells_blocks(&base->cells, &base->layer);
    uint32_t digit = (1u << base->hardware->dataflow.dac_bits) - 1;
    for (uint32_t block = 0; block < blocks; block++) {
        npim_cells_array array;
        npim_status status = npim_cells_program(&base->cells, &base->layer, b->chunk, block, &array, b->value,
                                                b->squares, error);
        if (status != NPIM_OK) return status;
        transpose(b, &array, b->value, b->real);
        if (b->squares) transpose(b, &array, b->squares, b->spread);
    }
    npim_status status =
        fix(b, b->real, digit, base->hardware->mode != NPIM_MODE_ANALOG, &chunk->level, error);
    if (status == NPIM_OK && b->squares)
        status = fix(b, b->spread, digit * digit, false, &chunk->variance, error);
    return status;
}

npim_status npim_b_program(npim_strategy_b *strategy, npim_error *error) {
    return npim_b_program_some(strategy, 0, strategy->base.n_chunks, error);
}

npim_status npim_b_program_some(npim_strategy_b *strategy, uint32_t from, uint32_t to, npim_error *error) {
    const npim_hardware *h = strategy->base.hardware;
    size_t cells = (size_t)h->crossbar.rows * h->crossbar.columns;
    size_t lines = (size_t)h->crossbar.rows * npim_b_lines(strategy);
    bool noisy = h->mode == NPIM_MODE_ANALOG && h->cell.read_sigma > 0.0;
    bench b = {.b = strategy,
               .chunk = from,
               .value = malloc(cells * sizeof *b.value),
               .squares = noisy ? malloc(cells * sizeof *b.squares) : NULL,
               .real = malloc(lines * sizeof *b.real),
               .spread = noisy ? malloc(lines * sizeof *b.spread) : NULL};
    npim_status status = NPIM_OK;
    if (!b.value || !b.real || (noisy && (!b.squares || !b.spread))) status = no_memory(error);
    for (; status == NPIM_OK && b.chunk < to; b.chunk++) status = program_chunk(&b, error);
    free(b.value);
    free(b.squares);
    free(b.real);
    free(b.spread);
    return status;
}
