/* Examples to train on: inputs and wanted outputs, one array per line, in units of the supply. */
#ifndef NPIM_SIM_DESIGN_SAMPLES_H
#define NPIM_SIM_DESIGN_SAMPLES_H

#include "hw/status.h"

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

enum { NPIM_SAMPLES_MAX = 1 << 24, NPIM_SAMPLES_MAX_LINES = 1024 };

typedef struct npim_samples {
    size_t n;
    uint32_t n_inputs, n_outputs;
    double *in;  /* [n_inputs][n]; owned */
    double *out; /* [n_outputs][n]; owned */
} npim_samples;

/* All values 0. NPIM_ECONFIG for none or more than the above of samples, inputs or outputs. */
NPIM_MUST_USE npim_status npim_samples_init(npim_samples *samples, size_t n, uint32_t n_inputs,
                                            uint32_t n_outputs, npim_error *error);
void npim_samples_fini(npim_samples *samples); /* safe on a zeroed struct and twice */

#ifdef __cplusplus
}
#endif
#endif
