/* The plan of a processing element: latency, initiation interval, conversions and energy of one
 * matrix-vector operation in closed form, from the recipe of the architecture.
 *
 * A recipe is a list of stages with the moment each one fires; the same code runs every architecture. The
 * plan emits one record per firing (stage, start, duration, count); `stages` replays the records on real
 * modules, `plan` folds them. Shared resources are asked through the same calendars in both. */
#ifndef NPIM_HW_PE_PLAN_H
#define NPIM_HW_PE_PLAN_H

#include "hw/block.h"
#include "hw/calendar.h"

#ifdef __cplusplus
extern "C" {
#endif

enum { NPIM_MAX_STAGES = 16, NPIM_MAX_BITS = 64, NPIM_MAX_CYCLES = 64 };

/* When a stage fires during one operation. */
typedef enum npim_fires {
    NPIM_FIRES_LOAD,  /* once, while the inputs are loaded; takes no time of its own */
    NPIM_FIRES_CYCLE, /* in every input cycle */
    NPIM_FIRES_RESULT /* once, after the last input cycle */
} npim_fires;

/* What one firing counts. */
typedef enum npim_per {
    NPIM_PER_ROW,       /* driven word lines */
    NPIM_PER_CELL,      /* used cells */
    NPIM_PER_COLUMN,    /* used bit lines */
    NPIM_PER_DOT,       /* dot products (one per output and row chunk) */
    NPIM_PER_INPUT_B,   /* input bytes read from the input register by every array */
    NPIM_PER_LOAD_B,    /* input bytes written into the input registers */
    NPIM_PER_RESULT_B,  /* bytes of results at the width of the data: dots x activation_B */
    NPIM_PER_CONVERSION /* A/D conversions of the results: dots x conversions_per_dot */
} npim_per;

/* How a firing takes time. */
typedef enum npim_pace {
    NPIM_PACE_IN_CYCLE, /* inside the input cycle: no time of its own */
    NPIM_PACE_OWN,      /* its operations at its own rate, after the stage before */
    NPIM_PACE_STREAM    /* keeps pace with the stage before and adds the time of one operation */
} npim_pace;

typedef struct npim_stage {
    const npim_block_ops *ops;
    const void *core; /* borrowed: the block's state, for queries */
    npim_fires fires;
    npim_pace pace;
    npim_per per;
    double ops_per;               /* unit operations for each counted thing */
    uint32_t units;               /* units per array, or in the tile's pool when pooled */
    bool pooled;                  /* shared by the PEs of a tile through a calendar */
    uint32_t n_bits;              /* converter with several resolutions per result: how many; else 0 */
    uint32_t bits[NPIM_MAX_BITS]; /* and which */
    bool converts;                /* its operations are A/D conversions */
} npim_stage;

/* The recipe, ready to be asked. */
typedef struct npim_pe_plan {
    npim_stage stages[NPIM_MAX_STAGES];
    uint32_t n_stages;
    double conversions_per_dot; /* per result of one row chunk, what NPIM_PER_CONVERSION counts */
    uint32_t n_cycles;          /* input cycles: ceil(input bits / DAC bits) */
    uint64_t cycle_ps;
    uint64_t step_ps; /* synchronous pipelines (ISAAC): every stage takes a multiple of it; 0: none */
} npim_pe_plan;

/* One operation on a group of arrays that work in parallel. Counts are per input cycle where they repeat. */
typedef struct npim_pe_shape {
    double rows, cells, columns, dots;
    double input_B, load_B; /* multiples of 1/8 */
    double result_B;
    double columns_per_array; /* of the fullest array: what a private converter has to digitise */
    double dots_per_array;
} npim_pe_shape;

typedef struct npim_stage_record {
    uint32_t stage; /* index into the plan's stages */
    uint32_t cycle; /* input cycle, 0 for the others */
    uint64_t start_ps, duration_ps;
    double count; /* unit operations */
    double energy_pJ;
} npim_stage_record;

enum { NPIM_MAX_RECORDS = NPIM_MAX_STAGES * NPIM_MAX_CYCLES };

/* The instants of one operation. */
typedef struct npim_pe_timing {
    uint64_t start_ps;     /* first input cycle */
    uint64_t cycles_ps;    /* end of the last input cycle: the word lines are free */
    uint64_t converted_ps; /* the analog accumulators are free again */
    uint64_t done_ps;      /* the digital results are in the output register */
} npim_pe_timing;

/* How long the firings of each stage take, for one shape. */
typedef struct npim_pe_times {
    uint64_t latency_ps[NPIM_MAX_STAGES]; /* from the start of a firing to its result */
    uint64_t busy_ps[NPIM_MAX_STAGES];    /* until the units take the next one */
} npim_pe_times;

void npim_pe_plan_times(const npim_pe_plan *plan, const npim_pe_shape *shape, npim_pe_times *times);

/* Runs one operation from start_ps on. pools: one calendar per stage of the plan (only those of pooled
 * stages are used), or NULL for an uncontended run. records: NULL, or room for NPIM_MAX_RECORDS; *n_records
 * is then how many were written, in recipe order within each cycle. */
npim_pe_timing npim_pe_plan_run(const npim_pe_plan *plan, const npim_pe_shape *shape, uint64_t start_ps,
                                npim_calendar *pools, npim_stage_record *records, uint32_t *n_records);

/* The same without records, for callers that run one shape often and keep its times. */
npim_pe_timing npim_pe_plan_repeat(const npim_pe_plan *plan, const npim_pe_times *times, uint64_t start_ps,
                                   npim_calendar *pools);

/* Time between two operations on the same arrays when nothing else is in the way, ps. */
uint64_t npim_pe_plan_interval_ps(const npim_pe_plan *plan, const npim_pe_shape *shape);

/* The pieces of work that one firing of a stage gives its block, for those who run the block itself: one, or
 * one for each resolution of a converter with several. work has room for NPIM_MAX_BITS; returns how many. */
uint32_t npim_pe_plan_works(const npim_pe_plan *plan, uint32_t stage, const npim_pe_shape *shape,
                            npim_work *work);

/* Unit operations that pass one group of the stage's units in one firing: what its own pace depends on. */
double npim_pe_plan_queued(const npim_pe_plan *plan, uint32_t stage, const npim_pe_shape *shape);

/* Unit operations of one stage in one whole operation (all its firings). */
double npim_pe_plan_count(const npim_pe_plan *plan, uint32_t stage, const npim_pe_shape *shape);

/* Energy of one stage in one whole operation, event accounting, pJ. */
double npim_pe_plan_energy_pJ(const npim_pe_plan *plan, uint32_t stage, const npim_pe_shape *shape);

/* A/D conversions of one whole operation. */
double npim_pe_plan_conversions(const npim_pe_plan *plan, const npim_pe_shape *shape);

#ifdef __cplusplus
}
#endif
#endif
