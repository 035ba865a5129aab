/* The configuration as a file: what is in force, and what there could be; for `npim config`. */
#ifndef NPIM_SIM_CONFIG_H
#define NPIM_SIM_CONFIG_H

#include "sim/arch.h"

#include <stdio.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Writes the effective configuration as TOML that npim_arch_load reads again into the same architecture;
 * every value keeps its source and tag, and a comment says where it came from: `# file:line`, `# --set`, or
 * `# default`. Keys that follow from others are comments. NPIM_EUSAGE when out cannot be written. out stays
 * open. */
NPIM_MUST_USE npim_status npim_config_write(const npim_arch *arch, FILE *out, npim_error *error);

/* Writes every key that an architecture file may have: range and unit, default, meaning. */
NPIM_MUST_USE npim_status npim_config_reference(FILE *out, npim_error *error);

#ifdef __cplusplus
}
#endif
#endif
