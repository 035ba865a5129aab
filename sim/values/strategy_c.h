/* Inside sim/values/strategy_c*.c: products through analog shift-and-adds and one conversion of each result.
 *
 * A passive shift-and-add makes the accumulated result linear in the digits: with each weight's cells added
 * up behind its row's shares, an input cycle is one product of matrices. Weights and variances are
 * fixed-point numbers (sim/values/fixed.h): a result of perfect cells is exact, any other off by at most half
 * a unit for each unit of its inputs. */
#ifndef NPIM_SIM_VALUES_STRATEGY_C_H
#define NPIM_SIM_VALUES_STRATEGY_C_H

#include "hw/kernel/matrix.h"
#include "sim/values/neural_circuits.h"
#include "sim/values/strategies.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct npim_c_chunk {
    npim_matrix weight, variance;
    double *unit, *variance_unit; /* [outputs] */
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
    int32_t *raw;              /* [n][outputs] */
    double *result, *variance; /* [n][outputs] */
    double *factor;            /* [outputs] */
    float *normal;             /* [outputs] */
    double *in_V;              /* [n] */
    uint16_t *code;            /* [n] */
    uint64_t clipped;
} npim_c_lane;

/* Is there read noise? */
bool npim_c_noisy(const npim_strategy_c *c);

/* Largest digit of an input cycle. */
uint32_t npim_c_digit_most(const npim_strategy_c *c);

/* The shift-and-add of an output's result of a chunk. */
const npim_shift_add_row *npim_c_row(const npim_strategy_c *c, uint32_t chunk, uint32_t output);

/* Voltage at the shift-and-add's output that one product stands for: the largest possible partial sum fills
 * the supply. */
double npim_c_product_V(const npim_strategy_c *c);

/* Codes on either side of 0: 2^(bits - 1). */
double npim_c_codes(const npim_strategy_c *c);

/* Squared digits are halved where they would have 16 bit. */
double npim_c_square_scale(const npim_strategy_c *c);

/* sim/values/strategy_c_cells.c: programs all chunks of the layer in hand. NPIM_ENOMEM. */
NPIM_MUST_USE npim_status npim_c_program(npim_strategy_c *c, npim_error *error);

/* sim/values/strategy_c_read.c: what the shift-and-adds have accumulated from the lane's word lines; with
 * read noise. */
void npim_c_read(const npim_strategy_c *c, npim_c_lane *lane);

/* sim/values/strategy_c_convert.c: digitises that, and adds it to the batch's sums. */
void npim_c_convert(const npim_strategy_c *c, npim_c_lane *lane);

#ifdef __cplusplus
}
#endif
#endif
