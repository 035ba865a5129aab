#include "sim/values/strategy_c.h"

#include "sim/values/word_lines.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

bool npim_c_noisy(const npim_strategy_c *c) {
    return c->base.hardware->mode == NPIM_MODE_ANALOG && c->base.hardware->cell.read_sigma > 0.0;
}

uint32_t npim_c_digit_most(const npim_strategy_c *c) {
    return (1u << c->base.hardware->dataflow.dac_bits) - 1;
}

const npim_shift_add_row *npim_c_row(const npim_strategy_c *c, uint32_t chunk, uint32_t output) {
    uint64_t number =
        ((uint64_t)c->base.layer.group * c->base.n_chunks + chunk) * c->base.layer.outputs + output;
    return npim_neural_row(&c->circuits, number);
}

double npim_c_product_V(const npim_strategy_c *c) {
    const npim_hardware *h = c->base.hardware;
    double supply_V = h->sa ? h->sa->converter.circuit.vdd_V : 1.0;
    double range = (double)h->crossbar.rows * npim_c_digit_most(c) * ((1u << h->crossbar.cell_bits) - 1);
    int shifts = (int)(h->dataflow.dac_bits * (c->cycles - 1));
    return ldexp(0.5 * supply_V / range * c->circuits.nominal.slice[0], -shifts);
}

double npim_c_codes(const npim_strategy_c *c) {
    return ldexp(1.0, (int)c->base.hardware->code_bits - 1);
}

double npim_c_square_scale(const npim_strategy_c *c) {
    return npim_c_digit_most(c) > 181 ? 0.5 : 1.0;
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

static void lane_fini(npim_c_lane *lane) {
    void *owned[] = {lane->lines,  lane->digits, lane->raw,  lane->result, lane->variance,
                     lane->factor, lane->normal, lane->in_V, lane->code};
    for (size_t i = 0; i < sizeof owned / sizeof *owned; i++) free(owned[i]);
}

static npim_status lane_init(npim_c_lane *lane, const npim_strategy_c *c, const npim_product_batch *batch,
                             npim_error *error) {
    size_t n = batch->n, rows = c->base.hardware->crossbar.rows, outputs = c->base.layer.outputs;
    *lane = (npim_c_lane){.batch = batch};
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
        return NPIM_OK;
    lane_fini(lane);
    return no_memory(c, error);
}

static npim_status run(void *engine, const npim_product_batch *batch, npim_error *error) {
    const npim_strategy_c *c = engine;
    const npim_product_layer *layer = &c->base.layer;
    npim_c_lane lane;
    if (batch->n == 0) return NPIM_OK;
    npim_status status = lane_init(&lane, c, batch, error);
    if (status != NPIM_OK) return status;
    memset(batch->sums, 0, batch->n * layer->outputs * sizeof *batch->sums);
    for (lane.chunk = 0; lane.chunk < c->base.n_chunks; lane.chunk++) {
        npim_word_lines(layer, batch, lane.chunk * c->base.hardware->crossbar.rows,
                        npim_engine_rows(&c->base, lane.chunk), lane.lines);
        npim_c_read(c, &lane);
        npim_c_convert(c, &lane);
    }
    npim_take_excess(layer, batch);
    npim_figures_count(&c->base.figures[layer->layer], (uint64_t)c->base.n_chunks * batch->n * layer->outputs,
                       lane.clipped);
    lane_fini(&lane);
    return NPIM_OK;
}

/* The circuits stay: the layer's next group has the same. */
static void end(void *engine) {
    npim_strategy_c *c = engine;
    for (uint32_t i = 0; c->chunks && i < c->base.n_chunks; i++) {
        npim_matrix_fini(&c->chunks[i].weight);
        npim_matrix_fini(&c->chunks[i].variance);
        free(c->chunks[i].unit);
        free(c->chunks[i].variance_unit);
    }
    free(c->chunks);
    c->chunks = NULL;
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
