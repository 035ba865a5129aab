/* Inside hw/kernel/adc_lines*.c: the two ways to run an array, and what the vector kernels of the first one
 * share. */
#ifndef NPIM_HW_KERNEL_ADC_LINES_PARTS_H
#define NPIM_HW_KERNEL_ADC_LINES_PARTS_H

#include "hw/kernel/adc_lines.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Both fill their part of lines, fraction_bits and error_codes; lines->config is set. *fits: levels are one
 * bit, and 16 bits are enough for the deviations. NPIM_ENOMEM. */
NPIM_MUST_USE npim_status npim_binary_lines_init(npim_adc_lines *lines, const double *value,
                                                 const double *squares, bool *fits, npim_error *error);
NPIM_MUST_USE npim_status npim_level_lines_init(npim_adc_lines *lines, const double *value,
                                                const double *squares, npim_error *error);
void npim_binary_lines_fini(npim_binary_lines *binary);
void npim_level_lines_fini(npim_level_lines *levels);

static inline bool npim_adc_lines_noisy(const npim_adc_line_config *config) {
    return config->read_sigma > 0.0 || config->sample_sigma > 0.0 || config->converter_sigma > 0.0;
}

/* A run: what npim_adc_lines_run was given. */
typedef struct npim_adc_line_run {
    const npim_adc_lines *lines;
    npim_drive *drive;
    const npim_adc_line_noise *noise;
    int32_t *sums;
    size_t sum_stride;
    uint64_t clipped;
} npim_adc_line_run;

NPIM_MUST_USE npim_status npim_binary_lines_run(npim_isa isa, npim_adc_line_run *run, npim_error *error);
NPIM_MUST_USE npim_status npim_level_lines_run(npim_isa isa, npim_adc_line_run *run, npim_error *error);

/* The counters of a group's vectors for one pair of columns and two cycles. */
static inline void npim_adc_line_counters(const npim_adc_line_run *run, size_t group, uint64_t offset,
                                          uint64_t counter[NPIM_DRIVE_LANES]) {
    uint64_t first = run->noise->first + offset;
    for (uint64_t lane = 0; lane < NPIM_DRIVE_LANES; lane++)
        counter[lane] = first + (group * NPIM_DRIVE_LANES + lane) * run->noise->stride;
}

/* Vectors of a group. */
static inline size_t npim_adc_line_lanes(const npim_adc_line_run *run, size_t group) {
    size_t left = run->drive->n - group * NPIM_DRIVE_LANES, all = NPIM_DRIVE_LANES;
    return left < all ? left : all;
}

/* The same as bits. */
static inline uint32_t npim_adc_line_vectors(const npim_adc_line_run *run, size_t group) {
    size_t lanes = npim_adc_line_lanes(run, group);
    return lanes < NPIM_DRIVE_LANES ? (1u << lanes) - 1 : UINT32_MAX;
}

/* Digits and levels of one bit, one function per instruction set. scratch_size: bytes that run needs. */
typedef struct npim_binary_kernel {
    size_t (*scratch_size)(const npim_adc_lines *lines);
    void (*run)(npim_adc_line_run *run);
} npim_binary_kernel;

extern const npim_binary_kernel npim_binary_avx2, npim_binary_avx512;

/* Rounded quotients of counts by small integers in 16 bits: (count + half) x reciprocal >> 16 >> shift is the
 * quotient rounded half up; where the divisor is even, halves are then made even. */
typedef struct npim_count_divisor {
    uint16_t half, reciprocal, shift;
    bool is_one, is_even;
} npim_count_divisor;

/* divisor 1 .. 32767; for counts up to 1024. */
static inline npim_count_divisor npim_count_divisor_of(uint32_t divisor) {
    npim_count_divisor d = {(uint16_t)(divisor / 2), 0, 0, divisor == 1, divisor % 2 == 0};
    while ((2u << d.shift) < divisor) d.shift++;
    d.reciprocal = (uint16_t)(((65536u << d.shift) + divisor - 1) / divisor);
    return d;
}

/* Columns with one without cells after a weight's odd last one. */
static inline uint32_t npim_binary_columns(const npim_adc_lines *lines) {
    return 2 * lines->binary.pairs * lines->config.outputs;
}

/* What a code of column 0 or 1 of a pair counts for in a cycle. */
static inline int16_t npim_binary_weight(const npim_adc_lines *lines, uint32_t pair, uint32_t column,
                                         uint32_t cycle) {
    uint32_t at = 2 * pair + column;
    if (at >= lines->config.columns_per_weight) return 0;
    return (int16_t)(lines->config.column_weight[at] * (1 << cycle));
}

/* Both of a pair, column 0's in the lower half. */
static inline int32_t npim_binary_weights(const npim_adc_lines *lines, uint32_t pair, uint32_t cycle) {
    uint32_t low = (uint16_t)npim_binary_weight(lines, pair, 0, cycle);
    uint32_t high = (uint16_t)npim_binary_weight(lines, pair, 1, cycle);
    return (int32_t)(high << 16 | low);
}

#ifdef __cplusplus
}
#endif
#endif
