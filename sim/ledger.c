#include "sim/ledger.h"

#include "sim/accounts.h"
#include "sim/laws.h"
#include "sim/loop.h"

#include <math.h>
#include <string.h>

/* What is counted one by one: the block that it costs energy, and its count in a layer. */
static const struct {
    const char *block;
    size_t count; /* offset of a uint64_t in npim_layer_counts */
} events[NPIM_N_EVENTS] = {
    [NPIM_EVENT_ACTIVATION] = {"activation", offsetof(npim_layer_counts, activation_words)},
    [NPIM_EVENT_POOLING] = {"pooling", offsetof(npim_layer_counts, pooling_words)},
    [NPIM_EVENT_ADDER] = {"adder", offsetof(npim_layer_counts, adder_words)},
    [NPIM_EVENT_EDRAM] = {"edram", offsetof(npim_layer_counts, edram_B)},
    [NPIM_EVENT_BUS] = {"bus", offsetof(npim_layer_counts, bus_B)},
    [NPIM_EVENT_FLIT_HOP] = {"router", offsetof(npim_layer_counts, flit_hops)},
    [NPIM_EVENT_LINK] = {"chip_link", offsetof(npim_layer_counts, link_B)},
};

const npim_block_instance *npim_ledger_event_block(const npim_arch *arch, npim_event event) {
    return npim_arch_block(arch, events[event].block);
}

double npim_ledger_event_pJ(const npim_arch *arch, npim_event event, double amount) {
    const npim_block_instance *block = npim_ledger_event_block(arch, event);
    npim_work work = {.count = amount, .units = 1};
    return block->ops->energy_pJ(block->core, &work);
}

void npim_ledger_window_pJ(const npim_arch *arch, const npim_pe_shape *shape,
                           double block_pJ[NPIM_MAX_BLOCKS]) {
    memset(block_pJ, 0, NPIM_MAX_BLOCKS * sizeof *block_pJ);
    for (uint32_t s = 0; s < arch->plan.n_stages; s++)
        block_pJ[arch->stage_block[s]] += npim_pe_plan_energy_pJ(&arch->plan, s, shape);
}

static void book_event(npim_result *r, npim_layer_result *layer, npim_event event) {
    const npim_arch *arch = r->map->arch;
    uint64_t count;
    memcpy(&count, (const char *)&layer->counts + events[event].count, sizeof count);
    double amount = (double)count / arch->run.images;
    ptrdiff_t b = npim_ledger_event_block(arch, event) - arch->blocks;
    layer->event_pJ[b] += npim_ledger_event_pJ(arch, event, amount);
    layer->operations[b] += amount;
}

/* Every window of a part is one operation of its arrays. */
static void book_part(npim_result *r, const npim_part *part) {
    const npim_map *map = r->map;
    npim_layer_result *layer = &r->layers[map->graph->nodes[part->node].layer];
    double windows = npim_map_part_windows(map, part);
    double block_pJ[NPIM_MAX_BLOCKS];
    npim_ledger_window_pJ(map->arch, &part->shape, block_pJ);
    for (uint32_t b = 0; b < map->arch->n_blocks; b++) layer->event_pJ[b] += windows * block_pJ[b];
    for (uint32_t s = 0; s < map->arch->plan.n_stages; s++)
        layer->operations[map->arch->stage_block[s]] +=
            windows * npim_pe_plan_count(&map->arch->plan, s, &part->shape);
}

static void book_nameplate(npim_result *r, npim_layer_result *layer) {
    const npim_arch *arch = r->map->arch;
    double tile_time_ps =
        (double)layer->counts.busy_ps / arch->run.images / ((double)arch->tile.pes * arch->pe.arrays);
    for (uint32_t b = 0; b < arch->n_blocks; b++)
        if (arch->blocks[b].placement.scope != NPIM_SCOPE_CHIP)
            layer->nameplate_pJ[b] = tile_time_ps * npim_arch_block_mW(arch, &arch->blocks[b]) * 1e-3;
}

void npim_ledger_book(npim_result *r) {
    const npim_map *map = r->map;
    for (uint32_t i = 0; i < map->n_parts; i++)
        if (map->graph->nodes[map->parts[i].node].kind == NPIM_NODE_WEIGHTS) book_part(r, &map->parts[i]);
    for (uint32_t l = 0; l < r->n_layers; l++) {
        for (uint32_t e = 0; e < NPIM_N_EVENTS; e++) book_event(r, &r->layers[l], (npim_event)e);
        book_nameplate(r, &r->layers[l]);
    }
}

/* --- laws --- */

static npim_status unbalanced(npim_error *error, const char *what, double a, double b) {
    return npim_fail(error, NPIM_EINVARIANT, "the books do not balance: %s: %.17g against %.17g", what, a, b);
}

/* What the layers booked must be what the blocks saw. */
static npim_status check_movement(const npim_result *r, const npim_measurement *m, npim_error *error) {
    uint64_t edram_B = 0, bus_B = 0, flit_hops = 0, link_B = 0;
    for (uint32_t l = 0; l < r->n_layers; l++) {
        edram_B += r->layers[l].counts.edram_B;
        bus_B += r->layers[l].counts.bus_B;
        flit_hops += r->layers[l].counts.flit_hops;
        link_B += r->layers[l].counts.link_B;
    }
    if (edram_B != m->edram_B) return unbalanced(error, "eDRAM bytes", (double)edram_B, (double)m->edram_B);
    if (bus_B != m->bus_B) return unbalanced(error, "bus bytes", (double)bus_B, (double)m->bus_B);
    if (flit_hops != m->flit_hops)
        return unbalanced(error, "flits x hops", (double)flit_hops, (double)m->flit_hops);
    if (link_B != m->link_B)
        return unbalanced(error, "bytes over chip links", (double)link_B, (double)m->link_B);
    return NPIM_OK;
}

static npim_status check_signs(const npim_result *r, npim_error *error) {
    const double figures[] = {
        r->latency_ns, r->throughput,  r->bound,         r->bound_links, r->bound_work_conserving,
        r->compute_uJ, r->movement_uJ, r->nameplate_uJ,  r->constant_uJ, r->total_uJ,
        r->program_uJ, r->program_ms,  r->ad_conversions};
    for (size_t i = 0; i < sizeof figures / sizeof *figures; i++)
        if (!isfinite(figures[i]) || figures[i] < 0.0)
            return npim_fail(error, NPIM_EINVARIANT, "a total is negative or not finite: number %zu is %g", i,
                             figures[i]);
    for (uint32_t l = 0; l < r->n_layers; l++)
        for (uint32_t b = 0; b < r->map->arch->n_blocks; b++)
            if (!(r->layers[l].event_pJ[b] >= 0.0) || !(r->layers[l].nameplate_pJ[b] >= 0.0) ||
                !isfinite(r->layers[l].event_pJ[b] + r->layers[l].nameplate_pJ[b]))
                return npim_fail(error, NPIM_EINVARIANT, "%s, %s: an energy is negative or not finite",
                                 r->map->network->layers[l].name, r->map->arch->blocks[b].name);
    return NPIM_OK;
}

/* Time that the slowest layer takes for an image of one of its replicas, where these make images of their
 * own: they may complete together what they share; else 0. */
static double slowest_sequence_ps(const npim_map *map) {
    double longest_ps = 0.0, sequence_ps = 0.0;
    for (uint32_t n = 0; n < map->graph->n_nodes; n++) {
        if (npim_map_pace_ps(map, n) <= longest_ps) continue;
        longest_ps = npim_map_pace_ps(map, n);
        sequence_ps = map->placements[n].replica_images > 1 ? (double)npim_map_image_ps(map, n) : 0.0;
    }
    return sequence_ps;
}

/* No sequence takes less than its loop allows: the first image is alone, on the first replica. */
static npim_status check_loops(const npim_result *r, npim_error *error) {
    const npim_map *map = r->map;
    for (uint32_t n = 0; n < map->graph->n_nodes; n++) {
        const npim_node *node = &map->graph->nodes[n];
        if (!node->recurrent) continue;
        const npim_layer_counts *c = &r->layers[node->layer].counts;
        uint64_t least_ps = (node->out_h - 1) * npim_loop_ps(map, n, 0), took_ps = c->image_ps - c->first_ps;
        if (took_ps < least_ps)
            return unbalanced(error, "steps of a recurrent layer faster than its loop", (double)took_ps,
                              (double)least_ps);
    }
    return NPIM_OK;
}

/* Between the slowest layer's last window of image w and the end of the run it makes all windows of the
 * images behind w, none faster than its interval. The completions that throughput is measured from lie closer
 * together than the bound by no more than what image w lags behind that layer, since with nobody behind them
 * the last images catch up, and what the layer goes on with windows that nobody reads. */
static npim_status check_bounds(const npim_result *r, const npim_measurement *m, npim_error *error) {
    uint32_t images = r->map->arch->run.images, warm = images / 2;
    if (r->latency_ns < r->critical_path_ns)
        return unbalanced(error, "latency below the critical path", r->latency_ns, r->critical_path_ns);
    if (images < 3) return NPIM_OK;
    double span_ps = (double)(m->completed_ps[images - 1] - m->completed_ps[warm]);
    double lag_ps = (double)(m->completed_ps[warm] - m->warm_start_ps) + slowest_sequence_ps(r->map);
    if (m->last_start_ps > m->completed_ps[images - 1])
        lag_ps += (double)(m->last_start_ps - m->completed_ps[images - 1]);
    if (span_ps > 0 && r->throughput * span_ps > r->bound * (span_ps + lag_ps) * (1.0 + 1e-12))
        return unbalanced(error, "throughput above the pipeline bound", r->throughput, r->bound);
    return NPIM_OK;
}

npim_status npim_ledger_check(const npim_result *r, const npim_measurement *m, npim_error *error) {
    npim_status status = check_signs(r, error);
    if (status == NPIM_OK) status = npim_laws_check(r, m, error);
    if (status == NPIM_OK) status = check_movement(r, m, error);
    if (status == NPIM_OK) status = npim_accounts_check(r, error);
    if (status == NPIM_OK) status = check_bounds(r, m, error);
    if (status == NPIM_OK) status = check_loops(r, error);
    return status;
}
