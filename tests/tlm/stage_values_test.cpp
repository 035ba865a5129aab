// Values against an own computation from what was drawn: dot products in integers, scales in closed form.
#include "tlm/stage_values.hpp"

#include "hw/analog_buffer.h"
#include "hw/sample_hold.h"
#include "hw/tia.h"
#include "tests/hw/recipes.hpp"

#include <cmath>

namespace {

using namespace recipes;

constexpr uint32_t rows = 16, weight_bits = 4;
constexpr double v_ref_V = 0.2, g_on_S = 2e-6, ratio = 100;

const npim_rram_config perfect_cell() {
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

npim_stage cycle(const npim_block_ops &ops, const void *core) {
    return stage(ops, core, NPIM_FIRES_CYCLE, NPIM_PACE_IN_CYCLE, NPIM_PER_COLUMN);
}

npim_stage_record record(uint32_t stage, uint32_t cycle) {
    npim_stage_record r{};
    r.stage = stage;
    r.cycle = cycle;
    return r;
}

// All stages of one operation in the order of the plan; each_stage gets (stage, cycle, state).
template <class Function>
void run(npim::stage_values &values, const npim_pe_plan &plan, uint64_t operation, uint64_t window,
         const Function &each_stage) {
    for (uint32_t c = 0; c < plan.n_cycles; c++)
        for (uint32_t s = 0; s < plan.n_stages; s++)
            if (plan.stages[s].fires == NPIM_FIRES_CYCLE)
                each_stage(s, c, values.fire(operation, window, record(s, c)));
    for (uint32_t s = 0; s < plan.n_stages; s++)
        if (plan.stages[s].fires == NPIM_FIRES_RESULT)
            each_stage(s, 0, values.fire(operation, window, record(s, 0)));
}

// --- Neural-PIM

npim_pe_plan neural(const analog &a, const blocks &b) {
    return plan_of(
        {cycle(npim_dac_ops, &a.dac), cycle(npim_crossbar_ops, &a.crossbar),
         cycle(npim_sample_hold_ops, &a.hold), cycle(npim_neural_sa_ops, &a.sa),
         converts(stage(npim_neural_adc_ops, &a.adc, NPIM_FIRES_RESULT, NPIM_PACE_OWN, NPIM_PER_DOT), {8}),
         pooled(add(b, NPIM_FIRES_RESULT, NPIM_PACE_OWN, NPIM_PER_DOT), 2)},
        2, 10000);
}

// Of one bit line: mean and four standard deviations of 16 products of uniform 4-bit digits with cells that
// are off in half of the weights and else on or off alike.
double full_scale_sum() {
    double mean = 0, square = 0;
    for (int digit = 0; digit < 16; digit++) {
        mean += digit / 16.0 / 4;
        square += digit * digit / 16.0 / 4;
    }
    return 16 * mean + 4 * std::sqrt(16 * (square - mean * mean));
}

int64_t dot(const npim::stage_values &values, uint64_t window, uint32_t first, uint32_t n, uint32_t shift,
            uint32_t mask) {
    int64_t sum = 0;
    for (uint32_t r = first; r < first + n; r++)
        sum += int64_t{values.input(window, r) >> shift & mask} * values.weight(r);
    return sum;
}

double level_current(const npim::stage_values &values, uint64_t window, uint32_t shift) {
    double i_A = 0; // of bit line 0: bit 0 of the positive weights
    for (uint32_t r = 0; r < rows; r++) {
        const bool on = values.weight(r) > 0 && values.weight(r) % 2 == 1;
        i_A += (values.input(window, r) >> shift & 15) * v_ref_V / 15 * (on ? g_on_S : g_on_S / ratio);
    }
    return i_A;
}

TEST(StageValues, OfNeuralPimFollowTheRecurrenceOfTheAccumulator) {
    const blocks b;
    const analog a(4, NPIM_CODING_DIFFERENTIAL);
    const npim_pe_plan plan = neural(a, b);
    const npim::value_config config{8, perfect_cell(), 7};
    npim::stage_values values(&plan, config, {3, 1, 0, {rows, 5}});
    const double unit_V = 0.5 / full_scale_sum(), lsb_V = 0.5 / 127;
    for (uint64_t window : {uint64_t{0}, uint64_t{1}, uint64_t{5} << 20 | 3}) {
        double acc_V[2] = {0, 0};
        int64_t sum = 0;
        uint32_t n_seen = 0;
        run(values, plan, window, window, [&](uint32_t s, uint32_t c, const void *core) {
            n_seen++;
            if (s == 0) {
                EXPECT_EQ(static_cast<const npim_dac *>(core)->code, values.input(window, 0) >> 4 * c & 15);
            } else if (s == 1) {
                EXPECT_NEAR(static_cast<const npim_crossbar *>(core)->i_bl_A,
                            level_current(values, window, 4 * c), 1e-15);
            } else if (s == 3) {
                const uint32_t first[] = {0, rows}, n[] = {rows, 5};
                for (int k = 0; k < 2; k++)
                    acc_V[k] = acc_V[k] / 16 +
                               15.0 / 16 * unit_V *
                                   static_cast<double>(dot(values, window, first[k], n[k], 4 * c, 15)) / 15;
                EXPECT_NEAR(static_cast<const npim_neural_sa *>(core)->v_acc_V, acc_V[0], 1e-12);
            } else if (s == 4) {
                EXPECT_NEAR(static_cast<const npim_neural_adc *>(core)->v_in_V, acc_V[0], 1e-12);
                EXPECT_EQ(static_cast<const npim_neural_adc *>(core)->code,
                          127 + std::lround(acc_V[0] / lsb_V));
                for (double v : acc_V) sum += std::lround(v / lsb_V);
            } else if (s == 5) {
                EXPECT_EQ(static_cast<const npim_shift_add *>(core)->sum, static_cast<double>(sum))
                    << "both row chunks";
            }
        });
        EXPECT_EQ(n_seen, 2 * 4 + 2u);
        EXPECT_NE(acc_V[0], 0.0);
    }
}

// --- ISAAC

void expect_exact(npim_coding coding) {
    SCOPED_TRACE(npim_coding_names[coding]);
    const blocks b;
    const analog a(1, coding);
    const npim_pe_plan plan =
        plan_of({cycle(npim_dac_ops, &a.dac), cycle(npim_crossbar_ops, &a.crossbar),
                 cycle(npim_sample_hold_ops, &a.hold), sar(b, NPIM_FIRES_CYCLE, NPIM_PER_COLUMN, {8}),
                 add(b, NPIM_FIRES_CYCLE, NPIM_PACE_STREAM, NPIM_PER_COLUMN)},
                6, 10000);
    const npim::value_config config{6, perfect_cell(), 9};
    npim::stage_values values(&plan, config, {1, 0, 40, {13}});
    for (uint64_t window = 0; window < 5; window++) {
        run(values, plan, window, window, [&](uint32_t s, uint32_t c, const void *core) {
            if (s != 4) return;
            EXPECT_EQ(static_cast<const npim_shift_add *>(core)->sum,
                      static_cast<double>(dot(values, window, 40, 13, 0, (2u << c) - 1)))
                << "digits up to cycle " << c;
        });
    }
}

TEST(StageValues, OfIsaacAreExact) {
    expect_exact(NPIM_CODING_DIFFERENTIAL);
    expect_exact(NPIM_CODING_BIASED);
    expect_exact(NPIM_CODING_TWOS);
}

// --- CASCADE

TEST(StageValues, OfCascadeAreWithinTheStepsOfItsConverters) {
    const blocks b;
    const analog a(1, NPIM_CODING_TWOS);
    const std::vector<uint32_t> bits = {10, 10, 9}; // 8 cycles + 4 slices - 1 = 11 diagonals in 3 groups
    const npim_pe_plan plan = plan_of(
        {cycle(npim_dac_ops, &a.dac), cycle(npim_crossbar_ops, &a.crossbar), cycle(npim_tia_ops, &a.tia),
         cycle(npim_analog_buffer_ops, &a.buffer),
         stage(npim_summing_amp_ops, &b.summing_amp, NPIM_FIRES_RESULT, NPIM_PACE_STREAM, NPIM_PER_DOT),
         pooled(sar(b, NPIM_FIRES_RESULT, NPIM_PER_CONVERSION, bits), 3),
         pooled(add(b, NPIM_FIRES_RESULT, NPIM_PACE_STREAM, NPIM_PER_CONVERSION), 3)},
        8, 10000, 0, 3);
    npim::stage_values values(&plan, {8, perfect_cell(), 5}, {0, 0, 0, {rows}});
    // Half a step of each group's converter and half a unit of rounding, at its significance; groups of
    // diagonals 0..2, 3..5, 6..10 with at most min(d + 1, 11 - d, 4) cells each.
    const uint32_t from[] = {0, 3, 6, 11};
    double bound = 0;
    for (uint32_t g = 0; g < 3; g++) {
        double largest = 0;
        for (uint32_t d = from[g]; d < from[g + 1]; d++)
            largest += std::min({d + 1, 11 - d, 4u}) * rows * std::ldexp(1.0, static_cast<int>(d - from[g]));
        const double step = largest / ((1 << bits[2 - g]) - 1);
        bound += std::ldexp(0.5 * step + 0.5 + 0.01, static_cast<int>(from[g]));
    }
    for (uint64_t window = 0; window < 20; window++) {
        const auto exact = static_cast<double>(dot(values, window, 0, rows, 0, 255));
        double sum = -1;
        run(values, plan, window, window, [&](uint32_t s, uint32_t, const void *core) {
            if (s == 6) sum = static_cast<const npim_shift_add *>(core)->sum;
        });
        EXPECT_NEAR(sum, exact, bound);
        EXPECT_GT(exact, 2 * bound) << "else the bound says nothing";
    }
}

// --- what all have in common

TEST(StageValues, AreAFunctionOfTheWindowAlone) {
    const blocks b;
    const analog a(4, NPIM_CODING_DIFFERENTIAL);
    const npim_pe_plan plan = neural(a, b);
    const npim::value_config config{8, perfect_cell(), 7};
    const auto code = [&](npim::stage_values &values, uint64_t operation, uint64_t window) {
        double sum = 0;
        run(values, plan, operation, window, [&](uint32_t s, uint32_t, const void *core) {
            if (s == 5) sum = static_cast<const npim_shift_add *>(core)->sum;
        });
        return sum;
    };
    npim::stage_values one(&plan, config, {3, 1, 0, {rows, 5}}), same(&plan, config, {3, 1, 0, {rows, 5}});
    npim::stage_values other_seed(&plan, {8, perfect_cell(), 8}, {3, 1, 0, {rows, 5}});
    npim::stage_values other_block(&plan, config, {3, 2, 0, {rows, 5}});
    EXPECT_EQ(code(one, 0, 17), code(same, 200, 17)) << "another replica";
    EXPECT_EQ(one.input(17, 3), other_block.input(17, 3)) << "all columns see the same input";
    uint32_t n_weights = 0, n_inputs = 0;
    for (uint32_t r = 0; r < rows; r++) {
        n_weights += one.weight(r) != other_block.weight(r);
        n_inputs += one.input(17, r) != other_seed.input(17, r);
    }
    EXPECT_GT(n_weights, 0u);
    EXPECT_GT(n_inputs, 0u);
}

// The next operation's cycles begin before the result of this one is converted.
TEST(StageValues, OperationsMayOverlap) {
    const blocks b;
    const analog a(4, NPIM_CODING_DIFFERENTIAL);
    const npim_pe_plan plan = neural(a, b);
    const npim::value_config config{8, perfect_cell(), 7};
    npim::stage_values alone(&plan, config, {3, 1, 0, {rows}}), both(&plan, config, {3, 1, 0, {rows}});
    double expected_V = 0;
    run(alone, plan, 0, 0, [&](uint32_t s, uint32_t, const void *core) {
        if (s == 4) expected_V = static_cast<const npim_neural_adc *>(core)->v_in_V;
    });
    for (uint64_t operation : {0, 1})
        for (uint32_t c = 0; c < 2; c++)
            for (uint32_t s = 0; s < 4; s++) both.fire(operation, operation, record(s, c));
    const auto *adc = static_cast<const npim_neural_adc *>(both.fire(0, 0, record(4, 0)));
    EXPECT_EQ(adc->v_in_V, expected_V);
}

TEST(StageValues, StagesWithoutValuesAndLanesWithoutRowsHaveNone) {
    const blocks b;
    const analog a(4, NPIM_CODING_DIFFERENTIAL);
    const npim_pe_plan plan = plan_of({load(b), cycle(npim_dac_ops, &a.dac)}, 2, 10000);
    npim::stage_values values(&plan, {8, perfect_cell(), 7}, {3, 1, 0, {rows}}),
        none(&plan, {8, perfect_cell(), 7}, {});
    EXPECT_EQ(values.fire(0, 0, record(0, 0)), nullptr);
    EXPECT_NE(values.fire(0, 0, record(1, 0)), nullptr);
    EXPECT_EQ(none.fire(0, 0, record(1, 0)), nullptr);
    EXPECT_FALSE(npim::stage_values::has_values(npim_sram_register_ops));
    EXPECT_TRUE(npim::stage_values::has_values(npim_crossbar_ops));
}

} // namespace
