#include "hw/shift_add.h"

#include "hw/units.h"
#include "tests/hw/support.hpp"

#include <random>

namespace {

// ISAAC's: 0.0195 pJ per conversion.
class shift_add : public testing::Test {
  protected:
    void SetUp() override { ASSERT_EQ(npim_shift_add_init(&core, &config, nullptr), NPIM_OK); }
    npim_shift_add_config config = {0.0195, 0, 60};
    npim_shift_add core = {};
};

} // namespace

TEST_F(shift_add, keeps_the_block_contract) {
    expect_block_contract(npim_shift_add_ops, &config);
}

// Dot products of signed weights and unsigned inputs, bit by bit; two's complement, so the top column
// subtracts.
TEST_F(shift_add, bit_serial_dot_product_is_exact) {
    std::mt19937_64 random(test_seed(20220903));
    for (int run = 0; run < 100; run++) {
        int64_t expected = 0, sum = 0;
        int64_t partial[8][8] = {};
        for (int row = 0; row < 64; row++) {
            int input = static_cast<int>(random() % 256), weight = static_cast<int>(random() % 256) - 128;
            expected += input * weight;
            for (int i = 0; i < 8; i++)
                for (int w = 0; w < 8; w++) partial[i][w] += (input >> i & 1) & (weight >> w & 1);
        }
        for (uint32_t i = 0; i < 8; i++)
            for (uint32_t w = 0; w < 8; w++)
                npim_shift_add_eval(&core, &sum, &partial[i][w], 1, i + w, w == 7);
        ASSERT_EQ(sum, expected);
        ASSERT_EQ(core.sum, static_cast<double>(expected));
    }
    EXPECT_EQ(core.n_words, 6400u);
}

TEST_F(shift_add, lanes_are_independent) {
    int64_t sums[] = {1, -2, 3};
    const int64_t words[] = {5, -7, 0};
    npim_shift_add_eval(&core, sums, words, 3, 2, false);
    EXPECT_EQ(sums[0], 21);
    EXPECT_EQ(sums[1], -30);
    EXPECT_EQ(sums[2], 3);
    npim_shift_add_eval(&core, sums, words, 3, 0, true);
    EXPECT_EQ(sums[0], 16);
    EXPECT_EQ(sums[1], -23);
}

TEST_F(shift_add, no_words_change_nothing) {
    npim_shift_add_eval(&core, nullptr, nullptr, 0, 0, false);
    EXPECT_EQ(core.n_words, 0u);
}

TEST_F(shift_add, wraps_at_64_bits) {
    int64_t sum = INT64_MAX;
    const int64_t one = 1, minus_one = -1;
    npim_shift_add_eval(&core, &sum, &one, 1, 0, false);
    EXPECT_EQ(sum, INT64_MIN);
    npim_shift_add_eval(&core, &sum, &one, 1, 0, true);
    EXPECT_EQ(sum, INT64_MAX);
    sum = 0;
    npim_shift_add_eval(&core, &sum, &minus_one, 1, 63, false);
    EXPECT_EQ(sum, INT64_MIN);
}

TEST_F(shift_add, one_clock_per_word_and_unit) {
    const struct {
        double count;
        uint32_t units;
        uint64_t clocks;
    } rows[] = {{0, 4, 0}, {1, 4, 1}, {4, 4, 1}, {5, 4, 2}, {0.125, 1, 1}, {512, 4, 128}, {7, 1, 7}};
    for (auto r : rows) {
        npim_work work = work_of(r.count, r.units);
        EXPECT_EQ(npim_shift_add_ops.latency_ps(&core, &work), r.clocks * NPIM_CLOCK_PS) << r.count;
    }
}

TEST_F(shift_add, energy_area_and_power) {
    npim_work work = work_of(128);
    EXPECT_DOUBLE_EQ(npim_shift_add_ops.energy_pJ(&core, &work), 128 * 0.0195);
    EXPECT_EQ(npim_shift_add_ops.area_um2(&core), 60);
    EXPECT_EQ(npim_shift_add_ops.power_mW(&core), 0); // follows from energy
    config.power_mW = 0.05;
    ASSERT_EQ(npim_shift_add_init(&core, &config, nullptr), NPIM_OK);
    EXPECT_EQ(npim_shift_add_ops.power_mW(&core), 0.05);
}

TEST_F(shift_add, reset_is_the_state_after_init) {
    npim_shift_add fresh = core;
    int64_t sum = 0;
    const int64_t word = 9;
    npim_shift_add_eval(&core, &sum, &word, 1, 0, false);
    npim_shift_add_reset(&core);
    EXPECT_EQ(std::memcmp(&fresh, &core, sizeof core), 0);
}
