#include "sim/values/reference.h"

#include "tests/sim/values/hand_cases.hpp"

using namespace value_net;

// ---------------------------------------------------------------------------------------------------------
// Results written out by hand

TEST(reference, convolutions) {
    run_hand_cases(conv_cases(), pass::reference);
}
TEST(reference, dots) {
    run_hand_cases(dot_cases(), pass::reference);
}
TEST(reference, pools) {
    run_hand_cases(pool_cases(), pass::reference);
}
TEST(reference, joins) {
    run_hand_cases(join_cases(), pass::reference);
}
TEST(reference, moves) {
    run_hand_cases(move_cases(), pass::reference);
}
TEST(reference, digital_layers) {
    run_hand_cases(digital_cases(), pass::reference);
}
TEST(reference, lstm) {
    run_hand_cases(lstm_cases(), pass::reference);
}

// ---------------------------------------------------------------------------------------------------------
// Many images, other dot products, and what is refused

namespace {

net doubled(double scale = 1.0) {
    net n({1, 1, 2});
    n.slide(NPIM_LAYER_CONV, 0, {}, scale);
    n.weights({2});
    return n;
}

struct dot_log {
    std::vector<uint32_t> calls; // layer, group, output, rows, signed_from
};

// Twice the exact sum.
int64_t twice(void *context, uint32_t layer, uint32_t group, uint32_t output, uint32_t rows,
              uint32_t signed_from, const int16_t *codes, const int8_t *weight) {
    for (uint32_t x : {layer, group, output, rows, signed_from})
        static_cast<dot_log *>(context)->calls.push_back(x);
    int64_t sum = 0;
    for (uint32_t r = 0; r < rows; r++) sum += 2 * codes[r] * weight[r];
    return sum;
}

} // namespace

TEST(reference, images_one_after_another) {
    net n = doubled();
    EXPECT_EQ(run(n, {}, pass::reference).status, NPIM_OK);
    EXPECT_EQ(run(n, {1, 2}, pass::reference).out, (codes{2, 4}));
    EXPECT_EQ(run(n, {1, 2, 3, 4, 5, 6}, pass::reference).out, (codes{2, 4, 6, 8, 10, 12}));
}

// The states of an image do not reach into the next one.
TEST(reference, lstm_begins_anew_with_every_image) {
    net n({1, 2, 1});
    n.lstm({0}, 1);
    n.weights(std::vector<int8_t>(8, 0), {1.0}, {100, 100, 100, 100});
    EXPECT_EQ(run(n, {0, 0, 0, 0}, pass::reference).out, (codes{97, 122, 97, 122}));
}

TEST(reference, asks_whoever_computes_dot_products) {
    net n({4, 1, 1}, 1.0, true);
    net::window w;
    w.groups = 2, w.channels = 4;
    n.slide(NPIM_LAYER_CONV, 0, w, 1.0, false);
    n.weights({1, 2, 3, -1, 1, 1, 0, 5});
    n.fc(1, 1);
    n.weights({1, 0, 0, 0});
    const npim_network network = n.network();
    std::vector<npim_layer_tensors> layers = n.tensors();
    const npim_tensors tensors = {layers.data(), network.n_layers, false};
    std::vector<float> image = {1, 2, 3, 4};
    const npim_images images = {1, 4, 0, image.data(), nullptr, 0};
    dot_log log;
    const npim_reference_dot dot = {&log, twice};
    int16_t code = 0;
    ASSERT_EQ(npim_reference(&network, &tensors, &images, &dot, &code, nullptr, nullptr), NPIM_OK);
    EXPECT_EQ(code, 20); // twice twice 1 + 2 2
    // Signed from the first row on where the input is, from beyond the last where not.
    EXPECT_EQ(log.calls, (std::vector<uint32_t>{1, 0, 0, 2, 0, 1, 0, 1, 2, 0, 1, 1, 0,
                                                2, 0, 1, 1, 1, 2, 0, 2, 0, 0, 4, 4}));
}

TEST(reference, stops) {
    net n = doubled();
    const npim_stop stop = {[](void *) { return true; }, nullptr};
    EXPECT_EQ(run(n, {1, 2}, pass::reference, &stop).status, NPIM_EINTERRUPTED);
}

TEST(reference, needs_values_for_further_inputs) {
    net n({1, 1, 2});
    n.add(NPIM_LAYER_INPUT, {});
    n.add(NPIM_LAYER_ADD, {0, 1});
    const outcome o = run(n, {1, 2}, pass::reference);
    EXPECT_EQ(o.status, NPIM_ECONFIG);
    EXPECT_NE(o.message.find("input1"), std::string::npos) << o.message;
}

// Constants so small or large that the factor has no shift in range.
TEST(reference, extreme_scales) {
    for (double scale : {1e-200, 1e-30, 1e30, 1e200}) {
        net n({1, 1, 2}, 1.0, true);
        n.slide(NPIM_LAYER_CONV, 0, {}, scale);
        n.weights({2});
        EXPECT_EQ(run(n, {1, -1}, pass::reference).out, scale < 1.0 ? (codes{127, -127}) : (codes{0, 0}))
            << scale;
    }
}
