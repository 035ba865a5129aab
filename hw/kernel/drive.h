/* What the word lines of an array carry for some input vectors: the digits of their codes, one per input
 * cycle, lowest first. Digits of one bit are also packed, by rows and by vectors, the way kernels read them.
 */
#ifndef NPIM_HW_KERNEL_DRIVE_H
#define NPIM_HW_KERNEL_DRIVE_H

#include "hw/status.h"

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Vectors side by side; rows in a word, three table look-ups of five bits each. */
enum { NPIM_DRIVE_LANES = 32, NPIM_DRIVE_WORD_ROWS = 15 };

typedef struct npim_drive {
    uint32_t rows, digit_bits, cycles;
    size_t n, groups;      /* vectors; groups of NPIM_DRIVE_LANES */
    const int16_t *inputs; /* borrowed */
    size_t stride;
    uint32_t words;    /* of a vector and cycle */
    uint16_t *pattern; /* [groups][cycles][words][NPIM_DRIVE_LANES] if digit_bits is 1: bit b is row 15 word +
                          b; owned */
    size_t pattern_room;
    void *scratch; /* of whoever reads this; 64-byte aligned; owned */
    size_t scratch_room;
} npim_drive;

/* Takes n vectors of codes, inputs[v x stride + row], 0 .. 2^(digit_bits x cycles) - 1; they are borrowed
 * until the next ones. drive must be zeroed before its first use. NPIM_ENOMEM. */
NPIM_MUST_USE npim_status npim_drive_set(npim_drive *drive, const int16_t *inputs, size_t stride, size_t n,
                                         uint32_t rows, uint32_t digit_bits, uint32_t cycles,
                                         npim_error *error);
void npim_drive_fini(npim_drive *drive); /* safe on a zeroed struct and twice */

/* Makes scratch at least that large; what it held is lost. NPIM_ENOMEM. */
NPIM_MUST_USE npim_status npim_drive_scratch(npim_drive *drive, size_t size, npim_error *error);

#ifdef __cplusplus
}
#endif
#endif
