#include "tests/sim/values/strategy_fixture.hpp"

namespace {

// Reads a matrix back: the product with one input of 1.
std::vector<double> read_back(const npim_fixed_matrix &fixed) {
    const npim_matrix &m = fixed.high, &low = fixed.low;
    std::vector<double> all(size_t{m.outputs} * m.rows);
    std::vector<int32_t> sums(m.outputs), rest(m.outputs);
    for (uint32_t r = 0; r < m.rows; r++) {
        std::vector<int16_t> one(m.rows);
        one[r] = 1;
        npim_matrix_multiply(NPIM_ISA_PORTABLE, &m, one.data(), m.rows, 1, sums.data(), m.outputs);
        if (low.packed)
            npim_matrix_multiply(NPIM_ISA_PORTABLE, &low, one.data(), m.rows, 1, rest.data(), m.outputs);
        for (uint32_t o = 0; o < m.outputs; o++)
            all[size_t{o} * m.rows + r] = (sums[o] + fixed.low_unit * rest[o]) * fixed.unit[o];
    }
    return all;
}

TEST(strategy_c_cells, perfect_cells_add_up_to_their_weights) {
    for (const npim_coding coding : {NPIM_CODING_DIFFERENTIAL, NPIM_CODING_BIASED, NPIM_CODING_TWOS}) {
        npim_hardware h = hardware_of(NPIM_STRATEGY_C, 40);
        h.crossbar.coding = coding;
        h.columns_per_weight = coding == NPIM_CODING_DIFFERENTIAL ? 16 : 8;
        const test_layer layer(1, 100, 19, 1);
        test_c t(h, layer);
        for (uint32_t chunk = 0; chunk < 3; chunk++) {
            const npim_matrix &m = t.chunks[chunk].weight.high;
            ASSERT_EQ(m.rows, chunk < 2 ? 40u : 20u);
            const std::vector<double> weight = read_back(t.chunks[chunk].weight);
            for (uint32_t o = 0; o < 19; o++)
                for (uint32_t r = 0; r < m.rows; r++)
                    ASSERT_EQ(weight[o * m.rows + r], layer.weight[o * 100 + chunk * 40 + r]);
        }
    }
}

TEST(strategy_c_cells, varied_cells_add_up_within_half_a_unit) {
    npim_hardware h = hardware_of(NPIM_STRATEGY_C, 40);
    h.mode = NPIM_MODE_ANALOG;
    h.cell.sigma = 0.2;
    h.cell.read_sigma = 0.1;
    const test_layer layer(2, 60, 11, 1);
    test_c t(h, layer);
    for (uint32_t chunk = 0; chunk < 2; chunk++) {
        const npim_fixed_matrix &m = t.chunks[chunk].weight, &s = t.chunks[chunk].variance;
        const uint32_t rows = m.high.rows;
        const std::vector<double> weight = read_back(m), spread = read_back(s);
        ASSERT_NE(m.low.packed, nullptr); // steps of 1 product
        for (uint32_t block = 0; block < 2; block++) {
            npim_cells_array array;
            std::vector<double> squares;
            const std::vector<double> value = cells_of(t.own.base, chunk, block, &array, &squares);
            for (uint32_t o = 0; o < array.outputs; o++)
                for (uint32_t r = 0; r < rows; r++) {
                    const uint32_t output = array.first_output + o;
                    double sum = 0, noise = 0;
                    for (uint32_t k = 0; k < 16; k++) {
                        const double share = npim_hardware_column_weight(&h, k);
                        sum += share * value[size_t{r} * array.columns + o * 16 + k];
                        noise += share * share * squares[size_t{r} * array.columns + o * 16 + k];
                    }
                    ASSERT_NEAR(weight[output * rows + r], sum, m.unit[output] * m.low_unit * 0.5001);
                    ASSERT_NEAR(spread[output * rows + r], noise, s.unit[output] * 0.5001);
                    ASSERT_NE(weight[output * rows + r], layer.weight[output * 60 + chunk * 40 + r]);
                }
        }
    }
}

// A shift-and-add that takes a slice at twice its share doubles it.
TEST(strategy_c_cells, shares_of_the_shift_and_add_weigh_the_slices) {
    const npim_hardware h = hardware_of(NPIM_STRATEGY_C, 8);
    test_layer layer(1, 1, 2, 1);
    layer.weight = {5, -6};
    test_c t(h, layer);
    std::vector<npim_shift_add_row> rows(NPIM_SHIFT_ADD_POOL, t.c.circuits.nominal);
    rows[1].slice[2] *= 2; // of output 1: 6 = 2 + 4
    t.c.circuits.rows = rows.data();
    npim_fixed_matrix_fini(&t.chunks[0].weight);
    ASSERT_EQ(npim_c_program(&t.c, &t.own.error), NPIM_OK);
    t.c.circuits.rows = nullptr;
    EXPECT_EQ(read_back(t.chunks[0].weight), (std::vector<double>{5, -10}));
}

} // namespace
