#include "adc_lines_fixture.hpp"

namespace {

using namespace adc_lines_test;

class AdcLinesProgram : public testing::Test {
  protected:
    unsigned seed = std::random_device()();
    testing::ScopedTrace trace{__FILE__, __LINE__, "seed " + std::to_string(seed)};
    generator g{std::mt19937_64(seed)};
};

/* Cells far off leave no room for fractions of a level in 16 bits: whole levels are then split off. */
TEST(AdcLinesOfAFixedSeed, WildCellsAreNotBinary) {
    generator g{std::mt19937_64(5)};
    setup s = g.make(1, 1, 1, 0.025);
    s.config.step = 1;
    s.config.code_max = 4095;
    for (size_t i = 0; i < s.value.size(); i += 5) s.value[i] = 900.25;
    const outcome o = run(s, npim_isa_best());
    EXPECT_FALSE(o.is_binary);
    EXPECT_LT(o.error_codes, 0.01);
    check_isas(s);
    check_codes(single(s), run(single(s), npim_isa_best()), 1e-9);
}

/* A cell below level 0 is no bit that is not set. */
TEST_F(AdcLinesProgram, NegativeCells) {
    for (double cell : {-1.0, -0.4}) {
        setup s = single(g.make(1, 1, 0, 0));
        s.config.rows = std::min(s.config.rows, 100u);
        for (size_t i = 0; i < s.value.size(); i += 3) s.value[i] = cell;
        check_codes(s, run(s, npim_isa_best()), 1e-4);
        check_isas(s);
    }
}

/* Cells that age keep their place between the levels. */
TEST_F(AdcLinesProgram, DriftedCells) {
    for (int i = 0; i < 10; i++) {
        setup s = single(g.make(1, 1, 1, 0.025));
        s.config.rows = std::min(s.config.rows, 128u);
        for (double &x : s.value) x *= 0.63;
        const outcome o = run(s, npim_isa_best());
        EXPECT_TRUE(o.is_binary);
        check_codes(s, o, 1e-4);
        check_isas(s);
    }
}

/* Every cell lies half a step of 2^-14 beyond a whole one, and a little more: sums are off by all that. */
TEST_F(AdcLinesProgram, TheBoundIsWhatRoundingAddsUpTo) {
    setup s = single(g.make(1, 1, 1, 0.025));
    s.config.rows = 100, s.config.outputs = 2, s.config.step = 1;
    s.value.assign(200, 1 + 0.51 / 16384), s.squares.assign(200, 1.0);
    s.n = 1, s.stride = 0, s.inputs.assign(100, 1);
    const outcome o = run(s, npim_isa_best());
    ASSERT_TRUE(o.is_binary);
    EXPECT_EQ(o.fraction_bits, 14u);
    EXPECT_NEAR(o.error_codes, 100 * 0.49 / 16384, 1e-9);
}

} // namespace
