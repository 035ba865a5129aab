/* How much the ratios depend on the values that nobody has measured. */
#ifndef NPIM_SIM_REPRODUCE_SENSITIVITY_H
#define NPIM_SIM_REPRODUCE_SENSITIVITY_H

#include "sim/reproduce/study.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Ratios: energy against ISAAC and CASCADE (event), the same (nameplate), throughput (work-conserving). */
enum { NPIM_N_SENSITIVE = 6, NPIM_MAX_SENSITIVE = 512 };

typedef struct npim_sensitive_side {
    double value;
    double ratios[NPIM_N_SENSITIVE]; /* NAN: the architecture does not take the value */
    char refused[160];               /* why */
} npim_sensitive_side;

/* A number tagged A or C of an architecture file; zeros are left out. */
typedef struct npim_sensitive {
    char arch[64], key[128], tag[4];
    const char *unit;
    double value;
    npim_sensitive_side half, twice; /* whole numbers are rounded down */
} npim_sensitive;

typedef struct npim_sensitivities {
    double base[NPIM_N_SENSITIVE];
    npim_sensitive rows[NPIM_MAX_SENSITIVE];
    size_t n;
} npim_sensitivities;

/* In closed form, arithmetic means over the networks of the study. archs: in the order of npim_contender.
 * Errors as npim_arch_load; NPIM_EINTERRUPTED. */
NPIM_MUST_USE npim_status npim_sensitivities_make(npim_sensitivities *sensitivities, const npim_study *study,
                                                  const char *const archs[NPIM_STUDY_ARCHS],
                                                  npim_error *error);

#ifdef __cplusplus
}
#endif
#endif
