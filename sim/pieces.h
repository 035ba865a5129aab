/* Where the channels of a layer's output come from: a list of channel ranges of nodes, in channel order. */
#ifndef NPIM_SIM_PIECES_H
#define NPIM_SIM_PIECES_H

#include <stdbool.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Channels [node_c, node_c + channels) of a node. */
typedef struct npim_piece {
    uint32_t node, node_c, channels;
} npim_piece;

/* Owned by whoever made it; zeroed is empty. */
typedef struct npim_pieces {
    npim_piece *items;
    uint32_t n, capacity;
} npim_pieces;

/* Appends an item; false: no memory, and nothing has changed. */
bool npim_pieces_add(npim_pieces *pieces, npim_piece item);

/* Appends to out the pieces of channels [from, from + n); false: no memory. */
bool npim_pieces_slice(const npim_pieces *pieces, uint32_t from, uint32_t n, npim_pieces *out);

/* Channels of all pieces. */
uint32_t npim_pieces_channels(const npim_pieces *pieces);

/* The node that makes channel c (below the number of channels), and the channel behind that piece's last. */
uint32_t npim_pieces_node(const npim_pieces *pieces, uint32_t c);
uint32_t npim_pieces_end(const npim_pieces *pieces, uint32_t c);

void npim_pieces_fini(npim_pieces *pieces); /* safe on a zeroed struct and twice */

#ifdef __cplusplus
}
#endif
#endif
