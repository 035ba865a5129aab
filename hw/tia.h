/* Transimpedance amplifier of CASCADE: turns a bit line's current into the voltage that is written into the
 * analog buffer. */
#ifndef NPIM_HW_TIA_H
#define NPIM_HW_TIA_H

#include "hw/block.h"
#include "hw/random.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct npim_tia_config {
    double energy_fJ; /* of one bit line in one input cycle: 20 */
    double area_um2;  /* of one amplifier */
    double gain_Ohm;  /* volts per ampere */
    double v_max_V;   /* the output stays within 0..v_max */
    double noise_V;   /* standard deviation at the output; 0: none */
} npim_tia_config;

typedef struct npim_tia {
    npim_tia_config config;
    double i_in_A, v_out_V; /* unit 0; probed */
    uint64_t n_clipped;     /* outputs that saturated; probed */
} npim_tia;

NPIM_MUST_USE npim_status npim_tia_init(npim_tia *tia, const npim_tia_config *config, npim_error *error);
void npim_tia_fini(npim_tia *tia);
void npim_tia_reset(npim_tia *tia);

/* v_V[i] = i_A[i] x gain, saturated, for n bit lines. random NULL: no noise; else line i draws index + i. */
void npim_tia_eval(npim_tia *tia, const double *i_A, size_t n, const npim_random *random, uint64_t index,
                   double *v_V);

extern const npim_block_ops npim_tia_ops; /* work.count: bit lines; inside the cycle work.hold_ps */

#ifdef __cplusplus
}
#endif
#endif
