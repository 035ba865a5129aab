#include "sim/values/forward_float_parts.h"

#include "sim/values/functions.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

typedef struct run {
    npim_float_pass pass;
    const npim_images *images;
    double *sums; /* of the layer in hand */
    const npim_stop *stop;
    npim_error *error;
} run;

static size_t size_of(const npim_layer *layer) {
    return (size_t)layer->out_c * layer->out_h * layer->out_w;
}

const float *npim_float_input(const npim_float_pass *pass, uint32_t layer, uint32_t i) {
    return pass->values[pass->network->layers[layer].inputs[i]];
}

static npim_status make_room(run *r) {
    const npim_network *network = r->pass.network;
    size_t largest = 1, hidden = 1;
    r->pass.values = calloc(network->n_layers, sizeof *r->pass.values);
    bool good = r->pass.values != NULL;
    for (uint32_t l = 0; good && l < network->n_layers; l++) {
        const npim_layer *layer = &network->layers[l];
        if (size_of(layer) > largest) largest = size_of(layer);
        if (layer->kind == NPIM_LAYER_LSTM && layer->out_c > hidden) hidden = layer->out_c;
        r->pass.values[l] = malloc(size_of(layer) * sizeof **r->pass.values);
        good = r->pass.values[l] != NULL;
    }
    r->sums = good ? malloc(largest * sizeof *r->sums) : NULL;
    r->pass.states = good ? malloc(hidden * sizeof *r->pass.states) : NULL;
    if (r->sums && r->pass.states) return NPIM_OK;
    return npim_fail(r->error, NPIM_ENOMEM, "no memory for the values of network %s", network->name);
}

static void free_room(run *r) {
    for (uint32_t l = 0; r->pass.values && l < r->pass.network->n_layers; l++) free(r->pass.values[l]);
    free(r->pass.values);
    free(r->pass.states);
    free(r->sums);
}

static void activate(const npim_layer *layer, double *values) {
    size_t n = size_of(layer), plane = (size_t)layer->out_h * layer->out_w;
    if (layer->activation == NPIM_ACTIVATION_SOFTMAX)
        for (size_t pixel = 0; pixel < plane; pixel++) npim_softmax(values + pixel, layer->out_c, plane);
    else if (layer->activation != NPIM_ACTIVATION_NONE)
        for (size_t e = 0; e < n; e++) values[e] = npim_activate(layer, values[e]);
}

/* Sums become numbers of 32 bit. */
static npim_status store(const run *r, uint32_t index, size_t image) {
    const npim_layer *layer = &r->pass.network->layers[index];
    float *to = r->pass.values[index];
    for (size_t e = 0; e < size_of(layer); e++) {
        to[e] = (float)r->sums[e];
        if (!isfinite(to[e]))
            return npim_fail(r->error, NPIM_ECONFIG,
                             "layer %s: image %zu: element %zu is not a finite number", layer->name, image,
                             e);
    }
    return NPIM_OK;
}

static npim_status take_input(const run *r, uint32_t index, size_t image) {
    const npim_layer *layer = &r->pass.network->layers[index];
    const float *values = npim_images_input(r->images, index, image);
    if (!values)
        return npim_fail(r->error, NPIM_ECONFIG, "input %s: no values are given for it", layer->name);
    memcpy(r->pass.values[index], values, size_of(layer) * sizeof *values);
    return NPIM_OK;
}

static npim_status run_layer(const run *r, uint32_t index, size_t image) {
    const npim_layer *layer = &r->pass.network->layers[index];
    npim_status status = npim_stop_check(r->stop, r->error);
    if (status != NPIM_OK) return status;
    if (layer->kind == NPIM_LAYER_INPUT) return take_input(r, index, image);
    if (npim_layer_has_weights(layer))
        npim_float_dots(&r->pass, index, r->sums);
    else
        npim_float_digital(&r->pass, index, r->sums);
    activate(layer, r->sums);
    return store(r, index, image);
}

npim_status npim_forward_float(const npim_network *network, const npim_tensors *tensors,
                               const npim_images *images, float *outputs, npim_float_observer *observer,
                               void *context, const npim_stop *stop, npim_error *error) {
    run r = {
        .pass = {.network = network, .tensors = tensors}, .images = images, .stop = stop, .error = error};
    size_t n = size_of(&network->layers[network->output]);
    npim_status status = make_room(&r);
    for (size_t i = 0; status == NPIM_OK && i < images->n; i++) {
        for (uint32_t l = 0; status == NPIM_OK && l < network->n_layers; l++) {
            status = l > 0 ? run_layer(&r, l, i) : take_input(&r, l, i);
            if (status == NPIM_OK && observer) observer(context, l, i, r.pass.values[l]);
        }
        if (status == NPIM_OK && outputs)
            memcpy(outputs + i * n, r.pass.values[network->output], n * sizeof *outputs);
    }
    free_room(&r);
    return status;
}
