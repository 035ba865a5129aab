#include "sim/values/parallel.h"

#include <pthread.h>
#include <stdlib.h>

/* Below that a thread costs more than it brings. */
enum { FEWEST_VECTORS = 8 };

typedef struct parallel {
    const npim_products *inner;
    uint32_t threads;
    npim_product_layer layer;
} parallel;

typedef struct part {
    const npim_products *inner;
    npim_product_batch batch;
    npim_status status;
    npim_error error;
    pthread_t thread;
    bool started;
} part;

static npim_status begin(void *engine, const npim_product_layer *layer, npim_error *error) {
    parallel *p = engine;
    p->layer = *layer;
    return p->inner->begin(p->inner->engine, layer, error);
}

static void *work(void *context) {
    part *p = context;
    p->status = p->inner->run(p->inner->engine, &p->batch, &p->error);
    return NULL;
}

/* Vectors from .. to of a batch. */
static npim_product_batch cut(const parallel *p, const npim_product_batch *batch, size_t from, size_t to) {
    return (npim_product_batch){.first = batch->first + from * batch->stride,
                                .stride = batch->stride,
                                .n = to - from,
                                .inputs = batch->inputs + from * p->layer.rows,
                                .sums = batch->sums + from * p->layer.outputs};
}

/* The error of the first part that failed. */
static npim_status join(part *parts, uint32_t n, npim_error *error) {
    npim_status status = NPIM_OK;
    for (uint32_t i = 0; i < n; i++) {
        if (parts[i].started) pthread_join(parts[i].thread, NULL);
        if (status == NPIM_OK && parts[i].status != NPIM_OK)
            status = npim_fail(error, parts[i].status, "%s", parts[i].error.message);
    }
    return status;
}

static npim_status run(void *engine, const npim_product_batch *batch, npim_error *error) {
    const parallel *p = engine;
    size_t most = batch->n / FEWEST_VECTORS;
    uint32_t n = most < p->threads ? (uint32_t)most : p->threads;
    if (n < 2) return p->inner->run(p->inner->engine, batch, error);
    part *parts = calloc(n, sizeof *parts);
    if (!parts) return npim_fail(error, NPIM_ENOMEM, "no memory for %u threads", n);
    for (uint32_t i = 0; i < n; i++) {
        parts[i].inner = p->inner;
        parts[i].batch = cut(p, batch, batch->n * i / n, batch->n * (i + 1) / n);
        if (i > 0) parts[i].started = pthread_create(&parts[i].thread, NULL, work, &parts[i]) == 0;
    }
    for (uint32_t i = 0; i < n; i++)
        if (!parts[i].started) work(&parts[i]);
    npim_status status = join(parts, n, error);
    free(parts);
    return status;
}

static void end(void *engine) {
    const parallel *p = engine;
    p->inner->end(p->inner->engine);
}

npim_status npim_parallel_init(npim_products *products, const npim_products *inner, uint32_t threads,
                               npim_error *error) {
    parallel *p = calloc(1, sizeof *p);
    if (!p) return npim_fail(error, NPIM_ENOMEM, "no memory for the products");
    p->inner = inner;
    p->threads = threads;
    *products = (npim_products){p, begin, run, end, free};
    return NPIM_OK;
}
