/* Settling time and energy of a design's circuit, for its file: what a transient run of ngspice says, tagged
 * D with the netlist it came from. */
#ifndef NPIM_SIM_DESIGN_DESIGN_SETTLE_H
#define NPIM_SIM_DESIGN_DESIGN_SETTLE_H

#include "sim/design/design.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Runs 64 random steps of the inputs through the netlist of npim_design_netlist, with 0.1 fF on every row
 * (assumed), and fills in design->settle. A converter has settled when its wires stay, a shift-and-add when
 * its result stays within half a 512th of the supply. Random steps are no search for the worst case, and
 * latches decide without delay. NPIM_EUSAGE
 * for a pipeline whose request was not loaded; else errors as npim_settle_measure. */
NPIM_MUST_USE npim_status npim_design_settle(npim_design *design, const char *deck_path, npim_error *error);

/* The same for a design that npim_design_make just made with the decks of `folder`. NPIM_EUSAGE for a folder
 * whose name is too long. */
NPIM_MUST_USE npim_status npim_design_settle_in(npim_design *design, const char *folder, npim_error *error);

#ifdef __cplusplus
}
#endif
#endif
