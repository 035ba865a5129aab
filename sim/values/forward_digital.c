#include "sim/values/forward_parts.h"

#include "sim/values/rescale.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Fraction bits of the factors with which the inputs of an addition come to one scale. */
enum { ADD_BITS = 20 };

/* One layer on one image. */
typedef struct job {
    const npim_pass *pass;
    uint32_t index;
    const npim_layer *layer;
    size_t image, elements, plane; /* of the output; of one of its channels */
    int16_t *to;
    npim_code_range range;
} job;

static int16_t bounded(const job *j, int64_t code) {
    return (int16_t)(code < j->range.least ? j->range.least : code > j->range.most ? j->range.most : code);
}

static const int16_t *input(const job *j, uint32_t i) {
    return npim_pass_input(j->pass, j->index, i, j->image);
}

static double ratio(const job *j, uint32_t i) {
    return npim_pass_scale(j->pass, j->index, i) / j->layer->scale;
}

/* Additions and subtractions: x0 f0 +- x1 f1 ... in steps of 2^-20. A factor beyond 2^42 would saturate any
 * code but 0. */
static npim_status add(const job *j) {
    if (!npim_activation_is_range(j->layer->activation))
        return npim_fail(j->pass->error, NPIM_EUNSUPPORTED,
                         "layer %s: %s of a sum has no values: make it a layer of its own", j->layer->name,
                         npim_activation_names[j->layer->activation]);
    int64_t *sums = calloc(j->elements, sizeof *sums);
    if (!sums) return npim_fail(j->pass->error, NPIM_ENOMEM, "no memory for layer %s", j->layer->name);
    for (uint32_t i = 0; i < j->layer->n_inputs; i++) {
        const int16_t *x = input(j, i);
        double factor = nearbyint(ldexp(ratio(j, i), ADD_BITS));
        int64_t f = factor < 0x1p42 ? (int64_t)factor : (int64_t)1 << 42;
        if (j->layer->kind == NPIM_LAYER_SUB && i > 0) f = -f;
        for (size_t e = 0; e < j->elements; e++) sums[e] += x[e] * f;
    }
    for (size_t e = 0; e < j->elements; e++)
        j->to[e] = bounded(j, (sums[e] + (1 << (ADD_BITS - 1))) >> ADD_BITS);
    free(sums);
    return NPIM_OK;
}

static void multiply(const job *j) {
    const int16_t *a = input(j, 0), *b = input(j, 1);
    npim_rescale by = npim_rescale_of(npim_pass_scale(j->pass, j->index, 0) *
                                      npim_pass_scale(j->pass, j->index, 1) / j->layer->scale);
    for (size_t e = 0; e < j->elements; e++)
        j->to[e] = bounded(j, npim_rescale_value(by, (int64_t)a[e] * b[e]));
}

static void copy(const job *j, uint32_t i, size_t n, int16_t *to) {
    const int16_t *x = input(j, i);
    npim_rescale by = npim_rescale_of(ratio(j, i));
    for (size_t e = 0; e < n; e++) to[e] = bounded(j, npim_rescale_value(by, x[e]));
}

static void concatenate(const job *j) {
    int16_t *to = j->to;
    for (uint32_t i = 0; i < j->layer->n_inputs; i++) {
        size_t n = npim_pass_elements(&j->pass->network->layers[j->layer->inputs[i]]);
        copy(j, i, n, to);
        to += n;
    }
}

static void gather(const job *j) {
    const int32_t *index = j->pass->tensors->layers[j->index].index;
    const int16_t *x = input(j, 0);
    npim_rescale by = npim_rescale_of(ratio(j, 0));
    for (size_t e = 0; e < j->elements; e++)
        j->to[e] = index[e] < 0 ? bounded(j, 0) : bounded(j, npim_rescale_value(by, x[index[e]]));
}

static void scale(const job *j) {
    const npim_layer_tensors *t = &j->pass->tensors->layers[j->index];
    const int16_t *x = input(j, 0);
    double in_scale = npim_pass_scale(j->pass, j->index, 0);
    for (size_t e = 0; e < j->elements; e++) {
        size_t i = t->n_factor == j->elements ? e : e / j->plane;
        double y = in_scale * x[e] * (double)t->factor[i] + (double)t->offset[i];
        j->to[e] = npim_code_of(y / j->layer->scale, j->range);
    }
}

/* x / (k + alpha / size x sum of squares)^beta, the sum over the channels around. */
static void normalise(const job *j) {
    const npim_layer *l = j->layer;
    const int16_t *x = input(j, 0);
    double in_scale = npim_pass_scale(j->pass, j->index, 0);
    uint32_t below = (l->size - 1) / 2, above = l->size - 1 - below;
    for (size_t e = 0; e < j->elements; e++) {
        size_t c = e / j->plane, pixel = e % j->plane;
        size_t from = c > below ? c - below : 0, to = c + above < l->out_c ? c + above : l->out_c - 1;
        double squares = 0.0;
        for (size_t i = from; i <= to; i++) {
            double v = in_scale * x[i * j->plane + pixel];
            squares += v * v;
        }
        double divisor = npim_power(l->k + l->alpha / l->size * squares, l->beta);
        j->to[e] = npim_code_of(in_scale * x[e] / divisor / l->scale, j->range);
    }
}

static npim_status softmax(const job *j) {
    double *y = malloc(j->elements * sizeof *y);
    if (!y) return npim_fail(j->pass->error, NPIM_ENOMEM, "no memory for layer %s", j->layer->name);
    const int16_t *x = input(j, 0);
    double in_scale = npim_pass_scale(j->pass, j->index, 0);
    for (size_t e = 0; e < j->elements; e++) y[e] = in_scale * x[e];
    for (size_t pixel = 0; pixel < j->plane; pixel++) npim_softmax(y + pixel, j->layer->out_c, j->plane);
    for (size_t e = 0; e < j->elements; e++) j->to[e] = npim_code_of(y[e] / j->layer->scale, j->range);
    free(y);
    return NPIM_OK;
}

static npim_status activate(const job *j) {
    if (j->layer->activation == NPIM_ACTIVATION_SOFTMAX) return softmax(j);
    if (npim_activation_is_range(j->layer->activation)) {
        copy(j, 0, j->elements, j->to);
        return NPIM_OK;
    }
    const int16_t *x = input(j, 0);
    double in_scale = npim_pass_scale(j->pass, j->index, 0);
    for (size_t e = 0; e < j->elements; e++)
        j->to[e] = npim_code_of(npim_activate(j->layer, in_scale * x[e]) / j->layer->scale, j->range);
    return NPIM_OK;
}

npim_status npim_pass_digital(const npim_pass *pass, uint32_t index, size_t image) {
    const npim_layer *layer = &pass->network->layers[index];
    job j = {.pass = pass,
             .index = index,
             .layer = layer,
             .image = image,
             .elements = npim_pass_elements(layer),
             .plane = (size_t)layer->out_h * layer->out_w,
             .range = npim_code_range_of(layer)};
    j.to = pass->codes[index] + image * j.elements;
    switch (layer->kind) {
    case NPIM_LAYER_ADD:
    case NPIM_LAYER_SUB:
        return add(&j);
    case NPIM_LAYER_ACTIVATION:
        return activate(&j);
    case NPIM_LAYER_MUL:
        multiply(&j);
        return NPIM_OK;
    case NPIM_LAYER_CONCAT:
        concatenate(&j);
        return NPIM_OK;
    case NPIM_LAYER_GATHER:
        gather(&j);
        return NPIM_OK;
    case NPIM_LAYER_SCALE:
        scale(&j);
        return NPIM_OK;
    case NPIM_LAYER_LRN:
        normalise(&j);
        return NPIM_OK;
    case NPIM_LAYER_FLATTEN:
        copy(&j, 0, j.elements, j.to);
        return NPIM_OK;
    default:
        return npim_fail(pass->error, NPIM_EUNSUPPORTED, "layer %s: %s has no values", layer->name,
                         npim_layer_kind_names[layer->kind]);
    }
}
