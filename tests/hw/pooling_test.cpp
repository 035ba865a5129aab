#include "hw/pooling.h"

#include "hw/units.h"
#include "tests/hw/support.hpp"

#include <algorithm>
#include <random>

namespace {

class pooling : public testing::Test {
  protected:
    void SetUp() override { ASSERT_EQ(npim_pooling_init(&core, &config, nullptr), NPIM_OK); }
    int32_t pool(npim_pool kind, const std::vector<int32_t> &words) {
        for (int32_t word : words) npim_pooling_push(&core, word);
        return npim_pooling_take(&core, kind);
    }
    npim_pooling_config config = {0.333, 0.4, 240};
    npim_pooling core = {};
};

} // namespace

TEST_F(pooling, keeps_the_block_contract) {
    expect_block_contract(npim_pooling_ops, &config);
}

TEST_F(pooling, maximum) {
    EXPECT_EQ(pool(NPIM_POOL_MAX, {1, 9, 3}), 9);
    EXPECT_EQ(pool(NPIM_POOL_MAX, {-5, -3, -9}), -3); // nothing is left of the window before
    EXPECT_EQ(pool(NPIM_POOL_MAX, {INT32_MIN}), INT32_MIN);
    EXPECT_EQ(pool(NPIM_POOL_MAX, {INT32_MIN, INT32_MAX}), INT32_MAX);
}

TEST_F(pooling, average_rounds_to_nearest_halves_away_from_zero) {
    EXPECT_EQ(pool(NPIM_POOL_AVERAGE, {4}), 4);
    EXPECT_EQ(pool(NPIM_POOL_AVERAGE, {1, 2}), 2);
    EXPECT_EQ(pool(NPIM_POOL_AVERAGE, {-1, -2}), -2);
    EXPECT_EQ(pool(NPIM_POOL_AVERAGE, {1, 1, 2}), 1); // 1.33
    EXPECT_EQ(pool(NPIM_POOL_AVERAGE, {1, 2, 2}), 2); // 1.67
    EXPECT_EQ(pool(NPIM_POOL_AVERAGE, {-1, -1, -2}), -1);
    EXPECT_EQ(pool(NPIM_POOL_AVERAGE, {-1, 0, 0, -1}), -1); // -0.5
    EXPECT_EQ(pool(NPIM_POOL_AVERAGE, {INT32_MAX, INT32_MAX, INT32_MAX}), INT32_MAX);
    EXPECT_EQ(pool(NPIM_POOL_AVERAGE, {INT32_MIN, INT32_MIN}), INT32_MIN);
}

TEST_F(pooling, an_empty_window_gives_zero) {
    EXPECT_EQ(pool(NPIM_POOL_MAX, {}), 0);
    EXPECT_EQ(pool(NPIM_POOL_AVERAGE, {}), 0);
}

TEST_F(pooling, random_windows_match_the_definition) {
    std::mt19937_64 random(test_seed(20220904));
    uint64_t n_words = 0;
    for (int run = 0; run < 1000; run++) {
        std::vector<int32_t> words(1 + random() % 50);
        for (int32_t &word : words) word = static_cast<int32_t>(random() % 2001) - 1000;
        double sum = 0;
        for (int32_t word : words) sum += word;
        ASSERT_EQ(pool(NPIM_POOL_MAX, words), *std::max_element(words.begin(), words.end()));
        ASSERT_EQ(pool(NPIM_POOL_AVERAGE, words), std::round(sum / static_cast<double>(words.size())));
        n_words += 2 * words.size();
    }
    EXPECT_EQ(core.n_words, n_words);
}

TEST_F(pooling, one_clock_per_input_word_and_unit) {
    for (double count : {0.0, 1.0, 9.0}) {
        npim_work work = work_of(count);
        EXPECT_EQ(npim_pooling_ops.latency_ps(&core, &work), static_cast<uint64_t>(count) * NPIM_CLOCK_PS);
        EXPECT_DOUBLE_EQ(npim_pooling_ops.energy_pJ(&core, &work), 0.333 * count);
    }
    npim_work work = work_of(9, 4);
    EXPECT_EQ(npim_pooling_ops.latency_ps(&core, &work), 3u * NPIM_CLOCK_PS);
    EXPECT_EQ(npim_pooling_ops.area_um2(&core), 240);
    EXPECT_EQ(npim_pooling_ops.power_mW(&core), 0.4);
}

TEST_F(pooling, reset_is_the_state_after_init) {
    npim_pooling fresh = core;
    pool(NPIM_POOL_MAX, {1, 2});
    npim_pooling_push(&core, 7);
    npim_pooling_reset(&core);
    EXPECT_EQ(std::memcmp(&fresh, &core, sizeof core), 0);
}
