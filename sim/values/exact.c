#include "sim/values/exact.h"

#include "hw/kernel/matrix.h"

#include <stdlib.h>
#include <string.h>

typedef struct exact {
    npim_isa isa;
    npim_matrix matrix;
} exact;

static npim_status begin(void *engine, const npim_product_layer *layer, npim_error *error) {
    exact *e = engine;
    return npim_matrix_init_i8(&e->matrix, layer->weight, layer->rows, layer->outputs, error);
}

static npim_status run(void *engine, const npim_product_batch *batch, npim_error *error) {
    exact *e = engine;
    (void)error;
    npim_matrix_multiply(e->isa, &e->matrix, batch->inputs, e->matrix.rows, batch->n, batch->sums,
                         e->matrix.outputs);
    return NPIM_OK;
}

static void end(void *engine) {
    npim_matrix_fini(&((exact *)engine)->matrix);
}

static void fini(void *engine) {
    end(engine);
    free(engine);
}

npim_status npim_exact_init(npim_products *products, npim_isa isa, npim_error *error) {
    exact *e = calloc(1, sizeof *e);
    if (!e) return npim_fail(error, NPIM_ENOMEM, "no memory for the products");
    e->isa = isa;
    *products = (npim_products){e, begin, run, end, fini};
    return NPIM_OK;
}
