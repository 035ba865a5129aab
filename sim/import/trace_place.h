/* Puts a finished trace where the user wants it, or nothing at all. */
#ifndef NPIM_SIM_IMPORT_TRACE_PLACE_H
#define NPIM_SIM_IMPORT_TRACE_PLACE_H

#include "hw/status.h"

#include <stdbool.h>

#ifdef __cplusplus
extern "C" {
#endif

enum { NPIM_PLACE_SIZE = 4096 + 128 };

/* Makes an empty folder beside directory, or in it where it exists already, in which the trace is written
 * first; its path goes to scratch. NPIM_EUSAGE for a directory that cannot be written, is none, or is not
 * empty unless force; and with force where network.toml, tensors/ or calibrate.npy are not what an import
 * writes (a link, other files than .npy): they stay. */
NPIM_MUST_USE npim_status npim_place_begin(const char *directory, bool force, char scratch[NPIM_PLACE_SIZE],
                                           npim_error *error);

/* Moves network.toml, tensors/ and calibrate.npy from scratch to directory, where they replace what has these
 * names; nothing else there is touched. Scratch is gone then. NPIM_EUSAGE with the path and the reason: all
 * is as it was. */
NPIM_MUST_USE npim_status npim_place_end(const char *scratch, const char *directory, npim_error *error);

/* Removes scratch with the trace in it. */
void npim_place_abandon(const char *scratch);

#ifdef __cplusplus
}
#endif
#endif
