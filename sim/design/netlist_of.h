/* The netlist of a design, for `npim design --spice`: a ramp over the converter's input, or a step through
 * the inputs of a shift-and-add. */
#ifndef NPIM_SIM_DESIGN_NETLIST_OF_H
#define NPIM_SIM_DESIGN_NETLIST_OF_H

#include "sim/design/design.h"
#include "sim/design/netlist.h"

#ifdef __cplusplus
extern "C" {
#endif

enum { NPIM_DESIGN_MAX_GROUPS = 3 };

/* Neurons that are made alike, for netlists of the design; returns how many groups. */
uint32_t npim_design_groups(const npim_design *design, npim_netlist_group groups[NPIM_DESIGN_MAX_GROUPS]);

/* Text from malloc that ngspice runs as it is. deck_path: of the inverters. Cells at the highest level have
 * 200 kOhm in the first stage of a pipeline, 800 kOhm at its residue, whose inverter is 16 times as wide as
 * the deck's, and 1 MOhm elsewhere (assumed); the ramp has 8 points for each LSB. NPIM_ECONFIG as
 * npim_inverter_deck_load and npim_netlist_ramp_text. */
NPIM_MUST_USE npim_status npim_design_netlist(const npim_design *design, const char *deck_path, char **text,
                                              npim_error *error);

#ifdef __cplusplus
}
#endif
#endif
