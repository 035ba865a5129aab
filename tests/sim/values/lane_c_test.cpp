#include "tests/sim/values/lane_fixture.hpp"

#include "tests/sim/arch_fixture.hpp"

namespace {

TEST(LaneC, is_the_engine_and_in_ideal_mode_exact) {
    for (npim_coding coding : {NPIM_CODING_DIFFERENTIAL, NPIM_CODING_BIASED, NPIM_CODING_TWOS}) {
        SCOPED_TRACE(npim_coding_names[coding]);
        npim_hardware h = hardware_of(NPIM_STRATEGY_C);
        h.crossbar.coding = coding;
        h.columns_per_weight = coding == NPIM_CODING_DIFFERENTIAL ? 16 : 8;
        for (uint32_t dac_bits : {4u, 1u, 8u}) {
            h.dataflow.dac_bits = dac_bits;
            on_layers([&](const test_layer &layer) {
                expect_lanes_of_the_engine(h, layer);
                expect_exact_lanes(h, layer);
            });
        }
    }
}

TEST(LaneC, is_the_engine_with_varied_cells_and_noise) {
    for (uint32_t dac_bits : {4u, 8u})
        for (double read_sigma : {0.0, 0.05}) {
            SCOPED_TRACE(testing::Message() << dac_bits << " " << read_sigma);
            npim_hardware h = hardware_of(NPIM_STRATEGY_C);
            h.mode = NPIM_MODE_ANALOG;
            h.seed = 5;
            h.dataflow.dac_bits = dac_bits;
            h.cell.sigma = 0.05;
            h.cell.read_sigma = read_sigma;
            h.adc_noise = read_sigma / 20;
            h.line_noise = read_sigma / 10;
            h.node_noise_V = read_sigma / 1000;
            on_layers([&](const test_layer &layer) { expect_lanes_of_the_engine(h, layer); });
        }
}

TEST(LaneC, is_the_engine_with_samples_that_droop) {
    npim_hardware h = hardware_of(NPIM_STRATEGY_C);
    h.mode = NPIM_MODE_ANALOG;
    h.cell.sigma = 0.05;
    h.adc_noise = h.line_noise = 0.01;
    h.line_droop = 0.01;
    h.node_noise_V = 1e-4;
    expect_lanes_of_the_engine(h, test_layer(1, 150, 10, 20, true));
}

struct lane_c_designs : arch_fixture {};

// The circuits of the architecture, each result's own.
TEST_F(lane_c_designs, are_those_of_the_engine) {
    for (const char *noise : {"block.rram.read_sigma=0", "block.rram.read_sigma=0.03"}) {
        SCOPED_TRACE(noise);
        load("neural-pim", {noise});
        npim_hardware h{};
        ASSERT_EQ(npim_hardware_init(&h, arch, NPIM_MODE_ANALOG, &error), NPIM_OK) << error.message;
        ASSERT_NE(h.sa, nullptr);
        ASSERT_NE(h.adc, nullptr);
        expect_lanes_of_the_engine(h, test_layer(1, 150, 5, 20, true));
        expect_lanes_of_the_engine(h, test_layer(2, 27, 2, 6, false, 3));
        npim_hardware_fini(&h);
    }
}

// The node is what the circuit's own recurrence makes of the dots, and the code is that of the node.
TEST_F(lane_c_designs, show_node_code_and_residue) {
    load("neural-pim", {"block.rram.sigma=0"});
    npim_hardware h{};
    ASSERT_EQ(npim_hardware_init(&h, arch, NPIM_MODE_ANALOG, &error), NPIM_OK) << error.message;
    const test_layer layer(7, 100, 3, 40);
    test_engine engine(h, layer);
    layer.run(engine.products);
    test_lanes lanes(h, layer, engine.figures);
    const auto traces = lanes.run(2);
    const double full_V = npim_design_full_scale_V(h.adc), vdd_V = h.adc->converter.circuit.vdd_V;
    std::vector<double> residues;
    for (size_t v = 0; v < layer.n; v++) {
        const npim_lane_trace &t = traces[v];
        ASSERT_EQ(t.cycles, 2u);
        double dot[2] = {0, 0}, sum = 0;
        for (uint32_t r = 0; r < layer.rows; r++) {
            const int x = layer.inputs[v * layer.rows + r], w = layer.weight[2 * layer.rows + r];
            dot[0] += (x & 15) * w;
            dot[1] += (x >> 4) * w;
            sum += (x & 15) * (w > 0 && w % 2 == 1);
        }
        // Cells do not vary here, but the circuits have their own steps of conductance.
        EXPECT_NEAR(t.dot[0], dot[0], 1e-2 * 100 * 15 * 127);
        EXPECT_NEAR(t.sum[0], sum, 1e-9) << "bit 0 of the positive weights";
        const double largest = 128.0 * 15 * 255;
        EXPECT_NEAR(t.node[0], 15.0 / 16 * dot[0] / largest, 1e-3);
        EXPECT_NEAR(t.node[1], t.node[0] / 16 + 15.0 / 16 * dot[1] / largest, 1e-3);
        EXPECT_NEAR(t.share, t.node[1] * 0.5 * vdd_V / engine.seen().v_max_V, 1e-9);
        EXPECT_NEAR(t.result_code + 0.5, t.share * 128, 1.5) << full_V;
        EXPECT_EQ(t.chunk, (2 * t.result_code + 1) * engine.seen().step / 2);
        residues.push_back(t.residue_V);
    }
    std::sort(residues.begin(), residues.end());
    EXPECT_GE(residues.front(), 0);
    EXPECT_LE(residues.back(), vdd_V);
    EXPECT_GT(residues.back() - residues.front(), 0.3 * vdd_V);
    npim_hardware_fini(&h);
}

} // namespace
