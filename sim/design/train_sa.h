/* The neural shift-and-add as a trained network of one hidden layer (the published method): 8 slices and its
 * own result are the inputs, hidden rows with inverters between them and one output row. */
#ifndef NPIM_SIM_DESIGN_TRAIN_SA_H
#define NPIM_SIM_DESIGN_TRAIN_SA_H

#include "sim/design/sa_sinad.h"
#include "sim/design/train_best.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct npim_train_sa_options {
    npim_sa_task task;
    uint32_t hidden, multiplicity; /* rows; cells of a path of a weight, two times that of a hidden bias */
    uint32_t cell_bits;
    double on_off_ratio;
    double sigma;          /* of a cell's conductance, which training prepares for: 0..0.5 */
    uint32_t steps, batch; /* of the gradient */
    uint32_t copies;       /* noisy ones */
    double rate;           /* of learning; falls to a hundredth */
    uint32_t sweeps;       /* over the levels, afterwards */
    uint32_t runs;         /* the best one is taken */
    uint64_t seed;
    const npim_inverter *inverter; /* gives the supply */
    const npim_stop *stop;         /* may be NULL */
} npim_train_sa_options;

/* 16 hidden rows of 8 cells of 3 bit, on/off 100, 5 runs of 5000 steps, R = 0.4, sigma 0.025, seed 1. */
npim_train_sa_options npim_train_sa_default(uint32_t dac_bits, const npim_inverter *inverter);

typedef struct npim_train_sa_result {
    npim_circuit circuit;                  /* owned */
    uint32_t runs, best;                   /* of the runs */
    double sinad_dB[NPIM_TRAIN_MAX_RUNS];  /* of every run, nominal */
    double varied_dB[NPIM_TRAIN_MAX_RUNS]; /* and the median at sigma, by which the best one is chosen */
} npim_train_sa_result;

/* Designs it: half of the examples are uniform slices, half normal ones as where the range of the bit lines
 * is 4 sigma of them. NPIM_ECONFIG for an option out of range. Ended by npim_circuit_fini of the circuit. */
NPIM_MUST_USE npim_status npim_train_sa(const npim_train_sa_options *options, npim_train_sa_result *result,
                                        npim_error *error);

#ifdef __cplusplus
}
#endif
#endif
