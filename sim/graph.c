#include "sim/graph_parts.h"

#include "hw/window.h"
#include "sim/skew.h"

#include <stdlib.h>
#include <string.h>

static npim_node node_of(const npim_layer *layer, uint32_t index, npim_node_kind kind) {
    return (npim_node){.kind = kind,
                       .layer = index,
                       .channels = layer->out_c,
                       .in_c = layer->in_c,
                       .in_h = layer->in_h,
                       .in_w = layer->in_w,
                       .out_h = layer->out_h,
                       .out_w = layer->out_w,
                       .kernel_h = layer->kernel_h,
                       .kernel_w = layer->kernel_w,
                       .stride_h = layer->stride_h,
                       .stride_w = layer->stride_w,
                       .dilation_h = layer->dilation_h,
                       .dilation_w = layer->dilation_w,
                       .pad_top = layer->pad_top,
                       .pad_left = layer->pad_left,
                       .groups = layer->groups};
}

/* A fully connected layer is a convolution whose kernel is its whole input map. */
static void make_map_wide(const npim_graph_builder *b, npim_node *node, const npim_pieces *from) {
    const npim_node *source = &b->graph->nodes[from->items[0].node];
    node->in_h = source->out_h;
    node->in_w = source->out_w;
    node->in_c =
        (uint32_t)(npim_layer_rows(&b->network->layers[node->layer]) / ((uint64_t)node->in_h * node->in_w));
    node->kernel_h = node->in_h;
    node->kernel_w = node->in_w;
    node->stride_h = node->stride_w = node->dilation_h = node->dilation_w = 1;
    node->pad_top = node->pad_left = 0;
    node->out_h = node->out_w = 1;
    node->groups = 1;
}

static npim_status add_weights(npim_graph_builder *b, uint32_t l) {
    const npim_layer *layer = &b->network->layers[l];
    const npim_pieces *from = &b->of_layer[layer->inputs[0]];
    npim_node node = node_of(layer, l, NPIM_NODE_WEIGHTS);
    uint32_t index = 0;
    if (layer->kind == NPIM_LAYER_FC) make_map_wide(b, &node, from);
    npim_status status = npim_graph_add_node(b, node, &index);
    if (status == NPIM_OK) status = npim_graph_connect(b, index, from, 0);
    if (status == NPIM_OK)
        status = npim_graph_add_piece(b, &b->of_layer[l], (npim_piece){index, 0, layer->out_c});
    return status;
}

/* Its inputs follow each other in time; each step but the first also reads the output of the one before. */
static npim_status add_recurrent(npim_graph_builder *b, uint32_t l) {
    const npim_layer *layer = &b->network->layers[l];
    npim_node node = node_of(layer, l, NPIM_NODE_WEIGHTS);
    uint32_t index = 0, step = 0;
    node.in_c = layer->in_c + layer->out_c;
    node.recurrent = true;
    npim_status status = npim_graph_add_node(b, node, &index);
    for (uint32_t i = 0; i < layer->n_inputs && status == NPIM_OK; i++) {
        status = npim_graph_connect_rows(b, index, &b->of_layer[layer->inputs[i]], 0, step);
        step += b->network->layers[layer->inputs[i]].out_h;
    }
    npim_edge loop = {.producer = index,
                      .consumer = index,
                      .consumer_c = layer->in_c,
                      .channels = layer->out_c,
                      .pad_top = 1};
    if (status == NPIM_OK && step > 1) status = npim_graph_add_edge(b, loop);
    return status == NPIM_OK ? npim_graph_add_piece(b, &b->of_layer[l], (npim_piece){index, 0, layer->out_c})
                             : status;
}

void npim_graph_channels(const npim_node *node, uint32_t from, uint32_t to, uint32_t *in_from,
                         uint32_t *in_to) {
    uint64_t first = (uint64_t)node->own_c + from, end = (uint64_t)node->own_c + to + node->above;
    *in_from = first > node->below ? (uint32_t)(first - node->below) : 0;
    *in_to = end < node->in_c ? (uint32_t)end : node->in_c;
}

bool npim_graph_reads(const npim_graph *graph, const npim_edge *edge, uint32_t y) {
    const npim_node *v = &graph->nodes[edge->consumer];
    return !v->recurrent || npim_window_inside(y, v->stride_h, edge->pad_top, v->kernel_h, v->dilation_h,
                                               graph->nodes[edge->producer].out_h) > 0;
}

/* The end of the run of channels from c on within which every input comes from a single node. */
static uint32_t common_end(const npim_graph_builder *b, const npim_layer *layer, uint32_t c) {
    uint32_t end = layer->out_c;
    for (uint32_t i = 0; i < layer->n_inputs; i++) {
        uint32_t of_input = npim_pieces_end(&b->of_layer[layer->inputs[i]], c);
        if (of_input < end) end = of_input;
    }
    return end;
}

/* Channels that an output reads besides its own: those in the sum of a normalisation, all for a softmax. */
static void set_reach(npim_node *node, const npim_layer *layer) {
    if (layer->kind == NPIM_LAYER_LRN) {
        node->below = (layer->size - 1) / 2;
        node->above = layer->size - 1 - node->below;
    } else if (layer->kind == NPIM_LAYER_ACTIVATION && layer->activation == NPIM_ACTIVATION_SOFTMAX) {
        node->below = node->above = layer->in_c;
    }
}

/* One node for channels [c, end) of a layer without weights; it runs where the latest producer of these runs.
 */
static npim_status add_digital_part(npim_graph_builder *b, uint32_t l, npim_node_kind kind, uint32_t c,
                                    uint32_t end) {
    const npim_layer *layer = &b->network->layers[l];
    npim_node node = node_of(layer, l, kind);
    uint32_t index = 0, latest = 0, from, to;
    node.c_from = c;
    node.channels = end - c;
    set_reach(&node, layer);
    npim_graph_channels(&node, c, end, &from, &to);
    node.in_c = to - from;
    node.own_c = c - from;
    if (layer->kind == NPIM_LAYER_GLOBALPOOL) {
        node.kernel_h = node.stride_h = layer->in_h; /* one window: every word passes once */
        node.kernel_w = node.stride_w = layer->in_w;
    }
    npim_status status = npim_graph_add_node(b, node, &index);
    for (uint32_t i = 0; i < layer->n_inputs && status == NPIM_OK; i++) {
        const npim_pieces *of = &b->of_layer[layer->inputs[i]];
        npim_pieces part = {0};
        if (!npim_pieces_slice(of, from, to - from, &part)) status = npim_graph_no_memory(b);
        if (status == NPIM_OK) status = npim_graph_connect(b, index, &part, 0);
        if (npim_pieces_node(of, c) > latest) latest = npim_pieces_node(of, c);
        npim_pieces_fini(&part);
    }
    if (status != NPIM_OK) return status;
    if (b->graph->nodes[latest].kind != NPIM_NODE_INPUT)
        b->graph->nodes[index].host = b->graph->nodes[latest].host;
    return npim_graph_add_piece(b, &b->of_layer[l], (npim_piece){index, 0, end - c});
}

static npim_status add_digital(npim_graph_builder *b, uint32_t l, npim_node_kind kind) {
    const npim_layer *layer = &b->network->layers[l];
    npim_status status = NPIM_OK;
    for (uint32_t c = 0, end; c < layer->out_c && status == NPIM_OK; c = end) {
        end = common_end(b, layer, c);
        status = add_digital_part(b, l, kind, c, end);
    }
    return status;
}

/* Every window covers the whole map: window row y begins out_h - 1 - y rows above it. */
static npim_status add_gather(npim_graph_builder *b, uint32_t l) {
    const npim_layer *layer = &b->network->layers[l];
    const npim_pieces *from = &b->of_layer[layer->inputs[0]];
    npim_node node = node_of(layer, l, NPIM_NODE_MOVE);
    const npim_node *source = &b->graph->nodes[from->items[0].node];
    uint32_t index = 0;
    node.in_c = npim_pieces_channels(from); /* of a pixel, flat or not */
    node.in_h = source->out_h;
    node.in_w = source->out_w;
    node.below = node.above = node.in_c;
    node.kernel_h = node.in_h + node.out_h - 1;
    node.kernel_w = node.in_w + node.out_w - 1;
    node.pad_top = node.out_h - 1;
    node.pad_left = node.out_w - 1;
    npim_status status = npim_graph_add_node(b, node, &index);
    if (status == NPIM_OK) status = npim_graph_connect(b, index, from, 0);
    if (status == NPIM_OK)
        status = npim_graph_add_piece(b, &b->of_layer[l], (npim_piece){index, 0, layer->out_c});
    return status;
}

/* Concatenation and flattening: the pieces of the inputs, one after the other. Concatenations of
 * concatenations can double them layer by layer. */
static npim_status add_wiring(npim_graph_builder *b, uint32_t l) {
    const npim_layer *layer = &b->network->layers[l];
    npim_status status = NPIM_OK;
    for (uint32_t i = 0; i < layer->n_inputs && status == NPIM_OK; i++) {
        const npim_pieces *of = &b->of_layer[layer->inputs[i]];
        b->n_wired += of->n;
        if (b->n_wired > NPIM_MAX_EDGES)
            return npim_graph_too_large(b, l, "parts of layers in its concatenations", NPIM_MAX_EDGES);
        for (uint32_t k = 0; k < of->n && status == NPIM_OK; k++)
            status = npim_graph_add_piece(b, &b->of_layer[l], of->items[k]);
    }
    return status;
}

/* A flattened map keeps its pixels here, so only a fully connected layer and a gather can read it (or any
 * where it is of 1 x 1 pixels). */
static npim_status check_flattened(const npim_graph_builder *b, uint32_t l) {
    const npim_layer *layer = &b->network->layers[l];
    if (layer->kind == NPIM_LAYER_FC || layer->kind == NPIM_LAYER_FLATTEN || layer->kind == NPIM_LAYER_GATHER)
        return NPIM_OK;
    for (uint32_t i = 0; i < layer->n_inputs; i++) {
        const npim_layer *from = &b->network->layers[layer->inputs[i]];
        if (npim_pieces_channels(&b->of_layer[layer->inputs[i]]) != from->out_c)
            return npim_fail(
                b->error, NPIM_EUNSUPPORTED,
                "line %u: layer %s (%s) reads the flattened %s: only fc and gather can follow a flatten of "
                "more than one pixel",
                layer->line, layer->name, npim_layer_kind_names[layer->kind], from->name);
    }
    return NPIM_OK;
}

static npim_status add_layer(npim_graph_builder *b, uint32_t l) {
    npim_status status = check_flattened(b, l);
    if (status != NPIM_OK) return status;
    uint32_t index = 0;
    switch (b->network->layers[l].kind) {
    case NPIM_LAYER_INPUT:
        status = npim_graph_add_node(b, node_of(&b->network->layers[l], l, NPIM_NODE_INPUT), &index);
        if (status != NPIM_OK) return status;
        return npim_graph_add_piece(b, &b->of_layer[l], (npim_piece){index, 0, b->network->layers[l].out_c});
    case NPIM_LAYER_CONV:
    case NPIM_LAYER_FC:
        return add_weights(b, l);
    case NPIM_LAYER_LSTM:
        return add_recurrent(b, l);
    case NPIM_LAYER_MAXPOOL:
    case NPIM_LAYER_AVGPOOL:
    case NPIM_LAYER_GLOBALPOOL:
        return add_digital(b, l, NPIM_NODE_POOL);
    case NPIM_LAYER_ADD:
    case NPIM_LAYER_SUB:
    case NPIM_LAYER_MUL:
        return add_digital(b, l, NPIM_NODE_ADD);
    case NPIM_LAYER_ACTIVATION:
    case NPIM_LAYER_SCALE:
    case NPIM_LAYER_LRN:
        return add_digital(b, l, NPIM_NODE_UNIT);
    case NPIM_LAYER_GATHER:
        return add_gather(b, l);
    case NPIM_LAYER_CONCAT:
    case NPIM_LAYER_FLATTEN:
        break;
    }
    return add_wiring(b, l);
}

static npim_status add_output(npim_graph_builder *b) {
    const npim_pieces *of = &b->of_layer[b->network->output];
    const npim_node *last = &b->graph->nodes[of->items[0].node];
    npim_node node = {.kind = NPIM_NODE_OUTPUT,
                      .layer = b->network->output,
                      .in_h = last->out_h,
                      .in_w = last->out_w,
                      .out_h = last->out_h,
                      .out_w = last->out_w,
                      .kernel_h = 1,
                      .kernel_w = 1,
                      .stride_h = 1,
                      .stride_w = 1,
                      .dilation_h = 1,
                      .dilation_w = 1,
                      .groups = 1};
    uint32_t index = 0;
    node.in_c = node.channels = npim_pieces_channels(of); /* of a pixel, flat or not */
    npim_status status = npim_graph_add_node(b, node, &index);
    return status == NPIM_OK ? npim_graph_connect(b, index, of, 0) : status;
}

npim_status npim_graph_build(npim_graph *graph, const npim_network *network, const npim_stop *stop,
                             npim_error *error) {
    memset(graph, 0, sizeof *graph);
    npim_graph_builder b = {.graph = graph, .network = network, .error = error};
    b.of_layer = calloc(network->n_layers, sizeof *b.of_layer);
    npim_status status = b.of_layer ? npim_stop_check(stop, error) : npim_graph_no_memory(&b);
    for (uint32_t l = 0; l < network->n_layers && status == NPIM_OK; l++) {
        status = add_layer(&b, l);
        if (status == NPIM_OK) status = npim_stop_check(stop, error);
    }
    if (status == NPIM_OK) status = add_output(&b);
    if (status == NPIM_OK) status = npim_skew_minimum(graph, stop, error);
    for (uint32_t l = 0; b.of_layer && l < network->n_layers; l++) npim_pieces_fini(&b.of_layer[l]);
    free(b.of_layer);
    if (status != NPIM_OK) npim_graph_fini(graph);
    return status;
}

void npim_graph_fini(npim_graph *graph) {
    free(graph->nodes);
    free(graph->edges);
    memset(graph, 0, sizeof *graph);
}
