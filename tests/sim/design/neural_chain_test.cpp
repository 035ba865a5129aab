#include "sim/design/neural_chain.h"

#include "flow_fixture.hpp"
#include "sim/design/neural_adc.h"
#include "sim/design/neural_sa.h"
#include "vtc_fixture.hpp"

#include <cmath>
#include <limits>
#include <string>
#include <vector>

namespace {

enum { ROWS = 31, COLUMNS = 3, VECTORS = 40 };

class neural_chain : public testing::Test {
  protected:
    void SetUp() override {
        npim_adc_options options = npim_adc_default_options(&inverter_);
        options.bits = 4;
        options.kind = NPIM_CODE_THERMOMETER;
        ASSERT_EQ(npim_adc_design(&converter_, &options, nullptr, nullptr), NPIM_OK);
        design_ladder(1);
    }
    void TearDown() override {
        npim_circuit_fini(&ladder_);
        npim_converter_fini(&converter_);
    }
    void design_ladder(uint32_t dac_bits) {
        npim_ladder_options options = npim_ladder_default_options();
        options.dac_bits = dac_bits;
        npim_circuit_fini(&ladder_);
        ASSERT_EQ(npim_ladder_design(&ladder_, &options, nullptr), NPIM_OK);
    }
    npim_neural_results run(const npim_bit_lines &lines, double sigmas,
                            const npim_circuit_variation *variation, const npim_random *random) {
        npim_neural_results r{};
        r.accumulated = accumulated_.data();
        r.ideal = ideal_.data();
        r.code = code_.data();
        npim_error error{};
        EXPECT_EQ(npim_neural_chain_check(&chain_, &error), NPIM_OK) << error.message;
        EXPECT_EQ(npim_neural_chain_run(&chain_, &lines, sigmas, variation, random, &r, &error), NPIM_OK)
            << error.message;
        return r;
    }

    const npim_inverter inverter_ = test_inverter("sc");
    npim_converter converter_{};
    npim_circuit ladder_{};
    npim_neural_chain chain_{&ladder_, &converter_, 1};
    std::vector<double> accumulated_ = std::vector<double>(COLUMNS * VECTORS), ideal_ = accumulated_,
                        code_ = accumulated_;
};

// Without variation and with room for every partial sum, the accumulated voltage is the product but for a
// factor: 2^-P (1 - 2^-P) of each cycle's, the last one whole.
TEST_F(neural_chain, nominal_accumulation_is_the_product) {
    for (const uint32_t dac_bits : {1u, 2u, 4u, 8u}) {
        design_ladder(dac_bits);
        const test_products t({NPIM_DOT_UNIFORM, ROWS, COLUMNS, VECTORS});
        const test_lines lines(t, dac_bits);
        const npim_neural_results r = run(lines.l, 0, nullptr, nullptr);
        EXPECT_EQ(r.bit_line_range, lines.l.full_scale);
        EXPECT_EQ(r.v_max_V, 0.5);
        EXPECT_EQ(r.clipped, 0);
        EXPECT_EQ(r.bit_line_clipped, 0);
        const double cycle = 1 - std::ldexp(1., -static_cast<int>(dac_bits));
        const double scale =
            0.5 * cycle / 255 / lines.l.full_scale * std::ldexp(1., -static_cast<int>(8 - dac_bits));
        for (int i = 0; i < COLUMNS * VECTORS; i++)
            ASSERT_NEAR(accumulated_[i], scale * t.p.product[i], 1e-13);
    }
}

// A nominal 4-bit bank has its thresholds at sixteenths of what it is scaled to.
TEST_F(neural_chain, codes_are_sixteenths_of_v_max) {
    const test_products t({NPIM_DOT_UNIFORM, ROWS, COLUMNS, VECTORS});
    const test_lines lines(t, 1);
    const npim_neural_results r = run(lines.l, 1.5, nullptr, nullptr);
    size_t beyond = 0, sums_beyond = 0;
    double squares = 0;
    for (int i = 0; i < COLUMNS * VECTORS; i++) squares += accumulated_[i] * accumulated_[i];
    EXPECT_NEAR(r.v_max_V, 1.5 * std::sqrt(squares / (COLUMNS * VECTORS)), 1e-12);
    for (int i = 0; i < COLUMNS * VECTORS; i++) {
        const double at = 8 * (1 + accumulated_[i] / r.v_max_V);
        beyond += std::fabs(accumulated_[i]) > r.v_max_V;
        EXPECT_NEAR(ideal_[i], std::fmax(-r.v_max_V, std::fmin(accumulated_[i], r.v_max_V)),
                    r.v_max_V / 14 + 1e-12);
        if (std::fabs(at - std::round(at)) < 1e-6) continue;
        EXPECT_EQ(code_[i], std::fmax(0, std::fmin(std::floor(at), 15)));
    }
    for (size_t i = 0; i < lines.l.n; i++) sums_beyond += std::fabs(lines.l.sum[i]) > r.bit_line_range;
    EXPECT_GT(beyond, 0u);
    EXPECT_GT(sums_beyond, 0u);
    EXPECT_DOUBLE_EQ(r.clipped, static_cast<double>(beyond) / (COLUMNS * VECTORS));
    EXPECT_DOUBLE_EQ(r.bit_line_clipped, static_cast<double>(sums_beyond) / static_cast<double>(lines.l.n));
}

// +-V_max on half of the converter's scale: the middle half of the codes, and further ones beyond V_max.
TEST_F(neural_chain, fills_the_full_scale_it_is_told) {
    chain_.full_scale_V = 0.5;
    const test_products t({NPIM_DOT_UNIFORM, ROWS, COLUMNS, VECTORS});
    run(test_lines(t, 1).l, 1, nullptr, nullptr);
    const double v_max_V = [&] {
        double squares = 0;
        for (const double a : accumulated_) squares += a * a;
        return std::sqrt(squares / (COLUMNS * VECTORS));
    }();
    for (int i = 0; i < COLUMNS * VECTORS; i++) {
        const double at = 8 + 4 * accumulated_[i] / v_max_V;
        if (std::fabs(at - std::round(at)) < 1e-6) continue;
        EXPECT_EQ(code_[i], std::fmax(0, std::fmin(std::floor(at), 15)));
    }
}

// The instances of a column, programmed by hand from the documented blocks.
TEST_F(neural_chain, every_column_has_instances_of_its_own) {
    const test_products t({NPIM_DOT_UNIFORM, ROWS, COLUMNS, VECTORS});
    const test_lines lines(t, 1);
    npim_circuit_variation variation{};
    variation.sigma = 0.05;
    const npim_random random{21, 100};
    const npim_neural_results r = run(lines.l, 1.5, &variation, &random);
    EXPECT_GT(r.bit_line_clipped, 0);
    for (uint32_t c = 0; c < COLUMNS; c++) {
        const npim_random of_ladder{21, 100 + c}, of_converter{21, 100 + COLUMNS + c};
        npim_instance ladder, converter;
        ASSERT_EQ(npim_instance_init(&ladder, &ladder_, &variation, &of_ladder, nullptr), NPIM_OK);
        ASSERT_EQ(npim_instance_init(&converter, &converter_.circuit, &variation, &of_converter, nullptr),
                  NPIM_OK);
        for (uint32_t v = 0; v < VECTORS; v++) {
            double acc = 0;
            for (uint32_t cycle = 0; cycle < 8; cycle++) {
                double next = npim_instance_weight(&ladder, 0, 8) * acc;
                for (uint32_t k = 0; k < 8; k++) {
                    const double share = lines.sum(cycle, v, k, c) / r.bit_line_range;
                    next += 0.5 * npim_instance_weight(&ladder, 0, k) * std::fmax(-1, std::fmin(share, 1));
                }
                acc = next;
            }
            ASSERT_NEAR(accumulated_[v * COLUMNS + c], acc, 1e-12);
            const double in_V = 0.5 + 0.5 * accumulated_[v * COLUMNS + c] / r.v_max_V;
            const double limited_V = std::fmax(0, std::fmin(in_V, 1));
            std::vector<double> scratch_V(2 * converter_.circuit.n_neurons);
            uint16_t code;
            npim_converter_codes(&converter_, &converter, &limited_V, 1, v, scratch_V.data(), &code);
            const double down_V = limited_V - 1e-12, up_V = limited_V + 1e-12;
            uint16_t below, above; // at a threshold, roundings of the scaling decide
            npim_converter_codes(&converter_, &converter, &down_V, 1, v, scratch_V.data(), &below);
            npim_converter_codes(&converter_, &converter, &up_V, 1, v, scratch_V.data(), &above);
            if (below != above) continue;
            ASSERT_EQ(code_[v * COLUMNS + c], code);
        }
        npim_instance_fini(&ladder);
        npim_instance_fini(&converter);
    }
}

TEST_F(neural_chain, refuses_what_does_not_fit) {
    npim_error error{};
    for (const double bad : {0.0, -1.0, 1.01, std::numeric_limits<double>::quiet_NaN()}) {
        chain_.full_scale_V = bad;
        EXPECT_EQ(npim_neural_chain_check(&chain_, &error), NPIM_EUSAGE);
        EXPECT_NE(std::string(error.message).find("full_scale_V"), std::string::npos) << error.message;
    }
    chain_.full_scale_V = 1;
    chain_.shift_add = &converter_.circuit;
    EXPECT_EQ(npim_neural_chain_check(&chain_, &error), NPIM_ECONFIG);
    EXPECT_NE(std::string(error.message).find("1 inputs"), std::string::npos) << error.message;
    chain_.shift_add = &ladder_;
    converter_.bits = 5;
    EXPECT_EQ(npim_neural_chain_check(&chain_, &error), NPIM_ECONFIG);
    converter_.bits = 4;

    const test_products t({NPIM_DOT_DNN, ROWS, COLUMNS, VECTORS});
    const test_lines lines(t, 1);
    npim_circuit_variation variation{};
    variation.sigma = 0.6;
    const npim_random random{1, 0};
    npim_neural_results r{};
    r.accumulated = accumulated_.data();
    r.ideal = ideal_.data();
    r.code = code_.data();
    EXPECT_EQ(npim_neural_chain_run(&chain_, &lines.l, 4, &variation, &random, &r, &error), NPIM_ECONFIG);
}

} // namespace
