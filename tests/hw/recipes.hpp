// Recipes of a processing element built by hand from real blocks, one for each of the three ways to digitise,
// with round numbers that are easy to calculate with.
#ifndef NPIM_TESTS_HW_RECIPES_HPP
#define NPIM_TESTS_HW_RECIPES_HPP

#include "hw/dac.h"
#include "hw/neural_adc.h"
#include "hw/neural_sa.h"
#include "hw/pe_plan.h"
#include "hw/sar_adc.h"
#include "hw/shift_add.h"
#include "hw/sram_register.h"
#include "hw/summing_amp.h"

#include <gtest/gtest.h>

#include <cstring>
#include <vector>

namespace recipes {

inline constexpr uint64_t clk = 833;

// Real blocks that work: a DAC of 2 uW per row, an NNS+A of 3 pJ, converters of 1 GS/s, 0.5 pJ for a word and
// 0.25 pJ for a byte of a register.
class blocks {
  public:
    blocks() {
        init(npim_dac_ops, dac, npim_dac_config{1, 0.2, 2.0, 0.0});
        init(npim_neural_sa_ops, neural_sa, npim_neural_sa_config{1, 3.0, 0.0, 0.0});
        init(npim_neural_adc_ops, neural_adc, npim_neural_adc_config{8, false, 1.0, 0.0, 7.5, 0.0, 1.0, 2});
        init(npim_sar_adc_ops, sar_adc, npim_sar_adc_config{8, false, 1.0, 0.0, 0.0, 0.0, 1.0});
        init(npim_shift_add_ops, shift_add, npim_shift_add_config{0.5, 0.0, 0.0});
        init(npim_summing_amp_ops, summing_amp, npim_summing_amp_config{0.125, 0.0, 1, 0.0});
        init(npim_sram_register_ops, sram, npim_sram_register_config{64, 1, 0.25, 0.0, 0.0});
    }
    ~blocks() {
        npim_dac_ops.fini(&dac);
        npim_neural_sa_ops.fini(&neural_sa);
        npim_neural_adc_ops.fini(&neural_adc);
        npim_sar_adc_ops.fini(&sar_adc);
        npim_shift_add_ops.fini(&shift_add);
        npim_summing_amp_ops.fini(&summing_amp);
        npim_sram_register_ops.fini(&sram);
    }
    blocks(const blocks &) = delete;
    blocks &operator=(const blocks &) = delete;

    npim_dac dac{};
    npim_neural_sa neural_sa{};
    npim_neural_adc neural_adc{};
    npim_sar_adc sar_adc{};
    npim_shift_add shift_add{};
    npim_summing_amp summing_amp{};
    npim_sram_register sram{};

  private:
    template <class Core, class Config>
    static void init(const npim_block_ops &ops, Core &core, const Config &config) {
        npim_error error{};
        EXPECT_EQ(ops.init(&core, &config, &error), NPIM_OK) << error.message;
    }
};

inline npim_stage stage(const npim_block_ops &ops, const void *core, npim_fires fires, npim_pace pace,
                        npim_per per) {
    npim_stage s{};
    s.ops = &ops;
    s.core = core;
    s.fires = fires;
    s.pace = pace;
    s.per = per;
    s.ops_per = 1;
    s.units = 1;
    return s;
}

inline npim_stage pooled(npim_stage s, uint32_t units) {
    s.pooled = true;
    s.units = units;
    return s;
}

inline npim_stage converts(npim_stage s, const std::vector<uint32_t> &bits) {
    s.converts = true;
    s.n_bits = static_cast<uint32_t>(bits.size());
    for (uint32_t i = 0; i < s.n_bits; i++) s.bits[i] = bits[i];
    return s;
}

inline npim_pe_plan plan_of(const std::vector<npim_stage> &stages, uint32_t n_cycles, uint64_t cycle_ps,
                            uint64_t step_ps = 0, double conversions_per_dot = 1) {
    npim_pe_plan plan{};
    plan.n_stages = static_cast<uint32_t>(stages.size());
    for (uint32_t s = 0; s < plan.n_stages; s++) plan.stages[s] = stages[s];
    plan.n_cycles = n_cycles;
    plan.cycle_ps = cycle_ps;
    plan.step_ps = step_ps;
    plan.conversions_per_dot = conversions_per_dot;
    return plan;
}

inline npim_stage load(const blocks &b) {
    return stage(npim_sram_register_ops, &b.sram, NPIM_FIRES_LOAD, NPIM_PACE_IN_CYCLE, NPIM_PER_LOAD_B);
}
inline npim_stage drive(const blocks &b) {
    return stage(npim_dac_ops, &b.dac, NPIM_FIRES_CYCLE, NPIM_PACE_IN_CYCLE, NPIM_PER_ROW);
}
inline npim_stage sar(const blocks &b, npim_fires fires, npim_per per, const std::vector<uint32_t> &bits) {
    return converts(stage(npim_sar_adc_ops, &b.sar_adc, fires, NPIM_PACE_OWN, per), bits);
}
inline npim_stage add(const blocks &b, npim_fires fires, npim_pace pace, npim_per per) {
    return stage(npim_shift_add_ops, &b.shift_add, fires, pace, per);
}
inline npim_stage keep(const blocks &b) { // 2 accesses of every byte of the results
    npim_stage s =
        stage(npim_sram_register_ops, &b.sram, NPIM_FIRES_RESULT, NPIM_PACE_STREAM, NPIM_PER_RESULT_B);
    s.ops_per = 2;
    return pooled(s, 1);
}

// Every bit line digitised in each of 3 cycles by the array's own converter.
inline npim_pe_plan every_cycle(const blocks &b, uint64_t step_ps = 0) {
    return plan_of({load(b), drive(b), sar(b, NPIM_FIRES_CYCLE, NPIM_PER_COLUMN, {8}),
                    add(b, NPIM_FIRES_CYCLE, NPIM_PACE_STREAM, NPIM_PER_COLUMN), keep(b)},
                   3, 10000, step_ps);
}

// Two conversions of 6 and 9 bits for a dot product, by three converters of the tile.
inline npim_pe_plan grouped(const blocks &b) {
    npim_stage sum =
        stage(npim_summing_amp_ops, &b.summing_amp, NPIM_FIRES_RESULT, NPIM_PACE_STREAM, NPIM_PER_DOT);
    sum.ops_per = 2;
    return plan_of({load(b), drive(b), sum, pooled(sar(b, NPIM_FIRES_RESULT, NPIM_PER_CONVERSION, {6, 9}), 3),
                    pooled(add(b, NPIM_FIRES_RESULT, NPIM_PACE_STREAM, NPIM_PER_CONVERSION), 3),
                    pooled(add(b, NPIM_FIRES_RESULT, NPIM_PACE_OWN, NPIM_PER_DOT), 2), keep(b)},
                   4, 10000, 0, 2);
}

// One conversion for a dot product, by two pipelined converters of the tile.
inline npim_pe_plan once(const blocks &b) {
    const npim_stage adc = converts(
        stage(npim_neural_adc_ops, &b.neural_adc, NPIM_FIRES_RESULT, NPIM_PACE_OWN, NPIM_PER_DOT), {8});
    return plan_of(
        {load(b), drive(b),
         stage(npim_neural_sa_ops, &b.neural_sa, NPIM_FIRES_CYCLE, NPIM_PACE_IN_CYCLE, NPIM_PER_DOT),
         pooled(adc, 2), pooled(add(b, NPIM_FIRES_RESULT, NPIM_PACE_OWN, NPIM_PER_DOT), 4), keep(b)},
        2, 10000);
}

// rows x columns cells on `arrays` arrays, 4 columns per weight; results and inputs of one byte.
inline npim_pe_shape shape(uint32_t rows, uint32_t columns, uint32_t arrays = 1) {
    const double dots = (columns + 3) / 4;
    npim_pe_shape s{};
    s.rows = s.input_B = s.load_B = double{1} * rows * arrays;
    s.cells = double{1} * rows * columns * arrays;
    s.columns = double{1} * columns * arrays;
    s.dots = s.result_B = dots * arrays;
    s.columns_per_array = columns;
    s.dots_per_array = dots;
    return s;
}

// Busy intervals of a pool, searched for the first gap the simple way.
class bookings {
  public:
    uint64_t reserve(uint64_t earliest_ps, uint64_t duration_ps) {
        if (duration_ps == 0) return earliest_ps;
        std::vector<uint64_t> starts = {earliest_ps}; // a first fit begins there or where another one ends
        for (const auto &taken : taken_) starts.push_back(taken.second);
        uint64_t best_ps = UINT64_MAX;
        for (uint64_t start_ps : starts)
            if (start_ps >= earliest_ps && start_ps < best_ps && is_free(start_ps, start_ps + duration_ps))
                best_ps = start_ps;
        taken_.push_back({best_ps, best_ps + duration_ps});
        return best_ps;
    }

  private:
    bool is_free(uint64_t from_ps, uint64_t to_ps) const {
        for (const auto &taken : taken_)
            if (from_ps < taken.second && taken.first < to_ps) return false;
        return true;
    }
    std::vector<std::pair<uint64_t, uint64_t>> taken_;
};

} // namespace recipes
#endif
