#include "hw/calendar.h"

#include <string.h>

void npim_calendar_reset(npim_calendar *calendar) {
    memset(calendar, 0, sizeof *calendar);
}

/* Index of the interval before which [*start, *start + duration) fits; moves *start to the gap. */
static uint32_t find_gap(const npim_calendar *c, uint64_t *start, uint64_t duration_ps) {
    uint32_t i = c->n;
    while (i > 0 && c->to_ps[i - 1] > *start) i--; /* most requests come last: search from the back */
    for (; i < c->n; i++) {
        if (*start + duration_ps <= c->from_ps[i]) break;
        *start = c->to_ps[i];
    }
    return i;
}

uint64_t npim_calendar_probe(const npim_calendar *calendar, uint64_t earliest_ps, uint64_t duration_ps) {
    uint64_t start = earliest_ps;
    if (duration_ps > 0) (void)find_gap(calendar, &start, duration_ps);
    return start;
}

static void erase(npim_calendar *c, uint32_t i) {
    size_t tail = (size_t)(c->n - i - 1) * sizeof(uint64_t);
    memmove(&c->from_ps[i], &c->from_ps[i + 1], tail);
    memmove(&c->to_ps[i], &c->to_ps[i + 1], tail);
    c->n--;
}

static void insert(npim_calendar *c, uint32_t i, uint64_t from_ps, uint64_t to_ps) {
    size_t tail = (size_t)(c->n - i) * sizeof(uint64_t);
    memmove(&c->from_ps[i + 1], &c->from_ps[i], tail);
    memmove(&c->to_ps[i + 1], &c->to_ps[i], tail);
    c->from_ps[i] = from_ps;
    c->to_ps[i] = to_ps;
    c->n++;
}

/* Closes the oldest gap when the table is full. */
static void make_room(npim_calendar *c) {
    if (c->n <= NPIM_CALENDAR_GAPS) return;
    c->to_ps[0] = c->to_ps[1];
    erase(c, 1);
}

uint64_t npim_calendar_reserve(npim_calendar *c, uint64_t earliest_ps, uint64_t duration_ps) {
    if (duration_ps == 0) return earliest_ps;
    uint64_t start = earliest_ps;
    uint32_t i = find_gap(c, &start, duration_ps);
    uint64_t end = start + duration_ps;
    int touches_before = i > 0 && c->to_ps[i - 1] == start;
    int touches_after = i < c->n && c->from_ps[i] == end;
    c->booked_ps += duration_ps;
    c->n_booked++;
    if (touches_before && touches_after) {
        c->to_ps[i - 1] = c->to_ps[i];
        erase(c, i);
    } else if (touches_before) {
        c->to_ps[i - 1] = end;
    } else if (touches_after) {
        c->from_ps[i] = start;
    } else {
        insert(c, i, start, end);
        make_room(c);
    }
    return start;
}

void npim_calendar_forget(npim_calendar *c, uint64_t now_ps) {
    uint32_t gone = 0;
    while (gone < c->n && c->to_ps[gone] <= now_ps) gone++;
    if (gone == 0) return;
    size_t tail = (size_t)(c->n - gone) * sizeof(uint64_t);
    memmove(&c->from_ps[0], &c->from_ps[gone], tail);
    memmove(&c->to_ps[0], &c->to_ps[gone], tail);
    c->n -= gone;
}
