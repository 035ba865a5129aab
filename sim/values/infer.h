/* Many images through a network on the hardware of an architecture: what comes out, and how far it is from
 * what should.
 *
 * Quantised and analog converters are laid out for what some images make of a layer (sim/values/engine.h):
 * the first NPIM_CALIBRATION_IMAGES of request.layout, or else of the images themselves. Images go through
 * the layers together, as many at a time as fit some memory; results do not depend on how many. */
#ifndef NPIM_SIM_VALUES_INFER_H
#define NPIM_SIM_VALUES_INFER_H

#include "hw/kernel/isa.h"
#include "sim/stop.h"
#include "sim/values/figures.h"
#include "sim/values/forward.h"
#include "sim/values/hardware.h"
#include "sim/values/images.h"
#include "sim/values/tensors.h"

#ifdef __cplusplus
extern "C" {
#endif

enum { NPIM_CALIBRATION_IMAGES = 32 };

/* All borrowed. */
typedef struct npim_infer_request {
    npim_mode mode;
    const npim_arch *arch; /* not looked at in ideal mode */
    npim_isa isa;
    uint32_t threads; /* 1 .. NPIM_MAX_THREADS (sim/values/parallel.h) */
    bool compare;     /* with the integer reference (ideal) or the second integer model (quantised): slow */
    const npim_images *layout;    /* that converters are laid out for; NULL: the images */
    const uint32_t *labels;       /* [n], of each image; NULL: none */
    npim_code_observer *observer; /* sees the codes of every layer in the mode's pass; NULL: nobody */
    void *context;                /* of the observer */
    const npim_stop *stop;        /* may be NULL */
} npim_infer_request;

typedef struct npim_inference {
    npim_mode mode;
    size_t images, elements; /* elements of the output of one image */
    size_t layout_images;    /* that converters were laid out for; 0 in ideal mode */
    int16_t *codes;          /* of the output layer, [images][elements]; owned */
    bool labelled, has_float;
    size_t right_float, right_int8, right; /* images whose largest output is that of their label */
    bool compared;
    uint64_t mismatches;  /* codes of the output that differ from the other model's */
    npim_figures figures; /* of all layers; owned */
    uint64_t macs;        /* multiply-accumulates of the mode's pass */
    double seconds;       /* that it took: the one thing here that differs from run to run */
} npim_inference;

/* Runs all images: float (where the tensors have it) and int8 for the accuracies, if there are labels; then
 * the mode. inference must be zeroed or finished, and is finished on failure. Errors as npim_hardware_init,
 * npim_engine_init, npim_forward, npim_forward_float and npim_reference. */
NPIM_MUST_USE npim_status npim_infer(npim_inference *inference, const npim_infer_request *request,
                                     const npim_network *network, const npim_tensors *tensors,
                                     const npim_images *images, npim_error *error);
void npim_inference_fini(npim_inference *inference); /* safe on a zeroed struct and twice */

/* NPIM_EINVARIANT when codes differ from those of the second computation, with their number. */
NPIM_MUST_USE npim_status npim_inference_check(const npim_inference *inference, npim_error *error);

#ifdef __cplusplus
}
#endif
#endif
