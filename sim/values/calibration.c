#include "sim/values/engine.h"

#include "hw/kernel/matrix.h"
#include "sim/values/word_lines.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

typedef struct calibration {
    npim_figures *figures;
    npim_isa isa;
    uint32_t array_rows;
    npim_product_layer layer;
    uint32_t n_chunks;
    npim_matrix *chunks;
    int8_t *weight; /* of a chunk */
} calibration;

static uint32_t rows_of(const calibration *c, uint32_t chunk) {
    uint32_t left = c->layer.rows - chunk * c->array_rows;
    return left < c->array_rows ? left : c->array_rows;
}

static npim_status pack(calibration *c, uint32_t chunk, npim_error *error) {
    uint32_t rows = rows_of(c, chunk);
    for (uint32_t o = 0; o < c->layer.outputs; o++)
        memcpy(c->weight + (size_t)o * rows,
               c->layer.weight + (size_t)o * c->layer.rows + (size_t)chunk * c->array_rows, rows);
    return npim_matrix_init_i8(&c->chunks[chunk], c->weight, rows, c->layer.outputs, error);
}

static npim_status begin(void *engine, const npim_product_layer *layer, npim_error *error) {
    calibration *c = engine;
    c->layer = *layer;
    c->n_chunks = (layer->rows + c->array_rows - 1) / c->array_rows;
    c->chunks = calloc(c->n_chunks, sizeof *c->chunks);
    c->weight = malloc((size_t)layer->outputs * c->array_rows);
    if (!c->chunks || !c->weight)
        return npim_fail(error, NPIM_ENOMEM, "no memory for %u row chunks", c->n_chunks);
    npim_status status = NPIM_OK;
    for (uint32_t chunk = 0; status == NPIM_OK && chunk < c->n_chunks; chunk++)
        status = pack(c, chunk, error);
    return status;
}

static void note(npim_layer_figures *f, const int32_t *results, size_t n) {
    for (size_t i = 0; i < n; i++) {
        int64_t result = results[i], magnitude = result < 0 ? -result : result;
        f->square_sum += (double)result * (double)result;
        if (magnitude > f->largest) f->largest = magnitude;
    }
    f->n_results += n;
}

static npim_status run(void *engine, const npim_product_batch *batch, npim_error *error) {
    calibration *c = engine;
    size_t n = batch->n * c->layer.outputs;
    int16_t *lines = malloc(batch->n * c->array_rows * sizeof *lines);
    int32_t *results = malloc(n * sizeof *results);
    npim_status status = NPIM_OK;
    if (!lines || !results) status = npim_fail(error, NPIM_ENOMEM, "no memory for %zu results", n);
    memset(batch->sums, 0, n * sizeof *batch->sums);
    for (uint32_t chunk = 0; status == NPIM_OK && chunk < c->n_chunks; chunk++) {
        uint32_t rows = rows_of(c, chunk);
        npim_word_lines(&c->layer, batch, chunk * c->array_rows, rows, lines);
        npim_matrix_multiply(c->isa, &c->chunks[chunk], lines, rows, batch->n, results, c->layer.outputs);
        note(&c->figures->layers[c->layer.layer], results, n);
        for (size_t i = 0; i < n; i++) batch->sums[i] += results[i];
    }
    if (status == NPIM_OK) npim_take_excess(&c->layer, batch);
    free(lines);
    free(results);
    return status;
}

static void end(void *engine) {
    calibration *c = engine;
    for (uint32_t chunk = 0; c->chunks && chunk < c->n_chunks; chunk++) npim_matrix_fini(&c->chunks[chunk]);
    free(c->chunks);
    free(c->weight);
    c->chunks = NULL;
    c->weight = NULL;
}

static void fini(void *engine) {
    end(engine);
    free(engine);
}

npim_status npim_calibration_init(npim_products *products, uint32_t rows, npim_figures *figures, npim_isa isa,
                                  npim_error *error) {
    calibration *c = calloc(1, sizeof *c);
    if (!c) return npim_fail(error, NPIM_ENOMEM, "no memory for the calibration");
    c->figures = figures;
    c->isa = isa;
    c->array_rows = rows;
    *products = (npim_products){c, begin, run, end, fini};
    return NPIM_OK;
}

/* Clipping at 4 standard deviations is where it and the steps err least. */
int32_t npim_engine_step(const npim_layer_figures *figures, uint32_t code_bits) {
    enum { SIGMAS = 4 };
    double results = figures->n_results > 0 ? (double)figures->n_results : 1.0;
    double range = SIGMAS * sqrt(figures->square_sum / results);
    if (range > 1.01 * (double)figures->largest) range = 1.01 * (double)figures->largest;
    double step = ceil(range / ldexp(1.0, (int)code_bits - 1));
    return step < 1.0 ? 1 : (int32_t)step;
}
