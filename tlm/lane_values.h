/* The values of one lane from whoever computes the network's tensors: what unit 0 of every stage's block
 * shows during an operation. tlm/given_values.hpp puts them into the blocks' states at the stages' times. */
#ifndef NPIM_TLM_LANE_VALUES_H
#define NPIM_TLM_LANE_VALUES_H

#include "hw/status.h"

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

enum { NPIM_LANE_VALUE_CYCLES = 8 };

/* In one input cycle. */
typedef struct npim_lane_cycle {
    uint32_t digit; /* of the first row, and its word line's voltage */
    double word_V;
    double line_A;  /* of the first bit line, above its reference column */
    double line_V;  /* behind its amplifier, or sampled */
    uint32_t level; /* of the buffer cell that it is written to */
    uint32_t code;  /* of its converter, as the block counts */
    double mixed_V; /* what the shift-and-add adds, and what it has accumulated */
    double node_V;
    double sum; /* accumulated digitally, in products */
} npim_lane_cycle;

/* In one operation. Members that the recipe has no stage for are not looked at. */
typedef struct npim_lane_values {
    npim_lane_cycle cycles[NPIM_LANE_VALUE_CYCLES];
    double in_V;      /* of the last conversion of a result */
    uint32_t code;    /* its code, as the block counts */
    double residue_V; /* behind the amplifier of a pipelined converter */
    double chunk;     /* result of the first row chunk, in products */
    double result;    /* of all row chunks of the slot */
} npim_lane_values;

/* Computes the values of window (y, x) of an image; the same window may be asked for again. */
typedef struct npim_lane_source {
    void *context; /* borrowed */
    void (*values)(void *context, uint32_t image, uint32_t y, uint32_t x, npim_lane_values *values);
} npim_lane_source;

#ifdef __cplusplus
}
#endif
#endif
