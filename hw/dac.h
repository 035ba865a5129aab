/* D/A converter and driver of a word line: an input digit becomes a voltage that holds for the input cycle.
 */
#ifndef NPIM_HW_DAC_H
#define NPIM_HW_DAC_H

#include "hw/block.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct npim_dac_config {
    uint32_t bits;   /* 1..16 */
    double v_ref_V;  /* output of the largest code */
    double power_uW; /* of one row while it is driven */
    double area_um2; /* of one row */
} npim_dac_config;

typedef struct npim_dac {
    npim_dac_config config;
    double lsb_V;
    uint32_t code;    /* of row 0; probed */
    double v_out_V;   /* of row 0; probed */
    uint64_t n_evals; /* input cycles; probed */
} npim_dac;

NPIM_MUST_USE npim_status npim_dac_init(npim_dac *dac, const npim_dac_config *config, npim_error *error);
void npim_dac_fini(npim_dac *dac);
void npim_dac_reset(npim_dac *dac);

/* The digit of an unsigned input that input cycle `cycle` (from 0, least significant first) drives. */
uint32_t npim_dac_digit(const npim_dac *dac, uint32_t value, uint32_t cycle);

/* v_V[i] = codes[i] x v_ref / (2^bits - 1) for n rows; every code < 2^bits. */
void npim_dac_eval(npim_dac *dac, const uint32_t *codes, size_t n, double *v_V);

/* work.count: driven rows; work.hold_ps: the input cycle, in which the DAC works. */
extern const npim_block_ops npim_dac_ops;

#ifdef __cplusplus
}
#endif
#endif
