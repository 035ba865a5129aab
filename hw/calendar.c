#include "hw/calendar.h"

#include <stdbool.h>
#include <string.h>

void npim_calendar_reset(npim_calendar *calendar) {
    const npim_calendar_watch *watch = calendar->watch;
    memset(calendar, 0, sizeof *calendar);
    calendar->watch = watch;
}

/* Index of the interval before which [*start, *start + duration) fits; moves *start to the gap. */
static uint32_t find_gap(const npim_calendar *c, uint64_t *start, uint64_t duration_ps) {
    uint32_t i = c->n;
    while (i > 0 && c->busy[i - 1].to_ps > *start) i--; /* most requests come last: search from the back */
    for (; i < c->n; i++) {
        if (*start + duration_ps <= c->busy[i].from_ps) break;
        *start = c->busy[i].to_ps;
    }
    return i;
}

uint64_t npim_calendar_probe(const npim_calendar *calendar, uint64_t earliest_ps, uint64_t duration_ps) {
    uint64_t start = earliest_ps;
    if (duration_ps > 0) (void)find_gap(calendar, &start, duration_ps);
    return start;
}

static void erase(npim_calendar *c, uint32_t i) {
    c->n--;
    memmove(&c->busy[i], &c->busy[i + 1], (c->n - i) * sizeof *c->busy);
}

static void insert(npim_calendar *c, uint32_t i, npim_interval interval) {
    if (i < c->n) memmove(&c->busy[i + 1], &c->busy[i], (c->n - i) * sizeof *c->busy);
    c->busy[i] = interval;
    c->n++;
}

/* Closes the oldest gap when the table is full. */
static void make_room(npim_calendar *c) {
    if (c->n <= NPIM_CALENDAR_GAPS) return;
    c->busy[0].to_ps = c->busy[1].to_ps;
    erase(c, 1);
}

uint64_t npim_calendar_reserve(npim_calendar *c, uint64_t earliest_ps, uint64_t duration_ps) {
    if (duration_ps == 0) return earliest_ps;
    uint64_t start = earliest_ps;
    uint32_t i = find_gap(c, &start, duration_ps);
    uint64_t end = start + duration_ps;
    bool touches_before = i > 0 && c->busy[i - 1].to_ps == start;
    bool touches_after = i < c->n && c->busy[i].from_ps == end;
    c->booked_ps += duration_ps;
    c->n_booked++;
    if (c->watch) c->watch->booked(c->watch->context, start, end);
    if (touches_before && touches_after) {
        c->busy[i - 1].to_ps = c->busy[i].to_ps;
        erase(c, i);
    } else if (touches_before) {
        c->busy[i - 1].to_ps = end;
    } else if (touches_after) {
        c->busy[i].from_ps = start;
    } else {
        insert(c, i, (npim_interval){start, end});
        make_room(c);
    }
    return start;
}

void npim_calendar_forget(npim_calendar *c, uint64_t now_ps) {
    uint32_t gone = 0;
    while (gone < c->n && c->busy[gone].to_ps <= now_ps) gone++;
    if (gone == 0) return;
    c->n -= gone;
    memmove(&c->busy[0], &c->busy[gone], c->n * sizeof *c->busy);
}
