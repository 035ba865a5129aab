/* Nodes without weights, and the nodes on whose tiles they run: their hosts. */
#ifndef NPIM_SIM_HOSTING_H
#define NPIM_SIM_HOSTING_H

#include "sim/map.h"

#ifdef __cplusplus
extern "C" {
#endif

/* What would be a walk from producer to producer, once for all nodes. Owned by whoever made it. */
typedef struct npim_hosting {
    const npim_map *map; /* borrowed */
    uint32_t *next;   /* [n_nodes] the next node on the same host, in the order of the graph, the host itself
                         first; n_nodes: none */
    uint32_t *offset; /* [n_nodes] channel i of a node is channel i + offset of its host's output */
    uint32_t *first_row; /* [n_nodes] where the node's replica rows begin in row */
    uint32_t *row; /* the host's replica row next to which a replica row of a node runs: the one that makes
                      the middle row of its first window */
} npim_hosting;

/* For the replicas that the placements of the map have now, of which there are less than 2^32. hosting must
 * be zeroed or finished. */
NPIM_MUST_USE npim_status npim_hosting_make(npim_hosting *hosting, const npim_map *map, npim_error *error);

void npim_hosting_fini(npim_hosting *hosting); /* safe on a zeroed struct and twice */

/* The channels [*from, *to) of node n that lie on a tile which owns [out_from, out_to) of its host's output;
 * 0, 0: none. */
void npim_hosting_channels(const npim_hosting *hosting, uint32_t n, uint32_t out_from, uint32_t out_to,
                           uint32_t *from, uint32_t *to);

#ifdef __cplusplus
}
#endif
#endif
