/* How the strategies that digitise or store every partial sum make dot products of them.
 *
 *     A  an 8-bit A/D converter on every differential bit line in every input cycle; shifts and adds are
 *        digital. Exact for whole partial sums that its codes, -127 .. 127 steps of 1 or more, can hold.
 *     B  every partial sum is written into a buffer RRAM cell of 6 bit, codes -31 .. 31 in a pair; what was
 *        written is shifted and added in the analog domain, and a 10-bit converter digitises the result.
 *
 * Converters are those of hw/quantiser.h. */
#ifndef NPIM_SIM_DESIGN_STRATEGIES_H
#define NPIM_SIM_DESIGN_STRATEGIES_H

#include "sim/design/bit_lines.h"

#include "hw/quantiser.h"

#ifdef __cplusplus
extern "C" {
#endif

enum { NPIM_STRATEGY_A_BITS = 8, NPIM_STRATEGY_B_BUFFER_BITS = 6, NPIM_STRATEGY_B_BITS = 10 };

/* Strategy A: result [vectors][columns]. A step of the converters is full_scale / 2^7, and 1 at least; range
 * sigmas as in npim_range_of take the range of the partial sums instead of lines->full_scale. */
void npim_strategy_a(const npim_bit_lines *lines, double range_sigmas, double *result);

/* Strategy B: buffer cells for npim_range_of the partial sums, the converter for npim_range_of the results.
 * sigma: relative standard deviation of what is written, new in every write; its deviate is that of
 * NPIM_DRAW_VARIATION at the partial sum's index in lines->sum. random NULL: perfect buffers. */
void npim_strategy_b(const npim_bit_lines *lines, double range_sigmas, double sigma,
                     const npim_random *random, double *result);

/* Digitises n values in place, over +-v_max. */
void npim_digitise(const npim_quantiser *adc, double *values, size_t n);

/* No result of perfect cells is larger, in units of the products. */
double npim_strategy_most(const npim_bit_lines *lines);

#ifdef __cplusplus
}
#endif
#endif
