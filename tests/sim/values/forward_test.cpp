#include "sim/values/forward.h"

#include "tests/hw/support.hpp"
#include "tests/sim/values/random_net.hpp"

#include <set>

using namespace value_net;

namespace {

// Two branches of the image that come together.
net branches() {
    net n({1, 2, 2}, 1.0, true);
    net::window w;
    w.kernel_h = 2;
    n.slide(NPIM_LAYER_CONV, 0, w); // 1: sums of columns
    n.weights({1, 1});
    n.slide(NPIM_LAYER_MAXPOOL, 0, w); // 2: maxima of columns
    n.add(NPIM_LAYER_CONCAT, {1, 2, 1});
    n.fc(3, 1);
    n.weights({1, 0, 0, 10, 0, 3});
    return n;
}

} // namespace

// Columns 1 3 and 2 4: sums 4 and 6, maxima 3 and 4: 4 + 10 4 + 3 6
TEST(forward, images_one_after_another) {
    net n = branches();
    EXPECT_EQ(run(n, {}, pass::forward).status, NPIM_OK);
    EXPECT_EQ(run(n, {1, 2, 3, 4}, pass::forward).out, codes{62});
    EXPECT_EQ(run(n, {1, 2, 3, 4, 0, 0, 0, 0, -1, 1, -1, 2}, pass::forward).out, (codes{62, 0, 27}));
}

// The image itself may be the output, and codes are rounded and bounded as they come in.
TEST(forward, of_no_layer_gives_the_image) {
    net n({1, 1, 5}, 0.5);
    EXPECT_EQ(run(n, {0.25F, 0.75F, -1, 127.5F, 200}, pass::forward).out, (codes{0, 2, 0, 255, 255}));
    EXPECT_EQ(run(n, {0.25F, 0.75F, -1, 127.5F, 200}, pass::reference).out, (codes{0, 2, 0, 255, 255}));
}

TEST(forward, stops_between_layers) {
    for (int after = 0; after < 4; after++) {
        net n = branches();
        std::pair<int, int> asked(0, after);
        const npim_stop stop = {[](void *context) {
                                    auto *count = static_cast<std::pair<int, int> *>(context);
                                    return ++count->first > count->second;
                                },
                                &asked};
        const outcome o = run(n, {1, 2, 3, 4}, pass::forward, &stop);
        EXPECT_EQ(o.status, NPIM_EINTERRUPTED) << after;
        EXPECT_EQ(asked.first, after + 1); // no further question
    }
}

TEST(forward, needs_values_for_further_inputs) {
    net n({1, 1, 2});
    n.add(NPIM_LAYER_INPUT, {});
    n.add(NPIM_LAYER_ADD, {0, 1});
    const outcome o = run(n, {1, 2}, pass::forward);
    EXPECT_EQ(o.status, NPIM_ECONFIG);
    EXPECT_NE(o.message.find("input1"), std::string::npos) << o.message;
}

// All three passes read them; images in the middle of a batch read their own.
TEST(forward, reads_further_inputs) {
    net n({1, 1, 2});
    n.add(NPIM_LAYER_INPUT, {}, 0.5);
    n.add(NPIM_LAYER_ADD, {0, 1});
    const npim_network network = n.network();
    std::vector<npim_layer_tensors> layers = n.tensors();
    const npim_tensors tensors = {layers.data(), network.n_layers, true};
    std::vector<float> image = {1, 2, 3, 4, 5, 6}, more = {10, 20, 30, 40, 50, 60};
    npim_further_input further = {1, 2, more.data()};
    exact_products exact;
    const npim_products products = exact.products();
    for (size_t first : {0u, 1u}) {
        const npim_images images = {2, 2, first, image.data() + 2 * first, &further, 1};
        const codes want = first == 0 ? codes{11, 22, 33, 44} : codes{33, 44, 55, 66};
        codes out(4), plain(4);
        std::vector<float> real(4);
        npim_error error = {};
        ASSERT_EQ(npim_forward(&network, &tensors, &images, &products, out.data(), nullptr, &error), NPIM_OK)
            << error.message;
        EXPECT_EQ(out, want);
        ASSERT_EQ(npim_reference(&network, &tensors, &images, nullptr, plain.data(), nullptr, &error),
                  NPIM_OK);
        EXPECT_EQ(plain, want);
        ASSERT_EQ(
            npim_forward_float(&network, &tensors, &images, real.data(), nullptr, nullptr, nullptr, &error),
            NPIM_OK);
        EXPECT_EQ(codes(real.begin(), real.end()), want);
    }
}

// Every layer of a random network is once the output, and both passes agree on it.
TEST(forward, equals_the_reference_on_random_networks) {
    const uint64_t seed = test_seed(501);
    std::set<npim_layer_kind> kinds;
    size_t inner = 0, all = 0;
    for (uint64_t i = 0; i < 400; i++) {
        SCOPED_TRACE("network " + std::to_string(i));
        random_net r(seed + i);
        const uint32_t layers = 1 + r.below(6);
        const size_t images = 1 + r.below(3);
        for (uint32_t l = 0; l < layers; l++) {
            r.grow();
            const std::vector<float> values = r.images(images);
            const outcome fast = run(r.n, values, pass::forward), plain = run(r.n, values, pass::reference);
            const npim_layer &last = r.n.layer(r.n.last());
            ASSERT_EQ(fast.status, NPIM_OK) << fast.message;
            ASSERT_EQ(plain.status, NPIM_OK) << plain.message;
            ASSERT_EQ(fast.out, plain.out) << last.name << " after " << l << " layers";
            kinds.insert(last.kind);
            for (int16_t code : fast.out) inner += code != 0 && code > -127 && code < 127;
            all += fast.out.size();
        }
    }
    EXPECT_EQ(kinds.size(), size_t{NPIM_LAYER_GATHER}); // all but the input
    EXPECT_GT(inner, all / 3);                          // and what is compared is no row of limits
}
