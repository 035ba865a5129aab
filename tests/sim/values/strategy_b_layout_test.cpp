#include "sim/values/strategy_b.h"

#include "tests/sim/values/layer_fixture.hpp"

namespace {

npim_b_layout layout_of(const npim_hardware &h) {
    npim_b_layout layout;
    npim_error error{};
    EXPECT_EQ(npim_b_layout_make(&layout, &h, &error), NPIM_OK) << error.message;
    return layout;
}

// CASCADE: 64 rows, 8 cycles, 8 slices of 1 bit. Diagonals of slices 0 .. 6 have min(d + 1, 7, 14 - d) cells
// of 63 levels, the top bit's (7 .. 14) one each.
TEST(strategy_b_layout, cascade_in_closed_form) {
    const npim_b_layout l = layout_of(hardware_of(NPIM_STRATEGY_B, 64));
    EXPECT_EQ(l.groups, 5u);
    EXPECT_EQ(l.level_step, 1.0); // 64 / 63
    EXPECT_EQ(l.levels, 63.0);
    const double codes[] = {63, 127, 255, 255, 511};
    for (uint32_t g = 0; g < 5; g++) {
        double plus = 0, minus = 0;
        for (uint32_t d = 3 * g; d < 3 * g + 3; d++) {
            const double cells = std::max(0, std::min({int(d) + 1, 7, 14 - int(d)}));
            plus += 63 * cells * (1 << (d - 3 * g));
            minus += d >= 7 ? 63 * (1 << (d - 3 * g)) : 0;
        }
        EXPECT_EQ(l.codes[g], codes[g]);
        EXPECT_EQ(l.step[g], int32_t(std::ceil(plus / codes[g]))) << g;
        EXPECT_EQ(l.weight[g], 1 << (3 * g));
        EXPECT_EQ(l.weight[5 + g], -(1 << (3 * g)));
        EXPECT_TRUE(l.used[g]);
        EXPECT_EQ(l.used[5 + g], minus > 0);
        if (minus > 0) {
            EXPECT_EQ(l.step[5 + g], int32_t(std::ceil(minus / codes[g])));
        }
    }
    EXPECT_EQ(l.slot[0 * 8 + 0], 0u);      // diagonal 0
    EXPECT_EQ(l.slot[7 * 8 + 6], 4u);      // 13
    EXPECT_EQ(l.slot[7 * 8 + 7], 5u + 4u); // 14, negative
    EXPECT_EQ(l.factor[7 * 8 + 6], 2.0);
}

TEST(strategy_b_layout, levels_of_many_rows_stand_for_more) {
    npim_hardware h = hardware_of(NPIM_STRATEGY_B, 1000);
    EXPECT_EQ(layout_of(h).level_step, 16.0); // 1000 / 63 = 15.87
    h.crossbar.rows = 970;
    EXPECT_EQ(layout_of(h).level_step, 15.0); // 15.4
    h.crossbar.rows = 3;
    EXPECT_EQ(layout_of(h).level_step, 1.0);
}

TEST(strategy_b_layout, differential_pairs_are_two_sets_alike) {
    npim_hardware h = hardware_of(NPIM_STRATEGY_B, 64);
    h.crossbar.coding = NPIM_CODING_DIFFERENTIAL;
    h.columns_per_weight = 16;
    const npim_b_layout l = layout_of(h);
    for (uint32_t g = 0; g < 5; g++) EXPECT_EQ(l.step[g], l.step[5 + g]);
    EXPECT_EQ(l.slot[2 * 16 + 6], 1u);      // cycle 2, slice 3: diagonal 5
    EXPECT_EQ(l.slot[2 * 16 + 7], 5u + 1u); // its negative column
}

TEST(strategy_b_layout, digits_and_cells_must_have_as_many_bits) {
    npim_hardware h = hardware_of(NPIM_STRATEGY_B, 64);
    npim_b_layout layout;
    npim_error error{};
    h.dataflow.dac_bits = 4;
    EXPECT_EQ(npim_b_layout_make(&layout, &h, &error), NPIM_EUNSUPPORTED);
    EXPECT_NE(std::string(error.message).find("4 and 1"), std::string::npos) << error.message;
    h.dataflow.dac_bits = h.crossbar.cell_bits = 8;
    EXPECT_EQ(npim_b_layout_make(&layout, &h, &error), NPIM_EUNSUPPORTED);
}

} // namespace
