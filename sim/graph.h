/* The network as the hardware sees it: nodes that process windows, edges that carry pixels.
 *
 * Concatenation and flattening are wiring: they vanish into the channel ranges of the edges. A pooling,
 * addition or activation behind a concatenation is split along it, since these work channel by channel; so
 * are a normalisation and a softmax, whose parts also read the channels around theirs. Node 0 is the host's
 * image, further inputs follow it, the last node is the host's result.
 *
 * A gather may put any element of its input anywhere, so each of its windows waits for the whole map: a
 * kernel so large, and a border so wide, that every window covers it. It runs on a single tile and moves one
 * word for each of its outputs.
 *
 * A recurrent layer is a map of height steps and width 1: window y reads the row of its inputs that is step
 * y, and row y - 1 of its own output. Its matrix has the channels of a step first, then the hidden units. */
#ifndef NPIM_SIM_GRAPH_H
#define NPIM_SIM_GRAPH_H

#include "sim/network.h"
#include "sim/stop.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef enum npim_node_kind {
    NPIM_NODE_INPUT,   /* the host sends pixels in raster order */
    NPIM_NODE_WEIGHTS, /* conv, fc and lstm: windows on crossbars */
    NPIM_NODE_POOL,    /* pooling unit */
    NPIM_NODE_ADD,     /* adder lanes: sums, differences, products of two */
    NPIM_NODE_UNIT,    /* activation unit alone */
    NPIM_NODE_MOVE,    /* no unit: eDRAM and bus alone */
    NPIM_NODE_OUTPUT   /* the host receives */
} npim_node_kind;

typedef struct npim_edge {
    uint32_t producer, consumer;     /* nodes */
    uint32_t producer_c, consumer_c; /* first channel at either end */
    uint32_t channels;
    uint32_t pad_top; /* the consumer's window y reads producer rows from y x stride_h - pad_top on, as far as
                         there are any: the node's, but for the inputs of a recurrent node */
    /* Smallest buffer, in pixels of the producer, with which no producer can block a window that others wait
     * for: the window itself plus the skew (what a residual addition or a concatenation must hold while the
     * slower branch catches up). */
    uint32_t minimum_px;
    uint32_t window_px; /* of that, the window: (kernel_h - 1) x dilation x width + kernel_w */
} npim_edge;

typedef struct npim_node {
    npim_node_kind kind;
    uint32_t layer;    /* index into the network */
    uint32_t c_from;   /* first channel of the layer's output that this node makes */
    uint32_t channels; /* how many */
    uint32_t in_c, in_h, in_w, out_h, out_w;
    uint32_t own_c;        /* nodes without weights: its output channel c is input channel own_c + c, */
    uint32_t below, above; /* and also reads so many input channels before and behind that one */
    uint32_t kernel_h, kernel_w, stride_h, stride_w, dilation_h, dilation_w, pad_top, pad_left;
    uint32_t groups;
    bool recurrent;               /* reads its own output too, and its replicas make whole images */
    uint32_t first_edge, n_edges; /* inputs: edges[first_edge .. first_edge + n_edges) */
    uint32_t host; /* the node on whose tiles a node without weights runs: its latest producer; itself
                      where there is none */
} npim_node;

/* Owned by whoever built it. */
typedef struct npim_graph {
    npim_node *nodes;
    uint32_t n_nodes;
    npim_edge *edges; /* grouped by consumer */
    uint32_t n_edges;
} npim_graph;

/* The input channels [*in_from, *in_to) that output channels [from, to) of a node without weights read. */
void npim_graph_channels(const npim_node *node, uint32_t from, uint32_t to, uint32_t *in_from,
                         uint32_t *in_to);

/* True when window row y of a recurrent node reads anything of one of its edges (others: clipped to the
 * border). */
bool npim_graph_reads(const npim_graph *graph, const npim_edge *edge, uint32_t y);

/* So that the mapper need not visit too much, and yet far above networks in use: the dense blocks of
 * DenseNet-264 have some 3,400 edges; a chain of 20 convolutions on 3840 x 2160 pixels carries 0.33 x 10^9.
 */
#define NPIM_MAX_EDGES 32768u
#define NPIM_MAX_TRAFFIC_PX (1ull << 31) /* pixels sent and windows read per image, over all edges */

/* Builds the graph of a network. graph must be zeroed or finished, stop may be NULL. NPIM_EUNSUPPORTED for a
 * flattened map of more than one pixel that feeds anything but a fully connected layer, and for a graph
 * beyond the limits above; NPIM_EINTERRUPTED. */
NPIM_MUST_USE npim_status npim_graph_build(npim_graph *graph, const npim_network *network,
                                           const npim_stop *stop, npim_error *error);

void npim_graph_fini(npim_graph *graph); /* safe on a zeroed struct and twice */

#ifdef __cplusplus
}
#endif
#endif
