/* Inside sim/values/forward_float*.c: what the parts of the pass in real numbers share. */
#ifndef NPIM_SIM_VALUES_FORWARD_FLOAT_PARTS_H
#define NPIM_SIM_VALUES_FORWARD_FLOAT_PARTS_H

#include "sim/values/forward_float.h"

#ifdef __cplusplus
extern "C" {
#endif

/* One image on its way through the network. */
typedef struct npim_float_pass {
    const npim_network *network;
    const npim_tensors *tensors;
    float **values; /* of every layer */
    double *states; /* scratch: of the hidden units of the largest LSTM */
} npim_float_pass;

/* Values of input i of a layer. */
const float *npim_float_input(const npim_float_pass *pass, uint32_t layer, uint32_t i);

/* Each fills to, [out_c][out_h][out_w], with the layer's output before its activation. An LSTM's gates have
 * theirs, though. sim/values/forward_float_dots.c: conv, fc, lstm. */
void npim_float_dots(const npim_float_pass *pass, uint32_t layer, double *to);

/* sim/values/forward_float_digital.c: all others but further inputs. */
void npim_float_digital(const npim_float_pass *pass, uint32_t layer, double *to);

#ifdef __cplusplus
}
#endif
#endif
