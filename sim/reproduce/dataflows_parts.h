/* Shared by the parts of the section on the dataflows. */
#ifndef NPIM_SIM_REPRODUCE_DATAFLOWS_PARTS_H
#define NPIM_SIM_REPRODUCE_DATAFLOWS_PARTS_H

#include "sim/reproduce/dot_product.h"

#ifdef __cplusplus
extern "C" {
#endif

enum { NPIM_DOT_SWEEP_POINTS = 8 };

/* One setting is varied, the others stand as in npim_dot_base. Strings are literals. */
typedef struct npim_dot_sweep {
    const char *key, *x_label;
    size_t offset; /* of the setting in npim_dot_setting */
    uint32_t values[NPIM_DOT_SWEEP_POINTS];
    size_t n;
    bool per_mac;                      /* energies are drawn for a multiply-accumulate */
    const char *counts, *counts_title; /* names and titles of its two exhibits */
    const char *costs, *costs_title;
    const char *counts_text, *costs_text; /* what to see */
} npim_dot_sweep;

/* dataflows.c: the setting of point i < sweep->n. */
npim_dot_setting npim_dot_sweep_setting(const npim_dot_sweep *sweep, size_t i);

/* dataflow_sweep.c: the two exhibits of a sweep, and json[key], an array of its points. */
NPIM_MUST_USE npim_status npim_dot_sweep_make(npim_study *study, const npim_dot_sweep *sweep,
                                              const npim_dot_design designs[NPIM_N_STRATEGIES], cJSON *json,
                                              npim_error *error);

/* A bar of energies by block. */
typedef struct npim_dot_bar {
    const char *title;
    npim_contender strategy;
    uint32_t dac_bits;
} npim_dot_bar;

/* dataflow_bars.c: the bars, and where the energy of a dot product goes. */
NPIM_MUST_USE npim_status npim_dot_bars_make(npim_study *study, const npim_dot_bar *bars, size_t n,
                                             const npim_dot_design designs[NPIM_N_STRATEGIES],
                                             npim_error *error);

#ifdef __cplusplus
}
#endif
#endif
