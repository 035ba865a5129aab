/* Inside sim/values/lane*.c: what the strategies do for a lane. */
#ifndef NPIM_SIM_VALUES_LANE_PARTS_H
#define NPIM_SIM_VALUES_LANE_PARTS_H

#include "sim/values/lane.h"

#ifdef __cplusplus
extern "C" {
#endif

/* One strategy's way: init fills lane->own; chunk gives the result of a chunk (of the layer) for what its
 * word lines carry, in products, and, where trace is not NULL, what lies between; fini frees own, NULL
 * included. */
typedef struct npim_lane_strategy {
    npim_status (*init)(npim_lane *lane, npim_error *error);
    int64_t (*chunk)(const npim_lane *lane, uint32_t chunk, uint64_t vector, const int16_t *lines,
                     npim_lane_trace *trace);
    void (*fini)(npim_lane *lane);
} npim_lane_strategy;

extern const npim_lane_strategy npim_lane_strategy_a, npim_lane_strategy_b, npim_lane_strategy_c;

/* Programs the array of a chunk that holds the lane's output. *at: the output's number in it. value and
 * squares (may be NULL): as npim_cells_program. */
NPIM_MUST_USE npim_status npim_lane_program(npim_lane *lane, uint32_t chunk, npim_cells_array *array,
                                            uint32_t *at, double *value, double *squares, npim_error *error);

/* Columns first .. first + n of an array's cells, [n][rows]. */
void npim_lane_columns(const npim_cells_array *array, const double *cells, uint32_t first, uint32_t n,
                       double *columns);

/* The digit that a word line's code has in a cycle. */
int32_t npim_lane_digit(const npim_lane *lane, int16_t code, uint32_t cycle);

/* The vector as a batch of its own, without inputs and sums. */
npim_product_batch npim_lane_batch(uint64_t vector);

#ifdef __cplusplus
}
#endif
#endif
