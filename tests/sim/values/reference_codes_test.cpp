#include "sim/values/reference_codes.h"

#include "tests/hw/support.hpp"

#include <cmath>
#include <random>

#include <gtest/gtest.h>

namespace {

npim_layer layer(bool is_signed, npim_activation activation = NPIM_ACTIVATION_NONE) {
    npim_layer l{};
    l.scale = 0.5;
    l.is_signed = is_signed;
    l.activation = activation;
    l.alpha = 0.25;
    l.clip_min = -3;
    l.clip_max = 10;
    return l;
}

TEST(reference_codes, round_half_to_even) {
    for (int n = -6; n <= 6; n++) {
        EXPECT_EQ(npim_reference_nearest(n), n);
        EXPECT_EQ(npim_reference_nearest(n + 0.5), n % 2 ? n + 1 : n);
        EXPECT_EQ(npim_reference_nearest(n + 0.49999), n);
        EXPECT_EQ(npim_reference_nearest(n + 0.50001), n + 1);
    }
}

TEST(reference_codes, end_where_the_layers_codes_end) {
    const npim_layer u = layer(false), s = layer(true);
    EXPECT_EQ(npim_reference_limited(&u, -1e300), 0);
    EXPECT_EQ(npim_reference_limited(&u, 1e300), 255);
    EXPECT_EQ(npim_reference_limited(&s, -1e300), -127);
    EXPECT_EQ(npim_reference_limited(&s, 1e300), 127);
    EXPECT_EQ(npim_reference_limited(&s, -2.5), -2);
    EXPECT_EQ(npim_reference_code(&s, -3.3), -7); // 6.6 steps
    EXPECT_EQ(npim_reference_code(&u, -3.3), 0);
}

TEST(reference_codes, bounds_of_activations) {
    const npim_layer none = layer(true), relu = layer(true, NPIM_ACTIVATION_RELU),
                     six = layer(false, NPIM_ACTIVATION_RELU6), clip = layer(true, NPIM_ACTIVATION_CLIP);
    EXPECT_EQ(npim_reference_finish(&none, -300), -127);
    EXPECT_EQ(npim_reference_finish(&none, -3), -3);
    EXPECT_EQ(npim_reference_finish(&relu, -3), 0);
    EXPECT_EQ(npim_reference_finish(&relu, 300), 127);
    EXPECT_EQ(npim_reference_finish(&six, 13), 12); // 6 is code 12
    EXPECT_EQ(npim_reference_finish(&six, 11), 11);
    EXPECT_EQ(npim_reference_finish(&clip, -100), -6);
    EXPECT_EQ(npim_reference_finish(&clip, 100), 20);
}

// Against the exact product, rounded half up: factors of 31 bit are as good as double for values of 31.
TEST(reference_codes, products_are_rounded_half_up) {
    EXPECT_EQ(npim_reference_times(5, 0.5), 3);
    EXPECT_EQ(npim_reference_times(-5, 0.5), -2);
    EXPECT_EQ(npim_reference_times(7, 1), 7);
    EXPECT_EQ(npim_reference_times(3, 4), 12);
    EXPECT_EQ(npim_reference_times(1, 1e-99), 0);
    EXPECT_EQ(npim_reference_times(INT32_MAX, 1e9), INT32_MAX);
    EXPECT_EQ(npim_reference_times(-INT32_MAX, 1e9), -INT32_MAX);
    std::mt19937_64 random(test_seed(1));
    for (int i = 0; i < 20000; i++) {
        const int64_t value = static_cast<int32_t>(random());
        const double factor = static_cast<double>(random() % (1u << 30) + (1u << 30)), // of 31 bit: exact
            constant = std::ldexp(factor, -int(random() % 30 + 31));
        const long double product = static_cast<long double>(value) * static_cast<long double>(constant);
        if (std::fabs(static_cast<double>(product)) > 9e8) continue;
        EXPECT_EQ(npim_reference_times(value, constant), static_cast<int64_t>(std::floor(product + 0.5L)))
            << value << " x " << constant;
    }
}

TEST(reference_codes, functions) {
    const npim_layer leaky = layer(true, NPIM_ACTIVATION_LEAKY_RELU),
                     swish = layer(true, NPIM_ACTIVATION_HARDSWISH), tanh = layer(true, NPIM_ACTIVATION_TANH),
                     sigmoid = layer(false, NPIM_ACTIVATION_SIGMOID),
                     relu = layer(false, NPIM_ACTIVATION_RELU);
    for (double x : {-7.0, -3.0, -1.5, 0.0, 0.25, 3.0, 9.0}) {
        EXPECT_NEAR(npim_reference_logistic(x), 1 / (1 + std::exp(-x)), 1e-12);
        EXPECT_NEAR(npim_reference_bend(&sigmoid, x), 1 / (1 + std::exp(-x)), 1e-12);
        EXPECT_NEAR(npim_reference_bend(&tanh, x), std::tanh(x), 1e-12);
        EXPECT_EQ(npim_reference_bend(&leaky, x), x < 0 ? x / 4 : x);
        EXPECT_NEAR(npim_reference_bend(&swish, x), x <= -3 ? 0 : x >= 3 ? x : x * (x + 3) / 6, 1e-12);
        EXPECT_EQ(npim_reference_bend(&relu, x), x); // bounded as a code
    }
    for (const npim_layer *l : {&leaky, &swish, &tanh, &sigmoid}) EXPECT_TRUE(npim_reference_bends(l));
    EXPECT_FALSE(npim_reference_bends(&relu));
}

} // namespace
