/* The bit lines of one array, each with its converter in every input cycle, and the digital shift-and-add
 * behind them.
 *
 * In input cycle c the word lines carry digits d[row]. A bit line's partial sum is V = sum over rows of
 * d[row] x value[row][column], in units of one level and a digit of 1. Noise adds a normal deviate of
 * variance read_sigma^2 x sum of d[row]^2 x square[row][column] + (sample_sigma^2 + converter_sigma^2) x
 * step^2: one deviate per conversion, exactly what independent noise of the cells, of the sample and of the
 * converter adds up to. Where samples droop, they lose `droop` x step towards zero before the converter adds
 * its noise, which is then a deviate of its own. The converter gives code = V / step, rounded half to even,
 * clipped to 0 .. code_max. An output is the sum over its columns and the cycles of column_weight x
 * 2^(digit_bits c) x code x step.
 *
 * Digits and levels of one bit are counted by bits, and values that are no whole numbers come from tables of
 * what five rows add; other digits and levels are products of matrices. In both,
 * values are integers (the level) plus a deviation in fixed point with a step of 2^-fraction_bits, finer than
 * 1/100 of the converter's wherever 16 bits allow that; `error_codes` bounds how far V / step can be off for
 * any input. */
#ifndef NPIM_HW_KERNEL_ADC_LINES_H
#define NPIM_HW_KERNEL_ADC_LINES_H

#include "hw/kernel/drive.h"
#include "hw/kernel/isa.h"
#include "hw/kernel/matrix.h"
#include "hw/random.h"

#include <stdbool.h>

#ifdef __cplusplus
extern "C" {
#endif

enum { NPIM_ADC_LINE_COLUMNS = 32 }; /* at most, of a weight */

typedef struct npim_adc_line_config {
    uint32_t rows, outputs;      /* of the array: 1 .. 1024 rows */
    uint32_t columns_per_weight; /* adjacent ones; 1 .. NPIM_ADC_LINE_COLUMNS */
    int32_t column_weight[NPIM_ADC_LINE_COLUMNS];
    uint32_t digit_bits, cycles; /* together at most 15 bits */
    int32_t step;                /* >= 1 */
    uint32_t code_max;           /* 1 .. 2^24 - 1 */
    double read_sigma;           /* of a cell's current, relative; 0: no read noise */
    double converter_sigma;      /* of a conversion, in codes; 0: no noise of its own */
    double sample_sigma, droop;  /* of a sample, in codes: its noise, and what it loses; 0: none */
} npim_adc_line_config;

/* Digits and levels of one bit. Columns are those of the array with one without cells after each weight's odd
 * last one: pairs of columns. */
typedef struct npim_binary_lines {
    uint32_t pairs, words;      /* pairs of a weight; words of 15 rows (hw/kernel/drive.h) */
    uint32_t *mask;             /* [columns][words] levels, in both halves; owned */
    int16_t *deviation;         /* [columns][words x 15] NULL: none; owned */
    int16_t *square;            /* the same of squares; NULL: no noise at all; owned */
    int16_t one, square_of_one; /* what a set bit counts for in the units of the deviations */
    float codes_per_unit;       /* of a partial sum */
    float variance_per_unit;    /* of noise, in codes squared, and what sample and converter add to it */
    float converter_variance;
    float droop, own_sigma; /* in codes: what samples lose; if they do, of the converter, behind that */
} npim_binary_lines;

/* Others. */
typedef struct npim_level_lines {
    npim_matrix level, deviation, square; /* rows x columns; without deviation: zeroed */
    double unit, square_unit;             /* of a deviation; of a square, for squared digits as below */
    bool halved;                          /* squared digits are halved, upwards, to fit 16 bits */
} npim_level_lines;

typedef struct npim_adc_lines {
    npim_adc_line_config config;
    bool is_binary;
    npim_binary_lines binary;
    npim_level_lines levels;
    uint32_t fraction_bits;
    double error_codes; /* largest error of V / step by fixed point; 0: none */
} npim_adc_lines;

/* Programs an array. value [rows][columns], columns = outputs x columns_per_weight: conductance over that of
 * level 0, in levels. squares [rows][columns]: squared conductance, level 0's included, in levels squared;
 * not read unless read_sigma > 0. Values within +-1000, squares below 1e6. lines must be zeroed or finished.
 * NPIM_ENOMEM. */
NPIM_MUST_USE npim_status npim_adc_lines_init(npim_adc_lines *lines, const npim_adc_line_config *config,
                                              const double *value, const double *squares, npim_error *error);
void npim_adc_lines_fini(npim_adc_lines *lines); /* safe on a zeroed struct and twice */

/* Whose deviates: vector v's begin at counter first + v x stride (npim_normal_lanes); word 2 (cycle % 2) +
 * column % 2 of counter pair x ceil(cycles / 2) + cycle / 2 from there is that of a column of the pair. Where
 * samples droop, the same of NPIM_DRAW_NOISE is the converter's. */
typedef struct npim_adc_line_noise {
    npim_random random;
    npim_draw draw;
    uint64_t first, stride;
} npim_adc_line_noise;

/* Counters that a vector takes. */
uint64_t npim_adc_lines_counters(const npim_adc_line_config *config);

/* Adds the outputs of all vectors of drive to sums[v x sum_stride + output], and the clipped conversions to
 * *clipped. drive: of this array's rows, digits and cycles; its scratch is used. noise: not read where all
 * sigmas are 0. No sum may pass 31 bits. The same bytes on every isa. NPIM_ENOMEM. */
NPIM_MUST_USE npim_status npim_adc_lines_run(npim_isa isa, const npim_adc_lines *lines, npim_drive *drive,
                                             const npim_adc_line_noise *noise, int32_t *sums,
                                             size_t sum_stride, uint64_t *clipped, npim_error *error);

/* The conversions of one output and one vector by themselves, plainly: those that npim_adc_lines_run makes
 * of it, to the last bit. inputs [rows]: codes of the word lines; noise: as there, first is the vector's
 * own. sum and code get [cycles][columns_per_weight]: V, with its noise, and the code that it becomes. */
void npim_adc_lines_look(const npim_adc_lines *lines, const int16_t *inputs, uint32_t output,
                         const npim_adc_line_noise *noise, double *sum, int32_t *code);

#ifdef __cplusplus
}
#endif
#endif
