/* A shift-and-add circuit by circuit: SINAD and errors of every sample as CSV; and as a picture its transfer
 * curve, its errors, and the histogram of SINAD. */
#ifndef NPIM_SIM_DESIGN_SA_TABLE_H
#define NPIM_SIM_DESIGN_SA_TABLE_H

#include "sim/design/characterize.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Owned by whoever made it. */
typedef struct npim_sa_table {
    uint32_t samples, vectors;
    npim_sa_details details;
} npim_sa_table;

void npim_sa_table_fini(npim_sa_table *table); /* safe on a zeroed struct and twice */

/* NPIM_EUSAGE for a design that is no shift-and-add; else errors as npim_sa_measure. On failure *table is
 * zeroed. */
NPIM_MUST_USE npim_status npim_sa_table_measure(npim_sa_table *table, const npim_design *design,
                                                const npim_sampling *sampling, npim_error *error);

/* A row for the nominal circuit ("nominal") and one for each sample; a script for gnuplot that draws an SVG
 * on its standard output. From malloc; NULL when there is no memory. */
char *npim_sa_table_csv(const npim_sa_table *table);
char *npim_sa_table_plot(const npim_sa_table *table);

#ifdef __cplusplus
}
#endif
#endif
