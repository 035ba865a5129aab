#include "sim/hosting.h"

#include <stdlib.h>
#include <string.h>

/* The edge to the latest producer of the node's own channels, next to which it runs. */
static const npim_edge *latest_edge(const npim_graph *graph, uint32_t n) {
    const npim_node *node = &graph->nodes[n];
    const npim_edge *latest = NULL;
    for (uint32_t e = node->first_edge; e < node->first_edge + node->n_edges; e++) {
        const npim_edge *edge = &graph->edges[e];
        bool own = edge->consumer_c <= node->own_c && node->own_c - edge->consumer_c < edge->channels;
        if (own && (!latest || edge->producer > latest->producer)) latest = edge;
    }
    return latest;
}

static void link_nodes(npim_hosting *h) {
    uint32_t n_nodes = h->map->graph->n_nodes;
    for (uint32_t n = 0; n < n_nodes; n++) h->next[n] = n_nodes;
    for (uint32_t n = n_nodes; n-- > 0;) {
        uint32_t host = h->map->graph->nodes[n].host;
        if (host == n) continue;
        h->next[n] = h->next[host];
        h->next[host] = n;
    }
}

/* Replicas by image stay together: they have a single row. */
static uint32_t row_beside(const npim_hosting *h, const npim_node *node, uint32_t producer, uint32_t row) {
    uint64_t middle = (uint64_t)row * node->stride_h + (uint64_t)(node->kernel_h - 1) / 2 * node->dilation_h;
    middle = middle > node->pad_top ? middle - node->pad_top : 0;
    if (middle >= node->in_h) middle = node->in_h - 1;
    return h->row[h->first_row[producer] + middle % h->map->placements[producer].replica_rows];
}

/* Producers come before their consumers, so theirs are known. */
static void follow_producers(npim_hosting *h) {
    const npim_graph *graph = h->map->graph;
    for (uint32_t n = 0; n < graph->n_nodes; n++) {
        const npim_node *node = &graph->nodes[n];
        const npim_edge *latest = node->host == n ? NULL : latest_edge(graph, n);
        if (latest)
            h->offset[n] =
                h->offset[latest->producer] + latest->producer_c + (node->own_c - latest->consumer_c);
        for (uint32_t r = 0; r < h->map->placements[n].replica_rows; r++)
            h->row[h->first_row[n] + r] = latest ? row_beside(h, node, latest->producer, r) : r;
    }
}

npim_status npim_hosting_make(npim_hosting *h, const npim_map *map, npim_error *error) {
    uint32_t n_nodes = map->graph->n_nodes, n_rows = 0;
    memset(h, 0, sizeof *h);
    h->map = map;
    h->next = calloc(n_nodes, sizeof *h->next);
    h->offset = calloc(n_nodes, sizeof *h->offset);
    h->first_row = calloc(n_nodes, sizeof *h->first_row);
    for (uint32_t n = 0; h->first_row && n < n_nodes; n_rows += map->placements[n++].replica_rows)
        h->first_row[n] = n_rows;
    h->row = calloc(n_rows, sizeof *h->row);
    if (!h->next || !h->offset || !h->first_row || !h->row) {
        npim_hosting_fini(h);
        return npim_fail(error, NPIM_ENOMEM, "no memory for %u nodes", n_nodes);
    }
    link_nodes(h);
    follow_producers(h);
    return NPIM_OK;
}

void npim_hosting_fini(npim_hosting *h) {
    free(h->next);
    free(h->offset);
    free(h->first_row);
    free(h->row);
    memset(h, 0, sizeof *h);
}

void npim_hosting_channels(const npim_hosting *h, uint32_t n, uint32_t out_from, uint32_t out_to,
                           uint32_t *from, uint32_t *to) {
    uint32_t offset = h->offset[n], end = offset + h->map->graph->nodes[n].channels;
    uint32_t low = out_from > offset ? out_from : offset, high = out_to < end ? out_to : end;
    *from = low < high ? low - offset : 0;
    *to = low < high ? high - offset : 0;
}
