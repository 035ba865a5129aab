/* RRAM crossbar, one array: signed integer weights coded into columns of cells, and the sums along its bit
 * lines.
 *
 * A weight takes columns_per_weight adjacent columns; slice s holds cell_bits bits of weight 2^(s x
 * cell_bits). differential: slice s in columns 2s (W_P, positive weights) and 2s + 1 (W_N), magnitudes up to
 * 2^weight_bits-1; biased:       w + 2^(weight_bits-1) in slices; the bias times the sum of inputs is taken
 * off digitally; twos:         two's complement, one bit per cell; the column of the top bit counts negative.
 * Integer mode (npim_crossbar_sums) is exact. Analog mode (npim_crossbar_eval) sums currents through g_S,
 * which the owner fills from levels with a cell model. Wire resistance is taken in there too: the owner
 * replaces the conductances by effective ones (hw/wires.h). */
#ifndef NPIM_HW_CROSSBAR_H
#define NPIM_HW_CROSSBAR_H

#include "hw/block.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef enum npim_coding { NPIM_CODING_DIFFERENTIAL, NPIM_CODING_BIASED, NPIM_CODING_TWOS } npim_coding;

extern const char *const npim_coding_names[]; /* "differential", "biased", "twos", NULL */

typedef struct npim_crossbar_config {
    uint32_t rows, columns; /* word lines, bit lines: 1..1024 */
    uint32_t cell_bits;     /* 1..8 */
    uint32_t weight_bits;   /* 1..16 */
    uint32_t coding;        /* npim_coding */
    double cell_power_nW;   /* mean of one used cell during a cycle: 18.31 */
    double area_um2;        /* of the array: 25 for 128 x 128 */
    double word_line_ohm;   /* one segment of a word line, from cell to cell; 0: ideal wires */
    double bit_line_ohm;    /* one segment of a bit line */
} npim_crossbar_config;

typedef struct npim_crossbar {
    npim_crossbar_config config;
    uint32_t slices, columns_per_weight;
    uint32_t used_rows, used_outputs; /* programmed */
    uint8_t *levels;                  /* rows x columns, row by row; owned */
    double *g_S;                      /* conductances in the same order; owned, filled by the caller */
    uint64_t n_reads;                 /* probed */
    double i_bl_A;                    /* current of bit line 0, last analog read; probed */
    uint64_t sum_bl;                  /* sum of bit line 0, last integer read; probed */
} npim_crossbar;

/* NPIM_ECONFIG: a field outside its range, or twos with more than one bit per cell; NPIM_ENOMEM. All cells
 * are at level 0. */
NPIM_MUST_USE npim_status npim_crossbar_init(npim_crossbar *crossbar, const npim_crossbar_config *config,
                                             npim_error *error);
void npim_crossbar_fini(npim_crossbar *crossbar);
void npim_crossbar_reset(npim_crossbar *crossbar); /* keeps weights and conductances */

/* Weights side by side in one row: columns / columns_per_weight. */
uint32_t npim_crossbar_outputs(const npim_crossbar *crossbar);

/* Cells in use: programmed rows x outputs x columns_per_weight. */
uint64_t npim_crossbar_used_cells(const npim_crossbar *crossbar);

/* Smallest and largest weight that the coding can hold. */
void npim_crossbar_weight_range(const npim_crossbar *crossbar, int32_t *min, int32_t *max);

/* Writes weights[row x outputs + output] into the levels; other cells go to level 0. g_S is not touched.
 * NPIM_EFIT: more rows or outputs than the array has; NPIM_ECONFIG: a weight out of range. The array is
 * unchanged then. */
NPIM_MUST_USE npim_status npim_crossbar_program(npim_crossbar *crossbar, const int32_t *weights,
                                                uint32_t rows, uint32_t outputs, npim_error *error);

/* Integer mode: sums[column] = sum over rows of digits[row] x level. digits: one input digit per row of the
 * array, below 2^16; sums: one per column. */
void npim_crossbar_sums(npim_crossbar *crossbar, const uint32_t *digits, int64_t *sums);

/* Analog mode: i_A[column] = sum over rows, in ascending order, of v_V[row] x g_S. i2_A2, if not NULL, gets
 * the sums of the squared cell currents, from which read noise follows. */
void npim_crossbar_eval(npim_crossbar *crossbar, const double *v_V, double *i_A, double *i2_A2);

/* One output's dot product of one input cycle from the bit line sums: slices shifted and added, signs and
 * bias undone. digit_sum: sum of the digits of the used rows. output < npim_crossbar_outputs(). */
int64_t npim_crossbar_dot(const npim_crossbar *crossbar, const int64_t *sums, uint32_t output,
                          int64_t digit_sum);

/* The same from partial sums that are no longer whole numbers. */
double npim_crossbar_dot_real(const npim_crossbar *crossbar, const double *sums, uint32_t output,
                              double digit_sum);

/* work.count: used cells; work.hold_ps: the input cycle. Area and power are those of one whole array. */
extern const npim_block_ops npim_crossbar_ops;

#ifdef __cplusplus
}
#endif
#endif
