#include "tests/sim/values/lane_fixture.hpp"

namespace {

npim_hardware hardware(npim_coding coding = NPIM_CODING_DIFFERENTIAL) {
    npim_hardware h = hardware_of(NPIM_STRATEGY_A);
    h.crossbar.coding = coding;
    h.columns_per_weight = coding == NPIM_CODING_DIFFERENTIAL ? 16 : 8;
    return h;
}

TEST(LaneA, is_the_engine_and_in_ideal_mode_exact) {
    for (npim_coding coding : {NPIM_CODING_DIFFERENTIAL, NPIM_CODING_BIASED, NPIM_CODING_TWOS}) {
        SCOPED_TRACE(npim_coding_names[coding]);
        npim_hardware h = hardware(coding);
        on_layers([&](const test_layer &layer) {
            expect_lanes_of_the_engine(h, layer);
            expect_exact_lanes(h, layer);
        });
        h.adc_bits[0] = 5; // steps of several levels
        on_layers([&](const test_layer &layer) {
            expect_lanes_of_the_engine(h, layer);
            expect_exact_lanes(h, layer);
        });
    }
}

TEST(LaneA, is_the_engine_with_varied_cells_and_noise) {
    for (uint32_t dac_bits : {1u, 2u})
        for (double read_sigma : {0.0, 0.05}) {
            SCOPED_TRACE(testing::Message() << dac_bits << " " << read_sigma);
            npim_hardware h = hardware();
            h.mode = NPIM_MODE_ANALOG;
            h.seed = 5;
            h.dataflow.dac_bits = dac_bits;
            h.cell.sigma = 0.05;
            h.cell.read_sigma = read_sigma;
            h.cell.stuck_on_rate = 0.01;
            h.adc_noise = read_sigma / 20;
            h.line_noise = read_sigma / 10;
            on_layers([&](const test_layer &layer) { expect_lanes_of_the_engine(h, layer); });
        }
}

TEST(LaneA, is_the_engine_with_samples_that_droop) {
    npim_hardware h = hardware();
    h.mode = NPIM_MODE_ANALOG;
    h.cell.sigma = 0.05;
    h.adc_noise = h.line_noise = 0.01;
    h.line_droop = 0.02;
    expect_lanes_of_the_engine(h, test_layer(1, 150, 10, 20, true));
}

// Bit line 0 of differential cells: bit 0 of the positive weights.
TEST(LaneA, shows_bit_line_0) {
    const test_layer layer(7, 200, 3, 4);
    const npim_hardware h = hardware();
    test_engine engine(h, layer);
    test_lanes lanes(h, layer, engine.figures);
    for (uint32_t chunk : {0u, 1u}) {
        const auto traces = lanes.run(2, 0, false, chunk, 1);
        for (size_t v = 0; v < layer.n; v++) {
            ASSERT_EQ(traces[v].cycles, 8u);
            for (uint32_t cycle = 0; cycle < 8; cycle++) {
                int sum = 0;
                for (uint32_t r = chunk * 128; r < layer.rows && r < chunk * 128 + 128; r++) {
                    const int weight = layer.weight[2 * layer.rows + r];
                    sum += layer.inputs[v * layer.rows + r] >> cycle & 1 && weight > 0 && weight % 2 == 1;
                }
                EXPECT_EQ(traces[v].digit[cycle], layer.inputs[v * layer.rows + chunk * 128] >> cycle & 1u);
                EXPECT_EQ(traces[v].sum[cycle], sum);
                EXPECT_EQ(traces[v].code[cycle], sum) << "one level is one step";
            }
        }
    }
}

} // namespace
