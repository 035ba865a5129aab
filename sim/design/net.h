/* A network of two dual-path crossbar layers with inverters as its hidden neurons: what gradient training
 * works on, and what becomes a peripheral circuit (hw/circuit.h).
 *
 * A row of a layer ties its node to every line s of its inputs by the conductance U, to the line's complement
 * by L, and to both rails as its bias: u = (sum U s + sum L s') / sum (U + L), so the weights w = (U - L) /
 * sum (U + L) never exceed 1 in total. Each U and L is made of equal cells in parallel. A parameter is the
 * place of their mean between the lowest (0) and the highest (1) conductance; quantised, the total is a whole
 * number of levels, which the cells share as evenly as it goes: parallel cells buy resolution as well as
 * they average variation. Voltages are in units of the supply. */
#ifndef NPIM_SIM_DESIGN_NET_H
#define NPIM_SIM_DESIGN_NET_H

#include "hw/circuit.h"

#ifdef __cplusplus
extern "C" {
#endif

enum { NPIM_NET_LAYERS = 2, NPIM_NET_MAX_CELLS = 1 << 20 };

typedef struct npim_net_shape {
    uint32_t n_inputs, n_hidden, n_outputs;
    uint32_t multiplicity; /* cells of a path of one weight */
    uint32_t bias_cells;   /* of a path of a hidden row's bias; an output row's has multiplicity */
    bool output_inverter;  /* behind every output row, else the outputs are its nodes */
    uint32_t bits;         /* of a cell */
    double on_off_ratio;
} npim_net_shape;

/* One layer's part of the parameters: [path][row][column], path 0 upper, the last column the bias. */
typedef struct npim_net_layer {
    uint32_t n_rows, n_columns;
    uint32_t cells, bias_cells; /* of a path of a weight, of the bias */
    size_t first;               /* parameter */
} npim_net_layer;

typedef struct npim_net {
    npim_net_shape shape;
    npim_net_layer layers[NPIM_NET_LAYERS];
    npim_inverter inverter;
    size_t n_parameters;
    double *parameter; /* [n_parameters], 0..1; owned */
} npim_net;

/* All parameters 0. NPIM_ECONFIG, saying which, for a size out of range or a bad inverter. */
NPIM_MUST_USE npim_status npim_net_init(npim_net *net, const npim_net_shape *shape,
                                        const npim_inverter *inverter, npim_error *error);
void npim_net_fini(npim_net *net); /* safe on a zeroed struct and twice */

/* All cells of the circuit of a shape that npim_net_init takes. */
uint32_t npim_net_cells(const npim_net_shape *shape);

/* Index of a parameter; path 0 upper, 1 lower; column n_columns - 1 the bias. */
size_t npim_net_index(const npim_net *net, uint32_t layer, uint32_t path, uint32_t row, uint32_t column);

/* Sets a weight's pair to the difference value (-1..1) with one path at 0. */
void npim_net_set(npim_net *net, uint32_t layer, uint32_t row, uint32_t column, double value);

/* Cells of one path of a weight, or of the bias; and the highest total level that they can have. */
uint32_t npim_net_path_cells(const npim_net_layer *layer, uint32_t column);
uint32_t npim_net_top_level(const npim_net *net, const npim_net_layer *layer, uint32_t column);

/* The total level next to a parameter (0..1). */
uint32_t npim_net_level(const npim_net *net, const npim_net_layer *layer, uint32_t column, double parameter);

/* Rounds all parameters to whole levels. */
void npim_net_round(npim_net *net);

/* The circuit of the parameters, rounded: hidden neurons, then the outputs; one rail at the supply. The
 * caller ends it with npim_circuit_fini. */
NPIM_MUST_USE npim_status npim_net_circuit(const npim_net *net, npim_circuit *circuit, npim_error *error);

#ifdef __cplusplus
}
#endif
#endif
