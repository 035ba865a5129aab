// The network that is shipped: what it gets right of the test images, in real numbers and in integers.
#include "tests/sim/import/onnx_fixture.hpp"

#include "sim/values/forward.h"
#include "sim/values/reference.h"

#include <algorithm>

namespace {

using namespace import_test;

struct digits : testing::Test {
    const std::string folder = NPIM_SOURCE_DIR "/traces/digits";
    npim_network network = {};
    npim_tensors tensors = {};
    npim_images images = {};
    uint32_t *labels = nullptr;
    npim_error error = {};

    void SetUp() override {
        ASSERT_EQ(npim_network_load(&network, folder.c_str(), &error), NPIM_OK) << error.message;
        ASSERT_TRUE(network.has_values);
        ASSERT_EQ(npim_tensors_load(&tensors, &network, folder.c_str(), &error), NPIM_OK) << error.message;
        ASSERT_EQ(npim_images_read(&images, &network, (folder + "/images.npy").c_str(), &error), NPIM_OK)
            << error.message;
        ASSERT_EQ(images.n, 360u);
        ASSERT_EQ(npim_labels_read(&labels, (folder + "/labels.npy").c_str(), images.n, 10, &error), NPIM_OK)
            << error.message;
    }
    void TearDown() override {
        std::free(labels);
        npim_images_fini(&images);
        npim_tensors_fini(&tensors);
        npim_network_fini(&network);
    }
    template <typename number> double accuracy(const std::vector<number> &scores) const {
        std::size_t right = 0;
        for (std::size_t i = 0; i < images.n; i++) {
            const number *first = &scores[i * 10];
            right += static_cast<std::size_t>(std::max_element(first, first + 10) - first) == labels[i];
        }
        return static_cast<double>(right) / static_cast<double>(images.n);
    }
};

using Digits = digits;

// Exact sums.
npim_status begin(void *engine, const npim_product_layer *layer, npim_error *) {
    *static_cast<const npim_product_layer **>(engine) = layer;
    return NPIM_OK;
}

npim_status run(void *engine, const npim_product_batch *b, npim_error *) {
    const npim_product_layer &l = **static_cast<const npim_product_layer **>(engine);
    for (std::size_t v = 0; v < b->n; v++)
        for (std::size_t o = 0; o < l.outputs; o++) {
            int32_t sum = 0;
            for (std::size_t r = 0; r < l.rows; r++)
                sum += b->inputs[v * l.rows + r] * l.weight[o * l.rows + r];
            b->sums[v * l.outputs + o] = sum;
        }
    return NPIM_OK;
}

TEST_F(Digits, AreReadInRealNumbersAndInIntegers) {
    std::vector<float> scores(images.n * 10);
    ASSERT_EQ(
        npim_forward_float(&network, &tensors, &images, scores.data(), nullptr, nullptr, nullptr, &error),
        NPIM_OK)
        << error.message;
    std::vector<int16_t> codes(scores.size()), plain(scores.size());
    const npim_product_layer *programmed = nullptr;
    const npim_products products = {&programmed, begin, run, [](void *) {}, nullptr};
    ASSERT_EQ(npim_forward(&network, &tensors, &images, &products, codes.data(), nullptr, &error), NPIM_OK);
    ASSERT_EQ(npim_reference(&network, &tensors, &images, nullptr, plain.data(), nullptr, &error), NPIM_OK);
    EXPECT_EQ(codes, plain);
    EXPECT_GE(accuracy(scores), 0.97);
    EXPECT_GE(accuracy(codes), accuracy(scores) - 0.01);
    RecordProperty("accuracy_float", std::to_string(accuracy(scores)));
    RecordProperty("accuracy_int8", std::to_string(accuracy(codes)));
}

} // namespace
