#include "sim/skew.h"

#include "hw/window.h"

#include <stdlib.h>

/* One pass over all windows of an image, in the order described in skew.h. */
typedef struct pass {
    npim_graph *graph;
    uint32_t *next;           /* [n_nodes] number of the next window, of 2^30 at most */
    uint64_t *produced;       /* [n_nodes] pixels made */
    uint32_t *first_consumer; /* [n_nodes + 1] into consumers */
    uint32_t *consumers;      /* [n_edges] edges by producer, the last first */
    uint32_t *awaited;        /* [n_nodes] first edge not yet found to hold what the next window reads */
    const npim_stop *stop;
} pass;

/* One more than the number of the last pixel that a window reads of an edge; 0: it reads nothing. */
static uint64_t pixels_read(const npim_graph *graph, const npim_edge *edge, uint32_t window) {
    const npim_node *v = &graph->nodes[edge->consumer];
    uint32_t y = window / v->out_w, x = window % v->out_w;
    if (!npim_graph_reads(graph, edge, y)) return 0;
    uint64_t row = npim_window_last(y, v->stride_h, edge->pad_top, v->kernel_h, v->dilation_h,
                                    graph->nodes[edge->producer].out_h);
    return 1 + row * v->in_w +
           npim_window_last(x, v->stride_w, v->pad_left, v->kernel_w, v->dilation_w, v->in_w);
}

/* Number of the oldest pixel that this window or a later one reads: padding can clip the windows of the next
 * row to the same first row. */
static uint64_t oldest_pixel(const npim_graph *graph, const npim_edge *edge, uint32_t window) {
    const npim_node *v = &graph->nodes[edge->consumer];
    uint32_t y = window / v->out_w, x = window % v->out_w;
    uint32_t in_h = graph->nodes[edge->producer].out_h;
    bool over = v->recurrent && (uint64_t)y * v->stride_h >= (uint64_t)edge->pad_top + in_h;
    if (y >= v->out_h || over) return (uint64_t)in_h * v->in_w;
    uint64_t here = (uint64_t)npim_window_first(y, v->stride_h, edge->pad_top, in_h) * v->in_w +
                    npim_window_first(x, v->stride_w, v->pad_left, v->in_w);
    if (y + 1 >= v->out_h) return here;
    uint64_t next = (uint64_t)npim_window_first(y + 1, v->stride_h, edge->pad_top, in_h) * v->in_w;
    return here < next ? here : next;
}

/* What an edge holds is never taken back, so each edge need be waited for only once for a window. */
static bool is_ready(pass *p, uint32_t n) {
    const npim_node *v = &p->graph->nodes[n];
    if (npim_stop_wanted(p->stop) || p->next[n] >= (uint64_t)v->out_h * v->out_w) return false;
    for (; p->awaited[n] < v->first_edge + v->n_edges; p->awaited[n]++) {
        const npim_edge *edge = &p->graph->edges[p->awaited[n]];
        if (p->produced[edge->producer] < pixels_read(p->graph, edge, p->next[n])) return false;
    }
    return true;
}

/* A node makes its next pixel; the consumers that can go on now do so, all the way down. The depth is that of
 * the network: a node that reads itself goes on where it was asked to, with its last edge. */
static void produce(pass *p, uint32_t n) {
    uint64_t pixel = p->produced[n]++;
    for (uint32_t i = p->first_consumer[n]; i < p->first_consumer[n + 1]; i++) {
        npim_edge *edge = &p->graph->edges[p->consumers[i]];
        uint64_t oldest = oldest_pixel(p->graph, edge, p->next[edge->consumer]);
        if (pixel >= oldest && pixel - oldest + 1 > edge->minimum_px)
            edge->minimum_px = (uint32_t)(pixel - oldest + 1);
    }
    for (uint32_t i = p->first_consumer[n]; i < p->first_consumer[n + 1]; i++) {
        uint32_t consumer = p->graph->edges[p->consumers[i]].consumer;
        while (consumer != n && is_ready(p, consumer)) {
            p->next[consumer]++;
            p->awaited[consumer] = p->graph->nodes[consumer].first_edge;
            produce(p, consumer);
        }
    }
}

static void sort_by_producer(pass *p) {
    const npim_graph *graph = p->graph;
    for (uint32_t e = 0; e < graph->n_edges; e++) p->first_consumer[graph->edges[e].producer]++;
    for (uint32_t n = 0; n < graph->n_nodes; n++) p->first_consumer[n + 1] += p->first_consumer[n];
    for (uint32_t e = 0; e < graph->n_edges; e++)
        p->consumers[--p->first_consumer[graph->edges[e].producer]] = e;
}

/* The next window of some consumer needs the input's next pixel. */
static bool is_wanted(const pass *p, uint32_t n) {
    for (uint32_t i = p->first_consumer[n]; i < p->first_consumer[n + 1]; i++) {
        const npim_edge *edge = &p->graph->edges[p->consumers[i]];
        const npim_node *v = &p->graph->nodes[edge->consumer];
        uint32_t next = p->next[edge->consumer];
        if (next < (uint64_t)v->out_h * v->out_w && pixels_read(p->graph, edge, next) > p->produced[n])
            return true;
    }
    return false;
}

static bool has_more(const pass *p, uint32_t n) {
    const npim_node *v = &p->graph->nodes[n];
    return p->produced[n] < (uint64_t)v->out_h * v->out_w;
}

/* Inputs, which are the first nodes, take turns with what is wanted of them. When nothing is, the first goes
 * on with what nobody reads. */
static bool feed(pass *p, uint32_t n_inputs) {
    bool fed = false;
    for (uint32_t n = 0; n < n_inputs; n++) {
        if (!has_more(p, n) || !is_wanted(p, n)) continue;
        produce(p, n);
        fed = true;
    }
    for (uint32_t n = 0; n < n_inputs && !fed; n++) {
        if (!has_more(p, n)) continue;
        produce(p, n);
        fed = true;
    }
    return fed;
}

static uint32_t window_span(const npim_node *v) {
    uint64_t rows = (uint64_t)(v->kernel_h - 1) * v->dilation_h;
    uint64_t columns = (uint64_t)(v->kernel_w - 1) * v->dilation_w + 1;
    if (rows > v->in_h - 1) rows = v->in_h - 1;
    if (columns > v->in_w) columns = v->in_w;
    return (uint32_t)(rows * v->in_w + columns);
}

static npim_status run(pass *p, npim_error *error) {
    uint32_t n_inputs = 0;
    while (p->graph->nodes[n_inputs].kind == NPIM_NODE_INPUT) n_inputs++;
    for (uint32_t e = 0; e < p->graph->n_edges; e++) {
        npim_edge *edge = &p->graph->edges[e];
        edge->minimum_px = edge->window_px = window_span(&p->graph->nodes[edge->consumer]);
    }
    for (uint32_t n = 0; n < p->graph->n_nodes; n++) p->awaited[n] = p->graph->nodes[n].first_edge;
    sort_by_producer(p);
    while (!npim_stop_wanted(p->stop) && feed(p, n_inputs)) continue;
    return npim_stop_check(p->stop, error);
}

npim_status npim_skew_minimum(npim_graph *graph, const npim_stop *stop, npim_error *error) {
    pass p = {.graph = graph, .stop = stop};
    p.next = calloc(graph->n_nodes, sizeof *p.next);
    p.produced = calloc(graph->n_nodes, sizeof *p.produced);
    p.first_consumer = calloc(graph->n_nodes + 1, sizeof *p.first_consumer);
    p.consumers = calloc(graph->n_edges + 1, sizeof *p.consumers);
    p.awaited = calloc(graph->n_nodes, sizeof *p.awaited);
    npim_status status = NPIM_OK;
    if (p.next && p.produced && p.first_consumer && p.consumers && p.awaited)
        status = run(&p, error);
    else
        status = npim_fail(error, NPIM_ENOMEM, "no memory for %u nodes", graph->n_nodes);
    free(p.next);
    free(p.produced);
    free(p.first_consumer);
    free(p.consumers);
    free(p.awaited);
    return status;
}
