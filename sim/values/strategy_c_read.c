#include "sim/values/strategy_c.h"

#include "hw/kernel/normals.h"

#include <math.h>
#include <string.h>

static void take_digits(const npim_strategy_c *c, npim_c_lane *lane, size_t n, uint32_t cycle) {
    uint32_t shift = cycle * c->base.hardware->dataflow.dac_bits, mask = npim_c_digit_most(c);
    for (size_t i = 0; i < n; i++) lane->digits[i] = (int16_t)((uint32_t)lane->lines[i] >> shift & mask);
}

static void square_digits(const npim_strategy_c *c, npim_c_lane *lane, size_t n) {
    int shift = npim_c_square_scale(c) < 1.0 ? 1 : 0;
    for (size_t i = 0; i < n; i++) {
        int32_t digit = lane->digits[i];
        lane->digits[i] = (int16_t)(digit * digit >> shift);
    }
}

/* What a digit of that cycle counts for in the end: 2^(P cycle), off by what its shift-and-add keeps. */
static double digit_weight(const npim_strategy_c *c, uint32_t chunk, uint32_t output, uint32_t cycle) {
    double weight = ldexp(1.0, (int)(cycle * c->base.hardware->dataflow.dac_bits));
    if (!c->circuits.rows) return weight;
    double keep = npim_c_row(c, chunk, output)->keep / c->circuits.nominal.keep;
    for (uint32_t later = cycle + 1; later < c->cycles; later++) weight *= keep;
    return weight;
}

/* to [n][outputs] += factor[output] x raw. */
static void add_scaled(const npim_strategy_c *c, const npim_c_lane *lane, double *to) {
    uint32_t outputs = c->base.layer.outputs;
    const int32_t *raw = lane->raw;
    for (size_t v = 0; v < lane->batch->n; v++, to += outputs, raw += outputs)
        for (uint32_t o = 0; o < outputs; o++) to[o] += lane->factor[o] * raw[o];
}

static void add_results(const npim_strategy_c *c, npim_c_lane *lane, uint32_t rows, uint32_t cycle) {
    const npim_c_chunk *chunk = &c->chunks[lane->chunk];
    uint32_t outputs = c->base.layer.outputs;
    npim_matrix_multiply(c->base.isa, &chunk->weight, lane->digits, rows, lane->batch->n, lane->raw, outputs);
    for (uint32_t o = 0; o < outputs; o++)
        lane->factor[o] = chunk->unit[o] * digit_weight(c, lane->chunk, o, cycle);
    add_scaled(c, lane, lane->result);
}

static void add_variances(const npim_strategy_c *c, npim_c_lane *lane, uint32_t rows, uint32_t cycle) {
    const npim_c_chunk *chunk = &c->chunks[lane->chunk];
    uint32_t outputs = c->base.layer.outputs;
    square_digits(c, lane, lane->batch->n * rows);
    npim_matrix_multiply(c->base.isa, &chunk->variance, lane->digits, rows, lane->batch->n, lane->raw,
                         outputs);
    for (uint32_t o = 0; o < outputs; o++) {
        double weight = c->base.hardware->cell.read_sigma * digit_weight(c, lane->chunk, o, cycle);
        lane->factor[o] = chunk->variance_unit[o] / npim_c_square_scale(c) * weight * weight;
    }
    add_scaled(c, lane, lane->variance);
}

/* Independent noise of all cells and cycles of a result is one deviate of the same variance. */
static void add_noise(const npim_strategy_c *c, npim_c_lane *lane) {
    uint32_t outputs = c->base.layer.outputs;
    npim_random random = npim_engine_noise(&c->base);
    for (size_t v = 0; v < lane->batch->n; v++) {
        uint64_t first = npim_engine_noise_index(&c->base, lane->batch, v, lane->chunk, outputs);
        double *result = lane->result + v * outputs;
        const double *variance = lane->variance + v * outputs;
        npim_normals(c->base.isa, &random, NPIM_DRAW_READ, first, outputs, lane->normal);
        for (uint32_t o = 0; o < outputs; o++) result[o] += sqrt(variance[o]) * (double)lane->normal[o];
    }
}

void npim_c_read(const npim_strategy_c *c, npim_c_lane *lane) {
    uint32_t rows = npim_engine_rows(&c->base, lane->chunk);
    size_t results = lane->batch->n * c->base.layer.outputs;
    bool noisy = npim_c_noisy(c);
    memset(lane->result, 0, results * sizeof *lane->result);
    memset(lane->variance, 0, results * sizeof *lane->variance);
    for (uint32_t cycle = 0; cycle < c->cycles; cycle++) {
        take_digits(c, lane, lane->batch->n * rows, cycle);
        add_results(c, lane, rows, cycle);
        if (noisy) add_variances(c, lane, rows, cycle);
    }
    if (noisy) add_noise(c, lane);
}
