#include "sim/values/forward_float_parts.h"

#include "hw/elementary.h"
#include "sim/values/functions.h"

#include <math.h>

/* The outputs x of a row whose input first + x stride is inside the input: from <= x < to. */
typedef struct span {
    int64_t first;
    uint32_t from, to;
} span;

static int64_t divide_up(int64_t x, uint32_t by) {
    return by == 1 ? x : (x + by - 1) / by;
}

static span span_of(const npim_layer *l, uint32_t kernel_x) {
    span s = {.first = (int64_t)kernel_x * l->dilation_w - l->pad_left};
    int64_t from = s.first < 0 ? divide_up(-s.first, l->stride_w) : 0;
    int64_t to = s.first < l->in_w ? divide_up(l->in_w - s.first, l->stride_w) : 0;
    s.to = (uint32_t)(to < l->out_w ? to : l->out_w);
    s.from = (uint32_t)(from < s.to ? from : s.to);
    return s;
}

/* Adds what one weight makes of a row of the input. */
static void add_row(const npim_layer *l, const float *row, double weight, span s, double *to) {
    const float *from = row + (s.first + (int64_t)s.from * l->stride_w);
    size_t n = s.to - s.from;
    to += s.from;
    if (l->stride_w == 1)
        for (size_t x = 0; x < n; x++) to[x] += weight * (double)from[x];
    else
        for (size_t x = 0; x < n; x++) to[x] += weight * (double)from[x * l->stride_w];
}

/* One row of one output channel. The sums run over (channel, kernel row, kernel column), as the rows of the
 * weights. */
static void convolve_row(const npim_layer *l, const float *plane, const float *weight, uint32_t y,
                         double *to) {
    for (uint32_t x = 0; x < l->out_w; x++) to[x] = 0.0;
    for (uint32_t c = 0; c < l->in_c / l->groups; c++, plane += (size_t)l->in_h * l->in_w)
        for (uint32_t ky = 0; ky < l->kernel_h; ky++, weight += l->kernel_w) {
            int64_t in_y = (int64_t)y * l->stride_h + (int64_t)ky * l->dilation_h - l->pad_top;
            if (in_y < 0 || in_y >= l->in_h) continue;
            for (uint32_t kx = 0; kx < l->kernel_w; kx++) {
                span s = span_of(l, kx);
                if (s.from < s.to) add_row(l, plane + in_y * l->in_w, (double)weight[kx], s, to);
            }
        }
}

static void convolve(const npim_float_pass *pass, uint32_t index, double *to) {
    const npim_layer *l = &pass->network->layers[index];
    const npim_layer_tensors *t = &pass->tensors->layers[index];
    size_t rows = (size_t)npim_layer_rows(l);
    size_t group_size = (size_t)(l->in_c / l->groups) * l->in_h * l->in_w;
    for (uint32_t o = 0; o < l->out_c; o++) {
        const float *from = npim_float_input(pass, index, 0) + o / (l->out_c / l->groups) * group_size;
        double bias = t->bias_float ? (double)t->bias_float[o] : 0.0;
        for (uint32_t y = 0; y < l->out_h; y++, to += l->out_w) {
            convolve_row(l, from, t->weight_float + o * rows, y, to);
            for (uint32_t x = 0; x < l->out_w; x++) to[x] += bias;
        }
    }
}

static void connect(const npim_float_pass *pass, uint32_t index, double *to) {
    const npim_layer *l = &pass->network->layers[index];
    const npim_layer_tensors *t = &pass->tensors->layers[index];
    const float *x = npim_float_input(pass, index, 0), *weight = t->weight_float;
    size_t rows = (size_t)npim_layer_rows(l);
    for (uint32_t o = 0; o < l->out_c; o++, weight += rows) {
        double sum = 0.0;
        for (size_t r = 0; r < rows; r++) sum += (double)weight[r] * (double)x[r];
        to[o] = sum + (t->bias_float ? (double)t->bias_float[o] : 0.0);
    }
}

/* The step's channels in whichever input that row is: element c x *rows of the result is channel c. */
static const float *step_of(const npim_float_pass *pass, uint32_t index, uint32_t step, uint32_t *rows) {
    const npim_layer *layers = pass->network->layers, *l = &layers[index];
    uint32_t i = 0;
    while (step >= layers[l->inputs[i]].out_h) step -= layers[l->inputs[i++]].out_h;
    *rows = layers[l->inputs[i]].out_h;
    return npim_float_input(pass, index, i) + step;
}

/* Sum of one gate of one unit; hidden: the outputs so far, [unit][step]. */
static double gate_sum(const npim_float_pass *pass, uint32_t index, size_t output, uint32_t step,
                       const double *hidden) {
    const npim_layer *l = &pass->network->layers[index];
    const npim_layer_tensors *t = &pass->tensors->layers[index];
    const float *weight = t->weight_float + output * ((size_t)l->in_c + l->out_c);
    uint32_t rows;
    const float *x = step_of(pass, index, step, &rows);
    double sum = 0.0;
    for (uint32_t c = 0; c < l->in_c; c++) sum += (double)*weight++ * (double)x[(size_t)c * rows];
    for (uint32_t u = 0; step > 0 && u < l->out_c; u++)
        sum += (double)*weight++ * hidden[(size_t)u * l->out_h + step - 1];
    return sum + (t->bias_float ? (double)t->bias_float[output] : 0.0);
}

/* c = f c + i g, h = o tanh(c), gates of the order input, forget, cell, output. */
static void recur(const npim_float_pass *pass, uint32_t index, double *to) {
    const npim_layer *l = &pass->network->layers[index];
    for (uint32_t u = 0; u < l->out_c; u++) pass->states[u] = 0.0;
    for (uint32_t step = 0; step < l->out_h; step++)
        for (uint32_t u = 0; u < l->out_c; u++) {
            double gate[NPIM_LSTM_GATES];
            for (size_t g = 0; g < NPIM_LSTM_GATES; g++) {
                double sum = gate_sum(pass, index, g * l->out_c + u, step, to);
                gate[g] = g == 2 ? npim_tanh(sum) : npim_sigmoid(sum);
            }
            pass->states[u] = gate[1] * pass->states[u] + gate[0] * gate[2];
            to[(size_t)u * l->out_h + step] = gate[3] * npim_tanh(pass->states[u]);
        }
}

void npim_float_dots(const npim_float_pass *pass, uint32_t layer, double *to) {
    npim_layer_kind kind = pass->network->layers[layer].kind;
    if (kind == NPIM_LAYER_CONV) convolve(pass, layer, to);
    if (kind == NPIM_LAYER_FC) connect(pass, layer, to);
    if (kind == NPIM_LAYER_LSTM) recur(pass, layer, to);
}
