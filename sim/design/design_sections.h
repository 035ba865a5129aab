/* Tables of a design's file beside its circuit: [settle], what a transient run said, [training] and [counts].
 */
#ifndef NPIM_SIM_DESIGN_DESIGN_SECTIONS_H
#define NPIM_SIM_DESIGN_DESIGN_SECTIONS_H

#include "sim/design/design.h"

#include <stdio.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Every number tagged D: derived from a simulation. */
void npim_settle_put(const npim_design_transient *settle, FILE *out);

/* Reads design->settle where the request asked for it. NPIM_ECONFIG, naming the file and the key. */
NPIM_MUST_USE npim_status npim_settle_read(npim_design *design, npim_doc *doc, const char *path,
                                           npim_error *error);

/* How the trainings came out; [training] is there where the method is. */
void npim_training_put(const npim_design_training *training, FILE *out);
NPIM_MUST_USE npim_status npim_training_read(npim_design *design, npim_doc *doc, const char *path,
                                             npim_error *error);

/* Cells, inverters, latches and area of a counted design. */
void npim_counts_put(const npim_design *design, FILE *out);

/* They follow from the circuit: NPIM_ECONFIG, naming the file and the key, where the file has another number
 * than the counted design. */
NPIM_MUST_USE npim_status npim_counts_read(const npim_design *design, npim_doc *doc, const char *path,
                                           npim_error *error);

#ifdef __cplusplus
}
#endif
#endif
