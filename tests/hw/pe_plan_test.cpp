#include "hw/pe_plan.h"

#include "recipes.hpp"
#include "support.hpp"

#include <algorithm>
#include <random>

using namespace recipes;

namespace {

class pe_plan : public testing::Test {
  protected:
    npim_pe_timing run(const npim_pe_plan &plan, const npim_pe_shape &shape, uint64_t start_ps = 0,
                       npim_calendar *pools = nullptr) {
        uint32_t n = 0;
        records.assign(NPIM_MAX_RECORDS, {});
        const npim_pe_timing t = npim_pe_plan_run(&plan, &shape, start_ps, pools, records.data(), &n);
        records.resize(n);
        return t;
    }
    double recorded_pJ(uint32_t stage) const {
        double sum = 0;
        for (const npim_stage_record &r : records) sum += r.stage == stage ? r.energy_pJ : 0.0;
        return sum;
    }
    blocks b;
    std::vector<npim_stage_record> records;
};

struct expected_record {
    uint32_t stage, cycle;
    uint64_t start_ps, duration_ps;
    double count, energy_pJ;
};

// 5 rows x 4 columns, 3 cycles of 10 ns from 1000 ps on: 4 conversions of 1.67 pJ take 4 ns, DAC 2 uW x 10
// ns.
TEST_F(pe_plan, records_of_an_operation_by_hand) {
    const npim_pe_timing t = run(every_cycle(b), shape(5, 4), 1000);
    std::vector<expected_record> expected = {{0, 0, 1000, 0, 5, 1.25}};
    for (uint32_t c = 0; c < 3; c++) {
        const uint64_t begin = 1000 + c * 10000;
        expected.push_back({1, c, begin, 10000, 5, 0.1});
        expected.push_back({2, c, begin + 10000, 4000, 4, 6.68});
        expected.push_back({3, c, begin + 14000, clk, 4, 2});
    }
    expected.push_back({4, 0, 35000 + clk, clk, 2, 0.5});
    ASSERT_EQ(records.size(), expected.size());
    for (size_t i = 0; i < expected.size(); i++) {
        SCOPED_TRACE(i);
        EXPECT_EQ(records[i].stage, expected[i].stage);
        EXPECT_EQ(records[i].cycle, expected[i].cycle);
        EXPECT_EQ(records[i].start_ps, expected[i].start_ps);
        EXPECT_EQ(records[i].duration_ps, expected[i].duration_ps);
        EXPECT_EQ(records[i].count, expected[i].count);
        EXPECT_NEAR(records[i].energy_pJ, expected[i].energy_pJ, 1e-12);
    }
    EXPECT_EQ(t.start_ps, 1000u);
    EXPECT_EQ(t.cycles_ps, 31000u);
    EXPECT_EQ(t.converted_ps, 35000u);
    EXPECT_EQ(t.done_ps, 35000 + 2 * clk);
}

// A converter that is slower than a cycle delays the later firings of its own array.
TEST_F(pe_plan, a_private_converter_sets_the_pace_when_it_is_slower_than_a_cycle) {
    const npim_pe_plan plan = every_cycle(b);
    for (uint32_t columns : {1u, 9u, 10u, 11u, 93u, 128u}) {
        SCOPED_TRACE(columns);
        const uint64_t convert_ps = columns * 1000;
        const npim_pe_timing t = run(plan, shape(77, columns, 3), 500);
        EXPECT_EQ(t.cycles_ps, 30500u);
        EXPECT_EQ(t.converted_ps, 500 + 10000 + 2 * std::max<uint64_t>(10000, convert_ps) + convert_ps);
        EXPECT_EQ(t.done_ps, t.converted_ps + 2 * clk);
        const npim_pe_shape s = shape(77, columns, 3);
        EXPECT_EQ(npim_pe_plan_interval_ps(&plan, &s), 3 * std::max<uint64_t>(10000, convert_ps));
    }
}

TEST_F(pe_plan, pipelined_converters_end_after_they_are_free) {
    const npim_pe_plan plan = once(b);
    for (uint32_t dots : {1u, 2u, 7u, 8u, 19u, 20u, 513u}) {
        SCOPED_TRACE(dots);
        const npim_pe_shape s = shape(77, 4 * dots);
        const npim_pe_timing t = run(plan, s);
        EXPECT_EQ(t.converted_ps, 20000 + dots * 500) << "two converters of 1 GS/s";
        EXPECT_EQ(t.done_ps, 20000 + dots * 500 + 1000 + (dots + 3) / 4 * clk + clk);
        EXPECT_EQ(npim_pe_plan_interval_ps(&plan, &s),
                  std::max<uint64_t>({20000, dots * 500, (dots + 3) / 4 * clk}));
        EXPECT_EQ(npim_pe_plan_conversions(&plan, &s), dots);
    }
}

// Streaming stages still pass on one empty word each.
TEST_F(pe_plan, nothing_to_convert_takes_the_cycles_and_the_streams) {
    const npim_pe_shape nothing{};
    const std::pair<npim_pe_plan, uint64_t> rows[] = {{every_cycle(b), 2}, {grouped(b), 3}, {once(b), 1}};
    for (const auto &[plan, streams] : rows) {
        const npim_pe_timing t = run(plan, nothing, 7);
        EXPECT_EQ(t.cycles_ps, 7 + plan.n_cycles * 10000);
        EXPECT_EQ(t.done_ps, t.cycles_ps + streams * clk);
        EXPECT_EQ(npim_pe_plan_interval_ps(&plan, &nothing), plan.n_cycles * 10000);
        EXPECT_EQ(npim_pe_plan_conversions(&plan, &nothing), 0.0);
        for (const npim_stage_record &r : records) EXPECT_EQ(r.energy_pJ, 0.0);
    }
}

// Every stage with time of its own takes whole steps of 10 ns: one for 7 columns, one for each word after it.
TEST_F(pe_plan, synchronous_stages_take_whole_steps) {
    const npim_pe_plan plan = every_cycle(b, 10000);
    EXPECT_EQ(run(plan, shape(5, 7), 20000).done_ps, 20000u + 60000);
    EXPECT_EQ(run(plan, shape(5, 10)).done_ps, 60000u) << "just one step";
    for (const npim_stage_record &r : records) EXPECT_EQ(r.duration_ps, r.stage == 0 ? 0u : 10000u);
    const npim_pe_shape s = shape(5, 7);
    EXPECT_EQ(npim_pe_plan_interval_ps(&plan, &s), 30000u);
    npim_pe_plan one = every_cycle(b, 10000);
    one.n_cycles = 1;
    EXPECT_EQ(run(one, shape(5, 11)).done_ps, 10000u + 20000 + 20000) << "11 ns are two steps";
}

TEST_F(pe_plan, an_empty_pool_changes_nothing) {
    for (const npim_pe_plan &plan : {every_cycle(b), grouped(b), once(b)}) {
        npim_calendar pools[NPIM_MAX_STAGES] = {};
        const npim_pe_shape s = shape(77, 93, 5);
        const npim_pe_timing loaded = run(plan, s, 4321, pools);
        const npim_pe_timing alone = npim_pe_plan_run(&plan, &s, 4321, nullptr, nullptr, nullptr);
        EXPECT_EQ(loaded.converted_ps, alone.converted_ps);
        EXPECT_EQ(loaded.done_ps, alone.done_ps);
        for (uint32_t i = 0; i < plan.n_stages; i++)
            EXPECT_TRUE(plan.stages[i].pooled || pools[i].n_booked == 0) << "private: not asked";
    }
}

// The converters are free in [25 ns, 31 ns): 6 ns; the adder lanes are not before 50 ns.
TEST_F(pe_plan, a_busy_pool_delays_by_the_first_gap_that_fits) {
    const npim_pe_plan plan = once(b);
    for (uint32_t dots : {12u, 13u}) {
        npim_calendar pools[NPIM_MAX_STAGES] = {};
        npim_calendar_reserve(&pools[3], 15000, 10000);
        npim_calendar_reserve(&pools[3], 31000, 9000);
        npim_calendar_reserve(&pools[4], 0, 50000);
        const npim_pe_timing t = run(plan, shape(3, 4 * dots), 0, pools);
        const uint64_t adc_ps = dots == 12 ? 25000 : 40000;
        EXPECT_EQ(records[records.size() - 3].start_ps, adc_ps);
        EXPECT_EQ(t.converted_ps, adc_ps + dots * 500);
        EXPECT_EQ(t.done_ps,
                  std::max<uint64_t>(50000, adc_ps + dots * 500 + 1000) + (dots + 3) / 4 * clk + clk);
        EXPECT_EQ(pools[3].booked_ps, 19000 + dots * 500);
    }
}

// Several operations on shared pools, with the gaps searched the simple way: grouped(), unit by unit.
TEST_F(pe_plan, operations_that_share_pools_match_a_search_of_all_gaps) {
    std::mt19937_64 random(test_seed(20240714));
    const npim_pe_plan plan = grouped(b);
    for (int round = 0; round < 200; round++) {
        npim_calendar pools[NPIM_MAX_STAGES] = {};
        bookings adc, lanes;
        uint64_t start_ps = 0;
        for (int i = 0; i < 20; i++) {
            start_ps += random() % 30000;
            const uint64_t dots = random() % 60, convert_ps = (dots * 2 * 1000 * 2 + 3) / 6,
                           add_ps = (dots + 1) / 2 * clk;
            const npim_pe_timing t = run(plan, shape(5, static_cast<uint32_t>(4 * dots)), start_ps, pools);
            const uint64_t from_ps = adc.reserve(start_ps + 40000 + clk, convert_ps);
            const uint64_t sum_ps = lanes.reserve(from_ps + convert_ps + clk, add_ps);
            ASSERT_EQ(t.converted_ps, from_ps + convert_ps);
            ASSERT_EQ(t.done_ps, sum_ps + add_ps + clk);
        }
    }
}

// A converter of the tile that fires in every cycle: each firing looks for its own gap.
TEST_F(pe_plan, a_pool_that_is_used_in_every_cycle) {
    const npim_pe_plan plan =
        plan_of({drive(b), pooled(sar(b, NPIM_FIRES_CYCLE, NPIM_PER_COLUMN, {8}), 2)}, 3, 10000);
    npim_calendar pools[NPIM_MAX_STAGES] = {};
    npim_calendar_reserve(&pools[1], 12000, 9000); // until 21 ns
    const npim_pe_timing t = run(plan, shape(1, 12), 0, pools);
    ASSERT_EQ(records.size(), 6u);
    EXPECT_EQ(records[1].start_ps, 21000u) << "6 ns do not fit before 12 ns";
    EXPECT_EQ(records[3].start_ps, 27000u);
    EXPECT_EQ(records[5].start_ps, 33000u);
    EXPECT_EQ(t.done_ps, 39000u);
}

// 6 and 9 bits cost 1.20 and 1.969 pJ: an equal share at each.
TEST_F(pe_plan, a_converter_of_several_resolutions_books_each_of_them) {
    const npim_pe_plan plan = grouped(b);
    const npim_pe_shape s = shape(77, 93, 2); // 24 dots on each array
    EXPECT_NEAR(npim_pe_plan_energy_pJ(&plan, 3, &s), 48 * 1.20 + 48 * 1.969, 1e-9);
    EXPECT_EQ(npim_pe_plan_conversions(&plan, &s), 96.0);
    npim_work works[NPIM_MAX_BITS];
    ASSERT_EQ(npim_pe_plan_works(&plan, 3, &s, works), 2u);
    EXPECT_EQ(works[0].bits, 6u);
    EXPECT_EQ(works[1].bits, 9u);
    EXPECT_EQ(works[0].count, 48.0);
    EXPECT_EQ(works[1].count, 48.0);
    ASSERT_EQ(npim_pe_plan_works(&plan, 4, &s, works), 1u);
    EXPECT_EQ(works[0].bits, 0u);
    EXPECT_EQ(works[0].count, 96.0);
    npim_pe_plan one = plan;
    one.stages[3].n_bits = 1;
    EXPECT_NEAR(npim_pe_plan_energy_pJ(&one, 3, &s), 96 * 1.20, 1e-9) << "one resolution: it alone";
    one.stages[3].n_bits = 0;
    EXPECT_NEAR(npim_pe_plan_energy_pJ(&one, 3, &s), 96 * 1.67, 1e-9) << "none: the block's own 8 bit";
}

// What each kind of count takes from the shape, all of it and by the fullest array.
TEST_F(pe_plan, counts_come_from_the_shape) {
    npim_pe_shape s{};
    s.rows = 2, s.cells = 3, s.columns = 5, s.dots = 7, s.input_B = 11, s.load_B = 13.5, s.result_B = 17;
    s.columns_per_array = 4, s.dots_per_array = 6;
    const double all[] = {2, 3, 5, 7, 11, 13.5, 17, 7 * 2.5}, fullest[] = {2, 3, 4, 6, 11, 13.5, 17, 6 * 2.5};
    for (uint32_t per = 0; per < 8; per++) {
        SCOPED_TRACE(per);
        npim_stage one = add(b, NPIM_FIRES_CYCLE, NPIM_PACE_OWN, static_cast<npim_per>(per));
        one.ops_per = 3;
        npim_pe_plan plan = plan_of({one, pooled(one, 1)}, 4, 1000, 0, 2.5);
        EXPECT_EQ(npim_pe_plan_count(&plan, 0, &s), 4 * 3 * all[per]) << "in four cycles";
        EXPECT_EQ(npim_pe_plan_queued(&plan, 0, &s), 3 * fullest[per]);
        EXPECT_EQ(npim_pe_plan_queued(&plan, 1, &s), 3 * all[per]) << "all of it through the pool";
        EXPECT_NEAR(npim_pe_plan_energy_pJ(&plan, 0, &s), 4 * 3 * all[per] * 0.5, 1e-9);
        plan.stages[0].fires = NPIM_FIRES_RESULT;
        EXPECT_EQ(npim_pe_plan_count(&plan, 0, &s), 3 * all[per]) << "once";
    }
}

// Four converters that keep pace with the stage before: the last word passes one of them, 1 ns.
TEST_F(pe_plan, a_streaming_stage_adds_the_time_of_one_operation) {
    npim_stage stream = sar(b, NPIM_FIRES_RESULT, NPIM_PER_DOT, {8});
    stream.pace = NPIM_PACE_STREAM;
    const npim_pe_plan plan = plan_of({drive(b), pooled(stream, 4)}, 2, 10000);
    for (uint32_t columns : {1u, 4u, 93u}) EXPECT_EQ(run(plan, shape(5, columns)).done_ps, 21000u);
    const npim_pe_shape s = shape(5, 93);
    EXPECT_EQ(npim_pe_plan_interval_ps(&plan, &s), 20000u) << "it has no pace of its own";
}

// Energy does not depend on when the stages fire, and the records carry all of it.
TEST_F(pe_plan, records_carry_the_energy_and_the_counts) {
    for (const npim_pe_plan &plan : {every_cycle(b), grouped(b), once(b)}) {
        const npim_pe_shape s = shape(77, 93, 3);
        npim_calendar pools[NPIM_MAX_STAGES] = {};
        npim_calendar_reserve(&pools[3], 0, 99999);
        run(plan, s, 0, pools);
        for (uint32_t i = 0; i < plan.n_stages; i++) {
            const double expected_pJ = npim_pe_plan_energy_pJ(&plan, i, &s);
            EXPECT_NEAR(recorded_pJ(i), expected_pJ, 1e-9 * expected_pJ);
            double count = 0;
            for (const npim_stage_record &r : records) count += r.stage == i ? r.count : 0.0;
            EXPECT_EQ(count, npim_pe_plan_count(&plan, i, &s));
        }
    }
}

TEST_F(pe_plan, loading_does_not_count_for_the_interval) {
    npim_stage slow = add(b, NPIM_FIRES_LOAD, NPIM_PACE_OWN, NPIM_PER_LOAD_B);
    const npim_pe_plan plan = plan_of({slow, drive(b)}, 2, 10000);
    const npim_pe_shape s = shape(500, 4);
    EXPECT_EQ(npim_pe_plan_interval_ps(&plan, &s), 20000u);
    EXPECT_EQ(run(plan, s).done_ps, 20000u);
}

TEST_F(pe_plan, the_largest_recipe_fills_the_records) {
    std::vector<npim_stage> stages(NPIM_MAX_STAGES, drive(b));
    const npim_pe_plan plan = plan_of(stages, NPIM_MAX_CYCLES, 10);
    EXPECT_EQ(run(plan, shape(1, 1)).done_ps, 640u);
    ASSERT_EQ(records.size(), static_cast<size_t>(NPIM_MAX_RECORDS));
    EXPECT_EQ(records.back().stage, NPIM_MAX_STAGES - 1u);
    EXPECT_EQ(records.back().cycle, NPIM_MAX_CYCLES - 1u);
}

} // namespace
