/* Shared by the parts of the section on the system. */
#ifndef NPIM_SIM_REPRODUCE_SYSTEM_PARTS_H
#define NPIM_SIM_REPRODUCE_SYSTEM_PARTS_H

#include "sim/reproduce/points.h"

#ifdef __cplusplus
extern "C" {
#endif

/* system_causes.c: why the event-driven ratios are not those of the bound, factor by factor. */
NPIM_MUST_USE npim_status npim_system_causes(npim_study *study, const npim_points *points, npim_error *error);

/* system_networks.c: energy, throughput and what limits it, network by network; networks[] in JSON. */
NPIM_MUST_USE npim_status npim_system_networks(npim_study *study, const npim_points *points,
                                               npim_error *error);

#ifdef __cplusplus
}
#endif
#endif
