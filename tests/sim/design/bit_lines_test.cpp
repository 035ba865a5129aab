#include "sim/design/bit_lines.h"

#include "flow_fixture.hpp"

#include <cmath>
#include <limits>
#include <string>

namespace {

// Of perfect cells, partial sums are whole numbers: bit times sign times digit, over the rows.
TEST(bit_lines, perfect_partial_sums_are_whole_numbers) {
    for (const npim_dot_data data : {NPIM_DOT_UNIFORM, NPIM_DOT_DNN, NPIM_DOT_SINE})
        for (const uint32_t dac_bits : {1u, 2u, 4u, 8u})
            for (const double on_off_ratio : {1.5, 100.0}) {
                const test_products t({data, 19, 3, 7});
                const test_lines lines(t, dac_bits, 0, nullptr, on_off_ratio);
                ASSERT_EQ(lines.l.cycles, 8 / dac_bits);
                EXPECT_EQ(lines.l.full_scale, 19 * ((1 << dac_bits) - 1));
                for (uint32_t cycle = 0; cycle < lines.l.cycles; cycle++)
                    for (uint32_t v = 0; v < 7; v++)
                        for (uint32_t k = 0; k < 8; k++)
                            for (uint32_t c = 0; c < 3; c++) {
                                int sum = 0;
                                for (uint32_t row = 0; row < 19; row++) {
                                    const int w = t.weight(row, c), bit = std::abs(w) >> k & 1;
                                    const int digit =
                                        t.input(v, row, c) >> dac_bits * cycle & ((1 << dac_bits) - 1);
                                    sum += (w < 0 ? -bit : bit) * digit;
                                }
                                ASSERT_NEAR(lines.sum(cycle, v, k, c), sum, 1e-9);
                            }
            }
}

TEST(bit_lines, shifted_and_added_they_are_the_products) {
    for (const npim_dot_data data : {NPIM_DOT_UNIFORM, NPIM_DOT_DNN, NPIM_DOT_SINE})
        for (const uint32_t dac_bits : {1u, 2u, 4u, 8u}) {
            const test_products t({data, 128, 5, 9});
            const test_lines lines(t, dac_bits);
            double result[45];
            npim_bit_lines_add(&lines.l, result);
            for (int i = 0; i < 45; i++) EXPECT_NEAR(result[i], t.p.product[i], 1e-6);
        }
}

// Cell by cell from the documented deviates; in the sine, where inputs are shared, too.
TEST(bit_lines, varied_cells) {
    const double sigma = 0.1, ratio = 20;
    const npim_random random{77, 5};
    for (const npim_dot_data data : {NPIM_DOT_UNIFORM, NPIM_DOT_SINE}) {
        const uint32_t rows = 9, columns = 4;
        const test_products t({data, rows, columns, 6});
        const test_lines lines(t, 2, sigma, &random, ratio);
        for (uint32_t cycle = 0; cycle < 4; cycle++)
            for (uint32_t v = 0; v < 6; v++)
                for (uint32_t k = 0; k < 8; k++)
                    for (uint32_t c = 0; c < columns; c++) {
                        double sum = 0;
                        for (uint32_t row = 0; row < rows; row++) {
                            const uint64_t index = ((uint64_t{row} * 8 + k) * columns + c) * 2;
                            const int w = t.weight(row, c), bit = std::abs(w) >> k & 1;
                            const double plus = w > 0 && bit ? 1 : 1 / ratio,
                                         minus = w < 0 && bit ? 1 : 1 / ratio;
                            const double n1 = npim_random_normal(&random, NPIM_DRAW_VARIATION, index);
                            const double n2 = npim_random_normal(&random, NPIM_DRAW_VARIATION, index + 1);
                            sum += (t.input(v, row, c) >> 2 * cycle & 3) *
                                   (plus * (1 + sigma * n1) - minus * (1 + sigma * n2)) / (1 - 1 / ratio);
                        }
                        ASSERT_NEAR(lines.sum(cycle, v, k, c), sum, 1e-12);
                    }
    }
}

TEST(bit_lines, what_a_partial_sum_counts) {
    const test_products t({NPIM_DOT_DNN, 2, 1, 2});
    const test_lines lines(t, 4);
    EXPECT_EQ(npim_bit_lines_weight(&lines.l, 0, 0), 1);
    EXPECT_EQ(npim_bit_lines_weight(&lines.l, 0, 7), 128);
    EXPECT_EQ(npim_bit_lines_weight(&lines.l, 1, 3), 128);
}

TEST(bit_lines, the_range_of_values) {
    const double values[] = {1, -1, 1, -1}, peak[] = {0, 0, 0, -10}, none[] = {0, 0};
    EXPECT_DOUBLE_EQ(npim_range_of(values, 4, 4, 50), 1.01);
    EXPECT_DOUBLE_EQ(npim_range_of(values, 4, 0.5, 50), 0.5);
    EXPECT_EQ(npim_range_of(values, 4, 4, 0.75), 0.75);
    EXPECT_EQ(npim_range_of(values, 4, 0, 50), 50);
    EXPECT_DOUBLE_EQ(npim_range_of(peak, 4, 1, 50), 5); // sqrt(100 / 4)
    EXPECT_EQ(npim_range_of(none, 2, 4, 3), 3);
}

TEST(bit_lines, refuse_values_out_of_range) {
    const double nan = std::numeric_limits<double>::quiet_NaN();
    const test_products t({NPIM_DOT_DNN, 2, 1, 2});
    struct {
        uint32_t dac_bits;
        npim_bit_line_cells cells;
        const char *name;
    } const bad[] = {{0, {100, 0}, "dac_bits"},    {3, {100, 0}, "dac_bits"},
                     {16, {100, 0}, "dac_bits"},   {1, {100, -0.01}, "sigma"},
                     {1, {100, 0.51}, "sigma"},    {1, {100, nan}, "sigma"},
                     {1, {1, 0}, "on_off_ratio"},  {1, {nan, 0}, "on_off_ratio"},
                     {1, {-3, 0}, "on_off_ratio"}, {1, {1e300, 0}, "on_off_ratio"}};
    for (const auto &b : bad) {
        npim_bit_lines lines;
        npim_error error{};
        EXPECT_EQ(npim_bit_lines_init(&lines, &t.p, b.dac_bits, &b.cells, nullptr, &error), NPIM_EUSAGE);
        EXPECT_NE(std::string(error.message).find(b.name), std::string::npos) << error.message;
        EXPECT_EQ(lines.sum, nullptr);
        npim_bit_lines_fini(&lines);
    }
}

} // namespace
