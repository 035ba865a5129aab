#include "sim/place.h"

#include "hw/edram.h"
#include "sim/shape.h"

#include <stdlib.h>
#include <string.h>

/* A tile that splits only between column blocks may waste this share of its arrays at most. */
#define WASTE_LIMIT 0.125

typedef struct placer {
    npim_map *map;
    uint32_t part_capacity, tile_capacity;
    uint32_t tile; /* being filled */
    bool pack;
    npim_error *error;
} placer;

static uint32_t arrays_per_tile(const npim_map *map) {
    return map->arch->tile.pes * map->arch->pe.arrays;
}

static uint64_t edram_B(const npim_map *map) {
    return ((const npim_edram_config *)npim_arch_block(map->arch, "edram")->config)->size_B;
}

static npim_status add_part(placer *p, npim_part part) {
    npim_map *map = p->map;
    if (map->n_parts == p->part_capacity) {
        uint32_t larger = p->part_capacity ? 2 * p->part_capacity : 256;
        npim_part *grown = realloc(map->parts, larger * sizeof *grown);
        if (!grown) return npim_fail(p->error, NPIM_ENOMEM, "no memory for %u parts", larger);
        map->parts = grown;
        p->part_capacity = larger;
    }
    map->parts[map->n_parts++] = part;
    return NPIM_OK;
}

/* The tile being filled may lie beyond the last one while the mapper finds out how many it takes. */
static npim_status tile_at(placer *p, npim_map_tile **tile) {
    npim_map *map = p->map;
    if (p->tile >= p->tile_capacity) {
        uint32_t larger = 2 * p->tile + 64;
        npim_map_tile *grown = realloc(map->tiles, larger * sizeof *grown);
        if (!grown) return npim_fail(p->error, NPIM_ENOMEM, "no memory for %u tiles", larger);
        memset(&grown[p->tile_capacity], 0, (larger - p->tile_capacity) * sizeof *grown);
        map->tiles = grown;
        p->tile_capacity = larger;
    }
    *tile = &map->tiles[p->tile];
    return NPIM_OK;
}

/* Bytes of eDRAM for `channels` of an edge's pixels. */
static uint64_t edge_B(const npim_map *map, const npim_edge *edge, uint32_t from, uint32_t to) {
    uint32_t low = from > edge->consumer_c ? from : edge->consumer_c;
    uint32_t end = edge->consumer_c + edge->channels, high = to < end ? to : end;
    if (low >= high) return 0;
    return npim_map_storage_B(map, edge, 1, edge->minimum_px, (high - low) * map->arch->data.activation_B);
}

static uint64_t node_B(const npim_map *map, uint32_t n, uint32_t in_from, uint32_t in_to, uint32_t out) {
    const npim_node *node = &map->graph->nodes[n];
    uint64_t bytes = 2ull * out * map->arch->data.activation_B; /* two output windows */
    for (uint32_t e = 0; e < node->n_edges; e++)
        bytes += edge_B(map, &map->graph->edges[node->first_edge + e], in_from, in_to);
    return bytes;
}

/* The edge to the node's latest producer, next to which it runs. */
static const npim_edge *latest_edge(const npim_graph *graph, uint32_t n) {
    const npim_node *node = &graph->nodes[n];
    const npim_edge *latest = &graph->edges[node->first_edge];
    for (uint32_t e = 1; e < node->n_edges; e++)
        if (graph->edges[node->first_edge + e].producer > latest->producer)
            latest = &graph->edges[node->first_edge + e];
    return latest;
}

/* Channel i of a node without weights is channel i + offset of its host's output. */
static uint32_t host_offset(const npim_map *map, uint32_t n) {
    uint32_t offset = 0;
    while (map->graph->nodes[n].host != n) {
        const npim_edge *latest = latest_edge(map->graph, n);
        offset += latest->producer_c;
        n = latest->producer;
    }
    return offset;
}

/* The channels of node n that lie on a tile which owns [out_from, out_to) of its host's output. */
static void hosted_channels(const npim_map *map, uint32_t n, uint32_t out_from, uint32_t out_to,
                            uint32_t *from, uint32_t *to) {
    uint32_t offset = host_offset(map, n), end = offset + map->graph->nodes[n].channels;
    uint32_t low = out_from > offset ? out_from : offset, high = out_to < end ? out_to : end;
    *from = low < high ? low - offset : 0;
    *to = low < high ? high - offset : 0;
}

/* eDRAM for a part and all that it hosts. */
static uint64_t part_B(const npim_map *map, const npim_part *part) {
    uint64_t bytes = node_B(map, part->node, part->in_from, part->in_to, part->out_to - part->out_from);
    for (uint32_t n = part->node + 1; n < map->graph->n_nodes; n++) {
        if (map->graph->nodes[n].host != part->node) continue;
        uint32_t from, to;
        hosted_channels(map, n, part->out_from, part->out_to, &from, &to);
        if (from < to) bytes += node_B(map, n, from, to, to - from);
    }
    return bytes;
}

/* How many of the arrays from `from` on the tile takes: whole column blocks where the node splits there. */
static uint32_t share(const placer *p, const npim_placement *at, uint32_t from, uint32_t free_arrays) {
    uint32_t left = at->arrays - from, unit = at->groups_per_array ? 1 : at->row_chunks;
    if (left <= free_arrays) return left;
    uint32_t whole = arrays_per_tile(p->map);
    bool chains = p->pack || unit > whole || (double)(whole % unit) > WASTE_LIMIT * whole;
    return chains ? free_arrays : free_arrays / unit * unit;
}

static npim_status place_replica(placer *p, uint32_t node, uint32_t replica) {
    npim_map *map = p->map;
    const npim_placement *at = &map->placements[node];
    for (uint32_t from = 0; from < at->arrays;) {
        npim_map_tile *tile;
        npim_status status = tile_at(p, &tile);
        if (status != NPIM_OK) return status;
        npim_part part = {.node = node, .replica = replica, .tile = p->tile, .array_from = from};
        part.array_to = from + share(p, at, from, arrays_per_tile(map) - tile->arrays);
        bool fits = part.array_to > from;
        uint64_t bytes = 0;
        if (fits) {
            npim_shape_part(map->arch, &map->graph->nodes[node], at, &part);
            bytes = tile->first_node == node + 1 ? 2ull * (part.out_to - part.out_from) : part_B(map, &part);
            fits = tile->arrays == 0 || tile->needed_B + bytes <= edram_B(map);
        }
        if (!fits) {
            p->tile++;
            continue;
        }
        tile->arrays += part.array_to - from;
        tile->needed_B += bytes;
        tile->first_node = node + 1; /* replicas of one node share its buffers */
        from = part.array_to;
        status = add_part(p, part);
        if (status != NPIM_OK) return status;
        if (tile->arrays == arrays_per_tile(map)) p->tile++;
    }
    return NPIM_OK;
}

/* A node without weights that has no host (it reads the image itself) gets a part on the tile being filled.
 */
static npim_status place_alone(placer *p, uint32_t n) {
    const npim_node *node = &p->map->graph->nodes[n];
    npim_map_tile *tile;
    npim_status status = tile_at(p, &tile);
    if (status != NPIM_OK) return status;
    tile->needed_B += node_B(p->map, n, 0, node->channels, node->channels);
    return add_part(
        p, (npim_part){.node = n, .tile = p->tile, .in_to = node->channels, .out_to = node->channels});
}

/* The replica of its host next to which a replica of a node without weights runs: the one that makes the
 * middle row of its first window. */
static uint32_t host_row(const npim_map *map, uint32_t n, uint32_t row) {
    while (map->graph->nodes[n].host != n) {
        const npim_node *node = &map->graph->nodes[n];
        uint64_t middle =
            (uint64_t)row * node->stride_h + (uint64_t)(node->kernel_h - 1) / 2 * node->dilation_h;
        middle = middle > node->pad_top ? middle - node->pad_top : 0;
        if (middle >= node->in_h) middle = node->in_h - 1;
        n = latest_edge(map->graph, n)->producer;
        row = (uint32_t)(middle % map->placements[n].replica_rows);
    }
    return row;
}

/* Parts of a hosted node: on the tiles that own its channels in the host's replica nearby. */
static npim_status place_hosted(placer *p, uint32_t n) {
    npim_map *map = p->map;
    const npim_placement *at = &map->placements[n], *host = &map->placements[map->graph->nodes[n].host];
    for (uint32_t replica = 0; replica < npim_map_replicas(at); replica++) {
        uint32_t row = host_row(map, n, replica / at->replica_bands), band = replica % at->replica_bands;
        for (uint32_t i = host->first_part; i < host->first_part + host->n_parts; i++) {
            npim_part part = {.node = n, .replica = replica, .tile = map->parts[i].tile};
            if (map->parts[i].replica != row * host->replica_bands + band) continue;
            hosted_channels(map, n, map->parts[i].out_from, map->parts[i].out_to, &part.out_from,
                            &part.out_to);
            if (part.out_from == part.out_to) continue;
            part.in_from = part.out_from;
            part.in_to = part.out_to;
            npim_status status = add_part(p, part);
            if (status != NPIM_OK) return status;
        }
    }
    return NPIM_OK;
}

static npim_status place_node(placer *p, uint32_t n) {
    npim_placement *at = &p->map->placements[n];
    const npim_node *node = &p->map->graph->nodes[n];
    npim_status status = NPIM_OK;
    at->first_part = p->map->n_parts;
    if (node->kind == NPIM_NODE_WEIGHTS)
        for (uint32_t r = 0; r < npim_map_replicas(at) && status == NPIM_OK; r++)
            status = place_replica(p, n, r);
    else if (node->host != n)
        status = place_hosted(p, n);
    else if (node->kind != NPIM_NODE_INPUT && node->kind != NPIM_NODE_OUTPUT)
        status = place_alone(p, n);
    at->n_parts = p->map->n_parts - at->first_part;
    return status;
}

npim_status npim_place(npim_map *map, bool pack, uint32_t *tiles, npim_error *error) {
    placer p = {.map = map, .pack = pack, .error = error};
    free(map->parts);
    free(map->tiles);
    map->parts = NULL;
    map->tiles = NULL;
    map->n_parts = 0;
    npim_map_tile *last;
    p.tile = map->n_tiles; /* room for every tile there is, used or not */
    npim_status status = tile_at(&p, &last);
    p.tile = 0;
    for (uint32_t n = 0; n < map->graph->n_nodes && status == NPIM_OK; n++) status = place_node(&p, n);
    *tiles = 0;
    for (uint32_t i = 0; i < map->n_parts; i++)
        if (map->parts[i].tile >= *tiles) *tiles = map->parts[i].tile + 1;
    return status;
}
