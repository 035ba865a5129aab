/* The numbers of a network: weights as trained and as integers, and the constants of its digital layers.
 *
 * Beside network.toml, in tensors/, the files of a layer begin with its key `tensors` (STEM):
 *
 *     STEM.weight_float.npy  float32 [outputs][rows]   as trained (batch normalisation folded in); optional
 *     STEM.bias_float.npy    float32 [outputs]         optional, with weight_float alone
 *     STEM.weight.npy        int8    [outputs][rows]   -127 .. 127
 *     STEM.weight_scale.npy  float64 [outputs]         a real weight is its code times this
 *     STEM.bias.npy          int32   [outputs]         in units of weight_scale x scale of the input
 *     STEM.factor.npy        float32 [n]               scale: n = channels or all elements
 *     STEM.offset.npy        float32 [n]
 *     STEM.index.npy         int32   [out_c][out_h][out_w]  gather: element of the flattened input, -1: 0
 *
 * Outputs and rows: conv: out_c, and the rows of one group in the order (channel, kernel row, kernel column)
 * as in PyTorch; fc: out_c, and the flattened input (channel, row, column); lstm: 4 x hidden, gates in the
 * order input, forget, cell, output, and the channels of a step followed by the hidden units. An LSTM's
 * weight_scale is that of products: codes of inputs have another scale than those of hidden units, so the
 * weights of either part are scaled to products of one size.
 *
 * weight may have more dimensions behind the first one ([64, 3, 7, 7] for [64, 147]), and factor, offset and
 * index any. Where network.toml records which files belong to a layer (npim_layer.files), these must be there
 * and no others; elsewhere a bias that is missing is 0, and so is a bias_float. */
#ifndef NPIM_SIM_VALUES_TENSORS_H
#define NPIM_SIM_VALUES_TENSORS_H

#include "sim/network.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct npim_layer_tensors {
    float *weight_float, *bias_float; /* NULL where the trace has none; a missing bias is NULL, too */
    int8_t *weight;
    double *weight_scale;
    int32_t *bias;
    float *factor, *offset;
    size_t n_factor; /* out_c, or out_c x out_h x out_w */
    int32_t *index;
} npim_layer_tensors;

/* Owned by whoever loaded or made it. */
typedef struct npim_tensors {
    npim_layer_tensors *layers; /* [n_layers] of the network */
    uint32_t n_layers;
    bool has_float; /* every weight layer has weight_float */
} npim_tensors;

/* Makes room for the tensors of n layers, all NULL. NPIM_ENOMEM. */
NPIM_MUST_USE npim_status npim_tensors_init(npim_tensors *tensors, uint32_t n_layers, npim_error *error);

/* Reads the tensors of a network with values (network->has_values); path is what the network was loaded from:
 * its network.toml, or the folder of it. tensors must be zeroed or finished, and stay empty where it fails.
 * NPIM_ECONFIG naming file, layer and what was expected, for a network without values, a missing or malformed
 * file, one that the record of the layer's files does not have, a wrong type or shape, a number that is not
 * finite, a weight of -128, a weight_scale outside 1e-100
 * .. 1e100, an index outside the input, and for a layer whose accumulator could pass 2^31 - 1 (bias not
 * counted); NPIM_ENOMEM. */
NPIM_MUST_USE npim_status npim_tensors_load(npim_tensors *tensors, const npim_network *network,
                                            const char *path, npim_error *error);

void npim_tensors_fini(npim_tensors *tensors); /* safe on a zeroed struct and twice */

/* The folder of the files: tensors/ beside network.toml; path as in npim_tensors_load. False: longer than
 * size - 1 bytes. */
bool npim_tensors_folder(const char *path, char *folder, size_t size);

/* Whether a layer has the numbers of that file. */
bool npim_tensors_has(const npim_layer_tensors *tensors, npim_tensor_file file);

/* First dimension of a layer's weight; 0 for layers without weights. */
size_t npim_tensors_outputs(const npim_layer *layer); /* conv, fc: out_c; lstm: 4 x hidden */

#ifdef __cplusplus
}
#endif
#endif
