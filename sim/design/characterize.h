/* Measures a design: its figures, nominal and over varied circuits, as they are printed. */
#ifndef NPIM_SIM_DESIGN_CHARACTERIZE_H
#define NPIM_SIM_DESIGN_CHARACTERIZE_H

#include "sim/design/characterize_adc.h"
#include "sim/design/design.h"
#include "sim/design/statistics.h"

#include <cjson/cJSON.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Of the samples. */
typedef struct npim_sampling {
    double sigma; /* relative standard deviation of cells: 0..0.5 */
    uint32_t samples;
    uint64_t seed;
} npim_sampling;

/* What the options say; sigma 0.025, 100 samples, seed 1 where they say nothing. NPIM_EUSAGE, naming the
 * option, its value and what is allowed. */
NPIM_MUST_USE npim_status npim_sampling_read(npim_sampling *sampling, const npim_options *options,
                                             npim_error *error);

typedef struct npim_named_spread {
    const char *key, *unit; /* "enob_bit", "bit" */
    npim_spread spread;
} npim_named_spread;

enum { NPIM_MAX_SPREADS = 8 };

typedef struct npim_characterization {
    const npim_design *design; /* borrowed */
    npim_sampling sampling;
    npim_named_spread figures[NPIM_MAX_SPREADS];
    size_t n_figures;
} npim_characterization;

/* How a converter is tried: over its full scale. */
npim_adc_trial npim_design_trial(const npim_design *design, const npim_sampling *sampling);

/* A converter: DNL, INL, ENOB, SINAD, missing codes; a shift-and-add: SINAD of the result after all input
 * cycles, as it is and with gain and offset corrected, and its rms error. Errors as npim_adc_characterize and
 * npim_sa_measure. */
NPIM_MUST_USE npim_status npim_characterize(npim_characterization *result, const npim_design *design,
                                            const npim_sampling *sampling, npim_error *error);

/* For `npim characterize`, text from malloc; NULL when there is no memory. */
char *npim_characterization_text(const npim_characterization *result);
cJSON *npim_characterization_json(const npim_characterization *result);

#ifdef __cplusplus
}
#endif
#endif
