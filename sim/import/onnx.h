/* Reads an ONNX model as a network of layers with real weights.
 *
 * Batch normalisation is folded into the layer before it where only it reads that layer, otherwise it becomes
 * a `scale` layer. What only moves elements (Reshape, Transpose, Squeeze, Unsqueeze, Slice, Pad, Flatten,
 * Dropout, Identity) is followed element by element and becomes one `gather` where a consumer needs another
 * order than the producer has, and nothing otherwise. */
#ifndef NPIM_SIM_IMPORT_ONNX_H
#define NPIM_SIM_IMPORT_ONNX_H

#include "sim/values/tensors.h"

#ifdef __cplusplus
extern "C" {
#endif

/* What became part of something else. */
typedef struct npim_onnx_folded {
    uint32_t nodes;     /* of the model */
    uint32_t constants; /* nodes that give constants alone: computed once and for all */
    uint32_t
        scales; /* batch normalisations, and other factors and offsets, that went into the layer before */
    uint32_t activations; /* that became an attribute of the layer before */
    uint32_t unused;      /* layers whose outputs nobody reads: left out */
} npim_onnx_folded;

/* network and tensors must be zeroed or finished; folded may be NULL. NPIM_EUNSUPPORTED naming node, operator
 * and opset for anything that is not modelled, before any work; NPIM_ECONFIG naming the file and the place
 * for a model that is no ONNX, malformed, cyclic, of shapes that do not fit, with weights that are not
 * finite, or with external data that is missing, too short or outside the model's folder; NPIM_ENOMEM. */
NPIM_MUST_USE npim_status npim_onnx_read(npim_network *network, npim_tensors *tensors,
                                         npim_onnx_folded *folded, const char *path, npim_error *error);

#ifdef __cplusplus
}
#endif
#endif
