/* Number and resolution of A/D conversions per dot product under the three dataflow strategies: the closed
 * forms of the published characterisation (strategy A: ISAAC, B: CASCADE, C: Neural-PIM). */
#ifndef NPIM_HW_DATAFLOW_H
#define NPIM_HW_DATAFLOW_H

#include "hw/status.h"

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef enum npim_strategy {
    NPIM_STRATEGY_A, /* digitise every bit line in every input cycle, shift and add digitally */
    NPIM_STRATEGY_B, /* buffer analog partial sums, add them along diagonals in groups, then digitise */
    NPIM_STRATEGY_C  /* shift and add in the analog domain, digitise once per dot product */
} npim_strategy;

extern const char *const npim_strategy_names[]; /* "A", "B", "C", NULL */

typedef struct npim_dataflow {
    npim_strategy strategy;
    uint32_t input_bits, weight_bits; /* P_I, P_W: 1..32 */
    uint32_t dac_bits, cell_bits;     /* P_D: 1..input_bits, P_R: 1..weight_bits */
    uint32_t rows;                    /* word lines of an array, >= 2 */
    uint32_t output_bits;             /* P_O, strategy C */
    uint32_t differential;            /* 1: W_P and W_N columns (doubles A's conversions) */
    uint32_t encoded;                 /* 1: ISAAC's flipped encoding saves one bit under A */
} npim_dataflow;

/* Input cycles n = ceil(P_I / P_D). */
uint32_t npim_dataflow_cycles(const npim_dataflow *dataflow);

/* Columns per weight: ceil(P_W / P_R), doubled when differential. */
uint32_t npim_dataflow_columns(const npim_dataflow *dataflow);

/* Resolution of one bit line's partial sum: N + P_D + P_R, minus 1 unless both exceed 1 bit, with
 * N = ceil(log2 rows). */
uint32_t npim_dataflow_bit_line_bits(const npim_dataflow *dataflow);

/* A/D conversions for one dot product on one array, and the distinct resolutions in the order they are made:
 * bits (room for max_bits entries) gets one entry per conversion for strategy B and C, and a single entry for
 * A, whose conversions are all alike; *n_bits says how many entries were written. Strategy B groups
 * three diagonals per conversion: c = max(1, floor((n + m - 1) / 3)) conversions of (b - 1) + ceil(log2 k)
 * bits, k = c..1. Returns the number of conversions. */
uint64_t npim_dataflow_conversions(const npim_dataflow *dataflow, uint32_t *bits, uint32_t max_bits,
                                   uint32_t *n_bits);

#ifdef __cplusplus
}
#endif
#endif
