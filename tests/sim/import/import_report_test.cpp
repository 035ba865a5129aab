#include "sim/import/import_report.h"

#include <cstdlib>
#include <cstring>
#include <memory>
#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace {

using json_ptr = std::unique_ptr<cJSON, decltype(&cJSON_Delete)>;

// An image of 2 x 3 x 3, a convolution of 4 channels and a pooling layer.
class ImportReport : public testing::Test {
  protected:
    ImportReport() {
        npim_layer &image = layers[0], &conv = layers[1], &pool = layers[2];
        image.kind = NPIM_LAYER_INPUT;
        image.out_c = 2, image.out_h = 3, image.out_w = 3;
        image.scale = 0.5, image.is_signed = true;
        conv.kind = NPIM_LAYER_CONV;
        std::strcpy(conv.name, "conv");
        std::strcpy(conv.tensors, "1_conv");
        conv.activation = NPIM_ACTIVATION_RELU;
        conv.n_inputs = 1;
        conv.in_c = 2, conv.in_h = conv.in_w = 3;
        conv.out_c = 4, conv.out_h = 2, conv.out_w = 2;
        conv.kernel_h = conv.kernel_w = 2, conv.groups = 1;
        conv.scale = 0.25;
        pool.kind = NPIM_LAYER_GLOBALPOOL;
        std::strcpy(pool.name, "pool");
        pool.n_inputs = 1, pool.inputs[0] = 1;
        pool.in_c = pool.out_c = 4, pool.in_h = pool.in_w = 2, pool.out_h = pool.out_w = 1;
        pool.scale = 2, pool.is_signed = true;
        std::strcpy(network.name, "small");
        tensors_of[1].weight = weight.data();
        tensors_of[1].weight_scale = weight_scale.data();
        tensors_of[1].bias = bias.data();
    }
    std::string item(const cJSON *from, const char *key) const {
        char *text = cJSON_PrintUnformatted(cJSON_GetObjectItemCaseSensitive(from, key));
        const std::string copy = text ? text : "none";
        std::free(text);
        return copy;
    }

    std::vector<npim_layer> layers = std::vector<npim_layer>(3);
    std::vector<npim_layer_tensors> tensors_of = std::vector<npim_layer_tensors>(3);
    std::vector<int8_t> weight = std::vector<int8_t>(32, 1);
    std::vector<double> weight_scale = {0.5, 0.125, 4, 1};
    std::vector<int32_t> bias = {1, 2, 3, 4};
    npim_network network = {{}, layers.data(), 3, 2, true};
    npim_tensors tensors = {tensors_of.data(), 3, false};
    npim_imported imported = {&network, &tensors, {7, 1, 2, 3, 4}, "small.onnx", NPIM_CALIBRATION_MSE, 12};
};

TEST_F(ImportReport, JsonHasTheWholeAndTheLayers) {
    const json_ptr root(npim_import_json(&imported), cJSON_Delete);
    EXPECT_EQ(item(root.get(), "network"), "\"small\"");
    EXPECT_EQ(item(root.get(), "model"), "\"small.onnx\"");
    EXPECT_EQ(item(root.get(), "calibration"), "\"mse\"");
    EXPECT_EQ(item(root.get(), "images"), "12");
    EXPECT_EQ(item(root.get(), "weights"), "32");
    EXPECT_EQ(item(root.get(), "macs"), "128"); // 4 channels of 2 x 2 pixels, 8 rows each
    EXPECT_EQ(item(root.get(), "kinds"), "{\"conv\":1,\"globalpool\":1}");
    EXPECT_EQ(item(root.get(), "folded"),
              "{\"nodes\":7,\"constants\":1,\"scales\":2,\"activations\":3,\"unused\":4}");
    EXPECT_EQ(item(root.get(), "input"),
              "{\"out\":[2,3,3],\"scale\":0.5,\"signed\":true,\"min\":-63.5,\"max\":63.5}");
    const cJSON *list = cJSON_GetObjectItemCaseSensitive(root.get(), "layers");
    ASSERT_EQ(cJSON_GetArraySize(list), 2);
    const cJSON *conv = cJSON_GetArrayItem(list, 0), *pool = cJSON_GetArrayItem(list, 1);
    EXPECT_EQ(item(conv, "name"), "\"conv\"");
    EXPECT_EQ(item(conv, "kind"), "\"conv\"");
    EXPECT_EQ(item(conv, "inputs"), "[\"input\"]");
    EXPECT_EQ(item(conv, "activation"), "\"relu\"");
    EXPECT_EQ(item(conv, "out"), "[4,2,2]");
    EXPECT_EQ(item(conv, "min") + ".." + item(conv, "max"), "0..63.75");
    EXPECT_EQ(item(conv, "weights"), "32");
    EXPECT_EQ(item(conv, "macs"), "128");
    EXPECT_EQ(item(conv, "bias"), "true");
    EXPECT_EQ(item(conv, "weight_scale_min"), "0.125");
    EXPECT_EQ(item(conv, "weight_scale_max"), "4");
    EXPECT_EQ(item(conv, "files"), "[\"1_conv.weight.npy\",\"1_conv.weight_scale.npy\",\"1_conv.bias.npy\"]");
    EXPECT_EQ(item(pool, "inputs"), "[\"conv\"]");
    EXPECT_EQ(item(pool, "min") + ".." + item(pool, "max"), "-254..254");
    EXPECT_EQ(item(pool, "weights"), "none");
    EXPECT_EQ(item(pool, "files"), "[]");
}

TEST_F(ImportReport, AMissingBiasIsSaid) {
    tensors_of[1].bias = nullptr;
    const json_ptr root(npim_import_json(&imported), cJSON_Delete);
    const cJSON *conv = cJSON_GetArrayItem(cJSON_GetObjectItemCaseSensitive(root.get(), "layers"), 0);
    EXPECT_EQ(item(conv, "bias"), "false");
    EXPECT_EQ(item(conv, "files"), "[\"1_conv.weight.npy\",\"1_conv.weight_scale.npy\"]");
}

TEST_F(ImportReport, TextIsOneLine) {
    char *text = npim_import_text(&imported);
    EXPECT_STREQ(text,
                 "small: 2 layers, 32 weights, 128 multiply-accumulates per image, calibrated on 12 images "
                 "(mse)\n");
    std::free(text);
}

} // namespace
