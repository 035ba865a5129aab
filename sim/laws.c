#include "sim/laws.h"

#include "hw/units.h"

#include <math.h>
#include <stdlib.h>

/* What has its law in every layer, over all images. */
typedef enum quantity {
    WINDOWS,
    CONVERSIONS,
    OPERATION_TIME,
    ACTIVATION_WORDS,
    ADDER_WORDS,
    POOLING_WORDS,
    BUS_BYTES,
    HOST_BYTES,
    LINK_BYTES,
    N_QUANTITIES
} quantity;

static const char *const names[N_QUANTITIES] = {[WINDOWS] = "windows",
                                                [CONVERSIONS] = "A/D conversions",
                                                [OPERATION_TIME] = "array-ps in operation",
                                                [ACTIVATION_WORDS] = "activation words",
                                                [ADDER_WORDS] = "adder words",
                                                [POOLING_WORDS] = "pooling words",
                                                [BUS_BYTES] = "bus bytes",
                                                [HOST_BYTES] = "host bytes",
                                                [LINK_BYTES] = "bytes over chip links"};

/* Words through the units for every output of a layer. An LSTM's four gates and the tanh of its state are
 * activated; f x c, i x g and their sum, then o x tanh(c) take an adder lane. Additions depend on their
 * inputs. */
static const struct {
    double activation, adder;
} words_per_output[] = {
    [NPIM_LAYER_CONV] = {1, 0},       [NPIM_LAYER_FC] = {1, 0},      [NPIM_LAYER_LSTM] = {5, 4},
    [NPIM_LAYER_ACTIVATION] = {1, 0}, [NPIM_LAYER_FLATTEN] = {0, 0}, [NPIM_LAYER_SCALE] = {1, 0},
    [NPIM_LAYER_LRN] = {1, 0},        [NPIM_LAYER_GATHER] = {0, 0}};

double npim_laws_activations(npim_layer_kind kind) {
    return kind < sizeof words_per_output / sizeof *words_per_output ? words_per_output[kind].activation
                                                                     : 0.0;
}

/* Whole numbers; equal where the law is exact. */
typedef struct range {
    double least, most;
} range;

typedef struct allowance {
    range of[N_QUANTITIES];
} allowance;

static void allow(allowance *a, quantity q, double least, double most) {
    a->of[q].least += least;
    a->of[q].most += most;
}

static void expect(allowance *a, quantity q, double exactly) {
    allow(a, q, exactly, exactly);
}

/* --- windows that slide --- */

/* Windows from, from + step, ... below end, along one dimension of the input. */
typedef struct slide {
    uint64_t from, end, step;
    uint64_t stride, pad, kernel, dilation, size;
} slide;

/* The positions of window i that lie inside the input are [*first, *last) of its kernel's. */
static void clip(const slide *s, uint64_t i, uint64_t *first, uint64_t *last) {
    uint64_t at = i * s->stride, end = s->pad + s->size;
    *first = at < s->pad ? npim_ceil_div(s->pad - at, s->dilation) : 0;
    *last = at < end ? npim_ceil_div(end - at, s->dilation) : 0;
    if (*last > s->kernel) *last = s->kernel;
    if (*first > *last) *first = *last;
}

/* Positions inside the input, summed over all windows. */
static double read_by_all(slide s) {
    double sum = 0.0;
    for (uint64_t i = s.from, first, last; i < s.end; i += s.step) {
        clip(&s, i, &first, &last);
        sum += (double)(last - first);
    }
    return sum;
}

/* Inputs from the first to the last one of some window, each counted once. */
static double covered(slide s) {
    double sum = 0.0;
    uint64_t behind = 0; /* the last one so far, and the padding before the first */
    for (uint64_t i = s.from, first, last; i < s.end; i += s.step) {
        clip(&s, i, &first, &last);
        if (first == last) continue;
        uint64_t from = i * s.stride + first * s.dilation, to = i * s.stride + (last - 1) * s.dilation + 1;
        if (from < behind) from = behind;
        if (to > from) sum += (double)(to - from);
        if (to > behind) behind = to;
    }
    return sum;
}

/* The steps of a recurrent layer read one of its inputs after the other, and its own output one step late. */
static slide downwards(const npim_graph *graph, const npim_edge *edge) {
    const npim_node *v = &graph->nodes[edge->consumer];
    uint32_t height = graph->nodes[edge->producer].out_h;
    return (slide){0, v->out_h, 1, v->stride_h, edge->pad_top, v->kernel_h, v->dilation_h, height};
}
static slide across(const npim_node *v) {
    return (slide){0, v->out_w, 1, v->stride_w, v->pad_left, v->kernel_w, v->dilation_w, v->in_w};
}

/* --- what the network asks for --- */

static void allow_layer(const npim_arch *arch, const npim_layer *layer, allowance *a) {
    double positions = (double)arch->run.images * (double)npim_layer_positions(layer);
    double outputs = positions * layer->out_c;
    bool by_element =
        layer->kind == NPIM_LAYER_ADD || layer->kind == NPIM_LAYER_SUB || layer->kind == NPIM_LAYER_MUL;
    if (by_element) {
        expect(a, ADDER_WORDS, outputs * (layer->n_inputs - 1));
        expect(a, ACTIVATION_WORDS, layer->activation == NPIM_ACTIVATION_NONE ? 0.0 : outputs);
    } else {
        expect(a, ADDER_WORDS, outputs * words_per_output[layer->kind].adder);
        expect(a, ACTIVATION_WORDS, outputs * words_per_output[layer->kind].activation);
    }
    if (!npim_layer_has_weights(layer)) return;
    double dots = (double)npim_ceil_div(npim_layer_rows(layer), arch->pe.array_rows) *
                  (double)npim_layer_outputs(layer) * layer->groups;
    expect(a, CONVERSIONS, positions * dots * (double)arch->conversions);
}

/* A pooling unit takes every input of some window at least once, and at most once for each window. */
static void allow_pooling(const npim_map *map, const npim_node *node, allowance *a) {
    slide y = downwards(map->graph, &map->graph->edges[node->first_edge]), x = across(node);
    double words = (double)map->arch->run.images * node->channels, word_B = map->arch->data.activation_B;
    double least = words * covered(y) * covered(x), most = words * read_by_all(y) * read_by_all(x);
    allow(a, POOLING_WORDS, least, most);
    allow(a, BUS_BYTES, least * word_B, most * word_B);
}

/* The host sends whole pixels: those that nobody reads may stay, those within a window must go. Consumers
 * that read different channels get them in different packets, each with a way of its own. */
static void allow_input(const npim_graph *graph, uint32_t n, double pixel_B, allowance *a) {
    double least_px = 0.0;
    for (uint32_t e = 0; e < graph->n_edges; e++) {
        const npim_node *reader = &graph->nodes[graph->edges[e].consumer];
        if (graph->edges[e].producer != n || reader->kind == NPIM_NODE_OUTPUT) continue;
        double px = covered(downwards(graph, &graph->edges[e])) * covered(across(reader));
        if (px > least_px) least_px = px;
    }
    double all_px = (double)graph->nodes[n].out_h * graph->nodes[n].out_w;
    allow(a, HOST_BYTES, least_px * pixel_B, all_px * pixel_B);
    allow(a, LINK_BYTES, least_px * pixel_B, INFINITY);
}

/* True when the host has got the same from an earlier edge: a concatenation may have a layer twice. */
static bool goes_again(const npim_graph *graph, uint32_t edge) {
    const npim_edge *edges = graph->edges;
    for (uint32_t e = graph->nodes[edges[edge].consumer].first_edge; e < edge; e++)
        if (edges[e].producer == edges[edge].producer) return true;
    return false;
}

/* What goes to the host is booked by who made it, and crosses a link once, a multicast; the image itself does
 * not come back. */
static void allow_output(const npim_map *map, uint32_t edge, allowance *layers) {
    const npim_edge *to = &map->graph->edges[edge];
    const npim_node *from = &map->graph->nodes[to->producer];
    if (map->graph->nodes[to->consumer].kind != NPIM_NODE_OUTPUT || from->kind == NPIM_NODE_INPUT) return;
    double bytes = (double)map->arch->run.images * to->channels * from->out_h * from->out_w *
                   map->arch->data.activation_B;
    expect(&layers[from->layer], HOST_BYTES, bytes);
    if (!goes_again(map->graph, edge)) expect(&layers[from->layer], LINK_BYTES, bytes);
}

/* --- what its mapping asks for --- */

/* Outputs cross the bus into the eDRAM; all arrays of a replica work on each of its windows. What moves
 * between chips depends on the way. */
static void allow_node(const npim_map *map, uint32_t n, allowance *layers) {
    const npim_node *node = &map->graph->nodes[n];
    const npim_placement *p = &map->placements[n];
    allowance *a = &layers[node->layer];
    double images = map->arch->run.images, positions = images * node->out_h * node->out_w;
    double pixel_B = (double)node->channels * map->arch->data.activation_B;
    if (node->kind == NPIM_NODE_OUTPUT) return;
    if (node->kind == NPIM_NODE_INPUT) {
        allow_input(map->graph, n, images * pixel_B, a);
        return;
    }
    expect(a, BUS_BYTES, positions * pixel_B);
    expect(a, OPERATION_TIME, positions * p->arrays * (double)p->interval_ps);
    if (node->kind == NPIM_NODE_POOL) allow_pooling(map, node, a);
    if (map->chips > 1) allow(a, LINK_BYTES, 0.0, INFINITY);
}

/* Channels of an edge that a part reads. */
static double channels_read(const npim_part *part, const npim_edge *edge) {
    double from = fmax(part->in_from, edge->consumer_c);
    return fmax(0.0, fmin(part->in_to, (double)edge->consumer_c + edge->channels) - from);
}

/* All inputs of every window that a part computes for one image; padding is not read. */
static double window_B(const npim_map *map, const npim_part *part) {
    const npim_node *node = &map->graph->nodes[part->node];
    uint32_t row, band, from, to;
    npim_map_share(map, part, &row, &band, NULL);
    npim_map_band(map, part->node, band, &from, &to);
    slide x = across(node);
    x.from = from;
    x.end = to;
    double bytes = 0.0, columns = read_by_all(x);
    for (uint32_t e = node->first_edge; e < node->first_edge + node->n_edges; e++) {
        slide y = downwards(map->graph, &map->graph->edges[e]);
        y.from = row;
        y.step = map->placements[part->node].replica_rows;
        bytes += channels_read(part, &map->graph->edges[e]) * read_by_all(y) * columns;
    }
    return bytes * map->arch->data.activation_B;
}

/* Images of which a part computes its share: all, or every so many of them. */
static double own_images(const npim_map *map, const npim_part *part) {
    uint32_t image, all = map->arch->run.images, step = map->placements[part->node].replica_images;
    npim_map_share(map, part, NULL, NULL, &image);
    return image < all ? (double)npim_ceil_div(all - image, step) : 0.0;
}

/* A window counts on every tile with a part of it, and adds the partial sums from the tile before. */
static void allow_part(const npim_map *map, const npim_part *part, allowance *layers) {
    const npim_node *node = &map->graph->nodes[part->node];
    allowance *a = &layers[node->layer];
    double windows = npim_map_part_windows(map, part) * map->arch->run.images;
    expect(a, WINDOWS, windows);
    expect(a, ADDER_WORDS, part->psum_in * windows);
    if (node->kind == NPIM_NODE_MOVE)
        expect(a, BUS_BYTES, windows * (part->out_to - part->out_from) * map->arch->data.activation_B);
    else if (node->kind != NPIM_NODE_POOL)
        expect(a, BUS_BYTES, own_images(map, part) * window_B(map, part));
}

static void allow_all(const npim_map *map, allowance *layers) {
    const npim_graph *graph = map->graph;
    for (uint32_t l = 0; l < map->network->n_layers; l++)
        allow_layer(map->arch, &map->network->layers[l], &layers[l]);
    for (uint32_t n = 0; n < graph->n_nodes; n++) allow_node(map, n, layers);
    for (uint32_t e = 0; e < graph->n_edges; e++) allow_output(map, e, layers);
    for (uint32_t i = 0; i < map->n_parts; i++) allow_part(map, &map->parts[i], layers);
}

/* --- the verdict --- */

static npim_status check(const char *who, const char *what, double counted, range allowed,
                         npim_error *error) {
    const double rounding = 1e-12; /* whole numbers, of which this tells all apart that occur */
    bool few = !(counted >= allowed.least * (1.0 - rounding)),
         many = counted > allowed.most * (1.0 + rounding);
    const char *which = allowed.least == allowed.most ? "" : few ? "at least " : "at most ";
    if (!few && !many) return NPIM_OK;
    return npim_fail(error, NPIM_EINVARIANT,
                     "the books do not balance: %s: %s: counted %.17g, expected %s%.17g", who, what, counted,
                     which, few ? allowed.least : allowed.most);
}

static npim_status check_layer(const char *name, const npim_layer_counts *c, const allowance *a,
                               npim_error *error) {
    const double counted[N_QUANTITIES] = {
        [WINDOWS] = (double)c->windows,         [CONVERSIONS] = c->ad_conversions,
        [OPERATION_TIME] = (double)c->busy_ps,  [ACTIVATION_WORDS] = (double)c->activation_words,
        [ADDER_WORDS] = (double)c->adder_words, [POOLING_WORDS] = (double)c->pooling_words,
        [BUS_BYTES] = (double)c->bus_B,         [HOST_BYTES] = (double)c->host_B,
        [LINK_BYTES] = (double)c->link_B};
    npim_status status = NPIM_OK;
    for (uint32_t q = 0; q < N_QUANTITIES && status == NPIM_OK; q++)
        status = check(name, names[q], counted[q], a->of[q], error);
    return status;
}

/* The host's link carries the inputs in one direction, and exactly the outputs in the other. */
static npim_status check_host(const npim_result *r, const npim_measurement *m, const allowance *layers,
                              npim_error *error) {
    range in = {0.0, INFINITY}, out = {0.0, 0.0};
    for (uint32_t l = 0; l < r->n_layers; l++)
        *(r->map->network->layers[l].kind == NPIM_LAYER_INPUT ? &in.least : &out.least) +=
            layers[l].of[LINK_BYTES].least;
    out.most = out.least;
    npim_status status = check(m->links[0].name, "bytes", (double)m->links[0].bytes, in, error);
    return status == NPIM_OK ? check(m->links[1].name, "bytes", (double)m->links[1].bytes, out, error)
                             : status;
}

npim_status npim_laws_check(const npim_result *r, const npim_measurement *m, npim_error *error) {
    allowance *layers = calloc(r->n_layers, sizeof *layers);
    if (!layers) return npim_fail(error, NPIM_ENOMEM, "no memory to check %u layers", r->n_layers);
    npim_status status = NPIM_OK;
    allow_all(r->map, layers);
    for (uint32_t l = 0; l < r->n_layers && status == NPIM_OK; l++)
        status = check_layer(r->map->network->layers[l].name, &r->layers[l].counts, &layers[l], error);
    if (status == NPIM_OK) status = check_host(r, m, layers, error);
    free(layers);
    return status;
}
