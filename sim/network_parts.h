/* Inside sim/network*.c: what the parts of the loader share. */
#ifndef NPIM_SIM_NETWORK_PARTS_H
#define NPIM_SIM_NETWORK_PARTS_H

#include "sim/network.h"

#ifdef __cplusplus
extern "C" {
#endif

/* The keys of one [[layer]]. An extent may be one number for both directions or an array; presence is asked
 * of the document. */
typedef struct npim_layer_keys {
    uint32_t channels, groups, activation, hidden, steps;
    bool ceil_mode;
    uint32_t kernel, kernel_at[2], stride, stride_at[2], dilation, dilation_at[2];
    uint32_t padding, padding_at[4], out[3];
    bool count_include_pad, is_signed;
    double clip_min, clip_max, alpha, beta, k, scale;
    uint32_t size;
} npim_layer_keys;

/* The keys of network.input. */
typedef struct npim_image_keys {
    uint32_t channels, height, width;
    double scale;
    bool is_signed;
} npim_image_keys;

/* A layer as listed in the file. */
typedef struct npim_draft {
    const npim_entry *first; /* borrowed: its first entry in the document */
    char prefix[32];         /* "layer[12]" */
    npim_layer_keys keys;
    npim_layer layer;  /* inputs: 0 is the image, i + 1 is drafts[i] */
    uint32_t position; /* in topological order; 0: not placed yet */
} npim_draft;

typedef struct npim_loader {
    char file[4096];
    npim_doc doc;
    npim_image_keys image;
    npim_draft *drafts;
    uint32_t n;
    npim_network *network;
    npim_error *error;
} npim_loader;

/* The entry of a layer's key, or of the first element when it is an array; NULL when absent. */
npim_entry *npim_draft_entry(const npim_loader *l, const npim_draft *d, const char *key);
npim_entry *npim_draft_element(const npim_loader *l, const npim_draft *d, const char *key, uint32_t index);

/* Complains about a layer, at the line of key when the layer has it. */
__attribute__((format(printf, 5, 6))) npim_status npim_draft_fail(const npim_loader *l, const npim_draft *d,
                                                                  const char *key, npim_status status,
                                                                  const char *format, ...);

/* Reads the keys of network.input, and those of a layer, from their field tables. */
NPIM_MUST_USE npim_status npim_keys_bind_image(npim_loader *l);
NPIM_MUST_USE npim_status npim_keys_bind(npim_loader *l, npim_draft *d);

/* Complains about the first key that nobody read, and offers those of the table in which it stands. */
NPIM_MUST_USE npim_status npim_keys_reject_unknown(const npim_loader *l);

/* The keys that the layer's kind and activation need, those that mean nothing to them, and what numbers must
 * be together. */
NPIM_MUST_USE npim_status npim_keys_check(const npim_loader *l, const npim_draft *d);

/* From the document to drafts: every key known, of its type, in its range and of use to the layer's kind.
 * Names of inputs stay in the document. */
NPIM_MUST_USE npim_status npim_network_read(npim_loader *l);

/* Connects the layers by the names of their inputs and gives each its place in topological order; those whose
 * order is free stay as listed. */
NPIM_MUST_USE npim_status npim_network_order(npim_loader *l);

/* From drafts to the network: connects the layers, sorts them and computes their shapes. */
NPIM_MUST_USE npim_status npim_network_shape(npim_loader *l);

#ifdef __cplusplus
}
#endif
#endif
