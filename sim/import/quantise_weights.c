#include "sim/import/quantise_weights.h"

#include <math.h>
#include <stdlib.h>

static const double largest_code = 127.0;
static const double largest_line = 255.0;  /* of a word line: signed codes come with 128 added */
static const double largest_bias = 0x1p29; /* leaves room for the products */

/* One output of a layer. Rows from hidden_from on are those of an LSTM's hidden units. */
typedef struct job {
    const npim_layer *layer;
    size_t rows, hidden_from;
    double in_scale, hidden_scale; /* an LSTM's products are real numbers: conv and fc have 1 here */
    double bias_unit;              /* of the bias in units of weight_scale */
} job;

static double scale_of(const job *j, size_t row) {
    return row < j->hidden_from ? j->in_scale : j->hidden_scale;
}

static double weight_scale_of(const job *j, const float *weight, double bias) {
    double most = 0.0;
    for (size_t r = 0; r < j->rows; r++) most = fmax(most, fabs((double)weight[r]) * scale_of(j, r));
    double scale = fmax(most / largest_code, fabs(bias) / j->bias_unit / largest_bias);
    return scale > 0.0 ? scale : 1.0;
}

/* Codes of one output, and how large its accumulator can get. */
static double round_weights(const job *j, const float *weight, double scale, int8_t *codes) {
    double reach = 0.0;
    for (size_t r = 0; r < j->rows; r++) {
        double code = nearbyint((double)weight[r] * scale_of(j, r) / scale);
        codes[r] = (int8_t)fmin(fmax(code, -largest_code), largest_code);
        reach += fabs((double)codes[r]) * largest_line;
    }
    return reach;
}

static npim_status run(npim_layer_tensors *t, const job *j, npim_error *error) {
    size_t outputs = npim_tensors_outputs(j->layer);
    for (size_t o = 0; o < outputs; o++) {
        const float *weight = t->weight_float + o * j->rows;
        double bias = t->bias_float ? (double)t->bias_float[o] : 0.0;
        double scale = t->weight_scale[o] = weight_scale_of(j, weight, bias);
        double reach = round_weights(j, weight, scale, t->weight + o * j->rows);
        double code = nearbyint(bias / (scale * j->bias_unit));
        if (t->bias) t->bias[o] = (int32_t)code;
        if (reach + fabs(code) > INT32_MAX)
            return npim_fail(error, NPIM_EUNSUPPORTED,
                             "layer %s: the accumulator of output %zu could reach %.0f: more than 2^31 - 1",
                             j->layer->name, o, reach + fabs(code));
    }
    return NPIM_OK;
}

npim_status npim_quantise_weights(npim_layer_tensors *t, const npim_layer *layer, double in_scale,
                                  npim_error *error) {
    bool lstm = layer->kind == NPIM_LAYER_LSTM;
    size_t outputs = npim_tensors_outputs(layer);
    job j = {.layer = layer,
             .rows = (size_t)npim_layer_rows(layer),
             .in_scale = lstm ? in_scale : 1.0,
             .hidden_scale = layer->scale,
             .bias_unit = lstm ? 1.0 : in_scale};
    j.hidden_from = lstm ? layer->in_c : j.rows;
    free(t->weight), free(t->weight_scale), free(t->bias);
    t->weight = malloc(outputs * j.rows);
    t->weight_scale = malloc(outputs * sizeof *t->weight_scale);
    t->bias = t->bias_float ? malloc(outputs * sizeof *t->bias) : NULL;
    if (!t->weight || !t->weight_scale || (t->bias_float && !t->bias))
        return npim_fail(error, NPIM_ENOMEM, "no memory for the weights of layer %s", layer->name);
    return run(t, &j, error);
}
