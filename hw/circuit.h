/* A peripheral circuit of RRAM cells and inverters: the one description, and the one evaluator, of the neural
 * shift-and-add and of the neural A/D converter.
 *
 * A neuron is a row of cells that meet in one node, with nothing or an inverter behind it. Every cell ties
 * the node to a source, so the node is a passive divider (dual-path rows: a source may be taken inverted): u
 * = sum g_i s_i / sum g_i. Sources are the inputs, the rails, and the outputs of neurons that come earlier;
 * complements of all of them.
 *
 * Cells have 2^bits equally spaced conductances. A level counts in units of the highest one:
 *     g(level) = 1/r + (1 - 1/r) x level / (2^bits - 1), r the on/off ratio,
 * without 1/r where cells at level 0 are switched off by their access transistor (r = 0). A programmed cell
 * has g x (1 + sigma n), n standard normal and fixed by (seed, instance, cell). */
#ifndef NPIM_HW_CIRCUIT_H
#define NPIM_HW_CIRCUIT_H

#include "hw/inverter.h"
#include "hw/random.h"

#include <stdbool.h>
#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

enum { NPIM_CIRCUIT_MAX_NEURONS = 4096, NPIM_CIRCUIT_MAX_INPUTS = 64 };

/* Sources: 0 .. n_inputs - 1 the inputs, then the rails, then the neurons in their order. */
typedef struct npim_cell {
    uint16_t source;
    uint8_t level;   /* 0 .. 2^bits - 1 */
    bool complement; /* of the source: vdd - s, of a latch, too; of a neuron with an inverter: that of a row
                        with both paths exchanged, out(vdd - u) */
} npim_cell;

typedef enum npim_neuron_kind {
    NPIM_NEURON_PASSIVE, /* the node itself */
    NPIM_NEURON_INVERTER,
    NPIM_NEURON_RESIDUE, /* an inverter with a transfer curve of its own: loaded by what it drives */
    NPIM_NEURON_LATCH    /* a comparator: vdd when the node lies below vdd / 2, else 0 */
} npim_neuron_kind;

typedef struct npim_neuron {
    uint32_t first_cell, n_cells;
    npim_neuron_kind kind;
    uint32_t chain; /* inverters one behind the other (odd), for NPIM_NEURON_INVERTER */
} npim_neuron;

/* Owned by whoever made it: the three arrays come from malloc. */
typedef struct npim_circuit {
    uint32_t bits;       /* of a cell: 1..8 */
    double on_off_ratio; /* above 1, or 0: level 0 is off */
    double vdd_V;
    uint32_t n_inputs, n_rails, n_neurons, n_outputs; /* the last n_outputs neurons are the outputs */
    double *rail_V;                                   /* [n_rails] */
    npim_neuron *neurons;
    npim_cell *cells;
    uint32_t n_cells;
    npim_inverter inverter, residue; /* of the neurons that have one */
} npim_circuit;

void npim_circuit_fini(npim_circuit *circuit); /* safe on a zeroed struct and twice */

/* NPIM_ECONFIG, saying which neuron or cell, for a level, a source or a number of cells out of range, a cell
 * that reads a neuron not before its own, a chain that is not odd, a node without conductance. */
NPIM_MUST_USE npim_status npim_circuit_check(const npim_circuit *circuit, npim_error *error);

/* Conductance of a perfect cell, in units of the highest. */
double npim_circuit_conductance(const npim_circuit *circuit, uint32_t level);

/* What a fabricated circuit differs in. */
typedef struct npim_circuit_variation {
    double sigma;                         /* of a cell's conductance, relative: 0..0.5 */
    double stuck_on_rate, stuck_off_rate; /* of all cells; 0..1, together at most 1 */
    double offset_V;                      /* standard deviation of a neuron's threshold */
    double node_F;                        /* capacitance of a node for thermal noise kT/C; 0: none */
    double temperature_K;
} npim_circuit_variation;

/* One circuit as programmed: the divider weights of its nodes, with the rails folded into constants. */
typedef struct npim_instance {
    const npim_circuit *circuit; /* borrowed */
    uint32_t *first;             /* [n_neurons + 1] of a neuron's terms */
    uint32_t *term;              /* 2 x (input, or n_inputs + neuron), + 1 for its complement */
    double *weight;              /* of each term */
    double *constant_V;          /* [n_neurons] from the rails */
    double *offset_V;            /* [n_neurons] of the threshold */
    double noise_V;              /* of every node at every evaluation */
    uint32_t n_floating; /* nodes that faults tie to nothing: they stay at half the supply (assumed) */
    npim_random random;
    npim_circuit_variation variation; /* that it was programmed with; all 0 for a perfect one */
} npim_instance;

/* Programs one instance of a checked circuit. random: the seed of all samples and the block number of this
 * one; NULL: a perfect one, and variation is not looked at. NPIM_ECONFIG for a variation outside its ranges;
 * NPIM_ENOMEM. */
NPIM_MUST_USE npim_status npim_instance_init(npim_instance *instance, const npim_circuit *circuit,
                                             const npim_circuit_variation *variation,
                                             const npim_random *random, npim_error *error);
void npim_instance_fini(npim_instance *instance); /* safe on a zeroed struct and twice */

/* The conductance that a cell of an instance was programmed to, in units of the highest level: the very one
 * in its weights. */
double npim_instance_conductance(const npim_instance *instance, uint32_t cell);

/* Evaluates all neurons in their order from the voltages of the inputs, in_V [n_inputs]. node_V [n_neurons]
 * become the nodes before the inverters, out_V [n_neurons] what is behind them. index numbers the evaluation
 * for thermal noise. */
void npim_instance_eval(const npim_instance *instance, const double *in_V, uint64_t index, double *node_V,
                        double *out_V);

/* Share of a source in a neuron's node: sum of the weights of its terms, those of its complement negative.
 * source: an input, or n_inputs + neuron. */
double npim_instance_weight(const npim_instance *instance, uint32_t neuron, uint32_t source);

#ifdef __cplusplus
}
#endif
#endif
