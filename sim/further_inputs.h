/* The files of a network's further inputs: --images NAME=FILE.npy, or FILE.NAME.npy beside the images. */
#ifndef NPIM_SIM_FURTHER_INPUTS_H
#define NPIM_SIM_FURTHER_INPUTS_H

#include "sim/find.h"
#include "sim/options.h"
#include "sim/values/images.h"

#ifdef __cplusplus
extern "C" {
#endif

/* The files that were read, in the order of the images' further inputs. Owned. */
typedef struct npim_further_files {
    char (*paths)[NPIM_PATH_SIZE];
    uint32_t n;
} npim_further_files;

/* Reads what the further inputs of a network get into images that were read from `path`. Those that options
 * name come from there; the others from the file beside path with .NAME before its .npy, a slash in the name
 * being an underscore: images.words.npy beside images.npy. options: NULL: names none. files must be zeroed or
 * finished, and may be NULL. NPIM_EUSAGE for a name that no further input has, or given twice; NPIM_ECONFIG
 * for an input without a file, saying where one may be, and as npim_images_read_further. */
NPIM_MUST_USE npim_status npim_further_read(npim_images *images, const npim_network *network,
                                            const char *path, const npim_options *options,
                                            npim_further_files *files, npim_error *error);

void npim_further_files_fini(npim_further_files *files); /* safe on a zeroed struct and twice */

#ifdef __cplusplus
}
#endif
#endif
