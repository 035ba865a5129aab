#include "sim/values/random_values.h"

#include "sim/values/infer.h"

#include <gtest/gtest.h>

#include <cmath>
#include <map>
#include <string>
#include <vector>

namespace {

struct random_values : testing::Test {
    npim_network network{};
    npim_tensors tensors{};
    npim_images images{};
    npim_inference result{};
    npim_error error{};

    ~random_values() override { clear(); }
    void clear() {
        npim_inference_fini(&result);
        npim_tensors_fini(&tensors);
        npim_images_fini(&images);
        npim_network_fini(&network);
    }
    void make(const std::string &trace, uint64_t seed, size_t n) {
        clear();
        error = {};
        ASSERT_EQ(npim_network_load(&network, (NPIM_SOURCE_DIR "/traces/" + trace).c_str(), &error), NPIM_OK)
            << error.message;
        ASSERT_EQ(npim_random_values(&network, &tensors, &images, seed, n, &error), NPIM_OK) << error.message;
    }
    void run() {
        npim_infer_request request{};
        request.isa = npim_isa_best();
        request.threads = 1;
        ASSERT_EQ(npim_infer(&result, &request, &network, &tensors, &images, &error), NPIM_OK)
            << error.message;
    }
};

TEST_F(random_values, every_layer_gets_what_values_need) {
    make("googlenet", 1, 2);
    EXPECT_TRUE(network.has_values);
    EXPECT_EQ(images.n, 2u);
    EXPECT_EQ(images.elements, size_t{3} * 224 * 224);
    for (size_t i = 0; i < 2 * images.elements; i++) {
        ASSERT_GE(images.values[i], 0.0f);
        ASSERT_LE(images.values[i], 1.0f);
    }
    for (uint32_t l = 0; l < network.n_layers; l++) {
        const npim_layer &layer = network.layers[l];
        EXPECT_GT(layer.scale, 0.0) << layer.name;
        if (!npim_layer_has_weights(&layer)) continue;
        double sum = 0, squares = 0;
        const size_t n = npim_tensors_outputs(&layer) * size_t(npim_layer_rows(&layer));
        for (size_t i = 0; i < n; i++) {
            const int w = tensors.layers[l].weight[i];
            ASSERT_GE(w, -127);
            sum += w;
            squares += w * w;
        }
        const double sigma = std::sqrt(127 * 128 / 3.0);
        EXPECT_NEAR(sum / double(n), 0, 5 * sigma / std::sqrt(double(n)) + 0.6) << layer.name;
        EXPECT_NEAR(squares / double(n), sigma * sigma, sigma * sigma * (5 / std::sqrt(double(n)) + 0.01));
    }
}

TEST_F(random_values, follow_the_seed) {
    make("mobilenet_v1", 1, 1);
    const std::vector<int8_t> weight(tensors.layers[1].weight, tensors.layers[1].weight + 864);
    const float pixel = images.values[5];
    make("mobilenet_v1", 1, 1);
    EXPECT_EQ(std::vector<int8_t>(tensors.layers[1].weight, tensors.layers[1].weight + 864), weight);
    EXPECT_EQ(images.values[5], pixel);
    make("mobilenet_v1", 2, 1);
    EXPECT_NE(std::vector<int8_t>(tensors.layers[1].weight, tensors.layers[1].weight + 864), weight);
    EXPECT_NE(images.values[5], pixel);
}

// What an LSTM reads besides has the scale and the sign of its other inputs, and fills it.
TEST_F(random_values, further_inputs_have_values_too) {
    make("neuraltalk", 1, 2);
    const npim_layer *lstm = nullptr;
    for (uint32_t l = 0; l < network.n_layers; l++)
        if (network.layers[l].kind == NPIM_LAYER_LSTM) lstm = &network.layers[l];
    ASSERT_NE(lstm, nullptr);
    const npim_layer &embed = network.layers[lstm->inputs[0]], &words = network.layers[lstm->inputs[1]];
    ASSERT_EQ(words.kind, NPIM_LAYER_INPUT);
    EXPECT_EQ(words.scale, embed.scale);
    EXPECT_EQ(words.is_signed, embed.is_signed);
    ASSERT_EQ(images.n_further, 1u);
    const npim_further_input &further = images.further[0];
    EXPECT_EQ(further.layer, lstm->inputs[1]);
    EXPECT_EQ(further.elements, size_t{512} * 19);
    const size_t n = 2 * further.elements;
    double sum = 0, squares = 0;
    for (size_t i = 0; i < n; i++) {
        const double code = double(further.values[i]) / words.scale;
        ASSERT_LE(std::fabs(code), 127.001);
        sum += code, squares += code * code;
    }
    EXPECT_NEAR(sum / double(n), 0, 5 * 73.4 / std::sqrt(double(n)));
    EXPECT_NEAR(std::sqrt(squares / double(n)), 127 / std::sqrt(3.0), 1.5);
    EXPECT_NE(further.values[0], further.values[further.elements]) << "another image";
    EXPECT_GT(std::fabs(double(further.values[0]) / words.scale / 127 - (2 * double(images.values[0]) - 1)),
              1e-6)
        << "numbers of its own";
    const std::vector<float> before(further.values, further.values + 20);
    make("neuraltalk", 1, 2);
    EXPECT_EQ(before, std::vector<float>(images.further[0].values, images.further[0].values + 20));
}

// Codes neither fade nor pile up at their limits, however deep the network.
class random_depth : public random_values, public testing::WithParamInterface<const char *> {};

TEST_P(random_depth, SlowCodesStaySpread) {
    make(GetParam(), 1, 1);
    run();
    std::map<int16_t, size_t> seen;
    for (size_t i = 0; i < result.elements; i++) seen[result.codes[i]]++;
    const bool is_signed = network.layers[network.output].is_signed;
    EXPECT_GT(seen.size(), 30u);
    EXPECT_LT(seen[is_signed ? -127 : 0] + seen[is_signed ? 127 : 255], result.elements / 4);
}

INSTANTIATE_TEST_SUITE_P(traces, random_depth,
                         testing::Values("mobilenet_v1", "googlenet", "resnet50", "alexnet", "vgg16",
                                         "neuraltalk"));

} // namespace
