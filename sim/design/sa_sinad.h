/* What a shift-and-add circuit is for, and how well it does it: SINAD of the accumulated result after all
 * input cycles.
 *
 * The circuit's inputs are the bit lines of the 8 weight slices (x_k, most significant last) and its own
 * output of the cycle before (acc); P bit of the input are taken in a cycle, least significant first:
 *     acc' = 2^-P acc + 2 R (1 - 2^-P) sum 2^k x_k / 255,
 * all around half the supply. With R = 1/2 this is the convex sum that a passive row makes; a circuit with
 * inverters needs room to both rails and takes less. acc stays within +-R of the supply. */
#ifndef NPIM_SIM_DESIGN_SA_SINAD_H
#define NPIM_SIM_DESIGN_SA_SINAD_H

#include "hw/circuit.h"
#include "sim/design/statistics.h"
#include "sim/stop.h"

#ifdef __cplusplus
extern "C" {
#endif

enum {
    NPIM_SA_SLICES = 8,
    NPIM_SA_INPUT_BITS = 8,
    NPIM_SA_MAX_VECTORS = 1 << 20,
    NPIM_SA_MAX_SAMPLES = 100000
};

/* What is to be accumulated. */
typedef struct npim_sa_task {
    uint32_t dac_bits; /* P: 1, 2, 4 or 8 */
    double range;      /* R: above 0, at most 0.5 */
} npim_sa_task;

/* NPIM_ECONFIG, saying which value, for a task out of range. */
NPIM_MUST_USE npim_status npim_sa_task_check(const npim_sa_task *task, npim_error *error);

uint32_t npim_sa_cycles(const npim_sa_task *task);

/* The wanted output of a cycle, in units of the supply as are the slices and acc. */
double npim_sa_wanted(const npim_sa_task *task, const double slice[NPIM_SA_SLICES], double acc);

/* A slice of a cycle: uniform over the supply (spread 0), or normal around its half with a standard deviation
 * of `spread` of it, limited to the rails. index numbers cycles and slices. */
double npim_sa_slice(const npim_random *random, double spread, uint64_t index);

typedef struct npim_sa_trial {
    npim_sa_task task;
    double spread;    /* of the slices: 0..0.5 */
    uint32_t vectors; /* of 8 / P cycles each, from acc at half the supply on; 2 or more */
    npim_circuit_variation variation;
    uint32_t samples;      /* varied instances, at most NPIM_SA_MAX_SAMPLES; 0: the nominal circuit alone */
    uint64_t seed;         /* instance i is block i of it */
    const npim_stop *stop; /* may be NULL */
} npim_sa_trial;

/* 1000 vectors of uniform slices, 100 samples at sigma 0.025 of seed 1. */
npim_sa_trial npim_sa_default_trial(const npim_sa_task *task);

typedef struct npim_sa_figures {
    npim_spread sinad_dB;     /* variance of the wanted results over the mean squared error */
    npim_spread corrected_dB; /* the same with gain and offset of every instance corrected */
    npim_spread rms_error_mV; /* of the results, not corrected */
} npim_sa_figures;

/* Measures a checked circuit of 9 inputs whose last neuron is the result. Errors below 1e-15 of the signal
 * count as that (150 dB). NPIM_ECONFIG for a trial or a circuit that does not fit. */
NPIM_MUST_USE npim_status npim_sa_measure(const npim_circuit *circuit, const npim_sa_trial *trial,
                                          npim_sa_figures *figures, npim_error *error);

/* What lies behind the spreads. [0] is the nominal circuit, the samples follow. Arrays of whoever asks. */
typedef struct npim_sa_details {
    double *sinad_dB, *corrected_dB, *rms_error_mV; /* [samples + 1] */
    double *wanted_V;                               /* [vectors] */
    double *nominal_V, *varied_V; /* [vectors] results of the nominal circuit, of sample 0 */
} npim_sa_details;

/* The same with details; varied_V stays as it is where there are no samples. */
NPIM_MUST_USE npim_status npim_sa_measure_details(const npim_circuit *circuit, const npim_sa_trial *trial,
                                                  npim_sa_figures *figures, npim_sa_details *details,
                                                  npim_error *error);

#ifdef __cplusplus
}
#endif
#endif
