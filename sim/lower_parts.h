/* Inside sim/lower*.c: a program in the making. */
#ifndef NPIM_SIM_LOWER_PARTS_H
#define NPIM_SIM_LOWER_PARTS_H

#include "sim/lower.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct npim_lowering {
    npim_program *program;
    const npim_map *map;
    uint32_t *slot_of_part;  /* number of the part's slot on its tile */
    uint32_t *buffer_of_map; /* number of the buffer on its tile */
    uint32_t *first_of_edge; /* the map's buffers of an edge lie in [first_of_edge, end_of_edge) */
    uint32_t *end_of_edge;
    npim_error *error;
} npim_lowering;

npim_status npim_lower_no_memory(const npim_lowering *l);

/* Where the outputs of (node, replica, [out_from, out_to)) go: all buffers that they reach, and the host. The
 * slot owns the list. Buffers must have been lowered; parts of one replica come in order, which numbers the
 * pieces of a pixel. NPIM_ENOMEM, NPIM_EINTERRUPTED. */
NPIM_MUST_USE npim_status npim_lower_destinations(const npim_lowering *l, uint32_t node, uint32_t replica,
                                                  uint32_t out_from, uint32_t out_to,
                                                  npim_program_slot *slot);

/* Destinations that get the same channels become one group, a multicast. At first, the group of each is the
 * first channel that it gets. */
void npim_lower_group(npim_program_slot *slot);

#ifdef __cplusplus
}
#endif
#endif
