/* The functions of digital layers, and how a real number becomes a code. */
#ifndef NPIM_SIM_VALUES_FUNCTIONS_H
#define NPIM_SIM_VALUES_FUNCTIONS_H

#include "sim/network.h"

#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

/* What the codes of a layer may be: the range of its type, narrowed by relu, relu6 or clip. */
typedef struct npim_code_range {
    int32_t least, most;
} npim_code_range;

npim_code_range npim_code_range_of(const npim_layer *layer);

/* True for the activations that are nothing but such a range: none, relu, relu6, clip. */
bool npim_activation_is_range(npim_activation activation);

/* value, rounded half to even, within range; not-a-number becomes the code nearest to 0. */
int16_t npim_code_of(double value, npim_code_range range);

/* The layer's activation (any but softmax) of a real number. */
double npim_activate(const npim_layer *layer, double x);

double npim_sigmoid(double x);

/* Softmax of n numbers in place, `stride` apart. */
void npim_softmax(double *x, size_t n, size_t stride);

/* x to the power of e for x > 0: exp(e log x). */
double npim_power(double x, double e);

#ifdef __cplusplus
}
#endif
#endif
