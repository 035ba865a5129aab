#include "sim/lower_parts.h"

#include <stdlib.h>

static uint32_t larger(uint32_t a, uint32_t b) {
    return a > b ? a : b;
}
static uint32_t smaller(uint32_t a, uint32_t b) {
    return a < b ? a : b;
}

/* Adds the destination when the producer's channels [out_from, out_to) reach the buffer. Parts of one replica
 * are visited in order, which numbers the pieces. */
static void reach(const npim_lowering *l, uint32_t b, uint32_t node, uint32_t replica, uint32_t out_from,
                  uint32_t out_to, npim_program_slot *slot) {
    const npim_map_buffer *buffer = &l->map->buffers[b];
    const npim_edge *edge = &l->map->graph->edges[buffer->edge];
    uint32_t from = larger(out_from, edge->producer_c + (buffer->in_from - edge->consumer_c));
    uint32_t to = smaller(out_to, edge->producer_c + (buffer->in_to - edge->consumer_c));
    if (from >= to) return;
    const npim_placement *producer = &l->map->placements[node];
    npim_program_buffer *at = &l->program->tiles[buffer->tile].buffers[l->buffer_of_map[b]];
    if (producer->replica_images > 1 && at->window.image_step == producer->replica_images &&
        at->window.image_first != replica)
        return; /* it never reads this replica's images */
    uint32_t *n_pieces =
        (uint32_t *)(uintptr_t)at->window.n_pieces; /* our own array, const for its readers */
    slot->destinations[slot->n_destinations++] =
        (npim_program_destination){.tile = buffer->tile,
                                   .buffer = l->buffer_of_map[b],
                                   .piece = n_pieces[replica]++,
                                   .group = from - out_from, /* numbered by npim_lower_group */
                                   .bytes = (to - from) * l->map->arch->data.activation_B};
}

static int by_range(const void *a, const void *b) {
    const npim_program_destination *x = a, *y = b;
    if (x->group != y->group) return x->group < y->group ? -1 : 1;
    if (x->bytes != y->bytes) return x->bytes < y->bytes ? -1 : 1;
    if (x->tile != y->tile) return x->tile < y->tile ? -1 : 1;
    return x->buffer < y->buffer ? -1 : x->buffer > y->buffer;
}

void npim_lower_group(npim_program_slot *slot) {
    uint32_t start = 0, bytes = 0;
    if (slot->n_destinations == 0) return;
    qsort(slot->destinations, slot->n_destinations, sizeof *slot->destinations, by_range);
    for (uint32_t i = 0; i < slot->n_destinations; i++) {
        npim_program_destination *d = &slot->destinations[i];
        if (i == 0 || d->group != start || d->bytes != bytes) slot->n_groups++;
        start = d->group;
        bytes = d->bytes;
        d->group = slot->n_groups - 1;
    }
}

npim_status npim_lower_destinations(const npim_lowering *l, uint32_t node, uint32_t replica,
                                    uint32_t out_from, uint32_t out_to, npim_program_slot *slot) {
    uint32_t n = 0; /* at most: all buffers of an edge, and the host */
    for (uint32_t e = 0; e < l->map->graph->n_edges; e++)
        if (l->map->graph->edges[e].producer == node) n += l->end_of_edge[e] - l->first_of_edge[e] + 1;
    slot->destinations = calloc(n ? n : 1, sizeof *slot->destinations);
    if (!slot->destinations) return npim_lower_no_memory(l);
    npim_status status = npim_stop_check(l->map->stop, l->error);
    if (status != NPIM_OK) return status;
    for (uint32_t e = 0; e < l->map->graph->n_edges; e++) {
        const npim_edge *edge = &l->map->graph->edges[e];
        if (edge->producer != node) continue;
        for (uint32_t b = l->first_of_edge[e]; b < l->end_of_edge[e]; b++)
            if (l->map->buffers[b].edge == e) reach(l, b, node, replica, out_from, out_to, slot);
        if (l->map->graph->nodes[edge->consumer].kind != NPIM_NODE_OUTPUT) continue;
        if (l->map->graph->nodes[node].kind == NPIM_NODE_INPUT) continue; /* the host has it already */
        uint32_t from = larger(out_from, edge->producer_c);
        uint32_t to = smaller(out_to, edge->producer_c + edge->channels);
        if (from >= to) continue;
        slot->destinations[slot->n_destinations++] =
            (npim_program_destination){.tile = NPIM_HOST_TILE,
                                       .group = from - out_from,
                                       .bytes = (to - from) * l->map->arch->data.activation_B};
    }
    npim_lower_group(slot);
    return NPIM_OK;
}
