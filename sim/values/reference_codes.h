/* Inside sim/values/reference*.c: numbers of the integer reference. Nothing here is shared with
 * sim/values/rescale.h or sim/values/functions.h, which it is to check. */
#ifndef NPIM_SIM_VALUES_REFERENCE_CODES_H
#define NPIM_SIM_VALUES_REFERENCE_CODES_H

#include "sim/network.h"

#ifdef __cplusplus
extern "C" {
#endif

int64_t npim_reference_nearest(double x); /* half to even; |x| < 2^63 */

/* The nearest code that the layer's output has, without its activation. */
int64_t npim_reference_limited(const npim_layer *layer, double code);

/* The layer's code for one before its activation, which bounds: none, relu, relu6 or clip. */
int16_t npim_reference_finish(const npim_layer *layer, int64_t code);

/* The layer's code of a real value behind its activation. */
int16_t npim_reference_code(const npim_layer *layer, double x);

/* value x constant, the constant (above 0) as a 31-bit number over a power of two, rounded half up; at most
 * about 1e9 in magnitude, beyond that +-(2^31 - 1). */
int64_t npim_reference_times(int64_t value, double constant);

double npim_reference_logistic(double x); /* 1 / (1 + e^-x) */

/* Whether the layer's activation does more than bound, and what it makes of x; not for softmax. */
bool npim_reference_bends(const npim_layer *layer);
double npim_reference_bend(const npim_layer *layer, double x);

#ifdef __cplusplus
}
#endif
#endif
