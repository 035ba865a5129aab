/* Strategy C: dot products through a neural shift-and-add and a neural A/D converter per column.
 *
 * A partial sum p becomes the voltage vdd/2 (1 + p / range) of a bit line, limited to the supply, where range
 * is npim_range_of all partial sums of the layer; the shift-and-add circuit (hw/circuit.h; inputs as in
 * sim/design/sa_sinad.h) takes the slices of one cycle after the other; V_max is npim_range_of what it has
 * accumulated, and the converter digitises that.
 *
 * Assumed: the converter's input is scaled, without error, so that +-V_max fills the converter's full scale
 * (a converter designed for that V_max, npim_adc_options.v_max_V, does the same by its references); bit lines
 * and samples are ideal. The circuits are evaluated, not tabulated: a few thousand conversions of an
 * instance cost less than its table. */
#ifndef NPIM_SIM_DESIGN_NEURAL_CHAIN_H
#define NPIM_SIM_DESIGN_NEURAL_CHAIN_H

#include "hw/converter.h"
#include "sim/design/bit_lines.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Borrowed circuits. */
typedef struct npim_neural_chain {
    const npim_circuit *shift_add;   /* 9 inputs; its last neuron is the result */
    const npim_converter *converter; /* input 0 */
    double full_scale_V;             /* of the converter, around half its supply; above 0, at most that */
} npim_neural_chain;

/* NPIM_EUSAGE or NPIM_ECONFIG, saying what, for circuits that do not fit. */
NPIM_MUST_USE npim_status npim_neural_chain_check(const npim_neural_chain *chain, npim_error *error);

/* All arrays: [vectors][columns]; owned by whoever gave them. */
typedef struct npim_neural_results {
    double *accumulated;     /* of the shift-and-add, from half the supply, V; not digitised */
    double *ideal;           /* the same through an ideal converter of as many bits over +-V_max */
    double *code;            /* of the neural converter */
    double bit_line_range;   /* in units of a partial sum */
    double v_max_V;          /* at the shift-and-add's output */
    double bit_line_clipped; /* share of the partial sums beyond their range */
    double clipped;          /* share of the results beyond V_max */
} npim_neural_results;

/* Runs checked circuits. random NULL: nominal ones; else column c has shift-and-add circuit random->block + c
 * and converter random->block + columns + c, both with the variation. Thermal noise: evaluation vector x
 * cycles + cycle, and vector. Errors as npim_instance_init; NPIM_ENOMEM. */
NPIM_MUST_USE npim_status npim_neural_chain_run(const npim_neural_chain *chain, const npim_bit_lines *lines,
                                                double range_sigmas, const npim_circuit_variation *variation,
                                                const npim_random *random, npim_neural_results *results,
                                                npim_error *error);

#ifdef __cplusplus
}
#endif
#endif
