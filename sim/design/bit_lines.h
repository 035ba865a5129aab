/* Partial sums of dot products on the bit lines of an RRAM array: every slice of every weight in every input
 * cycle.
 *
 * Bit k of a weight's magnitude sits in a differential pair of 1-bit cells, in the one of its sign; P bit of
 * the inputs are taken in a cycle, least significant first. A partial sum is that of digit x (g+ - g-), in
 * units of one perfect pair that is on: a whole number when no cell varies. The array's cells are those of
 * hw/rram.h; wires are ideal. */
#ifndef NPIM_SIM_DESIGN_BIT_LINES_H
#define NPIM_SIM_DESIGN_BIT_LINES_H

#include "sim/design/dot_products.h"

#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

enum { NPIM_BIT_LINE_SLICES = 8, NPIM_BIT_LINE_INPUT_BITS = 8 };

typedef struct npim_bit_line_cells {
    double on_off_ratio; /* above 1 */
    double sigma;        /* of a cell's conductance, relative: 0..0.5 */
} npim_bit_line_cells;

typedef struct npim_bit_lines {
    uint32_t dac_bits, cycles, vectors, columns;
    double full_scale; /* no partial sum of perfect cells can be larger: rows x the highest digit */
    size_t n;          /* cycles x vectors x slices x columns */
    double *sum;       /* [cycles][vectors][slices][columns] */
} npim_bit_lines;

/* Programs the array and reads it. dac_bits: 1, 2, 4 or 8. random NULL: perfect cells; else a cell's
 * deviation is index ((row x 8 + slice) x columns + column) x 2 (+ 1 for the negative one) of
 * NPIM_DRAW_VARIATION. NPIM_EUSAGE, naming the value, for one out of range; NPIM_ENOMEM. Free it with
 * npim_bit_lines_fini. */
NPIM_MUST_USE npim_status npim_bit_lines_init(npim_bit_lines *lines, const npim_dot_products *products,
                                              uint32_t dac_bits, const npim_bit_line_cells *cells,
                                              const npim_random *random, npim_error *error);
void npim_bit_lines_fini(npim_bit_lines *lines); /* safe on a zeroed struct and twice */

/* What a partial sum counts in the result: 2^(slice + dac_bits x cycle). */
double npim_bit_lines_weight(const npim_bit_lines *lines, uint32_t cycle, uint32_t slice);

/* Shifts and adds all partial sums as they are: result [vectors][columns]. */
void npim_bit_lines_add(const npim_bit_lines *lines, double *result);

/* The range, +-, that a converter or a wire is laid out for: so many standard deviations of the values (about
 * 0, n of them), but no more than 1 % above the largest one, nor than most. sigmas 0: most. Always above
 * 0. */
double npim_range_of(const double *values, size_t n, double sigmas, double most);

#ifdef __cplusplus
}
#endif
#endif
