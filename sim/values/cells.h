/* The programmed cells of a layer, array by array.
 *
 * A layer's group takes ceil(rows / array rows) row chunks, and the outputs that fit side by side in an array
 * are a column block. The arrays of a network are numbered layer by layer, over groups, row chunks and column
 * blocks, column blocks last: that is the block number of what is drawn for their cells (hw/rram.h). All
 * replicas of a layer are programmed alike. Cells between the blocks of a grouped layer that share an array
 * physically are left out. Where wires have resistance (hw/wires.h), effective conductances take the place of
 * the programmed ones, of all cells of an array, used or not. */
#ifndef NPIM_SIM_VALUES_CELLS_H
#define NPIM_SIM_VALUES_CELLS_H

#include "hw/kernel/isa.h"
#include "hw/wires.h"
#include "sim/network.h"
#include "sim/values/hardware.h"
#include "sim/values/products.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Number of the first block of random samples that belongs to something else than arrays. */
#define NPIM_CELLS_CIRCUIT_BLOCKS 0x80000000u

typedef struct npim_cells {
    const npim_hardware *hardware; /* borrowed */
    npim_isa isa;
    npim_crossbar crossbar;
    npim_rram rram;
    bool wired; /* analog, and the wires have resistance */
    npim_wires wires;
    int32_t *weights;   /* [array rows][outputs] */
    uint32_t outputs;   /* of an array */
    double g_off_level; /* conductance of level 0, in levels */
    float *normal;      /* [columns] deviations of a row's cells */
    uint32_t *first;    /* [n_layers] number of a layer's first array */
} npim_cells;

/* NPIM_EUNSUPPORTED for a network of 2^31 arrays or more; as npim_wires_init; NPIM_ENOMEM. */
NPIM_MUST_USE npim_status npim_cells_init(npim_cells *cells, const npim_hardware *hardware,
                                          const npim_network *network, npim_isa isa, npim_error *error);
void npim_cells_fini(npim_cells *cells); /* safe on a zeroed struct and twice */

uint32_t npim_cells_chunks(const npim_cells *cells, const npim_product_layer *layer); /* of rows */
uint32_t npim_cells_blocks(const npim_cells *cells, const npim_product_layer *layer); /* of columns */

/* One array. */
typedef struct npim_cells_array {
    uint32_t first_row, rows;       /* of the group */
    uint32_t first_output, outputs; /* of the group */
    uint32_t columns;               /* outputs x columns_per_weight */
} npim_cells_array;

/* Programs array (chunk, block) of a layer by the law of hw/rram.h, cell number row x array columns + column;
 * deviations are those of npim_normals, which costs a quarter of npim_random_normal; NPIM_ECONFIG where wires
 * cannot be solved, NPIM_EINTERRUPTED when hardware->stop wants it, within an array too. value
 * [rows][columns]: conductance over that of level 0, in units of one level's step: the level itself where
 * nothing deviates. squares, if not NULL, [rows][columns]: the squared conductance in the same unit, level
 * 0's included, from which read noise follows; with wires that of the effective ones, as if each of these had
 * noise of its own (an approximation). What is taken off for level 0 is its nominal conductance, neither
 * drifted nor behind wires: an ideal reference. */
NPIM_MUST_USE npim_status npim_cells_program(npim_cells *cells, const npim_product_layer *layer,
                                             uint32_t chunk, uint32_t block, npim_cells_array *array,
                                             double *value, double *squares, npim_error *error);

#ifdef __cplusplus
}
#endif
#endif
