#include "sim/values/random_values.h"

#include "hw/random.h"

#include <math.h>
#include <stdlib.h>

enum { SIGMAS = 4 };

static size_t elements_of(const npim_layer *layer) {
    return (size_t)layer->out_c * layer->out_h * layer->out_w;
}

/* Mean squares of what layers deliver, [n_layers], and the scales that follow. */
typedef struct moments {
    npim_network *network;
    double *square;
} moments;

static double square_of_input(const moments *m, const npim_layer *layer, uint32_t i) {
    return m->square[layer->inputs[i]];
}

static double sum_of_inputs(const moments *m, const npim_layer *layer) {
    double sum = 0.0;
    for (uint32_t i = 0; i < layer->n_inputs; i++) sum += square_of_input(m, layer, i);
    return sum;
}

static double largest_input(const moments *m, const npim_layer *layer) {
    double largest = 0.0;
    for (uint32_t i = 0; i < layer->n_inputs; i++) largest = fmax(largest, square_of_input(m, layer, i));
    return largest;
}

/* Mean square of a layer's results before its activation. Weights have a mean square of 1 / rows. */
static double result_square(const moments *m, const npim_layer *layer) {
    switch (layer->kind) {
    case NPIM_LAYER_ADD:
    case NPIM_LAYER_SUB:
        return sum_of_inputs(m, layer);
    case NPIM_LAYER_MUL:
        return square_of_input(m, layer, 0) * square_of_input(m, layer, 1);
    case NPIM_LAYER_CONCAT:
    case NPIM_LAYER_LSTM:
        return largest_input(m, layer);
    default:
        return square_of_input(m, layer, 0);
    }
}

static bool any_signed(const moments *m, const npim_layer *layer) {
    for (uint32_t i = 0; i < layer->n_inputs; i++)
        if (m->network->layers[layer->inputs[i]].is_signed) return true;
    return false;
}

static bool makes_signs(npim_layer_kind kind) {
    return kind == NPIM_LAYER_CONV || kind == NPIM_LAYER_FC || kind == NPIM_LAYER_LSTM ||
           kind == NPIM_LAYER_SUB;
}

static bool is_positive(npim_activation activation) {
    return activation == NPIM_ACTIVATION_RELU || activation == NPIM_ACTIVATION_RELU6 ||
           activation == NPIM_ACTIVATION_SIGMOID || activation == NPIM_ACTIVATION_SOFTMAX;
}

/* Within 1. */
static bool is_bounded(const npim_layer *layer) {
    return layer->kind == NPIM_LAYER_LSTM || layer->activation == NPIM_ACTIVATION_SIGMOID ||
           layer->activation == NPIM_ACTIVATION_SOFTMAX || layer->activation == NPIM_ACTIVATION_TANH;
}

/* A rectifier leaves half of the mean square of what has both signs. */
static void set_scale(moments *m, uint32_t index) {
    npim_layer *layer = &m->network->layers[index];
    if (npim_layer_has_weights(layer) && layer->activation == NPIM_ACTIVATION_SOFTMAX)
        layer->activation = NPIM_ACTIVATION_NONE;
    double square = result_square(m, layer), range = is_bounded(layer) ? 1.0 : SIGMAS * sqrt(square);
    bool both_signs = makes_signs(layer->kind) || any_signed(m, layer);
    if (layer->activation == NPIM_ACTIVATION_RELU6) range = fmin(range, 6.0);
    layer->is_signed = both_signs && !is_positive(layer->activation);
    layer->scale = range / (layer->is_signed ? 127.0 : 255.0);
    if (is_bounded(layer)) square = fmin(square, 1.0);
    m->square[index] = both_signs && !layer->is_signed && !is_bounded(layer) ? 0.5 * square : square;
}

/* An LSTM's inputs have one scale and one sign: the largest, and signed where any is. A further input fills
 * it. */
static void unify_inputs(moments *m, const npim_layer *layer) {
    npim_layer *layers = m->network->layers;
    bool is_signed = any_signed(m, layer);
    double range = 0.0;
    for (uint32_t i = 0; i < layer->n_inputs; i++) {
        const npim_layer *input = &layers[layer->inputs[i]];
        if (input->kind == NPIM_LAYER_INPUT && layer->n_inputs > 1) continue; /* takes that of the others */
        range = fmax(range, input->scale * (input->is_signed ? 127.0 : 255.0));
    }
    if (range == 0.0) range = 1.0;
    for (uint32_t i = 0; i < layer->n_inputs; i++) {
        npim_layer *input = &layers[layer->inputs[i]];
        input->is_signed = is_signed;
        input->scale = range / (is_signed ? 127.0 : 255.0);
        if (input->kind == NPIM_LAYER_INPUT) m->square[layer->inputs[i]] = range * range / 3.0;
    }
}

static npim_status set_scales(npim_network *network, npim_error *error) {
    moments m = {network, calloc(network->n_layers, sizeof *m.square)};
    if (!m.square) return npim_fail(error, NPIM_ENOMEM, "no memory for random values");
    for (uint32_t l = 0; l < network->n_layers; l++) {
        if (network->layers[l].kind != NPIM_LAYER_INPUT) {
            if (network->layers[l].kind == NPIM_LAYER_LSTM) unify_inputs(&m, &network->layers[l]);
            set_scale(&m, l);
            continue;
        }
        network->layers[l].scale = 1.0 / 255.0;
        network->layers[l].is_signed = false;
        m.square[l] = 1.0 / 3.0;
    }
    network->has_values = true;
    free(m.square);
    return NPIM_OK;
}

/* Eight weights of 64 random bits. */
static void draw_weights(const npim_random *random, int8_t *weight, size_t n) {
    for (size_t i = 0; i < n; i += 8) {
        uint64_t bits = npim_random_bits(random, NPIM_DRAW_WEIGHT, i / 8);
        for (size_t k = i; k < n && k < i + 8; k++, bits >>= 8)
            weight[k] = (int8_t)((int)((bits & 0xff) % 255) - 127);
    }
}

/* A real weight has a mean square of 1 / rows; that of the codes is 127 x 128 / 3. */
static bool make_weights(const npim_layer *layer, double in_scale, const npim_random *random,
                         npim_layer_tensors *t) {
    size_t outputs = npim_tensors_outputs(layer), rows = (size_t)npim_layer_rows(layer);
    if (layer->kind != NPIM_LAYER_LSTM) in_scale = 1.0;
    t->weight = malloc(outputs * rows * sizeof *t->weight);
    t->weight_scale = malloc(outputs * sizeof *t->weight_scale);
    if (!t->weight || !t->weight_scale) return false;
    draw_weights(random, t->weight, outputs * rows);
    for (size_t o = 0; o < outputs; o++)
        t->weight_scale[o] = in_scale / sqrt((double)rows * 127.0 * 128.0 / 3.0);
    return true;
}

/* Scale layers leave values as they are, and gathers take one element after the other. */
static bool make_constants(const npim_layer *layer, npim_layer_tensors *t) {
    size_t in = (size_t)layer->in_c * layer->in_h * layer->in_w, n = elements_of(layer);
    if (layer->kind == NPIM_LAYER_SCALE) {
        t->n_factor = layer->out_c;
        t->factor = malloc(t->n_factor * sizeof *t->factor);
        t->offset = calloc(t->n_factor, sizeof *t->offset);
        for (size_t i = 0; t->factor && i < t->n_factor; i++) t->factor[i] = 1.0f;
        return t->factor && t->offset;
    }
    if (layer->kind == NPIM_LAYER_GATHER) {
        t->index = malloc(n * sizeof *t->index);
        for (size_t i = 0; t->index && i < n; i++) t->index[i] = (int32_t)(i % in);
        return t->index != NULL;
    }
    return true;
}

static npim_status make_tensors(npim_tensors *tensors, const npim_network *network, uint64_t seed,
                                npim_error *error) {
    npim_status status = npim_tensors_init(tensors, network->n_layers, error);
    for (uint32_t l = 0; status == NPIM_OK && l < network->n_layers; l++) {
        const npim_layer *layer = &network->layers[l];
        const npim_random random = {seed, l};
        npim_layer_tensors *t = &tensors->layers[l];
        double in_scale = layer->n_inputs > 0 ? network->layers[layer->inputs[0]].scale : 1.0;
        bool made = npim_layer_has_weights(layer) ? make_weights(layer, in_scale, &random, t)
                                                  : make_constants(layer, t);
        if (!made)
            status = npim_fail(error, NPIM_ENOMEM, "no memory for the weights of layer %s", layer->name);
    }
    return status;
}

/* Uniform over the range of the codes. */
static float *draw_input(const npim_layer *input, uint32_t layer, uint64_t seed, size_t n) {
    const npim_random random = {seed, layer};
    double range = input->scale * (input->is_signed ? 127.0 : 255.0);
    size_t all = n * elements_of(input);
    float *values = malloc(all * sizeof *values);
    for (size_t i = 0; values && i < all; i++) {
        double share = npim_random_uniform(&random, NPIM_DRAW_INPUT, i);
        values[i] = (float)(range * (input->is_signed ? 2.0 * share - 1.0 : share));
    }
    return values;
}

npim_status npim_random_values(npim_network *network, npim_tensors *tensors, npim_images *images,
                               uint64_t seed, size_t n, npim_error *error) {
    npim_status status = set_scales(network, error);
    if (status == NPIM_OK) status = make_tensors(tensors, network, seed, error);
    *images = (npim_images){.n = n, .elements = elements_of(&network->layers[0])};
    for (uint32_t l = 0; status == NPIM_OK && l < network->n_layers; l++) {
        const npim_layer *input = &network->layers[l];
        if (input->kind != NPIM_LAYER_INPUT) continue;
        float *values = draw_input(input, l, seed, n);
        if (!values) return npim_fail(error, NPIM_ENOMEM, "no memory for %zu images", n);
        if (l == 0)
            images->values = values;
        else
            status = npim_images_add(images, input, l, values, error);
    }
    return status;
}
