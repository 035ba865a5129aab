#include "tlm/chip.hpp"

#include "program_fixture.hpp"

using namespace program_fixture;

namespace {

struct chip_of {
    units parts;
    npim::sequencer agenda{"sequencer"};
    uint64_t next_packet = 0;
    npim::chip chip;

    chip_of(const npim_program &program, uint32_t number, uint32_t chips)
        : chip("chip", parts.chip, program, {number, chips, program.tiles_per_chip, 4}, agenda, next_packet) {
    }
};

// The mesh is as wide as the root of its routers and complete.
TEST(chip, TheMeshIsCompleteAroundItsTiles) {
    for (const uint32_t n_tiles : {1u, 3u, 4u, 5u, 17u, 40u, 280u}) {
        traffic::fresh_context context;
        builder p(n_tiles);
        p.image(0, 1, 1);
        chip_of c(p.program, 0, 1);
        EXPECT_EQ(c.chip.n_tiles(), n_tiles);
        const uint32_t needed = (n_tiles + 3) / 4, wide = c.chip.place().width();
        EXPECT_GE(wide * wide, needed);
        EXPECT_LT((wide - 1) * (wide - 1), needed);
        EXPECT_EQ(c.chip.n_routers(), wide * ((needed + wide - 1) / wide));
    }
}

// A chip takes its own tiles out of the program of all chips.
TEST(chip, TilesAreThoseOfItsNumber) {
    builder p(9);
    p.program.tiles_per_chip = 3;
    for (uint32_t t = 0; t < 9; t++) p.slot(t, NPIM_SLOT_UNIT, 1, 1).layer = 100 + t;
    chip_of c(p.program, 1, 3);
    ASSERT_EQ(c.chip.n_tiles(), 3u);
    for (uint32_t t = 0; t < 3; t++) EXPECT_EQ(c.chip.tile(t).program().slots[0].layer, 103 + t);
    EXPECT_STREQ(c.chip.tile(2).name(), "chip.tile_002");
}

// Routers 0..8 in rows of three: the gateways are the middles of the sides.
TEST(chip, GatewaysAreTheMiddlesOfTheSides) {
    builder p(36);
    p.image(0, 1, 1);
    chip_of c(p.program, 0, 1);
    EXPECT_EQ(&c.chip.gateway(NPIM_PORT_WEST), &c.chip.router(3));
    EXPECT_EQ(&c.chip.gateway(NPIM_PORT_EAST), &c.chip.router(5));
    EXPECT_EQ(&c.chip.gateway(NPIM_PORT_NORTH), &c.chip.router(1));
    EXPECT_EQ(&c.chip.gateway(NPIM_PORT_SOUTH), &c.chip.router(7));
}

} // namespace
