/* One output of a weight layer on some of its row chunks, one input vector at a time: the numbers of the
 * engine (sim/values/engine.h), to the last bit, with all that lies between the input and the code. For
 * waves, which show a bit line and a converter. Strategy A looks at single conversions; B and C run the
 * engine's own steps with one vector, and look at what they have in hand.
 *
 * In ideal mode converters are transparent: their code is the exact number that they see, in products. */
#ifndef NPIM_SIM_VALUES_LANE_H
#define NPIM_SIM_VALUES_LANE_H

#include "sim/values/strategies.h"

#ifdef __cplusplus
extern "C" {
#endif

enum { NPIM_LANE_CYCLES = 8, NPIM_LANE_ROWS = 1024 }; /* at most: of an input, of an array */

/* Of the lane's first chunk; bit line 0 is the first one of the output. Sums of a bit line are in levels x
 * digits, results in products of a weight code and an input code. */
typedef struct npim_lane_trace {
    uint32_t cycles;
    uint32_t digit[NPIM_LANE_CYCLES]; /* of the first row */
    double sum[NPIM_LANE_CYCLES];     /* of bit line 0. Strategy C: without read noise */
    int32_t code[NPIM_LANE_CYCLES];   /* A: of bit line 0; B: level of its buffer cell */
    double dot[NPIM_LANE_CYCLES];     /* C: digits x weights of a cycle, as the shift-and-add weighs them */
    double node[NPIM_LANE_CYCLES];    /* C: accumulated from half the supply, over the largest dot; read noise
                                         of all cycles is in the last one */
    int64_t so_far[NPIM_LANE_CYCLES]; /* A: the result after a cycle */
    double share;        /* B: the most significant group that counts positive, C: the result, as their
                            converter sees them: of its full scale */
    int32_t result_code; /* its code; C: from the middle of the range on */
    double residue_V;    /* C: behind the amplifier of a pipeline's circuit; 0: no such circuit */
    int64_t chunk;       /* the result of the first chunk, what signed codes and codings owe taken off */
    int64_t result;      /* of all chunks of the lane */
} npim_lane_trace;

/* Which output (of the group) and which of its chunks. */
typedef struct npim_lane_place {
    uint32_t layer, group, output, first_chunk, n_chunks;
} npim_lane_place;

struct npim_lane_strategy;

typedef struct npim_lane {
    npim_engine_base base; /* of the layer; hardware and figures are borrowed, its cells are not looked at */
    npim_lane_place place;
    bool exact;      /* ideal mode */
    int64_t *excess; /* [n_chunks] of what signed codes owe; owned */
    const struct npim_lane_strategy *strategy;
    void *own; /* of the strategy */
} npim_lane;

/* Programs the lane's arrays. base: hardware (quantised for ideal mode), figures (calibrated), isa, and
 * cells, which are borrowed meanwhile; layer: the group that place names, its weights are not looked at
 * later. lane must be zeroed or finished. Errors as npim_engine_init and begin of its products. */
NPIM_MUST_USE npim_status npim_lane_init(npim_lane *lane, const npim_engine_base *base,
                                         const npim_product_layer *layer, const npim_lane_place *place,
                                         bool exact, npim_error *error);
void npim_lane_fini(npim_lane *lane); /* safe on a zeroed struct and twice */

/* Rows of the group that the lane's chunks have: [*first, *first + returned). */
uint32_t npim_lane_rows(const npim_lane *lane, uint32_t *first);

/* Vector number `vector` of the layer (sim/values/products.h); inputs: codes of the lane's rows. */
void npim_lane_run(const npim_lane *lane, uint64_t vector, const int16_t *inputs, npim_lane_trace *trace);

#ifdef __cplusplus
}
#endif
#endif
