#include "hw/activation.h"

#include "hw/units.h"
#include "tests/hw/support.hpp"

#include <algorithm>

namespace {

class activation : public testing::Test {
  protected:
    void SetUp() override { make(4); }
    void make(uint32_t input_frac_bits) {
        config.input_frac_bits = input_frac_bits;
        ASSERT_EQ(npim_activation_init(&core, &config, nullptr), NPIM_OK);
    }
    int eval(npim_function function, int word) {
        int8_t in = static_cast<int8_t>(word), out = 0;
        npim_activation_eval(&core, function, &in, &out, 1);
        return out;
    }
    npim_activation_config config = {4, 0.217, 0.26, 300};
    npim_activation_unit core = {};
};

int saturate(double value) {
    return static_cast<int>(std::min(127.0, std::round(value * 128)));
}

} // namespace

TEST_F(activation, keeps_the_block_contract) {
    expect_block_contract(npim_activation_ops, &config);
}

TEST_F(activation, relu_and_none) {
    for (int word = -128; word < 128; word++) {
        EXPECT_EQ(eval(NPIM_FUNCTION_RELU, word), std::max(word, 0));
        EXPECT_EQ(eval(NPIM_FUNCTION_NONE, word), word);
    }
}

TEST_F(activation, relu6_stops_at_six_in_the_input_format) {
    for (uint32_t frac_bits = 0; frac_bits <= 7; frac_bits++) {
        make(frac_bits);
        for (int word = -128; word < 128; word++)
            EXPECT_EQ(eval(NPIM_FUNCTION_RELU6, word), std::clamp(word, 0, std::min(127, 6 << frac_bits)));
    }
}

TEST_F(activation, tables_are_the_nearest_words_in_every_format) {
    for (uint32_t frac_bits = 0; frac_bits <= 7; frac_bits++) {
        make(frac_bits);
        for (int word = -128; word < 128; word++) {
            double x = std::ldexp(word, -static_cast<int>(frac_bits));
            EXPECT_EQ(eval(NPIM_FUNCTION_SIGMOID, word), saturate(1 / (1 + std::exp(-x)))) << x;
            EXPECT_EQ(eval(NPIM_FUNCTION_TANH, word), saturate(std::tanh(x))) << x;
        }
    }
}

TEST_F(activation, known_points) {
    EXPECT_EQ(eval(NPIM_FUNCTION_SIGMOID, 0), 64); // 0.5
    EXPECT_EQ(eval(NPIM_FUNCTION_TANH, 0), 0);
    EXPECT_EQ(eval(NPIM_FUNCTION_SIGMOID, 16), 94); // 0.7311 x 128 = 93.6
    EXPECT_EQ(eval(NPIM_FUNCTION_TANH, 16), 97);    // 0.7616 x 128 = 97.5 - 0.02
    EXPECT_EQ(eval(NPIM_FUNCTION_TANH, -16), -97);
    EXPECT_EQ(eval(NPIM_FUNCTION_SIGMOID, 127), 127); // saturates
    EXPECT_EQ(eval(NPIM_FUNCTION_SIGMOID, -128), 0);
    EXPECT_EQ(eval(NPIM_FUNCTION_TANH, -128), -128);
}

TEST_F(activation, works_in_place_and_counts) {
    int8_t words[] = {-5, 0, 5};
    npim_activation_eval(&core, NPIM_FUNCTION_RELU, words, words, 3);
    EXPECT_EQ(words[0], 0);
    EXPECT_EQ(words[2], 5);
    EXPECT_EQ(core.n_words, 3u);
    EXPECT_EQ(core.out, 5.0);
    npim_activation_eval(&core, NPIM_FUNCTION_RELU, nullptr, nullptr, 0);
    EXPECT_EQ(core.n_words, 3u);
}

TEST_F(activation, one_clock_per_word_and_unit) {
    const struct {
        double count;
        uint32_t units;
        uint64_t clocks;
    } rows[] = {{0, 2, 0}, {1, 2, 1}, {2, 2, 1}, {3, 2, 2}, {64, 1, 64}};
    for (auto r : rows) {
        npim_work work = work_of(r.count, r.units);
        EXPECT_EQ(npim_activation_ops.latency_ps(&core, &work), r.clocks * NPIM_CLOCK_PS) << r.count;
        EXPECT_DOUBLE_EQ(npim_activation_ops.energy_pJ(&core, &work), 0.217 * r.count);
    }
    EXPECT_EQ(npim_activation_ops.area_um2(&core), 300);
    EXPECT_EQ(npim_activation_ops.power_mW(&core), 0.26);
}

TEST_F(activation, reset_is_the_state_after_init) {
    npim_activation_unit fresh = core;
    eval(NPIM_FUNCTION_RELU, 3);
    npim_activation_reset(&core);
    EXPECT_EQ(std::memcmp(&fresh, &core, sizeof core), 0);
}
