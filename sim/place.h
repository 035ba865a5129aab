/* Placement: the parts of every replica on tiles, and the buffers these tiles need. */
#ifndef NPIM_SIM_PLACE_H
#define NPIM_SIM_PLACE_H

#include "sim/map.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Lays the replicas of all nodes onto tiles, in topological order. Splits a replica between column blocks
 * where that wastes little of a tile, inside them (a chain of partial sums) otherwise or when `pack` is set.
 * A tile takes no more layers than its eDRAM can buffer at their minimum. *tiles becomes the number of tiles
 * used, also when that is more than there are (parts then lie beyond the last tile). */
NPIM_MUST_USE npim_status npim_place(npim_map *map, bool pack, uint32_t *tiles, npim_error *error);

/* Makes the buffers of all placed parts, spreads the eDRAM that is left over them (unless the run asks for
 * minimum buffers) and counts the buffer tiles. */
NPIM_MUST_USE npim_status npim_place_buffers(npim_map *map, npim_error *error);

#ifdef __cplusplus
}
#endif
#endif
