#include "sim/values/reference.h"

#include "hw/elementary.h"
#include "sim/values/reference_codes.h"

#include <math.h>
#include <stdlib.h>

/* One image on its way through the network. */
typedef struct state {
    const npim_network *network;
    const npim_tensors *tensors;
    const npim_reference_dot *dot;
    int16_t **codes; /* of every layer */
    int16_t *rows;   /* of the dot product in hand */
} state;

/* The layer in hand. */
typedef struct one {
    const state *s;
    const npim_layer *layer;
    const npim_layer_tensors *tensors;
    uint32_t index;
} one;

static size_t size_of(const npim_layer *l) {
    return (size_t)l->out_c * l->out_h * l->out_w;
}

static const npim_layer *source(const one *w, uint32_t i) {
    return &w->s->network->layers[w->layer->inputs[i]];
}

static const int16_t *codes_of(const one *w, uint32_t i) {
    return w->s->codes[w->layer->inputs[i]];
}

/* Code at channel, row and column of input 0; 0 in the padding. */
static int at(const one *w, uint32_t c, int64_t y, int64_t x) {
    const npim_layer *from = source(w, 0);
    if (y < 0 || x < 0 || y >= from->out_h || x >= from->out_w) return 0;
    return codes_of(w, 0)[((size_t)c * from->out_h + (size_t)y) * from->out_w + (size_t)x];
}

static int64_t product(const one *w, uint32_t group, uint32_t output, uint32_t rows, uint32_t signed_from) {
    size_t outputs = npim_layer_outputs(w->layer);
    const int8_t *weight = w->tensors->weight + ((size_t)group * outputs + output) * rows;
    const npim_reference_dot *dot = w->s->dot;
    if (dot) return dot->dot(dot->context, w->index, group, output, rows, signed_from, w->s->rows, weight);
    int64_t sum = 0;
    for (uint32_t r = 0; r < rows; r++) sum += w->s->rows[r] * weight[r];
    return sum;
}

static int16_t weighted(const one *w, uint32_t c, uint32_t y, uint32_t x) {
    const npim_layer *l = w->layer;
    uint32_t rows = (uint32_t)npim_layer_rows(l), per_group = l->out_c / l->groups, row = 0;
    uint32_t group = c / per_group, channels = l->in_c / l->groups;
    if (l->kind == NPIM_LAYER_FC)
        for (; row < rows; row++) w->s->rows[row] = codes_of(w, 0)[row];
    else
        for (uint32_t i = 0; i < channels; i++)
            for (uint32_t ky = 0; ky < l->kernel_h; ky++)
                for (uint32_t kx = 0; kx < l->kernel_w; kx++)
                    w->s->rows[row++] =
                        (int16_t)at(w, group * channels + i,
                                    (int64_t)y * l->stride_h + (int64_t)ky * l->dilation_h - l->pad_top,
                                    (int64_t)x * l->stride_w + (int64_t)kx * l->dilation_w - l->pad_left);
    int64_t sum = product(w, group, c % per_group, rows, source(w, 0)->is_signed ? 0 : rows);
    if (w->tensors->bias) sum += w->tensors->bias[c];
    double unit = source(w, 0)->scale * w->tensors->weight_scale[c];
    if (npim_reference_bends(l)) return npim_reference_code(l, npim_reference_bend(l, (double)sum * unit));
    return npim_reference_finish(l, npim_reference_times(sum, unit / l->scale));
}

static int16_t pooled(const one *w, uint32_t c, uint32_t y, uint32_t x) {
    const npim_layer *l = w->layer, *from = source(w, 0);
    bool all = l->kind == NPIM_LAYER_GLOBALPOOL;
    uint32_t kernel_h = all ? from->out_h : l->kernel_h, kernel_w = all ? from->out_w : l->kernel_w;
    int64_t top = all ? 0 : (int64_t)y * l->stride_h - l->pad_top, sum = 0, inside = 0, padded = 0;
    int64_t left = all ? 0 : (int64_t)x * l->stride_w - l->pad_left, most = INT64_MIN;
    for (int64_t i = top; i < top + kernel_h; i++)
        for (int64_t j = left; j < left + kernel_w; j++) {
            int64_t bottom = (int64_t)from->out_h + l->pad_bottom - l->ceil_bottom;
            int64_t right = (int64_t)from->out_w + l->pad_right - l->ceil_right;
            if (i < bottom && j < right) padded++;
            if (i < 0 || j < 0 || i >= from->out_h || j >= from->out_w) continue;
            int code = at(w, c, i, j);
            inside++;
            sum += code;
            if (code > most) most = code;
        }
    if (l->kind == NPIM_LAYER_MAXPOOL)
        return npim_reference_finish(l, npim_reference_times(most, from->scale / l->scale));
    int64_t count = l->count_include_pad ? padded : inside;
    return npim_reference_finish(l, npim_reference_times(sum, from->scale / l->scale / (double)count));
}

static int16_t summed(const one *w, size_t e) {
    int64_t sum = 0;
    for (uint32_t i = 0; i < w->layer->n_inputs; i++) {
        int64_t factor =
            npim_reference_nearest(fmin(source(w, i)->scale / w->layer->scale * 1048576.0, 0x1p42));
        sum += (w->layer->kind == NPIM_LAYER_SUB && i ? -factor : factor) * codes_of(w, i)[e];
    }
    int64_t low = ((sum + 524288) % 1048576 + 1048576) % 1048576;
    return npim_reference_finish(w->layer, (sum + 524288 - low) / 1048576);
}

static int16_t joined(const one *w, uint32_t c, uint32_t y, uint32_t x) {
    uint32_t i = 0;
    while (c >= source(w, i)->out_c) c -= source(w, i++)->out_c;
    const npim_layer *from = source(w, i);
    int code = codes_of(w, i)[((size_t)c * from->out_h + y) * from->out_w + x];
    return npim_reference_finish(w->layer, npim_reference_times(code, from->scale / w->layer->scale));
}

/* x / (k + alpha / size x sum of squares)^beta. */
static int16_t normalised(const one *w, uint32_t c, uint32_t y, uint32_t x) {
    const npim_layer *l = w->layer;
    double unit = source(w, 0)->scale, squares = 0.0;
    int64_t from = (int64_t)c - (l->size - 1) / 2;
    for (int64_t i = from; i < from + l->size; i++)
        if (i >= 0 && i < l->out_c) {
            double value = unit * at(w, (uint32_t)i, y, x);
            squares += value * value;
        }
    double divisor = npim_exp(l->beta * npim_log(l->k + l->alpha / l->size * squares));
    return npim_reference_code(l, unit * at(w, c, y, x) / divisor);
}

static int16_t activated(const one *w, uint32_t c, uint32_t y, uint32_t x) {
    const npim_layer *l = w->layer;
    double unit = source(w, 0)->scale;
    if (l->activation == NPIM_ACTIVATION_SOFTMAX) {
        double sum = 0.0;
        for (uint32_t i = 0; i < l->out_c; i++) sum += npim_exp(unit * (at(w, i, y, x) - at(w, c, y, x)));
        return npim_reference_code(l, 1.0 / sum);
    }
    if (npim_reference_bends(l)) return npim_reference_code(l, npim_reference_bend(l, unit * at(w, c, y, x)));
    return npim_reference_finish(l, npim_reference_times(at(w, c, y, x), unit / l->scale));
}

static int16_t element(const one *w, uint32_t c, uint32_t y, uint32_t x) {
    const npim_layer *l = w->layer;
    size_t e = ((size_t)c * l->out_h + y) * l->out_w + x;
    double unit = source(w, 0)->scale;
    switch (l->kind) {
    case NPIM_LAYER_CONV:
    case NPIM_LAYER_FC:
        return weighted(w, c, y, x);
    case NPIM_LAYER_MAXPOOL:
    case NPIM_LAYER_AVGPOOL:
    case NPIM_LAYER_GLOBALPOOL:
        return pooled(w, c, y, x);
    case NPIM_LAYER_ADD:
    case NPIM_LAYER_SUB:
        return summed(w, e);
    case NPIM_LAYER_MUL:
        return npim_reference_finish(l, npim_reference_times((int64_t)codes_of(w, 0)[e] * codes_of(w, 1)[e],
                                                             unit * source(w, 1)->scale / l->scale));
    case NPIM_LAYER_CONCAT:
        return joined(w, c, y, x);
    case NPIM_LAYER_GATHER: {
        int32_t from = w->tensors->index[e];
        return npim_reference_finish(
            l, from < 0 ? 0 : npim_reference_times(codes_of(w, 0)[from], unit / l->scale));
    }
    case NPIM_LAYER_SCALE: {
        size_t i = w->tensors->n_factor == size_of(l) ? e : c;
        double y_real = unit * codes_of(w, 0)[e] * (double)w->tensors->factor[i];
        return npim_reference_code(l, y_real + (double)w->tensors->offset[i]);
    }
    case NPIM_LAYER_LRN:
        return normalised(w, c, y, x);
    case NPIM_LAYER_ACTIVATION:
        return activated(w, c, y, x);
    default:
        return npim_reference_finish(l, npim_reference_times(codes_of(w, 0)[e], unit / l->scale));
    }
}

static int16_t step_code(const one *w, uint32_t channel, uint32_t step) {
    uint32_t i = 0;
    while (step >= source(w, i)->out_h) step -= source(w, i++)->out_h;
    return codes_of(w, i)[(size_t)channel * source(w, i)->out_h + step];
}

static double gate_of(const one *w, uint32_t output, uint32_t rows, uint32_t signed_from) {
    int64_t sum = product(w, 0, output, rows, signed_from);
    if (w->tensors->bias) sum += w->tensors->bias[output];
    return (double)sum * w->tensors->weight_scale[output];
}

static void recur(const one *w, int16_t *states) {
    const npim_layer *l = w->layer;
    uint32_t hidden = l->out_c, rows = l->in_c + hidden, steps = l->out_h;
    uint32_t signed_from = source(w, 0)->is_signed ? 0 : l->in_c;
    int16_t *codes = w->s->codes[w->index];
    for (uint32_t u = 0; u < hidden; u++) states[u] = 0;
    for (uint32_t t = 0; t < steps; t++) {
        for (uint32_t r = 0; r < rows; r++)
            w->s->rows[r] = r < l->in_c ? step_code(w, r, t)
                            : t > 0     ? codes[(size_t)(r - l->in_c) * steps + t - 1]
                                        : (int16_t)0;
        for (uint32_t u = 0; u < hidden; u++) {
            double in = npim_reference_logistic(gate_of(w, u, rows, signed_from));
            double keep = npim_reference_logistic(gate_of(w, hidden + u, rows, signed_from));
            double new = npim_tanh(gate_of(w, 2 * hidden + u, rows, signed_from));
            double out = npim_reference_logistic(gate_of(w, 3 * hidden + u, rows, signed_from));
            double cell = fmin(fmax((keep * (states[u] / 2048.0) + in * new) * 2048.0, -32767.0), 32767.0);
            states[u] = (int16_t)npim_reference_nearest(cell);
            codes[(size_t)u * steps + t] = npim_reference_code(l, out * npim_tanh(states[u] / 2048.0));
        }
    }
}

static npim_status run_layer(const state *s, uint32_t index, npim_error *error) {
    const npim_layer *l = &s->network->layers[index];
    one w = {s, l, &s->tensors->layers[index], index};
    if (l->kind == NPIM_LAYER_LSTM) {
        int16_t *states = malloc(l->out_c * sizeof *states);
        if (!states) return npim_fail(error, NPIM_ENOMEM, "no memory for the reference");
        recur(&w, states);
        free(states);
        return NPIM_OK;
    }
    int16_t *to = s->codes[index];
    for (uint32_t c = 0; c < l->out_c; c++)
        for (uint32_t y = 0; y < l->out_h; y++)
            for (uint32_t x = 0; x < l->out_w; x++) *to++ = element(&w, c, y, x);
    return NPIM_OK;
}

static npim_status make_room(state *s, npim_error *error) {
    uint64_t rows = 1;
    s->codes = calloc(s->network->n_layers, sizeof *s->codes);
    for (uint32_t l = 0; s->codes && l < s->network->n_layers; l++) {
        const npim_layer *layer = &s->network->layers[l];
        s->codes[l] = malloc(size_of(layer) * sizeof **s->codes);
        if (!s->codes[l]) return npim_fail(error, NPIM_ENOMEM, "no memory for the reference");
        if (npim_layer_has_weights(layer) && npim_layer_rows(layer) > rows) rows = npim_layer_rows(layer);
    }
    s->rows = malloc(rows * sizeof *s->rows);
    if (!s->codes || !s->rows) return npim_fail(error, NPIM_ENOMEM, "no memory for the reference");
    return NPIM_OK;
}

static npim_status read_input(const state *s, uint32_t index, const float *values, npim_error *error) {
    const npim_layer *input = &s->network->layers[index];
    if (!values) return npim_fail(error, NPIM_ECONFIG, "input %s has no values", input->name);
    for (size_t e = 0; e < size_of(input); e++)
        s->codes[index][e] = (int16_t)npim_reference_limited(input, (double)values[e] / input->scale);
    return NPIM_OK;
}

static npim_status run_image(const state *s, const npim_images *images, size_t image, const npim_stop *stop,
                             npim_error *error) {
    npim_status status = NPIM_OK;
    for (uint32_t l = 0; status == NPIM_OK && l < s->network->n_layers; l++) {
        status = npim_stop_check(stop, error);
        if (status != NPIM_OK) break;
        if (s->network->layers[l].kind == NPIM_LAYER_INPUT)
            status = read_input(s, l, npim_images_input(images, l, image), error);
        else
            status = run_layer(s, l, error);
    }
    return status;
}

npim_status npim_reference(const npim_network *network, const npim_tensors *tensors,
                           const npim_images *images, const npim_reference_dot *dot, int16_t *codes,
                           const npim_stop *stop, npim_error *error) {
    state s = {.network = network, .tensors = tensors, .dot = dot};
    size_t outputs = size_of(&network->layers[network->output]);
    npim_status status = make_room(&s, error);
    for (size_t i = 0; status == NPIM_OK && i < images->n; i++) {
        status = run_image(&s, images, i, stop, error);
        for (size_t e = 0; status == NPIM_OK && e < outputs; e++)
            codes[i * outputs + e] = s.codes[network->output][e];
    }
    for (uint32_t l = 0; s.codes && l < network->n_layers; l++) free(s.codes[l]);
    free(s.codes);
    free(s.rows);
    return status;
}
