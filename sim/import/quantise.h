/* From a trained network to integers: symmetric int8 weights per output channel, and a scale for the output
 * of every layer from calibration images. */
#ifndef NPIM_SIM_IMPORT_QUANTISE_H
#define NPIM_SIM_IMPORT_QUANTISE_H

#include "sim/stop.h"
#include "sim/values/images.h"
#include "sim/values/tensors.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef enum npim_calibration {
    NPIM_CALIBRATION_MAX,        /* the largest magnitude */
    NPIM_CALIBRATION_PERCENTILE, /* the magnitude that 99.99 % of all values stay below */
    NPIM_CALIBRATION_MSE         /* the range of least mean squared error, clipping included */
} npim_calibration;

extern const char *const npim_calibration_names[]; /* "max", "percentile", "mse", NULL */

/* Fills scale and is_signed of every layer, and weight, weight_scale and bias of every weight layer; sets
 * has_values. Layers that only move or select values (maxpool, flatten, gather) keep the codes of their
 * input; averages have a scale of their own, and the inputs of a concatenation are rescaled to its. Codes are
 * signed unless a layer cannot give values below 0; those of the image as it was seen. NPIM_ECONFIG for
 * values that are not finite, NPIM_EUNSUPPORTED for a layer whose accumulator could pass 2^31 - 1,
 * NPIM_ENOMEM, NPIM_EINTERRUPTED. */
NPIM_MUST_USE npim_status npim_quantise(npim_network *network, npim_tensors *tensors,
                                        const npim_images *images, npim_calibration calibration,
                                        const npim_stop *stop, npim_error *error);

#ifdef __cplusplus
}
#endif
#endif
