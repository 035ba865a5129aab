/* A network as a directed acyclic graph of layers with all shapes, read from network.toml. */
#ifndef NPIM_SIM_NETWORK_H
#define NPIM_SIM_NETWORK_H

#include "sim/doc.h"

#ifdef __cplusplus
extern "C" {
#endif

enum { NPIM_LAYER_NAME_SIZE = 96, NPIM_MAX_INPUTS = 64, NPIM_MAX_LAYERS = 4096 };

/* Columns of an LSTM's matrix for each hidden unit: input, forget, cell and output gate. */
enum { NPIM_LSTM_GATES = 4 };

typedef enum npim_layer_kind {
    NPIM_LAYER_INPUT, /* what the host sends: the image, always layer 0, made from [network] input; others */
    NPIM_LAYER_CONV,  /* stride, padding, dilation, groups; depthwise is groups = channels */
    NPIM_LAYER_FC,    /* flattens its input */
    NPIM_LAYER_LSTM,  /* the rows of its inputs, one after another, are the steps; out_c hidden units */
    NPIM_LAYER_MAXPOOL,
    NPIM_LAYER_AVGPOOL,
    NPIM_LAYER_GLOBALPOOL, /* average over height x width */
    NPIM_LAYER_ADD,        /* element by element, two or more inputs of one shape */
    NPIM_LAYER_CONCAT,     /* along the channels */
    NPIM_LAYER_ACTIVATION, /* on its own; conv, fc and add carry theirs as an attribute */
    NPIM_LAYER_FLATTEN,
    NPIM_LAYER_SUB,   /* element by element: the first input minus the second, of one shape */
    NPIM_LAYER_MUL,   /* element by element, two inputs of one shape */
    NPIM_LAYER_SCALE, /* times a constant plus a constant, per channel or per element */
    NPIM_LAYER_LRN,   /* local response normalisation across the channels of a pixel */
    NPIM_LAYER_GATHER /* every output element is an element of the input, or 0: transpose, slice, pad, ... */
} npim_layer_kind;

extern const char *const npim_layer_kind_names[]; /* as in the file: "conv", ..., NULL */

typedef enum npim_activation {
    NPIM_ACTIVATION_NONE,
    NPIM_ACTIVATION_RELU,
    NPIM_ACTIVATION_RELU6,
    NPIM_ACTIVATION_SIGMOID,
    NPIM_ACTIVATION_TANH,
    NPIM_ACTIVATION_SOFTMAX,    /* over the channels of a pixel */
    NPIM_ACTIVATION_LEAKY_RELU, /* alpha x below 0 */
    NPIM_ACTIVATION_HARDSWISH,  /* x min(max(x / 6 + 1 / 2, 0), 1) */
    NPIM_ACTIVATION_CLIP        /* to clip_min .. clip_max */
} npim_activation;

extern const char *const npim_activation_names[]; /* "none", "relu", ..., NULL */

/* The files that a layer may have in tensors/ (sim/values/tensors.h); bit i of npim_layer.files is file i. */
typedef enum npim_tensor_file {
    NPIM_TENSOR_WEIGHT_FLOAT,
    NPIM_TENSOR_BIAS_FLOAT,
    NPIM_TENSOR_WEIGHT,
    NPIM_TENSOR_WEIGHT_SCALE,
    NPIM_TENSOR_BIAS,
    NPIM_TENSOR_FACTOR,
    NPIM_TENSOR_OFFSET,
    NPIM_TENSOR_INDEX,
    NPIM_N_TENSOR_FILES
} npim_tensor_file;

extern const char *const npim_tensor_file_names[]; /* "weight_float", ..., NULL */

typedef struct npim_layer {
    char name[NPIM_LAYER_NAME_SIZE];
    npim_layer_kind kind;
    npim_activation activation;
    uint32_t inputs[NPIM_MAX_INPUTS]; /* indices of earlier layers */
    uint32_t n_inputs;
    uint32_t in_c, in_h, in_w; /* concat: in_c is the sum, lstm: in_h is; others: of each input */
    uint32_t out_c, out_h, out_w;
    uint32_t kernel_h, kernel_w, stride_h, stride_w, dilation_h, dilation_w; /* 1 where they do not apply */
    uint32_t pad_top, pad_left, pad_bottom, pad_right;
    uint32_t ceil_bottom, ceil_right; /* what ceil_mode added to pad_bottom and pad_right */
    uint32_t groups;
    bool count_include_pad;    /* avgpool: padding, but for ceil_mode's, counts as pixels of value 0 */
    double clip_min, clip_max; /* clip, min < max */
    double alpha;              /* leaky_relu: slope below 0; lrn: x / (k + alpha / size sum x^2)^beta */
    double beta, k;            /* lrn */
    uint32_t size;             /* lrn: channels of the sum, around the one in hand (size - 1) / 2 below */
    uint32_t line;             /* of the layer in its file */

    /* Where the trace has values: a real value is a code times scale. */
    double scale;                       /* of the output's codes; 0: no values */
    bool is_signed;                     /* codes -127 .. 127, else 0 .. 255 */
    char tensors[NPIM_LAYER_NAME_SIZE]; /* what the names of its files in tensors/ begin with; "": none */
    uint32_t files; /* those that belong to it, a bit each; 0: not recorded, those that are there */
} npim_layer;

/* Owned by whoever loaded it. Layers are in topological order, layer 0 is the input. */
typedef struct npim_network {
    char name[NPIM_LAYER_NAME_SIZE];
    npim_layer *layers;
    uint32_t n_layers;
    uint32_t output; /* index of the layer whose output goes to the host: the only one without a consumer */
    bool has_values; /* every layer has a scale: sim/values/tensors.h reads the rest */
} npim_network;

/* Reads a trace: path is network.toml itself, another .toml file, or a folder that holds network.toml.
 * network must be zeroed or finished. NPIM_ECONFIG with file:line for anything malformed: unknown or wrongly
 * typed keys, unknown inputs, cycles, shape mismatches, an input that nobody reads, kernels larger than the
 * padded input, zero sizes, a layer without consumer that is not the only output; NPIM_EUNSUPPORTED for a
 * layer kind that is not modelled, by name. */
NPIM_MUST_USE npim_status npim_network_load(npim_network *network, const char *path, npim_error *error);

void npim_network_fini(npim_network *network); /* safe on a zeroed struct and twice */

/* True for conv, fc and lstm: layers whose weights sit in crossbars. */
bool npim_layer_has_weights(const npim_layer *layer);

/* Rows of one dot product (of one group): K = kernel_h x kernel_w x in_c / groups; fc: all inputs; lstm: the
 * channels of a step and the hidden units of the step before. */
uint64_t npim_layer_rows(const npim_layer *layer);

/* Outputs (columns of weights) per group: out_c / groups; lstm: the gates of all hidden units. */
uint64_t npim_layer_outputs(const npim_layer *layer);

/* Output positions of one image: out_h x out_w; lstm: steps. */
uint64_t npim_layer_positions(const npim_layer *layer);

/* Multiply-accumulates of one image (0 for layers without weights), padding and the zeros before an LSTM's
 * first step included. */
uint64_t npim_layer_macs(const npim_layer *layer);
uint64_t npim_network_macs(const npim_network *network);

/* Weights, biases not counted. */
uint64_t npim_layer_weights(const npim_layer *layer);
uint64_t npim_network_weights(const npim_network *network);

#ifdef __cplusplus
}
#endif
#endif
