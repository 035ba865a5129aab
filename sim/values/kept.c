#include "sim/values/kept.h"

#include <stdlib.h>
#include <string.h>

static size_t elements_of(const npim_layer *layer) {
    return (size_t)layer->out_c * layer->out_h * layer->out_w;
}

npim_status npim_kept_init(npim_kept *kept, const npim_network *network, size_t n, npim_error *error) {
    *kept = (npim_kept){.network = network, .n = n};
    kept->codes = calloc(network->n_layers, sizeof *kept->codes);
    if (kept->codes) return NPIM_OK;
    return npim_fail(error, NPIM_ENOMEM, "no memory for %u layers", network->n_layers);
}

void npim_kept_fini(npim_kept *kept) {
    for (uint32_t l = 0; kept->codes && l < kept->network->n_layers; l++) free(kept->codes[l]);
    free(kept->codes);
    memset(kept, 0, sizeof *kept);
}

static npim_status keep(npim_kept *kept, uint32_t layer, npim_error *error) {
    const npim_layer *l = &kept->network->layers[layer];
    if (kept->codes[layer]) return NPIM_OK;
    size_t most = SIZE_MAX / sizeof(int16_t) / elements_of(l);
    if (kept->n <= most) kept->codes[layer] = calloc(kept->n * elements_of(l), sizeof(int16_t));
    if (kept->codes[layer]) return NPIM_OK;
    return npim_fail(error, NPIM_ENOMEM, "no memory for the values of %zu images of layer %s", kept->n,
                     l->name);
}

npim_status npim_kept_want(npim_kept *kept, uint32_t layer, npim_error *error) {
    const npim_layer *l = &kept->network->layers[layer];
    npim_status status = l->kind == NPIM_LAYER_LSTM ? keep(kept, layer, error) : NPIM_OK;
    for (uint32_t i = 0; status == NPIM_OK && i < l->n_inputs; i++) status = keep(kept, l->inputs[i], error);
    return status;
}

void npim_kept_take(void *context, uint32_t layer, size_t first, size_t n, const int16_t *codes) {
    const npim_kept *kept = context;
    size_t elements = elements_of(&kept->network->layers[layer]);
    if (!kept->codes[layer]) return;
    memcpy(kept->codes[layer] + first * elements, codes, n * elements * sizeof *codes);
}

/* --- vectors --- */

/* The window in hand. */
typedef struct window {
    const npim_kept *kept;
    const npim_layer *layer;
    uint32_t index, group;
    size_t image;
    uint32_t y, x;
} window;

/* Codes of the image that an input of the layer delivers. */
static const int16_t *codes_of(const window *w, uint32_t layer) {
    return w->kept->codes[layer] + w->image * elements_of(&w->kept->network->layers[layer]);
}

static int16_t of_convolution(const window *w, uint32_t row) {
    const npim_layer *l = w->layer;
    uint32_t kernel = l->kernel_h * l->kernel_w;
    size_t channel = (size_t)w->group * (l->in_c / l->groups) + row / kernel;
    int64_t y = (int64_t)w->y * l->stride_h + (int64_t)(row % kernel / l->kernel_w) * l->dilation_h;
    int64_t x = (int64_t)w->x * l->stride_w + (int64_t)(row % l->kernel_w) * l->dilation_w;
    y -= l->pad_top;
    x -= l->pad_left;
    if (y < 0 || x < 0 || y >= l->in_h || x >= l->in_w) return 0;
    return codes_of(w, l->inputs[0])[(channel * l->in_h + (size_t)y) * l->in_w + (size_t)x];
}

/* Channels of the step, in whichever input it is, then what the hidden units were the step before. */
static int16_t of_recurrence(const window *w, uint32_t row) {
    const npim_layer *l = w->layer, *layers = w->kept->network->layers;
    uint32_t input = 0, step = w->y;
    if (row >= l->in_c) {
        size_t unit = row - l->in_c;
        return step > 0 ? codes_of(w, w->index)[unit * l->out_h + step - 1] : (int16_t)0;
    }
    while (step >= layers[l->inputs[input]].out_h) step -= layers[l->inputs[input++]].out_h;
    return codes_of(w, l->inputs[input])[(size_t)row * layers[l->inputs[input]].out_h + step];
}

void npim_kept_inputs(const npim_kept *kept, uint32_t layer, uint32_t group, size_t image, uint32_t y,
                      uint32_t x, uint32_t first, uint32_t n, int16_t *inputs) {
    const npim_layer *l = &kept->network->layers[layer];
    const window w = {kept, l, layer, group, image, y, x};
    if (l->kind == NPIM_LAYER_FC) {
        memcpy(inputs, codes_of(&w, l->inputs[0]) + first, n * sizeof *inputs);
        return;
    }
    for (uint32_t row = first; row < first + n; row++)
        *inputs++ = l->kind == NPIM_LAYER_LSTM ? of_recurrence(&w, row) : of_convolution(&w, row);
}

uint64_t npim_kept_vector(const npim_kept *kept, uint32_t layer, size_t image, uint32_t y, uint32_t x) {
    const npim_layer *l = &kept->network->layers[layer];
    return image * npim_layer_positions(l) + (uint64_t)y * l->out_w + x;
}
