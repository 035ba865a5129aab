#include "sim/values/lane_parts.h"

#include "hw/kernel/adc_lines.h"
#include "sim/values/strategy_a.h"

#include <math.h>
#include <stdlib.h>

/* Arrays are programmed as a whole: their cells share one fixed point. */
typedef struct lane_a {
    npim_adc_line_config config; /* of a whole array */
    uint32_t at, n_blocks;       /* the output's number in its array; column blocks of the layer */
    npim_adc_lines arrays[];     /* [n_chunks] */
} lane_a;

static npim_status program(npim_lane *lane, double *value, double *squares, npim_error *error) {
    lane_a *a = lane->own;
    npim_status status = NPIM_OK;
    for (uint32_t i = 0; status == NPIM_OK && i < lane->place.n_chunks; i++) {
        npim_cells_array array;
        npim_adc_line_config config = a->config;
        status = npim_lane_program(lane, lane->place.first_chunk + i, &array, &a->at, value, squares, error);
        if (status != NPIM_OK) break;
        config.rows = array.rows;
        config.outputs = array.outputs;
        status = npim_adc_lines_init(&a->arrays[i], &config, value, squares, error);
    }
    return status;
}

static npim_status init(npim_lane *lane, npim_error *error) {
    const npim_crossbar_config *crossbar = &lane->base.hardware->crossbar;
    size_t cells = (size_t)crossbar->rows * crossbar->columns;
    lane_a *a = calloc(1, sizeof *a + lane->place.n_chunks * sizeof *a->arrays);
    double *value = malloc(cells * sizeof *value), *squares = malloc(cells * sizeof *squares);
    npim_status status = NPIM_OK;
    lane->own = a;
    if (!a || !value || !squares) {
        status = npim_fail(error, NPIM_ENOMEM, "no memory for the values of a wave");
    } else {
        status = npim_a_config(&lane->base, &a->config, error);
        a->n_blocks = npim_cells_blocks(&lane->base.cells, &lane->base.layer);
        if (status == NPIM_OK) status = program(lane, value, squares, error);
    }
    free(value);
    free(squares);
    return status;
}

static npim_adc_line_noise noise_of(const npim_lane *lane, uint32_t chunk, uint64_t vector) {
    const lane_a *a = lane->own;
    uint64_t counters = npim_adc_lines_counters(&a->config);
    npim_product_batch batch = npim_lane_batch(vector);
    uint32_t block = lane->place.output / a->config.outputs;
    uint64_t first =
        npim_engine_noise_index(&lane->base, &batch, 0, chunk, (uint32_t)(a->n_blocks * counters));
    return (npim_adc_line_noise){npim_engine_noise(&lane->base), NPIM_DRAW_READ, first + block * counters, 0};
}

/* What the biased coding stores too much, of one cycle. */
static int64_t bias_of(const npim_lane *lane, uint32_t rows, uint32_t cycle, const int16_t *lines) {
    int64_t digits = 0;
    for (uint32_t row = 0; row < rows; row++) digits += npim_lane_digit(lane, lines[row], cycle);
    return npim_hardware_bias(lane->base.hardware) * digits;
}

static int64_t chunk(const npim_lane *lane, uint32_t chunk, uint64_t vector, const int16_t *lines,
                     npim_lane_trace *trace) {
    const lane_a *a = lane->own;
    const npim_adc_lines *array = &a->arrays[chunk - lane->place.first_chunk];
    uint32_t per_weight = a->config.columns_per_weight;
    double sum[NPIM_LANE_CYCLES * NPIM_ADC_LINE_COLUMNS];
    int32_t code[NPIM_LANE_CYCLES * NPIM_ADC_LINE_COLUMNS];
    npim_adc_line_noise noise = noise_of(lane, chunk, vector);
    npim_adc_lines_look(array, lines, a->at, &noise, sum, code);
    int64_t result = 0;
    for (uint32_t cycle = 0; cycle < a->config.cycles; cycle++) {
        int64_t of_cycle = -bias_of(lane, array->config.rows, cycle, lines);
        for (uint32_t k = 0; k < per_weight; k++) {
            uint32_t i = cycle * per_weight + k;
            if (lane->exact) code[i] = (int32_t)nearbyint(sum[i]);
            of_cycle += (int64_t)a->config.column_weight[k] * code[i] * (lane->exact ? 1 : a->config.step);
        }
        result += of_cycle * ((int64_t)1 << cycle * a->config.digit_bits);
        if (!trace) continue;
        trace->sum[cycle] = sum[cycle * per_weight];
        trace->code[cycle] = code[cycle * per_weight];
        trace->so_far[cycle] = result;
    }
    return result;
}

static void fini(npim_lane *lane) {
    lane_a *a = lane->own;
    for (uint32_t i = 0; a && i < lane->place.n_chunks; i++) npim_adc_lines_fini(&a->arrays[i]);
    free(a);
}

const npim_lane_strategy npim_lane_strategy_a = {init, chunk, fini};
