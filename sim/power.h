/* Power over time: what the meter of a run has counted, times the energies of the ledger. */
#ifndef NPIM_SIM_POWER_H
#define NPIM_SIM_POWER_H

#include "sim/result.h"

#ifdef __cplusplus
extern "C" {
#endif

enum { NPIM_POWER_MAX_ROWS = 1000000 };

/* A step of time and the mean power of each group in it. */
typedef struct npim_power_row {
    uint64_t from_ps, duration_ps; /* the last step ends with the run, and may be shorter */
    double group_W[NPIM_N_GROUPS]; /* energy of the step by its own duration */
    double event_W;                /* their sum */
    double constant_W, total_W;    /* links that never sleep, leakage, refresh; all of it */
} npim_power_row;

/* Prices. Borrows result and measurement. */
typedef struct npim_power {
    const npim_meter *meter;
    uint32_t n_rows;                /* 0: the run had no meter */
    double event_pJ[NPIM_N_EVENTS]; /* of one */
    uint32_t event_group[NPIM_N_EVENTS];
    double constant_W;
} npim_power;

/* --- before the run --- */

/* NPIM_EUSAGE when a run of this mapping takes more than NPIM_POWER_MAX_ROWS steps for certain: so many
 * intervals of the slowest layer. */
NPIM_MUST_USE npim_status npim_power_check_step(const npim_map *map, uint64_t step_ps, npim_error *error);

/* The refusal of a step for a run of at least length_ps, naming the shortest that may be enough. */
npim_status npim_power_refuse_step(uint64_t step_ps, uint64_t length_ps, npim_error *error);

/* Sets window_parts of every crossbar slot: pJ of one of its windows by group (NPIM_N_GROUPS parts). Returns
 * their memory, which the caller frees when the program has run; NULL when there is none. */
double *npim_power_price_windows(npim_program *program, const npim_arch *arch);

/* --- after it --- */

void npim_power_init(npim_power *power, const npim_result *result, const npim_measurement *measurement);

/* row < n_rows. */
void npim_power_at(const npim_power *power, uint32_t row, npim_power_row *at);

/* NPIM_EINVARIANT unless the integral over all rows is the energy that the ledger has booked for all images,
 * event accounting, to 0.1 % for every group and in total, and all powers are finite and not negative.
 * NPIM_OK without a meter. */
NPIM_MUST_USE npim_status npim_power_check(const npim_result *result, const npim_measurement *measurement,
                                           npim_error *error);

#ifdef __cplusplus
}
#endif
#endif
