#include "sim/import/quantise_weights.h"

#include <gtest/gtest.h>

#include <cmath>
#include <cstdlib>
#include <random>
#include <vector>

namespace {

struct layer_fixture : testing::Test {
    npim_layer layer = {};
    npim_layer_tensors t = {};
    npim_error error = {};

    layer_fixture() {
        layer.kind = NPIM_LAYER_FC;
        layer.in_h = layer.in_w = layer.out_h = layer.out_w = layer.groups = 1;
        layer.kernel_h = layer.kernel_w = 1;
        layer.scale = 0.01;
        std::snprintf(layer.name, sizeof layer.name, "fc");
    }
    ~layer_fixture() override {
        for (void *p : {static_cast<void *>(t.weight_float), static_cast<void *>(t.bias_float),
                        static_cast<void *>(t.weight), static_cast<void *>(t.weight_scale),
                        static_cast<void *>(t.bias)})
            std::free(p);
    }
    static float *copy(const std::vector<float> &from) {
        auto *to = static_cast<float *>(std::malloc(from.size() * sizeof(float)));
        std::copy(from.begin(), from.end(), to);
        return to;
    }
    void fc(uint32_t rows, const std::vector<float> &weight, const std::vector<float> &bias = {}) {
        layer.in_c = rows;
        layer.out_c = static_cast<uint32_t>(weight.size()) / rows;
        t.weight_float = copy(weight);
        t.bias_float = bias.empty() ? nullptr : copy(bias);
    }
    npim_status run(double in_scale) { return npim_quantise_weights(&t, &layer, in_scale, &error); }
};

using QuantiseWeights = layer_fixture;

TEST_F(QuantiseWeights, ScaleEveryOutputByItsLargestWeight) {
    fc(3, {127 / 64.0F, -63.5F / 64, 0.0F, -254 / 64.0F, 2 / 64.0F, 3 / 64.0F}, {0.5F, -1.0F});
    ASSERT_EQ(run(0.25), NPIM_OK);
    EXPECT_EQ(t.weight_scale[0], 1 / 64.0);
    EXPECT_EQ(t.weight_scale[1], 2 / 64.0);
    const int wanted[] = {127, -64, 0, -127, 1, 2}; // 63.5 to even; 1.5 to even
    for (int i = 0; i < 6; i++) EXPECT_EQ(t.weight[i], wanted[i]) << i;
    EXPECT_EQ(t.bias[0], 128); // 0.5 / (1 / 64 x 0.25)
    EXPECT_EQ(t.bias[1], -128);
}

TEST_F(QuantiseWeights, HaveNoBiasWhereThereIsNone) {
    fc(2, {1.0F, 0.5F});
    ASSERT_EQ(run(1.0), NPIM_OK);
    EXPECT_EQ(t.bias, nullptr);
}

TEST_F(QuantiseWeights, OfZeroHaveAScaleThatItsBiasFits) {
    fc(2, {0.0F, 0.0F, 0.0F, 0.0F}, {0.0F, 3.0F});
    ASSERT_EQ(run(0.5), NPIM_OK);
    EXPECT_EQ(t.weight_scale[0], 1.0);
    EXPECT_EQ(t.bias[0], 0);
    EXPECT_NEAR(t.bias[1] * t.weight_scale[1] * 0.5, 3.0, 1e-7);
}

// A bias far above the weights would not fit 32 bit: the weights become coarser.
TEST_F(QuantiseWeights, GiveWayToALargeBias) {
    fc(2, {1e-9F, 1e-7F}, {100.0F});
    ASSERT_EQ(run(0.01), NPIM_OK);
    EXPECT_NEAR(t.bias[0] * t.weight_scale[0] * 0.01, 100.0, 1e-5);
    EXPECT_LE(std::abs(t.bias[0]), 1 << 29);
}

TEST_F(QuantiseWeights, AreHalfAStepOffAtMost) {
    std::mt19937 random(11);
    std::uniform_real_distribution<float> uniform(-3.0F, 3.0F);
    std::vector<float> weight(7 * 13), bias(7);
    for (float &w : weight) w = uniform(random);
    for (float &b : bias) b = uniform(random);
    fc(13, weight, bias);
    ASSERT_EQ(run(0.125), NPIM_OK);
    for (size_t o = 0; o < 7; o++) {
        int largest = 0;
        for (size_t r = 0; r < 13; r++) {
            EXPECT_NEAR(t.weight[o * 13 + r] * t.weight_scale[o], weight[o * 13 + r],
                        t.weight_scale[o] * 0.5001);
            largest = std::max(largest, std::abs(t.weight[o * 13 + r]));
        }
        EXPECT_EQ(largest, 127);
        EXPECT_NEAR(t.bias[o] * t.weight_scale[o] * 0.125, bias[o], t.weight_scale[o] * 0.125 * 0.5001);
    }
}

// 127 x 255 x rows must stay below 2^31.
TEST_F(QuantiseWeights, RefuseAnAccumulatorThatCouldOverflow) {
    const uint32_t rows = 66312;
    fc(rows, std::vector<float>(rows, 1.0F));
    EXPECT_EQ(run(1.0), NPIM_EUNSUPPORTED);
    EXPECT_NE(std::string(error.message).find("layer fc: the accumulator of output 0 could reach 2147514120"),
              std::string::npos)
        << error.message;
    t.weight_float[0] = t.weight_float[1] = 0.0F; // two fewer: 2147449350
    EXPECT_EQ(run(1.0), NPIM_OK);
}

// Gates of an LSTM: products of inputs and of hidden units have one size.
TEST_F(QuantiseWeights, OfAnLstmAreScaledToProductsOfOneSize) {
    layer.kind = NPIM_LAYER_LSTM;
    layer.in_c = 2;
    layer.out_c = 1;
    layer.scale = 0.01;
    std::vector<float> weight, bias;
    for (int g = 0; g < 4; g++) {
        weight.insert(weight.end(), {1.0F, -0.25F, 4.0F});
        bias.push_back(static_cast<float>(g));
    }
    t.weight_float = copy(weight);
    t.bias_float = copy(bias);
    ASSERT_EQ(run(0.1), NPIM_OK);
    for (int g = 0; g < 4; g++) {
        const double unit = t.weight_scale[g];
        EXPECT_NEAR(unit, 0.1 / 127, 1e-9); // 1.0 x 0.1 is the largest product of a code
        EXPECT_EQ(t.weight[g * 3], 127);
        EXPECT_EQ(t.weight[g * 3 + 1], -32);
        EXPECT_EQ(t.weight[g * 3 + 2], 51); // 4 x 0.01 / unit = 50.8
        EXPECT_NEAR(t.bias[g] * unit, g, unit);
    }
}

} // namespace
