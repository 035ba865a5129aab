/* Writes a network with its numbers as a trace: a folder with network.toml and tensors/. */
#ifndef NPIM_SIM_IMPORT_TRACE_WRITE_H
#define NPIM_SIM_IMPORT_TRACE_WRITE_H

#include "sim/values/tensors.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Writes into folder, which must exist and be empty (the caller makes it under another name and renames it
 * when all is written). doc: one line about its origin. Reading it back gives the same network and tensors to
 * the bit. NPIM_EUSAGE where a file cannot be written. */
NPIM_MUST_USE npim_status npim_trace_write(const npim_network *network, const npim_tensors *tensors,
                                           const char *doc, const char *folder, npim_error *error);

#ifdef __cplusplus
}
#endif
#endif
