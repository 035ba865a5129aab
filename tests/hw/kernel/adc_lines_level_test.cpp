#include "adc_lines_fixture.hpp"

namespace {

using namespace adc_lines_test;

struct kind {
    uint32_t cell_bits, digit_bits;
};

class LevelLines : public testing::TestWithParam<kind> {
  protected:
    unsigned seed = std::random_device()();
    testing::ScopedTrace trace{__FILE__, __LINE__, "seed " + std::to_string(seed)};
    generator g{std::mt19937_64(seed)};
    setup make(int devices) { return g.make(GetParam().cell_bits, GetParam().digit_bits, devices, 0.025); }
    /* Squares have a fixed-point step, too: its half on all rows, in codes. */
    static double squares_slack(const setup &s) {
        const double digit = (1u << s.config.digit_bits) - 1, level = (1u << GetParam().cell_bits) - 1 + 0.3;
        const double unit = level * level / std::min(32767.0, 2e9 / s.config.rows / (digit * digit));
        return 6.3 * s.config.read_sigma * std::sqrt(s.config.rows * (digit * digit + 1) * unit) /
               s.config.step;
    }
};

TEST_P(LevelLines, PerfectCellsAreExact) {
    for (int i = 0; i < 20; i++) {
        const setup s = single(make(0));
        const outcome o = run(s, npim_isa_best());
        ASSERT_EQ(o.error_codes, 0.0);
        for (size_t v = 0; v < s.n; v++)
            for (uint32_t c = 0; c < s.config.outputs; c++) {
                const double code =
                    std::min(std::nearbyint(ideal_code(s, v, c, 0)), double{1} * s.config.code_max);
                ASSERT_EQ(sum_of(s, o, v, c), code * s.config.step);
            }
        check_codes(s, o, 0);
    }
}

TEST_P(LevelLines, VariedCellsLieWithinTheBound) {
    for (int i = 0; i < 20; i++) {
        const setup s = single(make(1));
        const outcome o = run(s, npim_isa_best());
        check_codes(s, o, 1e-9);
        const double largest_step =
            s.config.rows * ((1u << s.config.digit_bits) - 1.0) * ((1u << GetParam().cell_bits) - 1.0) / 255;
        if (s.config.step >= largest_step) {
            ASSERT_LE(o.error_codes, 0.01);
        }
    }
}

TEST_P(LevelLines, NoiseIsThatOfItsDeviates) {
    for (int i = 0; i < 20; i++) {
        const setup s = single(g.make_held(GetParam().cell_bits, GetParam().digit_bits, 2, false));
        const outcome o = run(s, npim_isa_best());
        check_codes(s, o, squares_slack(s) + 1e-4);
    }
}

/* What is left of a sample, and the converter's noise behind it. */
TEST_P(LevelLines, SamplesDroop) {
    for (int devices : {0, 1, 2})
        for (int i = 0; i < 10; i++) {
            const setup s = single(g.make_held(GetParam().cell_bits, GetParam().digit_bits, devices, true));
            const outcome o = run(s, npim_isa_best());
            check_codes(s, o, devices == 2 ? squares_slack(s) + 1e-4 : 1e-9);
            check_isas(s);
        }
}

TEST_P(LevelLines, ShiftsAndAdds) {
    for (int devices : {0, 1})
        for (int i = 0; i < 10; i++) check_weights(make(devices), npim_isa_best());
}

TEST_P(LevelLines, EveryInstructionSetGivesTheSame) {
    for (int devices : {0, 1, 2})
        for (int i = 0; i < 10 && !HasFatalFailure(); i++) check_isas(make(devices));
}

/* Largest digits, whose squares are halved where they have 16 bit: within 5 standard errors. */
TEST_P(LevelLines, NoiseHasTheVarianceOfTheSumOverCells) {
    setup s = single(make(2));
    const double digit = (1 << GetParam().digit_bits) - 1, level = (1 << GetParam().cell_bits) - 1;
    s.config.rows = 50, s.config.outputs = 1, s.config.step = 1, s.config.code_max = (1 << 24) - 1;
    s.config.read_sigma = 0.1, s.config.converter_sigma = 3, s.config.sample_sigma = 4;
    s.value.assign(50, level + 0.25), s.squares.assign(50, level * level);
    constexpr double n = 20000;
    s.n = 20000, s.stride = 0, s.inputs.assign(50, static_cast<int16_t>(digit));
    s.noise.stride = npim_adc_lines_counters(&s.config);
    const outcome o = run(s, npim_isa_best());
    const double variance = 50 * 0.01 * digit * digit * level * level + 9 + 16 + 1.0 / 12;
    double m1 = 0, m2 = 0;
    for (size_t v = 0; v < s.n; v++) {
        const double x = sum_of(s, o, v, 0) - 50 * digit * (level + 0.25);
        m1 += x, m2 += x * x;
    }
    EXPECT_FALSE(o.is_binary);
    EXPECT_NEAR(m1 / n, 0, 5 * std::sqrt(variance / n));
    EXPECT_NEAR(m2 / n, variance, 5 * variance * std::sqrt(2.0 / n));
}

INSTANTIATE_TEST_SUITE_P(Kinds, LevelLines,
                         testing::Values(kind{2, 1}, kind{1, 2}, kind{4, 4}, kind{8, 1}, kind{8, 8}),
                         [](const testing::TestParamInfo<kind> &k) {
                             return std::to_string(k.param.cell_bits) + "x" +
                                    std::to_string(k.param.digit_bits);
                         });

} // namespace
