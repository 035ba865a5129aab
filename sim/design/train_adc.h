/* A 4-bit stage of the neural A/D converter as a trained network of one hidden layer (the published method):
 * inverters behind hidden rows, and behind one row for every wire of the code. */
#ifndef NPIM_SIM_DESIGN_TRAIN_ADC_H
#define NPIM_SIM_DESIGN_TRAIN_ADC_H

#include "hw/converter.h"
#include "sim/design/train_best.h"

#ifdef __cplusplus
extern "C" {
#endif

enum { NPIM_TRAIN_ADC_MAX_BITS = 5 };

typedef struct npim_train_adc_options {
    npim_code_kind kind;           /* binary, Gray or thermometer */
    uint32_t bits;                 /* 1..NPIM_TRAIN_ADC_MAX_BITS */
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
    const npim_inverter *inverter; /* gives the supply, which is the full scale */
    const npim_stop *stop;         /* may be NULL */
} npim_train_adc_options;

/* 4 bit, 16 hidden rows of 4 cells of 3 bit, on/off 100, 5 runs of 3000 steps, sigma 0.025, seed 1. */
npim_train_adc_options npim_train_adc_default(npim_code_kind kind, const npim_inverter *inverter);

typedef struct npim_train_adc_result {
    npim_converter converter;               /* owned */
    uint32_t runs, best;                    /* of the runs */
    double enob_bit[NPIM_TRAIN_MAX_RUNS];   /* of every run, nominal */
    double varied_bit[NPIM_TRAIN_MAX_RUNS]; /* and the median at sigma, by which the best one is chosen */
} npim_train_adc_result;

/* Designs it. NPIM_ECONFIG for an option out of range. Ended by npim_converter_fini of the converter. */
NPIM_MUST_USE npim_status npim_train_adc(const npim_train_adc_options *options, npim_train_adc_result *result,
                                         npim_error *error);

#ifdef __cplusplus
}
#endif
#endif
