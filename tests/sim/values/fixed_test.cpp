#include "sim/values/fixed.h"

#include "hw/random.h"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

namespace {

TEST(Fixed, MostKeepsSumsIn31Bit) {
    EXPECT_EQ(npim_fixed_most(128, 15), 32767);
    EXPECT_EQ(npim_fixed_most(1, 1), 32767);
    for (const uint32_t rows : {1u, 7u, 128u, 1024u})
        for (const uint32_t input : {1u, 15u, 255u, 32512u}) {
            const int64_t most = npim_fixed_most(rows, input);
            EXPECT_GE(most, 1);
            EXPECT_LE(most * rows * input, INT32_MAX);
            EXPECT_TRUE(most == 32767 || (most + 1) * rows * input > INT32_MAX);
        }
}

// A matrix of normal deviates of quite different sizes, in fixed point.
struct fixed_case {
    npim_fixed_config config;
    std::vector<double> real;
    npim_fixed_matrix m{};

    fixed_case(uint64_t seed, uint32_t rows, uint32_t outputs, uint32_t largest_input, double tolerance)
        : config{rows, outputs, largest_input, false, tolerance, 0} {
        const npim_random random{seed, 0};
        for (size_t i = 0; i < size_t{rows} * outputs; i++)
            real.push_back(std::ldexp(npim_random_normal(&random, NPIM_DRAW_NOISE, i), int(i / rows) * 2));
        init();
    }
    fixed_case(const npim_fixed_config &c, const std::vector<double> &numbers) : config(c), real(numbers) {
        init();
    }
    ~fixed_case() {
        npim_fixed_matrix_fini(&m);
        npim_fixed_matrix_fini(&m);
    }
    fixed_case(const fixed_case &) = delete;
    fixed_case &operator=(const fixed_case &) = delete;

    void init() {
        npim_error error{};
        ASSERT_EQ(npim_fixed_matrix_init(&m, real.data(), &config, &error), NPIM_OK) << error.message;
    }
    // What the kernels make of inputs.
    std::vector<double> sums(const std::vector<int16_t> &inputs) const {
        std::vector<int32_t> high(config.outputs), low(config.outputs);
        npim_matrix_multiply(NPIM_ISA_PORTABLE, &m.high, inputs.data(), config.rows, 1, high.data(),
                             config.outputs);
        if (m.low.packed)
            npim_matrix_multiply(NPIM_ISA_PORTABLE, &m.low, inputs.data(), config.rows, 1, low.data(),
                                 config.outputs);
        std::vector<double> all(config.outputs);
        for (uint32_t o = 0; o < config.outputs; o++)
            all[o] = m.unit[o] * (high[o] + low[o] * (m.low.packed ? m.low_unit : 0));
        return all;
    }
    double exact(const std::vector<int16_t> &inputs, uint32_t o) const {
        double sum = 0;
        for (uint32_t r = 0; r < config.rows; r++) sum += inputs[r] * real[size_t{o} * config.rows + r];
        return sum;
    }
    // The number itself, by an input of 1.
    double number(uint32_t o, uint32_t r) const {
        std::vector<int16_t> one(config.rows);
        one[r] = 1;
        return sums(one)[o];
    }
};

TEST(Fixed, NumbersAreOffByHalfAUnitAtMost) {
    const fixed_case c(3, 37, 5, 1700, HUGE_VAL);
    const int32_t most = npim_fixed_most(37, 1700);
    EXPECT_EQ(c.m.low.packed, nullptr);
    for (uint32_t o = 0; o < 5; o++) {
        double largest = 0;
        for (uint32_t r = 0; r < 37; r++) {
            largest = std::fmax(largest, std::fabs(c.real[o * 37 + r]));
            EXPECT_LE(std::fabs(c.number(o, r) - c.real[o * 37 + r]), c.m.unit[o] * 0.5000001);
        }
        EXPECT_DOUBLE_EQ(c.m.unit[o], largest / most);
    }
}

// The bound: reached by the largest input wherever the worst output is rounded up, or down, and nowhere else;
// never passed by any.
TEST(Fixed, ErrorsOfSumsReachTheirBoundAndStayWithin) {
    for (uint64_t seed = 1; seed <= 20; seed++) {
        SCOPED_TRACE(testing::Message() << "seed " << seed);
        const bool fine = seed % 2 == 0;
        const fixed_case c(seed, uint32_t(1 + seed * 17), 4, 15, fine ? 1e-5 : HUGE_VAL);
        const npim_random random{seed, 1};
        const uint32_t rows = c.config.rows;
        ASSERT_EQ(c.m.low.packed != nullptr, fine);
        double reached = 0;
        for (uint32_t o = 0; o < 4; o++)
            for (const int sign : {-1, 1}) {
                std::vector<int16_t> worst(rows);
                for (uint32_t r = 0; r < rows; r++)
                    worst[r] = sign * (c.number(o, r) - c.real[o * rows + r]) > 0 ? 15 : 0;
                reached = std::fmax(reached, std::fabs(c.sums(worst)[o] - c.exact(worst, o)));
            }
        const double bound = 15 * c.m.error, slack = 1e-9 * bound + 1e-10;
        EXPECT_LE(reached, bound + slack);
        EXPECT_GE(reached, fine ? bound / 1000 : bound - slack);
        for (int i = 0; i < 200; i++) {
            std::vector<int16_t> inputs(rows);
            for (uint32_t r = 0; r < rows; r++)
                inputs[r] = int16_t(npim_random_bits(&random, NPIM_DRAW_INPUT, uint64_t(i) * rows + r) % 16);
            const std::vector<double> sums = c.sums(inputs);
            for (uint32_t o = 0; o < 4; o++)
                EXPECT_LE(std::fabs(sums[o] - c.exact(inputs, o)), bound + slack);
        }
    }
}

TEST(Fixed, ASecondMatrixIsThereWhereTheFirstIsNotEnough) {
    const fixed_case first(5, 128, 3, 15, HUGE_VAL);
    const double error = first.m.error;
    EXPECT_EQ(fixed_case(5, 128, 3, 15, error).m.low.packed, nullptr);
    const fixed_case both(5, 128, 3, 15, error * 0.999);
    ASSERT_NE(both.m.low.packed, nullptr);
    EXPECT_EQ(both.m.low_unit, std::ldexp(1.0, -15));
    EXPECT_LT(both.m.error, error / 1000);
    // 1024 rows and inputs of 8 bit: sums of 31 bit leave 13 bits of a number.
    const fixed_case large(5, 1024, 2, 255, 0);
    EXPECT_EQ(large.m.low_unit, std::ldexp(1.0, -14));
    // Inputs of low may be larger than those of high.
    std::vector<double> numbers(128, 0.1234);
    numbers[5] = 0.3;
    EXPECT_EQ(fixed_case({128, 1, 15, false, 0, 4 * 255}, numbers).m.low_unit, std::ldexp(1.0, -15));
    EXPECT_EQ(fixed_case({128, 1, 15, false, 0, 8 * 255}, numbers).m.low_unit, std::ldexp(1.0, -14));
    EXPECT_EQ(first.m.high_error, error);
    EXPECT_EQ(both.m.high_error, error);
    const std::vector<int16_t> inputs(1024, 255);
    for (uint32_t o = 0; o < 2; o++)
        EXPECT_NEAR(large.sums(inputs)[o], large.exact(inputs, o), 255 * large.m.error);
}

TEST(Fixed, WholeNumbersStayThatAndZerosDoNotDivide) {
    const fixed_case whole({4, 2, 1, true, 0, 0}, {-255, 0, 254, 3, 0, 0, 0, 0});
    EXPECT_EQ(std::vector<double>(whole.m.unit, whole.m.unit + 2), (std::vector<double>{1, 1}));
    EXPECT_EQ(whole.m.error, 0.0);
    for (uint32_t i = 0; i < 8; i++) EXPECT_EQ(whole.number(i / 4, i % 4), whole.real[i]);
    const fixed_case zeros({4, 1, 1, false, 0, 0}, {0, 0, 0, 0});
    EXPECT_EQ(zeros.m.unit[0], 1.0);
    EXPECT_EQ(zeros.number(0, 0), 0.0);
    const fixed_case none({3, 0, 1, false, 0, 0}, {});
    EXPECT_EQ(none.m.error, 0.0);
}

} // namespace
