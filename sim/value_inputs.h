/* What values are computed from, as the user asks for it: tensors, images and labels of files or of the seed,
 * and how. */
#ifndef NPIM_SIM_VALUE_INPUTS_H
#define NPIM_SIM_VALUE_INPUTS_H

#include "sim/further_inputs.h"
#include "sim/session.h"
#include "sim/values/infer.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct npim_value_inputs {
    npim_infer_request request; /* its labels are these, its architecture the session's */
    npim_network network;       /* the session's; with random values, a copy of it with scales; owned */
    npim_tensors tensors;
    npim_images images;
    npim_images layout; /* that converters are laid out for: --calibrate, or a calibrate.npy beside the
                           network; n 0: none, then the first of the images */
    uint32_t *labels;   /* owned; NULL: none */
    npim_further_files further; /* files of further inputs */
    char image_path[NPIM_PATH_SIZE], label_path[NPIM_PATH_SIZE], layout_path[NPIM_PATH_SIZE]; /* as found */
} npim_value_inputs;

/* Without --images and --values, the images.npy that lies in the folder of the session's network, with
 * labels.npy where there is one. NPIM_EUSAGE when there is none. */
NPIM_MUST_USE npim_status npim_value_inputs_beside(npim_value_inputs *inputs, npim_session *session,
                                                   npim_error *error);

/* Does the user want values at all? */
bool npim_value_inputs_wanted(const npim_options *options);

/* Reads --mode, --isa, --threads and --values, before anything is loaded. beside: images may come from the
 * network's folder (npim_value_inputs_beside). NPIM_EUSAGE naming what is allowed, and for options that do
 * not go together. inputs is zeroed but for the request. */
NPIM_MUST_USE npim_status npim_value_inputs_read(npim_value_inputs *inputs, const npim_options *options,
                                                 bool beside, npim_error *error);

/* Sets run.images to the number of images in --images FILE.npy, before the architecture is loaded: as many go
 * through the simulated chip. NPIM_ECONFIG for a file that is no array. */
NPIM_MUST_USE npim_status npim_value_inputs_count(npim_options *options, npim_error *error);

/* The images that converters were laid out for, once they are loaded; NULL: none of their own. */
const char *npim_value_inputs_layout(const npim_value_inputs *inputs, const npim_options *options);

/* Loads everything for the session's network, what its further inputs get included (sim/further_inputs.h), or
 * makes it (--values random: as many images as run.images says). NPIM_ECONFIG for a network without values
 * and as the readers say. */
NPIM_MUST_USE npim_status npim_value_inputs_load(npim_value_inputs *inputs, const npim_session *session,
                                                 npim_error *error);
void npim_value_inputs_fini(npim_value_inputs *inputs); /* safe on a zeroed struct and twice */

#ifdef __cplusplus
}
#endif
#endif
