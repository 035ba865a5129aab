/* Writes a programmed peripheral circuit (hw/circuit.h) as a netlist that ngspice runs as it is.
 *
 * Every cell is a resistor, r_on_ohm / its conductance; a cell without conductance is left out. Inverters are
 * the subcircuit of the deck, widened by m=. The rows are real: what a row loads is loaded. The idealised
 * parts are those that the model idealises as well: inputs, their complements and the rails are stiff
 * sources; a passive node that feeds other rows does so through a follower (what samples and holds it); a
 * latch is, by choice, a comparator without delay and input current (a behavioural source) or a chain of
 * inverters. The complement of a neuron is a row of its own with both paths exchanged and the same
 * conductances.
 *
 * Nodes: in0, in0_n (complement), rail0, vdd; u5 and o5 are the row and the output of neuron 5 (the latter
 * for passive ones that feed nothing: the same), u5_n and o5_n those of its complement. */
#ifndef NPIM_SIM_DESIGN_NETLIST_H
#define NPIM_SIM_DESIGN_NETLIST_H

#include "hw/circuit.h"
#include "sim/design/inverter_table.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Neurons that are made alike. */
typedef struct npim_netlist_group {
    uint32_t n_neurons;
    double r_on_ohm; /* of a cell at the highest level; 1..1e12 */
    double width;    /* of the inverters that drive their outputs, in units of the deck's: 0.1..1000 */
} npim_netlist_group;

typedef struct npim_netlist {
    const npim_instance *instance; /* borrowed, with its circuit */
    const npim_inverter_deck *deck;
    const npim_netlist_group *groups; /* in the order of the neurons, all of them together; borrowed */
    uint32_t n_groups;
    uint32_t latch_chain; /* inverters of a latch, odd: the last one is as wide as its group's; 0: ideal */
    double node_F;        /* capacitance of every row to ground; 0: none but the gates' */
    double temperature_C;
} npim_netlist;

/* A DC sweep of one input; the others stand still. */
typedef struct npim_netlist_ramp {
    uint32_t input;
    double from_V, to_V;
    uint32_t n_points;  /* 2.. */
    const double *in_V; /* [n_inputs] of the others */
} npim_netlist_ramp;

/* A transient run in which the inputs step together. */
typedef struct npim_netlist_steps {
    uint32_t n_steps;      /* 1.. */
    const double *step_V;  /* [n_steps][n_inputs] */
    double hold_s, edge_s; /* between the beginnings of two steps; of which the inputs move for edge_s */
    double resolution_s;   /* largest time step */
} npim_netlist_steps;

/* NPIM_ECONFIG for groups that are not exactly the circuit's neurons, and for values out of range. */
NPIM_MUST_USE npim_status npim_netlist_check(const npim_netlist *netlist, npim_error *error);

/* The netlist with its stimulus, as text from malloc. It writes columns, in this order: the scale (the input,
 * or the time); u of every neuron; o of every neuron; of steps also the power in W that all sources deliver.
 * NPIM_ECONFIG as npim_netlist_check, and for a stimulus out of range. */
NPIM_MUST_USE npim_status npim_netlist_ramp_text(const npim_netlist *netlist, const npim_netlist_ramp *ramp,
                                                 char **text, npim_error *error);
NPIM_MUST_USE npim_status npim_netlist_steps_text(const npim_netlist *netlist,
                                                  const npim_netlist_steps *steps, char **text,
                                                  npim_error *error);

/* Number of columns of a ramp; of steps it is one more. */
size_t npim_netlist_columns(const npim_netlist *netlist);

/* What the cells of later neurons hang on the output of a neuron: the conductance and the voltage that it
 * sees. Exact where those rows lead to rails; inputs and other neurons count as half the supply. For the
 * table of the residue inverter under its real load (npim_inverter_table_make with the width of its group).
 * NPIM_ECONFIG as npim_netlist_check. */
NPIM_MUST_USE npim_status npim_netlist_load(const npim_netlist *netlist, uint32_t neuron,
                                            npim_inverter_load *load, npim_error *error);

#ifdef __cplusplus
}
#endif
#endif
