/* Sample-and-hold: keeps the value of a bit line while a converter or accumulator works on it. */
#ifndef NPIM_HW_SAMPLE_HOLD_H
#define NPIM_HW_SAMPLE_HOLD_H

#include "hw/block.h"
#include "hw/random.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct npim_sample_hold_config {
    double energy_fJ;      /* of one sample: 0.98 */
    double area_um2;       /* of one unit */
    double droop_V_per_us; /* towards zero; 0: none */
    double noise_V;        /* standard deviation of one sample; 0: none */
} npim_sample_hold_config;

typedef struct npim_sample_hold {
    npim_sample_hold_config config;
    double v_in_V, v_out_V; /* unit 0; probed */
    uint64_t n_samples;     /* probed */
} npim_sample_hold;

NPIM_MUST_USE npim_status npim_sample_hold_init(npim_sample_hold *sample_hold,
                                                const npim_sample_hold_config *config, npim_error *error);
void npim_sample_hold_fini(npim_sample_hold *sample_hold);
void npim_sample_hold_reset(npim_sample_hold *sample_hold);

/* Samples n voltages and gives what is left of them after held_ps. random NULL: no noise; else sample i draws
 * index + i. v_out_V may be v_in_V. */
void npim_sample_hold_eval(npim_sample_hold *sample_hold, const double *v_in_V, size_t n, uint64_t held_ps,
                           const npim_random *random, uint64_t index, double *v_out_V);

extern const npim_block_ops npim_sample_hold_ops; /* work.count: samples; inside the cycle work.hold_ps */

#ifdef __cplusplus
}
#endif
#endif
