#include "sim/values/functions.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <vector>

namespace {

npim_layer layer(npim_activation activation, double scale = 1.0, bool is_signed = true) {
    npim_layer l = {};
    l.activation = activation, l.scale = scale, l.is_signed = is_signed;
    l.alpha = 0.25, l.clip_min = -1.5, l.clip_max = 2.5;
    return l;
}

void expect_range(const npim_layer &l, int least, int most) {
    const npim_code_range range = npim_code_range_of(&l);
    EXPECT_EQ(range.least, least);
    EXPECT_EQ(range.most, most);
}

const npim_activation all[] = {
    NPIM_ACTIVATION_NONE,    NPIM_ACTIVATION_RELU,      NPIM_ACTIVATION_RELU6,
    NPIM_ACTIVATION_SIGMOID, NPIM_ACTIVATION_TANH,      NPIM_ACTIVATION_SOFTMAX,
    NPIM_ACTIVATION_CLIP,    NPIM_ACTIVATION_HARDSWISH, NPIM_ACTIVATION_LEAKY_RELU};

} // namespace

TEST(functions, ranges_of_codes) {
    for (auto bends : {NPIM_ACTIVATION_NONE, NPIM_ACTIVATION_SIGMOID, NPIM_ACTIVATION_LEAKY_RELU}) {
        expect_range(layer(bends), -127, 127);
        expect_range(layer(bends, 1.0, false), 0, 255);
    }
    expect_range(layer(NPIM_ACTIVATION_RELU), 0, 127);
    expect_range(layer(NPIM_ACTIVATION_RELU, 1.0, false), 0, 255);
    expect_range(layer(NPIM_ACTIVATION_RELU6, 0.1), 0, 60);
    expect_range(layer(NPIM_ACTIVATION_RELU6, 0.01), 0, 127);
    expect_range(layer(NPIM_ACTIVATION_RELU6, 0.01, false), 0, 255);
    expect_range(layer(NPIM_ACTIVATION_RELU6, 100.0), 0, 0);
    expect_range(layer(NPIM_ACTIVATION_CLIP), -2, 2); // -1.5 and 2.5, half to even
    expect_range(layer(NPIM_ACTIVATION_CLIP, 0.5), -3, 5);
    expect_range(layer(NPIM_ACTIVATION_CLIP, 0.01), -127, 127);
    expect_range(layer(NPIM_ACTIVATION_CLIP, 0.01, false), 0, 250);
}

TEST(functions, codes_round_half_to_even_and_stay_in_range) {
    const npim_code_range range = {-127, 127};
    for (int i = -126; i <= 126; i++) {
        EXPECT_EQ(npim_code_of(i, range), i);
        EXPECT_EQ(npim_code_of(i + 0.25, range), i);
        EXPECT_EQ(npim_code_of(i - 0.25, range), i);
        EXPECT_EQ(npim_code_of(i + 0.5, range), i % 2 ? i + 1 : i);
    }
    const double infinite = std::numeric_limits<double>::infinity();
    for (double x : {127.0, 127.6, 1e300, infinite}) EXPECT_EQ(npim_code_of(x, range), 127);
    for (double x : {-127.0, -127.6, -1e300, -infinite}) EXPECT_EQ(npim_code_of(x, range), -127);
    EXPECT_EQ(npim_code_of(std::nan(""), range), 0);
    EXPECT_EQ(npim_code_of(std::nan(""), {3, 9}), 3);
    EXPECT_EQ(npim_code_of(std::nan(""), {-9, -3}), -3);
}

TEST(functions, which_activations_are_ranges) {
    for (npim_activation a : all)
        EXPECT_EQ(npim_activation_is_range(a), a == NPIM_ACTIVATION_NONE || a == NPIM_ACTIVATION_RELU ||
                                                   a == NPIM_ACTIVATION_RELU6 || a == NPIM_ACTIVATION_CLIP);
}

// Against libm, and at the corners exactly.
TEST(functions, activations) {
    for (int i = -400; i <= 400; i++) {
        const double x = i / 32.0;
        const auto of = [x](npim_activation a) {
            const npim_layer l = layer(a);
            return npim_activate(&l, x);
        };
        EXPECT_EQ(of(NPIM_ACTIVATION_NONE), x);
        EXPECT_EQ(of(NPIM_ACTIVATION_RELU), std::fmax(x, 0.0));
        EXPECT_EQ(of(NPIM_ACTIVATION_RELU6), std::fmin(std::fmax(x, 0.0), 6.0));
        EXPECT_EQ(of(NPIM_ACTIVATION_CLIP), std::fmin(std::fmax(x, -1.5), 2.5));
        EXPECT_EQ(of(NPIM_ACTIVATION_LEAKY_RELU), x < 0.0 ? x / 4.0 : x);
        EXPECT_NEAR(of(NPIM_ACTIVATION_SIGMOID), 1.0 / (1.0 + std::exp(-x)), 1e-15);
        EXPECT_NEAR(of(NPIM_ACTIVATION_TANH), std::tanh(x), 1e-15);
        const double hard = x <= -3.0 ? 0.0 : x >= 3.0 ? x : x * (x + 3.0) / 6.0;
        EXPECT_NEAR(of(NPIM_ACTIVATION_HARDSWISH), hard, 1e-14);
    }
}

TEST(functions, sigmoid_at_its_limits) {
    EXPECT_EQ(npim_sigmoid(0.0), 0.5);
    EXPECT_EQ(npim_sigmoid(1000.0), 1.0);
    EXPECT_EQ(npim_sigmoid(-1000.0), 0.0);
    for (double x : {0.1, 1.0, 7.0, 30.0}) EXPECT_NEAR(npim_sigmoid(x) + npim_sigmoid(-x), 1.0, 1e-15);
}

// Two rows of numbers among each other.
TEST(functions, softmax) {
    std::vector<double> x = {0.0, -7.0, std::log(2.0), -7.0, std::log(5.0), -7.0};
    npim_softmax(x.data(), 3, 2);
    const double expected[] = {1.0 / 8, -7.0, 2.0 / 8, -7.0, 5.0 / 8, -7.0};
    for (size_t i = 0; i < 6; i++) EXPECT_NEAR(x[i], expected[i], 1e-15) << i;
    npim_softmax(x.data() + 1, 3, 2);
    for (size_t i = 1; i < 6; i += 2) EXPECT_NEAR(x[i], 1.0 / 3, 1e-15);
    std::vector<double> far = {1e6, -1e6, 1e6};
    npim_softmax(far.data(), 3, 1);
    EXPECT_EQ(far, (std::vector<double>{0.5, 0.0, 0.5}));
    double one = -3.0;
    npim_softmax(&one, 1, 1);
    EXPECT_EQ(one, 1.0);
}

TEST(functions, power) {
    for (double x : {1e-6, 0.5, 1.0, 2.0, 37.0, 1e9})
        for (double e : {-1.5, 0.0, 0.5, 0.75, 1.0, 3.0})
            EXPECT_NEAR(npim_power(x, e) / std::pow(x, e), 1.0, 1e-13) << x << " " << e;
}
