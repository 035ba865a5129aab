/* A network in integers: the same layers for exact, quantised and analog products.
 *
 * Codes are 0 .. 255, or -127 .. 127 where the layer is signed; a real value is code x scale. Rules, s the
 * scale of an input and S that of the output, [] rescaling as in sim/values/rescale.h, and then clipping to
 * the range of the codes and of the activation:
 *     conv, fc     [(sum of products + bias) x s x weight_scale / S]
 *     add, sub     (x0 f0 +- x1 f1 ... + 2^19) >> 20 with f = round(2^20 s / S)
 *     mul          [x0 x1 x s0 s1 / S]
 *     avgpool, globalpool  [sum x (s / S / count)], maxpool, concat, gather, flatten  [x x s / S]
 *     others (scale, lrn, activations that bend, softmax)  round half to even of (f(s x) / S), in double
 *     lstm         gates in double from (sum + bias) x weight_scale; the state in steps of 2^-11 within +-16
 * relu, relu6 and clip are bounds of the codes: 0, round(6 / S), round(min / S) and round(max / S). */
#ifndef NPIM_SIM_VALUES_FORWARD_H
#define NPIM_SIM_VALUES_FORWARD_H

#include "sim/stop.h"
#include "sim/values/images.h"
#include "sim/values/products.h"
#include "sim/values/tensors.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Runs all images of a batch, layer by layer; codes gets those of the output layer, [n][elements].
 * tensors: as npim_tensors_load checks them. NPIM_ENOMEM, NPIM_EINTERRUPTED, and what products report;
 * NPIM_EUNSUPPORTED, naming the layer, for a softmax of conv or fc, and sums whose activation bends;
 * NPIM_ECONFIG for an input without values (images.further), and for an lstm whose inputs differ in scale or
 * sign. */
NPIM_MUST_USE npim_status npim_forward(const npim_network *network, const npim_tensors *tensors,
                                       const npim_images *images, const npim_products *products,
                                       int16_t *codes, const npim_stop *stop, npim_error *error);

/* Sees the codes of images first .. first + n - 1 of a layer, [n][elements], the input's too, as they come.
 */
typedef void npim_code_observer(void *context, uint32_t layer, size_t first, size_t n, const int16_t *codes);

/* The same with somebody who looks on; observer may be NULL. */
NPIM_MUST_USE npim_status npim_forward_observed(const npim_network *network, const npim_tensors *tensors,
                                                const npim_images *images, const npim_products *products,
                                                int16_t *codes, npim_code_observer *observer, void *context,
                                                const npim_stop *stop, npim_error *error);

#ifdef __cplusplus
}
#endif
#endif
