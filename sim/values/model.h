/* Quantised mode once more: what the arrays and converters of an architecture make of one dot product, as
 * plainly as the rules of sim/values/engine.h can be written, cell by cell and in integers. It shares no code
 * with the engines; what both give must be the same to the last unit. For npim_reference. */
#ifndef NPIM_SIM_VALUES_MODEL_H
#define NPIM_SIM_VALUES_MODEL_H

#include "sim/values/figures.h"
#include "sim/values/hardware.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Borrowed. */
typedef struct npim_model {
    const npim_hardware *hardware;
    const npim_layer_figures *figures; /* [n_layers], calibrated */
} npim_model;

/* As npim_reference_dot wants it; context is an npim_model. */
int64_t npim_model_dot(void *context, uint32_t layer, uint32_t group, uint32_t output, uint32_t rows,
                       uint32_t signed_from, const int16_t *codes, const int8_t *weight);

#ifdef __cplusplus
}
#endif
#endif
