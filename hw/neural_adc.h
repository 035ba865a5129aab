/* NNADC, the neural A/D converter of Neural-PIM: quantises each accumulated dot product once. A behavioural
 * model: uniform steps, Gaussian noise at the input, clipping counted. */
#ifndef NPIM_HW_NEURAL_ADC_H
#define NPIM_HW_NEURAL_ADC_H

#include "hw/block.h"
#include "hw/converter.h"
#include "hw/quantiser.h"
#include "hw/random.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct npim_neural_adc_config {
    uint32_t bits;            /* 2..16 */
    bool bipolar;             /* -v_max..v_max, else 0..v_max */
    double v_max_V;           /* full scale */
    double noise_V;           /* standard deviation at the input; 0: none */
    double energy_pJ;         /* of one conversion: 7.5 */
    double area_um2;          /* of one converter */
    double rate_GSps;         /* of one converter: 256 conversions in 246 ns */
    uint32_t pipeline_stages; /* 2 */
} npim_neural_adc_config;

typedef struct npim_neural_adc {
    npim_neural_adc_config config;
    npim_quantiser quantiser;
    double v_in_V;    /* unit 0; probed */
    uint32_t code;    /* unit 0, counted from the smallest code; probed */
    double residue_V; /* unit 0, of a circuit with two stages: behind its amplifier; probed */
    uint64_t n_conversions, n_clipped; /* probed */
} npim_neural_adc;

NPIM_MUST_USE npim_status npim_neural_adc_init(npim_neural_adc *adc, const npim_neural_adc_config *config,
                                               npim_error *error);
void npim_neural_adc_fini(npim_neural_adc *adc);
void npim_neural_adc_reset(npim_neural_adc *adc);

/* Converts n voltages. random NULL: no noise; else conversion i draws index + i. */
void npim_neural_adc_eval(npim_neural_adc *adc, const double *v_V, size_t n, const npim_random *random,
                          uint64_t index, int32_t *codes);

/* Converts one voltage by a circuit, whose full scale (around half its supply) is -v_max..v_max of this
 * block. The code counts from the middle of the range: -2^(bits - 1) .. 2^(bits - 1) - 1. index: of the
 * conversion, for thermal noise. scratch_V has room for 2 x n_neurons. */
int32_t npim_neural_adc_convert(npim_neural_adc *adc, const npim_converter *converter,
                                const npim_instance *circuit, double full_scale_V, double v_V, uint64_t index,
                                double *scratch_V);

/* work.count: conversions, spread evenly over work.units. The converters are busy for count / units periods
 * and the last result comes pipeline_stages - 1 periods later. */
extern const npim_block_ops npim_neural_adc_ops;

#ifdef __cplusplus
}
#endif
#endif
