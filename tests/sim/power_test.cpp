#include "sim/power.h"

#include "replay_fixture.hpp"
#include "sim/lower.h"

#include <cmath>
#include <limits>

namespace {

class power_test : public replay_fixture {
  protected:
    // A replay with a meter.
    void measure(const std::string &network, const std::string &arch, uint64_t step_ps,
                 const std::vector<std::string> &sets = {}) {
        ASSERT_EQ(load(network, arch, sets), NPIM_OK) << error.message;
        npim_replay_options options{};
        options.power_step_ps = step_ps;
        ASSERT_EQ(simulate(options), NPIM_OK) << error.message;
        ASSERT_EQ(npim_result_make(&state->result, &state->map, &state->measurement, &error), NPIM_OK)
            << error.message;
        npim_power_init(&power, &result(), &measurement());
    }
    npim_power_row at(uint32_t row) const {
        npim_power_row found;
        npim_power_at(&power, row, &found);
        return found;
    }
    // Energy of a group over the whole run, pJ, from the rows.
    double integral_pJ(uint32_t group) const {
        double sum = 0;
        for (uint32_t row = 0; row < power.n_rows; row++)
            sum += at(row).group_W[group] * static_cast<double>(at(row).duration_ps);
        return sum;
    }
    // And from the books.
    double booked_pJ(uint32_t group) const {
        double sum = 0;
        for (uint32_t l = 0; l < result().n_layers; l++)
            sum += npim_result_layer_group_pJ(&result(), l, group);
        return sum * state->arch.run.images;
    }
    void expect_balance() const {
        for (uint32_t g = 0; g < NPIM_N_GROUPS; g++)
            EXPECT_NEAR(integral_pJ(g), booked_pJ(g), 1e-9 * booked_pJ(g)) << npim_group_names[g];
    }

    npim_power power{};
};

struct metered {
    std::string network, arch;
    std::vector<std::string> sets;
};

class power_books : public power_test, public testing::WithParamInterface<std::tuple<uint64_t, metered>> {};

// Links cost energy here, so that nothing can be forgotten.
TEST_P(power_books, the_integral_is_the_energy_of_the_ledger) {
    const auto &[step_ps, run] = GetParam();
    std::vector<std::string> sets = run.sets;
    sets.push_back("block.chip_link.energy_pJ_per_B=3.5");
    measure(run.network, run.arch, step_ps, sets);
    if (HasFatalFailure()) return;
    expect_balance();
    EXPECT_GT(booked_pJ(NPIM_GROUP_LINK), 0.0);
    const uint64_t end_ps = measurement().meter.end_ps;
    EXPECT_GE(end_ps, measurement().end_ps);
    EXPECT_EQ(power.n_rows, (end_ps + step_ps - 1) / step_ps);
    uint64_t next_ps = 0;
    for (uint32_t row = 0; row < power.n_rows; row++) {
        const npim_power_row one = at(row);
        EXPECT_EQ(one.from_ps, next_ps);
        EXPECT_EQ(one.duration_ps, row + 1 < power.n_rows ? step_ps : end_ps - one.from_ps);
        next_ps = one.from_ps + one.duration_ps;
        double sum_W = 0;
        for (double group_W : one.group_W) {
            EXPECT_TRUE(std::isfinite(group_W) && group_W >= 0.0) << row;
            sum_W += group_W;
        }
        EXPECT_DOUBLE_EQ(one.event_W, sum_W);
        EXPECT_EQ(one.constant_W, npim_arch_standby_W(&state->arch) * state->map.chips);
        EXPECT_EQ(one.total_W, one.event_W + one.constant_W);
    }
    EXPECT_EQ(next_ps, end_ps);
}

std::vector<metered> metered_runs() {
    std::vector<metered> all;
    for (const char *network :
         {"tiny_chain", "tiny_residual", "tiny_concat", "tiny_depthwise", "tiny_grouped"})
        for (const std::string &arch : architectures) all.push_back({network, arch, {"run.images=3"}});
    // Partial sums between tiles, and between chips.
    const std::vector<std::string> small = {"tile.pes=1", "pe.arrays=2", "pe.array_rows=16"};
    for (const char *more : {"chip.tiles=64", "chip.tiles=8", "system.ideal_links=true"}) {
        metered one = {"tiny_chain", "neural-pim", small};
        one.sets.push_back(more);
        all.push_back(one);
    }
    return all;
}

INSTANTIATE_TEST_SUITE_P(Runs, power_books,
                         testing::Combine(testing::Values(uint64_t{7001}, uint64_t{100000},
                                                          uint64_t{1000000000}),
                                          testing::ValuesIn(metered_runs())),
                         [](const testing::TestParamInfo<power_books::ParamType> &tested) {
                             const metered &run = std::get<1>(tested.param);
                             std::string name = run.network + "_" + run.arch;
                             if (run.sets.size() > 1) name += "_" + run.sets.back();
                             return test_name(name + "_" + std::to_string(std::get<0>(tested.param)) + "ps");
                         });

TEST_F(power_test, a_step_longer_than_the_run_gives_its_mean_power) {
    measure("tiny_residual", "cascade", 1000000000000, {"run.images=2"});
    if (HasFatalFailure()) return;
    ASSERT_EQ(power.n_rows, 1u);
    const double end_ps = static_cast<double>(measurement().meter.end_ps);
    EXPECT_NEAR(at(0).event_W, result().event_uJ * 1e6 * 2 / end_ps, 1e-9 * at(0).event_W);
    EXPECT_EQ(static_cast<double>(at(0).duration_ps), end_ps);
}

// One window on one array: 246 ns of analog work and conversion, and no power of these groups before it.
TEST_F(power_test, energy_stands_where_it_was_spent) {
    measure("tiny_fc", "neural-pim", 1000, {"chip.tiles=1", "tile.pes=1", "pe.arrays=2"});
    if (HasFatalFailure()) return;
    uint32_t first = UINT32_MAX, last = 0;
    for (uint32_t row = 0; row < power.n_rows; row++) {
        if (at(row).group_W[NPIM_GROUP_ADC] == 0.0) continue;
        if (first == UINT32_MAX) first = row;
        last = row;
    }
    const npim_pe_timing alone =
        npim_pe_plan_run(&state->arch.plan, &state->map.parts[0].shape, 0, nullptr, nullptr, nullptr);
    const uint64_t work_ps = alone.done_ps, lasted_ps = uint64_t{last - first + 1} * 1000;
    EXPECT_TRUE(lasted_ps >= work_ps && lasted_ps < work_ps + 2000) << lasted_ps << " of " << work_ps;
    const npim_layer_counts &fc = counts(1);
    EXPECT_GE(uint64_t{first} * 1000 + 1000, fc.first_ps);
    EXPECT_LE(uint64_t{last} * 1000, fc.last_ps);
    double way_W = 0; // the image comes in first
    for (uint32_t row = 0; row < first; row++) way_W += at(row).group_W[NPIM_GROUP_NOC];
    EXPECT_GT(way_W, 0.0);
    // Evenly: every full row of the operation has the same power.
    for (uint32_t row = first + 2; row + 1 < last; row++)
        EXPECT_DOUBLE_EQ(at(row).group_W[NPIM_GROUP_ADC], at(first + 1).group_W[NPIM_GROUP_ADC]);
}

TEST_F(power_test, a_run_without_a_meter_has_no_rows) {
    replay("tiny_fc", "isaac");
    if (HasFatalFailure()) return;
    npim_power_init(&power, &result(), &measurement());
    EXPECT_EQ(power.n_rows, 0u);
    EXPECT_EQ(measurement().meter.rows, nullptr);
    EXPECT_EQ(npim_power_check(&result(), &measurement(), &error), NPIM_OK);
}

// The law holds, does not hold with one group 0.2 % off, and does with 0.05 %.
TEST_F(power_test, books_that_do_not_balance_are_refused) {
    measure("tiny_residual", "isaac", 50000, {"block.chip_link.energy_pJ_per_B=1"});
    if (HasFatalFailure()) return;
    const npim_arch &arch = state->arch;
    ASSERT_EQ(npim_power_check(&result(), &measurement(), &error), NPIM_OK) << error.message;
    for (uint32_t g = 0; g < NPIM_N_GROUPS; g++) {
        uint32_t b = 0;
        while (arch.blocks[b].placement.group != g || result().block_event_pJ[b] == 0.0) b++;
        ASSERT_LT(b, arch.n_blocks);
        double &booked = state->result.block_event_pJ[b];
        const double right = booked, group_pJ = booked_pJ(g);
        for (double wrong :
             {right + 0.002 * group_pJ, right - 0.002 * group_pJ, std::numeric_limits<double>::quiet_NaN()}) {
            booked = wrong;
            EXPECT_EQ(npim_power_check(&result(), &measurement(), &error), NPIM_EINVARIANT)
                << npim_group_names[g];
            EXPECT_NE(std::string(error.message).find(std::string("(") + npim_group_names[g] + ")"),
                      std::string::npos)
                << error.message;
        }
        booked = right + 0.0005 * group_pJ;
        EXPECT_EQ(npim_power_check(&result(), &measurement(), &error), NPIM_OK) << error.message;
        booked = right;
    }
    state->result.event_uJ *= 1.002;
    EXPECT_EQ(npim_power_check(&result(), &measurement(), &error), NPIM_EINVARIANT);
    EXPECT_NE(std::string(error.message).find("all groups"), std::string::npos) << error.message;
}

TEST_F(power_test, a_power_that_is_negative_or_not_finite_is_refused) {
    measure("tiny_fc", "isaac", 50000);
    if (HasFatalFailure()) return;
    double &amount = measurement().meter.rows[NPIM_N_EVENTS + NPIM_GROUP_ADC];
    for (double wrong : {-1e-30, std::nan(""), std::numeric_limits<double>::infinity()}) {
        amount = wrong;
        EXPECT_EQ(npim_power_check(&result(), &measurement(), &error), NPIM_EINVARIANT);
        EXPECT_NE(std::string(error.message).find("row 0, adc: negative or not finite"), std::string::npos)
            << error.message;
    }
}

// --- steps that are too short ---

TEST_F(power_test, a_step_that_is_too_short_for_certain_is_refused_before_the_run) {
    ASSERT_EQ(load("tiny_residual", "isaac", {"run.images=100"}), NPIM_OK) << error.message;
    const double least_ps = 100 * 1e12 / npim_map_pipeline_bound(&state->map);
    ASSERT_GT(least_ps, 2e7);
    const auto step_ps = static_cast<uint64_t>(std::ceil(least_ps / NPIM_POWER_MAX_ROWS));
    EXPECT_EQ(npim_power_check_step(&state->map, step_ps, &error), NPIM_OK);
    EXPECT_EQ(npim_power_check_step(&state->map, step_ps - 1, &error), NPIM_EUSAGE);
    EXPECT_NE(std::string(error.message).find("1000000 rows"), std::string::npos) << error.message;
    state->arch.run.images = 1000;
    EXPECT_EQ(npim_power_check_step(&state->map, 10 * step_ps - 1, &error), NPIM_EUSAGE);
}

TEST_F(power_test, the_refusal_says_how_long_and_how_short) {
    EXPECT_EQ(npim_power_refuse_step(1000, 2500000000, &error), NPIM_EUSAGE);
    EXPECT_STREQ(error.message,
                 "--power-step 1ns: the run takes 2.5ms or more, which is over 1000000 rows; at least "
                 "2.5ns");
}

// 800 ns for the one window of tiny_fc, and more for its way: a step of 1 ps passes the first check alone.
TEST_F(power_test, a_run_that_grows_too_long_is_refused_while_it_runs) {
    ASSERT_EQ(load("tiny_fc", "isaac", {"run.images=2"}), NPIM_OK) << error.message;
    ASSERT_EQ(npim_power_check_step(&state->map, 2, &error), NPIM_OK) << error.message;
    npim_replay_options options{};
    options.power_step_ps = 2;
    EXPECT_EQ(simulate(options), NPIM_EUSAGE);
    EXPECT_NE(std::string(error.message).find("--power-step 2ps: the run takes "), std::string::npos)
        << error.message;
    EXPECT_EQ(measurement().meter.rows, nullptr);
}

// --- prices ---

TEST_F(power_test, windows_cost_what_the_plan_says) {
    ASSERT_EQ(load("tiny_chain", "cascade"), NPIM_OK) << error.message;
    npim_program program{};
    ASSERT_EQ(npim_lower(&program, &state->map, &error), NPIM_OK);
    double *prices = npim_power_price_windows(&program, &state->arch);
    ASSERT_NE(prices, nullptr);
    for (uint32_t t = 0; t < program.n_tiles; t++)
        for (uint32_t s = 0; s < program.tiles[t].n_slots; s++) {
            const npim_program_slot &slot = program.tiles[t].slots[s];
            ASSERT_EQ(slot.kind == NPIM_SLOT_CROSSBAR, slot.window_parts != nullptr);
            if (!slot.window_parts) continue;
            double by_group = 0, by_stage = 0;
            for (uint32_t g = 0; g < NPIM_N_GROUPS; g++) by_group += slot.window_parts[g];
            for (uint32_t i = 0; i < state->arch.plan.n_stages; i++)
                by_stage += npim_pe_plan_energy_pJ(&state->arch.plan, i, &slot.shape);
            EXPECT_NEAR(by_group, by_stage, 1e-9 * by_stage);
            EXPECT_GT(slot.window_parts[NPIM_GROUP_ADC], 0.0);
            EXPECT_EQ(slot.window_parts[NPIM_GROUP_NOC], 0.0);
        }
    npim_program_fini(&program);
    free(prices);
}

} // namespace
