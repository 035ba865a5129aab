#include "sim/graph_parts.h"

#include <stdlib.h>

npim_status npim_graph_no_memory(const npim_graph_builder *b) {
    return npim_fail(b->error, NPIM_ENOMEM, "%s: no memory for the graph", b->network->name);
}

/* Makes room for one more item; NULL when out of memory. */
static void *room(void *items, uint32_t n, uint32_t *capacity, size_t size) {
    if (n < *capacity) return items;
    uint32_t larger = *capacity ? *capacity * 2 : 8;
    void *grown = realloc(items, larger * size);
    if (grown) *capacity = larger;
    return grown;
}

npim_status npim_graph_add_piece(const npim_graph_builder *b, npim_pieces *to, npim_piece item) {
    return npim_pieces_add(to, item) ? NPIM_OK : npim_graph_no_memory(b);
}

npim_status npim_graph_add_node(npim_graph_builder *b, npim_node node, uint32_t *index) {
    npim_node *grown = room(b->graph->nodes, b->graph->n_nodes, &b->node_capacity, sizeof *grown);
    if (!grown) return npim_graph_no_memory(b);
    b->graph->nodes = grown;
    *index = b->graph->n_nodes;
    node.first_edge = b->graph->n_edges;
    node.host = *index;
    b->graph->nodes[b->graph->n_nodes++] = node;
    return NPIM_OK;
}

npim_status npim_graph_too_large(const npim_graph_builder *b, uint32_t l, const char *what,
                                 unsigned long long most) {
    const npim_layer *layer = &b->network->layers[l];
    return npim_fail(b->error, NPIM_EUNSUPPORTED, "line %u: layer %s (%s): the network has more than %llu %s",
                     layer->line, layer->name, npim_layer_kind_names[layer->kind], most, what);
}

static uint64_t positions(const npim_node *node) {
    return (uint64_t)node->out_h * node->out_w;
}

npim_status npim_graph_add_edge(npim_graph_builder *b, npim_edge edge) {
    const npim_node *to = &b->graph->nodes[edge.consumer];
    b->traffic_px += positions(&b->graph->nodes[edge.producer]) + positions(to);
    if (b->traffic_px > NPIM_MAX_TRAFFIC_PX)
        return npim_graph_too_large(b, to->layer, "pixels and windows per image on its connections",
                                    NPIM_MAX_TRAFFIC_PX);
    if (b->graph->n_edges == NPIM_MAX_EDGES)
        return npim_graph_too_large(b, to->layer, "connections between parts of layers", NPIM_MAX_EDGES);
    npim_edge *grown = room(b->graph->edges, b->graph->n_edges, &b->edge_capacity, sizeof *grown);
    if (!grown) return npim_graph_no_memory(b);
    b->graph->edges = grown;
    b->graph->edges[b->graph->n_edges++] = edge;
    b->graph->nodes[edge.consumer].n_edges++;
    return NPIM_OK;
}

npim_status npim_graph_connect_rows(npim_graph_builder *b, uint32_t consumer, const npim_pieces *from,
                                    uint32_t consumer_c, uint32_t pad_top) {
    for (uint32_t i = 0; i < from->n; i++) {
        const npim_piece *p = &from->items[i];
        npim_edge edge = {.producer = p->node,
                          .consumer = consumer,
                          .producer_c = p->node_c,
                          .consumer_c = consumer_c,
                          .channels = p->channels,
                          .pad_top = pad_top};
        npim_status status = npim_graph_add_edge(b, edge);
        if (status != NPIM_OK) return status;
        consumer_c += p->channels;
    }
    return NPIM_OK;
}

npim_status npim_graph_connect(npim_graph_builder *b, uint32_t consumer, const npim_pieces *from,
                               uint32_t consumer_c) {
    return npim_graph_connect_rows(b, consumer, from, consumer_c, b->graph->nodes[consumer].pad_top);
}
