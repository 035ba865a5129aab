/* Draws with gnuplot. */
#ifndef NPIM_SIM_DESIGN_GNUPLOT_H
#define NPIM_SIM_DESIGN_GNUPLOT_H

#include "hw/status.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Runs gnuplot (program NULL: found in PATH; the user's .gnuplot is not read) on a script and replaces the
 * file at path by what it writes to its standard output. NPIM_EUSAGE when gnuplot is missing (says how to
 * install it), fails or writes nothing (with its first words), or when the file cannot be written; what was
 * there stays then. */
NPIM_MUST_USE npim_status npim_gnuplot_draw(const char *program, const char *script, const char *path,
                                            npim_error *error);

/* Before long work: NPIM_EUSAGE, with how to install it, when gnuplot is missing or does not run. */
NPIM_MUST_USE npim_status npim_gnuplot_check(const char *program, npim_error *error);

#ifdef __cplusplus
}
#endif
#endif
