/* The agenda of a simulation: what is due when, in an order that depends on nothing but the entries.
 *
 * SystemC does not say in which order processes run that are due at the same time, so a system of tiles keeps
 * one agenda: ties break by (time, instance, port, kind, sequence), and results never depend on scheduling.
 */
#ifndef NPIM_HW_AGENDA_H
#define NPIM_HW_AGENDA_H

#include "hw/status.h"

#include <stdbool.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct npim_due {
    uint64_t time_ps;
    uint64_t order;    /* instance, port and kind, set by npim_agenda_add */
    uint64_t sequence; /* in which they were added */
    uint32_t data;     /* the caller's */
} npim_due;

/* A binary heap. It grows by doubling when full, up to what the start reserved in practice. */
typedef struct npim_agenda {
    npim_due *heap; /* owned */
    uint32_t n, capacity;
    uint64_t next_sequence; /* how many were ever added */
} npim_agenda;

NPIM_MUST_USE npim_status npim_agenda_init(npim_agenda *agenda, uint32_t capacity, npim_error *error);
void npim_agenda_fini(npim_agenda *agenda); /* safe on a zeroed struct and twice */

/* Adds an entry; instance < 2^32, port < 2^24, kind < 2^8. NPIM_ENOMEM when the heap cannot grow. */
NPIM_MUST_USE npim_status npim_agenda_add(npim_agenda *agenda, uint64_t time_ps, uint32_t instance,
                                          uint32_t port, uint32_t kind, uint32_t data, npim_error *error);

/* Takes the earliest entry into *due when there is one that is due by now_ps; false otherwise. */
bool npim_agenda_take(npim_agenda *agenda, uint64_t now_ps, npim_due *due);

/* Time of the earliest entry; UINT64_MAX when there is none. */
uint64_t npim_agenda_next_ps(const npim_agenda *agenda);

/* The parts of order. */
uint32_t npim_due_instance(const npim_due *due);
uint32_t npim_due_port(const npim_due *due);
uint32_t npim_due_kind(const npim_due *due);

#ifdef __cplusplus
}
#endif
#endif
