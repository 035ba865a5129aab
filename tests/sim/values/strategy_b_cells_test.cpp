#include "tests/sim/values/strategy_fixture.hpp"

namespace {

TEST(strategy_b_cells, bit_lines_are_the_columns_of_all_arrays) {
    npim_hardware h = hardware_of(NPIM_STRATEGY_B, 20);
    h.mode = NPIM_MODE_ANALOG;
    h.cell.sigma = 0.2;
    h.cell.read_sigma = 0.1;
    const test_layer layer(2, 33, 19, 1); // 16 outputs an array
    test_b t(h, layer);
    for (uint32_t chunk = 0; chunk < 2; chunk++) {
        const npim_matrix &m = t.chunks[chunk].level.high, &s = t.chunks[chunk].variance.high;
        ASSERT_EQ(m.outputs, 19u * 8);
        ASSERT_EQ(m.rows, chunk == 0 ? 20u : 13u);
        std::vector<int32_t> sums(m.outputs), squares_sums(m.outputs);
        for (uint32_t block = 0; block < 2; block++) {
            npim_cells_array array;
            std::vector<double> squares;
            const std::vector<double> value = cells_of(t.own.base, chunk, block, &array, &squares);
            for (uint32_t r = 0; r < m.rows; r++) {
                std::vector<int16_t> one(m.rows);
                one[r] = 1;
                npim_matrix_multiply(NPIM_ISA_PORTABLE, &m, one.data(), m.rows, 1, sums.data(), m.outputs);
                npim_matrix_multiply(NPIM_ISA_PORTABLE, &s, one.data(), m.rows, 1, squares_sums.data(),
                                     m.outputs);
                for (uint32_t k = 0; k < array.columns; k++) {
                    const uint32_t line = array.first_output * 8 + k;
                    const double unit = t.chunks[chunk].level.unit[line],
                                 square = t.chunks[chunk].variance.unit[line];
                    ASSERT_NEAR(sums[line] * unit, value[size_t{r} * array.columns + k], unit * 0.5001);
                    ASSERT_NEAR(squares_sums[line] * square, squares[size_t{r} * array.columns + k],
                                square * 0.5001);
                }
            }
        }
    }
}

TEST(strategy_b_cells, perfect_cells_are_whole_levels) {
    const test_layer layer(2, 33, 3, 1);
    test_b t(hardware_of(NPIM_STRATEGY_B, 64), layer);
    for (uint32_t line = 0; line < 24; line++) EXPECT_EQ(t.chunks[0].level.unit[line], 1.0);
    EXPECT_EQ(t.chunks[0].variance.unit, nullptr);
}

} // namespace
