#include "sim/loop.h"

#include "hw/bus.h"
#include "hw/edram.h"
#include "hw/link.h"
#include "hw/router.h"
#include "hw/units.h"

static uint64_t larger(uint64_t a, uint64_t b) {
    return a > b ? a : b;
}
static uint64_t smaller(uint64_t a, uint64_t b) {
    return a < b ? a : b;
}

static uint64_t apart(uint64_t a, uint64_t b) {
    return larger(a, b) - smaller(a, b);
}

static const void *config_of(const npim_map *map, const char *block) {
    return npim_arch_block(map->arch, block)->config;
}

static uint64_t stepped_ps(const npim_map *map, uint64_t ps) {
    return npim_align_up(ps, map->arch->plan.step_ps);
}

void npim_loop_cell(uint32_t outputs, npim_program_cell *cell) {
    *cell = (npim_program_cell){
        .gates = NPIM_LSTM_GATES * outputs, .state = 3 * outputs, .tanh = outputs, .outputs = outputs};
}

/* --- pieces of the way, each with its resources to itself --- */

static uint64_t unit_ps(const npim_map *map, const char *name, uint32_t words) {
    const npim_block_instance *block = npim_arch_block(map->arch, name);
    npim_work work = {.count = words, .units = block->placement.units};
    return words ? stepped_ps(map, block->ops->latency_ps(block->core, &work)) : 0;
}

static uint64_t bus_ps(const npim_map *map, uint64_t bytes) {
    const npim_bus_config *bus = config_of(map, "bus");
    return npim_ceil_div(bytes, bus->width_bits / 8) * NPIM_CLOCK_PS;
}

static uint64_t edram_ps(const npim_map *map, uint64_t bytes) {
    const npim_edram_config *edram = config_of(map, "edram");
    return bytes ? (npim_ceil_div(bytes, edram->width_B) + edram->latency_clocks) * NPIM_CLOCK_PS : 0;
}

/* Channels of [from, to) that lie in [low, high), in bytes. */
static uint64_t common_B(const npim_map *map, uint64_t from, uint64_t to, uint64_t low, uint64_t high) {
    uint64_t first = larger(from, low), end = smaller(to, high);
    return first < end ? (end - first) * map->arch->data.activation_B : 0;
}

/* Channels of the matrix that are inputs of the step; the hidden units lie behind them. */
static uint32_t step_channels(const npim_map *map, const npim_part *part) {
    const npim_node *node = &map->graph->nodes[part->node];
    return node->in_c - node->channels;
}

/* The bus follows the banks from their first word on, and carries the inputs of the step and the hidden units
 * one after the other. */
static uint64_t read_ps(const npim_map *map, const npim_part *part) {
    uint32_t c = step_channels(map, part), end = map->graph->nodes[part->node].in_c;
    uint64_t x_B = common_B(map, part->in_from, part->in_to, 0, c);
    uint64_t h_B = common_B(map, part->in_from, part->in_to, c, end);
    return stepped_ps(map,
                      larger(edram_ps(map, 1) + bus_ps(map, x_B) + bus_ps(map, h_B), edram_ps(map, h_B)));
}

static uint64_t write_ps(const npim_map *map, const npim_part *part) {
    uint64_t bytes = (uint64_t)(part->out_to - part->out_from) * map->arch->data.activation_B;
    return stepped_ps(map, bus_ps(map, bytes) + edram_ps(map, bytes));
}

static uint64_t cell_ps(const npim_map *map, const npim_part *part) {
    npim_program_cell cell;
    npim_loop_cell(part->out_to - part->out_from, &cell);
    return unit_ps(map, "activation", cell.gates) + unit_ps(map, "adder", cell.state) +
           unit_ps(map, "activation", cell.tanh) + unit_ps(map, "adder", cell.outputs);
}

static uint32_t routers_between(const npim_map *map, uint32_t from, uint32_t to) {
    const npim_arch *arch = map->arch;
    uint32_t tiles = arch->chip.tiles, per_router = arch->chip.tiles_per_router, width = 1;
    if (from / tiles != to / tiles) return 2; /* at least, on two chips */
    while ((uint64_t)width * width < npim_ceil_div(tiles, per_router)) width++;
    uint32_t a = from % tiles / per_router, b = to % tiles / per_router;
    return (uint32_t)(1 + apart(a % width, b % width) + apart(a / width, b / width));
}

/* Through the network: the head takes its time at every router, all flits pass the last link; ideal links
 * carry packets side by side. bytes > 0. */
static uint64_t way_ps(const npim_map *map, uint32_t from, uint32_t to, uint64_t bytes) {
    const npim_link_config *link = config_of(map, "link");
    const npim_router_config *router = config_of(map, "router");
    uint64_t packet_B = (uint64_t)link->packet_flits * link->flit_B, last_B = (bytes - 1) % packet_B + 1;
    uint64_t flits = 1 + npim_ceil_div(last_B, link->flit_B);
    if (!map->arch->system.ideal_links) flits += (bytes - last_B) / packet_B * (1 + link->packet_flits);
    uint64_t head_clocks = (uint64_t)routers_between(map, from, to) * router->latency_clocks;
    return (head_clocks + flits * link->clocks) * NPIM_CLOCK_PS;
}

/* --- from part to part --- */

/* From the outputs of one part in its eDRAM to those of another; 0: the other reads none of them, or has them
 * already. */
static uint64_t deliver_ps(const npim_map *map, const npim_part *from, const npim_part *to, bool *reads) {
    const npim_link_config *link = config_of(map, "link");
    uint32_t c = step_channels(map, from), packet_B = link->packet_flits * link->flit_B;
    uint64_t all_B = (uint64_t)(from->out_to - from->out_from) * map->arch->data.activation_B;
    uint64_t bytes =
        common_B(map, (uint64_t)from->out_from + c, (uint64_t)from->out_to + c, to->in_from, to->in_to);
    *reads = bytes > 0;
    if (bytes == 0 || from->tile == to->tile) return 0;
    return edram_ps(map, all_B) + way_ps(map, from->tile, to->tile, bytes) +
           edram_ps(map, (bytes - 1) % packet_B + 1);
}

/* From the issue of a step on one part to the issue of the next one on another, by the longest way over the
 * parts that its partial sums pass; 0: the other does not depend on it. */
static uint64_t step_ps(const npim_map *map, const npim_part *from, const npim_part *to) {
    uint64_t longest_ps = 0, sums_ps = read_ps(map, from);
    sums_ps += npim_pe_plan_run(&map->arch->plan, &from->shape, 0, NULL, NULL, NULL).done_ps;
    for (const npim_part *at = from;; at++) {
        bool reads;
        sums_ps += unit_ps(map, "adder", at->psum_in);
        uint64_t back_ps = deliver_ps(map, at, to, &reads);
        uint64_t all_ps = sums_ps + cell_ps(map, at) + write_ps(map, at) + back_ps;
        if (reads && all_ps > longest_ps) longest_ps = all_ps;
        if (at->psum_out == 0) return longest_ps;
        sums_ps += way_ps(map, at->tile, at[1].tile, (uint64_t)at->psum_out * map->arch->data.psum_B);
    }
}

uint64_t npim_loop_alone_ps(const npim_map *map, const npim_part *part) {
    return read_ps(map, part) +
           npim_pe_plan_run(&map->arch->plan, &part->shape, 0, NULL, NULL, NULL).done_ps +
           cell_ps(map, part) + write_ps(map, part);
}

uint64_t npim_loop_ps(const npim_map *map, uint32_t node, uint32_t replica) {
    const npim_placement *p = &map->placements[node];
    uint64_t longest_ps = p->interval_ps;
    for (uint32_t i = p->first_part; i < p->first_part + p->n_parts && !npim_stop_wanted(map->stop); i++) {
        if (map->parts[i].replica != replica) continue;
        for (uint32_t k = i; k < p->first_part + p->n_parts && map->parts[k].replica == replica; k++) {
            uint64_t there_ps = step_ps(map, &map->parts[i], &map->parts[k]);
            uint64_t back_ps = step_ps(map, &map->parts[k], &map->parts[i]);
            if (there_ps > 0 && back_ps > 0) longest_ps = larger(longest_ps, (there_ps + back_ps) / 2);
        }
    }
    return longest_ps;
}

uint64_t npim_loop_slowest_ps(const npim_map *map, uint32_t node) {
    uint64_t longest_ps = 0;
    for (uint32_t r = 0; r < npim_map_replicas(&map->placements[node]); r++)
        longest_ps = larger(longest_ps, npim_loop_ps(map, node, r));
    return longest_ps;
}
