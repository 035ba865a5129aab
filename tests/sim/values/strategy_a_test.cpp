// Strategy A as a whole.
#include "hw/sample_hold.h"
#include "hw/sar_adc.h"
#include "tests/sim/values/layer_fixture.hpp"

namespace {

// 128 rows over 15 codes: steps of 9.
npim_hardware coarse(npim_mode mode = NPIM_MODE_QUANTISED) {
    npim_hardware h = hardware_of(NPIM_STRATEGY_A);
    h.mode = mode;
    h.adc_bits[0] = 4;
    return h;
}

TEST(strategy_a, conversions_are_bit_lines_in_every_cycle) {
    const test_layer layer(1, 130, 3, 7);
    test_engine engine(hardware_of(NPIM_STRATEGY_A), layer);
    layer.run(engine.products);
    EXPECT_EQ(engine.seen().conversions, 2u * 7 * 3 * 16 * 8);
    EXPECT_EQ(engine.seen().step, 1); // 128 / 255
    EXPECT_EQ(engine.seen().clipped, 0u);
}

// 128 counts have codes of their own.
TEST(strategy_a, converters_of_eight_bit_are_exact) {
    const test_layer layer(1, 300, 19, 40, true);
    const std::vector<int32_t> sums = layer.run(test_engine(hardware_of(NPIM_STRATEGY_A), layer).products);
    for (size_t i = 0; i < sums.size(); i++) EXPECT_EQ(sums[i], layer.exact(i / 19, uint32_t(i % 19)));
}

TEST(strategy_a, coarse_converters_equal_the_second_model) {
    for (const uint32_t bits : {1u, 3u, 4u, 6u, 7u}) {
        npim_hardware h = coarse();
        h.adc_bits[0] = bits;
        const test_layer layer(bits, 200, 17, 70, bits % 2 == 0);
        test_engine engine(h, layer, npim_isa_best());
        EXPECT_EQ(layer.run(engine.products), engine.plain(layer)) << bits;
        EXPECT_GT(engine.seen().step, 1);
    }
}

// The largest sum of a partly used array is that of the whole one: nothing clips, whatever the rows.
TEST(strategy_a, the_last_rows_have_the_same_step) {
    const test_layer layer(3, 129, 2, 5);
    test_engine engine(coarse(), layer);
    EXPECT_EQ(layer.run(engine.products), engine.plain(layer));
    EXPECT_EQ(engine.seen().step, 9);
}

TEST(strategy_a, every_non_ideality_costs) {
    const test_layer layer(7, 128, 16, 200);
    const npim_hardware h = coarse(NPIM_MODE_ANALOG);
    const auto quality = [&](const npim_hardware &with) {
        return sinad_dB(layer, layer.run(test_engine(with, layer, npim_isa_best()).products));
    };
    const double perfect = quality(coarse());
    EXPECT_EQ(quality(h), perfect);
    npim_hardware worse = h;
    worse.cell.sigma = 0.3;
    EXPECT_LT(quality(worse), perfect - 0.5);
    worse = h, worse.cell.read_sigma = 0.5;
    EXPECT_LT(quality(worse), perfect - 0.5);
    worse = h, worse.cell.stuck_on_rate = 0.02;
    EXPECT_LT(quality(worse), perfect - 0.5);
    worse = h, worse.adc_noise = 0.05;
    EXPECT_LT(quality(worse), perfect - 0.5);
    worse = h, worse.line_noise = 0.05;
    EXPECT_LT(quality(worse), perfect - 0.5);
    worse = h, worse.line_droop = 0.1;
    EXPECT_LT(quality(worse), perfect - 0.5);
    worse = h, worse.cell.drift_nu = 0.05, worse.cell.drift_time_s = 1000;
    EXPECT_LT(quality(worse), perfect - 0.5);
}

// Each conversion's noise adds up over the columns and cycles: variance step^2 (sigma^2 + 1 / 12) sum of
// squared weights, within 5 standard errors; the sums without noise are whole, so the rounding is all of 1
// / 12.
TEST(strategy_a, converter_noise_adds_up) {
    npim_hardware h = hardware_of(NPIM_STRATEGY_A);
    h.mode = NPIM_MODE_ANALOG;
    h.adc_noise = 1.5 / 255;
    test_layer layer(5, 128, 8, 1000);
    std::fill(layer.weight.begin(), layer.weight.end(), int8_t(127)); // W_P far from 0, W_N at 0
    for (int16_t &code : layer.inputs) code = 255;
    test_engine engine(h, layer, npim_isa_best());
    const std::vector<int32_t> sums = layer.run(engine.products);
    double mean = 0, squares = 0, positive = 0;
    for (const int32_t sum : sums) mean += sum, squares += double(sum) * sum;
    mean /= double(sums.size()), squares = squares / double(sums.size()) - mean * mean;
    for (int cycle = 0; cycle < 8; cycle++)
        for (int slice = 0; slice < 7; slice++) positive += std::pow(4.0, cycle + slice);
    const double whole = (1.5 * 1.5 + 1.0 / 12) * positive;
    // W_N and slice 7 convert noise about 0, of which the lower half clips: less than half as much again
    EXPECT_GT(squares, whole);
    EXPECT_LT(squares, 4 * whole);
    EXPECT_GT(engine.seen().clipped, 0u);
}

// Sample and converter have noise of their own, independent of each other.
TEST(strategy_a, noise_of_samples_adds_to_that_of_converters) {
    const size_t n = 4000;
    npim_hardware h = hardware_of(NPIM_STRATEGY_A, 64); // 64 of 255 codes, +-5: nothing clips
    h.mode = NPIM_MODE_ANALOG;
    h.adc_bits[0] = 8;
    h.adc_noise = 3.0 / 255;
    h.line_noise = 4.0 / 255;
    h.crossbar.coding = NPIM_CODING_TWOS;
    h.columns_per_weight = 8;
    test_layer layer(5, 64, 1, n);
    std::fill(layer.weight.begin(), layer.weight.end(), int8_t(-1)); // all cells on
    for (int16_t &code : layer.inputs) code = 255;
    test_engine engine(h, layer, npim_isa_best());
    const std::vector<int32_t> sums = layer.run(engine.products);
    ASSERT_EQ(engine.seen().step, 1);
    double mean = 0, variance = 0, weights = 0;
    for (const int32_t sum : sums) mean += sum / double(n);
    for (const int32_t sum : sums) variance += std::pow(sum - mean, 2) / double(n);
    for (int cycle = 0; cycle < 8; cycle++)
        for (int slice = 0; slice < 8; slice++) weights += std::pow(4.0, cycle + slice);
    const double expected = (9 + 16 + 1.0 / 12) * weights;
    EXPECT_NEAR(variance, expected, 5 * expected * std::sqrt(2.0 / double(n)));
    EXPECT_NEAR(mean, -64 * 255, 5 * std::sqrt(expected / double(n)));
    EXPECT_EQ(engine.seen().clipped, 0u);
}

// The blocks themselves, bit line by bit line and cycle by cycle: sample, hold, convert, shift and add.
TEST(strategy_a, droop_is_what_the_blocks_do) {
    const uint64_t held_ps = 100000;
    npim_sample_hold_config held{};
    held.droop_V_per_us = 0.37;
    npim_sar_adc_config converter{};
    converter.bits = 5;
    converter.v_max_V = 0.8;
    converter.rate_GSps = 1;
    npim_hardware h = coarse(NPIM_MODE_ANALOG);
    h.adc_bits[0] = converter.bits;
    h.line_droop = held.droop_V_per_us * 0.1 / converter.v_max_V;
    const test_layer layer(9, 128, 3, 20);
    test_engine engine(h, layer, npim_isa_best());
    const std::vector<int32_t> sums = layer.run(engine.products);
    const int32_t step = engine.seen().step; // 128 / 31: 5
    npim_sample_hold sample{};
    npim_sar_adc adc{};
    npim_error error{};
    ASSERT_EQ(npim_sample_hold_init(&sample, &held, &error), NPIM_OK) << error.message;
    ASSERT_EQ(npim_sar_adc_init(&adc, &converter, &error), NPIM_OK) << error.message;
    const double product_V = converter.v_max_V / 31 / step;
    size_t lowered = 0;
    for (size_t i = 0; i < sums.size(); i++) {
        int64_t sum = 0;
        for (uint32_t k = 0; k < 16; k++)
            for (uint32_t cycle = 0; cycle < 8; cycle++) {
                double line_V = 0;
                for (uint32_t r = 0; r < 128; r++) {
                    const int weight = layer.weight[i % 3 * 128 + r] * (k % 2 ? -1 : 1);
                    const int cell = weight > 0 ? weight >> k / 2 & 1 : 0;
                    line_V += product_V * cell * (layer.inputs[i / 3 * 128 + r] >> cycle & 1);
                }
                int32_t code = 0, undrooped = 0;
                npim_sar_adc_eval(&adc, 0, &line_V, 1, nullptr, 0, &undrooped);
                npim_sample_hold_eval(&sample, &line_V, 1, held_ps, nullptr, 0, &line_V);
                npim_sar_adc_eval(&adc, 0, &line_V, 1, nullptr, 0, &code);
                lowered += code < undrooped;
                sum += int64_t{npim_hardware_column_weight(&h, k)} * (1 << cycle) * code * step;
            }
        ASSERT_EQ(sums[i], sum) << i;
    }
    EXPECT_GT(lowered, 1000u);
    npim_sample_hold_fini(&sample);
    npim_sar_adc_fini(&adc);
}

// Other vectors, groups, chunks and arrays draw other noise.
TEST(strategy_a, nothing_draws_the_same_noise) {
    npim_hardware h = hardware_of(NPIM_STRATEGY_A, 16);
    h.mode = NPIM_MODE_ANALOG;
    h.cell.read_sigma = 0.3;
    test_layer layer(5, 32, 16, 2, false, 2);
    std::fill(layer.weight.begin(), layer.weight.end(), int8_t(127));
    for (int16_t &code : layer.inputs) code = 255;
    std::vector<int32_t> all;
    test_engine engine(h, layer);
    for (uint32_t group = 0; group < 2; group++)
        for (const int32_t sum : layer.run(engine.products, group)) all.push_back(sum);
    std::sort(all.begin(), all.end());
    EXPECT_EQ(std::adjacent_find(all.begin(), all.end()), all.end());
}

TEST(strategy_a, converters_beyond_24_bit_are_refused) {
    npim_hardware h = hardware_of(NPIM_STRATEGY_A);
    h.adc_bits[0] = 25;
    const test_layer layer(1, 4, 2, 1);
    npim_figures figures{};
    npim_products products{};
    npim_error error{};
    ASSERT_EQ(npim_figures_init(&figures, layer.network.n_layers, &error), NPIM_OK);
    EXPECT_EQ(npim_engine_init(&products, &h, &layer.network, &figures, NPIM_ISA_PORTABLE, &error),
              NPIM_EUNSUPPORTED);
    EXPECT_NE(std::string(error.message).find("24 bit"), std::string::npos) << error.message;
    npim_figures_fini(&figures);
}

} // namespace
