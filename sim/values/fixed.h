/* Conductances as 16-bit fixed-point numbers, so that analog products are exact integer products of the
 * kernels: the same bits on every machine and with any number of threads. */
#ifndef NPIM_SIM_VALUES_FIXED_H
#define NPIM_SIM_VALUES_FIXED_H

#include <stdbool.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* The largest magnitude, at most 2^15 - 1, with which no sum of `rows` products with inputs up to
 * largest_input passes 31 bit. Both at least 1. */
int32_t npim_fixed_most(uint32_t rows, uint32_t largest_input);

/* fixed [outputs][rows] = real / unit, rounded to nearest; unit [outputs] fills -most .. most with the
 * largest magnitude of the output, so a number is off by half a unit, 2^-16 of that, at most. exact: units
 * are 1 (whole numbers of 15 bit stay what they are). */
void npim_fixed_point(const double *real, uint32_t rows, uint32_t outputs, int32_t most, bool exact,
                      int16_t *fixed, double *unit);

#ifdef __cplusplus
}
#endif
#endif
