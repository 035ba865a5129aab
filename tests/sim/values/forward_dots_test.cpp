#include "sim/values/forward_parts.h"

#include "tests/sim/values/hand_cases.hpp"

#include <numeric>

using namespace value_net;

TEST(forward_dots, convolutions_by_hand) {
    run_hand_cases(conv_cases(), pass::forward);
}
TEST(forward_dots, scales_and_activations_by_hand) {
    run_hand_cases(dot_cases(), pass::forward);
}

namespace {

net grouped(bool is_signed) {
    net n({4, 2, 1}, 1.0, is_signed);
    net::window w;
    w.groups = 2, w.channels = 6;
    n.slide(NPIM_LAYER_CONV, 0, w);
    n.weights({1, 2, 3, -1, 1, 1, 0, 5, -7, 2, 4, 4});
    return n;
}

} // namespace

// What the engine learns of every group, and the numbers of the vectors that it sees.
TEST(forward_dots, tells_the_engine_group_and_vector) {
    for (bool is_signed : {false, true}) {
        SCOPED_TRACE(is_signed);
        net n = grouped(is_signed);
        exact_products log;
        ASSERT_EQ(run(n, std::vector<float>(24, 1), pass::forward, nullptr, &log, 10).status, NPIM_OK);
        ASSERT_EQ(log.groups.size(), 2u);
        std::vector<uint64_t> numbers(6); // 3 images of 2 positions; images 0 .. 9 were before them
        std::iota(numbers.begin(), numbers.end(), 20);
        for (uint32_t g = 0; g < 2; g++) {
            const npim_product_layer &l = log.groups[g].layer;
            EXPECT_EQ(l.layer, 1u);
            EXPECT_EQ(l.group, g);
            EXPECT_EQ(l.groups, 2u);
            EXPECT_EQ(l.rows, 2u);
            EXPECT_EQ(l.outputs, 3u);
            EXPECT_EQ(l.signed_from, is_signed ? 0u : 2u);
            EXPECT_EQ(log.groups[g].numbers, numbers);
        }
    }
}

// More vectors than a batch holds: 2 MB of inputs each, so that three do not fit into 4 MB.
TEST(forward_dots, batches_do_not_change_results) {
    const uint32_t rows = 1 << 20;
    net n({rows, 1, 1});
    n.fc(0, 1);
    std::vector<int8_t> weight(rows, 0);
    weight.front() = 1, weight.back() = 2;
    n.weights(weight);
    std::vector<float> images(size_t{7} * rows, 3.0F);
    codes expected;
    for (size_t i = 0; i < 7; i++) {
        images[i * rows] = static_cast<float>(i), images[(i + 1) * rows - 1] = static_cast<float>(2 * i);
        expected.push_back(static_cast<int16_t>(5 * i));
    }
    exact_products log;
    const outcome o = run(n, images, pass::forward, nullptr, &log);
    ASSERT_EQ(o.status, NPIM_OK);
    EXPECT_EQ(o.out, expected);
    EXPECT_EQ(log.groups[0].numbers, (std::vector<uint64_t>{0, 1, 2, 3, 4, 5, 6}));
}

TEST(forward_dots, hands_on_what_the_engine_says) {
    net n = grouped(false);
    exact_products log;
    log.begin_status = NPIM_ENOMEM;
    outcome o = run(n, std::vector<float>(8, 1), pass::forward, nullptr, &log);
    EXPECT_EQ(o.status, NPIM_ENOMEM);
    EXPECT_EQ(o.message, "begin refused");
    EXPECT_EQ(log.groups.size(), 1u); // ended: run checks that
    log = {};
    log.run_status = NPIM_EINTERRUPTED;
    o = run(n, std::vector<float>(8, 1), pass::forward, nullptr, &log);
    EXPECT_EQ(o.status, NPIM_EINTERRUPTED);
    EXPECT_EQ(log.groups.size(), 1u);
}

TEST(forward_dots, refuses_softmax_as_an_attribute) {
    net n({1, 1, 2});
    n.fc(0, 2).activation = NPIM_ACTIVATION_SOFTMAX;
    n.weights({1, 2, 3, 4});
    const outcome o = run(n, {1, 2}, pass::forward);
    EXPECT_EQ(o.status, NPIM_EUNSUPPORTED);
    EXPECT_NE(o.message.find("fc1"), std::string::npos) << o.message;
}
