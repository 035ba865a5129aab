#include "sim/values/functions.h"

#include "hw/elementary.h"

#include <math.h>

npim_code_range npim_code_range_of(const npim_layer *layer) {
    npim_code_range range = {layer->is_signed ? -127 : 0, layer->is_signed ? 127 : 255};
    npim_code_range type = range;
    switch (layer->activation) {
    case NPIM_ACTIVATION_RELU:
        range.least = 0;
        break;
    case NPIM_ACTIVATION_RELU6:
        range.least = 0;
        range.most = npim_code_of(6.0 / layer->scale, type);
        break;
    case NPIM_ACTIVATION_CLIP:
        range.least = npim_code_of(layer->clip_min / layer->scale, type);
        range.most = npim_code_of(layer->clip_max / layer->scale, type);
        break;
    default:
        break;
    }
    return range;
}

bool npim_activation_is_range(npim_activation activation) {
    return activation == NPIM_ACTIVATION_NONE || activation == NPIM_ACTIVATION_RELU ||
           activation == NPIM_ACTIVATION_RELU6 || activation == NPIM_ACTIVATION_CLIP;
}

int16_t npim_code_of(double value, npim_code_range range) {
    if (isnan(value)) value = 0.0;
    if (value >= range.most) return (int16_t)range.most;
    if (value <= range.least) return (int16_t)range.least;
    return (int16_t)nearbyint(value);
}

double npim_sigmoid(double x) {
    return 1.0 / (1.0 + npim_exp(-x));
}

static double within(double x, double least, double most) {
    return x < least ? least : x > most ? most : x;
}

double npim_activate(const npim_layer *layer, double x) {
    switch (layer->activation) {
    case NPIM_ACTIVATION_RELU:
        return x > 0.0 ? x : 0.0;
    case NPIM_ACTIVATION_RELU6:
        return within(x, 0.0, 6.0);
    case NPIM_ACTIVATION_CLIP:
        return within(x, layer->clip_min, layer->clip_max);
    case NPIM_ACTIVATION_SIGMOID:
        return npim_sigmoid(x);
    case NPIM_ACTIVATION_TANH:
        return npim_tanh(x);
    case NPIM_ACTIVATION_LEAKY_RELU:
        return x > 0.0 ? x : layer->alpha * x;
    case NPIM_ACTIVATION_HARDSWISH:
        return x * within(x / 6.0 + 0.5, 0.0, 1.0);
    case NPIM_ACTIVATION_NONE:
    case NPIM_ACTIVATION_SOFTMAX:
        break;
    }
    return x;
}

void npim_softmax(double *x, size_t n, size_t stride) {
    double largest = x[0], sum = 0.0;
    for (size_t i = 1; i < n; i++)
        if (x[i * stride] > largest) largest = x[i * stride];
    for (size_t i = 0; i < n; i++) sum += x[i * stride] = npim_exp(x[i * stride] - largest);
    for (size_t i = 0; i < n; i++) x[i * stride] /= sum;
}

double npim_power(double x, double e) {
    return npim_exp(e * npim_log(x));
}
