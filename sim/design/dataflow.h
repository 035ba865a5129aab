/* SINAD of whole dot products under the dataflow strategies A (digitise every partial sum), B (buffer them in
 * RRAM) and C (neural shift-and-add and converter): with perfect circuits, and with varied ones.
 *
 * All varied cells of a sample belong to one array of `columns` weights per row: its cells, one shift-and-add
 * and one converter per column (C), buffers (B). Strategies and numbers of DAC bits are compared on the same
 * weights, inputs and array. Ranges are laid out for what the array's own partial sums and results show.
 *
 * Randomness: block 0 of the seed has weights and inputs; sample s begins at block 1 + s (2 + 2 columns):
 * the array's cells, buffer writes, shift-and-adds by column, converters by column. */
#ifndef NPIM_SIM_DESIGN_DATAFLOW_H
#define NPIM_SIM_DESIGN_DATAFLOW_H

#include "sim/design/column_sinad.h"
#include "sim/design/neural_chain.h"
#include "sim/design/statistics.h"
#include "sim/stop.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef enum npim_flow {
    NPIM_FLOW_A,       /* converters for the largest possible partial sum */
    NPIM_FLOW_A_RANGE, /* converters for the range of the layer's partial sums */
    NPIM_FLOW_B,
    NPIM_FLOW_C,
    NPIM_FLOWS
} npim_flow;

extern const char *const npim_flow_names[]; /* "A", "A-range-aware", "B", "C", NULL */

enum { NPIM_FLOW_MAX_SAMPLES = 10000, NPIM_FLOW_DAC_BITS = 3 };

extern const uint32_t npim_flow_dac_bits[NPIM_FLOW_DAC_BITS]; /* 1, 2, 4: those of the table */

typedef struct npim_flow_trial {
    uint32_t rows, columns;           /* of dot products; columns counts weights */
    uint32_t vectors;                 /* 0: npim_dot_vectors */
    double on_off_ratio;              /* of the array's cells */
    double range_sigmas;              /* of range-aware strategies: 0, physical limits, or 0.5..20 */
    double array_sigma;               /* of the array's cells: 0..0.5 */
    npim_circuit_variation periphery; /* of shift-and-adds and converters; its sigma also of buffers */
    uint32_t samples;                 /* varied arrays; 0: the perfect one alone */
    uint64_t seed;
    const npim_stop *stop; /* may be NULL */
} npim_flow_trial;

/* 128 rows, 48 columns, on/off 100, 4 sigma, sigma 0.025 of all cells, 5 samples of seed 1. */
npim_flow_trial npim_flow_default_trial(void);

/* Of one strategy, kind of data and number of DAC bits. */
typedef struct npim_flow_row {
    npim_flow strategy;
    npim_dot_data data;
    uint32_t dac_bits;
    npim_spread sinad_dB, sinad_per_column_dB; /* as in sim/design/column_sinad.h */
} npim_flow_row;

/* Where strategy C loses it: SINAD after each of its parts. */
typedef struct npim_flow_chain {
    npim_spread array_dB, array_per_column_dB;         /* the partial sums, added exactly */
    npim_spread shift_add_dB, shift_add_per_column_dB; /* what was accumulated, not digitised */
    npim_spread ideal_dB, ideal_per_column_dB;         /* and digitised by an ideal converter */
    npim_spread v_max_V, clipped, bit_line_clipped;    /* as in npim_neural_results */
} npim_flow_chain;

typedef struct npim_flow_figures {
    npim_flow_row row[NPIM_FLOWS]; /* in the order of npim_flow */
    npim_flow_chain chain;
} npim_flow_figures;

/* NPIM_EUSAGE, naming the value, what it is and what is allowed. */
NPIM_MUST_USE npim_status npim_flow_check(const npim_flow_trial *trial, npim_error *error);

/* All strategies for one kind of data and number of DAC bits; the chain's shift-and-add is one for that
 * number. Errors: npim_flow_check, npim_neural_chain_check, and those of what is made. */
NPIM_MUST_USE npim_status npim_flow_measure(const npim_flow_trial *trial, npim_dot_data data,
                                            uint32_t dac_bits, const npim_neural_chain *chain,
                                            npim_flow_figures *figures, npim_error *error);

/* The whole table: figures [NPIM_DOT_DATA_KINDS][NPIM_FLOW_DAC_BITS]. chain: one for each of
 * npim_flow_dac_bits. */
NPIM_MUST_USE npim_status npim_flow_table(const npim_flow_trial *trial,
                                          const npim_neural_chain chain[NPIM_FLOW_DAC_BITS],
                                          npim_flow_figures figures[NPIM_DOT_DATA_KINDS][NPIM_FLOW_DAC_BITS],
                                          npim_error *error);

#ifdef __cplusplus
}
#endif
#endif
