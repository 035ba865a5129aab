#include "sim/pieces.h"

#include <stdlib.h>

bool npim_pieces_add(npim_pieces *pieces, npim_piece item) {
    if (pieces->n == pieces->capacity) {
        uint32_t larger = pieces->capacity ? pieces->capacity * 2 : 8;
        npim_piece *grown = realloc(pieces->items, larger * sizeof *grown);
        if (!grown) return false;
        pieces->items = grown;
        pieces->capacity = larger;
    }
    pieces->items[pieces->n++] = item;
    return true;
}

bool npim_pieces_slice(const npim_pieces *pieces, uint32_t from, uint32_t n, npim_pieces *out) {
    uint32_t c = 0;
    for (uint32_t i = 0; i < pieces->n; c += pieces->items[i++].channels) {
        const npim_piece *p = &pieces->items[i];
        uint32_t low = from > c ? from : c;
        uint32_t end = c + p->channels, high = from + n < end ? from + n : end;
        if (low >= high) continue;
        if (!npim_pieces_add(out, (npim_piece){p->node, p->node_c + (low - c), high - low})) return false;
    }
    return true;
}

uint32_t npim_pieces_channels(const npim_pieces *pieces) {
    uint32_t n = 0;
    for (uint32_t i = 0; i < pieces->n; i++) n += pieces->items[i].channels;
    return n;
}

/* Number of the piece with channel c; *end: the channel behind its last. */
static uint32_t find(const npim_pieces *pieces, uint32_t c, uint32_t *end) {
    uint32_t i = 0;
    *end = pieces->items[0].channels;
    while (c >= *end) *end += pieces->items[++i].channels;
    return i;
}

uint32_t npim_pieces_node(const npim_pieces *pieces, uint32_t c) {
    uint32_t end;
    return pieces->items[find(pieces, c, &end)].node;
}

uint32_t npim_pieces_end(const npim_pieces *pieces, uint32_t c) {
    uint32_t end;
    (void)find(pieces, c, &end);
    return end;
}

void npim_pieces_fini(npim_pieces *pieces) {
    free(pieces->items);
    *pieces = (npim_pieces){0};
}
