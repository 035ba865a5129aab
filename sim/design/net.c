#include "sim/design/net.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_PARALLEL = 4096, MOST_ROWS = 1024 }; /* cells of a path; rows of a layer */

static size_t parameters_of(const npim_net_layer *layer) {
    return (size_t)2 * layer->n_rows * layer->n_columns;
}

static void set_layers(npim_net_layer layers[NPIM_NET_LAYERS], const npim_net_shape *s) {
    layers[0] = (npim_net_layer){s->n_hidden, s->n_inputs + 1, s->multiplicity, s->bias_cells, 0};
    layers[1] = (npim_net_layer){s->n_outputs, s->n_hidden + 1, s->multiplicity, s->multiplicity,
                                 parameters_of(&layers[0])};
}

static uint32_t row_cells(const npim_net_layer *layer) {
    return 2 * ((layer->n_columns - 1) * layer->cells + layer->bias_cells);
}

static uint64_t count_cells(const npim_net_shape *shape) {
    npim_net_layer layers[NPIM_NET_LAYERS];
    set_layers(layers, shape);
    return (uint64_t)layers[0].n_rows * row_cells(&layers[0]) +
           (uint64_t)layers[1].n_rows * row_cells(&layers[1]);
}

static npim_status check_shape(const npim_net_shape *s, npim_error *error) {
    if (s->n_inputs < 1 || s->n_inputs > NPIM_CIRCUIT_MAX_INPUTS)
        return npim_fail(error, NPIM_ECONFIG, "%u inputs: 1..%d", s->n_inputs, NPIM_CIRCUIT_MAX_INPUTS);
    if (s->n_hidden < 1 || s->n_hidden > MOST_ROWS)
        return npim_fail(error, NPIM_ECONFIG, "%u hidden rows: 1..%d", s->n_hidden, MOST_ROWS);
    if (s->n_outputs < 1 || s->n_outputs > MOST_ROWS)
        return npim_fail(error, NPIM_ECONFIG, "%u outputs: 1..%d", s->n_outputs, MOST_ROWS);
    if (s->multiplicity < 1 || s->multiplicity > MOST_PARALLEL)
        return npim_fail(error, NPIM_ECONFIG, "multiplicity = %u: 1..%d cells", s->multiplicity,
                         MOST_PARALLEL);
    if (s->bias_cells < 1 || s->bias_cells > MOST_PARALLEL)
        return npim_fail(error, NPIM_ECONFIG, "bias_cells = %u: 1..%d cells", s->bias_cells, MOST_PARALLEL);
    if (s->bits < 1 || s->bits > 8)
        return npim_fail(error, NPIM_ECONFIG, "bits = %u: 1..8 bit in a cell", s->bits);
    if (!(s->on_off_ratio > 1) || !isfinite(s->on_off_ratio))
        return npim_fail(error, NPIM_ECONFIG, "on_off_ratio = %g: above 1", s->on_off_ratio);
    uint64_t cells = count_cells(s);
    if (cells > NPIM_NET_MAX_CELLS)
        return npim_fail(error, NPIM_ECONFIG, "a network of %llu cells: at most %d",
                         (unsigned long long)cells, NPIM_NET_MAX_CELLS);
    return NPIM_OK;
}

npim_status npim_net_init(npim_net *net, const npim_net_shape *shape, const npim_inverter *inverter,
                          npim_error *error) {
    memset(net, 0, sizeof *net);
    npim_status status = check_shape(shape, error);
    if (status == NPIM_OK) status = npim_inverter_check(inverter, error);
    if (status != NPIM_OK) return status;
    net->shape = *shape;
    net->inverter = *inverter;
    set_layers(net->layers, shape);
    net->n_parameters = net->layers[1].first + parameters_of(&net->layers[1]);
    net->parameter = calloc(net->n_parameters, sizeof *net->parameter);
    return net->parameter ? NPIM_OK
                          : npim_fail(error, NPIM_ENOMEM, "no memory for %zu parameters", net->n_parameters);
}

void npim_net_fini(npim_net *net) {
    free(net->parameter);
    memset(net, 0, sizeof *net);
}

uint32_t npim_net_path_cells(const npim_net_layer *layer, uint32_t column) {
    return column + 1 == layer->n_columns ? layer->bias_cells : layer->cells;
}

uint32_t npim_net_cells(const npim_net_shape *shape) {
    return (uint32_t)count_cells(shape);
}

size_t npim_net_index(const npim_net *net, uint32_t layer, uint32_t path, uint32_t row, uint32_t column) {
    const npim_net_layer *l = &net->layers[layer];
    return l->first + ((size_t)path * l->n_rows + row) * l->n_columns + column;
}

void npim_net_set(npim_net *net, uint32_t layer, uint32_t row, uint32_t column, double value) {
    net->parameter[npim_net_index(net, layer, 0, row, column)] = value > 0 ? value : 0;
    net->parameter[npim_net_index(net, layer, 1, row, column)] = value < 0 ? -value : 0;
}

uint32_t npim_net_top_level(const npim_net *net, const npim_net_layer *layer, uint32_t column) {
    return npim_net_path_cells(layer, column) * ((1u << net->shape.bits) - 1);
}

uint32_t npim_net_level(const npim_net *net, const npim_net_layer *layer, uint32_t column, double parameter) {
    return (uint32_t)(parameter * npim_net_top_level(net, layer, column) + 0.5);
}

void npim_net_round(npim_net *net) {
    double *p = net->parameter;
    for (const npim_net_layer *l = net->layers; l < net->layers + NPIM_NET_LAYERS; l++)
        for (uint32_t row = 0; row < 2 * l->n_rows; row++)
            for (uint32_t column = 0; column < l->n_columns; column++, p++)
                *p = (double)npim_net_level(net, l, column, *p) / npim_net_top_level(net, l, column);
}

/* Shares a path's level among its cells. */
static npim_cell *put_path(npim_cell *cell, uint32_t level, uint32_t cells, uint32_t source, uint32_t path) {
    for (uint32_t i = 0; i < cells; i++)
        *cell++ = (npim_cell){.source = (uint16_t)source,
                              .level = (uint8_t)(level / cells + (i < level % cells)),
                              .complement = path == 1};
    return cell;
}

static npim_cell *put_row(const npim_net *net, uint32_t layer, uint32_t row, npim_cell *cell) {
    const npim_net_layer *l = &net->layers[layer];
    uint32_t rail = net->shape.n_inputs, first = layer == 0 ? 0 : rail + 1;
    for (uint32_t column = 0; column < l->n_columns; column++)
        for (uint32_t path = 0; path < 2; path++) {
            double parameter = net->parameter[npim_net_index(net, layer, path, row, column)];
            uint32_t source = column + 1 == l->n_columns ? rail : first + column;
            cell = put_path(cell, npim_net_level(net, l, column, parameter), npim_net_path_cells(l, column),
                            source, path);
        }
    return cell;
}

static void put_neurons(const npim_net *net, npim_circuit *circuit) {
    npim_cell *cell = circuit->cells;
    npim_neuron *neuron = circuit->neurons;
    for (uint32_t layer = 0; layer < NPIM_NET_LAYERS; layer++)
        for (uint32_t row = 0; row < net->layers[layer].n_rows; row++, neuron++) {
            bool inverter = layer == 0 || net->shape.output_inverter;
            *neuron = (npim_neuron){.first_cell = (uint32_t)(cell - circuit->cells),
                                    .n_cells = row_cells(&net->layers[layer]),
                                    .kind = inverter ? NPIM_NEURON_INVERTER : NPIM_NEURON_PASSIVE,
                                    .chain = 1};
            cell = put_row(net, layer, row, cell);
        }
}

npim_status npim_net_circuit(const npim_net *net, npim_circuit *circuit, npim_error *error) {
    const npim_net_shape *s = &net->shape;
    *circuit = (npim_circuit){.bits = s->bits,
                              .on_off_ratio = s->on_off_ratio,
                              .vdd_V = net->inverter.vdd_V,
                              .n_inputs = s->n_inputs,
                              .n_rails = 1,
                              .n_neurons = s->n_hidden + s->n_outputs,
                              .n_outputs = s->n_outputs,
                              .n_cells = npim_net_cells(s),
                              .inverter = net->inverter};
    circuit->rail_V = malloc(sizeof *circuit->rail_V);
    circuit->neurons = calloc(circuit->n_neurons, sizeof *circuit->neurons);
    circuit->cells = calloc(circuit->n_cells, sizeof *circuit->cells);
    if (!circuit->rail_V || !circuit->neurons || !circuit->cells) {
        npim_circuit_fini(circuit);
        return npim_fail(error, NPIM_ENOMEM, "no memory for a circuit of %u cells", npim_net_cells(s));
    }
    circuit->rail_V[0] = net->inverter.vdd_V;
    put_neurons(net, circuit);
    npim_status status = npim_circuit_check(circuit, error);
    if (status != NPIM_OK) npim_circuit_fini(circuit);
    return status;
}
