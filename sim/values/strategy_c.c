#include "sim/values/strategy_c.h"

#include "sim/values/word_lines.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* What is worked on at a time stays near the processor; but no fewer vectors than that. */
enum { RESULTS_AT_ONCE = 1 << 14, VECTORS_AT_ONCE = 16 };

bool npim_c_noisy(const npim_strategy_c *c) {
    return c->base.hardware->mode == NPIM_MODE_ANALOG && c->base.hardware->cell.read_sigma > 0.0;
}

bool npim_c_droops(const npim_strategy_c *c) {
    return c->base.hardware->mode == NPIM_MODE_ANALOG && c->base.hardware->line_droop > 0.0;
}

uint32_t npim_c_lines(const npim_strategy_c *c) {
    return c->base.layer.outputs * c->base.hardware->columns_per_weight;
}

double npim_c_range(const npim_strategy_c *c) {
    const npim_crossbar_config *array = &c->base.hardware->crossbar;
    return (double)array->rows * npim_c_digit_most(c) * ((1u << array->cell_bits) - 1);
}

uint32_t npim_c_digit_most(const npim_strategy_c *c) {
    return (1u << c->base.hardware->dataflow.dac_bits) - 1;
}

uint64_t npim_c_number(const npim_strategy_c *c, uint32_t chunk, uint32_t output) {
    return ((uint64_t)c->base.layer.group * c->base.n_chunks + chunk) * c->base.layer.outputs + output;
}

const npim_shift_add_row *npim_c_row(const npim_strategy_c *c, uint32_t chunk, uint32_t output) {
    return npim_neural_row(&c->circuits, npim_c_number(c, chunk, output));
}

double npim_c_product_V(const npim_strategy_c *c) {
    const npim_hardware *h = c->base.hardware;
    int shifts = (int)(h->dataflow.dac_bits * (c->cycles - 1));
    double line_V = 0.5 * npim_hardware_supply_V(h) / npim_c_range(c);
    return ldexp(line_V * c->circuits.nominal.slice[0], -shifts);
}

double npim_c_codes(const npim_strategy_c *c) {
    return ldexp(1.0, (int)c->base.hardware->code_bits - 1);
}

double npim_c_square_scale(const npim_strategy_c *c) {
    return npim_c_digit_most(c) > 181 ? 0.5 : 1.0;
}

double npim_c_digit_weight(const npim_strategy_c *c, uint32_t chunk, uint32_t output, uint32_t cycle) {
    double weight = ldexp(1.0, (int)(cycle * c->base.hardware->dataflow.dac_bits));
    if (!c->circuits.rows) return weight;
    double keep = npim_c_row(c, chunk, output)->keep / c->circuits.nominal.keep;
    for (uint32_t later = cycle + 1; later < c->cycles; later++) weight *= keep;
    return weight;
}

static npim_status no_memory(const npim_strategy_c *c, npim_error *error) {
    return npim_fail(error, NPIM_ENOMEM, "no memory for %u rows x %u outputs", c->base.layer.rows,
                     c->base.layer.outputs);
}

static npim_status begin(void *engine, const npim_product_layer *layer, npim_error *error) {
    npim_strategy_c *c = engine;
    npim_layer_figures *figures = &c->base.figures[layer->layer];
    c->base.layer = *layer;
    c->base.n_chunks = npim_cells_chunks(&c->base.cells, layer);
    c->step = npim_engine_step(figures, c->base.hardware->code_bits);
    c->chunks = calloc(c->base.n_chunks, sizeof *c->chunks);
    if (!c->chunks) return no_memory(c, error);
    uint64_t results = (uint64_t)layer->groups * c->base.n_chunks * layer->outputs;
    npim_status status =
        npim_neural_circuits_program(&c->circuits, c->base.hardware, layer->layer, results, error);
    if (status == NPIM_OK) status = npim_c_program(c, error);
    figures->step = c->step;
    figures->v_max_V = c->step * npim_c_codes(c) * npim_c_product_V(c);
    return status;
}

void npim_c_lane_fini(npim_c_lane *lane) {
    void *owned[] = {lane->lines,  lane->digits, lane->raw,  lane->result, lane->variance, lane->factor,
                     lane->normal, lane->in_V,   lane->code, lane->line,   lane->spread};
    for (size_t i = 0; i < sizeof owned / sizeof *owned; i++) free(owned[i]);
    memset(lane, 0, sizeof *lane);
}

/* Room for bit lines, where they are read one by one. */
static npim_status lines_init(npim_c_lane *lane, const npim_strategy_c *c, npim_error *error) {
    enum { LINES_AT_ONCE = 1 << 17 };
    size_t lines = npim_c_lines(c);
    lane->some = 1 + LINES_AT_ONCE / lines;
    free(lane->raw);
    free(lane->normal);
    lane->raw = malloc(lane->some * lines * sizeof *lane->raw);
    lane->normal = malloc(lines * sizeof *lane->normal);
    lane->line = malloc(lane->some * lines * sizeof *lane->line);
    lane->spread = malloc(lane->some * lines * sizeof *lane->spread);
    if (lane->raw && lane->normal && lane->line && lane->spread) return NPIM_OK;
    npim_c_lane_fini(lane);
    return no_memory(c, error);
}

npim_status npim_c_lane_init(npim_c_lane *lane, const npim_strategy_c *c, size_t n, npim_error *error) {
    size_t rows = c->base.hardware->crossbar.rows, outputs = c->base.layer.outputs;
    *lane = (npim_c_lane){0};
    lane->lines = malloc(n * rows * sizeof *lane->lines);
    lane->digits = malloc(n * rows * sizeof *lane->digits);
    lane->raw = malloc(n * outputs * sizeof *lane->raw);
    lane->result = malloc(n * outputs * sizeof *lane->result);
    lane->variance = malloc(n * outputs * sizeof *lane->variance);
    lane->factor = malloc(outputs * sizeof *lane->factor);
    lane->normal = malloc(outputs * sizeof *lane->normal);
    lane->in_V = malloc(n * sizeof *lane->in_V);
    lane->code = malloc(n * sizeof *lane->code);
    if (lane->lines && lane->digits && lane->raw && lane->result && lane->variance && lane->factor &&
        lane->normal && lane->in_V && lane->code)
        return npim_c_droops(c) ? lines_init(lane, c, error) : NPIM_OK;
    npim_c_lane_fini(lane);
    return no_memory(c, error);
}

/* Vectors first .. first + n of a batch. */
static void run_some(const npim_strategy_c *c, npim_c_lane *lane, const npim_product_batch *batch,
                     size_t first, size_t n) {
    const npim_product_layer *layer = &c->base.layer;
    const npim_product_batch part = {.first = batch->first + first * batch->stride,
                                     .stride = batch->stride,
                                     .n = n,
                                     .inputs = batch->inputs + first * layer->rows,
                                     .sums = batch->sums + first * layer->outputs};
    lane->batch = &part;
    for (lane->chunk = 0; lane->chunk < c->base.n_chunks; lane->chunk++) {
        npim_word_lines(layer, &part, lane->chunk * c->base.hardware->crossbar.rows,
                        npim_engine_rows(&c->base, lane->chunk), lane->lines);
        npim_c_read(c, lane);
        npim_c_convert(c, lane);
    }
    lane->batch = NULL;
}

static npim_status run(void *engine, const npim_product_batch *batch, npim_error *error) {
    const npim_strategy_c *c = engine;
    const npim_product_layer *layer = &c->base.layer;
    size_t some = RESULTS_AT_ONCE / layer->outputs;
    if (some < VECTORS_AT_ONCE) some = VECTORS_AT_ONCE;
    npim_c_lane lane;
    if (batch->n == 0) return NPIM_OK;
    npim_status status = npim_c_lane_init(&lane, c, batch->n < some ? batch->n : some, error);
    if (status != NPIM_OK) return status;
    memset(batch->sums, 0, batch->n * layer->outputs * sizeof *batch->sums);
    for (size_t first = 0; first < batch->n; first += some)
        run_some(c, &lane, batch, first, batch->n - first < some ? batch->n - first : some);
    npim_take_excess(layer, batch);
    npim_figures_count(&c->base.figures[layer->layer], (uint64_t)c->base.n_chunks * batch->n * layer->outputs,
                       lane.clipped);
    npim_c_lane_fini(&lane);
    return NPIM_OK;
}

void npim_c_free_chunks(npim_strategy_c *c) {
    for (uint32_t i = 0; c->chunks && i < c->base.n_chunks; i++) {
        npim_fixed_matrix_fini(&c->chunks[i].weight);
        npim_fixed_matrix_fini(&c->chunks[i].variance);
        free(c->chunks[i].share);
        free(c->chunks[i].own);
    }
    free(c->chunks);
    c->chunks = NULL;
}

/* The circuits stay: the layer's next group has the same. */
static void end(void *engine) {
    npim_c_free_chunks(engine);
}

static void fini(void *engine) {
    npim_strategy_c *c = engine;
    end(c);
    npim_neural_circuits_fini(&c->circuits);
    npim_cells_fini(&c->base.cells);
    free(c);
}

npim_status npim_strategy_c_init(npim_products *products, const npim_engine_base *base, npim_error *error) {
    npim_strategy_c *c = calloc(1, sizeof *c);
    if (!c) {
        npim_cells cells = base->cells;
        npim_cells_fini(&cells);
        return npim_fail(error, NPIM_ENOMEM, "no memory for the products");
    }
    c->base = *base;
    c->cycles = npim_dataflow_cycles(&base->hardware->dataflow);
    *products = (npim_products){c, begin, run, end, fini};
    return NPIM_OK;
}
