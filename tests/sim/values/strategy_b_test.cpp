// Strategy B as a whole.
#include "hw/analog_buffer.h"
#include "hw/sar_adc.h"
#include "hw/summing_amp.h"
#include "hw/tia.h"
#include "sim/values/strategy_b.h"
#include "tests/sim/arch_fixture.hpp"
#include "tests/sim/values/layer_fixture.hpp"

namespace {

TEST(strategy_b, conversions_are_partial_sums_and_groups) {
    const test_layer layer(1, 130, 3, 7);
    test_engine engine(hardware_of(NPIM_STRATEGY_B, 64), layer);
    layer.run(engine.products);
    // 64 partial sums; 5 groups, and 3 of the top bit (diagonals 7 .. 14); 3 row chunks.
    EXPECT_EQ(engine.seen().conversions, 3u * 7 * 3 * (64 + 5 + 3));
    EXPECT_EQ(engine.seen().step, 1); // 63 (2 + 2 x 1) / 511
    EXPECT_EQ(engine.seen().v_max_V, 0.0);
}

TEST(strategy_b, finer_converters_are_exact) {
    npim_hardware h = hardware_of(NPIM_STRATEGY_B, 63);
    for (uint32_t i = 0; i < h.n_bits; i++) h.adc_bits[i] = 13;
    const test_layer layer(1, 130, 3, 7, true);
    const std::vector<int32_t> sums = layer.run(test_engine(h, layer).products);
    for (size_t i = 0; i < sums.size(); i++) EXPECT_EQ(sums[i], layer.exact(i / 3, uint32_t(i % 3)));
}

TEST(strategy_b, every_non_ideality_costs) {
    npim_hardware h = hardware_of(NPIM_STRATEGY_B, 64);
    const test_layer layer(7, 64, 16, 200);
    const double quantised = sinad_dB(layer, layer.run(test_engine(h, layer).products));
    EXPECT_GT(quantised, 25);
    EXPECT_LT(quantised, 40);
    h.mode = NPIM_MODE_ANALOG;
    const auto cost = [&](const npim_hardware &with) {
        return quantised - sinad_dB(layer, layer.run(test_engine(with, layer).products));
    };
    npim_hardware worse = h;
    worse.cell.sigma = 0.2;
    EXPECT_GT(cost(worse), 1);
    worse = h, worse.buffer_sigma = 0.1;
    EXPECT_GT(cost(worse), 1);
    worse = h, worse.cell.read_sigma = 0.2;
    EXPECT_GT(cost(worse), 1);
    worse = h, worse.cell.stuck_on_rate = 0.01;
    EXPECT_GT(cost(worse), 1);
    worse = h, worse.adc_noise = 0.05;
    EXPECT_GT(cost(worse), 1);
    worse = h, worse.line_noise = 0.05;
    EXPECT_GT(cost(worse), 1);
    worse = h, worse.cell.drift_nu = 0.05, worse.cell.drift_time_s = 1000;
    EXPECT_GT(cost(worse), 5);
}

// The blocks themselves, one after the other: amplify, write, add up the diagonals of a group, convert. In
// units of V: a level is a 63rd of the buffer's 1 V, a group's largest sum the converter's 1 V.
struct blocks_of_b {
    npim_tia tia{};
    npim_analog_buffer buffer{};
    npim_summing_amp amp{};
    npim_sar_adc adc{};

    blocks_of_b() {
        npim_tia_config t{};
        t.gain_Ohm = 1e6;
        t.v_max_V = 1;
        npim_analog_buffer_config b{};
        b.rows = 8, b.columns = 15, b.level_bits = 6, b.v_max_V = 1;
        npim_sar_adc_config a{};
        a.bits = 8, a.v_max_V = 1, a.rate_GSps = 1;
        npim_summing_amp_config s{};
        npim_error error{};
        EXPECT_EQ(npim_tia_init(&tia, &t, &error), NPIM_OK) << error.message;
        EXPECT_EQ(npim_analog_buffer_init(&buffer, &b, &error), NPIM_OK) << error.message;
        EXPECT_EQ(npim_summing_amp_init(&amp, &s, &error), NPIM_OK) << error.message;
        EXPECT_EQ(npim_sar_adc_init(&adc, &a, &error), NPIM_OK) << error.message;
    }
    ~blocks_of_b() {
        npim_tia_fini(&tia);
        npim_analog_buffer_fini(&buffer);
        npim_summing_amp_fini(&amp);
        npim_sar_adc_fini(&adc);
    }
    blocks_of_b(const blocks_of_b &) = delete;
    blocks_of_b &operator=(const blocks_of_b &) = delete;

    void write(uint32_t cycle, uint32_t slice, int products) {
        const double i_A = products / 63.0 / 1e6;
        double v_V = 0;
        npim_tia_eval(&tia, &i_A, 1, nullptr, 0, &v_V);
        npim_analog_buffer_write(&buffer, cycle, slice, v_V, nullptr, 0);
    }
    // Codes of a group whose code stands for step levels.
    int32_t convert(uint32_t group, uint32_t bits, int32_t step) {
        double v_V[3], weights[3];
        for (uint32_t d = 0; d < 3; d++) {
            v_V[d] = npim_analog_buffer_diagonal_V(&buffer, 3 * group + d);
            weights[d] = 63.0 * (1 << d) / step / ((1 << bits) - 1);
        }
        const double sum_V = npim_summing_amp_eval(&amp, v_V, weights, 3, nullptr, 0);
        int32_t code = 0;
        npim_sar_adc_eval(&adc, bits, &sum_V, 1, nullptr, 0, &code);
        return code;
    }
};

TEST(strategy_b, without_noise_it_is_what_the_blocks_do) {
    npim_hardware h = hardware_of(NPIM_STRATEGY_B, 63);
    h.mode = NPIM_MODE_ANALOG;
    const uint32_t bits[5] = {5, 6, 7, 9, 7}; // with which all steps are odd: no sum is between two codes
    std::copy_n(bits, 5, h.adc_bits);
    const test_layer layer(4, 63, 2, 20);
    test_engine engine(h, layer);
    const std::vector<int32_t> sums = layer.run(engine.products);
    npim_b_layout layout;
    ASSERT_EQ(npim_b_layout_make(&layout, &h, nullptr), NPIM_OK);
    for (uint32_t s = 0; s < 10; s++) ASSERT_TRUE(!layout.used[s] || layout.step[s] % 2 == 1);
    blocks_of_b blocks;
    for (size_t i = 0; i < sums.size(); i++) {
        int64_t sum = 0;
        for (const bool top :
             {false, true}) { // the top bit's partial sums are kept apart, and count negative
            npim_analog_buffer_clear(&blocks.buffer);
            for (uint32_t cycle = 0; cycle < 8; cycle++)
                for (uint32_t slice = top ? 7 : 0; slice < (top ? 8 : 7); slice++) {
                    int products = 0;
                    for (uint32_t r = 0; r < 63; r++)
                        products += (layer.inputs[i / 2 * 63 + r] >> cycle & 1) *
                                    (layer.weight[i % 2 * 63 + r] >> slice & 1);
                    blocks.write(cycle, slice, products);
                }
            for (uint32_t g = 0; g < 5; g++) {
                const uint32_t slot = top ? 5 + g : g;
                if (layout.used[slot])
                    sum += int64_t{layout.weight[slot]} * layout.step[slot] *
                           blocks.convert(g, bits[4 - g], layout.step[slot]);
            }
        }
        ASSERT_EQ(sums[i], sum) << i;
    }
}

// The whole chain from an architecture's volts: noise of summing amplifiers is that of the converter's input.
class strategy_b_volts : public arch_fixture {};

TEST_F(strategy_b_volts, summing_amplifiers_add_to_the_converters) {
    const test_layer layer(7, 64, 4, 50);
    std::vector<int32_t> sums[2];
    const std::vector<const char *> sets[2] = {
        {"block.rram.sigma=0", "block.analog_buffer.sigma=0", "block.sar_adc.noise_V=0.05"},
        {"block.rram.sigma=0", "block.analog_buffer.sigma=0", "block.sar_adc.noise_V=0.03",
         "block.summing_amp.noise_V=0.04"}};
    for (int i = 0; i < 2; i++) {
        load("cascade", sets[i]);
        npim_hardware h{};
        ASSERT_EQ(npim_hardware_init(&h, arch, NPIM_MODE_ANALOG, &error), NPIM_OK) << error.message;
        EXPECT_DOUBLE_EQ(h.adc_noise, 0.05);
        sums[i] = layer.run(test_engine(h, layer).products);
        npim_hardware_fini(&h);
    }
    EXPECT_EQ(sums[0], sums[1]);
}

} // namespace
