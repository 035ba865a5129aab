/* Batches of images and their labels, from .npy files. */
#ifndef NPIM_SIM_VALUES_IMAGES_H
#define NPIM_SIM_VALUES_IMAGES_H

#include "sim/network.h"

#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

/* What a further input of the network gets beside the images. */
typedef struct npim_further_input {
    uint32_t layer;
    size_t elements; /* of one image's */
    float *values;   /* [images from number 0 on][elements]; owned */
} npim_further_input;

/* Images in the units of the network's input, [n][channels][height][width]. Owned. */
typedef struct npim_images {
    size_t n, elements; /* of one image */
    size_t first;       /* images before these: names what is drawn for them; 0 as read */
    float *values;
    npim_further_input *further; /* one for each further input, whatever first is; owned */
    uint32_t n_further;
} npim_images;

/* What input layer `layer` of the network gets with image i of these: [elements]; NULL: nothing was given. */
const float *npim_images_input(const npim_images *images, uint32_t layer, size_t i);

/* Reads images [n, channels, height, width] of any numeric type; [n, height, width] for one channel and [n,
 * elements] are taken, too. NPIM_ECONFIG naming file, shape and what the network takes, for another shape, no
 * image, or a number that is not finite. */
NPIM_MUST_USE npim_status npim_images_read(npim_images *images, const npim_network *network, const char *path,
                                           npim_error *error);
void npim_images_fini(npim_images *images); /* safe on a zeroed struct and twice */

/* Takes values [images.n, elements] for a further input, from malloc; they are the images' from now on, also
 * on failure: NPIM_ENOMEM. */
NPIM_MUST_USE npim_status npim_images_add(npim_images *images, const npim_layer *input, uint32_t layer,
                                          float *values, npim_error *error);

/* Reads those of a further input into images that were read: as many as there are images, in one of the
 * shapes above. Errors as there; NPIM_ECONFIG for another number of them. */
NPIM_MUST_USE npim_status npim_images_read_further(npim_images *images, const npim_network *network,
                                                   uint32_t layer, const char *path, npim_error *error);

/* Reads n labels (any integer type) into labels, allocated here and owned by the caller. NPIM_ECONFIG for
 * another number of them, or one outside 0 .. classes - 1. */
NPIM_MUST_USE npim_status npim_labels_read(uint32_t **labels, const char *path, size_t n, size_t classes,
                                           npim_error *error);

#ifdef __cplusplus
}
#endif
#endif
