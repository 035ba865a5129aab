/* Builds a circuit row by row: rails and inputs are known beforehand, neurons and their cells are appended.
 */
#ifndef NPIM_SIM_DESIGN_ROWS_H
#define NPIM_SIM_DESIGN_ROWS_H

#include "hw/circuit.h"

#ifdef __cplusplus
extern "C" {
#endif

/* A circuit under construction. Running out of memory is remembered until npim_rows_end. */
typedef struct npim_rows {
    npim_circuit circuit; /* owned until npim_rows_end */
    uint32_t neuron_room, cell_room;
    bool failed;
} npim_rows;

/* Starts a circuit of cells that can be off, with n_rails at rail_V. */
void npim_rows_begin(npim_rows *rows, uint32_t bits, double vdd_V, uint32_t n_inputs, const double *rail_V,
                     uint32_t n_rails);

/* Appends a neuron without cells; returns its source number. chain is 1. */
uint32_t npim_rows_neuron(npim_rows *rows, npim_neuron_kind kind);

/* Ties the last neuron's node to a source over so many levels in all, split over n_cells as evenly as it
 * goes, larger ones first: over more cells when n_cells cannot hold them, over fewer when there are fewer
 * levels. No cell for no level. */
void npim_rows_tie(npim_rows *rows, uint32_t source, bool complement, uint32_t levels, uint32_t n_cells);

/* Hands the circuit over: the last n_outputs neurons are its outputs. NPIM_ENOMEM; then *circuit is zeroed
 * and everything freed. */
NPIM_MUST_USE npim_status npim_rows_end(npim_rows *rows, uint32_t n_outputs, npim_circuit *circuit,
                                        npim_error *error);

#ifdef __cplusplus
}
#endif
#endif
