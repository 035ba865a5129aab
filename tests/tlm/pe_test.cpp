#include "tlm/pe.hpp"

#include "pe_replay.hpp"
#include "tests/hw/recipes.hpp"

using namespace recipes;
using namespace pe_replay;

namespace {

// Operations one after the other on each slot, as closely as their arrays allow.
std::vector<operation> interleaved(const npim_pe_plan &plan, uint32_t n_slots, uint32_t n) {
    std::mt19937_64 random(traffic::seed());
    std::vector<npim_pe_shape> shapes;
    std::vector<uint64_t> free_ps(n_slots, 1000);
    for (uint32_t slot = 0; slot < n_slots; slot++)
        shapes.push_back(shape(static_cast<uint32_t>(1 + random() % 128),
                               static_cast<uint32_t>(8 + random() % 120),
                               static_cast<uint32_t>(1 + random() % 3)));
    std::vector<operation> list;
    for (uint32_t i = 0; i < n; i++) {
        const uint32_t slot = i % n_slots;
        const uint64_t start_ps = free_ps[slot] + (random() % 4 ? 0 : random() % 40000);
        free_ps[slot] = start_ps + npim_pe_plan_interval_ps(&plan, &shapes[slot]);
        list.push_back({slot, shapes[slot], start_ps, start_ps});
    }
    std::stable_sort(list.begin(), list.end(),
                     [](const operation &a, const operation &b) { return a.start_ps < b.start_ps; });
    return list;
}

class pe : public testing::Test {
  protected:
    // One operation for each row: sizes that do not divide, one dot, none.
    void expect_sizes(const npim_pe_plan &plan, bool loaded) {
        const npim_pe_shape shapes[] = {shape(1, 1), shape(77, 93), shape(128, 128), shape(5, 7, 3),
                                        npim_pe_shape{}};
        for (const npim_pe_shape &s : shapes) {
            SCOPED_TRACE(s.columns);
            traffic::fresh_context context;
            npim::pe modules("stages", &plan, 1);
            replay r;
            for (uint32_t i = 0; i < plan.n_stages && loaded; i++) r.load(i, 0, 100000 + 7777 * i);
            r.run(plan, modules, {{0, s, 2000, 2500}});
            r.expect_same(modules);
            for (uint32_t i = 0; i < plan.n_stages; i++) {
                EXPECT_EQ(modules.module(0, i).count(), npim_pe_plan_count(&plan, i, &s));
                EXPECT_TRUE(modules.module(0, i).idle());
            }
        }
    }
    void expect_interleaved(const npim_pe_plan &plan) {
        npim::pe modules("stages", &plan, 3);
        replay r;
        r.run(plan, modules, interleaved(plan, 3, 30));
        r.expect_same(modules);
    }
    blocks b;
};

TEST_F(pe, takes_the_time_and_energy_of_the_plan) {
    for (const npim_pe_plan &plan : {every_cycle(b), every_cycle(b, 10000), grouped(b), once(b)})
        expect_sizes(plan, false);
}

TEST_F(pe, takes_the_time_and_energy_of_the_plan_when_pools_are_busy) {
    for (const npim_pe_plan &plan : {every_cycle(b), every_cycle(b, 10000), grouped(b), once(b)})
        expect_sizes(plan, true);
}

// 5 x 7 on three arrays: 3 cycles; the DAC works in them, the converter 7 ns after each, and all energy by
// hand.
TEST_F(pe, modules_by_hand) {
    const npim_pe_plan plan = every_cycle(b);
    npim::pe modules("stages", &plan, 1);
    replay r;
    r.run(plan, modules, {{0, shape(5, 7, 3), 0, 0}});
    EXPECT_EQ(npim::now_ps(), 30000u + 7000 + 2 * clk);
    EXPECT_EQ(modules.n_firings(), 1u + 3 * 3 + 1);
    EXPECT_EQ(modules.module(0, 1).n_done(), 3u);
    EXPECT_EQ(modules.module(0, 1).busy_ps(), 30000u);
    EXPECT_EQ(modules.module(0, 2).busy_ps(), 21000u);
    EXPECT_NEAR(modules.module(0, 0).energy_pJ(), 15 * 0.25, 1e-9);
    EXPECT_NEAR(modules.module(0, 1).energy_pJ(), 3 * 15 * 2e-6 * 10000, 1e-9);
    EXPECT_NEAR(modules.module(0, 2).energy_pJ(), 3 * 21 * 1.67, 1e-9);
    EXPECT_NEAR(modules.module(0, 3).energy_pJ(), 3 * 21 * 0.5, 1e-9);
    EXPECT_NEAR(modules.module(0, 4).energy_pJ(), 2 * 6 * 0.25, 1e-9);
    EXPECT_NEAR(modules.energy_pJ(), 3.75 + 0.9 + 105.21 + 31.5 + 3, 1e-9);
}

TEST_F(pe, slots_interleave_on_shared_converters) {
    expect_interleaved(once(b));
}
TEST_F(pe, slots_interleave_on_shared_converters_of_two_resolutions) {
    expect_interleaved(grouped(b));
}
TEST_F(pe, slots_with_converters_of_their_own_do_not_meet) {
    expect_interleaved(every_cycle(b));
}
TEST_F(pe, slots_of_a_synchronous_pipeline) {
    expect_interleaved(every_cycle(b, 10000));
}

TEST_F(pe, private_stages_have_a_module_for_each_slot) {
    const npim_pe_plan plan = once(b);
    npim::pe modules("stages", &plan, 2);
    EXPECT_NE(&modules.module(0, 1), &modules.module(1, 1)) << "DAC";
    EXPECT_EQ(&modules.module(0, 3), &modules.module(1, 3)) << "converters of the tile";
    EXPECT_EQ(&modules.module(0, 4), &modules.module(1, 4)) << "adder lanes of the tile";
    replay r;
    r.run(plan, modules, {{0, shape(5, 8), 0, 0}, {1, shape(5, 12), 0, 0}});
    r.expect_same(modules);
    EXPECT_EQ(modules.module(0, 1).n_done(), 2u);
    EXPECT_EQ(modules.module(1, 2).count(), 2 * 3.0);
    EXPECT_EQ(modules.module(0, 3).count(), 2 + 3.0);
}

// The plan keeps what it was made of; the block of the modules is another one from then on.
TEST_F(pe, a_module_that_takes_another_time_is_reported) {
    blocks slower;
    const npim_pe_plan plan = once(b);
    npim_pe_plan changed = plan;
    slower.neural_adc.config.rate_GSps = 0.5;
    changed.stages[3].core = &slower.neural_adc;
    npim::pe modules("stages", &changed, 1);
    changed.stages[3].core = &b.neural_adc; // modules are built, the plan goes on as it was
    replay r;
    r.run(changed, modules, {{0, shape(5, 8), 0, 0}});
    EXPECT_EQ(disagreement(modules), "stages.shared_3_neural_adc took 4000 ps, the plan says 2000");
}

TEST_F(pe, a_module_that_takes_another_energy_is_reported) {
    blocks dearer;
    npim_pe_plan plan = every_cycle(b);
    dearer.dac.config.power_uW = 2.0 * (1 + 1e-8);
    plan.stages[1].core = &dearer.dac;
    npim::pe modules("stages", &plan, 2);
    plan.stages[1].core = &b.dac;
    replay r;
    r.run(plan, modules, {{1, shape(5, 8), 0, 0}});
    EXPECT_NE(disagreement(modules).find("slot_1_1_dac took 0.1"), std::string::npos)
        << disagreement(modules);
}

TEST_F(pe, a_difference_in_the_last_digits_is_none) {
    blocks dearer;
    npim_pe_plan plan = every_cycle(b);
    dearer.dac.config.power_uW = 2.0 * (1 + 1e-10);
    plan.stages[1].core = &dearer.dac;
    npim::pe modules("stages", &plan, 1);
    plan.stages[1].core = &b.dac;
    replay r;
    r.run(plan, modules, {{0, shape(5, 8), 0, 0}});
    EXPECT_EQ(disagreement(modules), "");
}

TEST_F(pe, stages_that_are_under_way_are_reported) {
    const npim_pe_plan plan = once(b);
    npim::pe modules("stages", &plan, 1);
    npim_calendar pools[NPIM_MAX_STAGES] = {};
    const npim_pe_timing t = modules.run(0, shape(5, 8), 0, pools);
    traffic::run_to(t.done_ps - 1);
    EXPECT_NE(disagreement(modules).find("stages that did not finish"), std::string::npos);
    traffic::run_to(t.done_ps);
    EXPECT_EQ(disagreement(modules), "");
}

// The units of a streaming stage take the next word before the last one has passed: two dot products of one
// slot that waited for the converters leave them 667 ps apart, less than the clock of the shift-and-add
// behind.
TEST_F(pe, operations_that_queued_overlap_in_the_stages_behind) {
    const npim_pe_plan plan = grouped(b);
    npim::pe modules("stages", &plan, 1);
    replay r;
    r.load(3, 0, 200000);
    r.run(plan, modules, {{0, shape(5, 4), 1000, 1000}, {0, shape(5, 4), 41000, 41000}});
    r.expect_same(modules);
}

// 10 periods occupy a pipelined converter of the array for a whole cycle; its last result comes one period
// later.
TEST_F(pe, firings_overlap_in_a_pipelined_converter) {
    const npim_stage adc = converts(
        stage(npim_neural_adc_ops, &b.neural_adc, NPIM_FIRES_CYCLE, NPIM_PACE_OWN, NPIM_PER_DOT), {8});
    const npim_pe_plan plan = plan_of({drive(b), adc, keep(b)}, 3, 10000);
    npim::pe modules("stages", &plan, 1);
    replay r;
    r.run(plan, modules, {{0, shape(5, 40), 1000, 1000}});
    r.expect_same(modules);
}

} // namespace
