#include "sim/values/infer.h"

#include "sim/values/engine.h"
#include "sim/values/exact.h"
#include "sim/values/forward.h"
#include "sim/values/forward_float.h"
#include "sim/values/measured.h"
#include "sim/values/model.h"
#include "sim/values/parallel.h"
#include "sim/values/reference.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

typedef struct job {
    npim_inference *out;
    const npim_infer_request *request;
    const npim_network *network;
    const npim_tensors *tensors;
    const npim_images *images;
    npim_error *error;
    npim_hardware hardware;
} job;

static size_t elements_of(const npim_layer *layer) {
    return (size_t)layer->out_c * layer->out_h * layer->out_w;
}

/* Images from .. from + n. */
static npim_images some(const npim_images *images, size_t from, size_t n) {
    return (npim_images){.n = n,
                         .elements = images->elements,
                         .first = images->first + from,
                         .values = images->values + from * images->elements,
                         .further = images->further,
                         .n_further = images->n_further};
}

/* Images that go through all layers together: as many as fit 2^28 codes, so that arrays are programmed
 * rarely. */
static size_t images_at_once(const job *j) {
    double elements = 0;
    for (uint32_t l = 0; l < j->network->n_layers; l++)
        elements += (double)elements_of(&j->network->layers[l]);
    double fit = 0x1p28 / elements;
    return fit < 1.0 ? 1 : fit < (double)j->images->n ? (size_t)fit : j->images->n;
}

/* All images through some products, on all threads. observer: of the request, or NULL. */
static npim_status forward(const job *j, const npim_products *products, npim_code_observer *observer) {
    npim_products parallel = {0};
    npim_status status = npim_parallel_init(&parallel, products, j->request->threads, j->error);
    size_t at_once = images_at_once(j), n = j->images->n;
    for (size_t from = 0; status == NPIM_OK && from < n; from += at_once) {
        npim_images part = some(j->images, from, n - from < at_once ? n - from : at_once);
        status = npim_forward_observed(j->network, j->tensors, &part, &parallel,
                                       j->out->codes + from * j->out->elements, observer, j->request->context,
                                       j->request->stop, j->error);
    }
    npim_products_fini(&parallel);
    return status;
}

/* --- accuracies --- */

static bool is_right(const job *j, size_t image, const int16_t *codes, const float *values) {
    size_t best = 0;
    for (size_t e = 1; e < j->out->elements; e++)
        if (codes ? codes[e] > codes[best] : values[e] > values[best]) best = e;
    return best == j->request->labels[image];
}

static size_t count_right(const job *j, const int16_t *codes) {
    size_t right = 0;
    for (size_t i = 0; i < j->images->n; i++) right += is_right(j, i, codes + i * j->out->elements, NULL);
    return right;
}

static npim_status run_float(const job *j) {
    if (!j->tensors->has_float) return NPIM_OK;
    float *values = malloc(j->out->elements * sizeof *values);
    npim_status status = values ? NPIM_OK : npim_fail(j->error, NPIM_ENOMEM, "no memory for the outputs");
    for (size_t i = 0; status == NPIM_OK && i < j->images->n; i++) {
        npim_images one = some(j->images, i, 1);
        status =
            npim_forward_float(j->network, j->tensors, &one, values, NULL, NULL, j->request->stop, j->error);
        if (status == NPIM_OK) j->out->right_float += is_right(j, i, NULL, values);
    }
    j->out->has_float = status == NPIM_OK;
    free(values);
    return status;
}

static npim_status run_exact(const job *j, npim_code_observer *observer) {
    npim_products exact = {0};
    npim_status status = npim_exact_init(&exact, j->request->isa, j->error);
    if (status == NPIM_OK) status = forward(j, &exact, observer);
    npim_products_fini(&exact);
    return status;
}

static npim_status run_labelled(const job *j) {
    if (!j->request->labels) return NPIM_OK;
    npim_status status = run_float(j);
    if (status == NPIM_OK) status = run_exact(j, NULL);
    if (status == NPIM_OK) j->out->right_int8 = count_right(j, j->out->codes);
    j->out->labelled = status == NPIM_OK;
    return status;
}

/* --- the mode --- */

/* One thread: sums of squares are rounded in one order. */
static npim_status calibrate(const job *j) {
    const npim_images *images = j->request->layout ? j->request->layout : j->images;
    size_t n = images->n < NPIM_CALIBRATION_IMAGES ? images->n : NPIM_CALIBRATION_IMAGES;
    size_t at_once = images_at_once(j) < n ? images_at_once(j) : n;
    npim_products products = {0};
    int16_t *codes = malloc((at_once + 1) * j->out->elements * sizeof *codes);
    npim_status status = npim_calibration_init(&products, j->hardware.crossbar.rows, &j->out->figures,
                                               j->request->isa, j->error);
    if (status == NPIM_OK && !codes) status = npim_fail(j->error, NPIM_ENOMEM, "no memory for %zu images", n);
    for (size_t from = 0; status == NPIM_OK && from < n; from += at_once) {
        npim_images part = some(images, from, n - from < at_once ? n - from : at_once);
        status = npim_forward(j->network, j->tensors, &part, &products, codes, j->request->stop, j->error);
    }
    free(codes);
    npim_products_fini(&products);
    j->out->layout_images = n;
    return status;
}

/* The engine on all threads, and its sums beside the exact ones. */
static npim_status run_engine(const job *j) {
    npim_products engine = {0}, parallel = {0}, measured = {0};
    npim_status status =
        npim_engine_init(&engine, &j->hardware, j->network, &j->out->figures, j->request->isa, j->error);
    if (status == NPIM_OK) status = npim_parallel_init(&parallel, &engine, j->request->threads, j->error);
    if (status == NPIM_OK)
        status = npim_measured_init(&measured, &parallel, &j->out->figures, j->request->isa, j->error);
    size_t at_once = images_at_once(j), n = j->images->n;
    for (size_t from = 0; status == NPIM_OK && from < n; from += at_once) {
        npim_images part = some(j->images, from, n - from < at_once ? n - from : at_once);
        status = npim_forward_observed(j->network, j->tensors, &part, &measured,
                                       j->out->codes + from * j->out->elements, j->request->observer,
                                       j->request->context, j->request->stop, j->error);
    }
    npim_products_fini(&measured);
    npim_products_fini(&parallel);
    npim_products_fini(&engine);
    return status;
}

static double now_s(void) {
    struct timespec now = {0, 0};
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

static npim_status run_mode(job *j) {
    npim_status status = NPIM_OK;
    if (j->request->mode != NPIM_MODE_IDEAL) {
        status = npim_hardware_init(&j->hardware, j->request->arch, j->request->mode, j->error);
        j->hardware.stop = j->request->stop;
        if (status == NPIM_OK) status = calibrate(j);
    }
    double start_s = now_s();
    if (status == NPIM_OK)
        status = j->request->mode == NPIM_MODE_IDEAL ? run_exact(j, j->request->observer) : run_engine(j);
    j->out->seconds = now_s() - start_s;
    j->out->macs = npim_network_macs(j->network) * j->images->n;
    if (status == NPIM_OK && j->request->labels) j->out->right = count_right(j, j->out->codes);
    return status;
}

static npim_status compare(const job *j) {
    if (!j->request->compare || j->request->mode == NPIM_MODE_ANALOG) return NPIM_OK;
    size_t n = j->images->n * j->out->elements;
    npim_model model = {&j->hardware, j->out->figures.layers};
    npim_reference_dot dot = {&model, npim_model_dot};
    int16_t *codes = malloc(n * sizeof *codes);
    if (!codes) return npim_fail(j->error, NPIM_ENOMEM, "no memory for the reference");
    npim_status status =
        npim_reference(j->network, j->tensors, j->images, j->request->mode == NPIM_MODE_IDEAL ? NULL : &dot,
                       codes, j->request->stop, j->error);
    for (size_t i = 0; status == NPIM_OK && i < n; i++) j->out->mismatches += codes[i] != j->out->codes[i];
    j->out->compared = status == NPIM_OK;
    free(codes);
    return status;
}

npim_status npim_infer(npim_inference *inference, const npim_infer_request *request,
                       const npim_network *network, const npim_tensors *tensors, const npim_images *images,
                       npim_error *error) {
    memset(inference, 0, sizeof *inference);
    job j = {inference, request, network, tensors, images, error, {0}};
    inference->mode = request->mode;
    inference->images = images->n;
    inference->elements = elements_of(&network->layers[network->output]);
    inference->codes = malloc(images->n * inference->elements * sizeof *inference->codes);
    npim_status status = npim_figures_init(&inference->figures, network->n_layers, error);
    if (status == NPIM_OK && !inference->codes)
        status = npim_fail(error, NPIM_ENOMEM, "no memory for the outputs of %zu images", images->n);
    if (status == NPIM_OK) status = run_labelled(&j);
    if (status == NPIM_OK) status = run_mode(&j);
    if (status == NPIM_OK) status = compare(&j);
    npim_hardware_fini(&j.hardware);
    if (status != NPIM_OK) npim_inference_fini(inference);
    return status;
}

void npim_inference_fini(npim_inference *inference) {
    free(inference->codes);
    npim_figures_fini(&inference->figures);
    memset(inference, 0, sizeof *inference);
}

npim_status npim_inference_check(const npim_inference *inference, npim_error *error) {
    if (inference->mismatches == 0) return NPIM_OK;
    return npim_fail(error, NPIM_EINVARIANT, "%llu output codes differ from those of the second computation",
                     (unsigned long long)inference->mismatches);
}
