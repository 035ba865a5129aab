/* NNS+A, the neural shift-and-add of Neural-PIM: accumulates a dot product over the input cycles in the
 * analog domain, least significant digit first, as a convex combination that never leaves the input range:
 *     acc <- acc x 2^-dac_bits + (1 - 2^-dac_bits) x v.
 * A behavioural model: the circuit's errors appear as Gaussian noise at the output. */
#ifndef NPIM_HW_NEURAL_SA_H
#define NPIM_HW_NEURAL_SA_H

#include "hw/block.h"
#include "hw/circuit.h"
#include "hw/random.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct npim_neural_sa_config {
    uint32_t dac_bits; /* P_D, bits per input cycle: 1..16 */
    double energy_pJ;  /* of one step of one unit: 3.03 */
    double area_um2;   /* of one unit with its NNADC share: 141 */
    double noise_V;    /* standard deviation of each step's output; 0: none */
} npim_neural_sa_config;

typedef struct npim_neural_sa {
    npim_neural_sa_config config;
    double keep;            /* 2^-dac_bits */
    double v_in_V, v_acc_V; /* unit 0; probed */
    uint64_t n_steps;       /* probed */
} npim_neural_sa;

NPIM_MUST_USE npim_status npim_neural_sa_init(npim_neural_sa *neural_sa, const npim_neural_sa_config *config,
                                              npim_error *error);
void npim_neural_sa_fini(npim_neural_sa *neural_sa);
void npim_neural_sa_reset(npim_neural_sa *neural_sa);

/* The weighted mean of a weight's slices (least significant first): sum 2^(k cell_bits) v_k / sum 2^(k
 * cell_bits). For differential columns v_k is the difference of W_P's and W_N's. No slices: 0. */
double npim_neural_sa_mix_V(const double *v_V, uint32_t slices, uint32_t cell_bits);

/* One step of n accumulators, which the caller owns and sets to 0 before the first cycle. random NULL: no
 * noise; else accumulator i draws index + i. */
void npim_neural_sa_eval(npim_neural_sa *neural_sa, const double *v_V, size_t n, const npim_random *random,
                         uint64_t index, double *acc_V);

/* One step of one accumulator by a circuit (sim/design: 8 slices and acc in, its last neuron out). Voltages
 * -full_V..full_V stand for the rails and are limited to them: slice_V, least significant first; *acc_V, 0
 * before the first cycle. index: of the step, for thermal noise. scratch_V has room for 2 x n_neurons. */
void npim_neural_sa_step(npim_neural_sa *neural_sa, const npim_instance *circuit, const double slice_V[8],
                         double full_V, uint64_t index, double *scratch_V, double *acc_V);

/* What the first digit's voltage counts for after n_cycles (>= 1) steps: with v_c = digit_c x u, acc = gain x
 * value x u, gain = (1 - 2^-dac_bits) x 2^(-dac_bits (n_cycles - 1)). */
double npim_neural_sa_gain(const npim_neural_sa *neural_sa, uint32_t n_cycles);

extern const npim_block_ops npim_neural_sa_ops; /* work.count: steps; inside the cycle work.hold_ps */

#ifdef __cplusplus
}
#endif
#endif
