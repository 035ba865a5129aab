/* What the arrays and converters did to the products of a layer, and the ranges they were laid out for. */
#ifndef NPIM_SIM_VALUES_FIGURES_H
#define NPIM_SIM_VALUES_FIGURES_H

#include "hw/status.h"

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Of one weight layer, over all its groups. */
typedef struct npim_layer_figures {
    /* Laid out: */
    int32_t step; /* what one code of the converter stands for, in products; strategy B: of the last group */
    double v_max_V; /* strategy C: full scale at the shift-and-add's output; 0: not that strategy */
    /* Seen while calibrating: of the results of single row chunks, as the word lines carry them. */
    double square_sum;
    uint64_t n_results;
    int64_t largest;
    /* Seen while running; buffer cells of strategy B count as converters that clip. Clipped is what lies
     * beyond either end of the range of A and C (noise around 0 counts under A), and beyond the upper end
     * under B: */
    uint64_t conversions, clipped;
    double signal_sum, signal_squares, error_squares; /* of exact sums; of what came out against them */
    uint64_t n_sums;
} npim_layer_figures;

typedef struct npim_figures {
    npim_layer_figures *layers; /* [n_layers] */
    uint32_t n_layers;
} npim_figures;

NPIM_MUST_USE npim_status npim_figures_init(npim_figures *figures, uint32_t n_layers, npim_error *error);
void npim_figures_fini(npim_figures *figures); /* safe on a zeroed struct and twice */

/* Adds to conversions and clipped; any number of threads may at once. */
void npim_figures_count(npim_layer_figures *layer, uint64_t conversions, uint64_t clipped);

/* Share of the conversions that clipped; 0 without any. */
double npim_figures_clipped(const npim_layer_figures *layer);

/* Variance of the exact sums over the mean squared error, dB; 150 where there is no error; not-a-number
 * without sums, or where they never differ: there is no signal. */
double npim_figures_sinad_dB(const npim_layer_figures *layer);

#ifdef __cplusplus
}
#endif
#endif
