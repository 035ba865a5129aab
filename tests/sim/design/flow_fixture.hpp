// What the tests of the dataflow's parts share: operands that free themselves.
#ifndef NPIM_TESTS_SIM_DESIGN_FLOW_FIXTURE_HPP
#define NPIM_TESTS_SIM_DESIGN_FLOW_FIXTURE_HPP

#include "sim/design/bit_lines.h"

#include <gtest/gtest.h>

struct test_products {
    npim_dot_products p{};
    explicit test_products(const npim_dot_shape &shape, uint64_t seed = 1) {
        const npim_random random{seed, 0};
        npim_error error{};
        EXPECT_EQ(npim_dot_products_init(&p, &shape, &random, &error), NPIM_OK) << error.message;
    }
    ~test_products() { npim_dot_products_fini(&p); }
    test_products(const test_products &) = delete;
    test_products &operator=(const test_products &) = delete;

    int weight(uint32_t row, uint32_t column) const { return p.weight[row * p.shape.columns + column]; }
    int input(uint32_t vector, uint32_t row, uint32_t column) const {
        return p.input[vector * p.n_inputs + npim_dot_input(&p, row, column)];
    }
};

struct test_lines {
    npim_bit_lines l{};
    test_lines(const test_products &products, uint32_t dac_bits, double sigma = 0,
               const npim_random *random = nullptr, double on_off_ratio = 100) {
        const npim_bit_line_cells cells{on_off_ratio, sigma};
        npim_error error{};
        EXPECT_EQ(npim_bit_lines_init(&l, &products.p, dac_bits, &cells, random, &error), NPIM_OK)
            << error.message;
    }
    ~test_lines() { npim_bit_lines_fini(&l); }
    test_lines(const test_lines &) = delete;
    test_lines &operator=(const test_lines &) = delete;

    size_t index(uint32_t cycle, uint32_t vector, uint32_t slice, uint32_t column) const {
        return ((size_t{cycle} * l.vectors + vector) * NPIM_BIT_LINE_SLICES + slice) * l.columns + column;
    }
    double sum(uint32_t cycle, uint32_t vector, uint32_t slice, uint32_t column) const {
        return l.sum[index(cycle, vector, slice, column)];
    }
};

#endif
