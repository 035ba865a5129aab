#include "sim/values/forward_float.h"

#include "tests/hw/support.hpp"
#include "tests/sim/values/float_cases.hpp"
#include "tests/sim/values/random_net.hpp"

#include <set>

using namespace value_net;

namespace {

// x, then 2 x + 1, then the maximum of both as one value.
net small() {
    net n({1, 1, 2});
    n.slide(NPIM_LAYER_CONV, 0, {});
    n.weights({2}, {1.0}, {1});
    net::window w;
    w.kernel_w = 2;
    n.slide(NPIM_LAYER_MAXPOOL, 1, w);
    n.make_floats();
    return n;
}

struct seen {
    std::vector<uint32_t> layers;
    std::vector<size_t> images;
    std::vector<float> first; // values
};

void look(void *context, uint32_t layer, size_t image, const float *values) {
    auto *s = static_cast<seen *>(context);
    s->layers.push_back(layer), s->images.push_back(image), s->first.push_back(values[0]);
}

} // namespace

TEST(forward_float, shows_every_layer_of_every_image) {
    net n = small();
    seen s;
    const float_outcome o = run_float(n, {1, 2, -0.5F, -1}, nullptr, look, &s);
    EXPECT_EQ(o.status, NPIM_OK);
    EXPECT_EQ(o.out, (std::vector<float>{5, 0}));
    EXPECT_EQ(s.layers, (std::vector<uint32_t>{0, 1, 2, 0, 1, 2}));
    EXPECT_EQ(s.images, (std::vector<size_t>{0, 0, 0, 1, 1, 1}));
    EXPECT_EQ(s.first, (std::vector<float>{1, 3, 5, -0.5F, 0, 0}));
    EXPECT_EQ(run_float(n, {}).status, NPIM_OK);
}

TEST(forward_float, needs_no_outputs) {
    net n = small();
    const npim_network network = n.network();
    std::vector<npim_layer_tensors> layers = n.tensors();
    const npim_tensors tensors = {layers.data(), network.n_layers, true};
    std::vector<float> image = {1, 2};
    const npim_images images = {1, 2, 0, image.data(), nullptr, 0};
    seen s;
    EXPECT_EQ(npim_forward_float(&network, &tensors, &images, nullptr, look, &s, nullptr, nullptr), NPIM_OK);
    EXPECT_EQ(s.first, (std::vector<float>{1, 3, 5}));
}

TEST(forward_float, activations_as_attributes) {
    net n({3, 1, 1}, 1.0, true);
    n.slide(NPIM_LAYER_CONV, 0, {}).activation = NPIM_ACTIVATION_SOFTMAX;
    n.layer(1).groups = 3;
    n.weights({1, 1, 1});
    n.make_floats();
    const std::vector<float> out = run_float(n, {0, 0, 0}).out;
    for (float x : out) EXPECT_NEAR(double{x}, 1.0 / 3, 1e-7);
    n.layer(1).activation = NPIM_ACTIVATION_RELU6;
    EXPECT_EQ(run_float(n, {-1, 5.5F, 7}).out, (std::vector<float>{0, 5.5F, 6}));
}

TEST(forward_float, names_the_layer_of_what_is_not_finite) {
    net n = small();
    const float_outcome o = run_float(n, {1, 2, 3e38F, 1});
    EXPECT_EQ(o.status, NPIM_ECONFIG);
    EXPECT_EQ(o.message, "layer conv1: image 1: element 0 is not a finite number");
}

TEST(forward_float, stops_and_needs_values_for_further_inputs) {
    net n = small();
    int asked = 0;
    const npim_stop stop = {[](void *context) { return ++*static_cast<int *>(context) > 2; }, &asked};
    seen s;
    EXPECT_EQ(run_float(n, {1, 2, 3, 4}, &stop, look, &s).status, NPIM_EINTERRUPTED);
    EXPECT_EQ(s.layers.size(), 4u); // the layers of an image and the next one
    net two({1, 1, 1});
    two.add(NPIM_LAYER_INPUT, {});
    const float_outcome o = run_float(two, {1});
    EXPECT_EQ(o.status, NPIM_ECONFIG);
    EXPECT_NE(o.message.find("input1"), std::string::npos) << o.message;
}

// One layer of any kind on numbers that codes stand for exactly: the reference's code is the real value
// within half a step. In an LSTM of more than one step, codes of hidden units are fed back: there it is a few
// steps.
TEST(forward_float, is_what_the_reference_rounds) {
    const uint64_t seed = test_seed(504);
    std::set<npim_layer_kind> kinds;
    for (uint64_t i = 0; i < 2000; i++) {
        SCOPED_TRACE("network " + std::to_string(i));
        random_net r(seed + i);
        r.grow();
        r.n.make_floats();
        const npim_layer &last = r.n.layer(r.n.last());
        const std::vector<float> values = r.images(2, 0);
        const outcome plain = run(r.n, values, pass::reference);
        const float_outcome real = run_float(r.n, values);
        ASSERT_EQ(real.status, NPIM_OK) << real.message;
        const bool lstm = last.kind == NPIM_LAYER_LSTM;
        expect_near(last, real.out, plain.out, lstm ? (last.out_h > 1 ? 6.0 : 0.6) : 0.501);
        if (HasFailure()) return;
        kinds.insert(last.kind);
    }
    EXPECT_EQ(kinds.size(), size_t{NPIM_LAYER_GATHER}); // all but the input
}
