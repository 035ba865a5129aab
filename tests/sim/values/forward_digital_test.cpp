#include "sim/values/forward_parts.h"

#include "tests/sim/values/hand_cases.hpp"

using namespace value_net;

TEST(forward_digital, joins_by_hand) {
    run_hand_cases(join_cases(), pass::forward);
}
TEST(forward_digital, moves_by_hand) {
    run_hand_cases(move_cases(), pass::forward);
}
TEST(forward_digital, functions_by_hand) {
    run_hand_cases(digital_cases(), pass::forward);
}

// Factors beyond 2^42 and below 2^-20.
TEST(forward_digital, sums_of_extreme_scales) {
    for (double scale : {1e-100, 1e-15, 1e15, 1e100}) {
        net n({1, 1, 3}, 1.0, true);
        n.add(NPIM_LAYER_ADD, {0, 0}, scale);
        const codes expected = scale < 1.0 ? codes{127, -127, 0} : codes{0, 0, 0};
        EXPECT_EQ(run(n, {1, -1, 0}, pass::forward).out, expected) << scale;
        EXPECT_EQ(run(n, {1, -1, 0}, pass::reference).out, expected) << scale;
    }
}

TEST(forward_digital, refuses_sums_that_bend) {
    for (auto activation : {NPIM_ACTIVATION_SIGMOID, NPIM_ACTIVATION_SOFTMAX}) {
        net n = two_inputs(2, 1.0, 1.0);
        n.add(NPIM_LAYER_ADD, {1, 2}).activation = activation;
        const outcome o = run(n, {1, 2}, pass::forward);
        EXPECT_EQ(o.status, NPIM_EUNSUPPORTED);
        EXPECT_NE(o.message.find("add3"), std::string::npos) << o.message;
    }
}
