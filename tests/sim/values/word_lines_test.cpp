#include "sim/values/word_lines.h"

#include <gtest/gtest.h>

#include <vector>

namespace {

struct Layer : testing::Test {
    const std::vector<int8_t> weight{1, -2, 3, -127, 127, 0, 5, 6, 7, 8};
    const std::vector<int16_t> inputs{0, 255, -127, 127, 5, 200, 1, 0, -1, -127};
    npim_product_layer layer{};
    npim_product_batch batch{};
    std::vector<int32_t> sums{10, 20, 30, 40};

    Layer() {
        layer.rows = 5;
        layer.outputs = 2;
        layer.weight = weight.data();
        layer.signed_from = 2;
        batch.n = 2;
        batch.inputs = inputs.data();
        batch.sums = sums.data();
    }
};

TEST_F(Layer, SignedRowsCarryTheirCodeAnd128) {
    std::vector<int16_t> lines(10);
    npim_word_lines(&layer, &batch, 0, 5, lines.data());
    EXPECT_EQ(lines, (std::vector<int16_t>{0, 255, 1, 255, 133, 200, 1, 128, 127, 1}));
    lines.assign(4, -1);
    npim_word_lines(&layer, &batch, 1, 2, lines.data()); // rows of one chunk
    EXPECT_EQ(lines, (std::vector<int16_t>{255, 1, 1, 128}));
}

TEST_F(Layer, TheExcessIsWhat128TimesTheSignedRowsMakes) {
    EXPECT_EQ(npim_word_line_excess(&layer, 0), 128 * (3 - 127 + 127));
    EXPECT_EQ(npim_word_line_excess(&layer, 1), 128 * (6 + 7 + 8) + 128 * 0);
    npim_take_excess(&layer, &batch);
    EXPECT_EQ(sums, (std::vector<int32_t>{10 - 384, 20 - 2688, 30 - 384, 40 - 2688}));
}

TEST_F(Layer, NoSignedRowsNoExcess) {
    layer.signed_from = 5;
    npim_take_excess(&layer, &batch);
    EXPECT_EQ(sums, (std::vector<int32_t>{10, 20, 30, 40}));
    EXPECT_EQ(npim_word_line_excess(&layer, 0), 0);
}

} // namespace
