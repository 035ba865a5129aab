/* Replication: how often each layer is copied so that the pipeline is balanced within the arrays there are.
 */
#ifndef NPIM_SIM_REPLICATE_H
#define NPIM_SIM_REPLICATE_H

#include "sim/map.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Replicas of a recurrent layer at most: what they are fed through the host's link and buffers runs out
 * first. */
enum { NPIM_MAX_SEQUENCES = 64 };

/* Starts from one replica of everything and raises the replicas of the slowest layer while arrays remain of
 * `budget`: along the rows first (each time to the next number that shortens ceil(H / R)), then in column
 * bands; recurrent layers by image, up to NPIM_MAX_SEQUENCES. Returns the arrays used; more than budget when
 * even one replica each does not fit. */
uint64_t npim_replicate(npim_map *map, uint64_t budget);

/* Rows of which a tile cannot keep those that a replica reads in this round and in the next are split into
 * bands: as many replicas as before or fewer, and as few bands as that takes; not when the node would take 6
 * % longer. Returns the arrays used. (A way of our own: a replica whose buffer is too small for two rounds
 * waits for its rows after every row of windows, whatever its producer does meanwhile.) */
uint64_t npim_replicate_in_bands(npim_map *map);

/* Replicas of nodes without weights follow those of their host, as far as they have rows and columns. */
void npim_replicate_hosted(npim_map *map);

#ifdef __cplusplus
}
#endif
#endif
