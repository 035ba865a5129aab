// Small arrays and the analog blocks around them, for the tests of the values of stages.
#ifndef NPIM_TESTS_TLM_ANALOG_LANE_HPP
#define NPIM_TESTS_TLM_ANALOG_LANE_HPP

#include "hw/analog_buffer.h"
#include "hw/sample_hold.h"
#include "hw/tia.h"
#include "tests/hw/recipes.hpp"
#include "tlm/drawn_values.hpp"

namespace analog_lane {

using namespace recipes;

constexpr uint32_t rows = 16, weight_bits = 4;
constexpr double v_ref_V = 0.2, g_on_S = 2e-6, ratio = 100;

inline npim_rram_config perfect_cell() {
    npim_rram_config cell{};
    cell.cell_bits = 1;
    cell.g_on_S = g_on_S;
    cell.on_off_ratio = ratio;
    cell.read_V = v_ref_V;
    cell.drift_reference_s = 1;
    cell.drift_time_s = 1;
    return cell;
}

// The analog blocks around an array of 16 rows for 4-bit weights.
struct analog {
    npim_dac dac{};
    npim_crossbar crossbar{};
    npim_sample_hold hold{};
    npim_tia tia{};
    npim_analog_buffer buffer{};
    npim_neural_sa sa{};
    npim_neural_adc adc{};
    npim_sar_adc sar{};

    analog(uint32_t dac_bits, npim_coding coding) {
        set(npim_dac_ops, dac, npim_dac_config{dac_bits, v_ref_V, 2.0, 0.0});
        set(npim_crossbar_ops, crossbar,
            npim_crossbar_config{rows, 16, 1, weight_bits, static_cast<uint32_t>(coding), 18.31, 25, 0, 0});
        set(npim_sample_hold_ops, hold, npim_sample_hold_config{0.98, 0, 0, 0});
        set(npim_tia_ops, tia, npim_tia_config{20, 5, 100000, 1, 0});
        set(npim_analog_buffer_ops, buffer, npim_analog_buffer_config{8, 11, 16, 1, 0, 0.17, 18.31, 0});
        set(npim_neural_sa_ops, sa, npim_neural_sa_config{dac_bits, 3, 0, 0});
        set(npim_neural_adc_ops, adc, npim_neural_adc_config{8, true, 0.5, 0, 7.5, 0, 1, 2});
        set(npim_sar_adc_ops, sar, npim_sar_adc_config{8, false, 1, 0, 0, 0, 1});
    }
    ~analog() { npim_crossbar_fini(&crossbar), npim_analog_buffer_fini(&buffer); }
    analog(const analog &) = delete;
    analog &operator=(const analog &) = delete;

    template <class Core, class Config>
    static void set(const npim_block_ops &ops, Core &core, const Config &config) {
        npim_error error{};
        ASSERT_EQ(ops.init(&core, &config, &error), NPIM_OK) << error.message;
    }
};

inline npim_stage cycle(const npim_block_ops &ops, const void *core) {
    return stage(ops, core, NPIM_FIRES_CYCLE, NPIM_PACE_IN_CYCLE, NPIM_PER_COLUMN);
}

inline npim_stage_record record(uint32_t stage, uint32_t cycle) {
    npim_stage_record r{};
    r.stage = stage;
    r.cycle = cycle;
    return r;
}

// All stages of one operation in the order of the plan; each_stage gets (stage, cycle, state).
template <class Function>
void run(npim::stage_values &values, const npim_pe_plan &plan, uint64_t operation,
         const npim::value_window &window, const Function &each_stage) {
    for (uint32_t c = 0; c < plan.n_cycles; c++)
        for (uint32_t s = 0; s < plan.n_stages; s++)
            if (plan.stages[s].fires == NPIM_FIRES_CYCLE)
                each_stage(s, c, values.fire(operation, window, record(s, c)));
    for (uint32_t s = 0; s < plan.n_stages; s++)
        if (plan.stages[s].fires == NPIM_FIRES_RESULT)
            each_stage(s, 0, values.fire(operation, window, record(s, 0)));
}

inline npim_pe_plan neural(const analog &a, const blocks &b) {
    return plan_of(
        {cycle(npim_dac_ops, &a.dac), cycle(npim_crossbar_ops, &a.crossbar),
         cycle(npim_sample_hold_ops, &a.hold), cycle(npim_neural_sa_ops, &a.sa),
         converts(stage(npim_neural_adc_ops, &a.adc, NPIM_FIRES_RESULT, NPIM_PACE_OWN, NPIM_PER_DOT), {8}),
         pooled(add(b, NPIM_FIRES_RESULT, NPIM_PACE_OWN, NPIM_PER_DOT), 2)},
        2, 10000);
}

} // namespace analog_lane

#endif
