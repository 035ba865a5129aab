#include "sim/values/strategy_a.h"

#include "sim/values/word_lines.h"

#include <stdlib.h>
#include <string.h>

enum { MAX_ADC_BITS = 24, VECTORS_AT_ONCE = 512 };

typedef struct strategy_a {
    npim_engine_base base;
    npim_adc_line_config config; /* of a whole array */
    npim_adc_lines *arrays;      /* [n_chunks][n_blocks] */
    uint32_t n_blocks;
} strategy_a;

static npim_status no_memory(const strategy_a *a, npim_error *error) {
    return npim_fail(error, NPIM_ENOMEM, "no memory for %u rows x %u outputs", a->base.layer.rows,
                     a->base.layer.outputs);
}

/* --- programming --- */

static int32_t step_of(const npim_hardware *h, uint32_t code_max) {
    uint64_t digit = (1u << h->dataflow.dac_bits) - 1, level = (1u << h->crossbar.cell_bits) - 1;
    return (int32_t)((h->crossbar.rows * digit * level + code_max - 1) / code_max);
}

npim_status npim_a_config(const npim_engine_base *base, npim_adc_line_config *config, npim_error *error) {
    const npim_hardware *h = base->hardware;
    bool analog = h->mode == NPIM_MODE_ANALOG;
    if (h->adc_bits[0] > MAX_ADC_BITS)
        return npim_fail(error, NPIM_EUNSUPPORTED,
                         "values of strategy A have converters of at most %d bit, not %u", MAX_ADC_BITS,
                         h->adc_bits[0]);
    *config = (npim_adc_line_config){.rows = h->crossbar.rows,
                                     .outputs = base->cells.outputs,
                                     .columns_per_weight = h->columns_per_weight,
                                     .digit_bits = h->dataflow.dac_bits,
                                     .cycles = npim_dataflow_cycles(&h->dataflow),
                                     .code_max = (1u << h->adc_bits[0]) - 1,
                                     .read_sigma = analog ? h->cell.read_sigma : 0.0};
    config->step = step_of(h, config->code_max);
    if (analog) {
        config->converter_sigma = h->adc_noise * config->code_max;
        config->sample_sigma = h->line_noise * config->code_max;
        config->droop = h->line_droop * config->code_max;
    }
    for (uint32_t c = 0; c < h->columns_per_weight; c++)
        config->column_weight[c] = npim_hardware_column_weight(h, c);
    return NPIM_OK;
}

/* value, squares: room for an array's cells. */
static npim_status program(strategy_a *a, double *value, double *squares, npim_error *error) {
    npim_status status = NPIM_OK;
    for (uint32_t i = 0; status == NPIM_OK && i < a->base.n_chunks * a->n_blocks; i++) {
        npim_cells_array array;
        npim_adc_line_config config = a->config;
        status = npim_cells_program(&a->base.cells, &a->base.layer, i / a->n_blocks, i % a->n_blocks, &array,
                                    value, squares, error);
        if (status != NPIM_OK) break;
        config.rows = array.rows;
        config.outputs = array.outputs;
        status = npim_adc_lines_init(&a->arrays[i], &config, value, squares, error);
    }
    return status;
}

static npim_status begin(void *engine, const npim_product_layer *layer, npim_error *error) {
    strategy_a *a = engine;
    const npim_crossbar_config *crossbar = &a->base.hardware->crossbar;
    a->base.layer = *layer;
    a->base.n_chunks = npim_cells_chunks(&a->base.cells, layer);
    a->n_blocks = npim_cells_blocks(&a->base.cells, layer);
    a->base.figures[layer->layer].step = a->config.step;
    a->arrays = calloc((size_t)a->base.n_chunks * a->n_blocks, sizeof *a->arrays);
    size_t cells = (size_t)crossbar->rows * crossbar->columns;
    double *value = malloc(cells * sizeof *value), *squares = malloc(cells * sizeof *squares);
    npim_status status =
        a->arrays && value && squares ? program(a, value, squares, error) : no_memory(a, error);
    free(value);
    free(squares);
    return status;
}

/* --- reading --- */

/* What one call of run works with: some vectors of the batch at a time. */
typedef struct lane {
    npim_product_batch batch; /* these vectors */
    int16_t *lines;           /* [n][rows] */
    npim_drive drive;
    uint64_t clipped;
} lane;

static npim_adc_line_noise noise_of(const strategy_a *a, const npim_product_batch *batch, uint32_t chunk,
                                    uint32_t block) {
    uint64_t counters = npim_adc_lines_counters(&a->config);
    uint32_t all = (uint32_t)(a->n_blocks * counters);
    uint64_t first = npim_engine_noise_index(&a->base, batch, 0, chunk, all);
    uint64_t stride = batch->stride * a->base.layer.groups * a->base.n_chunks * all;
    return (npim_adc_line_noise){npim_engine_noise(&a->base), NPIM_DRAW_READ, first + block * counters,
                                 stride};
}

/* What the biased coding stores too much. */
static void take_bias(const strategy_a *a, const lane *l, uint32_t rows) {
    int32_t bias = npim_hardware_bias(a->base.hardware);
    uint32_t outputs = a->base.layer.outputs;
    const int16_t *line = l->lines;
    for (size_t v = 0; bias != 0 && v < l->batch.n; v++) {
        int32_t sum = 0;
        for (uint32_t row = 0; row < rows; row++) sum += *line++;
        for (uint32_t o = 0; o < outputs; o++) l->batch.sums[v * outputs + o] -= bias * sum;
    }
}

static npim_status read_chunk(const strategy_a *a, lane *l, uint32_t chunk, npim_error *error) {
    uint32_t rows = npim_engine_rows(&a->base, chunk);
    npim_word_lines(&a->base.layer, &l->batch, chunk * a->config.rows, rows, l->lines);
    npim_status status = npim_drive_set(&l->drive, l->lines, rows, l->batch.n, rows, a->config.digit_bits,
                                        a->config.cycles, error);
    for (uint32_t block = 0; status == NPIM_OK && block < a->n_blocks; block++) {
        npim_adc_line_noise noise = noise_of(a, &l->batch, chunk, block);
        status = npim_adc_lines_run(a->base.isa, &a->arrays[chunk * a->n_blocks + block], &l->drive, &noise,
                                    l->batch.sums + (size_t)block * a->config.outputs, a->base.layer.outputs,
                                    &l->clipped, error);
    }
    if (status == NPIM_OK) take_bias(a, l, rows);
    return status;
}

static npim_status read_some(const strategy_a *a, lane *l, const npim_product_batch *batch, size_t first,
                             size_t n, npim_error *error) {
    npim_status status = NPIM_OK;
    l->batch = (npim_product_batch){.first = batch->first + first * batch->stride,
                                    .stride = batch->stride,
                                    .n = n,
                                    .inputs = batch->inputs + first * a->base.layer.rows,
                                    .sums = batch->sums + first * a->base.layer.outputs};
    for (uint32_t chunk = 0; status == NPIM_OK && chunk < a->base.n_chunks; chunk++)
        status = read_chunk(a, l, chunk, error);
    return status;
}

static npim_status run(void *engine, const npim_product_batch *batch, npim_error *error) {
    const strategy_a *a = engine;
    size_t outputs = a->base.layer.outputs;
    lane l = {.lines = malloc((size_t)VECTORS_AT_ONCE * a->config.rows * sizeof *l.lines)};
    npim_status status = l.lines ? NPIM_OK : no_memory(a, error);
    memset(batch->sums, 0, batch->n * outputs * sizeof *batch->sums);
    for (size_t first = 0; status == NPIM_OK && first < batch->n; first += VECTORS_AT_ONCE) {
        size_t left = batch->n - first;
        status = read_some(a, &l, batch, first, left < VECTORS_AT_ONCE ? left : VECTORS_AT_ONCE, error);
    }
    if (status == NPIM_OK) npim_take_excess(&a->base.layer, batch);
    uint64_t conversions =
        (uint64_t)batch->n * outputs * a->base.n_chunks * a->config.columns_per_weight * a->config.cycles;
    npim_figures_count(&a->base.figures[a->base.layer.layer], conversions, l.clipped);
    npim_drive_fini(&l.drive);
    free(l.lines);
    return status;
}

static void end(void *engine) {
    strategy_a *a = engine;
    for (size_t i = 0; a->arrays && i < (size_t)a->base.n_chunks * a->n_blocks; i++)
        npim_adc_lines_fini(&a->arrays[i]);
    free(a->arrays);
    a->arrays = NULL;
}

static void fini(void *engine) {
    strategy_a *a = engine;
    end(a);
    npim_cells_fini(&a->base.cells);
    free(a);
}

npim_status npim_strategy_a_init(npim_products *products, const npim_engine_base *base, npim_error *error) {
    npim_cells cells = base->cells;
    strategy_a *a = calloc(1, sizeof *a);
    npim_status status = a ? npim_a_config(base, &a->config, error)
                           : npim_fail(error, NPIM_ENOMEM, "no memory for the products");
    if (status != NPIM_OK) {
        npim_cells_fini(&cells);
        free(a);
        return status;
    }
    a->base = *base;
    *products = (npim_products){a, begin, run, end, fini};
    return NPIM_OK;
}
