/* Files that a command writes for the user: whole or not at all. */
#ifndef NPIM_SIM_DESIGN_OUTPUT_H
#define NPIM_SIM_DESIGN_OUTPUT_H

#include "hw/status.h"

#include <stdbool.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Before long work: NPIM_EUSAGE when there is something at path and force is not set, when it is a folder, or
 * when its folder cannot be written. path may be NULL: nothing to write. */
NPIM_MUST_USE npim_status npim_output_check(const char *path, bool force, npim_error *error);

/* NPIM_EUSAGE when both names mean one file. Either may be NULL. */
NPIM_MUST_USE npim_status npim_output_apart(const char *one, const char *other, npim_error *error);

/* Replaces the file as a whole; behind a link, the file that it leads to; a device or a pipe is written to.
 * NPIM_EUSAGE, with the path and the reason, when it cannot be written; what was there stays then. */
NPIM_MUST_USE npim_status npim_output_save(const char *path, const char *text, npim_error *error);

#ifdef __cplusplus
}
#endif
#endif
