/* Writes a save file of GTKWave beside a wave: signals in groups, enums with the names of their values, reals
 * as analog traces. Nothing in it names a place: the wave and the files with the names lie in its own folder.
 */
#ifndef NPIM_SIM_GTKW_H
#define NPIM_SIM_GTKW_H

#include "hw/block.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct npim_gtkw_signal {
    const char *name;  /* as in the wave, full */
    const char *group; /* neighbours of one group stand together; every one has one */
    npim_kind kind;
    uint32_t bits;            /* width in the wave; 0: real */
    const char *const *names; /* enum: NULL-terminated; other kinds NULL */
} npim_gtkw_signal;

/* For the wave x.vcd at `wave` writes x.gtkw, and x.<signal>.txt for the first signal of each table of names.
 * [from_ps, to_ps) is what the first view shows. Groups are open as long as they fit the screen. NPIM_EUSAGE
 * when a file cannot be written: none is left then; NPIM_ENOMEM. */
NPIM_MUST_USE npim_status npim_gtkw_write(const char *wave, const npim_gtkw_signal *signals, size_t n_signals,
                                          uint64_t from_ps, uint64_t to_ps, npim_error *error);

/* Removes what npim_gtkw_write wrote for that wave. */
void npim_gtkw_remove(const char *wave, const npim_gtkw_signal *signals, size_t n_signals);

#ifdef __cplusplus
}
#endif
#endif
