/* Amounts of what happens in a run, by account and by step of time: what power over time is made of. Knows no
 * energies; who runs the system turns amounts into them. A run without a meter pays for a null pointer. */
#ifndef NPIM_TLM_METER_H
#define NPIM_TLM_METER_H

#include "hw/status.h"

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Events that are counted where they happen. Their accounts come first in a row. */
typedef enum npim_event {
    NPIM_EVENT_ACTIVATION, /* words through the activation units */
    NPIM_EVENT_POOLING,    /* words through the pooling units */
    NPIM_EVENT_ADDER,      /* words through the adder lanes, those of the PEs' own plan not among them */
    NPIM_EVENT_EDRAM,      /* bytes read and written */
    NPIM_EVENT_BUS,        /* bytes */
    NPIM_EVENT_FLIT_HOP,   /* flits x routers */
    NPIM_EVENT_LINK,       /* bytes over the links between chips and to the host */
    NPIM_N_EVENTS
} npim_event;

/* Owned by whoever made it. Zeroed: no meter, nothing to free. */
typedef struct npim_meter {
    uint64_t step_ps;
    uint32_t n_parts;  /* accounts of a window, behind those of the events */
    uint32_t max_rows; /* what lies beyond is not kept: overrun */
    double *rows;      /* [n_rows][NPIM_N_EVENTS + n_parts] */
    uint32_t n_rows, capacity;
    uint64_t end_ps;    /* of the last thing that was added */
    npim_status status; /* not NPIM_OK: overrun (NPIM_EUSAGE) or out of memory; nothing is added any more */
    double *row;        /* the last one used, [row_from_ps, row_to_ps) */
    uint64_t row_from_ps, row_to_ps;
} npim_meter;

/* step_ps and max_rows >= 1. Allocates nothing yet. */
void npim_meter_init(npim_meter *meter, uint64_t step_ps, uint32_t n_parts, uint32_t max_rows);

void npim_meter_fini(npim_meter *meter); /* safe on a zeroed struct and twice */

/* Adds an amount (>= 0) that is spread evenly over [from_ps, to_ps); one without duration belongs to the
 * picosecond before to_ps. */
void npim_meter_event(npim_meter *meter, npim_event event, double amount, uint64_t from_ps, uint64_t to_ps);

/* The same for the n_parts amounts of a window. */
void npim_meter_window(npim_meter *meter, const double *parts, uint64_t from_ps, uint64_t to_ps);

/* Makes the rows cover [0, end_ps) and all that was added. NPIM_EUSAGE and NPIM_ENOMEM as status says, now or
 * before; the message is the caller's to make. */
NPIM_MUST_USE npim_status npim_meter_finish(npim_meter *meter, uint64_t end_ps);

/* The amounts of a row, [step_ps x row, step_ps x (row + 1)): events, then parts. row < n_rows. */
const double *npim_meter_row(const npim_meter *meter, uint32_t row);

#ifdef __cplusplus
}
#endif
#endif
