/* Cells of a circuit as words, "in0:7", "!n4:2", "rail1:3", and back. */
#ifndef NPIM_SIM_DESIGN_DESIGN_TEXT_H
#define NPIM_SIM_DESIGN_DESIGN_TEXT_H

#include "hw/circuit.h"

#include <stdio.h>

#ifdef __cplusplus
extern "C" {
#endif

/* "inverter", "inverter/5", "residue", "latch", "passive". */
void npim_neuron_kind_put(const npim_neuron *neuron, FILE *out);
NPIM_MUST_USE npim_status npim_neuron_kind_read(npim_neuron *neuron, const char *text, npim_error *error);

/* The cells of a neuron, a blank between two. */
void npim_cells_put(const npim_circuit *circuit, const npim_neuron *neuron, FILE *out);

/* Appends the cells that the text names to the circuit, whose n_inputs, n_rails and n_neurons are known, and
 * counts them in neuron. Sources are checked against these only as far as they are numbers of 16 bit:
 * npim_circuit_check does the rest. NPIM_ECONFIG, naming the word; NPIM_ENOMEM. */
NPIM_MUST_USE npim_status npim_cells_read(npim_circuit *circuit, npim_neuron *neuron, const char *text,
                                          npim_error *error);

#ifdef __cplusplus
}
#endif
#endif
