/* Values for a trace that has none: weights and images from the seed, to see what hardware does to products
 * of a network's size and shape. Nothing is recognised by it.
 *
 * Weights are uniform, -127 .. 127. Scales follow from the variance that such weights make of independent
 * inputs, layer by layer: full scale is 4 standard deviations of a layer's results, so codes are spread over
 * their range in deep networks too. A softmax that is an attribute of a layer with weights is left out: it
 * has no values there. */
#ifndef NPIM_SIM_VALUES_RANDOM_VALUES_H
#define NPIM_SIM_VALUES_RANDOM_VALUES_H

#include "sim/values/images.h"
#include "sim/values/tensors.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Gives the layers of a network scales and signs, makes tensors, and n images (uniform, 0 .. 1), with
 * values for further inputs: uniform, too, over the range of what else the LSTM reads. tensors and
 * images must be zeroed or finished; whoever asked finishes them, also on failure. NPIM_ENOMEM. */
NPIM_MUST_USE npim_status npim_random_values(npim_network *network, npim_tensors *tensors,
                                             npim_images *images, uint64_t seed, size_t n, npim_error *error);

#ifdef __cplusplus
}
#endif
#endif
