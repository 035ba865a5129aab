/* Exact products of an integer matrix and many vectors.
 *
 * The matrix is held as 16-bit numbers, two rows side by side for each output, since that is what
 * vpmaddwd (AVX2) and vpdpwssd (AVX-512) multiply. */
#ifndef NPIM_HW_KERNEL_MATRIX_H
#define NPIM_HW_KERNEL_MATRIX_H

#include "hw/kernel/isa.h"
#include "hw/status.h"

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct npim_matrix {
    uint32_t rows, outputs;
    uint32_t pairs, room; /* ceil(rows / 2); outputs rounded up to whole vectors */
    int16_t *packed;      /* [pairs][room][2], 0 where there is no row or output; 64-byte aligned; owned */
} npim_matrix;

/* weight [outputs][rows]; both may be 0. matrix must be zeroed or finished. NPIM_ENOMEM. */
NPIM_MUST_USE npim_status npim_matrix_init_i8(npim_matrix *matrix, const int8_t *weight, uint32_t rows,
                                              uint32_t outputs, npim_error *error);
NPIM_MUST_USE npim_status npim_matrix_init_i16(npim_matrix *matrix, const int16_t *weight, uint32_t rows,
                                               uint32_t outputs, npim_error *error);
void npim_matrix_fini(npim_matrix *matrix); /* safe on a zeroed struct and twice */

/* sums[v x sum_stride + output] = sum over rows of inputs[v x input_stride + row] x weight[output][row], for
 * v = 0 .. n - 1. No sum, nor any part of it, may pass the range of int32_t; -32768 may not meet itself in
 * both rows of a pair. isa: one that npim_isa_supported has. */
void npim_matrix_multiply(npim_isa isa, const npim_matrix *matrix, const int16_t *inputs, size_t input_stride,
                          size_t n, int32_t *sums, size_t sum_stride);

#ifdef __cplusplus
}
#endif
#endif
