/* A network in real numbers: what it was trained to do. Calibrates the quantisation, and is what integers and
 * analog hardware are measured against. Plain loops in a fixed order; sums in double; exp and tanh of
 * hw/elementary.h, so that the results are the same on every machine. */
#ifndef NPIM_SIM_VALUES_FORWARD_FLOAT_H
#define NPIM_SIM_VALUES_FORWARD_FLOAT_H

#include "sim/stop.h"
#include "sim/values/images.h"
#include "sim/values/tensors.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Sees the output of every layer, the input included, image by image in order. values: [out_c][out_h][out_w]
 * (lstm: [hidden][steps]). */
typedef void npim_float_observer(void *context, uint32_t layer, size_t image, const float *values);

/* Runs all images; outputs gets [n][elements of the output layer], or may be NULL; observer may be NULL.
 * Scales and signs of the layers are not looked at; any activation may be an attribute, softmax too. The
 * tensors must have weight_float (npim_tensors.has_float). NPIM_ENOMEM, NPIM_EINTERRUPTED;
 * NPIM_ECONFIG naming the input without values, or the layer where a value is not finite. */
NPIM_MUST_USE npim_status npim_forward_float(const npim_network *network, const npim_tensors *tensors,
                                             const npim_images *images, float *outputs,
                                             npim_float_observer *observer, void *context,
                                             const npim_stop *stop, npim_error *error);

#ifdef __cplusplus
}
#endif
#endif
