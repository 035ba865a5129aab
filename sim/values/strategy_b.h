/* Inside sim/values/strategy_b*.c: products through buffered partial sums, converted in groups of diagonals.
 *
 * A partial sum of input cycle i and weight slice k belongs to diagonal i + k, three diagonals make a group
 * (the last one takes what is left), and there are two sets of groups: of the bit lines that count positive,
 * and of those that count negative. Partial sums of perfect cells are exact; any other is off by at most half
 * a unit (sim/values/fixed.h) for each unit of its digits.
 *
 * A transimpedance amplifier makes the buffer's highest voltage of its highest level, and adds its noise
 * before the buffer rounds: one deviate is drawn for it and for what the cells add. A summing amplifier makes
 * the converter's full scale of a group's largest sum: its noise is part of the converter's. */
#ifndef NPIM_SIM_VALUES_STRATEGY_B_H
#define NPIM_SIM_VALUES_STRATEGY_B_H

#include "sim/values/fixed.h"
#include "sim/values/strategies.h"

#ifdef __cplusplus
extern "C" {
#endif

enum { NPIM_B_MAX_GROUPS = 6, NPIM_B_SETS = 2, NPIM_B_MAX_LINES = 128 };

/* What is the same for all layers. */
typedef struct npim_b_layout {
    uint32_t cycles, per_weight, groups;
    double levels, level_step;                       /* of a buffer cell: the highest one; one of them */
    uint32_t slot[NPIM_B_MAX_LINES];                 /* [cycles][per_weight] set x groups + group */
    double factor[NPIM_B_MAX_LINES];                 /* what a level there counts for in its group */
    double codes[NPIM_B_MAX_GROUPS];                 /* largest code of a group's converter */
    int32_t step[NPIM_B_SETS * NPIM_B_MAX_GROUPS];   /* of a group's code, in units of the group */
    int32_t weight[NPIM_B_SETS * NPIM_B_MAX_GROUPS]; /* of those units in the result; negative in set 1 */
    bool used[NPIM_B_SETS * NPIM_B_MAX_GROUPS];      /* does it have any partial sum? */
} npim_b_layout;

/* sim/values/strategy_b_layout.c: NPIM_EUNSUPPORTED where digits and cells do not have the same number of
 * bits, since their products share no diagonals, or more than 7. */
NPIM_MUST_USE npim_status npim_b_layout_make(npim_b_layout *layout, const npim_hardware *hardware,
                                             npim_error *error);

typedef struct npim_b_chunk {
    npim_fixed_matrix level, variance; /* of bit lines: outputs x per_weight; high alone */
} npim_b_chunk;

typedef struct npim_strategy_b {
    npim_engine_base base;
    npim_b_layout layout;
    npim_b_chunk *chunks;
} npim_strategy_b;

/* What one call of run works with: some vectors of the batch at a time. */
typedef struct npim_b_lane {
    npim_product_batch batch; /* these vectors */
    uint32_t chunk;           /* in hand */
    int16_t *lines, *digits;  /* [n][rows] */
    int32_t *raw;             /* [n][bit lines] */
    double *sum, *variance;   /* [n][bit lines] */
    float *normal;            /* [bit lines + groups of a result] */
    double *group;            /* [n][outputs][sets x groups] */
    uint64_t clipped;
    double *seen; /* [cycles][per_weight] gets the partial sums of one output of the lane's first vector,
                     before they are buffered; NULL: nobody looks */
    uint32_t seen_output;
} npim_b_lane;

/* Bit lines of the layer in hand, and samples that a vector takes of each kind in a chunk. */
uint32_t npim_b_lines(const npim_strategy_b *b);
uint32_t npim_b_samples(const npim_strategy_b *b);

/* sim/values/strategy_b_cells.c: programs all chunks of the layer in hand. NPIM_ENOMEM. */
NPIM_MUST_USE npim_status npim_b_program(npim_strategy_b *b, npim_error *error);

/* The same of chunks from .. to - 1 alone. */
NPIM_MUST_USE npim_status npim_b_program_some(npim_strategy_b *b, uint32_t from, uint32_t to,
                                              npim_error *error);

/* Room for n vectors of the layer in hand. lane is freed where it fails: NPIM_ENOMEM. */
NPIM_MUST_USE npim_status npim_b_lane_init(npim_b_lane *lane, const npim_strategy_b *b, size_t n,
                                           npim_error *error);
void npim_b_lane_fini(npim_b_lane *lane); /* safe on a zeroed struct and twice */

/* Frees the chunks; safe twice. */
void npim_b_free_chunks(npim_strategy_b *b);

/* sim/values/strategy_b_read.c: reads the lane's word lines cycle by cycle into the buffer, and adds up its
 * diagonals: group. */
void npim_b_read(const npim_strategy_b *b, npim_b_lane *lane);

/* sim/values/strategy_b_convert.c: digitises the groups, and adds them to the batch's sums. */
void npim_b_convert(const npim_strategy_b *b, npim_b_lane *lane);

#ifdef __cplusplus
}
#endif
#endif
