/* What a range of a replica's arrays holds: counts for the plan, and the channels it reads and finishes. */
#ifndef NPIM_SIM_SHAPE_H
#define NPIM_SIM_SHAPE_H

#include "sim/map.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Sets rows to arrays of a weight node's placement. */
void npim_shape_placement(const npim_arch *arch, const npim_network *network, const npim_node *node,
                          npim_placement *placement);

/* Fills in_*, out_*, psum_* and shape of a part whose array range is set. */
void npim_shape_part(const npim_arch *arch, const npim_node *node, const npim_placement *placement,
                     npim_part *part);

/* Between two windows of a replica that has its tiles to itself, ps. The placement is that of
 * npim_shape_placement. */
uint64_t npim_shape_interval_ps(const npim_arch *arch, const npim_node *node,
                                const npim_placement *placement);

#ifdef __cplusplus
}
#endif
#endif
