// The plan of every architecture against a closed form that was written apart from it.
#include "arch_fixture.hpp"
#include "closed_form.hpp"
#include "tests/hw/recipes.hpp"

#include <random>

namespace {

using closed_form::product;

// One dot product of one row, sizes that do not divide, just an array, one more, long ones, many groups.
const product products[] = {{1, 1, 1},     {77, 1, 1},   {77, 93, 1},  {64, 8, 1},  {128, 8, 1}, {129, 9, 1},
                            {300, 20, 1},  {9, 1, 14},   {27, 3, 5},   {1, 512, 1}, {130, 1, 3}, {576, 64, 1},
                            {1024, 37, 2}, {63, 127, 3}, {4096, 8, 1}, {12, 65, 7}};

class pe_plan_architectures : public arch_fixture {
  protected:
    npim_pe_timing run(const npim_pe_shape &shape, uint64_t start_ps, npim_calendar *pools) {
        return npim_pe_plan_run(&arch->plan, &shape, start_ps, pools, nullptr, nullptr);
    }
    double energy_pJ(const npim_pe_shape &shape) {
        double sum = 0;
        for (uint32_t s = 0; s < arch->plan.n_stages; s++)
            sum += npim_pe_plan_energy_pJ(&arch->plan, s, &shape);
        return sum;
    }
    // The stage of a block whose time is its own; NPIM_MAX_STAGES when there is none.
    uint32_t pool_of(const std::string &block) {
        for (uint32_t s = 0; s < arch->plan.n_stages; s++)
            if (block == arch->stages[s].block && arch->plan.stages[s].pooled) return s;
        return NPIM_MAX_STAGES;
    }
};

std::string text(const closed_form::numbers &a, const product &p) {
    return std::string(a.name) + ", " + std::to_string(p.K) + " rows, " + std::to_string(p.N) + " outputs, " +
           std::to_string(p.G) + " groups";
}

void expect_same(const npim_pe_timing &got, const closed_form::timing &expected) {
    EXPECT_EQ(got.cycles_ps, expected.cycles_ps);
    EXPECT_EQ(got.converted_ps, expected.converted_ps);
    EXPECT_EQ(got.done_ps, expected.done_ps);
}

constexpr closed_form::numbers all[] = {closed_form::neural_pim, closed_form::isaac, closed_form::cascade,
                                        closed_form::isaac_16bit};

TEST_F(pe_plan_architectures, one_operation_alone_takes_the_time_and_energy_of_the_formulas) {
    for (const auto &a : all) {
        load(a.name);
        for (const product &p : products) {
            SCOPED_TRACE(text(a, p));
            const npim_pe_shape shape = closed_form::shape(a, p);
            closed_form::shared_units idle;
            expect_same(run(shape, 1234, nullptr), closed_form::time(a, p, 1234, idle));
            EXPECT_EQ(npim_pe_plan_conversions(&arch->plan, &shape), closed_form::conversions(a, p));
            const double expected_pJ = closed_form::energy_pJ(a, p);
            EXPECT_NEAR(energy_pJ(shape), expected_pJ, 1e-9 * expected_pJ);
        }
    }
}

// Accumulators, buffers and registers are double: the interval is (input cycles) x (cycle) up to a full tile.
TEST_F(pe_plan_architectures, the_interval_is_that_of_the_input_cycles) {
    const uint64_t expected_ps[] = {246000, 800000, 880000, 1600000};
    for (size_t i = 0; i < 4; i++) {
        load(all[i].name);
        SCOPED_TRACE(all[i].name);
        const npim_pe_shape full = npim_arch_full_tile(arch), dot = closed_form::shape(all[i], {1, 1, 1});
        EXPECT_EQ(npim_pe_plan_interval_ps(&arch->plan, &full), expected_ps[i]);
        EXPECT_EQ(npim_pe_plan_interval_ps(&arch->plan, &dot), expected_ps[i]);
    }
}

// Dots of a full tile and when the last one is done, by hand.
TEST_F(pe_plan_architectures, a_full_tile_by_hand) {
    struct row {
        const char *name;
        double dots, conversions;
        uint64_t done_ps;
    };
    const row rows[] = {
        {"neural-pim", 512, 512, 246000 + 246949 + 128 * 833 + 833}, // 257 periods of 960.9 ps
        {"isaac", 768, 98304, 1100000},                              // 11 cycles
        {"cascade", 2048, 10240, 880000 + 833 + 853333 + 833 + 512 * 833 + 833},
        {"isaac-16bit", 1536, 196608, 1900000}};
    for (const row &r : rows) {
        load(r.name);
        SCOPED_TRACE(r.name);
        const npim_pe_shape full = npim_arch_full_tile(arch);
        EXPECT_EQ(full.dots, r.dots);
        EXPECT_EQ(npim_pe_plan_conversions(&arch->plan, &full), r.conversions);
        EXPECT_EQ(run(full, 0, nullptr).done_ps, r.done_ps);
    }
}

// 77 rows by 93 columns of one array: 93 columns are not whole weights of 16 or 8 columns.
TEST_F(pe_plan_architectures, part_of_an_array) {
    npim_pe_shape s{};
    s.rows = s.input_B = s.load_B = 77;
    s.cells = 77 * 93;
    s.columns = s.columns_per_array = 93;
    s.dots = s.dots_per_array = s.result_B = 6;
    load("isaac");
    EXPECT_EQ(npim_pe_plan_conversions(&arch->plan, &s), 744.0);
    EXPECT_EQ(run(s, 0, nullptr).converted_ps, 800000u + 72656) << "93 / 1.28 GS/s";
    EXPECT_EQ(run(s, 0, nullptr).done_ps, 1100000u);
    EXPECT_NEAR(energy_pJ(s),
                (77 + 77) * 0.484 + 8 * 77 * 0.3906 + 8 * 7161 * 0.001831 +
                    744 * (0.00098 + 1.5625 + 0.0195 + 0.0225) + 12 * 0.875,
                1e-9);
    load("neural-pim");
    EXPECT_EQ(run(s, 0, nullptr).done_ps, 246000u + 3844 + 2 * 833 + 833) << "4 periods of 960.9 ps";
    EXPECT_NEAR(energy_pJ(s),
                (77 + 77) * 0.484 + 2 * 77 * 5.86 * 0.123 + 2 * 7161 * 0.00225213 + 2 * 93 * 0.00098 +
                    2 * 6 * 3.03 + 6 * (7.5 + 0.0225 + 0.0417) + 12 * 0.875,
                1e-9);
}

// Without pooled converters nothing that other PEs do can delay an operation.
TEST_F(pe_plan_architectures, isaac_does_not_wait_for_other_pes) {
    for (const auto &a : {closed_form::isaac, closed_form::isaac_16bit}) {
        load(a.name);
        npim_calendar pools[NPIM_MAX_STAGES] = {};
        for (npim_calendar &pool : pools) npim_calendar_reserve(&pool, 0, 50000000);
        closed_form::shared_units idle;
        expect_same(run(closed_form::shape(a, {300, 20, 1}), 0, pools),
                    closed_form::time(a, {300, 20, 1}, 0, idle));
    }
}

// Pools with bookings of others, searched for the first gap the simple way.
struct busy_units : closed_form::shared_units {
    recipes::bookings converters, lanes;
    uint64_t convert(uint64_t ready_ps, uint64_t busy_ps) override {
        return converters.reserve(ready_ps, busy_ps);
    }
    uint64_t add(uint64_t ready_ps, uint64_t busy_ps) override { return lanes.reserve(ready_ps, busy_ps); }
};

TEST_F(pe_plan_architectures, operations_of_a_loaded_tile_take_the_first_gaps) {
    const char *text_seed = std::getenv("NPIM_TEST_SEED");
    const uint64_t seed = text_seed ? std::strtoull(text_seed, nullptr, 10) : 20240715;
    std::cout << "NPIM_TEST_SEED=" << seed << "\n";
    std::mt19937_64 random(seed);
    for (const auto &a : {closed_form::neural_pim, closed_form::cascade}) {
        load(a.name);
        const uint32_t adc = pool_of(a.strategy == 'B' ? "sar_adc" : "neural_adc"), lanes = pool_of("adder");
        ASSERT_LT(std::max(adc, lanes), static_cast<uint32_t>(NPIM_MAX_STAGES));
        for (int round = 0; round < 60; round++) {
            npim_calendar pools[NPIM_MAX_STAGES] = {};
            busy_units units;
            for (int i = 0; i < 8; i++) { // bookings of others, up to 1.6 us
                const uint64_t at_ps = random() % 1600000, for_ps = random() % 90000;
                npim_calendar_reserve(&pools[i % 2 ? adc : lanes], at_ps, for_ps);
                (i % 2 ? units.converters : units.lanes).reserve(at_ps, for_ps);
            }
            uint64_t start_ps = 0;
            for (int i = 0; i < 12; i++) {
                const product p = {1 + random() % 300, 1 + random() % 60, 1 + random() % 3};
                SCOPED_TRACE(text(a, p));
                start_ps += random() % 200000;
                expect_same(run(closed_form::shape(a, p), start_ps, pools),
                            closed_form::time(a, p, start_ps, units));
                if (testing::Test::HasFailure()) return;
            }
        }
    }
}

} // namespace
