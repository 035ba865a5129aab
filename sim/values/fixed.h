/* Conductances as 16-bit fixed-point numbers, so that analog products are exact integer products of the
 * kernels: the same bits on every machine and with any number of threads. Where 16 bit are not near enough, a
 * second matrix holds what is left. */
#ifndef NPIM_SIM_VALUES_FIXED_H
#define NPIM_SIM_VALUES_FIXED_H

#include "hw/kernel/matrix.h"

#include <stdbool.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* The largest magnitude, at most 2^15 - 1, with which no sum of `rows` products with inputs up to
 * largest_input passes 31 bit. Both at least 1. */
int32_t npim_fixed_most(uint32_t rows, uint32_t largest_input);

typedef struct npim_fixed_config {
    uint32_t rows, outputs, largest_input; /* as above */
    bool exact;                            /* units are 1: whole numbers of 15 bit stay what they are */
    double tolerance;                      /* of a sum with inputs 0 .. 1; infinite: any */
    uint32_t largest_low_input;            /* of those that low is multiplied with; 0: the same */
} npim_fixed_config;

/* real = unit x (high + low x low_unit), but for roundings. */
typedef struct npim_fixed_matrix {
    npim_matrix high, low; /* low: zeroed where high alone keeps the tolerance */
    double *unit;          /* [outputs]; owned */
    double low_unit;       /* 2^-15, or more where sums of 31 bit ask for it */
    double error;          /* no output's sum with inputs 0 .. 1 is off by more, whatever the inputs are */
    double high_error;     /* the same without low: what low is worth at most */
} npim_fixed_matrix;

/* real [outputs][rows]. The unit of an output makes its largest magnitude npim_fixed_most, so a number is off
 * by half a unit at most. A sum of inputs 0 .. 1 is off by what all roundings up of its output come to, or
 * all roundings down, whichever is more: at most rows x unit / 2, and about a quarter of that where they fall
 * as they like. With low, error is rows x unit x low_unit / 2. matrix must be zeroed or finished.
 * NPIM_ENOMEM. */
NPIM_MUST_USE npim_status npim_fixed_matrix_init(npim_fixed_matrix *matrix, const double *real,
                                                 const npim_fixed_config *config, npim_error *error);
void npim_fixed_matrix_fini(npim_fixed_matrix *matrix); /* safe on a zeroed struct and twice */

#ifdef __cplusplus
}
#endif
#endif
