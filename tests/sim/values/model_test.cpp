// The second integer model by hand: where converters hold everything it is exact, and small cases are worked
// out here.
#include "tests/sim/values/layer_fixture.hpp"

namespace {

int64_t dot(const npim_hardware &h, const std::vector<int16_t> &codes, const std::vector<int8_t> &weight,
            uint32_t signed_from, const npim_layer_figures &figures = {}) {
    npim_model model{&h, &figures};
    return npim_model_dot(&model, 0, 0, 0, uint32_t(codes.size()), signed_from, codes.data(), weight.data());
}

TEST(model, isaac_is_exact) {
    const npim_hardware h = hardware_of(NPIM_STRATEGY_A);
    const test_layer layer(3, 333, 5, 4, true);
    const test_layer positive(3, 128, 5, 4);
    for (const test_layer *l : {&layer, &positive})
        for (size_t v = 0; v < 4; v++)
            for (uint32_t o = 0; o < 5; o++) {
                const std::vector<int16_t> codes(l->inputs.begin() + long(v * l->rows),
                                                 l->inputs.begin() + long((v + 1) * l->rows));
                const std::vector<int8_t> weight(l->weight.begin() + long(o * l->rows),
                                                 l->weight.begin() + long((o + 1) * l->rows));
                EXPECT_EQ(dot(h, codes, weight, l->signed_from), l->exact(v, o));
            }
}

// 3 rows and 1-bit converters: a partial sum of 0, 1, 2, 3 becomes 0, 0, 3, 3 (step 3; 1.5 would be even).
TEST(model, strategy_a_rounds_and_clips_bit_lines) {
    npim_hardware h = hardware_of(NPIM_STRATEGY_A, 3);
    h.adc_bits[0] = 1;
    EXPECT_EQ(dot(h, {1, 0, 0}, {1, 1, 1}, 3), 0);
    EXPECT_EQ(dot(h, {1, 1, 0}, {1, 1, 1}, 3), 3);
    EXPECT_EQ(dot(h, {1, 1, 1}, {1, 1, 1}, 3), 3);
    EXPECT_EQ(dot(h, {2, 2, 0}, {-4, -4, 1}, 3), -24);   // digit 2, slice 4, W_N
    EXPECT_EQ(dot(h, {1, 1, 0, 1}, {1, 1, 1, 1}, 4), 3); // a second array of one row
}

// 2 rows: buffers of 1 bit, step 2: partial sums 0, 1, 2 become 0, 0 (half to even), 2. One diagonal at a
// time: group 0 holds diagonals 0 .. 2.
TEST(model, strategy_b_rounds_buffers_and_groups) {
    npim_hardware h = hardware_of(NPIM_STRATEGY_B, 2);
    h.buffer_bits = 1;
    for (uint32_t i = 0; i < h.n_bits; i++) h.adc_bits[i] = 12;
    EXPECT_EQ(dot(h, {1, 0}, {1, 1}, 2), 0);
    EXPECT_EQ(dot(h, {1, 1}, {1, 1}, 2), 2);
    EXPECT_EQ(dot(h, {3, 3}, {5, 5}, 2), 30);
    EXPECT_EQ(dot(h, {3, 3}, {-5, -5}, 2), -30); // the sign bit in buffers of its own
    // The group of diagonals 0 .. 2 can hold 2 (1 + 2 x 2 + 4 x 3) = 34: 3 bit make steps of ceil(34 / 7)
    // = 5.
    h.adc_bits[4] = 3;
    EXPECT_EQ(dot(h, {1, 1}, {1, 1}, 2), 0);                    // 2 / 5
    EXPECT_EQ(dot(h, {3, 3}, {1, 1}, 2), 5);                    // 6 / 5
    EXPECT_EQ(dot(h, {7, 7}, {7, 7}, 2), 35 + 8 * (4 + 2 * 2)); // 34 / 5, and diagonals 3 and 4 as they are
}

// Steps of 4 sigma over 8 codes: sigma 4 gives 2; codes -7 .. 7.
TEST(model, strategy_c_rounds_and_clips_results) {
    npim_hardware h = hardware_of(NPIM_STRATEGY_C, 4);
    h.code_bits = 4;
    npim_layer_figures f{};
    f.n_results = 10;
    f.square_sum = 160;
    f.largest = 100;
    EXPECT_EQ(dot(h, {1, 0}, {1, 1}, 2, f), 0); // 1 / 2 is even at 0
    EXPECT_EQ(dot(h, {3, 0}, {1, 1}, 2, f), 4); // 3 / 2 is even at 2
    EXPECT_EQ(dot(h, {5, 0}, {-1, 1}, 2, f), -4);
    EXPECT_EQ(dot(h, {50, 0}, {1, 1}, 2, f), 14);
    EXPECT_EQ(dot(h, {50, 0}, {-1, 1}, 2, f), -14);
    EXPECT_EQ(dot(h, {50, 0, 0, 0, 9}, {1, 1, 0, 0, 1}, 5, f), 14 + 8);
    // A signed code of -1 goes in as 127: 127 x 1 clips at 14, and 128 x 1 is taken off.
    EXPECT_EQ(dot(h, {-1}, {1}, 0, f), 14 - 128);
}

} // namespace
