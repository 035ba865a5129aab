// Small networks whose results are worked out by hand from the rules in sim/values/forward.h; both integer
// passes must give them.
#ifndef NPIM_TESTS_SIM_VALUES_HAND_CASES_HPP
#define NPIM_TESTS_SIM_VALUES_HAND_CASES_HPP

#include "tests/sim/values/value_net.hpp"

#include <cmath>

namespace value_net {

struct hand_case {
    std::string name;
    net n;
    std::vector<float> image;
    codes expected;
};

inline void run_hand_cases(std::vector<hand_case> cases, pass which) {
    for (hand_case &c : cases) {
        SCOPED_TRACE(c.name);
        const outcome o = run(c.n, c.image, which);
        ASSERT_EQ(o.status, NPIM_OK) << o.message;
        EXPECT_EQ(o.out, c.expected);
    }
}

inline std::vector<float> count_to(int n) {
    std::vector<float> values;
    for (int i = 1; i <= n; i++) values.push_back(static_cast<float>(i));
    return values;
}

inline hand_case conv_case(const std::string &name, extent image, const net::window &w,
                           const std::vector<int8_t> &weight, const std::vector<float> &values,
                           const codes &expected) {
    net n(image);
    n.slide(NPIM_LAYER_CONV, 0, w);
    n.weights(weight);
    return {name, n, values, expected};
}

// Convolutions with scales of 1: where every number goes.
inline std::vector<hand_case> conv_cases() {
    std::vector<hand_case> all;
    net::window w;
    w.kernel_h = w.kernel_w = 2, w.channels = 1;
    // 1 2 3    1 2    first: 1 + 2 2 + 4 3 + 5 4
    // 4 5 6    3 4
    // 7 8 9
    all.push_back(conv_case("plain", {1, 3, 3}, w, {1, 2, 3, 4}, count_to(9), {37, 47, 67, 77}));
    // . . .  Padding above and to the right alone: 3 1 + 4 2, 3 2, 1 + 4 + 9 + 16, 2 1 + 4 3
    // 1 2 .
    // 3 4 .
    w.top = w.right = 1;
    all.push_back(conv_case("asymmetric", {1, 2, 2}, w, {1, 2, 3, 4}, count_to(4), {11, 6, 30, 14}));
    // Taps two apart, steps of two: 1 + 13, 3 + 15, 11 + 23, 13 + 25
    w = {}, w.kernel_h = w.kernel_w = w.stride_h = w.stride_w = w.dilation_h = w.dilation_w = 2;
    w.channels = 1;
    all.push_back(conv_case("dilated", {1, 5, 5}, w, {1, 0, 0, 1}, count_to(25), {14, 18, 34, 38}));
    // One direction alone: 3 taps down over 1 2 3 4, padded by 1 at the bottom: 1 + 4 + 9, 2 + 6 + 12, 3 + 8
    w = {}, w.kernel_h = 3, w.bottom = 1, w.channels = 1;
    all.push_back(conv_case("one direction", {1, 4, 1}, w, {1, 2, 3}, count_to(4), {14, 20, 11}));
    // Steps and taps that differ between the directions: rows 0 and 2; columns 0 + 3, 1 + 4
    w = {}, w.kernel_w = 2, w.stride_h = 2, w.dilation_w = 3, w.channels = 1;
    all.push_back(conv_case("directions", {1, 3, 5}, w, {1, 2}, count_to(15), {9, 12, 39, 42}));
    // Two channels in, two out: 1 + 2 2, 3 1 - 2
    w = {}, w.channels = 2;
    all.push_back(conv_case("channels", {2, 1, 1}, w, {1, 2, 3, -1}, {1, 2}, {5, 1}));
    // Channels 0, 1 make outputs 0, 1 and channels 2, 3 outputs 2, 3:
    // 1 + 2 2, 3 1 - 2, 3 + 4, 5 4
    w.groups = 2, w.channels = 4;
    all.push_back(conv_case("groups", {4, 1, 1}, w, {1, 2, 3, -1, 1, 1, 0, 5}, count_to(4), {5, 1, 7, 20}));
    // Depthwise: every channel by itself: 1 + 2, 2 3 - 4, -5 + 3 6
    w = {}, w.kernel_w = 2, w.groups = w.channels = 3;
    all.push_back(conv_case("depthwise", {3, 1, 2}, w, {1, 1, 2, -1, -1, 3}, count_to(6), {3, 2, 13}));
    return all;
}

inline hand_case fc_case(const std::string &name, bool is_signed, const std::vector<float> &x,
                         uint32_t outputs, const std::vector<int8_t> &weight,
                         const std::vector<double> &scales, const std::vector<int32_t> &bias,
                         const codes &expected, bool out_signed = true) {
    net n({static_cast<uint32_t>(x.size()), 1, 1}, 1.0, is_signed);
    n.fc(0, outputs, 1.0, out_signed);
    n.weights(weight, scales, bias);
    return {name, n, x, expected};
}

// One input x on weights 1, bias 0, with an activation.
inline hand_case activation_case(const std::string &name, npim_activation activation, double in_scale,
                                 double out_scale, const std::vector<int> &x, const codes &expected,
                                 npim_layer_kind kind) {
    const auto size = static_cast<uint32_t>(x.size());
    std::vector<float> image;
    for (int code : x) image.push_back(static_cast<float>(code * in_scale));
    net n({1, 1, size}, in_scale, true);
    npim_layer &y = n.slide(kind, 0, {}, out_scale);
    y.activation = activation, y.alpha = 0.25, y.clip_min = -1.05, y.clip_max = 2.5;
    if (kind == NPIM_LAYER_CONV) n.weights({1});
    return {name, n, image, expected};
}

// The same for a convolution that carries its activation and for one that stands alone.
inline std::vector<hand_case> activation_cases(npim_layer_kind kind) {
    std::vector<hand_case> all;
    const auto add = [&](const char *name, npim_activation a, double in_scale, double out_scale,
                         const std::vector<int> &x, const codes &expected) {
        all.push_back(activation_case(name, a, in_scale, out_scale, x, expected, kind));
    };
    add("relu", NPIM_ACTIVATION_RELU, 1.0, 1.0, {-5, 0, 7}, {0, 0, 7});
    // 6 is code 60: 7.0 stays there
    add("relu6", NPIM_ACTIVATION_RELU6, 0.125, 0.1, {-5, 4, 56}, {0, 5, 60});
    // -1.05 and 2.5 in steps of 0.5: -2 (half up: -2.1 rounds to -2) and 5
    add("clip", NPIM_ACTIVATION_CLIP, 0.5, 0.5, {-9, -2, 3, 9}, {-2, -2, 3, 5});
    // 1 / (1 + e^0) = 128 / 256, and 127 at most; 1 / (1 + e^-1) = 0.2689 of 256 = 68.8
    add("sigmoid", NPIM_ACTIVATION_SIGMOID, 1.0, 1.0 / 256, {-1, 0, 100}, {69, 127, 127});
    // tanh 1 = 0.76159 of 127 = 96.7
    add("tanh", NPIM_ACTIVATION_TANH, 0.5, 1.0 / 127, {-2, 0, 2, 40}, {-97, 0, 97, 127});
    // A quarter below 0, half to even: -2.5, -3.5, -0.5
    add("leaky", NPIM_ACTIVATION_LEAKY_RELU, 1.0, 1.0, {-10, -14, -2, 9}, {-2, -4, 0, 9});
    // x (x / 6 + 1 / 2): 3 at 3, -0.375 at -1.5 (in steps of 1 / 8: -3), 0 from -3 down
    add("hardswish", NPIM_ACTIVATION_HARDSWISH, 0.5, 0.125, {-20, -3, 0, 6, 8}, {0, -3, 0, 24, 32});
    return all;
}

// Scales, biases, signs and limits.
inline std::vector<hand_case> dot_cases() {
    std::vector<hand_case> all;
    // Height, width and channels in one row: 1 + 2 + 3 + 4 + 1, 1 - 2 + 3 - 4
    net n({2, 1, 2});
    n.fc(0, 2);
    n.weights({1, 1, 1, 1, 1, -1, 1, -1}, {1.0}, {1, 0});
    all.push_back({"fc", n, count_to(4), {11, -2}});
    all.push_back(fc_case("signed inputs", true, {-3, 5}, 1, {2, -4}, {1.0}, {}, {-26}));
    // Halves go up: 0.5, -0.5, 1.5, -1.5
    all.push_back(fc_case("half up", false, {1}, 4, {1, -1, 3, -3}, {0.5}, {}, {1, 0, 2, -1}));
    all.push_back(fc_case("scales per output", false, {8}, 4, {1, 1, 1, 1}, {1.0, 0.5, 2.0, 0.0625}, {},
                          {8, 4, 16, 1}));
    all.push_back(fc_case("limits", false, {255}, 2, {127, -127}, {1.0}, {}, {127, -127}));
    all.push_back(fc_case("unsigned limits", false, {255}, 2, {127, -127}, {1.0}, {}, {255, 0}, false));
    // The bias counts in units of a product: (40 - 37) / 2
    all.push_back(fc_case("bias", false, {40}, 1, {1}, {0.5}, {-37}, {2}));
    // Values 0.5 and 1.5 of a scale of 1: half to even, and the limits of the image's codes
    all.push_back(fc_case("image", false, {0.5F, 1.5F, 300, -7}, 4,
                          {1, 0, 0, 0, 0, 1, 0, 0, //
                           0, 0, 1, 0, 0, 0, 0, 1},
                          {1.0}, {}, {0, 2, 255, 0}, false));
    all.push_back(fc_case("signed image", true, {-0.5F, -1.5F, 300, -300}, 4,
                          {1, 0, 0, 0, 0, 1, 0, 0, //
                           0, 0, 1, 0, 0, 0, 0, 1},
                          {1.0}, {}, {0, -2, 127, -127}));
    // Input 1 / 2, weights 1 / 4, output 1 / 16: (3 5) 2
    net scaled({1, 1, 1}, 0.5);
    scaled.fc(0, 1, 0.0625);
    scaled.weights({5}, {0.25});
    all.push_back({"scales", scaled, {1.5F}, {30}});
    for (const hand_case &c : activation_cases(NPIM_LAYER_CONV)) all.push_back(c);
    return all;
}

inline hand_case pool_case(const std::string &name, npim_layer_kind kind, extent image, bool is_signed,
                           const net::window &w, bool include_pad, uint32_t ceil,
                           const std::vector<float> &values, const codes &expected) {
    net n(image, 1.0, is_signed);
    npim_layer &y = n.slide(kind, 0, w, 1.0, is_signed);
    y.count_include_pad = include_pad, y.ceil_bottom = y.ceil_right = ceil;
    return {name, n, values, expected};
}

inline std::vector<hand_case> pool_cases() {
    std::vector<hand_case> all;
    const std::vector<float> up = count_to(9), down = {-1, -2, -3, -4, -5, -6, -7, -8, -9};
    net::window w;
    w.kernel_h = w.kernel_w = w.stride_h = w.stride_w = 2, w.bottom = w.right = 1;
    // 1 2 | 3 .   Windows that reach behind the input: 12 / 4, 9 / 2, 15 / 2, 9
    // 4 5 | 6 .
    // 7 8 | 9 .
    const auto max = NPIM_LAYER_MAXPOOL, avg = NPIM_LAYER_AVGPOOL;
    all.push_back(pool_case("max", max, {1, 3, 3}, false, w, false, 0, up, {5, 6, 8, 9}));
    all.push_back(pool_case("max below 0", max, {1, 3, 3}, true, w, false, 0, down, {-1, -3, -7, -9}));
    all.push_back(pool_case("average", avg, {1, 3, 3}, false, w, false, 0, up, {3, 5, 8, 9}));
    all.push_back(pool_case("average below 0", avg, {1, 3, 3}, true, w, false, 0, down, {-3, -4, -7, -9}));
    // Divided by 4 everywhere: 9 / 4, 15 / 4, 9 / 4
    all.push_back(pool_case("padding counts", avg, {1, 3, 3}, false, w, true, 0, up, {3, 2, 4, 2}));
    // ... but not what ceil_mode has added
    all.push_back(pool_case("ceil", avg, {1, 3, 3}, false, w, true, 1, up, {3, 5, 8, 9}));
    // Padding of 1 all around and 1 more of ceil_mode; 3 x 3 windows in steps of 3: 12 / 9, and of the last
    // ones the rows and columns up to the padding: (3 + 6) / 6, (7 + 8) / 6, 9 / 4. 1 / 6 as a factor is a
    // little less than 1 / 6, so 9 / 6 is less than one and a half.
    w = {}, w.kernel_h = w.kernel_w = w.stride_h = w.stride_w = 3;
    w.top = w.left = 1, w.bottom = w.right = 2;
    all.push_back(pool_case("ceil and padding", avg, {1, 3, 3}, false, w, true, 1, up, {1, 1, 2, 2}));
    all.push_back(pool_case("neither counts", avg, {1, 3, 3}, false, w, false, 1, up, {3, 5, 8, 9}));
    // Windows that overlap, two channels, one direction: 1 2 3 | 4 5 6
    w = {}, w.kernel_w = 2;
    all.push_back(pool_case("overlap", max, {2, 1, 3}, false, w, false, 0, count_to(6), {2, 3, 5, 6}));
    all.push_back(pool_case("halves", avg, {2, 1, 3}, false, w, false, 0, count_to(6), {2, 3, 5, 6}));
    // 10 / 4 and 26 / 4
    all.push_back(
        pool_case("global", NPIM_LAYER_GLOBALPOOL, {2, 2, 2}, false, {}, false, 0, count_to(8), {3, 7}));
    all.back().n.layer(1).out_h = all.back().n.layer(1).out_w = 1;
    // From steps of 1 to steps of 1 / 4, and no further than 127
    net scaled({1, 1, 3});
    w.kernel_w = 1;
    scaled.slide(NPIM_LAYER_MAXPOOL, 0, w, 0.25);
    all.push_back({"scales", scaled, {1, 31, 32}, {4, 124, 127}});
    return all;
}

// Two convolutions of the image by 1 and by -1, in steps of a and b, for layers of two inputs.
inline net two_inputs(uint32_t size, double a, double b) {
    net n({1, 1, size}, 1.0, true);
    net::window w;
    w.channels = 1;
    n.slide(NPIM_LAYER_CONV, 0, w, a);
    n.weights({1});
    n.slide(NPIM_LAYER_CONV, 0, w, b);
    n.weights({-1});
    return n;
}

inline std::vector<hand_case> join_cases() {
    std::vector<hand_case> all;
    // x - x in their steps: 1 2 and 4 8 codes; the sum is 0, the difference twice x
    net n = two_inputs(2, 1.0, 0.25);
    n.add(NPIM_LAYER_ADD, {1, 2});
    all.push_back({"add", n, {1, 2}, {0, 0}});
    n = two_inputs(2, 1.0, 0.25);
    n.add(NPIM_LAYER_SUB, {1, 2});
    all.push_back({"sub", n, {1, 2}, {2, 4}});
    n = two_inputs(2, 1.0, 0.25);
    n.add(NPIM_LAYER_SUB, {2, 1}).activation = NPIM_ACTIVATION_RELU;
    all.push_back({"sub the other way", n, {1, -2}, {0, 4}});
    // x, -x and x in steps of 2: x / 2, halves up
    n = two_inputs(4, 1.0, 1.0);
    n.add(NPIM_LAYER_ADD, {0, 1, 2}, 2.0);
    all.push_back({"three", n, {1, -1, 3, -3}, {1, 0, 2, -1}});
    n = two_inputs(2, 1.0, 1.0);
    n.add(NPIM_LAYER_ADD, {0, 1});
    all.push_back({"limits of a sum", n, {100, -100}, {127, -127}});
    // x times -x / 2 (in steps of 1 / 2: code -2 x), results in steps of 4: -x^2 / 4
    n = two_inputs(4, 1.0, 0.5);
    n.add(NPIM_LAYER_MUL, {1, 2}, 4.0);
    all.push_back({"mul", n, {1, 2, 3, -3}, {0, -1, -2, -2}});
    // x in steps of 1 / 2, then -x
    n = two_inputs(2, 1.0, 0.25);
    n.add(NPIM_LAYER_CONCAT, {1, 2}, 0.5);
    all.push_back({"concat", n, {1, 2}, {2, 4, -2, -4}});
    n = two_inputs(2, 1.0, 0.25);
    n.add(NPIM_LAYER_CONCAT, {2, 1, 0}, 1.0, false);
    all.push_back({"three parts", n, {1, -2}, {0, 2, 1, 0, 1, 0}});
    return all;
}

inline std::vector<hand_case> move_cases() {
    std::vector<hand_case> all;
    // A 2 x 3 matrix on its side, with a 0 at the end; in steps of 1 / 2
    net n({1, 2, 3});
    npim_layer &y = n.add(NPIM_LAYER_GATHER, {0}, 0.5);
    y.out_c = 7, y.out_h = y.out_w = 1;
    n.index({0, 3, 1, 4, 2, 5, -1});
    all.push_back({"gather", n, count_to(6), {2, 8, 4, 10, 6, 12, 0}});
    net clipped({1, 1, 2}, 1.0, true);
    npim_layer &bounds = clipped.add(NPIM_LAYER_GATHER, {0});
    bounds.activation = NPIM_ACTIVATION_CLIP, bounds.clip_min = 2.0, bounds.clip_max = 3.0;
    clipped.index({1, -1});
    all.push_back({"gather of nothing", clipped, {1, 9}, {3, 2}});
    net flat({2, 1, 2});
    flat.add(NPIM_LAYER_FLATTEN, {0}, 2.0);
    all.push_back({"flatten", flat, count_to(4), {1, 1, 2, 2}});
    return all;
}

inline std::vector<hand_case> digital_cases() {
    std::vector<hand_case> all = activation_cases(NPIM_LAYER_ACTIVATION);
    // x / 2, half to even: 0.5, 1.5, 2.5; 2 x - 3
    net n({2, 1, 3});
    n.add(NPIM_LAYER_SCALE, {0});
    n.factors({0.5F, 2}, {0, -3});
    all.push_back({"scale", n, {1, 3, 5, 1, 2, 100}, {0, 2, 2, -1, 1, 127}});
    n = net({1, 1, 3}, 0.5, true);
    n.add(NPIM_LAYER_SCALE, {0}, 0.25).activation = NPIM_ACTIVATION_RELU;
    n.factors({1, 2, -3}, {0, 0.5F, 1});
    all.push_back({"scale of elements", n, {2, 2, 2}, {8, 18, 0}});
    // x / (1 + x^2) in steps of 1 / 64: 1 / 2, 2 / 5, 3 / 10
    n = net({1, 1, 3});
    npim_layer *y = &n.add(NPIM_LAYER_LRN, {0}, 1.0 / 64);
    y->size = 1, y->k = y->alpha = y->beta = 1.0;
    all.push_back({"lrn of one", n, count_to(3), {32, 26, 19}});
    // 1 / (1 + 1 + 4), 2 / (1 + 1 + 4 + 9), 3 / (1 + 4 + 9) and another pixel of 0 1 0
    n = net({3, 1, 2});
    y = &n.add(NPIM_LAYER_LRN, {0}, 0.01);
    y->size = 3, y->alpha = 3.0, y->k = y->beta = 1.0;
    all.push_back({"lrn of three", n, {1, 0, 2, 1, 3, 0}, {17, 0, 13, 50, 21, 0}});
    // Of an even number one more above: 1 / (1 + 1 + 4), 2 / (1 + 4 + 9), 3 / (1 + 9), under a square root
    n = net({3, 1, 1});
    y = &n.add(NPIM_LAYER_LRN, {0}, 0.01);
    y->size = 2, y->alpha = 2.0, y->k = 1.0, y->beta = 0.5;
    all.push_back({"lrn of two", n, {1, 2, 3}, {41, 53, 95}});
    // e^x = 1, 2, 4 of 7 and, in the other pixel, thirds, in steps of 1 / 210
    n = net({3, 1, 2}, std::log(2.0));
    n.add(NPIM_LAYER_ACTIVATION, {0}, 1.0 / 210, false).activation = NPIM_ACTIVATION_SOFTMAX;
    const auto ln2 = static_cast<float>(std::log(2.0));
    all.push_back({"softmax", n, {0, 5 * ln2, ln2, 5 * ln2, 2 * ln2, 5 * ln2}, {30, 70, 60, 70, 120, 70}});
    n = net({2, 1, 1}, 10.0);
    n.add(NPIM_LAYER_ACTIVATION, {0}, 0.01, false).activation = NPIM_ACTIVATION_SOFTMAX;
    all.push_back({"softmax beyond e^709", n, {0, 2550}, {0, 100}});
    return all;
}

// One channel, one unit, weights 0: the gates are what their biases make them, 1 or 0 (-1 for the cell).
inline hand_case gate_case(const std::string &name, const std::vector<int32_t> &gates,
                           const codes &expected) {
    net n({1, 2, 1});
    n.lstm({0}, 1);
    n.weights(std::vector<int8_t>(8, 0), {1.0}, gates);
    return {name, n, {1, 1}, expected};
}

inline std::vector<hand_case> lstm_cases() {
    std::vector<hand_case> all;
    // In 127ths: tanh 1/2 is 58.7, tanh 1 is 96.7, tanh 3/2 is 115.0, tanh 2 is 122.4
    all.push_back(gate_case("all open", {100, 100, 100, 100}, {97, 122}));
    all.push_back(gate_case("no input", {-100, 100, 100, 100}, {0, 0}));
    all.push_back(gate_case("no memory", {100, -100, 100, 100}, {97, 97}));
    all.push_back(gate_case("below 0", {100, 100, -100, 100}, {-97, -122}));
    all.push_back(gate_case("no output", {100, 100, 100, -100}, {0, 0}));
    all.push_back(gate_case("half the input", {0, 100, 100, 100}, {59, 97}));
    all.push_back(gate_case("half the memory", {100, 0, 100, 100}, {97, 115}));
    all.push_back(gate_case("half the output", {100, 100, 100, 0}, {48, 61}));
    // The state stops at 16 less a step: 20 ones up and 14 down leave 2, one more 1, one more 0
    net n({1, 36, 1}, 1.0, true);
    n.lstm({0}, 1);
    n.weights({0, 0, 0, 0, 100, 0, 0, 0}, {1.0}, {100, 100, 0, 100});
    std::vector<float> steps(36, -1.0F);
    for (size_t i = 0; i < 20; i++) steps[i] = 1.0F;
    hand_case c = {"limit of the state", n, steps, {97, 122, 126}};
    c.expected.resize(32, 127); // tanh 4 is 126.9 and more
    for (int code : {126, 122, 97, 0}) c.expected.push_back(static_cast<int16_t>(code));
    all.push_back(c);
    // Two sequences one after the other; two channels: x0 - x1 goes in, and nothing is kept
    n = net({2, 1, 1}, 1.0, true);
    n.slide(NPIM_LAYER_CONV, 0, {}, 1.0);
    n.weights({0, 1, 1, 0}); // swaps the channels
    n.lstm({0, 1}, 1);
    n.weights({0, 0, 0, 0, 0, 0, 1, -1, 0, 0, 0, 0}, {1.0}, {100, -100, 0, 100});
    all.push_back({"two sequences", n, {2, 1}, {82, -82}}); // tanh tanh 1 is 81.5
    // Two units: the first takes x (1, then 0), the second the first one's output of the step before.
    // The code of an output of tanh 1 is 97, and tanh 97 is 1.
    n = net({1, 2, 1});
    n.lstm({0}, 2);
    std::vector<int8_t> weight(24, 0);
    weight[4 * 3] = 100, weight[5 * 3 + 1] = 1; // cell gates of unit 0 and 1
    n.weights(weight, {1.0}, {100, 100, -100, -100, 0, 0, 100, 100});
    all.push_back({"two units", n, {1, 0}, {97, 0, 0, 97}});
    return all;
}

} // namespace value_net

#endif
