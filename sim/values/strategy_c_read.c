#include "sim/values/strategy_c.h"

#include "hw/kernel/normals.h"

#include <math.h>
#include <string.h>

void npim_c_take_digits(const npim_strategy_c *c, const int16_t *lines, size_t n, uint32_t cycle,
                        int16_t *digits) {
    uint32_t shift = cycle * c->base.hardware->dataflow.dac_bits, mask = npim_c_digit_most(c);
    for (size_t i = 0; i < n; i++) digits[i] = (int16_t)((uint32_t)lines[i] >> shift & mask);
}

void npim_c_square_digits(const npim_strategy_c *c, size_t n, int16_t *digits) {
    int shift = npim_c_square_scale(c) < 1.0 ? 1 : 0;
    for (size_t i = 0; i < n; i++) {
        int32_t digit = digits[i];
        digits[i] = (int16_t)(digit * digit >> shift);
    }
}

/* to [n][outputs] += factor[output] x raw. */
static void add_scaled(const npim_strategy_c *c, const npim_c_lane *lane, double *to) {
    uint32_t outputs = c->base.layer.outputs;
    const int32_t *raw = lane->raw;
    for (size_t v = 0; v < lane->batch->n; v++, to += outputs, raw += outputs)
        for (uint32_t o = 0; o < outputs; o++) to[o] += lane->factor[o] * raw[o];
}

static void add_results(const npim_strategy_c *c, npim_c_lane *lane, uint32_t rows, uint32_t cycle) {
    const npim_fixed_matrix *weight = &c->chunks[lane->chunk].weight;
    uint32_t outputs = c->base.layer.outputs;
    npim_matrix_multiply(c->base.isa, &weight->high, lane->digits, rows, lane->batch->n, lane->raw, outputs);
    for (uint32_t o = 0; o < outputs; o++)
        lane->factor[o] = weight->unit[o] * npim_c_digit_weight(c, lane->chunk, o, cycle);
    add_scaled(c, lane, lane->result);
    if (!weight->low.packed || c->chunks[lane->chunk].low_at_once) return;
    npim_matrix_multiply(c->base.isa, &weight->low, lane->digits, rows, lane->batch->n, lane->raw, outputs);
    for (uint32_t o = 0; o < outputs; o++) lane->factor[o] *= weight->low_unit;
    add_scaled(c, lane, lane->result);
}

/* What the fixed point of weights has left, of all digits together. */
static void add_rest(const npim_strategy_c *c, npim_c_lane *lane, uint32_t rows) {
    const npim_fixed_matrix *weight = &c->chunks[lane->chunk].weight;
    uint32_t outputs = c->base.layer.outputs;
    npim_matrix_multiply(c->base.isa, &weight->low, lane->lines, rows, lane->batch->n, lane->raw, outputs);
    for (uint32_t o = 0; o < outputs; o++) lane->factor[o] = weight->unit[o] * weight->low_unit;
    add_scaled(c, lane, lane->result);
}

static void add_variances(const npim_strategy_c *c, npim_c_lane *lane, uint32_t rows, uint32_t cycle) {
    const npim_fixed_matrix *variance = &c->chunks[lane->chunk].variance;
    uint32_t outputs = c->base.layer.outputs;
    npim_c_square_digits(c, lane->batch->n * rows, lane->digits);
    npim_matrix_multiply(c->base.isa, &variance->high, lane->digits, rows, lane->batch->n, lane->raw,
                         outputs);
    for (uint32_t o = 0; o < outputs; o++) {
        double weight = c->base.hardware->cell.read_sigma * npim_c_digit_weight(c, lane->chunk, o, cycle);
        lane->factor[o] = variance->unit[o] / npim_c_square_scale(c) * weight * weight;
    }
    add_scaled(c, lane, lane->variance);
}

/* Adds the digits' products up; the variances of their noise, too. */
static void read_folded(const npim_strategy_c *c, npim_c_lane *lane) {
    uint32_t rows = npim_engine_rows(&c->base, lane->chunk);
    for (uint32_t cycle = 0; cycle < c->cycles; cycle++) {
        npim_c_take_digits(c, lane->lines, lane->batch->n * rows, cycle, lane->digits);
        add_results(c, lane, rows, cycle);
        if (npim_c_noisy(c)) add_variances(c, lane, rows, cycle);
    }
    if (c->chunks[lane->chunk].low_at_once) add_rest(c, lane, rows);
}

/* The variances that do not depend on what is read. */
static void begin_variances(const npim_strategy_c *c, npim_c_lane *lane) {
    uint32_t outputs = c->base.layer.outputs;
    const double *own = c->chunks[lane->chunk].own;
    if (!own) {
        memset(lane->variance, 0, lane->batch->n * outputs * sizeof *lane->variance);
        return;
    }
    for (size_t v = 0; v < lane->batch->n; v++)
        memcpy(lane->variance + v * outputs, own, outputs * sizeof *own);
}

/* Independent noise of all cells, samples and steps of a result is one deviate of the same variance. Those of
 * bit lines come before, where they have theirs. */
static void add_noise(const npim_strategy_c *c, npim_c_lane *lane) {
    uint32_t outputs = c->base.layer.outputs, before = npim_c_droops(c) ? c->cycles * npim_c_lines(c) : 0;
    npim_random random = npim_engine_noise(&c->base);
    for (size_t v = 0; v < lane->batch->n; v++) {
        uint64_t first =
            npim_engine_noise_index(&c->base, lane->batch, v, lane->chunk, before + outputs) + before;
        double *result = lane->result + v * outputs;
        const double *variance = lane->variance + v * outputs;
        npim_normals(c->base.isa, &random, NPIM_DRAW_READ, first, outputs, lane->normal);
        for (uint32_t o = 0; o < outputs; o++) result[o] += sqrt(variance[o]) * (double)lane->normal[o];
    }
}

void npim_c_read(const npim_strategy_c *c, npim_c_lane *lane) {
    bool droops = npim_c_droops(c);
    memset(lane->result, 0, lane->batch->n * c->base.layer.outputs * sizeof *lane->result);
    begin_variances(c, lane);
    if (droops)
        npim_c_read_lines(c, lane);
    else
        read_folded(c, lane);
    if (c->chunks[lane->chunk].own || (npim_c_noisy(c) && !droops)) add_noise(c, lane);
}
