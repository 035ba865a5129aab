#include "sim/design/net_copy.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { BLOCK = NPIM_NET_BLOCK, LANES = 8 };

/* ---- Block kernels: fixed sizes and separate sums, so that compilers vectorise without reordering ---- */

static void fill(double *restrict y, double a) {
    for (int i = 0; i < BLOCK; i++) y[i] = a;
}

static void add_times(double *restrict y, double a, const double *restrict x) {
    for (int i = 0; i < BLOCK; i++) y[i] += a * x[i];
}

static double dot(const double *restrict x, const double *restrict y) {
    double sum[LANES] = {0};
    for (int i = 0; i < BLOCK; i += LANES)
        for (int k = 0; k < LANES; k++) sum[k] += x[i + k] * y[i + k];
    return ((sum[0] + sum[1]) + (sum[2] + sum[3])) + ((sum[4] + sum[5]) + (sum[6] + sum[7]));
}

static double total(const double *x) {
    double sum[LANES] = {0};
    for (int i = 0; i < BLOCK; i += LANES)
        for (int k = 0; k < LANES; k++) sum[k] += x[i + k];
    return ((sum[0] + sum[1]) + (sum[2] + sum[3])) + ((sum[4] + sum[5]) + (sum[6] + sum[7]));
}

/* The inverter's output and gain at sign x node + offset, both by the node. */
static void invert(const npim_inverter *inverter, const double *node, double sign, double offset,
                   double *restrict out, double *restrict gain) {
    const double *table = inverter->out_V, per_V = 1 / inverter->vdd_V;
    const int segments = NPIM_VTC_POINTS - 1;
    for (int i = 0; i < BLOCK; i++) {
        double at = (sign * node[i] + offset) * segments;
        at = at < 0 ? 0 : at > segments ? segments : at;
        int k = (int)at;
        k = k < segments ? k : segments - 1;
        double low = table[k], rise = table[k + 1] - low;
        out[i] = (low + rise * (at - k)) * per_V;
        gain[i] = sign * rise * segments * per_V;
    }
}

/* ---- A copy ---- */

npim_status npim_net_takes(const npim_net *net, const npim_samples *samples, npim_error *error) {
    if (samples->n_inputs == net->shape.n_inputs && samples->n_outputs == net->shape.n_outputs)
        return NPIM_OK;
    return npim_fail(error, NPIM_ECONFIG,
                     "samples of %u inputs and %u outputs for a network of %u inputs and %u outputs",
                     samples->n_inputs, samples->n_outputs, net->shape.n_inputs, net->shape.n_outputs);
}

npim_status npim_net_copy_init(npim_net_copy *copy, const npim_net *net, npim_error *error) {
    const npim_net_shape *s = &net->shape;
    size_t rows = s->n_hidden + s->n_outputs, lines = s->n_inputs + 2 * s->n_hidden;
    size_t size = rows + 3 * net->n_parameters + BLOCK * (lines + 2 * s->n_hidden + 2 * s->n_outputs + rows);
    memset(copy, 0, sizeof *copy);
    double *next = copy->memory = calloc(size, sizeof *next);
    if (!next) return npim_fail(error, NPIM_ENOMEM, "no memory for %zu parameters", net->n_parameters);
    copy->line = next, next += BLOCK * lines;
    copy->gain = next, next += BLOCK * 2 * s->n_hidden;
    copy->out = next, next += BLOCK * s->n_outputs;
    copy->out_gain = next, next += BLOCK * s->n_outputs;
    copy->blame = next, next += BLOCK * rows;
    copy->weight = next, next += net->n_parameters;
    copy->slope = next, next += net->n_parameters;
    copy->pull = next, next += net->n_parameters;
    copy->total = next;
    return NPIM_OK;
}

void npim_net_copy_fini(npim_net_copy *copy) {
    free(copy->memory);
    memset(copy, 0, sizeof *copy);
}

/* Conductances of one row and path, added to the row's total; the weights are the conductances yet. */
static void program_row(npim_net_copy *copy, const npim_net *net, const npim_net_programming *how,
                        const npim_net_layer *l, size_t first, double *sum) {
    const double least = 1 / net->shape.on_off_ratio;
    for (uint32_t column = 0; column < l->n_columns; column++) {
        size_t i = first + column;
        uint32_t cells = npim_net_path_cells(l, column);
        double p = net->parameter[i], factor = cells;
        if (how->rounded) p = (double)npim_net_level(net, l, column, p) / npim_net_top_level(net, l, column);
        if (how->sigma > 0)
            factor += sqrt(cells) * how->sigma *
                      npim_random_normal(&how->random, NPIM_DRAW_VARIATION, how->first + i);
        if (factor < 0) factor = 0;
        copy->weight[i] = (least + (1 - least) * p) * factor;
        copy->slope[i] = (1 - least) * factor;
        *sum += copy->weight[i];
    }
}

void npim_net_program(npim_net_copy *copy, const npim_net *net, const npim_net_programming *how) {
    double *sum = copy->total;
    for (const npim_net_layer *l = net->layers; l < net->layers + NPIM_NET_LAYERS; l++)
        for (uint32_t row = 0; row < l->n_rows; row++, sum++) {
            *sum = 0;
            for (size_t path = 0; path < 2; path++)
                program_row(copy, net, how, l, l->first + (path * l->n_rows + row) * l->n_columns, sum);
            for (size_t path = 0; path < 2; path++)
                for (uint32_t column = 0; column < l->n_columns; column++)
                    copy->weight[l->first + (path * l->n_rows + row) * l->n_columns + column] /= *sum;
        }
}

/* ---- Forward ---- */

static void load(npim_net_copy *copy, const npim_samples *samples, size_t first, size_t n) {
    for (uint32_t input = 0; input < samples->n_inputs; input++)
        for (size_t i = 0, at = first; i < BLOCK; i++, at = at + 1 < samples->n ? at + 1 : 0)
            copy->line[input * BLOCK + i] = i < n ? samples->in[input * samples->n + at] : 0;
}

/* Nodes of the hidden rows, from the lines and, as those are complements in voltage, 1 - line. */
static void hidden_nodes(npim_net_copy *copy, const npim_net *net, double *node) {
    const npim_net_layer *l = &net->layers[0];
    uint32_t inputs = l->n_columns - 1;
    for (uint32_t row = 0; row < l->n_rows; row++, node += BLOCK) {
        const double *upper = copy->weight + npim_net_index(net, 0, 0, row, 0);
        const double *lower = copy->weight + npim_net_index(net, 0, 1, row, 0);
        double constant = upper[inputs];
        for (uint32_t i = 0; i < inputs; i++) constant += lower[i];
        fill(node, constant);
        for (uint32_t i = 0; i < inputs; i++)
            add_times(node, upper[i] - lower[i], copy->line + (size_t)i * BLOCK);
    }
}

static void output_nodes(npim_net_copy *copy, const npim_net *net, double *node) {
    const npim_net_layer *l = &net->layers[1];
    uint32_t hidden = l->n_columns - 1;
    const double *line = copy->line + (size_t)net->shape.n_inputs * BLOCK;
    for (uint32_t row = 0; row < l->n_rows; row++, node += BLOCK) {
        const double *upper = copy->weight + npim_net_index(net, 1, 0, row, 0);
        const double *lower = copy->weight + npim_net_index(net, 1, 1, row, 0);
        fill(node, upper[hidden]);
        for (uint32_t i = 0; i < hidden; i++) {
            add_times(node, upper[i], line + (size_t)i * BLOCK);
            add_times(node, lower[i], line + (size_t)(hidden + i) * BLOCK);
        }
    }
}

/* The nodes stand in blame until the backward pass. */
static void forward(npim_net_copy *copy, const npim_net *net) {
    const npim_net_shape *s = &net->shape;
    size_t hidden = (size_t)s->n_hidden * BLOCK;
    double *node = copy->blame, *line = copy->line + (size_t)s->n_inputs * BLOCK;
    hidden_nodes(copy, net, node);
    for (size_t at = 0; at < hidden; at += BLOCK) {
        invert(&net->inverter, node + at, 1, 0, line + at, copy->gain + at);
        invert(&net->inverter, node + at, -1, 1, line + hidden + at, copy->gain + hidden + at);
    }
    node += hidden;
    output_nodes(copy, net, node);
    for (uint32_t row = 0; row < s->n_outputs; row++, node += BLOCK)
        if (s->output_inverter) {
            invert(&net->inverter, node, 1, 0, copy->out + row * BLOCK, copy->out_gain + row * BLOCK);
        } else {
            memcpy(copy->out + row * BLOCK, node, BLOCK * sizeof *node);
            fill(copy->out_gain + row * BLOCK, 1);
        }
}

/* ---- Loss and backward ---- */

/* Squared error of a block; the output rows' blame becomes its derivative by their nodes. */
static double compare(npim_net_copy *copy, const npim_net *net, const npim_samples *samples, size_t first,
                      size_t n) {
    double sum = 0;
    for (uint32_t row = 0; row < samples->n_outputs; row++) {
        double *blame = copy->blame + (net->shape.n_hidden + row) * BLOCK;
        for (size_t i = 0, at = first; i < BLOCK; i++, at = at + 1 < samples->n ? at + 1 : 0) {
            double off = i < n ? copy->out[row * BLOCK + i] - samples->out[row * samples->n + at] : 0;
            sum += off * off;
            blame[i] = 2 * off * copy->out_gain[row * BLOCK + i];
        }
    }
    return sum;
}

static void pull_outputs(npim_net_copy *copy, const npim_net *net) {
    const npim_net_layer *l = &net->layers[1];
    uint32_t hidden = l->n_columns - 1;
    const double *line = copy->line + (size_t)net->shape.n_inputs * BLOCK;
    for (uint32_t row = 0; row < l->n_rows; row++) {
        const double *blame = copy->blame + (size_t)(hidden + row) * BLOCK;
        double *upper = copy->pull + npim_net_index(net, 1, 0, row, 0);
        double *lower = copy->pull + npim_net_index(net, 1, 1, row, 0);
        upper[hidden] += total(blame);
        for (uint32_t i = 0; i < hidden; i++) {
            upper[i] += dot(blame, line + (size_t)i * BLOCK);
            lower[i] += dot(blame, line + (size_t)(hidden + i) * BLOCK);
        }
    }
}

/* Blame of the hidden nodes, through both outputs of each. */
static void blame_hidden(npim_net_copy *copy, const npim_net *net) {
    const npim_net_layer *l = &net->layers[1];
    uint32_t hidden = l->n_columns - 1;
    for (uint32_t i = 0; i < hidden; i++) {
        double by_out[BLOCK] = {0}, by_complement[BLOCK] = {0};
        for (uint32_t row = 0; row < l->n_rows; row++) {
            const double *blame = copy->blame + (size_t)(hidden + row) * BLOCK;
            add_times(by_out, copy->weight[npim_net_index(net, 1, 0, row, i)], blame);
            add_times(by_complement, copy->weight[npim_net_index(net, 1, 1, row, i)], blame);
        }
        double *blame = copy->blame + (size_t)i * BLOCK;
        const double *gain = copy->gain + (size_t)i * BLOCK, *other = gain + (size_t)hidden * BLOCK;
        for (int k = 0; k < BLOCK; k++) blame[k] = by_out[k] * gain[k] + by_complement[k] * other[k];
    }
}

static void pull_hidden(npim_net_copy *copy, const npim_net *net) {
    const npim_net_layer *l = &net->layers[0];
    uint32_t inputs = l->n_columns - 1;
    for (uint32_t row = 0; row < l->n_rows; row++) {
        const double *blame = copy->blame + (size_t)row * BLOCK;
        double *upper = copy->pull + npim_net_index(net, 0, 0, row, 0);
        double *lower = copy->pull + npim_net_index(net, 0, 1, row, 0);
        double all = total(blame);
        upper[inputs] += all;
        for (uint32_t i = 0; i < inputs; i++) {
            double d = dot(blame, copy->line + (size_t)i * BLOCK);
            upper[i] += d;
            lower[i] += all - d;
        }
    }
}

/* From the pulls on the weights, which sum to 1 in each row, to the parameters: with g a conductance and T
 * their total, d loss / d g = (pull - sum weight x pull) / T. */
static void add_gradient(npim_net_copy *copy, const npim_net *net, double scale, double *gradient) {
    const double *sum = copy->total;
    for (const npim_net_layer *l = net->layers; l < net->layers + NPIM_NET_LAYERS; l++)
        for (uint32_t row = 0; row < l->n_rows; row++, sum++) {
            double mean = 0;
            size_t upper = l->first + (size_t)row * l->n_columns,
                   lower = upper + (size_t)l->n_rows * l->n_columns;
            for (uint32_t i = 0; i < l->n_columns; i++)
                mean += copy->weight[upper + i] * copy->pull[upper + i] +
                        copy->weight[lower + i] * copy->pull[lower + i];
            for (uint32_t i = 0; i < l->n_columns; i++) {
                gradient[upper + i] += scale * copy->slope[upper + i] * (copy->pull[upper + i] - mean) / *sum;
                gradient[lower + i] += scale * copy->slope[lower + i] * (copy->pull[lower + i] - mean) / *sum;
            }
        }
}

double npim_net_loss(npim_net_copy *copy, const npim_net *net, const npim_samples *samples, size_t first,
                     size_t n, double scale, double *gradient) {
    double loss = 0;
    first %= samples->n;
    if (gradient) memset(copy->pull, 0, net->n_parameters * sizeof *copy->pull);
    for (size_t done = 0; done < n; done += BLOCK, first = (first + BLOCK) % samples->n) {
        size_t count = n - done < BLOCK ? n - done : BLOCK;
        load(copy, samples, first, count);
        forward(copy, net);
        loss += compare(copy, net, samples, first, count);
        if (!gradient) continue;
        pull_outputs(copy, net);
        blame_hidden(copy, net);
        pull_hidden(copy, net);
    }
    if (gradient) add_gradient(copy, net, scale, gradient);
    return loss;
}
