/* SAR A/D converter of ISAAC and CASCADE. Its energy and area follow from the resolution by a built-in table
 * unless the configuration gives them; one operation may use fewer or more bits than the configured ones. */
#ifndef NPIM_HW_SAR_ADC_H
#define NPIM_HW_SAR_ADC_H

#include "hw/block.h"
#include "hw/quantiser.h"
#include "hw/random.h"

#ifdef __cplusplus
extern "C" {
#endif

enum { NPIM_SAR_MIN_BITS = 4, NPIM_SAR_MAX_BITS = 10 }; /* of the table */

typedef struct npim_sar_adc_config {
    uint32_t bits;    /* 4..10 */
    bool bipolar;     /* -v_max..v_max, else 0..v_max */
    double v_max_V;   /* full scale */
    double noise_V;   /* standard deviation at the input; 0: none */
    double energy_pJ; /* of one conversion of `bits` bits; 0: from the table */
    double area_um2;  /* of one converter; 0: from the table */
    double rate_GSps; /* of one converter */
} npim_sar_adc_config;

typedef struct npim_sar_adc {
    npim_sar_adc_config config;
    double v_in_V;                     /* unit 0; probed */
    uint32_t code;                     /* unit 0, counted from the smallest code; probed */
    uint64_t n_conversions, n_clipped; /* probed */
} npim_sar_adc;

NPIM_MUST_USE npim_status npim_sar_adc_init(npim_sar_adc *adc, const npim_sar_adc_config *config,
                                            npim_error *error);
void npim_sar_adc_fini(npim_sar_adc *adc);
void npim_sar_adc_reset(npim_sar_adc *adc);

/* The transfer curve at that resolution (0: the configured one). */
npim_quantiser npim_sar_adc_quantiser(const npim_sar_adc *adc, uint32_t bits);

/* Converts n voltages with `bits` bits (0: the configured ones). random NULL: no noise; else conversion i
 * draws index + i. */
void npim_sar_adc_eval(npim_sar_adc *adc, uint32_t bits, const double *v_V, size_t n,
                       const npim_random *random, uint64_t index, int32_t *codes);

/* work.count: conversions; work.bits: their resolution (0: the configured one), at most NPIM_SAR_MAX_BITS:
 * who plans operations checks it. Below NPIM_SAR_MIN_BITS a conversion costs as much as one of that
 * resolution. */
extern const npim_block_ops npim_sar_adc_ops;

#ifdef __cplusplus
}
#endif
#endif
