#include "sim/place.h"

#include "hw/edram.h"
#include "sim/hosting.h"
#include "sim/shape.h"

#include <stdlib.h>
#include <string.h>

/* A tile that splits only between column blocks may waste this share of its arrays at most. */
#define WASTE_LIMIT 0.125

/* So many tiles back are looked at for room. */
#define BACK_TILES 8

/* What the node placed last on a tile takes there: its replicas share buffers. */
typedef struct open_tile {
    npim_part hull;
    uint32_t first_replica, replicas;
    uint64_t bytes;
} open_tile;

typedef struct placer {
    npim_map *map;
    npim_hosting hosting;
    open_tile *open; /* [tile_capacity] */
    uint32_t part_capacity, tile_capacity;
    uint32_t tile; /* being filled */
    bool pack;
    npim_part shaped; /* the last part whose shape was asked for; without arrays: none */
    npim_error *error;
} placer;

static uint32_t arrays_per_tile(const npim_map *map) {
    return map->arch->tile.pes * map->arch->pe.arrays;
}

static uint64_t edram_B(const npim_map *map) {
    return ((const npim_edram_config *)npim_arch_block(map->arch, "edram")->config)->size_B;
}

static npim_status too_large(const placer *p) {
    return npim_fail(p->error, NPIM_EUNSUPPORTED, "%s on %s: more than %u parts of layers on tiles",
                     p->map->network->name, p->map->arch->name, NPIM_MAX_PARTS);
}

static npim_status add_part(placer *p, npim_part part) {
    npim_map *map = p->map;
    npim_status status = npim_stop_check(map->stop, p->error);
    if (status != NPIM_OK) return status;
    if (map->n_parts == NPIM_MAX_PARTS) return too_large(p);
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

/* The mapper may go beyond the last tile while it finds out how many it takes. */
static npim_status tile_at(placer *p, uint32_t number, npim_map_tile **tile) {
    npim_map *map = p->map;
    if (number >= p->tile_capacity) {
        uint32_t larger = 2 * number + 64;
        npim_map_tile *tiles = realloc(map->tiles, larger * sizeof *tiles);
        if (tiles) map->tiles = tiles;
        open_tile *open = realloc(p->open, larger * sizeof *open);
        if (open) p->open = open;
        if (!tiles || !open) return npim_fail(p->error, NPIM_ENOMEM, "no memory for %u tiles", larger);
        memset(&tiles[p->tile_capacity], 0, (larger - p->tile_capacity) * sizeof *tiles);
        p->tile_capacity = larger;
    }
    *tile = &map->tiles[number];
    return NPIM_OK;
}

/* Replicas of a node on a tile, their row classes, and the columns of the inputs that they read. */
typedef struct together {
    uint32_t replicas, rows, columns;
} together;

/* Bytes of eDRAM for input channels [from, to) of a node on an edge, for the rounds of these replicas. */
static uint64_t edge_B(const npim_map *map, const npim_edge *edge, together these, uint32_t from,
                       uint32_t to) {
    uint32_t low = from > edge->consumer_c ? from : edge->consumer_c;
    uint32_t end = edge->consumer_c + edge->channels, high = to < end ? to : end;
    if (low >= high) return 0;
    uint32_t px = npim_map_rounds_px(map, edge, these.columns, these.rows, map->rounds);
    return npim_map_storage_B(map, edge, these.rows, px, (high - low) * map->arch->data.activation_B);
}

static uint64_t node_B(const npim_map *map, uint32_t n, together these, uint32_t in_from, uint32_t in_to,
                       uint32_t out) {
    const npim_node *node = &map->graph->nodes[n];
    uint64_t bytes = 2ull * these.replicas * out * map->arch->data.activation_B; /* two output windows */
    for (uint32_t e = 0; e < node->n_edges; e++)
        bytes += edge_B(map, &map->graph->edges[node->first_edge + e], these, in_from, in_to);
    return bytes;
}

static uint32_t smaller(uint32_t a, uint32_t b) {
    return a < b ? a : b;
}

/* So many replicas of a node, one behind the other from the first to the last. */
static together replicas_together(const npim_map *map, uint32_t n, uint32_t replicas, uint32_t first,
                                  uint32_t last) {
    uint32_t bands = map->placements[n].replica_bands, x_from, x_to;
    npim_map_columns(map, n, first, last, &x_from, &x_to);
    return (together){replicas, smaller(replicas, last / bands - first / bands + 1), x_to - x_from};
}

/* Of a node without weights beside as many replicas of its host. */
static together hosted_together(const npim_map *map, uint32_t n, together hosts) {
    const npim_placement *at = &map->placements[n];
    return (together){smaller(hosts.replicas, npim_map_replicas(at)),
                      smaller(hosts.rows, at->replica_rows * at->replica_images), map->graph->nodes[n].in_w};
}

/* eDRAM for these replicas of a part, and all that they host. */
static uint64_t part_B(const placer *p, const npim_part *part, together these) {
    const npim_map *map = p->map;
    uint64_t bytes =
        node_B(map, part->node, these, part->in_from, part->in_to, part->out_to - part->out_from);
    for (uint32_t n = p->hosting.next[part->node]; n < map->graph->n_nodes; n = p->hosting.next[n]) {
        uint32_t from, to, in_from, in_to;
        npim_hosting_channels(&p->hosting, n, part->out_from, part->out_to, &from, &to);
        if (from == to) continue;
        npim_graph_channels(&map->graph->nodes[n], from, to, &in_from, &in_to);
        bytes += node_B(map, n, hosted_together(map, n, these), in_from, in_to, to - from);
    }
    return bytes;
}

/* A split of a replica over tiles: between column blocks where that wastes little, inside them otherwise. */
static uint32_t share(const placer *p, const npim_placement *at, uint32_t from, uint32_t free_arrays) {
    uint32_t left = at->arrays - from, unit = at->groups_per_array ? 1 : at->row_chunks;
    if (left <= free_arrays) return left;
    uint32_t whole = arrays_per_tile(p->map);
    bool chains = p->pack || unit > whole || (double)(whole % unit) > WASTE_LIMIT * whole;
    return chains ? free_arrays : free_arrays / unit * unit;
}

static void widen(npim_part *hull, const npim_part *part) {
    if (part->in_from < hull->in_from) hull->in_from = part->in_from;
    if (part->in_to > hull->in_to) hull->in_to = part->in_to;
    if (part->out_from < hull->out_from) hull->out_from = part->out_from;
    if (part->out_to > hull->out_to) hull->out_to = part->out_to;
}

/* One replica after the other has the same arrays, and asks several tiles. */
static void shape(placer *p, npim_part *part) {
    npim_part *last = &p->shaped;
    bool same =
        last->node == part->node && last->array_from == part->array_from && last->array_to == part->array_to;
    if (!same) {
        *last = *part;
        npim_shape_part(p->map->arch, &p->map->graph->nodes[part->node], &p->map->placements[part->node],
                        last);
    }
    npim_part shaped = *last;
    shaped.replica = part->replica;
    shaped.tile = part->tile;
    *part = shaped;
}

/* Puts a part (its arrays set) on a tile when its arrays and its buffers fit; replicas of one node share
 * buffers. An empty tile takes any part: what does not fit its eDRAM goes to buffer tiles. */
static npim_status try_tile(placer *p, uint32_t number, npim_part part, bool *taken) {
    npim_map *map = p->map;
    npim_map_tile *tile = NULL;
    npim_status status = tile_at(p, number, &tile);
    if (status != NPIM_OK) return status;
    *taken = part.array_to > part.array_from &&
             tile->arrays + (part.array_to - part.array_from) <= arrays_per_tile(map);
    if (!*taken) return NPIM_OK;
    shape(p, &part);
    part.tile = number;
    open_tile *open = &p->open[number];
    bool again = tile->arrays > 0 && open->hull.node == part.node;
    if (again && map->placements[part.node].replica_images > 1 && open->hull.replica != part.replica) {
        *taken = false; /* replicas by image share no buffers: each is at another image */
        return NPIM_OK;
    }
    npim_part hull = again ? open->hull : part;
    uint32_t replicas = again ? open->replicas + (open->hull.replica != part.replica) : 1;
    widen(&hull, &part);
    hull.replica = part.replica;
    uint32_t first = again ? open->first_replica : part.replica;
    uint64_t bytes = part_B(p, &hull, replicas_together(map, part.node, replicas, first, part.replica));
    uint64_t before = again ? open->bytes : 0;
    *taken = tile->arrays == 0 || tile->needed_B - before + bytes <= edram_B(map);
    if (!*taken) return NPIM_OK;
    *open = (open_tile){hull, first, replicas, bytes};
    tile->needed_B += bytes - before;
    tile->arrays += part.array_to - part.array_from;
    return add_part(p, part);
}

/* A replica that fits a tile goes to the first of the last few that takes it, or to a fresh one. */
static npim_status place_small(placer *p, npim_part part) {
    uint32_t first = p->tile > BACK_TILES ? p->tile - BACK_TILES : 0;
    for (uint32_t number = first;; number++) {
        bool taken = false;
        npim_status status = try_tile(p, number, part, &taken);
        if (number > p->tile) p->tile = number;
        if (status != NPIM_OK || taken) return status;
    }
}

/* A larger one fills tiles from a fresh one on; when tiles are scarce, from the one being filled. */
static npim_status place_large(placer *p, npim_part part) {
    npim_map *map = p->map;
    const npim_placement *at = &map->placements[part.node];
    npim_map_tile *tile = NULL;
    for (bool fresh = !p->pack; part.array_from < at->arrays;) {
        npim_status status = tile_at(p, p->tile, &tile);
        if (status != NPIM_OK) return status;
        bool taken = false;
        part.array_to = part.array_from + share(p, at, part.array_from, arrays_per_tile(map) - tile->arrays);
        if (!fresh || tile->arrays == 0) status = try_tile(p, p->tile, part, &taken);
        if (status != NPIM_OK) return status;
        fresh = false;
        if (taken) part.array_from = part.array_to;
        if (!taken || part.array_from < at->arrays) p->tile++;
    }
    return NPIM_OK;
}

static npim_status place_replica(placer *p, uint32_t node, uint32_t replica) {
    const npim_placement *at = &p->map->placements[node];
    npim_part part = {.node = node, .replica = replica, .array_to = at->arrays};
    if (at->arrays <= arrays_per_tile(p->map) && !p->pack) return place_small(p, part);
    return place_large(p, part);
}

/* A node without weights that has no host (it reads the image itself, or gathers) gets a part on the tile
 * being filled. */
static npim_status place_alone(placer *p, uint32_t n) {
    const npim_node *node = &p->map->graph->nodes[n];
    npim_map_tile *tile;
    npim_status status = tile_at(p, p->tile, &tile);
    if (status != NPIM_OK) return status;
    npim_part part = {.node = n, .tile = p->tile, .in_to = node->in_c, .out_to = node->channels};
    tile->needed_B += node_B(p->map, n, (together){1, 1, node->in_w}, 0, part.in_to, part.out_to);
    return add_part(p, part);
}

/* The replica of its host next to which a replica of a node without weights runs. */
static uint32_t host_replica(const placer *p, uint32_t n, uint32_t replica) {
    const npim_map *map = p->map;
    const npim_placement *at = &map->placements[n], *host = &map->placements[map->graph->nodes[n].host];
    if (at->replica_images > 1) return replica;
    uint32_t row = replica / at->replica_bands, band = replica % at->replica_bands;
    return p->hosting.row[p->hosting.first_row[n] + row] * host->replica_bands + band;
}

/* The first part of a replica: parts come replica by replica. */
static uint32_t first_part(const npim_map *map, const npim_placement *at, uint32_t replica) {
    uint32_t low = at->first_part, high = at->first_part + at->n_parts;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (map->parts[middle].replica < replica)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

/* Parts of a hosted node: on the tiles that own its channels in the host's replica nearby. */
static npim_status place_hosted(placer *p, uint32_t n) {
    npim_map *map = p->map;
    const npim_placement *at = &map->placements[n], *host = &map->placements[map->graph->nodes[n].host];
    for (uint32_t replica = 0; replica < npim_map_replicas(at); replica++) {
        uint32_t of_host = host_replica(p, n, replica), end = host->first_part + host->n_parts;
        for (uint32_t i = first_part(map, host, of_host); i < end && map->parts[i].replica == of_host; i++) {
            npim_part part = {.node = n, .replica = replica, .tile = map->parts[i].tile};
            npim_hosting_channels(&p->hosting, n, map->parts[i].out_from, map->parts[i].out_to,
                                  &part.out_from, &part.out_to);
            if (part.out_from == part.out_to) continue;
            npim_graph_channels(&map->graph->nodes[n], part.out_from, part.out_to, &part.in_from,
                                &part.in_to);
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

/* Every replica has a part: too many are refused before any of them is placed. */
static npim_status check_replicas(const placer *p) {
    uint64_t count = 0;
    for (uint32_t n = 0; n < p->map->graph->n_nodes; n++) count += npim_map_replicas(&p->map->placements[n]);
    return count > NPIM_MAX_PARTS ? too_large(p) : npim_stop_check(p->map->stop, p->error);
}

npim_status npim_place(npim_map *map, bool pack, uint32_t *tiles, npim_error *error) {
    placer p = {.map = map, .pack = pack, .error = error};
    free(map->parts);
    free(map->tiles);
    map->parts = NULL;
    map->tiles = NULL;
    map->n_parts = 0;
    npim_map_tile *last;
    npim_status status = check_replicas(&p);
    if (status == NPIM_OK) status = npim_hosting_make(&p.hosting, map, error);
    if (status == NPIM_OK)
        status = tile_at(&p, map->n_tiles, &last); /* for every tile there is, used or not */
    for (uint32_t n = 0; n < map->graph->n_nodes && status == NPIM_OK; n++) status = place_node(&p, n);
    npim_hosting_fini(&p.hosting);
    free(p.open);
    *tiles = 0;
    for (uint32_t i = 0; i < map->n_parts; i++)
        if (map->parts[i].tile >= *tiles) *tiles = map->parts[i].tile + 1;
    return status;
}
