#include "sim/replicate.h"

#include "hw/edram.h"
#include "hw/units.h"

/* The next number of parts above n that makes the largest of ceil(size / parts) smaller; 0 when there is
 * none. */
static uint32_t next_split(uint32_t size, uint32_t n) {
    uint64_t longest = npim_ceil_div(size, n);
    return longest <= 1 ? 0 : (uint32_t)npim_ceil_div(size, longest - 1);
}

static uint32_t slowest(const npim_map *map) {
    uint32_t found = 0;
    double longest_ps = 0.0;
    for (uint32_t n = 0; n < map->graph->n_nodes; n++) {
        if (map->graph->nodes[n].kind != NPIM_NODE_WEIGHTS || npim_map_pace_ps(map, n) <= longest_ps)
            continue;
        longest_ps = npim_map_pace_ps(map, n);
        found = n;
    }
    return found;
}

/* The steps of a sequence wait for each other, so replicas of a recurrent layer take sequences of their own.
 */
static uint64_t raise_sequences(npim_placement *p, uint64_t left) {
    if (p->replica_images >= NPIM_MAX_SEQUENCES || p->arrays > left) return 0;
    p->replica_images++;
    return p->arrays;
}

/* Raises the replicas of a node by one step when that costs at most `left` arrays; returns the arrays taken.
 */
static uint64_t raise(npim_map *map, uint32_t n, uint64_t left) {
    npim_placement *p = &map->placements[n];
    const npim_node *node = &map->graph->nodes[n];
    if (node->recurrent) return raise_sequences(p, left);
    uint32_t rows = next_split(node->out_h, p->replica_rows), bands = p->replica_bands;
    if (rows == 0) {
        rows = p->replica_rows;
        bands = next_split(node->out_w, p->replica_bands);
        if (bands == 0) return 0;
    }
    uint64_t more = (uint64_t)rows * bands - (uint64_t)p->replica_rows * p->replica_bands;
    if (more * p->arrays > left) return 0;
    p->replica_rows = rows;
    p->replica_bands = bands;
    return more * p->arrays;
}

uint64_t npim_replicate(npim_map *map, uint64_t budget) {
    uint64_t used = 0, taken;
    for (uint32_t n = 0; n < map->graph->n_nodes; n++) {
        npim_placement *p = &map->placements[n];
        p->replica_rows = p->replica_bands = p->replica_images = 1;
        used += p->arrays;
    }
    if (used > budget) return used;
    do {
        taken = raise(map, slowest(map), budget - used);
        used += taken;
    } while (taken > 0 && !npim_stop_wanted(map->stop)); /* the placement that follows says so */
    return used;
}

/* Whether a tile with one replica of a node can keep what it reads in this round of rows and the next. */
static bool two_rounds_fit(const npim_map *map, uint32_t n) {
    const npim_node *node = &map->graph->nodes[n];
    const npim_placement *p = &map->placements[n];
    uint64_t size_B = ((const npim_edram_config *)npim_arch_block(map->arch, "edram")->config)->size_B;
    uint64_t bytes = 2ull * node->channels * map->arch->data.activation_B;
    uint32_t middle = p->replica_bands / 2, x_from, x_to;
    npim_map_columns(map, n, middle, middle, &x_from, &x_to);
    for (uint32_t e = node->first_edge; e < node->first_edge + node->n_edges; e++) {
        const npim_edge *edge = &map->graph->edges[e];
        bytes += 2ull * npim_map_rounds_px(map, edge, x_to - x_from, 1, 1) * edge->channels *
                 map->arch->data.activation_B;
    }
    return bytes <= size_B;
}

/* A replica of every R-th row that cannot keep the rows of its next round waits for them after every row.
 * Where rows are that long, as many replicas share them in bands, unless that costs more than this. */
#define BANDS_MAY_COST 1.06

static void split_rows(npim_map *map, uint32_t n) {
    const npim_node *node = &map->graph->nodes[n];
    npim_placement *p = &map->placements[n], best = *p;
    uint32_t replicas = p->replica_rows * p->replica_bands;
    double most = BANDS_MAY_COST * (double)npim_map_windows(map, n);
    while (best.replica_rows > 1 && !two_rounds_fit(map, n)) {
        p->replica_bands = next_split(node->out_w, p->replica_bands);
        if (p->replica_bands == 0 || p->replica_bands > replicas) break;
        uint32_t rows = replicas / p->replica_bands;
        p->replica_rows = (uint32_t)npim_ceil_div(node->out_h, npim_ceil_div(node->out_h, rows));
        if ((double)npim_map_windows(map, n) <= most) best = *p;
    }
    *p = best;
}

uint64_t npim_replicate_in_bands(npim_map *map) {
    uint64_t used = 0;
    for (uint32_t n = 0; n < map->graph->n_nodes; n++) {
        const npim_node *node = &map->graph->nodes[n];
        if (node->kind == NPIM_NODE_WEIGHTS && !node->recurrent) split_rows(map, n);
        used += (uint64_t)npim_map_replicas(&map->placements[n]) * map->placements[n].arrays;
    }
    return used;
}

void npim_replicate_hosted(npim_map *map) {
    for (uint32_t n = 0; n < map->graph->n_nodes; n++) {
        const npim_node *node = &map->graph->nodes[n];
        const npim_placement *host = &map->placements[node->host];
        if (node->host == n) continue;
        npim_placement *p = &map->placements[n];
        p->replica_images = host->replica_images;
        p->replica_rows = host->replica_rows < node->out_h ? host->replica_rows : node->out_h;
        uint32_t bands = host->replica_bands < node->out_w ? host->replica_bands : node->out_w;
        p->replica_bands =
            (uint32_t)npim_ceil_div(node->out_w, npim_ceil_div(node->out_w, bands)); /* none empty */
    }
}
