/* Inside sim/values/strategy_c*.c: products through analog shift-and-adds and one conversion of each result.
 *
 * A passive shift-and-add makes the accumulated result linear in the digits: with each weight's cells added
 * up behind its row's shares, an input cycle is one product of matrices. Where samples droop
 * (hw/sample_hold.h) it is not: then the bit lines are summed, held and added one by one, which costs as many
 * times more as a weight has columns.
 *
 * Noise. A bit line's sample has line_noise of its range, in every cycle; a step of the shift-and-add adds
 * node_noise_V, of which later steps keep as much as of the digits: in the end its variance is node_noise_V^2
 * (1 - keep^2n) / (1 - keep^2) after n cycles. Both are independent of what is read, and add to the variance
 * of the cells' read noise: one deviate per result (where samples droop: one per bit line and cycle, and one
 * of the node). The converter has its own.
 *
 * Error of fixed point. Weights are 16-bit fixed-point numbers (sim/values/fixed.h). A result of perfect
 * cells is exact; any other one is off by at most
 *     (sum over cycles of what a digit counts for x largest digit: 255 without variation)
 *     x (sum of the roundings of its weights, those up or those down, whichever is more),
 * `error` of its chunk, in products: rows x 255 x unit / 2 at worst, 65 for 128 rows and weights up to 130 (a
 * unit is 130 / 32767), 16 where roundings fall as they like. Wherever that may be more than a hundredth of a
 * code, a second matrix holds what is left of the weights, in units 2^15 times as small. It takes the inputs
 * at once, as if shift-and-adds kept what they should: one product of matrices more, and an error of the 65
 * (16) above times by how much they do not, a few hundredths of a product; or, where even that is too much,
 * digit by digit: twice as many products, and 0.002 of an error. */
#ifndef NPIM_SIM_VALUES_STRATEGY_C_H
#define NPIM_SIM_VALUES_STRATEGY_C_H

#include "sim/values/fixed.h"
#include "sim/values/neural_circuits.h"
#include "sim/values/strategies.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct npim_c_chunk {
    npim_fixed_matrix weight, variance; /* of outputs, or of bit lines where samples droop */
    double *share;                      /* [bit lines] what they count for; NULL unless samples droop */
    double
        *own; /* [outputs] variance of samples (unless they droop) and nodes; NULL without noise of theirs */
    double error;     /* of a result by the fixed point of weights, at most; products */
    bool low_at_once; /* weight.low is multiplied with inputs, not with their digits one by one */
} npim_c_chunk;

typedef struct npim_strategy_c {
    npim_engine_base base;
    npim_neural_circuits circuits;
    npim_c_chunk *chunks;
    uint32_t cycles;
    int32_t step;
} npim_strategy_c;

/* What one call of run works with: n vectors. */
typedef struct npim_c_lane {
    const npim_product_batch *batch;
    uint32_t chunk;            /* in hand */
    int16_t *lines, *digits;   /* [n][rows] */
    int32_t *raw;              /* [n][outputs] or [some][bit lines] */
    double *result, *variance; /* [n][outputs] */
    double *factor;            /* [outputs] */
    float *normal;             /* [outputs], or [bit lines] where samples droop */
    size_t some;               /* vectors at a time, where samples droop; then: */
    double *line, *spread;     /* [some][bit lines] samples, and the variances of their cells */
    double *in_V;              /* [n] */
    uint16_t *code;            /* [n] */
    uint64_t clipped;
    int32_t *seen; /* [n][outputs] gets codes, from the middle of the range on; NULL: nobody looks */
} npim_c_lane;

/* Is there read noise? */
bool npim_c_noisy(const npim_strategy_c *c);

/* Do samples droop? */
bool npim_c_droops(const npim_strategy_c *c);

/* Bit lines of the layer in hand. */
uint32_t npim_c_lines(const npim_strategy_c *c);

/* The largest partial sum of a bit line: rows x largest digit x highest level. */
double npim_c_range(const npim_strategy_c *c);

/* Largest digit of an input cycle. */
uint32_t npim_c_digit_most(const npim_strategy_c *c);

/* The shift-and-add of an output's result of a chunk. */
const npim_shift_add_row *npim_c_row(const npim_strategy_c *c, uint32_t chunk, uint32_t output);

/* Its number among all results of the layer. */
uint64_t npim_c_number(const npim_strategy_c *c, uint32_t chunk, uint32_t output);

/* Voltage at the shift-and-add's output that one product stands for: the largest possible partial sum fills
 * the supply. */
double npim_c_product_V(const npim_strategy_c *c);

/* Codes on either side of 0: 2^(bits - 1). */
double npim_c_codes(const npim_strategy_c *c);

/* Squared digits are halved where they would have 16 bit. */
double npim_c_square_scale(const npim_strategy_c *c);

/* What a digit of that cycle counts for in the end: 2^(P cycle), off by what its shift-and-add keeps. */
double npim_c_digit_weight(const npim_strategy_c *c, uint32_t chunk, uint32_t output, uint32_t cycle);

/* Digits of n word lines in a cycle; and the squares of these. */
void npim_c_take_digits(const npim_strategy_c *c, const int16_t *lines, size_t n, uint32_t cycle,
                        int16_t *digits);
void npim_c_square_digits(const npim_strategy_c *c, size_t n, int16_t *digits);

/* sim/values/strategy_c_cells.c: programs all chunks of the layer in hand. NPIM_ENOMEM. */
NPIM_MUST_USE npim_status npim_c_program(npim_strategy_c *c, npim_error *error);

/* The same of chunks from .. to - 1 alone. */
NPIM_MUST_USE npim_status npim_c_program_some(npim_strategy_c *c, uint32_t from, uint32_t to,
                                              npim_error *error);

/* sim/values/strategy_c_read.c: what the shift-and-adds have accumulated from the lane's word lines; with
 * read noise, and that of samples and nodes. */
void npim_c_read(const npim_strategy_c *c, npim_c_lane *lane);

/* sim/values/strategy_c_lines.c: the same bit line by bit line, with samples that droop, but without the
 * nodes' noise; to a result of 0. */
void npim_c_read_lines(const npim_strategy_c *c, npim_c_lane *lane);

/* sim/values/strategy_c_convert.c: digitises that, and adds it to the batch's sums. */
void npim_c_convert(const npim_strategy_c *c, npim_c_lane *lane);

/* Constant part that a shift-and-add row adds in all its cycles, in products. */
double npim_c_offset(const npim_strategy_c *c, const npim_shift_add_row *row);

/* Room for n vectors of the layer in hand. lane is freed where it fails: NPIM_ENOMEM. */
NPIM_MUST_USE npim_status npim_c_lane_init(npim_c_lane *lane, const npim_strategy_c *c, size_t n,
                                           npim_error *error);
void npim_c_lane_fini(npim_c_lane *lane); /* safe on a zeroed struct and twice */

/* Frees the chunks; safe twice. */
void npim_c_free_chunks(npim_strategy_c *c);

#ifdef __cplusplus
}
#endif
#endif
