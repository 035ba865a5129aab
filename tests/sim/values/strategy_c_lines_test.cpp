// Bit lines one by one: samples that droop.
#include "hw/neural_sa.h"
#include "hw/sample_hold.h"
#include "tests/sim/values/strategy_fixture.hpp"

namespace {

npim_hardware drooping(double droop, uint32_t rows = 50, npim_coding coding = NPIM_CODING_DIFFERENTIAL) {
    npim_hardware h = hardware_of(NPIM_STRATEGY_C, rows);
    h.mode = NPIM_MODE_ANALOG;
    h.line_droop = droop;
    h.crossbar.coding = coding;
    if (coding != NPIM_CODING_DIFFERENTIAL) h.columns_per_weight = 8;
    return h;
}

// A droop of next to nothing gives the results of the folded way, in as many parts as it takes.
TEST(strategy_c_lines, results_are_those_of_the_folded_way) {
    for (const npim_coding coding : {NPIM_CODING_DIFFERENTIAL, NPIM_CODING_BIASED, NPIM_CODING_TWOS})
        for (const double read_sigma : {0.0, 1e-9}) {
            SCOPED_TRACE(npim_coding_names[coding]);
            npim_hardware h = drooping(1e-15, 40, coding);
            h.cell.sigma = 0.1;
            h.cell.read_sigma = read_sigma;
            const test_layer layer(2, 100, 9, 10);
            test_c lines(h, layer);
            h.line_droop = 0;
            test_c folded(h, layer);
            for (uint32_t chunk = 0; chunk < 3; chunk++) {
                lines.take(chunk);
                folded.take(chunk);
                npim_c_read(&lines.c, &lines.lane);
                npim_c_read(&folded.c, &folded.lane);
                const double bound = lines.chunks[chunk].error + folded.chunks[chunk].error + 0.01;
                EXPECT_LT(bound, 0.05);
                for (size_t i = 0; i < 90; i++) EXPECT_NEAR(lines.result[i], folded.result[i], bound);
            }
        }
}

// The blocks themselves, from perfect cells: every bit line sampled and held, then mixed and accumulated.
TEST(strategy_c_lines, droop_is_what_the_blocks_do) {
    const uint64_t held_ps = 123000;
    const uint32_t rows = 64;
    npim_sample_hold_config held{};
    npim_neural_sa_config step{};
    step.dac_bits = 4;
    for (const double droop_V_per_us : {0.001, 0.1, 1.0, 10.0}) {
        SCOPED_TRACE(droop_V_per_us);
        held.droop_V_per_us = droop_V_per_us;
        npim_hardware h = drooping(droop_V_per_us * 0.123 / 0.5, rows);
        h.cell.on_off_ratio = 1e9;
        const test_layer layer(8, rows, 3, 7);
        test_c t(h, layer);
        t.take(0);
        npim_c_read(&t.c, &t.lane);
        npim_sample_hold sample{};
        npim_neural_sa sa{};
        ASSERT_EQ(npim_sample_hold_init(&sample, &held, &t.own.error), NPIM_OK);
        ASSERT_EQ(npim_neural_sa_init(&sa, &step, &t.own.error), NPIM_OK);
        for (size_t i = 0; i < 21; i++) {
            double acc_V = 0;
            for (uint32_t cycle = 0; cycle < 2; cycle++) {
                double line_V[16] = {}, slice_V[8];
                for (uint32_t r = 0; r < rows; r++) {
                    const int weight = layer.weight[i % 3 * rows + r];
                    const int digit = layer.inputs[i / 3 * rows + r] >> 4 * cycle & 15;
                    for (uint32_t k = 0; k < 8; k++)
                        line_V[2 * k + (weight < 0)] +=
                            0.5 * (std::abs(weight) >> k & 1) * digit / (rows * 15);
                }
                npim_sample_hold_eval(&sample, line_V, 16, held_ps, nullptr, 0, line_V);
                for (uint32_t k = 0; k < 8; k++) slice_V[k] = line_V[2 * k] - line_V[2 * k + 1];
                const double mixed_V = npim_neural_sa_mix_V(slice_V, 8, 1);
                npim_neural_sa_eval(&sa, &mixed_V, 1, nullptr, 0, &acc_V);
            }
            EXPECT_NEAR(t.result[i], acc_V / npim_c_product_V(&t.c), 0.01 + t.chunks[0].error);
        }
        npim_sample_hold_fini(&sample);
        npim_neural_sa_fini(&sa);
    }
}

// One line of weight 64 carries 2 x 3 in the first cycle and 2 x 1 in the second, and loses 2.5 of 60 each
// time: 3.5, and nothing.
TEST(strategy_c_lines, droop_lowers_every_sample) {
    npim_hardware h = drooping(2.5 / 60, 4);
    h.cell.on_off_ratio = 1e9;
    test_layer layer(1, 2, 2, 1);
    layer.weight = {64, 64, -64, -64};
    layer.inputs = {0x13, 0x13};
    test_c t(h, layer);
    t.take(0);
    npim_c_read(&t.c, &t.lane);
    EXPECT_NEAR(t.result[0], 64 * 3.5, 1e-3);
    EXPECT_NEAR(t.result[1], -64 * 3.5, 1e-3);
}

// Far from 0 all samples lose the same, and their noise is as without droop; about 0 it is lost.
TEST(strategy_c_lines, noise_comes_before_the_droop) {
    const size_t n = 4000;
    npim_hardware h = drooping(0.2, 20);
    h.cell.on_off_ratio = 1e9;
    h.cell.read_sigma = 0.1;
    h.line_noise = 0.02;
    test_layer layer(1, 20, 1, n);
    std::fill(layer.weight.begin(), layer.weight.end(), int8_t(127));
    std::fill(layer.inputs.begin(), layer.inputs.end(), int16_t(0xff));
    test_c t(h, layer);
    t.take(0);
    npim_c_read(&t.c, &t.lane);
    // 7 lines of 300 with noise of sqrt(20) x 15 x 0.1 and 0.02 x 300, in both cycles; the other ones carry
    // the latter alone, a tenth of the droop.
    const double line = 20 * 225 * 0.01 + 36, weights = 16383 / 3.0 * 257;
    double mean = 0, variance = 0;
    for (size_t v = 0; v < n; v++) mean += t.result[v] / double(n);
    for (size_t v = 0; v < n; v++) variance += std::pow(t.result[v] - mean, 2) / double(n);
    EXPECT_NEAR(variance, line * weights, 5 * line * weights * std::sqrt(2.0 / double(n)));
    EXPECT_NEAR(mean, (300 - 60) * 127 * 17, 5 * std::sqrt(line * weights / double(n)) + 1);
}

// Parts of any size draw the same.
TEST(strategy_c_lines, parts_draw_the_same) {
    npim_hardware h = drooping(0.01, 20);
    h.line_noise = 0.01;
    h.node_noise_V = 0.0001;
    const test_layer layer(1, 20, 3, 13);
    test_c t(h, layer);
    t.take(0);
    npim_c_read(&t.c, &t.lane);
    const std::vector<double> all = t.result;
    for (const size_t some : {1u, 2u, 4u}) {
        t.lane.some = some;
        npim_c_read(&t.c, &t.lane);
        EXPECT_EQ(t.result, all) << some;
    }
}

} // namespace
