// Values against an own computation from what was drawn: dot products in integers, scales in closed form.
#include "analog_lane.hpp"

#include <cmath>

namespace {

using namespace analog_lane;

// --- Neural-PIM

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

int64_t dot(const npim::drawn_values &values, uint64_t window, uint32_t first, uint32_t n, uint32_t shift,
            uint32_t mask) {
    int64_t sum = 0;
    for (uint32_t r = first; r < first + n; r++)
        sum += int64_t{values.input(window, r) >> shift & mask} * values.weight(r);
    return sum;
}

double level_current(const npim::drawn_values &values, uint64_t window, uint32_t shift) {
    double i_A = 0; // of bit line 0: bit 0 of the positive weights
    for (uint32_t r = 0; r < rows; r++) {
        const bool on = values.weight(r) > 0 && values.weight(r) % 2 == 1;
        i_A += (values.input(window, r) >> shift & 15) * v_ref_V / 15 * (on ? g_on_S : g_on_S / ratio);
    }
    return i_A;
}

TEST(DrawnStages, OfNeuralPimFollowTheRecurrenceOfTheAccumulator) {
    const blocks b;
    const analog a(4, NPIM_CODING_DIFFERENTIAL);
    const npim_pe_plan plan = neural(a, b);
    const npim::value_config config{8, perfect_cell(), 7};
    npim::drawn_values values(&plan, config, {3, 1, 0, {rows, 5}});
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
    npim::drawn_values values(&plan, config, {1, 0, 40, {13}});
    for (uint64_t window = 0; window < 5; window++) {
        run(values, plan, window, window, [&](uint32_t s, uint32_t c, const void *core) {
            if (s != 4) return;
            EXPECT_EQ(static_cast<const npim_shift_add *>(core)->sum,
                      static_cast<double>(dot(values, window, 40, 13, 0, (2u << c) - 1)))
                << "digits up to cycle " << c;
        });
    }
}

TEST(DrawnStages, OfIsaacAreExact) {
    expect_exact(NPIM_CODING_DIFFERENTIAL);
    expect_exact(NPIM_CODING_BIASED);
    expect_exact(NPIM_CODING_TWOS);
}

// --- CASCADE

TEST(DrawnStages, OfCascadeAreWithinTheStepsOfItsConverters) {
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
    npim::drawn_values values(&plan, {8, perfect_cell(), 5}, {0, 0, 0, {rows}});
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

} // namespace
