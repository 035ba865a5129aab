#include "sim/values/strategy_b.h"

#include "hw/kernel/normals.h"

#include <math.h>
#include <string.h>

static void take_digits(const npim_strategy_b *b, npim_b_lane *lane, size_t n, uint32_t cycle) {
    uint32_t bits = b->base.hardware->dataflow.dac_bits, shift = cycle * bits, mask = (1u << bits) - 1;
    for (size_t i = 0; i < n; i++) lane->digits[i] = (int16_t)((uint32_t)lane->lines[i] >> shift & mask);
}

/* to [n][bit lines] = unit[bit line] x raw. */
static void scale(const npim_b_lane *lane, uint32_t lines, const double *unit, double *to) {
    const int32_t *raw = lane->raw;
    for (size_t v = 0; v < lane->batch.n; v++, to += lines, raw += lines)
        for (uint32_t k = 0; k < lines; k++) to[k] = unit[k] * raw[k];
}

/* Partial sums of a cycle. */
static void read_cycle(const npim_strategy_b *b, npim_b_lane *lane, uint32_t rows) {
    const npim_b_chunk *chunk = &b->chunks[lane->chunk];
    uint32_t lines = npim_b_lines(b);
    npim_matrix_multiply(b->base.isa, &chunk->level.high, lane->digits, rows, lane->batch.n, lane->raw,
                         lines);
    scale(lane, lines, chunk->level.unit, lane->sum);
    if (!chunk->variance.unit) return;
    for (size_t i = 0; i < lane->batch.n * rows; i++)
        lane->digits[i] = (int16_t)(lane->digits[i] * lane->digits[i]);
    npim_matrix_multiply(b->base.isa, &chunk->variance.high, lane->digits, rows, lane->batch.n, lane->raw,
                         lines);
    scale(lane, lines, chunk->variance.unit, lane->variance);
}

/* Of a partial sum of those cells, with what an amplifier adds. */
static double deviation(double read_sigma, double variance, double amplifier_sigma) {
    if (amplifier_sigma <= 0.0) return read_sigma * sqrt(variance);
    return sqrt(read_sigma * read_sigma * variance + amplifier_sigma * amplifier_sigma);
}

static void add_noise(const npim_strategy_b *b, npim_b_lane *lane, uint32_t cycle) {
    const npim_hardware *h = b->base.hardware;
    uint32_t lines = npim_b_lines(b);
    double amplifier = h->line_noise * b->layout.levels * b->layout.level_step;
    bool cells = b->chunks[lane->chunk].variance.unit;
    npim_random random = npim_engine_noise(&b->base);
    for (size_t v = 0; v < lane->batch.n; v++) {
        uint64_t first = npim_engine_noise_index(&b->base, &lane->batch, v, lane->chunk, npim_b_samples(b)) +
                         (uint64_t)cycle * lines;
        double *sum = lane->sum + v * lines;
        const double *variance = lane->variance + v * lines;
        npim_normals(b->base.isa, &random, NPIM_DRAW_READ, first, lines, lane->normal);
        for (uint32_t k = 0; k < lines; k++)
            sum[k] +=
                deviation(h->cell.read_sigma, cells ? variance[k] : 0.0, amplifier) * (double)lane->normal[k];
    }
}

/* To whoever looks at an output. */
static void show(const npim_strategy_b *b, const npim_b_lane *lane, uint32_t cycle) {
    uint32_t n = b->layout.per_weight;
    if (lane->seen)
        memcpy(lane->seen + (size_t)cycle * n, lane->sum + (size_t)lane->seen_output * n,
               n * sizeof *lane->seen);
}

/* What the buffer cells hold, in levels. */
static void write_buffer(const npim_strategy_b *b, npim_b_lane *lane) {
    double per_level = b->layout.level_step, most = b->layout.levels;
    for (size_t i = 0; i < lane->batch.n * npim_b_lines(b); i++) {
        double level = nearbyint(lane->sum[i] / per_level);
        if (level > most) lane->clipped++;
        lane->sum[i] = level > most ? most : level < 0.0 ? 0.0 : level;
    }
}

static void vary_buffer(const npim_strategy_b *b, npim_b_lane *lane, uint32_t cycle) {
    uint32_t lines = npim_b_lines(b);
    double sigma = b->base.hardware->buffer_sigma;
    npim_random random = npim_engine_noise(&b->base);
    for (size_t v = 0; v < lane->batch.n; v++) {
        uint64_t first = npim_engine_noise_index(&b->base, &lane->batch, v, lane->chunk, npim_b_samples(b)) +
                         (uint64_t)cycle * lines;
        double *level = lane->sum + v * lines;
        npim_normals(b->base.isa, &random, NPIM_DRAW_VARIATION, first, lines, lane->normal);
        for (uint32_t k = 0; k < lines; k++) level[k] *= fmax(0.0, 1.0 + sigma * (double)lane->normal[k]);
    }
}

/* Adds a cycle's buffer cells to the groups of their diagonals. */
static void add_diagonals(const npim_strategy_b *b, npim_b_lane *lane, uint32_t cycle) {
    const npim_b_layout *layout = &b->layout;
    const uint32_t *slot = layout->slot + (size_t)cycle * layout->per_weight;
    const double *factor = layout->factor + (size_t)cycle * layout->per_weight, *level = lane->sum;
    double *group = lane->group;
    for (size_t i = 0; i < lane->batch.n * b->base.layer.outputs; i++) {
        for (uint32_t k = 0; k < layout->per_weight; k++) group[slot[k]] += factor[k] * level[k];
        level += layout->per_weight;
        group += NPIM_B_SETS * layout->groups;
    }
}

void npim_b_read(const npim_strategy_b *b, npim_b_lane *lane) {
    const npim_hardware *h = b->base.hardware;
    uint32_t rows = npim_engine_rows(&b->base, lane->chunk);
    size_t groups = lane->batch.n * b->base.layer.outputs * NPIM_B_SETS * b->layout.groups;
    bool analog = h->mode == NPIM_MODE_ANALOG;
    memset(lane->group, 0, groups * sizeof *lane->group);
    for (uint32_t cycle = 0; cycle < b->layout.cycles; cycle++) {
        take_digits(b, lane, lane->batch.n * rows, cycle);
        read_cycle(b, lane, rows);
        if (analog && (h->cell.read_sigma > 0.0 || h->line_noise > 0.0)) add_noise(b, lane, cycle);
        show(b, lane, cycle);
        write_buffer(b, lane);
        if (analog && h->buffer_sigma > 0.0) vary_buffer(b, lane, cycle);
        add_diagonals(b, lane, cycle);
    }
}
