/* Files that a command writes for the user: whole or not at all. */
#ifndef NPIM_SIM_DESIGN_OUTPUT_H
#define NPIM_SIM_DESIGN_OUTPUT_H

#include "hw/status.h"

#include <stdbool.h>

#ifdef __cplusplus
extern "C" {
#endif

/* NPIM_EUSAGE when there is something at path and force is not set. path may be NULL: nothing to write. */
NPIM_MUST_USE npim_status npim_output_check(const char *path, bool force, npim_error *error);

/* Replaces the file as a whole. NPIM_EUSAGE, with the path and the reason, when it cannot be written; what
 * was there stays then. */
NPIM_MUST_USE npim_status npim_output_save(const char *path, const char *text, npim_error *error);

#ifdef __cplusplus
}
#endif
#endif
