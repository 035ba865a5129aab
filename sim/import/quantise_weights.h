/* Weights and biases of one layer as integers. */
#ifndef NPIM_SIM_IMPORT_QUANTISE_WEIGHTS_H
#define NPIM_SIM_IMPORT_QUANTISE_WEIGHTS_H

#include "sim/values/tensors.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Fills weight, weight_scale and bias from weight_float and bias_float of a conv, fc or lstm layer; in_scale
 * of its input's codes; its own scale is set. Every output has the scale with which its
 * largest weight becomes +-127 (rounded half to even), a larger one where its bias would not fit otherwise;
 * bias is NULL where there is none. NPIM_EUNSUPPORTED naming the layer when an accumulator could pass 2^31 -
 * 1; NPIM_ENOMEM. */
NPIM_MUST_USE npim_status npim_quantise_weights(npim_layer_tensors *tensors, const npim_layer *layer,
                                                double in_scale, npim_error *error);

#ifdef __cplusplus
}
#endif
#endif
