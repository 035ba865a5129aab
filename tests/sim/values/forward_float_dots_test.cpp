#include "sim/values/forward_float_parts.h"

#include "tests/sim/values/float_cases.hpp"

using namespace value_net;

TEST(forward_float_dots, convolutions_by_hand) {
    run_float_cases(conv_cases());
    for (hand_case &c : conv_cases()) { // whole numbers: exact
        SCOPED_TRACE(c.name);
        c.n.make_floats();
        EXPECT_EQ(run_float(c.n, c.image).out, std::vector<float>(c.expected.begin(), c.expected.end()));
    }
}

TEST(forward_float_dots, scales_and_activations_by_hand) {
    run_float_cases(dot_cases());
}

// But for the limit of the state, which real numbers do not have.
TEST(forward_float_dots, lstm_by_hand) {
    std::vector<hand_case> cases = lstm_cases();
    for (size_t i = cases.size(); i-- > 0;)
        if (cases[i].name == "limit of the state") cases.erase(cases.begin() + static_cast<long>(i));
    EXPECT_EQ(cases.size() + 1, lstm_cases().size());
    run_float_cases(cases);
}

// Half a unit in, half of that kept, in real numbers: h = tanh(c), c = g / 2, then c / 2 + g / 2, g = tanh 1.
TEST(forward_float_dots, lstm_to_the_last_digit) {
    net n({1, 2, 1});
    n.lstm({0}, 1);
    n.weights({0, 0, 0, 0, 1, 0, 0, 0}, {1.0}, {0, 0, 0, 1000});
    n.make_floats();
    const std::vector<float> out = run_float(n, {1, 1}).out;
    const double c = std::tanh(1.0) / 2.0;
    EXPECT_NEAR(double{out[0]}, std::tanh(c), 1e-7);
    EXPECT_NEAR(double{out[1]}, std::tanh(c / 2.0 + c), 1e-7);
}

// Unit 0 sees what both gave a step before, g = tanh(x + 2 h0 - 4 h1); all gates open but those that keep.
TEST(forward_float_dots, lstm_feeds_back_what_it_gave) {
    net n({1, 2, 1});
    n.lstm({0}, 2, 1.0 / 4);
    std::vector<int8_t> weight(24, 0);
    weight[4 * 3] = 4, weight[4 * 3 + 1] = 2,
               weight[4 * 3 + 2] = -4; // unit 0; x 1/4, over the scale of hidden codes: 1/4
    weight[5 * 3] = -8;                // unit 1: g = tanh(-2 x)
    n.weights(weight, {0.25}, {4000, 4000, -4000, -4000, 0, 0, 4000, 4000});
    n.make_floats();
    const std::vector<float> out = run_float(n, {1, 2}).out;
    const double h0 = std::tanh(std::tanh(1.0)), h1 = std::tanh(std::tanh(-2.0));
    const double expected[] = {h0, std::tanh(std::tanh(2.0 + 2.0 * h0 - 4.0 * h1)), h1,
                               std::tanh(std::tanh(-4.0))};
    for (size_t i = 0; i < 4; i++) EXPECT_NEAR(double{out[i]}, expected[i], 1e-7) << i;
}

// Sums are in double: 2^24 + 1 - 2^24 is 1.
TEST(forward_float_dots, sums_do_not_lose_small_parts) {
    for (bool conv : {false, true}) {
        net n({3, 1, 1});
        net::window w;
        w.channels = 1;
        if (conv)
            n.slide(NPIM_LAYER_CONV, 0, w);
        else
            n.fc(0, 1);
        n.weights({1, 1, -1});
        n.make_floats();
        EXPECT_EQ(run_float(n, {0x1p24F, 1.0F, 0x1p24F}).out, std::vector<float>{1.0F}) << conv;
    }
}
