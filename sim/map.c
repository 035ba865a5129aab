#include "sim/map.h"

#include "hw/units.h"
#include "hw/window.h"
#include "sim/loop.h"
#include "sim/place.h"
#include "sim/replicate.h"
#include "sim/shape.h"

#include <stdlib.h>
#include <string.h>

uint64_t npim_map_storage_B(const npim_map *map, const npim_edge *edge, uint32_t rows, uint32_t px,
                            uint32_t pixel_B) {
    const npim_node *node = &map->graph->nodes[edge->consumer];
    uint64_t overlap = npim_ceil_div(node->kernel_h, node->stride_h), stored_px = px;
    uint64_t running_px = (rows > overlap ? rows : overlap) * node->out_w;
    if (node->kind == NPIM_NODE_POOL && running_px < stored_px) stored_px = running_px;
    return stored_px * pixel_B;
}

void npim_map_columns(const npim_map *map, uint32_t n, uint32_t first, uint32_t last, uint32_t *x_from,
                      uint32_t *x_to) {
    const npim_node *node = &map->graph->nodes[n];
    uint32_t bands = map->placements[n].replica_bands, from, to, ignored;
    *x_from = 0;
    *x_to = node->in_w;
    if (first / bands != last / bands) return;
    npim_map_band(map, n, first % bands, &from, &ignored);
    npim_map_band(map, n, last % bands, &ignored, &to);
    if (from >= to) return; /* beyond the last column */
    *x_from = npim_window_first(from, node->stride_w, node->pad_left, node->in_w);
    *x_to = 1 + npim_window_last(to - 1, node->stride_w, node->pad_left, node->kernel_w, node->dilation_w,
                                 node->in_w);
}

uint32_t npim_map_minimum_px(const npim_edge *edge, uint32_t row_px, uint32_t columns) {
    uint32_t rest = edge->minimum_px % row_px;
    return edge->minimum_px / row_px * columns + (rest < columns ? rest : columns);
}

uint32_t npim_map_rounds_px(const npim_map *map, const npim_edge *edge, uint32_t columns, uint32_t rows,
                            uint32_t rounds) {
    const npim_node *node = &map->graph->nodes[edge->consumer];
    uint64_t reach = (uint64_t)(node->kernel_h - 1) * node->dilation_h + 1;
    uint64_t step = node->stride_h < reach ? node->stride_h : reach;
    uint64_t read = ((uint64_t)rows * rounds - 1) * step + reach;
    uint64_t px = (read < node->in_h ? read : node->in_h) * columns;
    uint32_t minimum_px = npim_map_minimum_px(edge, node->in_w, columns);
    return (uint32_t)(px > minimum_px ? px : minimum_px);
}

/* An image for each replica that makes one. The next step of a loop takes the place of the one before. */
uint64_t npim_map_sequence_px(const npim_map *map, const npim_edge *edge) {
    const npim_node *from = &map->graph->nodes[edge->producer];
    uint64_t images = map->placements[edge->producer].replica_images;
    if (edge->producer == edge->consumer) return 0;
    if (map->placements[edge->consumer].replica_images > 1) images = 1;
    bool by_image = images > 1 || map->graph->nodes[edge->consumer].recurrent;
    return by_image ? images * from->out_h * from->out_w : 0;
}

uint32_t npim_map_replicas(const npim_placement *placement) {
    return placement->replica_images * placement->replica_rows * placement->replica_bands;
}

void npim_map_share(const npim_map *map, const npim_part *part, uint32_t *row, uint32_t *band,
                    uint32_t *image) {
    const npim_placement *p = &map->placements[part->node];
    if (band) *band = part->replica % p->replica_bands;
    if (row) *row = part->replica / p->replica_bands % p->replica_rows;
    if (image) *image = part->replica / p->replica_bands / p->replica_rows;
}

double npim_map_part_windows(const npim_map *map, const npim_part *part) {
    const npim_placement *p = &map->placements[part->node];
    uint32_t row, band, image, from, to, images = map->arch->run.images;
    npim_map_share(map, part, &row, &band, &image);
    npim_map_band(map, part->node, band, &from, &to);
    double rows = (double)npim_ceil_div(map->graph->nodes[part->node].out_h - row, p->replica_rows);
    double own = image < images ? (double)npim_ceil_div(images - image, p->replica_images) : 0.0;
    return rows * (to - from) * own / images;
}

void npim_map_band(const npim_map *map, uint32_t node, uint32_t band, uint32_t *from, uint32_t *to) {
    uint64_t width = npim_ceil_div(map->graph->nodes[node].out_w, map->placements[node].replica_bands);
    uint64_t low = band * width, high = low + width, end = map->graph->nodes[node].out_w;
    *from = (uint32_t)(low < end ? low : end);
    *to = (uint32_t)(high < end ? high : end);
}

uint64_t npim_map_windows(const npim_map *map, uint32_t node) {
    const npim_node *n = &map->graph->nodes[node];
    const npim_placement *p = &map->placements[node];
    return npim_ceil_div(n->out_h, p->replica_rows) * npim_ceil_div(n->out_w, p->replica_bands);
}

/* The first step of the next image does not wait for the last one of this. */
uint64_t npim_map_image_ps(const npim_map *map, uint32_t node) {
    const npim_placement *p = &map->placements[node];
    uint64_t windows = npim_map_windows(map, node);
    return p->loop_ps ? (windows - 1) * p->loop_ps + p->interval_ps : windows * p->interval_ps;
}

double npim_map_pace_ps(const npim_map *map, uint32_t node) {
    return (double)npim_map_image_ps(map, node) / map->placements[node].replica_images;
}

double npim_map_pipeline_bound(const npim_map *map) {
    double longest_ps = 1.0;
    for (uint32_t n = 0; n < map->graph->n_nodes; n++) {
        double pace_ps = npim_map_pace_ps(map, n);
        if (pace_ps > longest_ps) longest_ps = pace_ps;
    }
    return 1e12 / longest_ps;
}

double npim_map_work_conserving_bound(const npim_map *map) {
    double busy_ps = 0.0; /* array-picoseconds of one image */
    double arrays = (double)map->n_tiles * map->arch->tile.pes * map->arch->pe.arrays;
    for (uint32_t n = 0; n < map->graph->n_nodes; n++) {
        const npim_node *node = &map->graph->nodes[n];
        const npim_placement *p = &map->placements[n];
        busy_ps += (double)p->arrays * (double)node->out_h * (double)node->out_w * (double)p->interval_ps;
    }
    return 1e12 * arrays / busy_ps;
}

/* The hidden units of an LSTM are finished where their gates are, so tiles must take whole units. The loop is
 * first taken for that of a single tile. */
static npim_status prepare_loop(npim_map *map, uint32_t n, npim_error *error) {
    const npim_arch *arch = map->arch;
    npim_placement *p = &map->placements[n];
    const npim_node *node = &map->graph->nodes[n];
    if (!node->recurrent) return NPIM_OK;
    if (p->column_blocks > 1 && arch->pe.array_columns % (NPIM_LSTM_GATES * arch->columns_per_weight) != 0)
        return npim_fail(
            error, NPIM_EUNSUPPORTED,
            "%s on %s: the columns of an array must be a multiple of %u, the gates of a hidden unit "
            "(pe.array_columns = %u)",
            map->network->layers[node->layer].name, arch->name, NPIM_LSTM_GATES * arch->columns_per_weight,
            arch->pe.array_columns);
    npim_part part = {.node = n};
    uint32_t whole = arch->tile.pes * arch->pe.arrays;
    part.array_to = p->arrays < whole ? p->arrays : whole;
    npim_shape_part(arch, node, p, &part);
    p->loop_ps = npim_loop_alone_ps(map, &part);
    return NPIM_OK;
}

static npim_status prepare(npim_map *map, npim_error *error) {
    map->placements = calloc(map->graph->n_nodes, sizeof *map->placements);
    if (!map->placements) return npim_fail(error, NPIM_ENOMEM, "no memory for %u nodes", map->graph->n_nodes);
    for (uint32_t n = 0; n < map->graph->n_nodes; n++) {
        const npim_node *node = &map->graph->nodes[n];
        npim_placement *p = &map->placements[n];
        p->replica_rows = p->replica_bands = p->replica_images = 1;
        if (node->kind != NPIM_NODE_WEIGHTS) continue;
        npim_shape_placement(map->arch, map->network, node, p);
        p->interval_ps = npim_shape_interval_ps(map->arch, node, p);
        npim_status status = prepare_loop(map, n, error);
        if (status != NPIM_OK) return status;
        map->minimum_arrays += p->arrays;
    }
    if (map->minimum_arrays == 0)
        return npim_fail(error, NPIM_EUNSUPPORTED,
                         "%s: no conv, fc or lstm layer, nothing to put into crossbars", map->network->name);
    return NPIM_OK;
}

static uint64_t tile_arrays(const npim_arch *arch) {
    return (uint64_t)arch->tile.pes * arch->pe.arrays;
}

static npim_status does_not_fit(const npim_map *map, uint64_t tiles, npim_error *error) {
    uint32_t chips = map->arch->system.chips ? map->arch->system.chips : NPIM_MAX_CHIPS;
    return npim_fail(
        error, NPIM_EFIT,
        "%s on %s: one replica of every layer takes %llu arrays on %llu tiles, %u chip%s ha%s %llu tiles of "
        "%llu arrays: at least %llu chips (--chips)",
        map->network->name, map->arch->name, (unsigned long long)map->minimum_arrays,
        (unsigned long long)tiles, chips, chips == 1 ? "" : "s", chips == 1 ? "s" : "ve",
        (unsigned long long)chips * map->arch->chip.tiles, (unsigned long long)tile_arrays(map->arch),
        (unsigned long long)npim_ceil_div(tiles, map->arch->chip.tiles));
}

/* One try: replicates within a budget of arrays and places; *tiles becomes what that takes, with the buffer
 * tiles. */
static npim_status try_budget(npim_map *map, uint64_t budget, bool pack, uint32_t *tiles, npim_error *error) {
    (void)npim_replicate(map, budget);
    map->used_arrays = npim_replicate_in_bands(map);
    npim_replicate_hosted(map);
    npim_status status = npim_place(map, pack, tiles, error);
    if (status != NPIM_OK || *tiles > map->n_tiles) return status;
    map->used_tiles = *tiles;
    status = npim_place_buffers(map, error);
    *tiles += map->buffer_tiles;
    return status;
}

/* Tiles, buffer tiles included, that one replica of everything takes. */
static npim_status find_minimum_tiles(npim_map *map, bool pack, uint32_t *tiles, npim_error *error) {
    npim_status status = NPIM_OK;
    *tiles = (uint32_t)npim_ceil_div(map->minimum_arrays, tile_arrays(map->arch));
    do { /* more tiles than there are come back without the buffer tiles, so the second try is the last */
        map->n_tiles = *tiles;
        status = try_budget(map, map->minimum_arrays, pack, tiles, error);
    } while (status == NPIM_OK && *tiles > map->n_tiles);
    return status;
}

/* As many chips as the user says, or as it takes. *pack: tiles must be filled to the last array for that. */
static npim_status find_chips(npim_map *map, bool *pack, npim_error *error) {
    const npim_arch *arch = map->arch;
    uint64_t most = (uint64_t)(arch->system.chips ? arch->system.chips : NPIM_MAX_CHIPS) * arch->chip.tiles;
    uint64_t least = npim_ceil_div(map->minimum_arrays, tile_arrays(arch));
    uint32_t loose = 0, packed = 0;
    if (least > (uint64_t)NPIM_MAX_CHIPS * arch->chip.tiles) return does_not_fit(map, least, error);
    npim_status status = find_minimum_tiles(map, false, &loose, error);
    if (status == NPIM_OK) status = find_minimum_tiles(map, true, &packed, error);
    if (status != NPIM_OK) return status;
    uint32_t tiles = loose < packed ? loose : packed;
    if (tiles > most) return does_not_fit(map, tiles, error);
    map->chips = arch->system.chips ? arch->system.chips : (uint32_t)npim_ceil_div(tiles, arch->chip.tiles);
    map->n_tiles = map->chips * arch->chip.tiles;
    *pack = loose > map->n_tiles;
    return NPIM_OK;
}

/* A tile; or a small recurrent layer, whose replicas take a tile each for few arrays. */
static uint64_t budget_step(const npim_map *map) {
    uint64_t step = tile_arrays(map->arch);
    for (uint32_t n = 0; n < map->graph->n_nodes; n++)
        if (map->graph->nodes[n].recurrent && map->placements[n].arrays < step)
            step = map->placements[n].arrays;
    return step;
}

/* A tile is full when its arrays or its eDRAM are, so the arrays that can be given out are found by
 * bisection: the largest budget whose placement fits, to within that step. */
static npim_status find_budget(npim_map *map, bool pack, uint64_t *fits, uint32_t *tiles, npim_error *error) {
    uint64_t step = budget_step(map), too_much = tile_arrays(map->arch) * map->n_tiles + 1;
    npim_status status = NPIM_OK;
    *fits = map->minimum_arrays;
    while (status == NPIM_OK && too_much - *fits > step) {
        uint64_t budget = *fits + (too_much - *fits) / 2;
        status = try_budget(map, budget, pack, tiles, error);
        if (*tiles <= map->n_tiles)
            *fits = budget;
        else
            too_much = budget;
    }
    return status == NPIM_OK ? try_budget(map, *fits, pack, tiles, error) : status;
}

/* Room for two rounds of rows lets the next one arrive while one is read, but costs eDRAM, hence tiles, hence
 * replicas: it is taken when the pipeline bound stays above this share of the one with room for one round. */
#define TWO_ROUNDS_SHARE 0.85

static npim_status replicate_and_place(npim_map *map, bool pack, npim_error *error) {
    uint64_t one = 0, two = 0;
    uint32_t tiles = 0;
    npim_status status = find_budget(map, pack, &one, &tiles, error);
    double bound = npim_map_pipeline_bound(map);
    map->rounds = 2;
    if (status == NPIM_OK) status = find_budget(map, pack, &two, &tiles, error);
    if (status != NPIM_OK) return status;
    if (tiles <= map->n_tiles && npim_map_pipeline_bound(map) >= TWO_ROUNDS_SHARE * bound) return NPIM_OK;
    map->rounds = 1;
    return try_budget(map, one, pack, &tiles, error);
}

static npim_status make(npim_map *map, npim_error *error) {
    bool pack = false;
    npim_status status = prepare(map, error);
    if (status == NPIM_OK) status = find_chips(map, &pack, error);
    if (status == NPIM_OK) status = replicate_and_place(map, pack, error);
    for (uint32_t n = 0; n < map->graph->n_nodes && status == NPIM_OK; n++)
        if (map->graph->nodes[n].recurrent) map->placements[n].loop_ps = npim_loop_slowest_ps(map, n);
    return status == NPIM_OK ? npim_stop_check(map->stop, error) : status;
}

npim_status npim_map_make(npim_map *map, const npim_arch *arch, const npim_network *network,
                          const npim_graph *graph, const npim_stop *stop, npim_error *error) {
    memset(map, 0, sizeof *map);
    map->arch = arch;
    map->network = network;
    map->graph = graph;
    map->stop = stop;
    map->rounds = 1;
    npim_status status = make(map, error);
    if (status != NPIM_OK) npim_map_fini(map);
    return status;
}

void npim_map_fini(npim_map *map) {
    free(map->placements);
    free(map->parts);
    free(map->buffers);
    free(map->tiles);
    memset(map, 0, sizeof *map);
}
