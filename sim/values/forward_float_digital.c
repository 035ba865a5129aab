#include "sim/values/forward_float_parts.h"

#include "sim/values/functions.h"

#include <math.h>

/* The layer in hand. */
typedef struct job {
    const npim_float_pass *pass;
    const npim_layer *layer;
    uint32_t index;
    size_t elements, plane; /* of the output; of one of its channels */
    double *to;
} job;

static const float *input(const job *j, uint32_t i) {
    return npim_float_input(j->pass, j->index, i);
}

/* One direction of a pooling window: the pixels from .. to - 1 of the input, and how many an average counts.
 */
typedef struct span {
    int64_t from, to, count;
} span;

static span span_of(const npim_layer *l, int64_t from, uint32_t kernel, uint32_t in, uint32_t after) {
    int64_t end = from + kernel, counted = (int64_t)in + after;
    span s = {from < 0 ? 0 : from, end < in ? end : in, 0};
    s.count = l->count_include_pad ? (end < counted ? end : counted) - from : s.to - s.from;
    return s;
}

static double pool_window(const npim_layer *l, const float *plane, const span *down, const span *right) {
    double sum = 0.0, most = -HUGE_VAL;
    for (int64_t y = down->from; y < down->to; y++)
        for (int64_t x = right->from; x < right->to; x++) {
            double value = (double)plane[y * l->in_w + x];
            sum += value;
            if (value > most) most = value;
        }
    return l->kind == NPIM_LAYER_MAXPOOL ? most : sum / (double)(down->count * right->count);
}

static void pool(const job *j) {
    const npim_layer *l = j->layer;
    const float *plane = input(j, 0);
    double *to = j->to;
    bool all = l->kind == NPIM_LAYER_GLOBALPOOL;
    uint32_t kernel_h = all ? l->in_h : l->kernel_h, kernel_w = all ? l->in_w : l->kernel_w;
    for (uint32_t c = 0; c < l->out_c; c++, plane += (size_t)l->in_h * l->in_w)
        for (uint32_t y = 0; y < l->out_h; y++) {
            span down = span_of(l, (int64_t)y * l->stride_h - l->pad_top, kernel_h, l->in_h,
                                l->pad_bottom - l->ceil_bottom);
            for (uint32_t x = 0; x < l->out_w; x++) {
                span right = span_of(l, (int64_t)x * l->stride_w - l->pad_left, kernel_w, l->in_w,
                                     l->pad_right - l->ceil_right);
                *to++ = pool_window(l, plane, &down, &right);
            }
        }
}

static void copy(const job *j) {
    for (size_t e = 0; e < j->elements; e++) j->to[e] = (double)input(j, 0)[e];
}

/* Sums, differences and products, from the first input on. */
static void combine(const job *j) {
    copy(j);
    for (uint32_t i = 1; i < j->layer->n_inputs; i++) {
        const float *x = input(j, i);
        for (size_t e = 0; e < j->elements; e++) {
            if (j->layer->kind == NPIM_LAYER_ADD) j->to[e] += (double)x[e];
            if (j->layer->kind == NPIM_LAYER_SUB) j->to[e] -= (double)x[e];
            if (j->layer->kind == NPIM_LAYER_MUL) j->to[e] *= (double)x[e];
        }
    }
}

static void concatenate(const job *j) {
    double *to = j->to;
    for (uint32_t i = 0; i < j->layer->n_inputs; i++) {
        size_t n = j->plane * j->pass->network->layers[j->layer->inputs[i]].out_c;
        for (size_t e = 0; e < n; e++) *to++ = (double)input(j, i)[e];
    }
}

static void gather(const job *j) {
    const int32_t *index = j->pass->tensors->layers[j->index].index;
    for (size_t e = 0; e < j->elements; e++) j->to[e] = index[e] < 0 ? 0.0 : (double)input(j, 0)[index[e]];
}

static void scale(const job *j) {
    const npim_layer_tensors *t = &j->pass->tensors->layers[j->index];
    for (size_t e = 0; e < j->elements; e++) {
        size_t i = t->n_factor == j->elements ? e : e / j->plane;
        j->to[e] = (double)input(j, 0)[e] * (double)t->factor[i] + (double)t->offset[i];
    }
}

/* x / (k + alpha / size x sum of squares)^beta, the sum over the channels around. */
static void normalise(const job *j) {
    const npim_layer *l = j->layer;
    const float *x = input(j, 0);
    int64_t below = (l->size - 1) / 2;
    for (size_t e = 0; e < j->elements; e++) {
        int64_t from = (int64_t)(e / j->plane) - below, to = from + l->size;
        double squares = 0.0;
        for (int64_t c = from < 0 ? 0 : from; c < to && c < l->out_c; c++) {
            double v = (double)x[(size_t)c * j->plane + e % j->plane];
            squares += v * v;
        }
        j->to[e] = (double)x[e] / npim_power(l->k + l->alpha / l->size * squares, l->beta);
    }
}

void npim_float_digital(const npim_float_pass *pass, uint32_t index, double *to) {
    const npim_layer *layer = &pass->network->layers[index];
    size_t plane = (size_t)layer->out_h * layer->out_w;
    job j = {pass, layer, index, plane * layer->out_c, plane, to};
    switch (layer->kind) {
    case NPIM_LAYER_MAXPOOL:
    case NPIM_LAYER_AVGPOOL:
    case NPIM_LAYER_GLOBALPOOL:
        pool(&j);
        break;
    case NPIM_LAYER_ADD:
    case NPIM_LAYER_SUB:
    case NPIM_LAYER_MUL:
        combine(&j);
        break;
    case NPIM_LAYER_CONCAT:
        concatenate(&j);
        break;
    case NPIM_LAYER_GATHER:
        gather(&j);
        break;
    case NPIM_LAYER_SCALE:
        scale(&j);
        break;
    case NPIM_LAYER_LRN:
        normalise(&j);
        break;
    default: /* activation, flatten */
        copy(&j);
        break;
    }
}
