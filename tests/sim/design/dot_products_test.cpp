#include "sim/design/dot_products.h"

#include "flow_fixture.hpp"

#include <cmath>
#include <cstring>
#include <limits>
#include <string>

namespace {

TEST(dot_products, are_the_sums_of_weights_times_inputs) {
    for (const npim_dot_data data : {NPIM_DOT_UNIFORM, NPIM_DOT_DNN, NPIM_DOT_SINE})
        for (const uint32_t rows : {1u, 7u, 130u}) {
            const test_products t({data, rows, 5, 11});
            for (uint32_t v = 0; v < 11; v++)
                for (uint32_t c = 0; c < 5; c++) {
                    int64_t sum = 0;
                    for (uint32_t row = 0; row < rows; row++) sum += t.weight(row, c) * t.input(v, row, c);
                    ASSERT_EQ(t.p.product[v * 5 + c], sum) << npim_dot_data_names[data];
                }
        }
}

// Mean and variance within 5 standard deviations of theirs, and all values of the range but no others.
TEST(dot_products, uniform_operands) {
    const uint32_t rows = 512, columns = 64, vectors = 256;
    const test_products t({NPIM_DOT_UNIFORM, rows, columns, vectors});
    const double n_w = rows * columns, n_x = rows * vectors;
    double w = 0, ww = 0, x = 0;
    int least = 999, most = -999, least_x = 999, most_x = -999;
    for (uint32_t i = 0; i < rows * columns; i++) {
        w += t.p.weight[i] / n_w;
        ww += t.p.weight[i] * t.p.weight[i] / n_w;
        least = std::min<int>(least, t.p.weight[i]);
        most = std::max<int>(most, t.p.weight[i]);
    }
    for (uint32_t i = 0; i < rows * vectors; i++) {
        x += t.p.input[i] / n_x;
        least_x = std::min<int>(least_x, t.p.input[i]);
        most_x = std::max<int>(most_x, t.p.input[i]);
    }
    const double variance = (511. * 511 - 1) / 12;
    EXPECT_NEAR(w, 0, 5 * std::sqrt(variance / n_w));
    EXPECT_NEAR(ww, variance, 5 * variance * std::sqrt(0.8 / n_w));
    EXPECT_NEAR(x, 127.5, 5 * std::sqrt((65536. - 1) / 12 / n_x));
    EXPECT_EQ(least, -255);
    EXPECT_EQ(most, 255);
    EXPECT_EQ(least_x, 0);
    EXPECT_EQ(most_x, 255);
}

TEST(dot_products, operands_like_those_of_a_trained_network) {
    const uint32_t rows = 512, columns = 64, vectors = 256;
    const test_products t({NPIM_DOT_DNN, rows, columns, vectors});
    const double n_w = rows * columns, n_x = rows * vectors;
    double w = 0, ww = 0, zeros = 0, xx = 0;
    for (uint32_t i = 0; i < rows * columns; i++) {
        w += t.p.weight[i] / n_w;
        ww += t.p.weight[i] * t.p.weight[i] / n_w;
    }
    for (uint32_t i = 0; i < rows * vectors; i++) {
        zeros += (t.p.input[i] == 0) / n_x;
        xx += t.p.input[i] * t.p.input[i] / n_x;
    }
    const double rounded = std::erf(0.5 / 48 / std::sqrt(2)); // of the 60 % that are not 0
    const double zero = 0.4 + 0.6 * rounded;
    EXPECT_NEAR(w, 0, 5 * 64 / std::sqrt(n_w));
    EXPECT_NEAR(ww, 64 * 64 + 1. / 12, 5 * 64 * 64 * std::sqrt(2 / n_w));
    EXPECT_NEAR(zeros, zero, 5 * std::sqrt(zero * (1 - zero) / n_x));
    EXPECT_NEAR(xx, 0.6 * (48 * 48 + 1. / 12), 5 * 0.6 * 48 * 48 * std::sqrt(4 / n_x));
}

// Each product is the same sine, as large as the weights allow.
TEST(dot_products, a_sine_of_full_scale) {
    const uint32_t rows = 128, columns = 3, vectors = 512;
    const test_products t({NPIM_DOT_SINE, rows, columns, vectors});
    EXPECT_EQ(npim_dot_vectors(NPIM_DOT_SINE), vectors);
    for (uint32_t c = 0; c < columns; c++) {
        double amplitude = 0, offset = 0;
        for (uint32_t row = 0; row < rows; row++) {
            amplitude += 127.5 * std::abs(t.weight(row, c));
            offset += 127.5 * t.weight(row, c);
        }
        for (uint32_t v = 0; v < vectors; v++) {
            const double phase = 2 * std::acos(-1) * 37 * v / vectors;
            EXPECT_NEAR(t.p.product[v * columns + c], offset + amplitude * std::sin(phase),
                        0.51 * amplitude / 127.5);
        }
    }
}

TEST(dot_products, depend_on_the_seed_alone) {
    const npim_dot_shape shape{NPIM_DOT_DNN, 13, 5, 17};
    const test_products a(shape, 9), b(shape, 9), other(shape, 10);
    EXPECT_EQ(std::memcmp(a.p.product, b.p.product, 5 * 17 * sizeof(int32_t)), 0);
    EXPECT_NE(std::memcmp(a.p.product, other.p.product, 5 * 17 * sizeof(int32_t)), 0);
    const test_products more({NPIM_DOT_DNN, 13, 5, 18}, 9); // another vector changes no earlier one
    EXPECT_EQ(std::memcmp(a.p.product, more.p.product, 5 * 17 * sizeof(int32_t)), 0);
}

TEST(dot_products, the_largest_shape) {
    const test_products t({NPIM_DOT_SINE, 1, 1, NPIM_DOT_MAX_PRODUCTS});
    EXPECT_EQ(t.p.shape.vectors, static_cast<uint32_t>(NPIM_DOT_MAX_PRODUCTS));
}

TEST(dot_products, refuse_shapes_out_of_range) {
    const uint32_t huge = std::numeric_limits<uint32_t>::max();
    const npim_dot_shape bad[] = {{NPIM_DOT_DATA_KINDS, 4, 4, 4}, {NPIM_DOT_DNN, 0, 4, 4},
                                  {NPIM_DOT_DNN, 1025, 4, 4},     {NPIM_DOT_DNN, 4, 0, 4},
                                  {NPIM_DOT_DNN, 4, 4, 1},        {NPIM_DOT_DNN, 4, 4, 0},
                                  {NPIM_DOT_DNN, 4, huge, huge},  {NPIM_DOT_DNN, 4, 513, 512},
                                  {NPIM_DOT_DNN, 4, 1025, 2},     {NPIM_DOT_DNN, 4, huge, 2}};
    for (const npim_dot_shape &shape : bad) {
        const npim_random random{1, 0};
        npim_dot_products p;
        npim_error error{};
        EXPECT_EQ(npim_dot_products_init(&p, &shape, &random, &error), NPIM_EUSAGE);
        EXPECT_NE(std::string(error.message), "");
        EXPECT_EQ(p.weight, nullptr);
        npim_dot_products_fini(&p);
    }
}

} // namespace
