#include "sim/import/quantise.h"

#include "tests/sim/values/value_net.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <cstdlib>
#include <limits>

namespace {

using value_net::net;

// A hand-made network with tensors that may be freed.
struct owned {
    npim_network network;
    npim_tensors tensors = {};
    npim_error error = {};

    explicit owned(net &n) : network(n.network()) {
        network.has_values = false;
        EXPECT_EQ(npim_tensors_init(&tensors, network.n_layers, &error), NPIM_OK);
        const auto from = n.tensors();
        for (uint32_t l = 0; l < network.n_layers; l++) {
            const npim_layer &layer = network.layers[l];
            npim_layer_tensors &t = tensors.layers[l];
            t.factor = copy(from[l].factor, from[l].n_factor);
            t.offset = copy(from[l].offset, from[l].n_factor);
            t.n_factor = from[l].n_factor;
            t.index = copy(from[l].index, size_t{layer.out_c} * layer.out_h * layer.out_w);
        }
        tensors.has_float = true;
    }
    owned(const owned &) = delete;
    owned &operator=(const owned &) = delete;
    ~owned() { npim_tensors_fini(&tensors); }

    template <typename number> static number *copy(const number *from, size_t n) {
        if (!from) return nullptr;
        auto *to = static_cast<number *>(std::malloc(n * sizeof(number)));
        std::copy(from, from + n, to);
        return to;
    }

    void weights(uint32_t layer, const std::vector<float> &weight) {
        tensors.layers[layer].weight_float = copy(weight.data(), weight.size());
    }
    npim_status run(std::vector<float> values, npim_calibration calibration = NPIM_CALIBRATION_MAX,
                    const npim_stop *stop = nullptr) {
        const size_t size =
            size_t{network.layers[0].out_c} * network.layers[0].out_h * network.layers[0].out_w;
        const npim_images images = {values.size() / size, size, 0, values.data(), nullptr, 0};
        return npim_quantise(&network, &tensors, &images, calibration, stop, &error);
    }
    const npim_layer &at(uint32_t l) const { return network.layers[l]; }
};

TEST(Quantise, TakesTheImageAsItWasSeen) {
    net a({1, 1, 3});
    a.add(NPIM_LAYER_ACTIVATION, {0}).activation = NPIM_ACTIVATION_RELU;
    owned positive(a);
    ASSERT_EQ(positive.run({0.0F, 5.1F, 2.0F}), NPIM_OK) << positive.error.message;
    EXPECT_FALSE(positive.at(0).is_signed);
    EXPECT_NEAR(positive.at(0).scale, 5.1 / 255, 1e-8);
    EXPECT_TRUE(positive.network.has_values);
    ASSERT_EQ(positive.run({-2.54F, 1.0F, 2.0F}), NPIM_OK);
    EXPECT_TRUE(positive.at(0).is_signed);
    EXPECT_NEAR(positive.at(0).scale, 0.02, 1e-8);
}

// Signs follow from what a layer can give, not from what it happened to give.
TEST(Quantise, KnowsWhichLayersCanBeNegative) {
    net n({1, 1, 2});
    n.add(NPIM_LAYER_ACTIVATION, {0}).activation = NPIM_ACTIVATION_TANH;    // 1: the image's sign
    n.add(NPIM_LAYER_ACTIVATION, {1}).activation = NPIM_ACTIVATION_SIGMOID; // 2: positive
    n.add(NPIM_LAYER_SUB, {2, 1});                                          // 3: signed
    n.add(NPIM_LAYER_ADD, {2, 3});                                          // 4: signed
    n.add(NPIM_LAYER_ADD, {3, 4}).activation = NPIM_ACTIVATION_RELU;        // 5: positive
    n.add(NPIM_LAYER_MUL, {2, 5});                                          // 6: positive
    n.add(NPIM_LAYER_SCALE, {6});                                           // 7: positive
    n.factors({2.0F}, {1.0F});
    n.add(NPIM_LAYER_SCALE, {7}); // 8: signed
    n.factors({2.0F}, {-0.001F});
    npim_layer &clip = n.add(NPIM_LAYER_ACTIVATION, {8}); // 9: positive
    clip.activation = NPIM_ACTIVATION_CLIP, clip.clip_min = 0.0, clip.clip_max = 2.0;
    n.fc(9, 1);                                     // 10: signed, although no weight is negative
    n.fc(10, 1).activation = NPIM_ACTIVATION_RELU6; // 11: positive
    owned o(n);
    o.weights(10, {1.0F, 1.0F});
    o.weights(11, {1.0F});
    ASSERT_EQ(o.run({0.5F, 1.0F}), NPIM_OK) << o.error.message;
    const bool wanted[] = {false, false, false, true, true, false, false, false, true, false, true, false};
    for (uint32_t l = 0; l < o.network.n_layers; l++)
        EXPECT_EQ(o.at(l).is_signed, wanted[l]) << "layer " << l;
    ASSERT_EQ(o.run({-0.5F, 1.0F}), NPIM_OK);
    EXPECT_TRUE(o.at(1).is_signed);
}

TEST(Quantise, KeepsTheCodesOfWhatIsHandedOn) {
    net n({1, 4, 4});
    npim_layer &pool = n.slide(NPIM_LAYER_MAXPOOL, 0, {2, 2, 2, 2});
    (void)pool;
    n.add(NPIM_LAYER_FLATTEN, {1});
    n.add(NPIM_LAYER_GATHER, {2});
    n.index({3, 2, 1, -1});
    n.slide(NPIM_LAYER_AVGPOOL, 0, {2, 2, 2, 2});
    n.add(NPIM_LAYER_GLOBALPOOL, {0});
    owned o(n);
    o.network.output = 3;
    std::vector<float> x(16, -1.0F);
    x[0] = 12.7F;
    ASSERT_EQ(o.run(x), NPIM_OK) << o.error.message;
    for (uint32_t l = 0; l <= 3; l++) {
        EXPECT_NEAR(o.at(l).scale, 0.1, 1e-7) << l;
        EXPECT_TRUE(o.at(l).is_signed) << l;
    }
    EXPECT_NEAR(o.at(4).scale, (12.7 - 3) / 4 / 127, 1e-7); // averages are smaller
    EXPECT_NEAR(o.at(5).scale, (15 - 12.7) / 16 / 127, 1e-7);
}

TEST(Quantise, TakesAllImagesTogether) {
    net n({1, 1, 2});
    n.add(NPIM_LAYER_ACTIVATION, {0}).activation = NPIM_ACTIVATION_RELU;
    owned o(n);
    ASSERT_EQ(o.run({1.0F, 2.0F, 7.65F, 0.0F, 1.0F, 1.0F}), NPIM_OK);
    EXPECT_NEAR(o.at(1).scale, 7.65 / 255, 1e-8);
}

TEST(Quantise, HasAScaleEvenWhereThereIsNothing) {
    net n({1, 1, 2});
    n.add(NPIM_LAYER_ACTIVATION, {0}).activation = NPIM_ACTIVATION_RELU;
    owned o(n);
    for (const auto c : {NPIM_CALIBRATION_MAX, NPIM_CALIBRATION_PERCENTILE, NPIM_CALIBRATION_MSE}) {
        ASSERT_EQ(o.run({0.0F, 0.0F}, c), NPIM_OK);
        EXPECT_EQ(o.at(0).scale, 1.0);
        EXPECT_EQ(o.at(1).scale, 1.0);
    }
}

TEST(Quantise, ClipsWhereTheCalibrationSays) {
    net n({1, 100, 200});
    n.add(NPIM_LAYER_ACTIVATION, {0}).activation = NPIM_ACTIVATION_RELU;
    owned o(n);
    std::vector<float> x(20000);
    for (size_t i = 0; i < x.size(); i++) x[i] = static_cast<float>(i % 1000) / 1000;
    x[77] = 40.0F;
    ASSERT_EQ(o.run(x, NPIM_CALIBRATION_MAX), NPIM_OK);
    EXPECT_NEAR(o.at(1).scale * 255, 40.0, 1e-6);
    ASSERT_EQ(o.run(x, NPIM_CALIBRATION_PERCENTILE), NPIM_OK);
    EXPECT_NEAR(o.at(1).scale * 255, 1.0, 0.02);
    ASSERT_EQ(o.run(x, NPIM_CALIBRATION_MSE), NPIM_OK);
    EXPECT_LT(o.at(1).scale * 255, 40.0);
    EXPECT_GT(o.at(1).scale * 255, 1.0);
}

TEST(Quantise, RefusesAnLstmOfSeveralInputs) {
    net n({1, 2, 1});
    n.add(NPIM_LAYER_ACTIVATION, {0}).activation = NPIM_ACTIVATION_TANH;
    n.lstm({0, 1}, 1);
    owned o(n);
    o.weights(2, std::vector<float>(8, 0.5F));
    EXPECT_EQ(o.run({0.5F, 0.25F}), NPIM_EUNSUPPORTED);
    EXPECT_NE(std::string(o.error.message).find("an lstm of 2 inputs"), std::string::npos) << o.error.message;
}

TEST(Quantise, RefusesValuesThatAreNotFinite) {
    net n({1, 1, 2});
    n.fc(0, 1);
    owned o(n);
    o.weights(1, {3e38F, 3e38F});
    EXPECT_EQ(o.run({3.0F, 3.0F}), NPIM_ECONFIG) << o.error.message;
    EXPECT_FALSE(o.network.has_values);
}

TEST(Quantise, Stops) {
    net n({1, 1, 2});
    n.add(NPIM_LAYER_ACTIVATION, {0}).activation = NPIM_ACTIVATION_RELU;
    owned o(n);
    const npim_stop stop = {[](void *) { return true; }, nullptr};
    EXPECT_EQ(o.run({1.0F, 2.0F}, NPIM_CALIBRATION_MAX, &stop), NPIM_EINTERRUPTED);
}

} // namespace
