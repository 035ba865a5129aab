/* The piece of work that moves between the blocks inside a processing element: the payload of a private
 * protocol, in plain C. */
#ifndef NPIM_TLM_TXN_H
#define NPIM_TLM_TXN_H

#include "hw/block.h"

typedef struct npim_txn {
    npim_work work; /* of the block that gets it next */
    uint64_t id;    /* > 0; shown in the waves */
    uint64_t paced; /* 1: the recipe gives the time (inside the input cycle, or in step with another stage) */
    uint64_t overlap_ps; /* of that time, how long the units take the next work already (a pipeline) */
    uint64_t pace_ps;    /* that time, in place of the block's own latency and occupancy */
    uint64_t start_ps;   /* when the last block began */
    uint64_t done_ps;    /* and when its result was there */
    double energy_pJ;    /* summed over the blocks passed */
    void *values;        /* borrowed: what a block with values works on; may be NULL */
    void *owner;         /* the sender's own bookkeeping */
} npim_txn;

#endif
