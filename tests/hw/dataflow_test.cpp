#include "hw/dataflow.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <vector>

namespace {

// 8-bit data, 1-bit cells and DAC, 128 rows, W_P and W_N.
npim_dataflow eight_bit(npim_strategy strategy) {
    npim_dataflow d = {};
    d.strategy = strategy;
    d.input_bits = d.weight_bits = d.output_bits = 8;
    d.dac_bits = d.cell_bits = 1;
    d.rows = 128;
    d.differential = 1;
    return d;
}

npim_dataflow cascade() {
    npim_dataflow d = eight_bit(NPIM_STRATEGY_B);
    d.rows = 64;
    d.differential = 0;
    return d;
}

uint64_t convert(const npim_dataflow &d, std::vector<uint32_t> &bits, uint32_t room = 64) {
    uint32_t n_bits = 99;
    bits.assign(room, 0);
    uint64_t count = npim_dataflow_conversions(&d, bits.data(), room, &n_bits);
    bits.resize(n_bits);
    return count;
}

} // namespace

TEST(dataflow, original_isaac) {
    npim_dataflow d = eight_bit(NPIM_STRATEGY_A);
    d.input_bits = d.weight_bits = 16;
    d.cell_bits = 2;
    d.differential = 0;
    std::vector<uint32_t> bits;
    EXPECT_EQ(npim_dataflow_cycles(&d), 16u);
    EXPECT_EQ(npim_dataflow_columns(&d), 8u);
    EXPECT_EQ(convert(d, bits), 128u);
    EXPECT_EQ(bits, std::vector<uint32_t>{9});
    d.encoded = 1;
    EXPECT_EQ(convert(d, bits), 128u);
    EXPECT_EQ(bits, std::vector<uint32_t>{8});
}

TEST(dataflow, isaac_scaled_to_8_bit_converts_once_per_multiply_accumulate) {
    npim_dataflow d = eight_bit(NPIM_STRATEGY_A);
    std::vector<uint32_t> bits;
    EXPECT_EQ(npim_dataflow_columns(&d), 16u);
    EXPECT_EQ(convert(d, bits), 128u); // per dot product of 128
    EXPECT_EQ(bits, std::vector<uint32_t>{8});
}

TEST(dataflow, cascade_8_bit) {
    npim_dataflow d = cascade();
    std::vector<uint32_t> bits;
    EXPECT_EQ(npim_dataflow_columns(&d), 8u);
    EXPECT_EQ(npim_dataflow_bit_line_bits(&d), 7u);
    EXPECT_EQ(convert(d, bits), 5u); // 5 / 64 = 0.078 per multiply-accumulate
    EXPECT_EQ(bits, (std::vector<uint32_t>{9, 8, 8, 7, 6}));
}

TEST(dataflow, cascade_16_bit) {
    npim_dataflow d = cascade();
    d.input_bits = d.weight_bits = 16;
    std::vector<uint32_t> bits;
    EXPECT_EQ(convert(d, bits), 10u);
    EXPECT_EQ(bits, (std::vector<uint32_t>{10, 10, 9, 9, 9, 9, 8, 8, 7, 6}));
}

TEST(dataflow, neural_pim) {
    npim_dataflow d = eight_bit(NPIM_STRATEGY_C);
    d.dac_bits = 4;
    std::vector<uint32_t> bits;
    EXPECT_EQ(npim_dataflow_cycles(&d), 2u);
    EXPECT_EQ(npim_dataflow_columns(&d), 16u);
    EXPECT_EQ(convert(d, bits), 1u);
    EXPECT_EQ(bits, std::vector<uint32_t>{8});
}

TEST(dataflow, sizes_that_do_not_divide_round_up) {
    npim_dataflow d = eight_bit(NPIM_STRATEGY_A);
    d.dac_bits = 3;
    d.cell_bits = 3;
    d.rows = 129;
    std::vector<uint32_t> bits;
    EXPECT_EQ(npim_dataflow_cycles(&d), 3u);
    EXPECT_EQ(npim_dataflow_columns(&d), 6u);
    EXPECT_EQ(npim_dataflow_bit_line_bits(&d), 14u); // both above 1 bit: 8 + 3 + 3
    EXPECT_EQ(convert(d, bits), 18u);
}

TEST(dataflow, strategy_b_makes_at_least_one_conversion) {
    npim_dataflow d = cascade();
    d.input_bits = d.weight_bits = 1;
    std::vector<uint32_t> bits;
    EXPECT_EQ(convert(d, bits), 1u);
    EXPECT_EQ(bits, std::vector<uint32_t>{6});
}

TEST(dataflow, writes_no_more_entries_than_there_is_room_for) {
    npim_dataflow d = cascade();
    uint32_t bits[3] = {0, 0, 77};
    uint32_t n_bits = 0;
    EXPECT_EQ(npim_dataflow_conversions(&d, bits, 2, &n_bits), 5u);
    EXPECT_EQ(n_bits, 2u);
    EXPECT_EQ(bits[1], 8u);
    EXPECT_EQ(bits[2], 77u);
    EXPECT_EQ(npim_dataflow_conversions(&d, nullptr, 0, &n_bits), 5u);
    EXPECT_EQ(n_bits, 0u);
}

// The largest partial sum on a bit line has to fit its resolution.
// up.
TEST(dataflow, bit_line_resolution_holds_the_largest_sum) {
    for (uint32_t rows : {2u, 3u, 64u, 100u, 128u, 1024u})
        for (uint32_t dac_bits = 1; dac_bits <= 8; dac_bits++)
            for (uint32_t cell_bits = 1; cell_bits <= 4; cell_bits++) {
                npim_dataflow d = eight_bit(NPIM_STRATEGY_A);
                d.rows = rows;
                d.dac_bits = dac_bits;
                d.cell_bits = cell_bits;
                double largest = rows * (std::pow(2, dac_bits) - 1) * (std::pow(2, cell_bits) - 1);
                EXPECT_LT(largest, std::pow(2, npim_dataflow_bit_line_bits(&d)))
                    << rows << " " << dac_bits << " " << cell_bits;
            }
}

TEST(dataflow, strategy_names) {
    EXPECT_STREQ(npim_strategy_names[NPIM_STRATEGY_A], "A");
    EXPECT_STREQ(npim_strategy_names[NPIM_STRATEGY_B], "B");
    EXPECT_STREQ(npim_strategy_names[NPIM_STRATEGY_C], "C");
    EXPECT_EQ(npim_strategy_names[3], nullptr);
}
