#include "sim/design/adam.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <vector>

namespace {

struct made_adam {
    made_adam(size_t n, double rate, double rate_end, uint64_t steps) {
        npim_error error{};
        EXPECT_EQ(npim_adam_init(&adam, n, rate, rate_end, steps, &error), NPIM_OK) << error.message;
    }
    ~made_adam() { npim_adam_fini(&adam); }
    npim_adam adam{};
};

// By hand, at a constant rate of 0.1:
// step 1: m = 0.1, v = 0.001: m^ = 1, v^ = 1; p = -0.1 / (1 + 1e-8)
// step 2: m = 0.09 - 0.05 = 0.04, m^ = 0.04 / 0.19; v = 0.000999 + 0.00025, v^ = 0.001249 / 0.001999
// step 3: m = 0.036 + 0.2, m^ = 0.236 / 0.271; v = 0.001247751 + 0.004, v^ = 0.005247751 / 0.002997001
TEST(adam, a_trajectory_by_hand) {
    made_adam made(1, 0.1, 0.1, 100);
    double p = 0, expected = 0;
    const double gradient[] = {1, -0.5, 2};
    const double mean[] = {1, 0.04 / 0.19, 0.236 / 0.271};
    const double square[] = {1, 0.001249 / 0.001999, 0.005247751 / 0.002997001};
    for (int i = 0; i < 3; i++) {
        npim_adam_step(&made.adam, &gradient[i], &p);
        expected -= 0.1 * mean[i] / (std::sqrt(square[i]) + 1e-8);
        EXPECT_NEAR(p, expected, 1e-12) << i;
    }
    EXPECT_NEAR(p, -0.1 - 0.0266338 - 0.0658107, 1e-6);
}

TEST(adam, the_rate_falls_along_half_a_cosine) {
    made_adam made(1, 0.02, 0.0002, 777);
    const double zero = 0;
    double p = 3;
    for (int i = 0; i <= 777; i++) {
        const double wanted = 0.0002 + (0.02 - 0.0002) * (1 + std::cos(std::acos(-1.0) * i / 777)) / 2;
        EXPECT_NEAR(npim_adam_rate(&made.adam), wanted, 1e-15) << i;
        npim_adam_step(&made.adam, &zero, &p);
    }
    EXPECT_EQ(npim_adam_rate(&made.adam), 0.0002); // beyond the plan
    EXPECT_EQ(p, 3);                               // no gradient, no move
}

TEST(adam, finds_the_bottom_of_a_bowl) {
    const std::vector<double> steep = {1, 100, 0.01, 3}, bottom = {0.3, -0.7, 0.1, 0};
    std::vector<double> p(4, 0), gradient(4);
    made_adam made(4, 0.05, 0.0005, 2000);
    for (int i = 0; i < 2000; i++) {
        for (size_t k = 0; k < 4; k++) gradient[k] = 2 * steep[k] * (p[k] - bottom[k]);
        npim_adam_step(&made.adam, gradient.data(), p.data());
    }
    for (size_t k = 0; k < 4; k++) EXPECT_NEAR(p[k], bottom[k], 1e-3) << k;
}

TEST(adam, no_parameters_are_fine) {
    made_adam made(0, 0.1, 0, 1);
    npim_adam_step(&made.adam, nullptr, nullptr);
    EXPECT_EQ(made.adam.step, 1u);
}

TEST(adam, refuses_rates_and_steps) {
    const double nan = std::nan(""), infinity = std::numeric_limits<double>::infinity();
    const double rates[][2] = {{0.1, 0.2}, {0.1, -0.1}, {-1, -1}, {nan, 0}, {0.1, nan}, {infinity, 0}};
    npim_adam adam;
    for (const auto &rate : rates) {
        npim_error error{};
        EXPECT_EQ(npim_adam_init(&adam, 1, rate[0], rate[1], 10, &error), NPIM_ECONFIG) << rate[0];
        EXPECT_NE(error.message[0], '\0');
        npim_adam_fini(&adam);
    }
    EXPECT_EQ(npim_adam_init(&adam, 1, 0.1, 0, 0, nullptr), NPIM_ECONFIG);
    npim_adam_fini(&adam);
    npim_adam_fini(&adam);
}

} // namespace
