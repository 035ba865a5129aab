/* The integer reference: the rules of sim/values/forward.h once more, as plainly as they can be written, for
 * one image and one output at a time. It shares no kernel, no rescaling and no function with the forward
 * pass; what both give must be the same to the last code. */
#ifndef NPIM_SIM_VALUES_REFERENCE_H
#define NPIM_SIM_VALUES_REFERENCE_H

#include "sim/stop.h"
#include "sim/values/images.h"
#include "sim/values/tensors.h"

#ifdef __cplusplus
extern "C" {
#endif

/* How a dot product of `rows` codes and weights comes out; rows from signed_from on have signed codes. */
typedef struct npim_reference_dot {
    void *context;
    int64_t (*dot)(void *context, uint32_t layer, uint32_t group, uint32_t output, uint32_t rows,
                   uint32_t signed_from, const int16_t *codes, const int8_t *weight);
} npim_reference_dot;

/* Codes of the output layer, [n][elements]. dot NULL: exact. For networks and tensors that npim_forward
 * takes. NPIM_ENOMEM, NPIM_EINTERRUPTED; NPIM_ECONFIG for an input without values. */
NPIM_MUST_USE npim_status npim_reference(const npim_network *network, const npim_tensors *tensors,
                                         const npim_images *images, const npim_reference_dot *dot,
                                         int16_t *codes, const npim_stop *stop, npim_error *error);

#ifdef __cplusplus
}
#endif
#endif
