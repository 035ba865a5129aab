/* The loop of a recurrent layer: how long one step waits for the output of the step before it.
 *
 * A step of an LSTM cannot start on a tile before the hidden units of the step before have come there from
 * all tiles that finish some. The loop latency is the uncontended time from the issue of a step to the issue
 * of the next one on this way: reading the window, the PEs, partial sums along the tiles of the replica,
 * gates, writing, and the multicast back. It follows from the placement in closed form and is never more than
 * what a replay takes.
 */
#ifndef NPIM_SIM_LOOP_H
#define NPIM_SIM_LOOP_H

#include "sim/map.h"
#include "tlm/program.h"

#ifdef __cplusplus
extern "C" {
#endif

/* What a tile does to finish so many hidden units once their sums are there (assumed: four gates and the tanh
 * of the state pass the activation unit; f x c, i x g and their sum, then o x tanh(c) take an adder lane for
 * one word each; the state stays in the output register). */
void npim_loop_cell(uint32_t outputs, npim_program_cell *cell);

/* Loop of a part that has its tile's shape and channels set, if it made up a replica alone, ps. */
uint64_t npim_loop_alone_ps(const npim_map *map, const npim_part *part);

/* Loop of a placed replica of a recurrent node, ps: the longest average over a part that waits for itself, or
 * over two parts that wait for each other; at least the node's interval. */
uint64_t npim_loop_ps(const npim_map *map, uint32_t node, uint32_t replica);

/* Of all its replicas. */
uint64_t npim_loop_slowest_ps(const npim_map *map, uint32_t node);

#ifdef __cplusplus
}
#endif
#endif
