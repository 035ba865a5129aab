/* Measures a design: its figures, nominal and over varied circuits, as they are printed. */
#ifndef NPIM_SIM_DESIGN_CHARACTERIZE_H
#define NPIM_SIM_DESIGN_CHARACTERIZE_H

#include "sim/design/characterize_adc.h"
#include "sim/design/design.h"
#include "sim/design/statistics.h"

#include <cjson/cJSON.h>
#include <stdio.h>

#ifdef __cplusplus
extern "C" {
#endif

/* What samples have beside the variation of their cells. */
typedef struct npim_sampling_effects {
    double offset_mV; /* standard deviation of a neuron's threshold: 0..100 */
    double node_fF;   /* capacitance of a node, whose noise is that of kT/C at 300 K: 0 (none)..1000 */
    double stuck_on_rate, stuck_off_rate; /* of cells: 0..1, together at most 1 */
} npim_sampling_effects;

/* Of the samples. */
typedef struct npim_sampling {
    double sigma; /* relative standard deviation of cells: 0..0.5 */
    uint32_t samples;
    uint64_t seed;
    npim_sampling_effects effects;
    const npim_stop *stop; /* asked between samples; may be NULL */
} npim_sampling;

/* What the options say; sigma 0.025, 100 samples, seed 1 and no other effects where they say nothing.
 * NPIM_EUSAGE, naming the option, its value and what is allowed. */
NPIM_MUST_USE npim_status npim_sampling_read(npim_sampling *sampling, const npim_options *options,
                                             npim_error *error);

/* The same as the evaluator takes it. */
npim_circuit_variation npim_sampling_variation(const npim_sampling *sampling);

typedef struct npim_characterization {
    const npim_design *design; /* borrowed */
    npim_sampling sampling;
    npim_named_spread figures[NPIM_MAX_SPREADS];
    size_t n_figures;
} npim_characterization;

/* Notes the figures, and the power of its cells, in the design. NPIM_ENOMEM. */
NPIM_MUST_USE npim_status npim_design_achieve(npim_design *design, const npim_characterization *result,
                                              npim_error *error);

/* The spread of that name; NULL: it has none. */
const npim_spread *npim_characterization_find(const npim_characterization *result, const char *key);

/* How a converter is tried: over its full scale; and a shift-and-add: with uniform inputs. */
npim_adc_trial npim_design_trial(const npim_design *design, const npim_sampling *sampling);
npim_sa_trial npim_design_sa_trial(const npim_design *design, const npim_sampling *sampling);

/* A converter: DNL, INL, ENOB, SINAD, missing codes, and the rms error of its codes as voltages; a
 * shift-and-add: SINAD of the result after all input cycles, and its rms error. Error and SINAD also with
 * gain and offset of every instance corrected (those of a converter's sine are in any case). Errors as
 * npim_adc_characterize and npim_sa_measure. */
NPIM_MUST_USE npim_status npim_characterize(npim_characterization *result, const npim_design *design,
                                            const npim_sampling *sampling, npim_error *error);

/* A line of text, or members of a JSON object; false when there is no memory. */
void npim_sampling_put(const npim_sampling *sampling, FILE *out);
bool npim_sampling_to_json(const npim_sampling *sampling, cJSON *json);

/* For `npim characterize`, text from malloc; NULL when there is no memory. */
char *npim_characterization_text(const npim_characterization *result);
cJSON *npim_characterization_json(const npim_characterization *result);

#ifdef __cplusplus
}
#endif
#endif
