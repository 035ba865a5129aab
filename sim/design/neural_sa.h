/* Designs the neural shift-and-add of integer cells, without training: a passive ladder. What it is for
 * stands in sim/design/sa_sinad.h.
 *
 * The cycle's sum acc' = 2^-P acc + (1 - 2^-P) sum 2^k x_k / 255 is convex: its weights are positive and add
 * up to 1, and so do those of a row of cells without an inverter. With m units for the least significant
 * slice, slice k: 2^k m units,    acc: 255 m / (2^P - 1) units, all whole for P = 1, 2, 4, 8; a unit is one
 * level, and u units take ceil(u / highest level) cells. The nominal error is that of arithmetic; sigma of a
 * slice's share falls with the root of its cells: 3 dB for twice the cells. Finer levels need fewer cells and
 * are therefore worse. */
#ifndef NPIM_SIM_DESIGN_NEURAL_SA_H
#define NPIM_SIM_DESIGN_NEURAL_SA_H

#include "hw/circuit.h"

#ifdef __cplusplus
extern "C" {
#endif

enum { NPIM_LADDER_MAX_MULTIPLICITY = 16 };

typedef struct npim_ladder_options {
    uint32_t dac_bits;     /* P: 1, 2, 4 or 8 */
    uint32_t multiplicity; /* m: 1..16 */
    uint32_t cell_bits;    /* 1..8 */
    double vdd_V;          /* supply */
} npim_ladder_options;

/* P = 1, m = 4, 3 bit, 1 V: 297 cells. */
npim_ladder_options npim_ladder_default_options(void);

/* Makes the circuit: inputs are the 8 slices, least significant first, and acc; its one neuron is the result.
 * Free it with npim_circuit_fini. NPIM_EUSAGE, naming the option, what it is and what is allowed. On failure
 * *circuit is zeroed. */
NPIM_MUST_USE npim_status npim_ladder_design(npim_circuit *circuit, const npim_ladder_options *options,
                                             npim_error *error);

#ifdef __cplusplus
}
#endif
#endif
