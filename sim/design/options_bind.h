/* Options of a command line as values of a field table: ranges, names and messages come from the table. */
#ifndef NPIM_SIM_DESIGN_OPTIONS_BIND_H
#define NPIM_SIM_DESIGN_OPTIONS_BIND_H

#include "hw/block.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct npim_option_value {
    const char *key;    /* of the table */
    const char *option; /* as messages call it: "--bits" */
    const char *value;  /* as the user wrote it; NULL: not given, the preset holds */
} npim_option_value;

/* Presets first, then the values. NPIM_EUSAGE for one that is wrong: the option, the value and what is
 * allowed. */
NPIM_MUST_USE npim_status npim_options_bind(const npim_option_value *values, size_t n,
                                            const npim_field *fields, size_t n_fields, void *config,
                                            npim_error *error);

#ifdef __cplusplus
}
#endif
#endif
