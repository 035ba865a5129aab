/* The tables of the results directory. Headers carry units; doubles are written so that they read back
 * exactly. */
#ifndef NPIM_SIM_CSV_H
#define NPIM_SIM_CSV_H

#include "sim/result.h"

#include <stdio.h>

#ifdef __cplusplus
extern "C" {
#endif

void npim_csv_layers(FILE *out, const npim_result *result);
void npim_csv_blocks(FILE *out, const npim_result *result);
void npim_csv_links(FILE *out, const npim_measurement *measurement);

#ifdef __cplusplus
}
#endif
#endif
