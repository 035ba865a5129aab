#include "sim/lower_parts.h"

#include "hw/units.h"
#include "hw/window.h"
#include "sim/loop.h"

#include <stdlib.h>
#include <string.h>

npim_status npim_lower_no_memory(const npim_lowering *l) {
    return npim_fail(l->error, NPIM_ENOMEM, "no memory for the program");
}

static uint32_t larger(uint32_t a, uint32_t b) {
    return a > b ? a : b;
}
static uint32_t smaller(uint32_t a, uint32_t b) {
    return a < b ? a : b;
}

static npim_slot_kind kind_of(npim_node_kind kind) {
    return kind == NPIM_NODE_POOL   ? NPIM_SLOT_POOL
           : kind == NPIM_NODE_ADD  ? NPIM_SLOT_ADD
           : kind == NPIM_NODE_UNIT ? NPIM_SLOT_UNIT
           : kind == NPIM_NODE_MOVE ? NPIM_SLOT_MOVE
                                    : NPIM_SLOT_CROSSBAR;
}

/* Words of a window that pass the adder lanes or the activation unit; what passes a pooling unit depends on
 * where the window lies. */
static double unit_words(const npim_node *node, uint32_t channels) {
    return (double)channels * (node->kind == NPIM_NODE_ADD ? node->n_edges - 1 : 1);
}

static bool activates(const npim_lowering *l, const npim_node *node) {
    if (node->kind == NPIM_NODE_WEIGHTS) return true; /* model: 0.217 pJ for every output */
    return node->kind == NPIM_NODE_ADD &&
           l->map->network->layers[node->layer].activation != NPIM_ACTIVATION_NONE;
}

static void copy_window(npim_program_slot *slot, const npim_node *node) {
    slot->out_h = node->out_h;
    slot->in_w = node->in_w;
    slot->kernel_h = node->kernel_h;
    slot->kernel_w = node->kernel_w;
    slot->stride_h = node->stride_h;
    slot->stride_w = node->stride_w;
    slot->dilation_h = node->dilation_h;
    slot->dilation_w = node->dilation_w;
    slot->pad_left = node->pad_left;
}

/* The tile's buffer for an edge; UINT32_MAX when the tile reads nothing of it. */
static uint32_t find_buffer(const npim_lowering *l, uint32_t edge, uint32_t tile) {
    for (uint32_t i = l->first_of_edge[edge]; i < l->end_of_edge[edge]; i++)
        if (l->map->buffers[i].edge == edge && l->map->buffers[i].tile == tile) return i;
    return UINT32_MAX;
}

static npim_status lower_inputs(const npim_lowering *l, const npim_part *part, npim_program_slot *slot) {
    const npim_node *node = &l->map->graph->nodes[part->node];
    slot->inputs = calloc(node->n_edges, sizeof *slot->inputs);
    if (!slot->inputs) return npim_lower_no_memory(l);
    for (uint32_t e = node->first_edge; e < node->first_edge + node->n_edges; e++) {
        const npim_edge *edge = &l->map->graph->edges[e];
        uint32_t from = larger(part->in_from, edge->consumer_c);
        uint32_t to = smaller(part->in_to, edge->consumer_c + edge->channels);
        if (from >= to) continue;
        npim_status status = npim_stop_check(l->map->stop, l->error);
        if (status != NPIM_OK) return status;
        slot->inputs[slot->n_inputs++] = (npim_program_input){l->buffer_of_map[find_buffer(l, e, part->tile)],
                                                              (to - from) * l->map->arch->data.activation_B};
    }
    return NPIM_OK;
}

static npim_status lower_part(const npim_lowering *l, uint32_t p) {
    const npim_part *part = &l->map->parts[p];
    const npim_node *node = &l->map->graph->nodes[part->node];
    const npim_placement *at = &l->map->placements[part->node];
    npim_program_slot *slot = &l->program->tiles[part->tile].slots[l->slot_of_part[p]];
    slot->kind = kind_of(node->kind);
    slot->layer = node->layer;
    slot->node = part->node;
    slot->replica = part->replica;
    slot->shape = part->shape;
    slot->arrays = part->array_to - part->array_from;
    slot->interval_ps = at->interval_ps;
    uint32_t band;
    npim_map_share(l->map, part, &slot->row, &band, &slot->image);
    slot->row_step = at->replica_rows;
    slot->image_step = at->replica_images;
    npim_map_band(l->map, part->node, band, &slot->x_from, &slot->x_to);
    copy_window(slot, node);
    slot->unit_words = unit_words(node, part->out_to - part->out_from);
    slot->outputs = part->out_to - part->out_from;
    slot->output_B = slot->outputs * l->map->arch->data.activation_B;
    slot->activates = activates(l, node);
    if (node->recurrent) npim_loop_cell(slot->outputs, &slot->cell);
    slot->psum_in = part->psum_in;
    if (part->psum_out > 0) {
        slot->psum_out_B = part->psum_out * l->map->arch->data.psum_B;
        slot->psum_tile = l->map->parts[p + 1].tile; /* the next part of the same replica */
        slot->psum_slot = l->slot_of_part[p + 1];
    }
    return lower_inputs(l, part, slot);
}

/* Widens the columns of the producer's rows that are kept by what the windows of a slot read. */
static void mark_rows(const npim_program_slot *slot, uint32_t height, uint32_t pad_top, uint32_t *from,
                      uint32_t *to) {
    if (slot->x_from >= slot->x_to) return;
    uint32_t x_from = npim_window_first(slot->x_from, slot->stride_w, slot->pad_left, slot->in_w);
    uint32_t x_to = 1 + npim_window_last(slot->x_to - 1, slot->stride_w, slot->pad_left, slot->kernel_w,
                                         slot->dilation_w, slot->in_w);
    for (uint32_t y = slot->row; y < slot->out_h; y += slot->row_step) {
        uint32_t first = npim_window_first(y, slot->stride_h, pad_top, height);
        uint32_t last =
            npim_window_last(y, slot->stride_h, pad_top, slot->kernel_h, slot->dilation_h, height);
        for (uint32_t row = first; row <= last; row++) {
            from[row] = from[row] < to[row] ? smaller(from[row], x_from) : x_from;
            to[row] = larger(to[row], x_to);
        }
    }
}

static npim_status lower_buffer(const npim_lowering *l, uint32_t b) {
    const npim_map_buffer *map_buffer = &l->map->buffers[b];
    const npim_edge *edge = &l->map->graph->edges[map_buffer->edge];
    const npim_placement *producer = &l->map->placements[edge->producer];
    const npim_program_tile *tile = &l->program->tiles[map_buffer->tile];
    npim_program_buffer *buffer = &tile->buffers[l->buffer_of_map[b]];
    uint32_t height = l->map->graph->nodes[edge->producer].out_h, bands = producer->replica_bands;
    uint32_t *from = calloc(height, sizeof *from), *to = calloc(height, sizeof *to);
    uint32_t *band_x = calloc(bands + 1, sizeof *band_x);
    uint32_t *n_pieces = calloc(npim_map_replicas(producer), sizeof *n_pieces);
    buffer->address = map_buffer->address;
    buffer->edge = map_buffer->edge;
    buffer->pad_top = edge->pad_top;
    buffer->window = (npim_window_buffer_config){.height = height,
                                                 .row_from = from,
                                                 .row_to = to,
                                                 .capacity = map_buffer->capacity_px,
                                                 .n_replicas = producer->replica_rows,
                                                 .n_bands = bands,
                                                 .band_x = band_x,
                                                 .n_pieces = n_pieces,
                                                 .n_image_replicas = producer->replica_images};
    if (!from || !to || !band_x || !n_pieces) return npim_lower_no_memory(l);
    npim_status status = npim_stop_check(l->map->stop, l->error);
    if (status != NPIM_OK) return status;
    for (uint32_t s = 0; s < tile->n_slots; s++) {
        const npim_program_slot *slot = &tile->slots[s];
        if (slot->node != edge->consumer) continue;
        mark_rows(slot, height, edge->pad_top, from, to);
        buffer->window.image_first = slot->image; /* the same for all: replicas by image share no tile */
        buffer->window.image_step = slot->image_step;
    }
    for (uint32_t band = 0; band < bands; band++)
        npim_map_band(l->map, edge->producer, band, &band_x[band], &band_x[band + 1]);
    return NPIM_OK;
}

/* A pooling unit takes a word once for all windows of its tile: those of the row above may lie elsewhere.
 * Slots come node by node. */
static void find_rows_above(npim_program_tile *tile) {
    for (uint32_t i = 0, first = 0; i < tile->n_slots; i++) {
        npim_program_slot *slot = &tile->slots[i];
        uint32_t above = (slot->row + slot->row_step - 1) % slot->row_step;
        if (slot->node != tile->slots[first].node) first = i;
        if (slot->kind != NPIM_SLOT_POOL) continue;
        for (uint32_t k = first; k < tile->n_slots && tile->slots[k].node == slot->node; k++)
            if (tile->slots[k].row == above && tile->slots[k].x_from == slot->x_from)
                slot->row_above_here = true;
    }
}

static npim_status lower_input(const npim_lowering *l, uint32_t n, npim_program_slot *slot) {
    const npim_node *node = &l->map->graph->nodes[n];
    slot->layer = node->layer;
    slot->node = n;
    slot->row_step = 1;
    slot->x_to = node->out_w;
    slot->out_h = node->out_h;
    slot->outputs = node->channels;
    slot->output_B = node->channels * l->map->arch->data.activation_B;
    return npim_lower_destinations(l, n, 0, 0, node->channels, slot);
}

static npim_status lower_host(const npim_lowering *l) {
    const npim_graph *graph = l->map->graph;
    const npim_node *result = &graph->nodes[graph->n_nodes - 1];
    npim_status status = NPIM_OK;
    uint32_t n = 0;
    while (graph->nodes[n].kind == NPIM_NODE_INPUT) n++;
    l->program->hosts = calloc(n, sizeof *l->program->hosts);
    if (!l->program->hosts) return npim_lower_no_memory(l);
    l->program->n_hosts = n;
    for (uint32_t i = 0; i < n && status == NPIM_OK; i++) status = lower_input(l, i, &l->program->hosts[i]);
    for (uint32_t e = result->first_edge; e < result->first_edge + result->n_edges; e++)
        if (graph->nodes[graph->edges[e].producer].kind != NPIM_NODE_INPUT)
            l->program->host_B += (uint64_t)result->out_h * result->out_w * graph->edges[e].channels *
                                  l->map->arch->data.activation_B;
    return status;
}

static npim_status number_slots_and_buffers(npim_lowering *l) {
    const npim_map *map = l->map;
    for (uint32_t p = 0; p < map->n_parts; p++)
        l->slot_of_part[p] = l->program->tiles[map->parts[p].tile].n_slots++;
    for (uint32_t b = 0; b < map->n_buffers; b++) {
        uint32_t edge = map->buffers[b].edge;
        l->buffer_of_map[b] = l->program->tiles[map->buffers[b].tile].n_buffers++;
        if (l->end_of_edge[edge] == 0) l->first_of_edge[edge] = b;
        l->end_of_edge[edge] = b + 1;
    }
    for (uint32_t t = 0; t < map->n_tiles; t++) {
        npim_program_tile *tile = &l->program->tiles[t];
        tile->slots = calloc(tile->n_slots ? tile->n_slots : 1, sizeof *tile->slots);
        tile->buffers = calloc(tile->n_buffers ? tile->n_buffers : 1, sizeof *tile->buffers);
        if (!tile->slots || !tile->buffers) return npim_lower_no_memory(l);
    }
    return NPIM_OK;
}

static npim_status lower(npim_lowering *l) {
    const npim_map *map = l->map;
    npim_status status = number_slots_and_buffers(l);
    for (uint32_t p = 0; p < map->n_parts && status == NPIM_OK; p++) status = lower_part(l, p);
    for (uint32_t t = 0; t < map->n_tiles && status == NPIM_OK; t++) find_rows_above(&l->program->tiles[t]);
    for (uint32_t b = 0; b < map->n_buffers && status == NPIM_OK; b++) status = lower_buffer(l, b);
    if (status == NPIM_OK) status = lower_host(l);
    for (uint32_t p = 0; p < map->n_parts && status == NPIM_OK; p++) {
        const npim_part *part = &map->parts[p];
        if (part->out_from < part->out_to)
            status = npim_lower_destinations(l, part->node, part->replica, part->out_from, part->out_to,
                                             &l->program->tiles[part->tile].slots[l->slot_of_part[p]]);
    }
    return status;
}

npim_status npim_lower(npim_program *program, const npim_map *map, npim_error *error) {
    memset(program, 0, sizeof *program);
    npim_lowering l = {.program = program, .map = map, .error = error};
    program->n_tiles = map->n_tiles;
    program->images = map->arch->run.images;
    program->used_tiles = map->used_tiles;
    program->tiles_per_chip = map->arch->chip.tiles;
    program->ideal_links = map->arch->system.ideal_links;
    program->tiles = calloc(map->n_tiles, sizeof *program->tiles);
    l.slot_of_part = calloc(map->n_parts + 1, sizeof *l.slot_of_part);
    l.buffer_of_map = calloc(map->n_buffers + 1, sizeof *l.buffer_of_map);
    l.first_of_edge = calloc(map->graph->n_edges + 1, sizeof *l.first_of_edge);
    l.end_of_edge = calloc(map->graph->n_edges + 1, sizeof *l.end_of_edge);
    npim_status status = NPIM_OK;
    if (!program->tiles || !l.slot_of_part || !l.buffer_of_map || !l.first_of_edge || !l.end_of_edge)
        status = npim_lower_no_memory(&l);
    else
        status = lower(&l);
    free(l.slot_of_part);
    free(l.buffer_of_map);
    free(l.first_of_edge);
    free(l.end_of_edge);
    if (status != NPIM_OK) npim_program_fini(program);
    return status;
}
