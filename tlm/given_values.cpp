#include "tlm/given_values.hpp"

#include "hw/analog_buffer.h"
#include "hw/crossbar.h"
#include "hw/dac.h"
#include "hw/neural_adc.h"
#include "hw/neural_sa.h"
#include "hw/sample_hold.h"
#include "hw/sar_adc.h"
#include "hw/shift_add.h"
#include "hw/summing_amp.h"
#include "hw/tia.h"

#include <cassert>

namespace npim {

namespace {

// A stage that fires.
struct firing {
    const npim_stage *stage;
    const npim_lane_values *values;
    const npim_lane_cycle *cycle; // of it
};

void show_dac(const firing &now, void *core) {
    auto *dac = static_cast<npim_dac *>(core);
    dac->code = now.cycle->digit;
    dac->v_out_V = now.cycle->word_V;
}

void show_crossbar(const firing &now, void *core) {
    static_cast<npim_crossbar *>(core)->i_bl_A = now.cycle->line_A;
}

void show_sample_hold(const firing &now, void *core) {
    auto *hold = static_cast<npim_sample_hold *>(core);
    hold->v_in_V = hold->v_out_V = now.cycle->line_V;
}

void show_tia(const firing &now, void *core) {
    auto *tia = static_cast<npim_tia *>(core);
    tia->i_in_A = now.cycle->line_A;
    tia->v_out_V = now.cycle->line_V;
}

void show_analog_buffer(const firing &now, void *core) {
    auto *buffer = static_cast<npim_analog_buffer *>(core);
    buffer->v_in_V = now.cycle->line_V;
    buffer->level = now.cycle->level;
}

void show_neural_sa(const firing &now, void *core) {
    auto *sa = static_cast<npim_neural_sa *>(core);
    sa->v_in_V = now.cycle->mixed_V;
    sa->v_acc_V = now.cycle->node_V;
}

void show_summing_amp(const firing &now, void *core) {
    static_cast<npim_summing_amp *>(core)->v_out_V = now.values->in_V;
}

void show_sar_adc(const firing &now, void *core) {
    auto *adc = static_cast<npim_sar_adc *>(core);
    const bool in_cycle = now.stage->fires == NPIM_FIRES_CYCLE;
    adc->v_in_V = in_cycle ? now.cycle->line_V : now.values->in_V;
    adc->code = in_cycle ? now.cycle->code : now.values->code;
}

void show_neural_adc(const firing &now, void *core) {
    auto *adc = static_cast<npim_neural_adc *>(core);
    adc->v_in_V = now.values->in_V;
    adc->code = now.values->code;
    adc->residue_V = now.values->residue_V;
}

void show_shift_add(const firing &now, void *core) {
    auto *adder = static_cast<npim_shift_add *>(core);
    if (now.stage->fires == NPIM_FIRES_CYCLE)
        adder->sum = now.cycle->sum;
    else
        adder->sum = stage_values::reduces(*now.stage) ? now.values->result : now.values->chunk;
}

const struct {
    const npim_block_ops *ops;
    void (*show)(const firing &, void *core);
} shown[] = {{&npim_dac_ops, show_dac},
             {&npim_crossbar_ops, show_crossbar},
             {&npim_sample_hold_ops, show_sample_hold},
             {&npim_tia_ops, show_tia},
             {&npim_analog_buffer_ops, show_analog_buffer},
             {&npim_neural_sa_ops, show_neural_sa},
             {&npim_summing_amp_ops, show_summing_amp},
             {&npim_sar_adc_ops, show_sar_adc},
             {&npim_neural_adc_ops, show_neural_adc},
             {&npim_shift_add_ops, show_shift_add}};

} // namespace

given_values::given_values(const npim_pe_plan *plan, const npim_lane_source &source)
    : plan_(plan), source_(source), states_(plan->n_stages), runs_(max_value_runs) {
    assert(plan->n_cycles <= NPIM_LANE_VALUE_CYCLES);
    for (uint32_t s = 0; s < plan->n_stages; s++) {
        if (!has_values(*plan->stages[s].ops)) continue;
        const size_t size = sizeof(std::max_align_t);
        states_[s] = std::make_unique<std::max_align_t[]>((plan->stages[s].ops->core_size + size - 1) / size);
    }
}

const void *given_values::fire(uint64_t operation, const value_window &at, const npim_stage_record &record) {
    const npim_stage &stage = plan_->stages[record.stage];
    if (!states_[record.stage]) return nullptr;
    run &one = runs_[operation % max_value_runs];
    if (one.operation != operation) {
        one.operation = operation;
        one.values = {};
        source_.values(source_.context, at.image, at.y, at.x, &one.values);
    }
    void *state = states_[record.stage].get();
    const firing now{&stage, &one.values, &one.values.cycles[record.cycle]};
    for (const auto &row : shown)
        if (row.ops == stage.ops) row.show(now, state);
    return state;
}

} // namespace npim
