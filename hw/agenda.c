#include "hw/agenda.h"

#include <stdlib.h>
#include <string.h>

npim_status npim_agenda_init(npim_agenda *agenda, uint32_t capacity, npim_error *error) {
    memset(agenda, 0, sizeof *agenda);
    agenda->heap = calloc(capacity ? capacity : 1, sizeof *agenda->heap);
    if (!agenda->heap) return npim_fail(error, NPIM_ENOMEM, "agenda: no memory for %u entries", capacity);
    agenda->capacity = capacity ? capacity : 1;
    return NPIM_OK;
}

void npim_agenda_fini(npim_agenda *agenda) {
    free(agenda->heap);
    memset(agenda, 0, sizeof *agenda);
}

static bool before(const npim_due *a, const npim_due *b) {
    if (a->time_ps != b->time_ps) return a->time_ps < b->time_ps;
    if (a->order != b->order) return a->order < b->order;
    return a->sequence < b->sequence;
}

npim_status npim_agenda_add(npim_agenda *agenda, uint64_t time_ps, uint32_t instance, uint32_t port,
                            uint32_t kind, uint32_t data, npim_error *error) {
    if (agenda->n == agenda->capacity) {
        npim_due *larger = realloc(agenda->heap, 2 * (size_t)agenda->capacity * sizeof *larger);
        if (!larger)
            return npim_fail(error, NPIM_ENOMEM, "agenda: no memory beyond %u entries", agenda->capacity);
        agenda->heap = larger;
        agenda->capacity *= 2;
    }
    npim_due due = {time_ps, (uint64_t)instance << 32 | (uint64_t)(port & 0xffffff) << 8 | (kind & 0xff),
                    agenda->next_sequence++, data};
    uint32_t at = agenda->n++;
    while (at > 0 && before(&due, &agenda->heap[(at - 1) / 2])) {
        agenda->heap[at] = agenda->heap[(at - 1) / 2];
        at = (at - 1) / 2;
    }
    agenda->heap[at] = due;
    return NPIM_OK;
}

/* Puts the last entry into the hole at the top. */
static void sink(npim_agenda *agenda) {
    npim_due last = agenda->heap[--agenda->n];
    uint32_t at = 0;
    for (;;) {
        uint32_t child = 2 * at + 1;
        if (child >= agenda->n) break;
        if (child + 1 < agenda->n && before(&agenda->heap[child + 1], &agenda->heap[child])) child++;
        if (!before(&agenda->heap[child], &last)) break;
        agenda->heap[at] = agenda->heap[child];
        at = child;
    }
    if (agenda->n > 0) agenda->heap[at] = last;
}

bool npim_agenda_take(npim_agenda *agenda, uint64_t now_ps, npim_due *due) {
    if (agenda->n == 0 || agenda->heap[0].time_ps > now_ps) return false;
    *due = agenda->heap[0];
    sink(agenda);
    return true;
}

uint64_t npim_agenda_next_ps(const npim_agenda *agenda) {
    return agenda->n ? agenda->heap[0].time_ps : UINT64_MAX;
}

uint32_t npim_due_instance(const npim_due *due) {
    return (uint32_t)(due->order >> 32);
}
uint32_t npim_due_port(const npim_due *due) {
    return (uint32_t)(due->order >> 8) & 0xffffff;
}
uint32_t npim_due_kind(const npim_due *due) {
    return (uint32_t)due->order & 0xff;
}
