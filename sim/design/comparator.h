/* One comparator of integer cells: a row whose node lies at the centre of the supply when the input is at a
 * wanted threshold.
 *
 * The row ties its node to the input with cells of A levels in all, to one of two rails at centre +- rail_V
 * with B levels, and to one of two fine rails at centre +- fine_V with F levels; B and F are signed, the sign
 * says which rail of the pair. Cells at level 0 are off, so a cell's conductance is its level times the same
 * unit and the divider gives
 *     node = (A x + B's rail |B| + F's rail |F|) / (A + |B| + |F|),
 *     node = centre  <=>  A (x - centre) + B rail_V + F fine_V = 0
 *                    <=>  x = centre - (B rail_V + F fine_V) / A.
 * Independent relative deviations sigma of the cells move the threshold by about
 *     sigma |x - centre| sqrt(1 / cells of A + 1 / cells of B):
 * more cells help, and finer levels do not. */
#ifndef NPIM_SIM_DESIGN_COMPARATOR_H
#define NPIM_SIM_DESIGN_COMPARATOR_H

#include "hw/status.h"

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct npim_comparator_rules {
    uint32_t cell_bits;  /* 1..8: levels 0 .. 2^cell_bits - 1 */
    uint32_t x_cells;    /* to the input, 1..64: all are used when A has as many levels */
    uint32_t rail_cells; /* to a rail, at most; 1..64 */
    uint32_t fine_cells; /* to a fine rail, at most; 0..64 */
    double centre_V;     /* half the supply */
    double rail_V;       /* of the rails from the centre, above 0 */
    double fine_V;       /* of the fine rails from the centre, above 0 */
} npim_comparator_rules;

typedef struct npim_comparator {
    uint32_t x_levels;                /* A */
    int32_t rail_levels, fine_levels; /* B, F */
    double threshold_V;               /* what the levels give */
} npim_comparator;

/* The threshold of A, B and F. */
double npim_comparator_threshold_V(const npim_comparator_rules *rules, uint32_t x_levels, int32_t rail_levels,
                                   int32_t fine_levels);

/* Searches A from its highest value down to half of it, every B that F can correct, and the F that comes
 * closest, for the least error of the threshold, where a level to a rail costs as much as 1e-5 of rail_V. The
 * first best is taken: always the same. NPIM_ECONFIG when a rule is out of its range or the threshold is not
 * between the rails. */
NPIM_MUST_USE npim_status npim_comparator_synthesise(const npim_comparator_rules *rules, double threshold_V,
                                                     npim_comparator *comparator, npim_error *error);

#ifdef __cplusplus
}
#endif
#endif
