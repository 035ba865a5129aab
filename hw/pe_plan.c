#include "hw/pe_plan.h"

#include "hw/units.h"

/* What one firing of the stage counts, over all arrays of the operation. */
static double counted(const npim_pe_plan *plan, const npim_stage *stage, const npim_pe_shape *shape) {
    switch (stage->per) {
    case NPIM_PER_ROW:
        return shape->rows;
    case NPIM_PER_CELL:
        return shape->cells;
    case NPIM_PER_COLUMN:
        return shape->columns;
    case NPIM_PER_DOT:
        return shape->dots;
    case NPIM_PER_INPUT_B:
        return shape->input_B;
    case NPIM_PER_LOAD_B:
        return shape->load_B;
    case NPIM_PER_RESULT_B:
        return shape->result_B;
    case NPIM_PER_CONVERSION:
        break;
    }
    return shape->dots * plan->conversions_per_dot;
}

/* What has to pass through one group of units one after the other: all of it where the tile shares the units,
 * the fullest array's part where every array has its own. */
static double queued(const npim_pe_plan *plan, const npim_stage *stage, const npim_pe_shape *shape) {
    double count = counted(plan, stage, shape);
    if (!stage->pooled && stage->per == NPIM_PER_COLUMN) count = shape->columns_per_array;
    if (!stage->pooled && stage->per == NPIM_PER_DOT) count = shape->dots_per_array;
    if (!stage->pooled && stage->per == NPIM_PER_CONVERSION)
        count = shape->dots_per_array * plan->conversions_per_dot;
    return count * stage->ops_per;
}

static npim_work work_of(const npim_pe_plan *plan, const npim_stage *stage, double count) {
    npim_work work = {.count = count, .units = stage->units, .hold_ps = plan->cycle_ps};
    if (stage->n_bits == 1) work.bits = stage->bits[0];
    return work;
}

static uint64_t latency_of(const npim_pe_plan *plan, const npim_stage *stage, const npim_pe_shape *shape) {
    if (stage->pace == NPIM_PACE_IN_CYCLE) return plan->cycle_ps;
    npim_work work = work_of(plan, stage, stage->pace == NPIM_PACE_OWN ? queued(plan, stage, shape) : 1.0);
    if (stage->pace == NPIM_PACE_STREAM) work.units = 1;
    return npim_align_up(stage->ops->latency_ps(stage->core, &work), plan->step_ps);
}

static uint64_t busy_of(const npim_pe_plan *plan, const npim_stage *stage, const npim_pe_shape *shape) {
    if (stage->pace != NPIM_PACE_OWN) return 0;
    npim_work work = work_of(plan, stage, queued(plan, stage, shape));
    return npim_block_busy_ps(stage->ops, stage->core, &work);
}

/* A converter with several resolutions makes an equal share of its conversions at each. */
uint32_t npim_pe_plan_works(const npim_pe_plan *plan, uint32_t stage, const npim_pe_shape *shape,
                            npim_work *work) {
    const npim_stage *s = &plan->stages[stage];
    uint32_t n = s->n_bits > 1 ? s->n_bits : 1;
    double count = counted(plan, s, shape) * s->ops_per / n;
    for (uint32_t i = 0; i < n; i++) {
        work[i] = work_of(plan, s, count);
        if (s->n_bits > 1) work[i].bits = s->bits[i];
    }
    return n;
}

double npim_pe_plan_queued(const npim_pe_plan *plan, uint32_t stage, const npim_pe_shape *shape) {
    return queued(plan, &plan->stages[stage], shape);
}

static double firing_energy_pJ(const npim_pe_plan *plan, uint32_t stage, const npim_pe_shape *shape) {
    npim_work work[NPIM_MAX_BITS];
    const npim_stage *s = &plan->stages[stage];
    uint32_t n = npim_pe_plan_works(plan, stage, shape, work);
    double energy_pJ = 0.0;
    for (uint32_t i = 0; i < n; i++) energy_pJ += s->ops->energy_pJ(s->core, &work[i]);
    return energy_pJ;
}

static double firings(const npim_pe_plan *plan, const npim_stage *stage) {
    return stage->fires == NPIM_FIRES_CYCLE ? plan->n_cycles : 1.0;
}

void npim_pe_plan_times(const npim_pe_plan *plan, const npim_pe_shape *shape, npim_pe_times *times) {
    for (uint32_t s = 0; s < plan->n_stages; s++) {
        const npim_stage *stage = &plan->stages[s];
        bool fires = stage->fires != NPIM_FIRES_LOAD && stage->pace != NPIM_PACE_IN_CYCLE;
        times->latency_ps[s] = fires ? latency_of(plan, stage, shape) : 0;
        times->busy_ps[s] = fires ? busy_of(plan, stage, shape) : 0;
    }
}

/* State of one run through the recipe. */
typedef struct run {
    const npim_pe_plan *plan;
    const npim_pe_times *times;
    npim_calendar *pools;
    npim_stage_record *records; /* or NULL; then no shape is needed */
    const npim_pe_shape *shape;
    uint32_t n_records;
    uint64_t free_ps[NPIM_MAX_STAGES]; /* when a private stage can take its next firing */
    uint64_t now_ps;                   /* end of the stage before */
    uint64_t converted_ps;
} run;

static void record(run *r, uint32_t s, uint32_t cycle, uint64_t start_ps, uint64_t duration_ps) {
    if (!r->records) return;
    const npim_stage *stage = &r->plan->stages[s];
    r->records[r->n_records++] =
        (npim_stage_record){.stage = s,
                            .cycle = cycle,
                            .start_ps = start_ps,
                            .duration_ps = duration_ps,
                            .count = counted(r->plan, stage, r->shape) * stage->ops_per,
                            .energy_pJ = firing_energy_pJ(r->plan, s, r->shape)};
}

/* Fires one stage with time of its own after the stage before it. */
static void fire(run *r, uint32_t s, uint32_t cycle) {
    const npim_stage *stage = &r->plan->stages[s];
    uint64_t latency_ps = r->times->latency_ps[s], busy_ps = r->times->busy_ps[s];
    uint64_t start_ps = r->now_ps;
    if (stage->pooled && r->pools)
        start_ps = npim_calendar_reserve(&r->pools[s], start_ps, busy_ps);
    else if (start_ps < r->free_ps[s])
        start_ps = r->free_ps[s];
    r->free_ps[s] = start_ps + busy_ps;
    if (stage->converts && r->converted_ps < start_ps + busy_ps) r->converted_ps = start_ps + busy_ps;
    r->now_ps = start_ps + latency_ps;
    record(r, s, cycle, start_ps, latency_ps);
}

static void run_cycle(run *r, uint32_t cycle, uint64_t begin_ps) {
    r->now_ps = begin_ps + r->plan->cycle_ps;
    for (uint32_t s = 0; s < r->plan->n_stages; s++) {
        const npim_stage *stage = &r->plan->stages[s];
        if (stage->fires != NPIM_FIRES_CYCLE) continue;
        if (stage->pace == NPIM_PACE_IN_CYCLE)
            record(r, s, cycle, begin_ps, r->plan->cycle_ps);
        else
            fire(r, s, cycle);
    }
}

static npim_pe_timing run_all(run *r, uint64_t start_ps) {
    const npim_pe_plan *plan = r->plan;
    for (uint32_t s = 0; s < plan->n_stages; s++)
        if (plan->stages[s].fires == NPIM_FIRES_LOAD) record(r, s, 0, start_ps, 0);
    for (uint32_t cycle = 0; cycle < plan->n_cycles; cycle++)
        run_cycle(r, cycle, start_ps + cycle * plan->cycle_ps);
    npim_pe_timing timing = {.start_ps = start_ps, .cycles_ps = start_ps + plan->n_cycles * plan->cycle_ps};
    for (uint32_t s = 0; s < plan->n_stages; s++) {
        if (plan->stages[s].fires != NPIM_FIRES_RESULT) continue;
        if (plan->stages[s].pace == NPIM_PACE_IN_CYCLE)
            record(r, s, 0, r->now_ps, 0);
        else
            fire(r, s, 0);
    }
    timing.converted_ps = r->converted_ps > timing.cycles_ps ? r->converted_ps : timing.cycles_ps;
    timing.done_ps = r->now_ps;
    return timing;
}

npim_pe_timing npim_pe_plan_run(const npim_pe_plan *plan, const npim_pe_shape *shape, uint64_t start_ps,
                                npim_calendar *pools, npim_stage_record *records, uint32_t *n_records) {
    npim_pe_times times;
    npim_pe_plan_times(plan, shape, &times);
    run r = {.plan = plan, .times = &times, .pools = pools, .records = records, .shape = shape};
    npim_pe_timing timing = run_all(&r, start_ps);
    if (n_records) *n_records = r.n_records;
    return timing;
}

npim_pe_timing npim_pe_plan_repeat(const npim_pe_plan *plan, const npim_pe_times *times, uint64_t start_ps,
                                   npim_calendar *pools) {
    run r = {.plan = plan, .times = times, .pools = pools};
    return run_all(&r, start_ps);
}

uint64_t npim_pe_plan_interval_ps(const npim_pe_plan *plan, const npim_pe_shape *shape) {
    uint64_t interval_ps = plan->n_cycles * plan->cycle_ps;
    for (uint32_t s = 0; s < plan->n_stages; s++) {
        const npim_stage *stage = &plan->stages[s];
        if (stage->fires == NPIM_FIRES_LOAD) continue;
        uint64_t busy_ps = busy_of(plan, stage, shape);
        if (stage->fires == NPIM_FIRES_CYCLE) busy_ps *= plan->n_cycles;
        if (busy_ps > interval_ps) interval_ps = busy_ps;
    }
    return interval_ps;
}

double npim_pe_plan_count(const npim_pe_plan *plan, uint32_t stage, const npim_pe_shape *shape) {
    const npim_stage *s = &plan->stages[stage];
    return counted(plan, s, shape) * s->ops_per * firings(plan, s);
}

double npim_pe_plan_energy_pJ(const npim_pe_plan *plan, uint32_t stage, const npim_pe_shape *shape) {
    const npim_stage *s = &plan->stages[stage];
    return firing_energy_pJ(plan, stage, shape) * firings(plan, s);
}

double npim_pe_plan_conversions(const npim_pe_plan *plan, const npim_pe_shape *shape) {
    double conversions = 0.0;
    for (uint32_t s = 0; s < plan->n_stages; s++)
        if (plan->stages[s].converts) conversions += npim_pe_plan_count(plan, s, shape);
    return conversions;
}
