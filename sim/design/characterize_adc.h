/* Figures of an A/D converter and of varied instances of it. */
#ifndef NPIM_SIM_DESIGN_CHARACTERIZE_ADC_H
#define NPIM_SIM_DESIGN_CHARACTERIZE_ADC_H

#include "hw/converter.h"
#include "sim/design/metrics.h"
#include "sim/design/statistics.h"
#include "sim/stop.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Input: a ramp of ramp_points that goes overdrive_share of the full scale beyond it on both sides, since
 * gain and offset of an instance move its ends; and a sine of sine_points over `cycles` periods, whose
 * amplitude is sine_share of half the full scale, and which begins half a sample late: no point lies at the
 * middle of the supply, where comparators are undecided. */
typedef struct npim_adc_trial {
    double full_scale_V; /* around half the supply; above 0, at most the supply */
    uint32_t ramp_points, sine_points, cycles;
    double overdrive_share, sine_share;
    npim_circuit_variation variation;
    uint32_t samples;      /* 0: the nominal circuit alone */
    uint64_t seed;         /* instance i is block i of it */
    const npim_stop *stop; /* may be NULL */
} npim_adc_trial;

enum { NPIM_ADC_TRIAL_MAX_SAMPLES = 100000, NPIM_ADC_TRIAL_MAX_POINTS = 1 << 20 };

/* 8192 ramp points with an overdrive of 1/64, 4096 sine points over 1021 cycles at 0.996; 100 samples at
 * sigma 0.025 of seed 1. */
npim_adc_trial npim_adc_default_trial(double full_scale_V);

/* What one instance shows. A code stands for the middle of its step of the full scale; errors are those of
 * the ramp within the full scale, and of it with the best gain and offset behind the codes: what a digital
 * correction per converter leaves. Both contain that of ideal steps, LSB / sqrt(12). */
typedef struct npim_adc_sample {
    npim_static_figures ramp;
    npim_sine_figures sine;
    double rms_error_V, corrected_error_V;
} npim_adc_sample;

typedef struct npim_adc_figures {
    npim_spread dnl_lsb, inl_lsb, inl_best_fit_lsb, enob_bit, sinad_dB, missing_codes;
    npim_spread rms_error_mV, rms_error_corrected_mV;
    double monotonic_share; /* of the samples; of the nominal circuit where there are none */
} npim_adc_figures;

/* Measures one instance of a checked converter. Errors as those of the tests. */
NPIM_MUST_USE npim_status npim_adc_measure(const npim_converter *converter, const npim_instance *instance,
                                           const npim_adc_trial *trial, npim_adc_sample *sample,
                                           npim_error *error);

/* Measures the nominal circuit and the samples. NPIM_EUSAGE for a trial out of its ranges, NPIM_ECONFIG for a
 * variation out of its, for a faulty converter or for an instance that does not convert at all. */
NPIM_MUST_USE npim_status npim_adc_characterize(const npim_converter *converter, const npim_adc_trial *trial,
                                                npim_adc_figures *figures, npim_error *error);

#ifdef __cplusplus
}
#endif
#endif
