/* The tables of the results directory. Headers carry units; doubles are written so that they read back
 * exactly. */
#ifndef NPIM_SIM_CSV_H
#define NPIM_SIM_CSV_H

#include "sim/power.h"

#include <stdio.h>

#ifdef __cplusplus
extern "C" {
#endif

void npim_csv_layers(FILE *out, const npim_result *result);
void npim_csv_blocks(FILE *out, const npim_result *result);
void npim_csv_links(FILE *out, const npim_measurement *measurement);

/* Power over time: a row for each step from time_us on, duration_us long: the step, and for the last row what
 * is left of the run. Mean power in it: <group>_W for each group of blocks, their sum event_W, the constant
 * part constant_W, and total_W of both. Sums of power x duration are the energies of all images. */
void npim_csv_power(FILE *out, const npim_power *power);

#ifdef __cplusplus
}
#endif
#endif
