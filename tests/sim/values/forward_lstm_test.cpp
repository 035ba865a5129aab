#include "sim/values/forward_parts.h"

#include "tests/sim/values/hand_cases.hpp"

using namespace value_net;

TEST(forward_lstm, by_hand) {
    run_hand_cases(lstm_cases(), pass::forward);
}

namespace {

net open_gates(bool is_signed) {
    net n({1, 3, 1}, 1.0, is_signed);
    n.lstm({0}, 1);
    n.weights({0, 0, 0, 0, 100, 0, 0, 0}, {1.0}, {100, 100, 0, 100});
    return n;
}

} // namespace

TEST(forward_lstm, begins_anew_with_every_image) {
    net n = open_gates(true);
    EXPECT_EQ(run(n, {1, 1, 1, -1, -1, 0, 0, 1, 0}, pass::forward).out,
              (codes{97, 122, 126, -97, -122, -122, 0, 97, 97}));
}

// Step s of image i is vector i x steps + s, whatever the batch.
TEST(forward_lstm, tells_the_engine_signs_and_vectors) {
    for (bool is_signed : {false, true}) {
        SCOPED_TRACE(is_signed);
        net n = open_gates(is_signed);
        exact_products log;
        ASSERT_EQ(run(n, {1, 1, 1, 0, 1, 1}, pass::forward, nullptr, &log, 5).status, NPIM_OK);
        ASSERT_EQ(log.groups.size(), 1u);
        const npim_product_layer &l = log.groups[0].layer;
        EXPECT_EQ(l.groups, 1u);
        EXPECT_EQ(l.rows, 2u);
        EXPECT_EQ(l.outputs, 4u);
        EXPECT_EQ(l.signed_from, is_signed ? 0u : 1u); // hidden units are always signed
        EXPECT_EQ(log.groups[0].numbers, (std::vector<uint64_t>{15, 18, 16, 19, 17, 20}));
    }
}

TEST(forward_lstm, hands_on_what_the_engine_says) {
    net n = open_gates(false);
    exact_products log;
    log.begin_status = NPIM_ENOMEM;
    EXPECT_EQ(run(n, {1, 1, 1}, pass::forward, nullptr, &log).status, NPIM_ENOMEM);
    log = {};
    log.run_status = NPIM_EINTERRUPTED;
    EXPECT_EQ(run(n, {1, 1, 1}, pass::forward, nullptr, &log).status, NPIM_EINTERRUPTED);
    EXPECT_EQ(log.groups[0].numbers.size(), 1u); // no further step
}

TEST(forward_lstm, stops_between_steps) {
    net n = open_gates(false);
    int asked = 0;
    const npim_stop stop = {[](void *context) { return ++*static_cast<int *>(context) > 2; }, &asked};
    exact_products log;
    EXPECT_EQ(run(n, {1, 1, 1}, pass::forward, &stop, &log).status, NPIM_EINTERRUPTED);
    EXPECT_EQ(log.groups[0].numbers.size(), 2u);
}

TEST(forward_lstm, refuses_sequences_of_two_scales) {
    for (bool sign : {false, true}) {
        net n({1, 1, 1}, 1.0, true);
        n.slide(NPIM_LAYER_CONV, 0, {}, sign ? 1.0 : 0.5, !sign);
        n.weights({1});
        n.lstm({0, 1}, 1);
        n.weights(std::vector<int8_t>(8, 0));
        const outcome o = run(n, {1}, pass::forward);
        EXPECT_EQ(o.status, NPIM_ECONFIG);
        EXPECT_NE(o.message.find("lstm2: its inputs input and conv1"), std::string::npos) << o.message;
    }
}
