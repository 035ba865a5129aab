/* Summing amplifier of CASCADE: adds the diagonals of the analog buffer that are digitised together. */
#ifndef NPIM_HW_SUMMING_AMP_H
#define NPIM_HW_SUMMING_AMP_H

#include "hw/block.h"
#include "hw/random.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct npim_summing_amp_config {
    double energy_pJ;       /* of one sum: 0.05 */
    double area_um2;        /* of one amplifier */
    uint32_t settle_clocks; /* digital clocks until a sum has settled: 1 */
    double noise_V;         /* standard deviation at the output; 0: none */
} npim_summing_amp_config;

typedef struct npim_summing_amp {
    npim_summing_amp_config config;
    double v_out_V;  /* last sum; probed */
    uint64_t n_sums; /* probed */
} npim_summing_amp;

NPIM_MUST_USE npim_status npim_summing_amp_init(npim_summing_amp *amp, const npim_summing_amp_config *config,
                                                npim_error *error);
void npim_summing_amp_fini(npim_summing_amp *amp);
void npim_summing_amp_reset(npim_summing_amp *amp);

/* sum of weights[i] x v_V[i] over k inputs, in order; weights NULL: all 1. random NULL: no noise. */
double npim_summing_amp_eval(npim_summing_amp *amp, const double *v_V, const double *weights, uint32_t k,
                             const npim_random *random, uint64_t index);

/* work.count: sums; latency of ceil(count / units) sums one after another, settle_clocks each. */
extern const npim_block_ops npim_summing_amp_ops;

#ifdef __cplusplus
}
#endif
#endif
