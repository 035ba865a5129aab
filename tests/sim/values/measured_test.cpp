#include "sim/values/measured.h"

#include "tests/sim/values/layer_fixture.hpp"

namespace {

// Exact sums, and one more error with every sum: 0, 1, 2, 0, 1, ...
struct wrong {
    const test_layer *layer;
    int begun = 0, ended = 0;
    npim_status status = NPIM_OK;
    static npim_status begin(void *engine, const npim_product_layer *, npim_error *) {
        static_cast<wrong *>(engine)->begun++;
        return NPIM_OK;
    }
    static npim_status run(void *engine, const npim_product_batch *b, npim_error *error) {
        const auto *w = static_cast<wrong *>(engine);
        const uint32_t outputs = w->layer->outputs;
        for (size_t i = 0; i < b->n * outputs; i++) {
            const size_t number = b->first * outputs + i;
            b->sums[i] =
                int32_t(w->layer->exact(b->first + i / outputs, uint32_t(i % outputs)) + int64_t(number % 3));
        }
        return w->status == NPIM_OK ? NPIM_OK : npim_fail(error, w->status, "no");
    }
    static void end(void *engine) { static_cast<wrong *>(engine)->ended++; }
    npim_products products() {
        return {this, begin, run, end, [](void *) {}};
    }
};

struct Measured : testing::Test {
    const test_layer layer{6, 40, 3, 7};
    wrong inner{&layer};
    npim_products within = inner.products(), products{};
    npim_figures figures{};
    npim_error error{};

    void SetUp() override {
        ASSERT_EQ(npim_figures_init(&figures, 2, &error), NPIM_OK);
        ASSERT_EQ(npim_measured_init(&products, &within, &figures, NPIM_ISA_PORTABLE, &error), NPIM_OK);
    }
    void TearDown() override {
        npim_products_fini(&products);
        npim_figures_fini(&figures);
    }
};

TEST_F(Measured, PassesSumsOnAndCountsHowFarTheyAre) {
    const std::vector<int32_t> sums = layer.run(products, 0, 3);
    double sum = 0, squares = 0;
    for (size_t i = 0; i < sums.size(); i++) {
        const double exact = double(layer.exact(i / 3, uint32_t(i % 3)));
        EXPECT_EQ(sums[i], exact + double(i % 3));
        sum += exact;
        squares += exact * exact;
    }
    const npim_layer_figures &f = figures.layers[1];
    EXPECT_EQ(f.n_sums, 21u);
    EXPECT_EQ(f.signal_sum, sum);
    EXPECT_EQ(f.signal_squares, squares);
    EXPECT_EQ(f.error_squares, 7 * (0 + 1 + 4));
    EXPECT_NEAR(npim_figures_sinad_dB(&f), sinad_dB(layer, sums), 1e-9);
    EXPECT_EQ(inner.begun, 1);
    EXPECT_EQ(inner.ended, 1);
}

TEST_F(Measured, CountsNothingWhereTheEngineFails) {
    inner.status = NPIM_ENOMEM;
    const npim_product_layer one = layer.of_group(0);
    std::vector<int32_t> sums(21);
    npim_product_batch batch{0, 1, 7, layer.inputs.data(), sums.data()};
    ASSERT_EQ(products.begin(products.engine, &one, &error), NPIM_OK);
    EXPECT_EQ(products.run(products.engine, &batch, &error), NPIM_ENOMEM);
    EXPECT_STREQ(error.message, "no");
    EXPECT_EQ(figures.layers[1].n_sums, 0u);
    products.end(products.engine);
}

} // namespace
