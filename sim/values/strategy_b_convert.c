#include "sim/values/strategy_b.h"

#include "hw/kernel/normals.h"

#include <math.h>

/* The stored weights are too large by the bias of their coding, times the inputs. */
static void take_bias(const npim_strategy_b *b, const npim_b_lane *lane) {
    uint32_t rows = npim_engine_rows(&b->base, lane->chunk), outputs = b->base.layer.outputs;
    int32_t bias = npim_hardware_bias(b->base.hardware);
    for (size_t v = 0; bias != 0 && v < lane->batch.n; v++) {
        int32_t inputs = 0;
        for (uint32_t row = 0; row < rows; row++) inputs += lane->lines[v * rows + row];
        for (uint32_t o = 0; o < outputs; o++) lane->batch.sums[v * outputs + o] -= bias * inputs;
    }
}

/* Noise at the converters' inputs, of summing amplifiers and their own, in units of each group. */
static void add_noise(const npim_strategy_b *b, npim_b_lane *lane, size_t vector) {
    const npim_b_layout *layout = &b->layout;
    uint32_t slots = NPIM_B_SETS * layout->groups;
    npim_random random = npim_engine_noise(&b->base);
    uint64_t first = npim_engine_noise_index(&b->base, &lane->batch, vector, lane->chunk, npim_b_samples(b));
    double *group = lane->group + vector * b->base.layer.outputs * slots;
    for (uint32_t o = 0; o < b->base.layer.outputs; o++, group += slots, first += slots) {
        npim_normals(b->base.isa, &random, NPIM_DRAW_NOISE, first, slots, lane->normal);
        for (uint32_t s = 0; s < slots; s++) {
            double full_scale = layout->step[s] * layout->codes[s % layout->groups];
            group[s] += b->base.hardware->adc_noise * full_scale * (double)lane->normal[s];
        }
    }
}

/* One result from its groups: nearest codes, halves to even. */
static int32_t convert(const npim_b_layout *layout, const double *group, uint64_t *clipped) {
    int32_t sum = 0;
    for (uint32_t s = 0; s < NPIM_B_SETS * layout->groups; s++) {
        if (!layout->used[s]) continue;
        double most = layout->codes[s % layout->groups], code = nearbyint(group[s] / layout->step[s]);
        if (code > most) ++*clipped;
        code = code > most ? most : code < 0.0 ? 0.0 : code;
        sum += (int32_t)code * layout->step[s] * layout->weight[s];
    }
    return sum;
}

void npim_b_convert(const npim_strategy_b *b, npim_b_lane *lane) {
    uint32_t slots = NPIM_B_SETS * b->layout.groups;
    bool noisy = b->base.hardware->mode == NPIM_MODE_ANALOG && b->base.hardware->adc_noise > 0.0;
    for (size_t v = 0; noisy && v < lane->batch.n; v++) add_noise(b, lane, v);
    for (size_t i = 0; i < lane->batch.n * b->base.layer.outputs; i++)
        lane->batch.sums[i] += convert(&b->layout, lane->group + i * slots, &lane->clipped);
    take_bias(b, lane);
}
