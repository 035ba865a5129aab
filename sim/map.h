/* The mapper: which arrays of which tiles hold what, how often a layer is replicated, and how large every
 * buffer is. */
#ifndef NPIM_SIM_MAP_H
#define NPIM_SIM_MAP_H

#include "sim/arch.h"
#include "sim/graph.h"

#ifdef __cplusplus
extern "C" {
#endif

/* How one node's weights lie on arrays. A replica is a full copy; its arrays are numbered column block by
 * column block, all row chunks of a block adjacent; groups that fit an array are packed block-diagonally. */
typedef struct npim_placement {
    uint64_t rows, outputs; /* K and N of one group */
    uint32_t groups;
    uint32_t row_chunks;       /* rb: ceil(K / array rows) */
    uint32_t column_blocks;    /* cb: ceil(N x columns per weight / array columns) */
    uint32_t groups_per_array; /* 0: a group needs arrays of its own */
    uint32_t arrays;           /* of one replica; 0 for nodes without weights */
    uint32_t replica_rows;  /* replicas along the rows: replica i makes rows y with y mod replica_rows = i */
    uint32_t replica_bands; /* and column bands: a window row is split into so many */
    uint32_t
        replica_images;   /* or, recurrent layers and what runs beside them: replica i makes all of the images
                             with image mod replica_images = i; replica_rows and replica_bands are then 1 */
    uint64_t interval_ps; /* between two windows of one replica, nothing else in the way */
    uint64_t loop_ps; /* recurrent layers: between two steps of the slowest replica, nothing else in the way
                         (sim/loop.h); 0: not recurrent */
    uint32_t first_part; /* parts[first_part ..): replica by replica (row-major: row, band) */
    uint32_t n_parts;
} npim_placement;

/* The part of one replica of a node on one tile: what becomes a slot of that tile. Nodes without weights have
 * parts too, on the tiles that own the outputs of their host. */
typedef struct npim_part {
    uint32_t node, replica, tile;
    uint32_t array_from, array_to; /* of the replica */
    uint32_t in_from, in_to;       /* channels of the node's input that are read here */
    uint32_t out_from, out_to;     /* channels of the node's output that are finished here; equal: none */
    uint32_t psum_in;              /* outputs whose partial sums arrive from the part before */
    uint32_t psum_out;             /* outputs whose partial sums leave to the part after */
    npim_pe_shape shape;
} npim_part;

/* The input buffer of a node's edge on a tile, shared by all replicas of the node there. */
typedef struct npim_map_buffer {
    uint32_t tile, edge;
    uint32_t in_from, in_to; /* channels of the node's input kept here, within the edge */
    uint32_t rows;           /* row classes of the node on this tile */
    uint32_t last_row;       /* of them */
    uint32_t x_from, x_to;   /* columns read here */
    uint32_t minimum_px, capacity_px;
    uint32_t pixel_B;
    uint64_t address;
} npim_map_buffer;

typedef struct npim_map_tile {
    uint32_t arrays;    /* in use */
    uint64_t needed_B;  /* of eDRAM, with buffers at their minimum */
    uint64_t buffers_B; /* as laid out */
} npim_map_tile;

/* Owned by whoever made it. */
typedef struct npim_map {
    const npim_arch *arch; /* borrowed */
    const npim_network *network;
    const npim_graph *graph;
    const npim_stop *stop;      /* borrowed, may be NULL */
    npim_placement *placements; /* [n_nodes] */
    npim_part *parts;
    uint32_t n_parts;
    npim_map_buffer *buffers;
    uint32_t n_buffers;
    npim_map_tile *tiles; /* [n_tiles] */
    uint32_t n_tiles;     /* of all chips */
    uint32_t rounds;      /* of rows that a tile must be able to buffer for its replicas */
    uint32_t chips;
    uint32_t used_tiles;   /* with parts */
    uint32_t buffer_tiles; /* that lend their eDRAM to neighbours whose buffers do not fit */
    uint64_t used_arrays;
    uint64_t minimum_arrays; /* one replica of everything */
} npim_map;

/* Parts of a mapping, and buffers: far more than the published networks take on thousands of chips. */
#define NPIM_MAX_PARTS 4194304u

/* Maps a graph on the chips of an architecture. map must be zeroed or finished; arch, network, graph and stop
 * (which may be NULL) must outlive it. NPIM_EFIT, with the numbers needed and available, when one replica of
 * every layer does not fit; NPIM_EUNSUPPORTED for more than NPIM_MAX_PARTS parts; NPIM_EINTERRUPTED. */
NPIM_MUST_USE npim_status npim_map_make(npim_map *map, const npim_arch *arch, const npim_network *network,
                                        const npim_graph *graph, const npim_stop *stop, npim_error *error);

void npim_map_fini(npim_map *map); /* safe on a zeroed struct and twice */

/* Bytes of eDRAM for `px` pixels of pixel_B bytes on an edge, read by replicas of so many row classes of its
 * consumer. A pooling unit merges pixels into rows of running results as they come, and stores no more than
 * one row for each row class and each window that overlaps. */
uint64_t npim_map_storage_B(const npim_map *map, const npim_edge *edge, uint32_t rows, uint32_t px,
                            uint32_t pixel_B);

/* Pixels of an edge with which replicas by image, at either end, need not wait for each other: whole images.
 * 0 where there are none. */
uint64_t npim_map_sequence_px(const npim_map *map, const npim_edge *edge);

/* Columns [*x_from, *x_to) of its inputs that replicas first..last of a node read: all of them when they are
 * of several row classes. */
void npim_map_columns(const npim_map *map, uint32_t node, uint32_t first, uint32_t last, uint32_t *x_from,
                      uint32_t *x_to);

/* The edge's minimum for a tile that reads so many columns of each row of row_px. Of a x row_px + b pixels
 * that follow each other in raster order (b < row_px), at most a x columns + min(b, columns) lie in them. */
uint32_t npim_map_minimum_px(const npim_edge *edge, uint32_t row_px, uint32_t columns);

/* Pixels of an edge that replicas of so many row classes of its consumer on one tile, which read so many
 * columns, read side by side in so many rounds of rows: with less than one they wait for each other, with
 * less than two also for the rows of the next round. At least the minimum for these columns. */
uint32_t npim_map_rounds_px(const npim_map *map, const npim_edge *edge, uint32_t columns, uint32_t rows,
                            uint32_t rounds);

/* Replicas of a node: images x rows x bands. */
uint32_t npim_map_replicas(const npim_placement *placement);

/* The row class, column band and image class of a part's windows; any pointer may be NULL. */
void npim_map_share(const npim_map *map, const npim_part *part, uint32_t *row, uint32_t *band,
                    uint32_t *image);

/* Windows of a part for one image, on average over the images of the run: replicas by image have none of
 * most. */
double npim_map_part_windows(const npim_map *map, const npim_part *part);

/* Columns [*from, *to) of band b of a node's output. */
void npim_map_band(const npim_map *map, uint32_t node, uint32_t band, uint32_t *from, uint32_t *to);

/* Windows per image of the slowest replica: ceil(H / rows) x ceil(W / bands). */
uint64_t npim_map_windows(const npim_map *map, uint32_t node);

/* Time of the slowest replica for one image of its own, ps: windows x interval; recurrent layers wait for the
 * loop between their steps. 0 for nodes without weights. */
uint64_t npim_map_image_ps(const npim_map *map, uint32_t node);

/* Time between two images that a node can keep up, ps: the above, shared by its replicas by image. */
double npim_map_pace_ps(const npim_map *map, uint32_t node);

/* The pipeline bound: images per second if every replica of the slowest layer never waits. */
double npim_map_pipeline_bound(const npim_map *map);

/* The work-conserving bound: images per second if every array of the chips were always busy. */
double npim_map_work_conserving_bound(const npim_map *map);

#ifdef __cplusplus
}
#endif
#endif
