#include "adc_lines_fixture.hpp"

namespace {

using namespace adc_lines_test;

class BinaryLines : public testing::TestWithParam<int> {
  protected:
    unsigned seed = std::random_device()();
    testing::ScopedTrace trace{__FILE__, __LINE__, "seed " + std::to_string(seed)};
    generator g{std::mt19937_64(seed)};
};

/* Perfect cells: exactly the rounded quotient of whole numbers. */
TEST_F(BinaryLines, PerfectCellsAreExact) {
    for (int i = 0; i < 40; i++) {
        const setup s = single(g.make(1, 1, 0, 0));
        const outcome o = run(s, npim_isa_best());
        ASSERT_TRUE(o.is_binary);
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

TEST_F(BinaryLines, VariedCellsLieWithinTheBound) {
    int binary = 0;
    for (int i = 0; i < 40; i++) {
        const setup s = single(g.make(1, 1, 1, 0.025));
        const outcome o = run(s, npim_isa_best());
        binary += o.is_binary;
        ASSERT_LE(o.error_codes, 0.01);
        check_codes(s, o, 1e-4);
    }
    EXPECT_GT(binary, 30);
}

TEST_F(BinaryLines, NoiseIsThatOfItsDeviates) {
    for (int i = 0; i < 40; i++) {
        const setup s = single(g.make(1, 1, 2, 0.025));
        const outcome o = run(s, npim_isa_best());
        ASSERT_TRUE(o.is_binary || s.config.rows > 140);
        check_codes(s, o, 0.005);
    }
}

TEST_F(BinaryLines, ShiftsAndAdds) {
    for (int devices : {0, 1})
        for (int i = 0; i < 20; i++) check_weights(g.make(1, 1, devices, 0.025), npim_isa_best());
}

TEST_F(BinaryLines, EveryInstructionSetGivesTheSame) {
    for (int devices : {0, 1, 2})
        for (int i = 0; i < 40 && !HasFatalFailure(); i++) {
            const setup s = g.make(1, 1, devices, devices == 1 && i % 4 == 0 ? 0.2 : 0.025);
            SCOPED_TRACE(testing::Message() << devices << " " << s.config.rows << " x " << s.columns());
            check_isas(s);
        }
}

/* The spread of many reads of one sum, within 5 standard errors of sqrt(sum of squares) x read_sigma and the
 * converter's own 1 / 12. */
TEST_F(BinaryLines, NoiseHasTheVarianceOfTheSumOverCells) {
    setup s = g.make(1, 1, 2, 0.025);
    s.config.rows = 100, s.config.outputs = 3, s.config.columns_per_weight = 1, s.config.column_weight[0] = 1;
    s.config.cycles = 1, s.config.step = 1, s.config.code_max = 255, s.config.read_sigma = 0.3,
    s.config.converter_sigma = 0.5, s.config.sample_sigma = 0.4;
    s.value.clear(), s.squares.clear();
    for (int i = 0; i < 300; i++) {
        const double g_level = (i % 3 + 8) / 10.0;
        s.value.push_back(g_level), s.squares.push_back(g_level * g_level);
    }
    constexpr double n = 20000;
    s.n = 20000, s.stride = 0;
    s.inputs.assign(100, 1);
    s.noise.stride = npim_adc_lines_counters(&s.config);
    const outcome o = run(s, npim_isa_best());
    for (uint32_t c = 0; c < 3; c++) {
        double m1 = 0, m2 = 0, sum = 0, variance = 1.0 / 12 + 0.25 + 0.16;
        for (int row = 0; row < 100; row++)
            sum += s.value[row * 3 + c], variance += 0.09 * s.squares[row * 3 + c];
        for (size_t v = 0; v < s.n; v++) {
            const double x = sum_of(s, o, v, c) - sum;
            m1 += x, m2 += x * x;
        }
        EXPECT_NEAR(m1 / n, 0, 5 * std::sqrt(variance / n));
        EXPECT_NEAR(m2 / n, variance, 5 * variance * std::sqrt(2.0 / n));
    }
}

/* What is left of a sample, and the converter's noise behind it. */
TEST_F(BinaryLines, SamplesDroop) {
    for (int devices : {0, 1, 2})
        for (int i = 0; i < 20; i++) {
            setup s = single(g.make_held(1, 1, devices, true));
            s.config.read_sigma = 0; /* squares have a slack of their own */
            const outcome o = run(s, npim_isa_best());
            ASSERT_EQ(o.is_binary, o.error_codes <= 0.01);
            check_codes(s, o, 1e-4);
            check_isas(s);
        }
}

/* What 7.25 codes of 2 levels leave of 0 .. 40 levels: nothing of the first 14. */
TEST_F(BinaryLines, DroopIsTowardsZero) {
    setup s;
    s.config.rows = 40, s.config.outputs = s.config.columns_per_weight = 1;
    s.config.digit_bits = s.config.cycles = 1, s.config.column_weight[0] = 1;
    s.config.step = 2, s.config.code_max = 255, s.config.droop = 7.25;
    s.value.assign(40, 1.0), s.squares.assign(40, 1.0);
    s.n = 41, s.stride = 40;
    for (size_t v = 0; v < s.n; v++)
        for (size_t row = 0; row < 40; row++) s.inputs.push_back(row < v);
    const outcome o = run(s, npim_isa_best());
    EXPECT_TRUE(o.is_binary);
    for (size_t v = 0; v < s.n; v++) {
        const double left = std::max(0.0, double(v) / 2 - 7.25);
        EXPECT_EQ(sum_of(s, o, v, 0), 2 * int(std::nearbyint(left))) << v;
    }
    EXPECT_EQ(o.clipped, 0u);
}

} // namespace
