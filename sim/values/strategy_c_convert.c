#include "sim/values/strategy_c.h"

#include "hw/kernel/normals.h"

#include <math.h>

/* Noise at the converters' inputs, in products. */
static void add_noise(const npim_strategy_c *c, npim_c_lane *lane) {
    uint32_t outputs = c->base.layer.outputs;
    npim_random random = npim_engine_noise(&c->base);
    double sigma = c->base.hardware->adc_noise * c->step * npim_c_codes(c);
    for (size_t v = 0; v < lane->batch->n; v++) {
        uint64_t first = npim_engine_noise_index(&c->base, lane->batch, v, lane->chunk, outputs);
        npim_normals(c->base.isa, &random, NPIM_DRAW_NOISE, first, outputs, lane->normal);
        for (uint32_t o = 0; o < outputs; o++)
            lane->result[v * outputs + o] += sigma * (double)lane->normal[o];
    }
}

/* The rule of quantised mode: nearest code, halves to even; in products. */
static void convert_nominally(const npim_strategy_c *c, npim_c_lane *lane) {
    double most = npim_c_codes(c) - 1.0;
    size_t n = lane->batch->n * c->base.layer.outputs;
    for (size_t i = 0; i < n; i++) {
        double code = nearbyint(lane->result[i] / c->step);
        if (fabs(code) > most) {
            code = code > 0.0 ? most : -most;
            lane->clipped++;
        }
        lane->batch->sums[i] += (int32_t)code * c->step;
        if (lane->seen) lane->seen[i] = (int32_t)code;
    }
}

double npim_c_offset(const npim_strategy_c *c, const npim_shift_add_row *row) {
    double sum_V = 0.0;
    for (uint32_t cycle = 0; cycle < c->cycles; cycle++) sum_V = row->keep * sum_V + row->offset_V;
    return sum_V / npim_c_product_V(c);
}

/* Codes 0 .. 2^bits - 1 fill +-V_max: a code stands for the middle of its step. */
static void convert_output(const npim_strategy_c *c, npim_c_lane *lane, uint32_t output) {
    uint32_t outputs = c->base.layer.outputs;
    size_t n = lane->batch->n;
    double range = c->step * npim_c_codes(c), per_product_V = 0.5 * c->circuits.full_scale_V / range;
    int32_t codes = (int32_t)(2.0 * npim_c_codes(c));
    double offset = c->circuits.rows ? npim_c_offset(c, npim_c_row(c, lane->chunk, output)) : 0.0;
    for (size_t v = 0; v < n; v++) {
        double result = lane->result[v * outputs + output] + offset;
        if (fabs(result) > range + 0.5 * c->step) lane->clipped++;
        lane->in_V[v] = c->circuits.half_V + result * per_product_V;
    }
    uint64_t number = npim_c_number(c, lane->chunk, output);
    npim_converter_table_codes(npim_neural_table(&c->circuits, number), lane->in_V, n, lane->code);
    for (size_t v = 0; v < n; v++) {
        int32_t halves = (2 * lane->code[v] + 1 - codes) * c->step;
        lane->batch->sums[v * outputs + output] += halves / 2;
        if (lane->seen) lane->seen[v * outputs + output] = lane->code[v] - codes / 2;
    }
}

void npim_c_convert(const npim_strategy_c *c, npim_c_lane *lane) {
    if (c->base.hardware->mode == NPIM_MODE_ANALOG && c->base.hardware->adc_noise > 0.0) add_noise(c, lane);
    if (!c->circuits.tables) {
        convert_nominally(c, lane);
        return;
    }
    for (uint32_t output = 0; output < c->base.layer.outputs; output++) convert_output(c, lane, output);
}
