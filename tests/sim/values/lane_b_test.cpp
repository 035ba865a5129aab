#include "tests/sim/values/lane_fixture.hpp"

namespace {

TEST(LaneB, is_the_engine_and_in_ideal_mode_exact) {
    for (npim_coding coding : {NPIM_CODING_TWOS, NPIM_CODING_DIFFERENTIAL, NPIM_CODING_BIASED}) {
        SCOPED_TRACE(npim_coding_names[coding]);
        npim_hardware h = hardware_of(NPIM_STRATEGY_B, 64);
        h.crossbar.coding = coding;
        h.columns_per_weight = coding == NPIM_CODING_DIFFERENTIAL ? 16 : 8;
        for (uint32_t buffer_bits : {6u, 4u}) { // with 4 bit a level stands for several units
            h.buffer_bits = buffer_bits;
            on_layers([&](const test_layer &layer) {
                expect_lanes_of_the_engine(h, layer);
                expect_exact_lanes(h, layer);
            });
        }
    }
}

TEST(LaneB, is_the_engine_with_varied_cells_and_noise) {
    for (double read_sigma : {0.0, 0.05}) {
        SCOPED_TRACE(read_sigma);
        npim_hardware h = hardware_of(NPIM_STRATEGY_B, 64);
        h.mode = NPIM_MODE_ANALOG;
        h.seed = 5;
        h.cell.sigma = 0.05;
        h.cell.read_sigma = read_sigma;
        h.buffer_sigma = 0.03;
        h.adc_noise = read_sigma / 20;
        h.line_noise = read_sigma / 10;
        on_layers([&](const test_layer &layer) { expect_lanes_of_the_engine(h, layer); });
    }
}

// Bit line 0 of two's complement: bit 0 of the weights. The most significant group has diagonals 12 to 14.
TEST(LaneB, shows_bit_line_0_and_the_last_group) {
    const test_layer layer(7, 100, 3, 4);
    const npim_hardware h = hardware_of(NPIM_STRATEGY_B, 64);
    test_engine engine(h, layer);
    test_lanes lanes(h, layer, engine.figures);
    const auto traces = lanes.run(1, 0, true), quantised = lanes.run(1);
    for (size_t v = 0; v < layer.n; v++) {
        int sums[8][8] = {}; // [cycle][slice]
        for (uint32_t r = 0; r < 64; r++)
            for (uint32_t cycle = 0; cycle < 8; cycle++)
                for (uint32_t k = 0; k < 8; k++)
                    sums[cycle][k] += (layer.inputs[v * layer.rows + r] >> cycle & 1) *
                                      (layer.weight[layer.rows + r] >> k & 1);
        int group = 0;
        for (uint32_t cycle = 0; cycle < 8; cycle++)
            for (uint32_t k = 0; k < 7; k++) // slice 7 counts negative: another set
                if (cycle + k >= 12) group += sums[cycle][k] << (cycle + k - 12);
        for (uint32_t cycle = 0; cycle < 8; cycle++) {
            EXPECT_EQ(traces[v].sum[cycle], sums[cycle][0]);
            EXPECT_EQ(traces[v].code[cycle], sums[cycle][0]);
            EXPECT_EQ(quantised[v].code[cycle], std::min(sums[cycle][0], 63));
        }
        EXPECT_EQ(traces[v].result_code, group);
        EXPECT_GT(group, 0);
        EXPECT_NEAR(quantised[v].share * ((1 << h.adc_bits[0]) - 1), quantised[v].result_code, 0.5);
    }
}

} // namespace
