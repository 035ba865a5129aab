/* A histogram for gnuplot: how often a figure of varied circuits came out how. */
#ifndef NPIM_SIM_DESIGN_HISTOGRAM_H
#define NPIM_SIM_DESIGN_HISTOGRAM_H

#include <stddef.h>
#include <stdio.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Width of a bin of n > 0 values, none of them not-a-number: about sqrt(n) bins from the smallest to the
 * largest, a 1, 2 or 5 times a power of ten; 1 where all values are the same. */
double npim_histogram_width(const double *values, size_t n);

/* Writes the commands that draw it as one plot. */
void npim_histogram_put(const double *values, size_t n, const char *label, FILE *out);

#ifdef __cplusplus
}
#endif
#endif
