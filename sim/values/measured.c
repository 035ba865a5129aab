#include "sim/values/measured.h"

#include "sim/values/exact.h"

#include <stdlib.h>
#include <string.h>

typedef struct measured {
    const npim_products *inner;
    npim_products exact;
    npim_layer_figures *figures, *layer;
    uint32_t outputs;
    int32_t *sums; /* exact ones */
    size_t room;
} measured;

static npim_status begin(void *engine, const npim_product_layer *layer, npim_error *error) {
    measured *m = engine;
    m->outputs = layer->outputs;
    m->layer = &m->figures[layer->layer];
    npim_status status = m->inner->begin(m->inner->engine, layer, error);
    if (status == NPIM_OK) status = m->exact.begin(m->exact.engine, layer, error);
    return status;
}

static npim_status make_room(measured *m, size_t n, npim_error *error) {
    if (n <= m->room) return NPIM_OK;
    free(m->sums);
    m->room = 0;
    m->sums = malloc(n * sizeof *m->sums);
    if (!m->sums) return npim_fail(error, NPIM_ENOMEM, "no memory for %zu sums", n);
    m->room = n;
    return NPIM_OK;
}

/* Sums of one batch in integers where they can be: the order of batches does not matter then. */
static void compare(measured *m, const npim_product_batch *batch) {
    size_t n = batch->n * m->outputs;
    double sum = 0.0, squares = 0.0, errors = 0.0;
    for (size_t i = 0; i < n; i++) {
        double exact = m->sums[i], error = (double)batch->sums[i] - exact;
        sum += exact;
        squares += exact * exact;
        errors += error * error;
    }
    m->layer->signal_sum += sum;
    m->layer->signal_squares += squares;
    m->layer->error_squares += errors;
    m->layer->n_sums += n;
}

static npim_status run(void *engine, const npim_product_batch *batch, npim_error *error) {
    measured *m = engine;
    npim_status status = make_room(m, batch->n * m->outputs, error);
    if (status == NPIM_OK) status = m->inner->run(m->inner->engine, batch, error);
    if (status != NPIM_OK) return status;
    npim_product_batch exact = *batch;
    exact.sums = m->sums;
    status = m->exact.run(m->exact.engine, &exact, error);
    if (status == NPIM_OK) compare(m, batch);
    return status;
}

static void end(void *engine) {
    measured *m = engine;
    m->inner->end(m->inner->engine);
    m->exact.end(m->exact.engine);
}

static void fini(void *engine) {
    measured *m = engine;
    npim_products_fini(&m->exact);
    free(m->sums);
    free(m);
}

npim_status npim_measured_init(npim_products *products, const npim_products *inner, npim_figures *figures,
                               npim_isa isa, npim_error *error) {
    measured *m = calloc(1, sizeof *m);
    if (!m) return npim_fail(error, NPIM_ENOMEM, "no memory for the comparison of products");
    m->inner = inner;
    m->figures = figures->layers;
    *products = (npim_products){m, begin, run, end, fini};
    npim_status status = npim_exact_init(&m->exact, isa, error);
    if (status != NPIM_OK) npim_products_fini(products);
    return status;
}
