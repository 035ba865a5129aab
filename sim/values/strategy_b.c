#include "sim/values/strategy_b.h"

#include "sim/values/word_lines.h"

#include <stdlib.h>
#include <string.h>

uint32_t npim_b_lines(const npim_strategy_b *b) {
    return b->base.layer.outputs * b->layout.per_weight;
}

/* Each partial sum has one, and room for one of each group's conversion. */
uint32_t npim_b_samples(const npim_strategy_b *b) {
    uint32_t sums = b->layout.cycles * b->layout.per_weight, groups = NPIM_B_SETS * b->layout.groups;
    return b->base.layer.outputs * (sums > groups ? sums : groups);
}

static npim_status no_memory(const npim_strategy_b *b, npim_error *error) {
    return npim_fail(error, NPIM_ENOMEM, "no memory for %u rows x %u outputs", b->base.layer.rows,
                     b->base.layer.outputs);
}

static npim_status begin(void *engine, const npim_product_layer *layer, npim_error *error) {
    npim_strategy_b *b = engine;
    b->base.layer = *layer;
    b->base.n_chunks = npim_cells_chunks(&b->base.cells, layer);
    b->base.figures[layer->layer].step = b->layout.step[b->layout.groups - 1];
    b->chunks = calloc(b->base.n_chunks, sizeof *b->chunks);
    return b->chunks ? npim_b_program(b, error) : no_memory(b, error);
}

void npim_b_lane_fini(npim_b_lane *lane) {
    void *owned[] = {lane->lines,    lane->digits, lane->raw,  lane->sum,
                     lane->variance, lane->normal, lane->group};
    for (size_t i = 0; i < sizeof owned / sizeof *owned; i++) free(owned[i]);
    memset(lane, 0, sizeof *lane);
}

npim_status npim_b_lane_init(npim_b_lane *lane, const npim_strategy_b *b, size_t n, npim_error *error) {
    size_t rows = b->base.hardware->crossbar.rows, lines = npim_b_lines(b);
    size_t slots = NPIM_B_SETS * b->layout.groups, groups = b->base.layer.outputs * slots;
    memset(lane, 0, sizeof *lane);
    lane->lines = malloc(n * rows * sizeof *lane->lines);
    lane->digits = malloc(n * rows * sizeof *lane->digits);
    lane->raw = malloc(n * lines * sizeof *lane->raw);
    lane->sum = malloc(n * lines * sizeof *lane->sum);
    lane->variance = malloc(n * lines * sizeof *lane->variance);
    lane->normal = malloc((lines + slots) * sizeof *lane->normal);
    lane->group = malloc(n * groups * sizeof *lane->group);
    if (lane->lines && lane->digits && lane->raw && lane->sum && lane->variance && lane->normal &&
        lane->group)
        return NPIM_OK;
    npim_b_lane_fini(lane);
    return no_memory(b, error);
}

/* Vectors first .. first + n of a batch. */
static void run_some(const npim_strategy_b *b, npim_b_lane *lane, const npim_product_batch *batch,
                     size_t first, size_t n) {
    const npim_product_layer *layer = &b->base.layer;
    lane->batch = (npim_product_batch){.first = batch->first + first * batch->stride,
                                       .stride = batch->stride,
                                       .n = n,
                                       .inputs = batch->inputs + first * layer->rows,
                                       .sums = batch->sums + first * layer->outputs};
    for (lane->chunk = 0; lane->chunk < b->base.n_chunks; lane->chunk++) {
        npim_word_lines(layer, &lane->batch, lane->chunk * b->base.hardware->crossbar.rows,
                        npim_engine_rows(&b->base, lane->chunk), lane->lines);
        npim_b_read(b, lane);
        npim_b_convert(b, lane);
    }
}

/* Partial sums and groups' conversions of one result. */
static uint64_t conversions(const npim_strategy_b *b) {
    uint64_t n = (uint64_t)b->layout.cycles * b->layout.per_weight;
    for (uint32_t slot = 0; slot < NPIM_B_SETS * b->layout.groups; slot++) n += b->layout.used[slot];
    return n;
}

static npim_status run(void *engine, const npim_product_batch *batch, npim_error *error) {
    enum { LINES_AT_ONCE = 1 << 17 };
    const npim_strategy_b *b = engine;
    size_t some = 1 + LINES_AT_ONCE / npim_b_lines(b);
    npim_b_lane lane;
    npim_status status = npim_b_lane_init(&lane, b, some, error);
    if (status != NPIM_OK) return status;
    memset(batch->sums, 0, batch->n * b->base.layer.outputs * sizeof *batch->sums);
    for (size_t first = 0; first < batch->n; first += some)
        run_some(b, &lane, batch, first, batch->n - first < some ? batch->n - first : some);
    npim_take_excess(&b->base.layer, batch);
    uint64_t results = (uint64_t)b->base.n_chunks * batch->n * b->base.layer.outputs;
    npim_figures_count(&b->base.figures[b->base.layer.layer], results * conversions(b), lane.clipped);
    npim_b_lane_fini(&lane);
    return NPIM_OK;
}

void npim_b_free_chunks(npim_strategy_b *b) {
    for (uint32_t i = 0; b->chunks && i < b->base.n_chunks; i++) {
        npim_fixed_matrix_fini(&b->chunks[i].level);
        npim_fixed_matrix_fini(&b->chunks[i].variance);
    }
    free(b->chunks);
    b->chunks = NULL;
}

static void end(void *engine) {
    npim_b_free_chunks(engine);
}

static void fini(void *engine) {
    npim_strategy_b *b = engine;
    end(b);
    npim_cells_fini(&b->base.cells);
    free(b);
}

npim_status npim_strategy_b_init(npim_products *products, const npim_engine_base *base, npim_error *error) {
    npim_cells cells = base->cells;
    npim_strategy_b *b = calloc(1, sizeof *b);
    npim_status status = b ? npim_b_layout_make(&b->layout, base->hardware, error)
                           : npim_fail(error, NPIM_ENOMEM, "no memory for the products");
    if (status != NPIM_OK) {
        npim_cells_fini(&cells);
        free(b);
        return status;
    }
    b->base = *base;
    *products = (npim_products){b, begin, run, end, fini};
    return NPIM_OK;
}
