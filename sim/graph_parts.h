/* Inside sim/graph*.c: a graph while it grows. */
#ifndef NPIM_SIM_GRAPH_PARTS_H
#define NPIM_SIM_GRAPH_PARTS_H

#include "sim/graph.h"
#include "sim/pieces.h"

#ifdef __cplusplus
extern "C" {
#endif

/* While building: the nodes of every layer, in channel order. */
typedef struct npim_graph_builder {
    npim_graph *graph;
    const npim_network *network;
    npim_pieces *of_layer; /* [n_layers] */
    uint32_t node_capacity, edge_capacity, n_wired;
    uint64_t traffic_px; /* of the edges so far */
    npim_error *error;
} npim_graph_builder;

npim_status npim_graph_no_memory(const npim_graph_builder *b);

/* NPIM_EUNSUPPORTED: with layer l, the network has more than so many. */
npim_status npim_graph_too_large(const npim_graph_builder *b, uint32_t l, const char *what,
                                 unsigned long long most);

/* Appends to the pieces. NPIM_ENOMEM. */
NPIM_MUST_USE npim_status npim_graph_add_piece(const npim_graph_builder *b, npim_pieces *to, npim_piece item);

/* Appends a node that hosts itself, and whose edges are those that are added next; index becomes its number.
 * NPIM_ENOMEM. */
NPIM_MUST_USE npim_status npim_graph_add_node(npim_graph_builder *b, npim_node node, uint32_t *index);

/* Appends an edge into the node that was added last. NPIM_EUNSUPPORTED naming the consumer's layer beyond
 * NPIM_MAX_EDGES and NPIM_MAX_TRAFFIC_PX; NPIM_ENOMEM. */
NPIM_MUST_USE npim_status npim_graph_add_edge(npim_graph_builder *b, npim_edge edge);

/* Edges into `consumer`, the node that was added last, for the pieces of one input, from channel consumer_c
 * on; the second with the node's own pad_top. As npim_graph_add_edge. */
NPIM_MUST_USE npim_status npim_graph_connect_rows(npim_graph_builder *b, uint32_t consumer,
                                                  const npim_pieces *from, uint32_t consumer_c,
                                                  uint32_t pad_top);
NPIM_MUST_USE npim_status npim_graph_connect(npim_graph_builder *b, uint32_t consumer,
                                             const npim_pieces *from, uint32_t consumer_c);

#ifdef __cplusplus
}
#endif
#endif
