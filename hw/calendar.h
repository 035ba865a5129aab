/* The calendar of one shared resource: a bank, a bus, a link, a pool of converters.
 *
 * A reservation takes the first gap that is long enough and does not start before `earliest`; the caller
 * orders simultaneous requests by (time, instance, port), so results never depend on scheduling. Adjacent
 * reservations merge. Gaps that lie before npim_calendar_forget()'s time are given up; when more than
 * NPIM_CALENDAR_GAPS reservations lie apart, the oldest gap is closed (it is no longer offered), which bounds
 * the memory and never lets two reservations overlap. */
#ifndef NPIM_HW_CALENDAR_H
#define NPIM_HW_CALENDAR_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

enum { NPIM_CALENDAR_GAPS = 30 };

typedef struct npim_interval {
    uint64_t from_ps, to_ps; /* [from, to) */
} npim_interval;

/* Hears of every reservation, for waveforms; its owner keeps it. */
typedef struct npim_calendar_watch {
    void (*booked)(void *context, uint64_t from_ps, uint64_t to_ps);
    void *context;
} npim_calendar_watch;

/* A large system has many thousands of calendars, most of which hold one or two intervals: what a reservation
 * touches lies together at the head. */
typedef struct npim_calendar {
    uint32_t n;                                 /* intervals in use */
    uint64_t booked_ps;                         /* sum of all reservations ever made */
    uint64_t n_booked;                          /* how many */
    const npim_calendar_watch *watch;           /* borrowed; NULL: nobody */
    npim_interval busy[NPIM_CALENDAR_GAPS + 1]; /* ascending and disjoint */
} npim_calendar;

/* Empties the calendar and keeps its watch; a zeroed struct is an empty calendar too. It owns no memory. */
void npim_calendar_reset(npim_calendar *calendar);

/* The time at which a reservation of duration_ps from earliest_ps on would start. Changes nothing. */
uint64_t npim_calendar_probe(const npim_calendar *calendar, uint64_t earliest_ps, uint64_t duration_ps);

/* Reserves duration_ps (0: books nothing and starts at earliest_ps) and returns the start. */
uint64_t npim_calendar_reserve(npim_calendar *calendar, uint64_t earliest_ps, uint64_t duration_ps);

/* Promises that no later request starts before now_ps: intervals that end by then are dropped. */
void npim_calendar_forget(npim_calendar *calendar, uint64_t now_ps);

enum { NPIM_CALENDAR_LONG = 2 }; /* what lies in one or two lines of a cache */

/* The same promise, kept only once there are more than NPIM_CALENDAR_LONG intervals: for users that would
 * make it before every request, where forgetting costs more than it saves. */
static inline void npim_calendar_trim(npim_calendar *calendar, uint64_t now_ps) {
    if (calendar->n > NPIM_CALENDAR_LONG) npim_calendar_forget(calendar, now_ps);
}

#ifdef __cplusplus
}
#endif
#endif
