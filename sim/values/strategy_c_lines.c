#include "sim/values/strategy_c.h"

#include "hw/kernel/normals.h"

#include <math.h>
#include <string.h>

/* Some vectors of a lane in one cycle. */
typedef struct part {
    const npim_strategy_c *c;
    npim_c_lane *lane;
    size_t first, n; /* of the lane's vectors */
    uint32_t cycle, rows, lines;
} part;

/* to [n][bit lines] += scale x unit x the lane's digits times the matrix. */
static void add_product(const part *p, const npim_matrix *matrix, const double *unit, double scale,
                        double *to) {
    int32_t *raw = p->lane->raw;
    npim_matrix_multiply(p->c->base.isa, matrix, p->lane->digits, p->rows, p->n, raw, p->lines);
    for (size_t v = 0; v < p->n; v++, to += p->lines, raw += p->lines)
        for (uint32_t k = 0; k < p->lines; k++) to[k] += scale * unit[k] * raw[k];
}

/* The bit lines' partial sums, and the variances of their cells' noise. */
static void sum_lines(const part *p) {
    const npim_c_chunk *chunk = &p->c->chunks[p->lane->chunk];
    const npim_fixed_matrix *level = &chunk->weight, *variance = &chunk->variance;
    size_t inputs = p->n * p->rows, samples = p->n * p->lines;
    npim_c_take_digits(p->c, p->lane->lines + p->first * p->rows, inputs, p->cycle, p->lane->digits);
    memset(p->lane->line, 0, samples * sizeof *p->lane->line);
    memset(p->lane->spread, 0, samples * sizeof *p->lane->spread);
    add_product(p, &level->high, level->unit, 1.0, p->lane->line);
    if (level->low.packed) add_product(p, &level->low, level->unit, level->low_unit, p->lane->line);
    if (!npim_c_noisy(p->c)) return;
    double sigma = p->c->base.hardware->cell.read_sigma;
    npim_c_square_digits(p->c, inputs, p->lane->digits);
    add_product(p, &variance->high, variance->unit, sigma * sigma / npim_c_square_scale(p->c),
                p->lane->spread);
}

/* Noise of the cells and of the samples: one deviate of a bit line and cycle. */
static void add_noise(const part *p) {
    const npim_strategy_c *c = p->c;
    double sigma = c->base.hardware->line_noise * npim_c_range(c);
    uint32_t all = c->cycles * p->lines + c->base.layer.outputs;
    npim_random random = npim_engine_noise(&c->base);
    for (size_t v = 0; v < p->n; v++) {
        uint64_t first =
            npim_engine_noise_index(&c->base, p->lane->batch, p->first + v, p->lane->chunk, all) +
            (uint64_t)p->cycle * p->lines;
        double *line = p->lane->line + v * p->lines;
        const double *spread = p->lane->spread + v * p->lines;
        npim_normals(c->base.isa, &random, NPIM_DRAW_READ, first, p->lines, p->lane->normal);
        for (uint32_t k = 0; k < p->lines; k++)
            line[k] += sqrt(spread[k] + sigma * sigma) * (double)p->lane->normal[k];
    }
}

/* What is left of the samples. */
static void hold(const part *p) {
    double droop = p->c->base.hardware->line_droop * npim_c_range(p->c), *line = p->lane->line;
    for (size_t i = 0; i < p->n * p->lines; i++)
        line[i] = copysign(fmax(0.0, fabs(line[i]) - droop), line[i]);
}

/* What the biased coding stores too much, for a vector's digits. */
static double bias_of(const part *p, size_t v) {
    const int16_t *lines = p->lane->lines + (p->first + v) * p->rows;
    uint32_t shift = p->cycle * p->c->base.hardware->dataflow.dac_bits, sum = 0;
    double bias = npim_hardware_bias(p->c->base.hardware);
    for (uint32_t r = 0; bias != 0.0 && r < p->rows; r++)
        sum += (uint32_t)lines[r] >> shift & npim_c_digit_most(p->c);
    return bias * sum;
}

/* Adds the samples behind their shares to the results. */
static void add_lines(const part *p) {
    uint32_t outputs = p->c->base.layer.outputs, per_weight = p->c->base.hardware->columns_per_weight;
    for (uint32_t o = 0; o < outputs; o++)
        p->lane->factor[o] = npim_c_digit_weight(p->c, p->lane->chunk, o, p->cycle);
    for (size_t v = 0; v < p->n; v++) {
        const double *share = p->c->chunks[p->lane->chunk].share, *line = p->lane->line + v * p->lines;
        double bias = bias_of(p, v), *result = p->lane->result + (p->first + v) * outputs;
        for (uint32_t o = 0; o < outputs; o++) {
            double sum = -bias;
            for (uint32_t k = 0; k < per_weight; k++) sum += *share++ * *line++;
            result[o] += p->lane->factor[o] * sum;
        }
    }
}

static void read_cycle(const part *p) {
    sum_lines(p);
    if (npim_c_noisy(p->c) || p->c->base.hardware->line_noise > 0.0) add_noise(p);
    hold(p);
    add_lines(p);
}

void npim_c_read_lines(const npim_strategy_c *c, npim_c_lane *lane) {
    part p = {
        .c = c, .lane = lane, .rows = npim_engine_rows(&c->base, lane->chunk), .lines = npim_c_lines(c)};
    for (p.first = 0; p.first < lane->batch->n; p.first += lane->some) {
        size_t left = lane->batch->n - p.first;
        p.n = left < lane->some ? left : lane->some;
        for (p.cycle = 0; p.cycle < c->cycles; p.cycle++) read_cycle(&p);
    }
}
