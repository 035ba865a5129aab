// What is kept against the vectors that the products of the same pass were given.
#include "sim/values/kept.h"

#include "sim/values/forward.h"
#include "tests/sim/values/random_net.hpp"

#include <map>

namespace {

using namespace value_net;

// Products that remember every vector by (layer, group, number).
struct recorder {
    std::map<std::tuple<uint32_t, uint32_t, uint64_t>, codes> vectors;
    exact_products exact;
    npim_products inner = exact.products();
    npim_product_layer layer{};

    npim_products products() {
        return {this,
                [](void *engine, const npim_product_layer *l, npim_error *error) {
                    auto &r = *static_cast<recorder *>(engine);
                    r.layer = *l;
                    return r.inner.begin(r.inner.engine, l, error);
                },
                [](void *engine, const npim_product_batch *b, npim_error *error) {
                    auto &r = *static_cast<recorder *>(engine);
                    for (size_t v = 0; v < b->n; v++) {
                        const int16_t *from = b->inputs + v * r.layer.rows;
                        r.vectors[{r.layer.layer, r.layer.group, b->first + v * b->stride}] =
                            codes(from, from + r.layer.rows);
                    }
                    return r.inner.run(r.inner.engine, b, error);
                },
                [](void *engine) {
                    auto &r = *static_cast<recorder *>(engine);
                    r.inner.end(r.inner.engine);
                },
                [](void *) {}};
    }
};

void check(net &n, const std::vector<float> &values) {
    const npim_network network = n.network();
    std::vector<npim_layer_tensors> layers = n.tensors();
    const npim_tensors tensors = {layers.data(), network.n_layers, false};
    const npim_layer &input = network.layers[0], &output = network.layers[network.output];
    const size_t elements = size_t{input.out_c} * input.out_h * input.out_w, count = values.size() / elements;
    std::vector<float> copy = values;
    recorder seen;
    const npim_products products = seen.products();
    npim_kept kept{};
    npim_error error{};
    ASSERT_EQ(npim_kept_init(&kept, &network, count, &error), NPIM_OK);
    for (uint32_t l = 0; l < network.n_layers; l++)
        if (npim_layer_has_weights(&network.layers[l])) {
            ASSERT_EQ(npim_kept_want(&kept, l, &error), NPIM_OK);
        }
    codes out(count * output.out_c * output.out_h * output.out_w);
    for (size_t first = 0; first < count; first += 2) { // two images at a time
        const npim_images some = {std::min<size_t>(2, count - first), elements, first,
                                  copy.data() + first * elements,     nullptr,  0};
        ASSERT_EQ(npim_forward_observed(&network, &tensors, &some, &products, out.data(), npim_kept_take,
                                        &kept, nullptr, &error),
                  NPIM_OK)
            << error.message;
    }
    size_t n_seen = 0;
    for (uint32_t l = 0; l < network.n_layers; l++) {
        const npim_layer &layer = network.layers[l];
        if (!npim_layer_has_weights(&layer)) continue;
        const auto rows = static_cast<uint32_t>(npim_layer_rows(&layer));
        for (uint32_t group = 0; group < layer.groups; group++)
            for (size_t image = 0; image < count; image++)
                for (uint32_t y = 0; y < layer.out_h; y++)
                    for (uint32_t x = 0; x < layer.out_w; x++) {
                        const auto found =
                            seen.vectors.find({l, group, npim_kept_vector(&kept, l, image, y, x)});
                        ASSERT_NE(found, seen.vectors.end()) << layer.name;
                        codes got(rows, 999);
                        const uint32_t half = rows / 2;
                        npim_kept_inputs(&kept, l, group, image, y, x, 0, half, got.data());
                        npim_kept_inputs(&kept, l, group, image, y, x, half, rows - half, got.data() + half);
                        ASSERT_EQ(got, found->second) << layer.name << " " << y << " " << x;
                        n_seen++;
                    }
    }
    EXPECT_EQ(n_seen, seen.vectors.size());
    npim_kept_fini(&kept);
    npim_kept_fini(&kept);
}

TEST(Kept, gives_the_vectors_of_random_networks) {
    for (uint64_t seed = 1; seed <= 60; seed++) {
        SCOPED_TRACE(testing::Message() << "seed " << seed);
        random_net r(seed);
        for (int i = 0; i < 6; i++) r.grow();
        check(r.n, r.images(3));
        if (HasFatalFailure()) return;
    }
}

TEST(Kept, keeps_what_is_wanted_alone) {
    net n({2, 3, 3});
    n.fc(0, 4);
    n.fc(1, 2);
    const npim_network network = n.network();
    npim_kept kept{};
    npim_error error{};
    ASSERT_EQ(npim_kept_init(&kept, &network, 5, &error), NPIM_OK);
    ASSERT_EQ(npim_kept_want(&kept, 2, &error), NPIM_OK);
    EXPECT_EQ(kept.codes[0], nullptr);
    EXPECT_NE(kept.codes[1], nullptr);
    EXPECT_EQ(kept.codes[2], nullptr);
    const int16_t some[] = {1, 2, 3, 4, 5, 6, 7, 8};
    npim_kept_take(&kept, 0, 0, 1, some);
    npim_kept_take(&kept, 1, 3, 2, some);
    int16_t got[2];
    npim_kept_inputs(&kept, 2, 0, 4, 0, 0, 1, 2, got);
    EXPECT_EQ(got[0], 6);
    EXPECT_EQ(got[1], 7);
    npim_kept_fini(&kept);
}

} // namespace
