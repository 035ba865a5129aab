#include "sim/values/forward_float_parts.h"

#include "tests/sim/values/float_cases.hpp"

using namespace value_net;

TEST(forward_float_digital, pools_by_hand) {
    run_float_cases(pool_cases());
}
TEST(forward_float_digital, joins_by_hand) {
    run_float_cases(join_cases());
}
TEST(forward_float_digital, moves_by_hand) {
    run_float_cases(move_cases());
}
TEST(forward_float_digital, functions_by_hand) {
    run_float_cases(digital_cases());
}

// Where codes would be rounded: 1 + 2 + 3 + 4 in a window of 3 x 3 pixels, 5 of them padding.
TEST(forward_float_digital, averages_to_the_last_digit) {
    net n({1, 2, 2});
    net::window w;
    w.kernel_h = w.kernel_w = 3, w.top = w.left = 1;
    n.slide(NPIM_LAYER_AVGPOOL, 0, w).count_include_pad = true;
    EXPECT_EQ(run_float(n, {1, 2, 3, 4}).out, std::vector<float>{10.0F / 9.0F});
    n.layer(1).count_include_pad = false;
    EXPECT_EQ(run_float(n, {1, 2, 3, 4}).out, std::vector<float>{2.5F});
}

TEST(forward_float_digital, functions_to_the_last_digit) {
    net n({2, 1, 1});
    npim_layer &lrn = n.add(NPIM_LAYER_LRN, {0});
    lrn.size = 2, lrn.alpha = 0.5, lrn.beta = 0.75, lrn.k = 2.0;
    std::vector<float> out = run_float(n, {1.5F, -2.0F}).out;
    EXPECT_NEAR(double{out[0]}, 1.5 / std::pow(2.0 + 0.25 * 6.25, 0.75), 1e-7);
    EXPECT_NEAR(double{out[1]}, -2.0 / std::pow(2.0 + 0.25 * 4.0, 0.75), 1e-7);
    net s({2, 1, 1});
    s.add(NPIM_LAYER_ACTIVATION, {0}).activation = NPIM_ACTIVATION_SOFTMAX;
    out = run_float(s, {0.25F, -1.0F}).out;
    EXPECT_NEAR(double{out[0]}, 1.0 / (1.0 + std::exp(-1.25)), 1e-7);
    EXPECT_NEAR(double{out[1]}, 1.0 / (1.0 + std::exp(1.25)), 1e-7);
}
