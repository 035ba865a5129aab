/* What each section of the report plans and makes: the rows of the table in sections.c. */
#ifndef NPIM_SIM_REPRODUCE_SECTIONS_H
#define NPIM_SIM_REPRODUCE_SECTIONS_H

#include "sim/reproduce/study.h"

#ifdef __cplusplus
extern "C" {
#endif

/* summary.c: the four ratios on one page. */
NPIM_MUST_USE npim_status npim_summary_make(npim_study *study, npim_error *error);

/* dataflows.c: the strategies A, B and C, dot product by dot product. */
NPIM_MUST_USE npim_status npim_dataflows_plan(npim_study *study, npim_error *error);
NPIM_MUST_USE npim_status npim_dataflows_make(npim_study *study, npim_error *error);

/* peripherals.c: the circuits of NNS+A and NNADC. */
NPIM_MUST_USE npim_status npim_peripherals_plan(npim_study *study, npim_error *error);
NPIM_MUST_USE npim_status npim_peripherals_make(npim_study *study, npim_error *error);

/* system.c: the nine networks on the three architectures, and the published ratios. */
NPIM_MUST_USE npim_status npim_system_plan(npim_study *study, npim_error *error);
NPIM_MUST_USE npim_status npim_system_make(npim_study *study, npim_error *error);

/* sinad.c: SINAD of the dataflows, and accuracy against it; members sinad and accuracy_sinad. */
NPIM_MUST_USE npim_status npim_sinad_plan(npim_study *study, npim_error *error);
NPIM_MUST_USE npim_status npim_sinad_make(npim_study *study, npim_error *error);

/* breakdown.c: energy, power and area by block; members adc_share_isaac (nameplate), adc_share (all of them),
 * array_density, sa_factor, tile_power_mW. */
NPIM_MUST_USE npim_status npim_breakdown_make(npim_study *study, npim_error *error);

/* sensitivity.c: what the assumed and calibrated values do to the ratios. */
NPIM_MUST_USE npim_status npim_sensitivity_make(npim_study *study, npim_error *error);

/* provenance.c: every constant with its source. */
NPIM_MUST_USE npim_status npim_provenance_make(npim_study *study, npim_error *error);

#ifdef __cplusplus
}
#endif
#endif
