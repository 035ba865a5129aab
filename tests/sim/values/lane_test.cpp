#include "tests/sim/values/lane_fixture.hpp"

namespace {

// What all strategies have in common; their own numbers are in lane_a_test.cpp and its like.
TEST(Lane, takes_signed_codes_with_an_offset_and_gives_it_back) {
    const test_layer layer(3, 20, 2, 6, true);
    for (npim_strategy strategy : {NPIM_STRATEGY_A, NPIM_STRATEGY_B, NPIM_STRATEGY_C}) {
        SCOPED_TRACE(npim_strategy_names[strategy]);
        const npim_hardware h = hardware_of(strategy, 64);
        test_engine engine(h, layer);
        test_lanes lanes(h, layer, engine.figures);
        const auto traces = lanes.run(1, 0, true);
        for (size_t v = 0; v < layer.n; v++) {
            uint32_t input = 0;
            for (uint32_t cycle = 0; cycle < traces[v].cycles; cycle++)
                input |= traces[v].digit[cycle] << cycle * h.dataflow.dac_bits;
            EXPECT_EQ(input, static_cast<uint32_t>(layer.inputs[v * layer.rows] + NPIM_SIGN_OFFSET));
            EXPECT_EQ(traces[v].result, layer.exact(v, 1));
        }
    }
}

TEST(Lane, has_the_rows_of_its_chunks) {
    const test_layer layer(3, 300, 2, 1);
    const npim_hardware h = hardware_of(NPIM_STRATEGY_A);
    test_engine engine(h, layer);
    test_lanes lanes(h, layer, engine.figures);
    for (uint32_t first = 0; first < 3; first++)
        for (uint32_t n = 1; first + n <= 3; n++) lanes.run(0, 0, false, first, n); // checks its rows
}

} // namespace
