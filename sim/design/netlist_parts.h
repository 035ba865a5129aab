/* What the files of the netlist share; sim/design/netlist.h is for everybody else. */
#ifndef NPIM_SIM_DESIGN_NETLIST_PARTS_H
#define NPIM_SIM_DESIGN_NETLIST_PARTS_H

#include "sim/design/netlist.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Which sources some row reads, as they are and as complements: [2 x source + complement], from malloc; NULL
 * without memory. Complements of neurons that nobody reads read nothing. */
bool *npim_netlist_used(const npim_instance *instance);

/* The group of a neuron of a checked netlist. */
const npim_netlist_group *npim_netlist_group_of(const npim_netlist *netlist, uint32_t neuron);

#ifdef __cplusplus
}
#endif
#endif
