#include "sim/import/quantise.h"

#include "sim/import/quantise_weights.h"
#include "sim/import/ranges.h"
#include "sim/values/forward_float.h"

#include <stdlib.h>

const char *const npim_calibration_names[] = {"max", "percentile", "mse", NULL};

/* What the observer of the float pass fills. */
typedef struct survey {
    const npim_network *network;
    npim_range *ranges; /* of every layer */
    bool counts;        /* the second time */
} survey;

static void see(void *context, uint32_t layer, size_t image, const float *values) {
    const survey *s = context;
    const npim_layer *l = &s->network->layers[layer];
    size_t n = (size_t)l->out_c * l->out_h * l->out_w;
    (void)image;
    if (s->counts)
        npim_range_count(&s->ranges[layer], values, n);
    else
        npim_range_widen(&s->ranges[layer], values, n);
}

/* Magnitudes first, then how often they come, where the calibration asks. */
static npim_status look(survey *s, const npim_tensors *tensors, const npim_images *images,
                        npim_calibration calibration, const npim_stop *stop, npim_error *error) {
    npim_status status = npim_forward_float(s->network, tensors, images, NULL, see, s, stop, error);
    if (status != NPIM_OK || calibration == NPIM_CALIBRATION_MAX) return status;
    s->counts = true;
    return npim_forward_float(s->network, tensors, images, NULL, see, s, stop, error);
}

static bool is_positive(npim_activation activation, double clip_min) {
    return activation == NPIM_ACTIVATION_RELU || activation == NPIM_ACTIVATION_RELU6 ||
           activation == NPIM_ACTIVATION_SIGMOID || activation == NPIM_ACTIVATION_SOFTMAX ||
           (activation == NPIM_ACTIVATION_CLIP && clip_min >= 0.0);
}

static bool all_inputs_unsigned(const npim_network *network, const npim_layer *l) {
    for (uint32_t i = 0; i < l->n_inputs; i++)
        if (network->layers[l->inputs[i]].is_signed) return false;
    return true;
}

static bool never_negative(const npim_layer_tensors *t) {
    for (size_t i = 0; i < t->n_factor; i++)
        if (t->factor[i] < 0.0F || t->offset[i] < 0.0F) return false;
    return true;
}

/* Whether a layer can give values below 0: not by what was seen, since the next image may be another one.
 * Only the image itself is taken as seen. */
static bool signed_of(const npim_network *network, const npim_tensors *tensors, uint32_t layer,
                      const npim_range *range) {
    const npim_layer *l = &network->layers[layer];
    if (l->kind == NPIM_LAYER_INPUT) return range->has_negative;
    if (is_positive(l->activation, l->clip_min)) return false;
    switch (l->kind) {
    case NPIM_LAYER_CONV:
    case NPIM_LAYER_FC:
    case NPIM_LAYER_LSTM:
    case NPIM_LAYER_SUB:
        return true;
    case NPIM_LAYER_SCALE:
        return !all_inputs_unsigned(network, l) || !never_negative(&tensors->layers[layer]);
    default:
        return !all_inputs_unsigned(network, l);
    }
}

/* Layers that hand on values as they are keep the codes, too. */
static bool keeps_codes(npim_layer_kind kind) {
    return kind == NPIM_LAYER_MAXPOOL || kind == NPIM_LAYER_FLATTEN || kind == NPIM_LAYER_GATHER;
}

static void set_scale(npim_network *network, const npim_tensors *tensors, uint32_t layer,
                      const npim_range *range, npim_calibration calibration) {
    npim_layer *l = &network->layers[layer];
    if (keeps_codes(l->kind)) {
        l->scale = network->layers[l->inputs[0]].scale;
        l->is_signed = network->layers[l->inputs[0]].is_signed;
        return;
    }
    l->is_signed = signed_of(network, tensors, layer, range);
    uint32_t levels = l->is_signed ? 127 : 255;
    double most = npim_range_clip(range, calibration, levels);
    l->scale = most > 0.0 ? most / levels : 1.0;
}

/* The weights of an LSTM are scaled for one scale of all its inputs. */
static npim_status check_lstm(const npim_layer *l, npim_error *error) {
    if (l->kind != NPIM_LAYER_LSTM || l->n_inputs == 1) return NPIM_OK;
    return npim_fail(error, NPIM_EUNSUPPORTED,
                     "layer %s: an lstm of %u inputs cannot be quantised: 1 is allowed", l->name,
                     l->n_inputs);
}

static npim_status set_weights(const npim_network *network, npim_tensors *tensors, const npim_stop *stop,
                               npim_error *error) {
    for (uint32_t i = 0; i < network->n_layers; i++) {
        const npim_layer *l = &network->layers[i], *from = &network->layers[l->inputs[0]];
        if (!npim_layer_has_weights(l)) continue;
        npim_status status = npim_stop_check(stop, error);
        if (status == NPIM_OK) status = check_lstm(l, error);
        if (status == NPIM_OK) status = npim_quantise_weights(&tensors->layers[i], l, from->scale, error);
        if (status != NPIM_OK) return status;
    }
    return NPIM_OK;
}

npim_status npim_quantise(npim_network *network, npim_tensors *tensors, const npim_images *images,
                          npim_calibration calibration, const npim_stop *stop, npim_error *error) {
    survey s = {.network = network, .ranges = calloc(network->n_layers, sizeof *s.ranges)};
    if (!s.ranges)
        return npim_fail(error, NPIM_ENOMEM, "no memory to calibrate %u layers", network->n_layers);
    npim_status status = look(&s, tensors, images, calibration, stop, error);
    for (uint32_t i = 0; status == NPIM_OK && i < network->n_layers; i++)
        set_scale(network, tensors, i, &s.ranges[i], calibration);
    free(s.ranges);
    if (status == NPIM_OK) status = set_weights(network, tensors, stop, error);
    if (status == NPIM_OK) network->has_values = true;
    return status;
}
