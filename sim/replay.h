/* The simulation itself: builds the system of a mapping and runs its windows. */
#ifndef NPIM_SIM_REPLAY_H
#define NPIM_SIM_REPLAY_H

#include "sim/result.h"

#include <signal.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct npim_replay_options {
    const char *stages; /* glob of tiles that run stage by stage ("chip_0.tile_003"); NULL: none */
    const volatile sig_atomic_t *stop; /* becomes nonzero when the user wants to stop; may be NULL */
    /* Called now and then with the share done (0..1), the simulated time and the entries handled; may be
     * NULL. */
    void (*progress)(void *context, double share, uint64_t now_ps, uint64_t events);
    void *context;
} npim_replay_options;

/* Replays the mapping's images. measurement must be zeroed or finished. Once per process: SystemC elaborates
 * one design. NPIM_EINVARIANT when windows are left at the end, naming who waits for what; NPIM_EINTERRUPTED.
 */
NPIM_MUST_USE npim_status npim_replay(npim_measurement *measurement, const npim_map *map,
                                      const npim_replay_options *options, npim_error *error);

#ifdef __cplusplus
}
#endif
#endif
