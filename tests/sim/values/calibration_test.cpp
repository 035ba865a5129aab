// What calibration notes: the results of single row chunks, as the word lines carry them.
#include "tests/sim/values/layer_fixture.hpp"

namespace {

class Calibration : public testing::TestWithParam<bool> {};

TEST_P(Calibration, SumsAreExactAndChunksAreNoted) {
    const test_layer layer(4, 300, 7, 11, GetParam(), 2);
    npim_figures figures{};
    npim_products products{};
    npim_error error{};
    ASSERT_EQ(npim_figures_init(&figures, 2, &error), NPIM_OK);
    ASSERT_EQ(npim_calibration_init(&products, 128, &figures, NPIM_ISA_PORTABLE, &error), NPIM_OK);
    double squares = 0;
    int64_t largest = 0;
    for (uint32_t group = 0; group < 2; group++) {
        const std::vector<int32_t> sums = layer.run(products, group, 4);
        for (size_t i = 0; i < sums.size(); i++) {
            const size_t v = i / 7;
            const uint32_t o = uint32_t(i % 7);
            EXPECT_EQ(sums[i], layer.exact(v, o, group));
            for (uint32_t first = 0; first < 300; first += 128) {
                int64_t sum = 0;
                for (uint32_t r = first; r < std::min(300u, first + 128); r++)
                    sum += (layer.inputs[v * 300 + r] + (GetParam() ? 128 : 0)) *
                           layer.weight[(group * 7 + o) * 300 + r];
                squares += double(sum) * double(sum);
                largest = std::max(largest, std::abs(sum));
            }
        }
    }
    const npim_layer_figures &seen = figures.layers[1];
    EXPECT_EQ(seen.n_results, 2u * 7 * 11 * 3);
    EXPECT_EQ(seen.largest, largest);
    EXPECT_NEAR(seen.square_sum, squares, squares * 1e-12);
    EXPECT_EQ(figures.layers[0].n_results, 0u);
    npim_products_fini(&products);
    npim_figures_fini(&figures);
}

INSTANTIATE_TEST_SUITE_P(Inputs, Calibration, testing::Bool());

} // namespace
