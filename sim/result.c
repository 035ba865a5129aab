#include "sim/result.h"

#include "hw/units.h"
#include "hw/window.h"
#include "sim/ledger.h"
#include "sim/loop.h"
#include "sim/power.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const char *const npim_limit_names[] = {"pipeline", "host", "link", "memory", "unit", NULL};

void npim_measurement_fini(npim_measurement *measurement) {
    free(measurement->layers);
    free(measurement->completed_ps);
    free(measurement->started_ps);
    free(measurement->links);
    npim_meter_fini(&measurement->meter);
    memset(measurement, 0, sizeof *measurement);
}

void npim_result_fini(npim_result *result) {
    free(result->layers);
    memset(result, 0, sizeof *result);
}

bool npim_group_computes(uint32_t group) {
    return group <= NPIM_GROUP_REGISTER;
}

double npim_result_layer_group_pJ(const npim_result *result, uint32_t layer, uint32_t group) {
    const npim_arch *arch = result->map->arch;
    double sum = 0.0;
    for (uint32_t b = 0; b < arch->n_blocks; b++)
        if (arch->blocks[b].placement.group == group) sum += result->layers[layer].event_pJ[b];
    return sum;
}

double npim_result_layer_mm2(const npim_result *result, uint32_t layer) {
    const npim_arch *arch = result->map->arch;
    double share = result->layers[layer].arrays / ((double)arch->tile.pes * arch->pe.arrays);
    return share * npim_arch_tile_area_mm2(arch) / arch->chip.tiles;
}

/* Mapping figures of the node that carries a layer's weights (or of its parts). */
static void describe_layers(npim_result *r) {
    const npim_map *map = r->map;
    for (uint32_t n = 0; n < map->graph->n_nodes; n++) {
        const npim_node *node = &map->graph->nodes[n];
        const npim_placement *p = &map->placements[n];
        npim_layer_result *layer = &r->layers[node->layer];
        uint32_t tile = UINT32_MAX;
        if (node->kind == NPIM_NODE_OUTPUT) continue;
        layer->positions = (uint64_t)node->out_h * node->out_w;
        layer->replicas = npim_map_replicas(p);
        layer->arrays += npim_map_replicas(p) * p->arrays;
        layer->interval_ns = (double)p->interval_ps * 1e-3;
        for (uint32_t i = p->first_part; i < p->first_part + p->n_parts; i++) {
            layer->tiles += map->parts[i].tile != tile;
            tile = map->parts[i].tile;
        }
    }
}

static void time_layers(npim_result *r) {
    for (uint32_t l = 0; l < r->n_layers; l++) {
        npim_layer_result *layer = &r->layers[l];
        const npim_layer_counts *c = &layer->counts;
        if (c->first_ps == UINT64_MAX) continue;
        layer->start_ns = (double)c->first_ps * 1e-3;
        layer->end_ns = (double)c->last_ps * 1e-3;
        if (c->image_ps > c->first_ps) layer->latency_ns = (double)(c->image_ps - c->first_ps) * 1e-3;
        if (layer->arrays > 0 && c->last_ps > c->first_ps)
            layer->utilisation =
                (double)c->busy_ps / ((double)layer->arrays * (double)(c->last_ps - c->first_ps));
        for (uint32_t i = 0; i < NPIM_N_STALLS; i++)
            if (c->active_ps > 0) layer->stall[i] = (double)c->stall_ps[i] / (double)c->active_ps;
    }
}

/* Images per second in steady state: from the completions of the second half; 1 / latency for one image
 * alone. When all of them come at one instant: of the whole run. */
static double throughput(const uint64_t *completed_ps, uint32_t images) {
    if (images < 3) return 1e12 / (double)(completed_ps[images - 1] - (images > 1 ? completed_ps[0] : 0));
    uint32_t warm = images / 2;
    uint64_t span_ps = completed_ps[images - 1] - completed_ps[warm];
    if (span_ps == 0) return 1e12 * images / (double)completed_ps[images - 1];
    return 1e12 * (double)(images - 1 - warm) / (double)span_ps;
}

/* False when the first window lies in the padding of an edge alone and does not wait for it. */
static bool reads_input(const npim_graph *graph, const npim_edge *edge) {
    const npim_node *node = &graph->nodes[edge->consumer];
    return npim_window_inside(0, node->stride_h, edge->pad_top, node->kernel_h, node->dilation_h,
                              graph->nodes[edge->producer].out_h) > 0 &&
           npim_window_inside(0, node->stride_w, node->pad_left, node->kernel_w, node->dilation_w,
                              node->in_w) > 0;
}

/* One more than the last row of an edge that windows in rows below `rows` read; 0 when they read padding
 * alone. */
static uint32_t rows_read_by(const npim_graph *graph, const npim_edge *edge, uint32_t rows) {
    const npim_node *node = &graph->nodes[edge->consumer];
    uint32_t columns = 0;
    for (uint32_t x = 0; x < node->out_w && columns == 0; x++)
        columns = npim_window_inside(x, node->stride_w, node->pad_left, node->kernel_w, node->dilation_w,
                                     node->in_w);
    for (uint32_t y = columns ? rows : 0; y-- > 0;) {
        for (uint32_t k = node->kernel_h; k-- > 0;) {
            uint64_t at = (uint64_t)y * node->stride_h + (uint64_t)k * node->dilation_h;
            if (at >= edge->pad_top && at - edge->pad_top < graph->nodes[edge->producer].out_h)
                return (uint32_t)(at - edge->pad_top) + 1;
        }
    }
    return 0;
}

/* Rows of every node's output that the host waits for, directly or through other nodes; rows[] is zeroed. */
static void mark_rows_read(const npim_graph *graph, uint32_t *rows) {
    for (uint32_t n = graph->n_nodes; n-- > 0;) {
        const npim_node *node = &graph->nodes[n];
        if (node->kind == NPIM_NODE_OUTPUT) rows[n] = node->out_h;
        for (uint32_t e = node->first_edge; e < node->first_edge + node->n_edges; e++) {
            const npim_edge *edge = &graph->edges[e];
            uint32_t read = rows_read_by(graph, edge, rows[n]);
            if (read > rows[edge->producer]) rows[edge->producer] = read;
        }
    }
}

/* No run can be shorter than its longest chain of first windows, nor than those windows of one replica that
 * something reads, one after the other. first_ps and rows are zeroed. */
static uint64_t longest_chain_ps(const npim_map *map, uint64_t *first_ps, uint32_t *rows) {
    uint64_t longest_ps = 0;
    mark_rows_read(map->graph, rows);
    for (uint32_t n = 0; n < map->graph->n_nodes; n++) {
        const npim_node *node = &map->graph->nodes[n];
        const npim_placement *p = &map->placements[n];
        for (uint32_t e = node->first_edge; e < node->first_edge + node->n_edges; e++) {
            const npim_edge *edge = &map->graph->edges[e];
            if (reads_input(map->graph, edge) && first_ps[edge->producer] > first_ps[n])
                first_ps[n] = first_ps[edge->producer];
        }
        if (node->kind != NPIM_NODE_WEIGHTS || rows[n] == 0) continue;
        const npim_pe_shape *shape = &map->parts[p->first_part].shape;
        first_ps[n] += npim_pe_plan_run(&map->arch->plan, shape, 0, NULL, NULL, NULL).done_ps;
        uint64_t whole_rows = npim_ceil_div(rows[n], p->replica_rows) - 1;
        uint64_t windows = whole_rows * npim_ceil_div(node->out_w, p->replica_bands);
        uint64_t all_ps = first_ps[n] + windows * (p->loop_ps ? npim_loop_ps(map, n, 0) : p->interval_ps);
        if (all_ps > longest_ps) longest_ps = all_ps;
    }
    return longest_ps;
}

static double critical_path_ns(const npim_map *map) {
    uint64_t *first_ps = calloc(map->graph->n_nodes, sizeof *first_ps), longest_ps = 0;
    uint32_t *rows = calloc(map->graph->n_nodes, sizeof *rows);
    if (first_ps && rows) longest_ps = longest_chain_ps(map, first_ps, rows);
    free(first_ps);
    free(rows);
    return (double)longest_ps * 1e-3;
}

static void sum_energy(npim_result *r) {
    const npim_arch *arch = r->map->arch;
    for (uint32_t b = 0; b < arch->n_blocks; b++) {
        for (uint32_t l = 0; l < r->n_layers; l++) {
            r->block_event_pJ[b] += r->layers[l].event_pJ[b];
            r->block_nameplate_pJ[b] += r->layers[l].nameplate_pJ[b];
            r->block_operations[b] += r->layers[l].operations[b];
        }
        double event_uJ = r->block_event_pJ[b] * 1e-6;
        if (npim_group_computes(arch->blocks[b].placement.group))
            r->compute_uJ += event_uJ;
        else
            r->movement_uJ += event_uJ;
        r->nameplate_uJ += r->block_nameplate_pJ[b] * 1e-6;
    }
    r->event_uJ = r->compute_uJ + r->movement_uJ;
    r->constant_uJ = npim_arch_standby_W(arch) * r->map->chips / r->throughput * 1e6;
    r->total_uJ = r->event_uJ + r->constant_uJ;
}

/* Writing every used cell once; the arrays of a tile one after another, row by row, the tiles side by side.
 */
static void program_weights(npim_result *r) {
    const npim_map *map = r->map;
    const npim_arch *arch = map->arch;
    double cells = 0.0, longest_ns = 0.0;
    uint32_t most = 0;
    for (uint32_t i = 0; i < map->n_parts; i++) cells += map->parts[i].shape.cells;
    for (uint32_t t = 0; t < map->n_tiles; t++)
        if (map->tiles[t].arrays > most) most = map->tiles[t].arrays;
    longest_ns = (double)most * arch->pe.array_rows * arch->program.write_time_ns;
    r->program_uJ = cells * arch->program.write_energy_pJ * 1e-6;
    r->program_ms = longest_ns * 1e-6;
}

static void bounds(npim_result *r, const npim_measurement *m) {
    memcpy(r->limits, m->limits, sizeof r->limits);
    r->bound = npim_map_pipeline_bound(r->map);
    r->bound_work_conserving = npim_map_work_conserving_bound(r->map);
    r->limits[NPIM_LIMIT_PIPELINE].images_per_s = r->bound;
    double longest_ps = 0.0;
    for (uint32_t n = 0; n < r->map->graph->n_nodes; n++) {
        double pace_ps = npim_map_pace_ps(r->map, n);
        if (pace_ps <= longest_ps) continue;
        longest_ps = pace_ps;
        snprintf(r->limits[NPIM_LIMIT_PIPELINE].name, sizeof r->limits->name, "%s",
                 r->map->network->layers[r->map->graph->nodes[n].layer].name);
    }
    r->bound_links = r->bound;
    for (uint32_t k = 0; k < NPIM_N_LIMITS; k++)
        if (r->limits[k].images_per_s > 0 && r->limits[k].images_per_s < r->bound_links)
            r->bound_links = r->limits[k].images_per_s;
}

npim_status npim_result_make(npim_result *r, const npim_map *map, const npim_measurement *m,
                             npim_error *error) {
    memset(r, 0, sizeof *r);
    r->map = map;
    r->n_layers = map->network->n_layers;
    r->layers = calloc(r->n_layers, sizeof *r->layers);
    if (!r->layers) return npim_fail(error, NPIM_ENOMEM, "no memory for %u layers", r->n_layers);
    for (uint32_t l = 0; l < r->n_layers; l++) r->layers[l].counts = m->layers[l];
    describe_layers(r);
    time_layers(r);
    npim_ledger_book(r);
    r->macs = npim_network_macs(map->network);
    for (uint32_t l = 0; l < r->n_layers; l++)
        r->ad_conversions += m->layers[l].ad_conversions / map->arch->run.images;
    r->latency_ns = (double)m->completed_ps[0] * 1e-3;
    r->throughput = throughput(m->completed_ps, map->arch->run.images);
    r->critical_path_ns = critical_path_ns(map);
    bounds(r, m);
    sum_energy(r);
    program_weights(r);
    npim_status status = npim_ledger_check(r, m, error);
    if (status == NPIM_OK) status = npim_power_check(r, m, error);
    if (status != NPIM_OK) npim_result_fini(r);
    return status;
}
