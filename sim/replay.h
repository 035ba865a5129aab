/* The simulation itself: builds the system of a mapping and runs its windows. */
#ifndef NPIM_SIM_REPLAY_H
#define NPIM_SIM_REPLAY_H

#include "sim/result.h"
#include "sim/stop.h"
#include "sim/wave_request.h"
#include "sim/wave_values.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct npim_replay_options {
    const char *stages;            /* glob of tiles that run stage by stage ("chip_0.tile_003"); NULL: none */
    const npim_wave_request *wave; /* NULL: none */
    npim_wave_values *values;      /* what the wave shows; NULL: values drawn from the seed */
    uint64_t power_step_ps;        /* of a meter of power over time; 0: none */
    const npim_stop *stop;         /* asked now and then; may be NULL */
    /* Called now and then with the share done (0..1), the simulated time and the entries handled; may be
     * NULL. */
    void (*progress)(void *context, double share, uint64_t now_ps, uint64_t events);
    void *context;
} npim_replay_options;

/* Replays the mapping's images. measurement must be zeroed or finished. Once per process: SystemC elaborates
 * one design. NPIM_EINVARIANT when windows are left at the end, naming who waits for what; NPIM_EINTERRUPTED;
 * NPIM_EUSAGE for tiles that do not exist and for more than NPIM_POWER_MAX_ROWS power steps.
 */
NPIM_MUST_USE npim_status npim_replay(npim_measurement *measurement, const npim_map *map,
                                      const npim_replay_options *options, npim_error *error);

/* One signal that a wave can show. */
typedef struct npim_wave_entry {
    const char *name; /* full: chip_0.tile_003.slot_0.state */
    const char *kind; /* "real", "number", "bool", "enum" */
    const char *unit; /* "" for a plain number */
    const char *doc;  /* what it means */
} npim_wave_entry;

/* Names the signals in scope of a replay of that mapping, in the order of the file. NPIM_EUSAGE when there is
 * none. Elaborates the design as npim_replay does: one of them, once per process. */
NPIM_MUST_USE npim_status npim_replay_signals(const npim_map *map, const char *scope,
                                              void (*each)(void *context, const npim_wave_entry *entry),
                                              void *context, npim_error *error);

#ifdef __cplusplus
}
#endif
#endif
