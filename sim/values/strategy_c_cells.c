#include "sim/values/strategy_c.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { LARGEST_INPUT = 255 };

/* What programming works with. */
typedef struct bench {
    npim_strategy_c *c;
    uint32_t chunk;
    double *value, *squares; /* of an array's cells; squares NULL without read noise */
    double *real, *spread;   /* [outputs or bit lines][rows] of a chunk, and what their noise follows from */
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

/* Keeps an output's bit lines apart. */
static void copy_output(const bench *b, const npim_cells_array *array, uint32_t output) {
    uint32_t per_weight = b->c->base.hardware->columns_per_weight;
    for (uint32_t k = 0; k < per_weight; k++) {
        size_t column = (size_t)output * per_weight + k;
        size_t to = ((size_t)array->first_output * per_weight + column) * array->rows;
        for (uint32_t r = 0; r < array->rows; r++, to++) {
            size_t from = (size_t)r * array->columns + column;
            b->real[to] = b->value[from];
            if (b->squares) b->spread[to] = b->squares[from];
        }
    }
}

static npim_status no_memory(npim_error *error) {
    return npim_fail(error, NPIM_ENOMEM, "no memory for a row chunk");
}

/* What the digits of an input count for at most: 255 where nothing varies. */
static double largest_input(const npim_strategy_c *c, uint32_t chunk, uint32_t output) {
    double sum = 0.0;
    for (uint32_t cycle = 0; cycle < c->cycles; cycle++) {
        uint32_t left = LARGEST_INPUT >> (cycle * c->base.hardware->dataflow.dac_bits),
                 most = npim_c_digit_most(c);
        sum += npim_c_digit_weight(c, chunk, output, cycle) * (left < most ? left : most);
    }
    return sum;
}

/* By how much an error of a sum with inputs 0 .. 1 counts in a result, at most. */
static double largest_factor(const npim_strategy_c *c, uint32_t chunk) {
    double largest = 0.0;
    for (uint32_t o = 0; o < c->base.layer.outputs; o++) {
        const npim_shift_add_row *row = npim_c_row(c, chunk, o);
        double columns = 0.0;
        for (uint32_t k = 0; npim_c_droops(c) && k < c->base.hardware->columns_per_weight; k++)
            columns += fabs(share(c, row, k));
        largest = fmax(largest, largest_input(c, chunk, o) * (npim_c_droops(c) ? columns : 1.0));
    }
    return largest;
}

static npim_fixed_config config_of(const bench *b) {
    const npim_engine_base *base = &b->c->base;
    return (npim_fixed_config){.rows = npim_engine_rows(base, b->chunk),
                               .outputs = npim_c_droops(b->c) ? npim_c_lines(b->c) : base->layer.outputs,
                               .largest_input = npim_c_digit_most(b->c),
                               .exact = base->hardware->mode != NPIM_MODE_ANALOG};
}

/* By how much all digits count for more or less than they should, at most. */
static double largest_fading(const npim_strategy_c *c, uint32_t chunk) {
    double largest = 0.0;
    for (uint32_t o = 0; o < c->base.layer.outputs; o++) {
        double sum = 0.0;
        for (uint32_t cycle = 0; cycle < c->cycles; cycle++) {
            double rule = ldexp(1.0, (int)(cycle * c->base.hardware->dataflow.dac_bits));
            sum += fabs(npim_c_digit_weight(c, chunk, o, cycle) - rule) * npim_c_digit_most(c);
        }
        largest = fmax(largest, sum);
    }
    return largest;
}

/* Errors stay below a hundredth of a code. */
static npim_status take_weights(const bench *b, npim_c_chunk *chunk, npim_error *error) {
    npim_fixed_config config = config_of(b);
    double factor = largest_factor(b->c, b->chunk), most = 0.01 * b->c->step;
    config.tolerance = most / factor;
    config.largest_low_input = npim_c_droops(b->c) ? 0 : LARGEST_INPUT;
    npim_status status = npim_fixed_matrix_init(&chunk->weight, b->real, &config, error);
    chunk->error = chunk->weight.error * factor;
    if (!chunk->weight.low.packed || npim_c_droops(b->c)) return status;
    double at_once = chunk->error + chunk->weight.high_error * largest_fading(b->c, b->chunk);
    chunk->low_at_once = at_once <= most;
    if (chunk->low_at_once) chunk->error = at_once;
    return status;
}

static npim_status take_variances(const bench *b, npim_c_chunk *chunk, npim_error *error) {
    npim_fixed_config config = config_of(b);
    uint32_t digit = config.largest_input;
    config.largest_input = (uint32_t)(digit * digit * npim_c_square_scale(b->c));
    config.exact = false;
    config.tolerance = INFINITY;
    return npim_fixed_matrix_init(&chunk->variance, b->spread, &config, error);
}

/* What the samples of a result's bit lines add to its variance, in squared products. */
static double sample_variance(const npim_strategy_c *c, uint32_t chunk, uint32_t output) {
    const npim_shift_add_row *row = npim_c_row(c, chunk, output);
    double sigma = c->base.hardware->line_noise * npim_c_range(c), columns = 0.0, digits = 0.0;
    for (uint32_t k = 0; k < c->base.hardware->columns_per_weight; k++)
        columns += share(c, row, k) * share(c, row, k);
    for (uint32_t cycle = 0; cycle < c->cycles; cycle++) {
        double weight = npim_c_digit_weight(c, chunk, output, cycle);
        digits += weight * weight;
    }
    return sigma * sigma * columns * digits;
}

/* And the steps of its shift-and-add. */
static double node_variance(const npim_strategy_c *c, uint32_t chunk, uint32_t output) {
    double sigma = c->base.hardware->node_noise_V / npim_c_product_V(c), steps = 0.0;
    double keep = npim_c_row(c, chunk, output)->keep;
    for (uint32_t cycle = 0; cycle < c->cycles; cycle++) steps = keep * keep * steps + 1.0;
    return sigma * sigma * steps;
}

static npim_status take_own_noise(const npim_strategy_c *c, uint32_t at, npim_c_chunk *chunk,
                                  npim_error *error) {
    const npim_hardware *h = c->base.hardware;
    bool samples = h->line_noise > 0.0 && !npim_c_droops(c);
    if (h->mode != NPIM_MODE_ANALOG || !(samples || h->node_noise_V > 0.0)) return NPIM_OK;
    chunk->own = malloc(c->base.layer.outputs * sizeof *chunk->own);
    if (!chunk->own) return no_memory(error);
    for (uint32_t o = 0; o < c->base.layer.outputs; o++)
        chunk->own[o] = node_variance(c, at, o) + (samples ? sample_variance(c, at, o) : 0.0);
    return NPIM_OK;
}

static npim_status take_shares(const npim_strategy_c *c, uint32_t at, npim_c_chunk *chunk,
                               npim_error *error) {
    uint32_t per_weight = c->base.hardware->columns_per_weight;
    if (!npim_c_droops(c)) return NPIM_OK;
    chunk->share = malloc(npim_c_lines(c) * sizeof *chunk->share);
    if (!chunk->share) return no_memory(error);
    for (uint32_t line = 0; line < npim_c_lines(c); line++)
        chunk->share[line] = share(c, npim_c_row(c, at, line / per_weight), line % per_weight);
    return NPIM_OK;
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
        for (uint32_t o = 0; o < array.outputs; o++)
            npim_c_droops(b->c) ? copy_output(b, &array, o) : fold_output(b, &array, o);
    }
    npim_status status = take_weights(b, chunk, error);
    if (status == NPIM_OK && b->squares) status = take_variances(b, chunk, error);
    if (status == NPIM_OK) status = take_own_noise(b->c, b->chunk, chunk, error);
    return status == NPIM_OK ? take_shares(b->c, b->chunk, chunk, error) : status;
}

npim_status npim_c_program(npim_strategy_c *c, npim_error *error) {
    return npim_c_program_some(c, 0, c->base.n_chunks, error);
}

npim_status npim_c_program_some(npim_strategy_c *c, uint32_t from, uint32_t to, npim_error *error) {
    const npim_crossbar_config *array = &c->base.hardware->crossbar;
    size_t cells = (size_t)array->rows * array->columns;
    size_t weights = (size_t)array->rows * (npim_c_droops(c) ? npim_c_lines(c) : c->base.layer.outputs);
    bool noisy = npim_c_noisy(c);
    bench b = {.c = c,
               .chunk = from,
               .value = malloc(cells * sizeof *b.value),
               .squares = noisy ? malloc(cells * sizeof *b.squares) : NULL,
               .real = malloc(weights * sizeof *b.real),
               .spread = noisy ? malloc(weights * sizeof *b.spread) : NULL};
    npim_status status = NPIM_OK;
    if (!b.value || !b.real || (noisy && (!b.squares || !b.spread))) status = no_memory(error);
    for (; status == NPIM_OK && b.chunk < to; b.chunk++) status = program_chunk(&b, error);
    free(b.value);
    free(b.squares);
    free(b.real);
    free(b.spread);
    return status;
}
