/* What the cells of a design take while it stands still: an estimate that needs no simulator. */
#ifndef NPIM_SIM_DESIGN_CELL_POWER_H
#define NPIM_SIM_DESIGN_CELL_POWER_H

#include "sim/design/design.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Mean of sum g (s - u)^2 over the cells of the nominal circuit, uW, with the resistances that its netlist
 * gives them (npim_design_groups, assumed): of a converter over a ramp of its full scale, of a shift-and-add
 * over uniform inputs. The complement of an output counts as the supply minus it, and the row that makes it
 * is not counted; nor is what inverters and latches draw: a transient run (sim/design/design_settle.h) has
 * both. NPIM_ENOMEM. */
NPIM_MUST_USE npim_status npim_cell_power_uW(const npim_design *design, double *power_uW, npim_error *error);

#ifdef __cplusplus
}
#endif
#endif
