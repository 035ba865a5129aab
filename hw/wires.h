/* Wire resistance of a crossbar (IR drop), solved exactly and once per array.
 *
 * Word line r is driven at the left, before column 0, through one segment of word_line_ohm; one more segment
 * lies between neighbouring columns, and its right end is open. Bit lines are open at the top; segments of
 * bit_line_ohm lie between neighbouring rows, and one more below the last row leads to the virtual ground
 * that takes the current. Cell (r, c) connects the two lines where they cross.
 *
 * The network is linear: the current of a bit line is a weighted sum of the word line voltages. The weights
 * are the effective conductances. They take the place of g_S in every product (npim_crossbar_eval), which
 * then costs what it costs without wires.
 *
 * Row by row from the top, the network above is reduced to conductances between its bit lines, and from each
 * bit line to each word line driver: the next row adds its own, and the segment below every bit line is taken
 * in by a star-mesh transformation. Only positive numbers are added, multiplied and divided, so that every
 * effective conductance keeps its relative accuracy (about 1e-13) whatever the resistances, zero included.
 * About rows x columns^2 x (rows + columns) / 2 multiplications and additions in a fixed order: the same
 * bytes on every CPU. */
#ifndef NPIM_HW_WIRES_H
#define NPIM_HW_WIRES_H

#include "hw/status.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* The wires of arrays of one shape, and scratch memory to solve them: one for each thread. */
typedef struct npim_wires {
    uint32_t rows, columns;             /* word lines, bit lines */
    double word_line_ohm, bit_line_ohm; /* of one segment */
    size_t stride;                      /* at least columns + rows: what a bit line may be coupled to */
    double *coupling_S;                 /* columns x stride; owned, and so is all that follows */
    double *group, *before, *share;     /* NPIM_WIRES_GROUP x stride each */
    double *pass, *right_S;             /* columns each */

    /* Whether somebody wants the solution to be given up: 1024 x 1024 take minutes. Asked every few
     * milliseconds; the caller may set it after init. NULL: nobody. */
    bool (*stop_wanted)(void *context);
    void *stop_context; /* borrowed */
} npim_wires;

enum { NPIM_WIRES_GROUP = 8 }; /* bit lines whose segments are taken in together */

/* rows, columns: 1..1024; word_line_ohm, bit_line_ohm: 0..1e9, of one segment. NPIM_ECONFIG outside;
 * NPIM_ENOMEM. wires is zeroed then. Owns (rows + columns) x (columns + 24) numbers, about; nothing else
 * allocates. */
NPIM_MUST_USE npim_status npim_wires_init(npim_wires *wires, uint32_t rows, uint32_t columns,
                                          double word_line_ohm, double bit_line_ohm, npim_error *error);
void npim_wires_fini(npim_wires *wires); /* safe on a zeroed struct and twice */

/* effective_S[row x columns + column]: current of the bit line, A, when 1 V drives that word line and 0 V the
 * others. g_S: conductances of all cells of the array in the same order, 0..1e9 S; cells that hold no
 * weight conduct as well. effective_S may be g_S itself: the one takes the place of the other. Without any
 * resistance the two are equal.
 * A row or a column of effective conductances sums up to at most what its cells sum up to, but a single one
 * may be the larger one: current finds its way to a bit line through cells of other word lines. NPIM_ECONFIG:
 * a conductance outside of that; NPIM_EINTERRUPTED: stop_wanted said so; effective_S is left alone then. */
NPIM_MUST_USE npim_status npim_wires_effective(npim_wires *wires, const double *g_S, double *effective_S,
                                               npim_error *error);

#ifdef __cplusplus
}
#endif
#endif
