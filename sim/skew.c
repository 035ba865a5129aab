#include "sim/skew.h"

#include "hw/window.h"

#include <stdlib.h>

/* Number of the last pixel that window (y, x) reads. */
static uint64_t last_pixel(const npim_node *v, uint32_t y, uint32_t x) {
    uint64_t row = npim_window_last(y, v->stride_h, v->pad_top, v->kernel_h, v->dilation_h, v->in_h);
    return row * v->in_w + npim_window_last(x, v->stride_w, v->pad_left, v->kernel_w, v->dilation_w, v->in_w);
}

/* Number of the oldest pixel that window (y, x) or a later one reads: padding can clip the windows of the
 * next row to the same first row. */
static uint64_t oldest_pixel(const npim_node *v, uint32_t y, uint32_t x) {
    uint64_t here = (uint64_t)npim_window_first(y, v->stride_h, v->pad_top, v->in_h) * v->in_w +
                    npim_window_first(x, v->stride_w, v->pad_left, v->in_w);
    if (y + 1 >= v->out_h) return here;
    uint64_t next = (uint64_t)npim_window_first(y + 1, v->stride_h, v->pad_top, v->in_h) * v->in_w;
    return here < next ? here : next;
}

static void needs_of(const npim_graph *graph, uint32_t n, uint64_t *const *need) {
    const npim_node *v = &graph->nodes[n];
    uint64_t before = 0;
    for (uint32_t y = 0; y < v->out_h; y++) {
        for (uint32_t x = 0; x < v->out_w; x++) {
            uint64_t p = (uint64_t)y * v->out_w + x;
            if (v->kind == NPIM_NODE_INPUT) before = p;
            for (uint32_t e = v->first_edge; e < v->first_edge + v->n_edges; e++) {
                uint64_t of = need[graph->edges[e].producer][last_pixel(v, y, x)];
                if (of > before) before = of;
            }
            need[n][p] = before;
        }
    }
}

/* The largest number of pixels that edge e must hold at once. Both needs are monotone: two pointers. */
static uint64_t span_of(const npim_graph *graph, const npim_edge *edge, uint64_t *const *need) {
    const npim_node *v = &graph->nodes[edge->consumer], *u = &graph->nodes[edge->producer];
    const uint64_t *sent = need[edge->producer];
    uint64_t n_pixels = (uint64_t)u->out_h * u->out_w, ahead = 0, span = 1;
    for (uint32_t y = 0; y < v->out_h; y++) {
        for (uint32_t x = 0; x < v->out_w; x++) {
            uint64_t now = need[edge->consumer][(uint64_t)y * v->out_w + x];
            while (ahead < n_pixels && sent[ahead] <= now) ahead++;
            uint64_t oldest = oldest_pixel(v, y, x);
            if (ahead > oldest && ahead - oldest > span) span = ahead - oldest;
        }
    }
    return span;
}

static uint32_t window_span(const npim_node *v) {
    uint64_t rows = (uint64_t)(v->kernel_h - 1) * v->dilation_h;
    uint64_t columns = (uint64_t)(v->kernel_w - 1) * v->dilation_w + 1;
    if (rows > v->in_h - 1) rows = v->in_h - 1;
    if (columns > v->in_w) columns = v->in_w;
    return (uint32_t)(rows * v->in_w + columns);
}

static npim_status measure(npim_graph *graph, uint64_t **need, npim_error *error) {
    for (uint32_t n = 0; n < graph->n_nodes; n++) {
        const npim_node *v = &graph->nodes[n];
        need[n] = calloc((size_t)v->out_h * v->out_w, sizeof **need);
        if (!need[n])
            return npim_fail(error, NPIM_ENOMEM, "no memory for the windows of %u x %u", v->out_h, v->out_w);
        needs_of(graph, n, need);
    }
    for (uint32_t e = 0; e < graph->n_edges; e++) {
        npim_edge *edge = &graph->edges[e];
        edge->window_px = window_span(&graph->nodes[edge->consumer]);
        uint64_t span = span_of(graph, edge, need);
        edge->minimum_px = (uint32_t)(span > edge->window_px ? span : edge->window_px);
    }
    return NPIM_OK;
}

npim_status npim_skew_minimum(npim_graph *graph, npim_error *error) {
    uint64_t **need = calloc(graph->n_nodes, sizeof *need);
    if (!need) return npim_fail(error, NPIM_ENOMEM, "no memory for %u nodes", graph->n_nodes);
    npim_status status = measure(graph, need, error);
    for (uint32_t n = 0; n < graph->n_nodes; n++) free(need[n]);
    free(need);
    return status;
}
