/* Writes a value change dump (IEEE 1364-2005, clause 18) with a timescale of 1 ps. The same changes give the
 * same bytes: the date is a constant. Every write is checked; after a failure nothing more is written and
 * npim_vcd_close() reports it and removes the file. */
#ifndef NPIM_SIM_VCD_H
#define NPIM_SIM_VCD_H

#include "hw/status.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

enum { NPIM_VCD_BUFFER_B = 1 << 20, NPIM_VCD_MAX_LEVELS = 16 };

typedef struct npim_vcd_signal {
    const char *name; /* with levels: chip_0.tile_003.edram.n_read_B; no white space */
    uint32_t bits;    /* width of a number, 1..64; 0: real */
} npim_vcd_signal;

typedef struct npim_vcd {
    int file; /* descriptor; -1: closed */
    char *path, *buffer;
    size_t used;
    int failure; /* errno of the first write that failed, else 0 */
    uint64_t time_ps;
    bool has_time;
} npim_vcd;

/* Creates the file (an existing one is overwritten) and writes the declarations; neighbours in the list that
 * share their first levels should follow each other. vcd is closed and the file not there when it fails:
 * NPIM_EUSAGE for a file that cannot be written, NPIM_ENOMEM. signals is not kept. */
NPIM_MUST_USE npim_status npim_vcd_open(npim_vcd *vcd, const char *path, const npim_vcd_signal *signals,
                                        size_t n_signals, npim_error *error);

/* From here on values are those of that time, ps; times must not go back. */
void npim_vcd_time(npim_vcd *vcd, uint64_t time_ps);

/* The values between these two are those at the beginning. */
void npim_vcd_begin_dump(npim_vcd *vcd);
void npim_vcd_end_dump(npim_vcd *vcd);

/* Value of signal number `signal` of the list; bits as declared. */
void npim_vcd_number(npim_vcd *vcd, size_t signal, uint32_t bits, uint64_t value);
void npim_vcd_real(npim_vcd *vcd, size_t signal, double value);

/* Did a write fail? */
bool npim_vcd_failed(const npim_vcd *vcd);

/* Writes what is left and closes the file. NPIM_EUSAGE when any write failed: the file is removed. Safe on a
 * closed one. */
NPIM_MUST_USE npim_status npim_vcd_close(npim_vcd *vcd, npim_error *error);

/* Closes and removes the file. Safe on a closed one. */
void npim_vcd_discard(npim_vcd *vcd);

#ifdef __cplusplus
}
#endif
#endif
