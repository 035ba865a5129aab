#include "sim/values/forward_parts.h"

#include <stdlib.h>
#include <string.h>

size_t npim_pass_elements(const npim_layer *layer) {
    return (size_t)layer->out_c * layer->out_h * layer->out_w;
}

const int16_t *npim_pass_input(const npim_pass *pass, uint32_t layer, uint32_t i, size_t image) {
    uint32_t from = pass->network->layers[layer].inputs[i];
    return pass->codes[from] + image * npim_pass_elements(&pass->network->layers[from]);
}

double npim_pass_scale(const npim_pass *pass, uint32_t layer, uint32_t i) {
    return pass->network->layers[pass->network->layers[layer].inputs[i]].scale;
}

static npim_status make_room(npim_pass *pass, uint32_t layer) {
    size_t size = npim_pass_elements(&pass->network->layers[layer]);
    if (size > SIZE_MAX / sizeof(int16_t) / pass->n) size = SIZE_MAX / sizeof(int16_t) / pass->n;
    pass->codes[layer] = malloc(pass->n * size * sizeof(int16_t));
    if (pass->codes[layer]) return NPIM_OK;
    return npim_fail(pass->error, NPIM_ENOMEM, "no memory for %zu images of layer %s", pass->n,
                     pass->network->layers[layer].name);
}

static npim_status take_input(const npim_pass *pass, uint32_t layer) {
    const npim_layer *input = &pass->network->layers[layer];
    npim_code_range range = npim_code_range_of(input);
    size_t elements = npim_pass_elements(input);
    for (size_t i = 0; i < pass->n; i++) {
        const float *values = npim_images_input(pass->images, layer, i);
        if (!values)
            return npim_fail(pass->error, NPIM_ECONFIG, "input %s: no values are given for it", input->name);
        for (size_t e = 0; e < elements; e++)
            pass->codes[layer][i * elements + e] = npim_code_of((double)values[e] / input->scale, range);
    }
    return NPIM_OK;
}

static npim_status run_layer(const npim_pass *pass, uint32_t layer) {
    npim_layer_kind kind = pass->network->layers[layer].kind;
    if (kind == NPIM_LAYER_CONV || kind == NPIM_LAYER_FC) return npim_pass_dots(pass, layer);
    if (kind == NPIM_LAYER_LSTM) return npim_pass_lstm(pass, layer);
    if (kind == NPIM_LAYER_INPUT) return take_input(pass, layer);
    bool pools = kind == NPIM_LAYER_MAXPOOL || kind == NPIM_LAYER_AVGPOOL || kind == NPIM_LAYER_GLOBALPOOL;
    for (size_t image = 0; image < pass->n; image++) {
        npim_status status = npim_stop_check(pass->stop, pass->error);
        if (status == NPIM_OK && pools) npim_pass_pool(pass, layer, image);
        if (status == NPIM_OK && !pools) status = npim_pass_digital(pass, layer, image);
        if (status != NPIM_OK) return status;
    }
    return NPIM_OK;
}

static void show(const npim_pass *pass, uint32_t layer) {
    if (pass->observer) pass->observer(pass->context, layer, pass->first, pass->n, pass->codes[layer]);
}

/* Frees the inputs that no later layer reads. */
static void forget(npim_pass *pass, const uint32_t *last_reader, uint32_t layer) {
    for (uint32_t i = 0; i <= layer; i++) {
        if (last_reader[i] != layer) continue;
        free(pass->codes[i]);
        pass->codes[i] = NULL;
    }
}

static npim_status run_layers(npim_pass *pass, uint32_t *last_reader) {
    const npim_network *network = pass->network;
    for (uint32_t l = 1; l < network->n_layers; l++)
        for (uint32_t i = 0; i < network->layers[l].n_inputs; i++)
            last_reader[network->layers[l].inputs[i]] = l;
    for (uint32_t l = 1; l < network->n_layers; l++) {
        npim_status status = make_room(pass, l);
        if (status == NPIM_OK) status = run_layer(pass, l);
        if (status != NPIM_OK) return status;
        show(pass, l);
        forget(pass, last_reader, l);
    }
    return NPIM_OK;
}

npim_status npim_forward(const npim_network *network, const npim_tensors *tensors, const npim_images *images,
                         const npim_products *products, int16_t *codes, const npim_stop *stop,
                         npim_error *error) {
    return npim_forward_observed(network, tensors, images, products, codes, NULL, NULL, stop, error);
}

npim_status npim_forward_observed(const npim_network *network, const npim_tensors *tensors,
                                  const npim_images *images, const npim_products *products, int16_t *codes,
                                  npim_code_observer *observer, void *context, const npim_stop *stop,
                                  npim_error *error) {
    if (images->n == 0) return NPIM_OK;
    npim_pass pass = {.network = network,
                      .tensors = tensors,
                      .images = images,
                      .products = products,
                      .stop = stop,
                      .error = error,
                      .n = images->n,
                      .first = images->first,
                      .observer = observer,
                      .context = context};
    pass.codes = calloc(network->n_layers, sizeof *pass.codes);
    uint32_t *last_reader = calloc(network->n_layers, sizeof *last_reader);
    npim_status status = NPIM_OK;
    if (!pass.codes || !last_reader) status = npim_fail(error, NPIM_ENOMEM, "no memory for the layers");
    if (status == NPIM_OK) status = make_room(&pass, 0);
    if (status == NPIM_OK) status = take_input(&pass, 0);
    if (status == NPIM_OK) {
        show(&pass, 0);
        status = run_layers(&pass, last_reader);
    }
    if (status == NPIM_OK)
        memcpy(codes, pass.codes[network->output],
               images->n * npim_pass_elements(&network->layers[network->output]) * sizeof *codes);
    for (uint32_t l = 0; pass.codes && l < network->n_layers; l++) free(pass.codes[l]);
    free(pass.codes);
    free(last_reader);
    return status;
}
