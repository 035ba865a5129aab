/* Writes a network with its numbers as a trace: a folder with network.toml and tensors/. */
#ifndef NPIM_SIM_IMPORT_TRACE_WRITE_H
#define NPIM_SIM_IMPORT_TRACE_WRITE_H

#include "sim/values/tensors.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Writes into folder, which must exist and be empty (the caller makes it under another name and renames it
 * when all is written); network.toml comes last. doc: one line about its origin, of which ASCII is kept.
 * Reading it back gives the same network and tensors to the bit, but for the numbers of lines, the layers'
 * stems where they have no tensors, and ceil_mode, which has become padding. Layers are to be in topological
 * order, kernels, strides, dilations and groups 1 where they do not apply.
 * NPIM_ECONFIG for a number that is not finite, and for a layer with tensors whose stem is empty, has a
 * folder in it or is another layer's, too; NPIM_EUSAGE where a file cannot be written. */
NPIM_MUST_USE npim_status npim_trace_write(const npim_network *network, const npim_tensors *tensors,
                                           const char *doc, const char *folder, npim_error *error);

#ifdef __cplusplus
}
#endif
#endif
