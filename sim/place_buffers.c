#include "sim/place.h"

#include "hw/edram.h"

#include <stdlib.h>
#include <string.h>

static uint32_t larger(uint32_t a, uint32_t b) {
    return a > b ? a : b;
}
static uint32_t smaller(uint32_t a, uint32_t b) {
    return a < b ? a : b;
}

/* While the buffers are collected: where those of the node in hand begin (parts come node by node), and those
 * that a tile has for it, by edge. Numbers of buffers here are one more than their index; 0: none. */
typedef struct collector {
    npim_map *map;
    uint32_t capacity, first_of_node;
    uint32_t *first; /* [n_tiles] of the node that came last to the tile */
    uint32_t *next;  /* [capacity] on the same tile, for the same node */
    npim_error *error;
} collector;

static npim_status make_room(collector *c) {
    npim_map *map = c->map;
    if (map->n_buffers < c->capacity) return NPIM_OK;
    if (map->n_buffers >= NPIM_MAX_PARTS)
        return npim_fail(c->error, NPIM_EUNSUPPORTED, "%s on %s: more than %u buffers", map->network->name,
                         map->arch->name, NPIM_MAX_PARTS);
    uint32_t more = c->capacity ? 2 * c->capacity : 256;
    npim_map_buffer *grown = realloc(map->buffers, more * sizeof *grown);
    if (grown) map->buffers = grown;
    uint32_t *next = realloc(c->next, more * sizeof *next);
    if (next) c->next = next;
    if (!grown || !next) return npim_fail(c->error, NPIM_ENOMEM, "no memory for %u buffers", more);
    c->capacity = more;
    return NPIM_OK;
}

/* The tile's buffer for an edge, found or made. *last: that of the edge before it on the tile (0: none), from
 * which the search begins; becomes the one found. */
static npim_status buffer_of(collector *c, uint32_t tile, uint32_t edge, uint32_t *last,
                             npim_map_buffer **found) {
    npim_map *map = c->map;
    npim_status status = make_room(c);
    if (status != NPIM_OK) return status;
    if (c->first[tile] <= c->first_of_node) c->first[tile] = 0; /* of an earlier node */
    uint32_t *link = *last ? &c->next[*last - 1] : &c->first[tile];
    while (*link && map->buffers[*link - 1].edge < edge) link = &c->next[*link - 1];
    if (!*link || map->buffers[*link - 1].edge != edge) {
        map->buffers[map->n_buffers] = (npim_map_buffer){
            .tile = tile, .edge = edge, .in_from = UINT32_MAX, .x_from = UINT32_MAX, .last_row = UINT32_MAX};
        c->next[map->n_buffers++] = *link;
        *link = map->n_buffers;
    }
    *last = *link;
    *found = &map->buffers[*link - 1];
    return NPIM_OK;
}

/* One more window holds one more column of the kernel's rows. */
static uint32_t extra_px(const npim_map *map, const npim_edge *edge) {
    return map->arch->run.extra_windows * map->graph->nodes[edge->consumer].stride_w;
}

static npim_status collect_part(collector *c, const npim_part *part) {
    const npim_node *node = &c->map->graph->nodes[part->node];
    uint32_t row, x_from, x_to;
    npim_map_share(c->map, part, &row, NULL, NULL);
    npim_map_columns(c->map, part->node, part->replica, part->replica, &x_from, &x_to);
    uint32_t last = 0;
    for (uint32_t e = node->first_edge; e < node->first_edge + node->n_edges; e++) {
        const npim_edge *edge = &c->map->graph->edges[e];
        uint32_t from = larger(part->in_from, edge->consumer_c);
        uint32_t to = smaller(part->in_to, edge->consumer_c + edge->channels);
        npim_map_buffer *buffer = NULL;
        if (from >= to) continue;
        npim_status status = buffer_of(c, part->tile, e, &last, &buffer);
        if (status != NPIM_OK) return status;
        buffer->in_from = smaller(buffer->in_from, from);
        buffer->in_to = larger(buffer->in_to, to);
        buffer->rows += buffer->last_row != row;
        buffer->last_row = row;
        buffer->x_from = smaller(buffer->x_from, x_from);
        buffer->x_to = larger(buffer->x_to, x_to);
        buffer->minimum_px = buffer->capacity_px =
            npim_map_minimum_px(edge, node->in_w, buffer->x_to - buffer->x_from) + extra_px(c->map, edge);
        buffer->pixel_B = (buffer->in_to - buffer->in_from) * c->map->arch->data.activation_B;
    }
    return NPIM_OK;
}

static npim_status collect(npim_map *map, npim_error *error) {
    collector c = {.map = map, .error = error};
    free(map->buffers);
    map->buffers = NULL;
    map->n_buffers = 0;
    c.first = calloc(map->n_tiles, sizeof *c.first);
    npim_status status =
        c.first ? NPIM_OK : npim_fail(error, NPIM_ENOMEM, "no memory for %u tiles", map->n_tiles);
    for (uint32_t i = 0; i < map->n_parts && status == NPIM_OK; i++) {
        if (i > 0 && map->parts[i].node != map->parts[i - 1].node) c.first_of_node = map->n_buffers;
        status = collect_part(&c, &map->parts[i]);
        if (status == NPIM_OK) status = npim_stop_check(map->stop, error);
    }
    free(c.first);
    free(c.next);
    return status;
}

static uint64_t bytes_of(const npim_map *map, const npim_map_buffer *buffer, uint32_t px) {
    return npim_map_storage_B(map, &map->graph->edges[buffer->edge], buffer->rows, px, buffer->pixel_B);
}

/* So many rounds of the tile's replicas, or of all sequences side by side. */
static uint32_t round_px(const npim_map *map, const npim_map_buffer *buffer, uint32_t rounds) {
    const npim_edge *edge = &map->graph->edges[buffer->edge];
    uint64_t round = npim_map_rounds_px(map, edge, buffer->x_to - buffer->x_from, buffer->rows, 1),
             sequences = npim_map_sequence_px(map, edge);
    return rounds * (uint32_t)(sequences > round ? sequences : round);
}

/* Outputs wait in two windows each. */
static void add_outputs(npim_map *map) {
    for (uint32_t t = 0; t < map->n_tiles; t++) map->tiles[t].needed_B = 0;
    for (uint32_t i = 0; i < map->n_parts; i++) {
        const npim_part *part = &map->parts[i];
        uint64_t out_B = (uint64_t)(part->out_to - part->out_from) * map->arch->data.activation_B;
        map->tiles[part->tile].needed_B += 2 * out_B;
    }
    for (uint32_t i = 0; i < map->n_buffers; i++)
        map->tiles[map->buffers[i].tile].needed_B +=
            bytes_of(map, &map->buffers[i], map->buffers[i].capacity_px);
}

/* Raises the buffers towards that many rounds of their replicas, in proportion where the eDRAM does not
 * suffice. */
static npim_status fill(npim_map *map, uint32_t rounds, uint64_t size_B, npim_error *error) {
    uint64_t *wish = calloc(map->n_tiles, sizeof *wish), *used = calloc(map->n_tiles, sizeof *used);
    npim_status status =
        wish && used ? NPIM_OK : npim_fail(error, NPIM_ENOMEM, "no memory for %u tiles", map->n_tiles);
    for (uint32_t t = 0; status == NPIM_OK && t < map->n_tiles; t++) used[t] = map->tiles[t].needed_B;
    for (uint32_t i = 0; status == NPIM_OK && i < map->n_buffers; i++) {
        const npim_map_buffer *b = &map->buffers[i];
        uint64_t now_B = bytes_of(map, b, b->capacity_px),
                 then_B = bytes_of(map, b, round_px(map, b, rounds));
        used[b->tile] += now_B - bytes_of(map, b, b->minimum_px);
        if (then_B > now_B) wish[b->tile] += then_B - now_B;
    }
    for (uint32_t i = 0; status == NPIM_OK && i < map->n_buffers; i++) {
        npim_map_buffer *b = &map->buffers[i];
        uint32_t target = round_px(map, b, rounds);
        if (target <= b->capacity_px) continue;
        uint64_t left = used[b->tile] < size_B ? size_B - used[b->tile] : 0;
        uint64_t more_B = bytes_of(map, b, target) - bytes_of(map, b, b->capacity_px);
        if (left >= wish[b->tile] || more_B == 0) /* a pooling unit stores no more than its rows */
            b->capacity_px = target;
        else
            b->capacity_px += (uint32_t)((double)more_B * (double)left / (double)wish[b->tile] / b->pixel_B);
    }
    free(wish);
    free(used);
    return status;
}

static void lay_out(npim_map *map) {
    for (uint32_t t = 0; t < map->n_tiles; t++) map->tiles[t].buffers_B = 0;
    for (uint32_t i = 0; i < map->n_buffers; i++) {
        npim_map_tile *tile = &map->tiles[map->buffers[i].tile];
        map->buffers[i].address = tile->buffers_B;
        tile->buffers_B += bytes_of(map, &map->buffers[i], map->buffers[i].capacity_px);
    }
}

npim_status npim_place_buffers(npim_map *map, npim_error *error) {
    uint64_t size_B = ((const npim_edram_config *)npim_arch_block(map->arch, "edram")->config)->size_B;
    uint64_t overflow_B = 0;
    npim_status status = collect(map, error);
    if (status != NPIM_OK) return status;
    add_outputs(map);
    for (uint32_t t = 0; t < map->n_tiles; t++)
        if (map->tiles[t].needed_B > size_B) overflow_B += map->tiles[t].needed_B - size_B;
    map->buffer_tiles = (uint32_t)((overflow_B + size_B - 1) / size_B);
    for (uint32_t rounds = 1; rounds <= 2 && !map->arch->run.minimum_buffers && status == NPIM_OK; rounds++)
        status = fill(map, rounds, size_B, error);
    lay_out(map);
    return status;
}
