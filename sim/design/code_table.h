/* A converter code by code: where its transitions lie, DNL and INL, and SINAD of varied circuits; as CSV, and
 * as a picture. */
#ifndef NPIM_SIM_DESIGN_CODE_TABLE_H
#define NPIM_SIM_DESIGN_CODE_TABLE_H

#include "sim/design/characterize.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Owned by whoever made it. */
typedef struct npim_code_table {
    uint32_t n_codes;
    double *transition_V; /* [n_codes] input at which a ramp arrives at the code; of code 0 its beginning */
    double *dnl_lsb, *inl_lsb; /* [n_codes] as of npim_static_test */
    uint32_t samples;
    double *sinad_dB;       /* [samples] */
    npim_spread *dnl, *inl; /* [n_codes] over the samples: the worst code of each need not be the same one */
} npim_code_table;

void npim_code_table_fini(npim_code_table *table); /* safe on a zeroed struct and twice */

/* Measures the nominal circuit, and sampling->samples varied ones. NPIM_EUSAGE for a shift-and-add,
 * which has no codes; else errors as npim_adc_characterize. On failure *table is zeroed. */
NPIM_MUST_USE npim_status npim_code_table_measure(npim_code_table *table, const npim_design *design,
                                                  const npim_sampling *sampling, npim_error *error);

/* A row for each code, and a script for gnuplot that draws an SVG on its standard output: transfer curve, DNL
 * and INL, and where there are samples the deciles of their INL and a histogram of their SINAD. From malloc;
 * NULL when there is no memory.
 */
char *npim_code_table_csv(const npim_code_table *table);
char *npim_code_table_plot(const npim_code_table *table);

/* Adds the same table as the object "codes": arrays with an element for each code, named as the columns of
 * the CSV. False when there is no memory. */
bool npim_code_table_to_json(const npim_code_table *table, cJSON *json);

#ifdef __cplusplus
}
#endif
#endif
