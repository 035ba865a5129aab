/* The netlist of a design, for `npim design --spice`: a ramp over the input of a converter, or over the
 * result that a shift-and-add begins with; or random steps of all inputs. */
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

/* 65 random inputs of 20 ns each (the first one starts from rest), with 0.1 fF on every row (assumed). step_V
 * of it is from malloc, for the caller to free; NULL when there is no memory. */
#define NPIM_DESIGN_ROW_F 1e-16
npim_netlist_steps npim_design_steps(const npim_design *design);

/* What is written. */
typedef struct npim_netlist_request {
    const char *deck_path; /* of the inverters */
    const npim_circuit_variation *variation;
    const npim_random *random; /* of the circuit's variation; NULL: the nominal one */
    bool steps;                /* a transient run through random inputs instead of a ramp */
} npim_netlist_request;

/* Text from malloc that ngspice runs as it is. Cells at the highest level have
 * 200 kOhm in the first stage of a pipeline, 800 kOhm at its residue, whose inverter is 16 times as wide as
 * the deck's, and 1 MOhm elsewhere (assumed); the ramp has 8 points for each LSB; the steps are those of
 * npim_design_steps. NPIM_ECONFIG as npim_inverter_deck_load, npim_instance_init and npim_netlist_ramp_text.
 */
NPIM_MUST_USE npim_status npim_design_netlist(const npim_design *design, const npim_netlist_request *request,
                                              char **text, npim_error *error);

#ifdef __cplusplus
}
#endif
#endif
