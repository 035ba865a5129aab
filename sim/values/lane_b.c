#include "sim/values/lane_parts.h"

#include "sim/values/strategy_b.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* The engine's own chunks, and one vector at a time. */
typedef struct lane_b {
    npim_strategy_b b;
    npim_b_lane vector;
    int32_t *sums;                 /* [outputs] */
    double seen[NPIM_B_MAX_LINES]; /* [cycles][per_weight] partial sums of the output */
} lane_b;

static npim_status no_memory(npim_error *error) {
    return npim_fail(error, NPIM_ENOMEM, "no memory for the values of a wave");
}

static npim_status init(npim_lane *lane, npim_error *error) {
    lane_b *own = calloc(1, sizeof *own);
    lane->own = own;
    if (!own) return no_memory(error);
    own->b.base = lane->base;
    own->b.chunks = calloc(lane->base.n_chunks, sizeof *own->b.chunks);
    own->sums = malloc(lane->base.layer.outputs * sizeof *own->sums);
    npim_status status = own->b.chunks && own->sums ? NPIM_OK : no_memory(error);
    if (status == NPIM_OK) status = npim_b_layout_make(&own->b.layout, lane->base.hardware, error);
    if (status == NPIM_OK)
        status = npim_b_program_some(&own->b, lane->place.first_chunk,
                                     lane->place.first_chunk + lane->place.n_chunks, error);
    if (status == NPIM_OK) status = npim_b_lane_init(&own->vector, &own->b, 1, error);
    own->vector.seen = own->seen;
    own->vector.seen_output = lane->place.output;
    return status;
}

static double limited(double code, double most) {
    return code > most ? most : code < 0.0 ? 0.0 : code;
}

/* Partial sums of the first bit line, and the levels that they become. */
static void show_line(const npim_lane *lane, npim_lane_trace *trace) {
    const lane_b *own = lane->own;
    const npim_b_layout *layout = &own->b.layout;
    for (uint32_t cycle = 0; cycle < layout->cycles; cycle++) {
        double sum = own->seen[cycle * layout->per_weight];
        double level = limited(nearbyint(sum / layout->level_step), layout->levels);
        trace->sum[cycle] = sum;
        trace->code[cycle] = (int32_t)(lane->exact ? sum : level);
    }
}

/* The group that is shown: the most significant one of the bit lines that count positive. */
static void show_group(const npim_lane *lane, npim_lane_trace *trace) {
    const lane_b *own = lane->own;
    const npim_b_layout *layout = &own->b.layout;
    uint32_t slot = layout->groups - 1;
    size_t slots = (size_t)NPIM_B_SETS * layout->groups;
    double group = own->vector.group[lane->place.output * slots + slot], most = layout->codes[slot];
    if (lane->exact) {
        group = 0.0;
        for (uint32_t i = 0; i < layout->cycles * layout->per_weight; i++)
            if (layout->slot[i] == slot) group += layout->factor[i] / layout->level_step * own->seen[i];
    }
    double code = limited(nearbyint(group / layout->step[slot]), most);
    trace->share = group / (most * layout->step[slot]);
    trace->result_code = (int32_t)(lane->exact ? group : code);
}

/* Of transparent buffers and converters. */
static int64_t exact_result(const npim_lane *lane, uint32_t rows, const int16_t *lines) {
    const lane_b *own = lane->own;
    const npim_hardware *h = lane->base.hardware;
    int64_t result = 0, inputs = 0;
    for (uint32_t i = 0; i < own->b.layout.cycles * own->b.layout.per_weight; i++) {
        uint32_t cycle = i / own->b.layout.per_weight, k = i % own->b.layout.per_weight;
        int64_t weight = npim_hardware_column_weight(h, k);
        result += (int64_t)own->seen[i] * weight * ((int64_t)1 << cycle * h->dataflow.dac_bits);
    }
    for (uint32_t row = 0; row < rows; row++) inputs += lines[row];
    return result - npim_hardware_bias(h) * inputs;
}

static int64_t chunk(const npim_lane *lane, uint32_t chunk, uint64_t vector, const int16_t *lines,
                     npim_lane_trace *trace) {
    lane_b *own = lane->own;
    uint32_t rows = npim_engine_rows(&lane->base, chunk);
    own->vector.chunk = chunk;
    own->vector.batch = npim_lane_batch(vector);
    own->vector.batch.sums = own->sums;
    memcpy(own->vector.lines, lines, rows * sizeof *lines);
    memset(own->sums, 0, lane->base.layer.outputs * sizeof *own->sums);
    npim_b_read(&own->b, &own->vector);
    npim_b_convert(&own->b, &own->vector);
    if (trace) {
        show_line(lane, trace);
        show_group(lane, trace);
    }
    return lane->exact ? exact_result(lane, rows, lines) : own->sums[lane->place.output];
}

static void fini(npim_lane *lane) {
    lane_b *own = lane->own;
    if (!own) return;
    npim_b_lane_fini(&own->vector);
    npim_b_free_chunks(&own->b);
    free(own->sums);
    free(own);
}

const npim_lane_strategy npim_lane_strategy_b = {init, chunk, fini};
