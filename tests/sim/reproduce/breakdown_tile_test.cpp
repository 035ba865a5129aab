#include "sim/reproduce/breakdown_parts.h"

#include "section_fixture.hpp"

#include <memory>

namespace {

struct breakdown_tile : section_fixture {};

TEST_F(breakdown_tile, has_every_part_in_its_own_column) {
    begin();
    const std::unique_ptr<npim_breakdown> b(new npim_breakdown{});
    for (size_t t = 0; t < NPIM_BREAKDOWN_TILES; t++)
        for (size_t p = 0; p < NPIM_N_PARTS; p++) {
            b->tile_mW[t].of[p] = static_cast<double>(100 * t + p + 1);
            b->tile_mm2[t].of[p] = 0.001 * static_cast<double>(100 * t + p + 1);
        }
    ASSERT_EQ(npim_breakdown_tile(&study, b.get(), &error), NPIM_OK) << error.message;
    expect_sound();
    const npim_table *mW = table("tile_power"), *mm2 = table("tile_area");
    const size_t tiles[] = {NPIM_TILE_ISAAC_16BIT, NPIM_ISAAC, NPIM_CASCADE, NPIM_NEURAL_PIM};
    ASSERT_EQ(npim_table_rows(mW), 4u);
    ASSERT_EQ(npim_table_rows(mm2), 4u);
    for (size_t r = 0; r < 4; r++) {
        const auto base = static_cast<double>(100 * tiles[r]);
        SCOPED_TRACE(r);
        EXPECT_EQ(text(mW, r, "architecture"), npim_breakdown_tiles[tiles[r]].title);
        EXPECT_EQ(number(mW, r, "dac_mW"), base + 1);
        EXPECT_EQ(number(mW, r, "adc_mW"), base + 4);
        EXPECT_EQ(number(mW, r, "noc_mW"), base + 8);
        EXPECT_EQ(number(mW, r, "total_mW"), 8 * base + 36);
        EXPECT_NEAR(number(mW, r, "adc_percent"), 100 * (base + 4) / (8 * base + 36), 1e-9);
        EXPECT_NEAR(number(mm2, r, "total_mm2"), 0.001 * (8 * base + 36), 1e-9);
        EXPECT_NEAR(number(mm2, r, "density_percent"), 100 * (base + 2) / (8 * base + 36), 1e-9);
        EXPECT_EQ(std::isnan(number(mm2, r, "published_density_percent")), r == 0);
        EXPECT_EQ(std::isnan(number(mW, r, "published_mW")), r != 0);
    }
    EXPECT_NEAR(number(mm2, 3, "published_density_percent"), 0.71, 1e-12);
    EXPECT_EQ(number(mW, 0, "published_mW"), 330);
}

} // namespace
