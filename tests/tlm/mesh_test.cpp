#include "tlm/mesh.hpp"

#include <gtest/gtest.h>
#include <set>

using npim::destination;
using npim::mesh;

TEST(Mesh, IsAsWideAsTheRootOfItsRouters) {
    struct row {
        uint32_t tiles, routers, width, height;
    };
    for (const row &r : {row{1, 1, 1, 1}, row{4, 1, 1, 1}, row{5, 2, 2, 1}, row{12, 3, 2, 2},
                         row{24, 6, 3, 2}, row{168, 42, 7, 6}, row{280, 70, 9, 8}}) {
        const mesh m{0, 1, r.tiles, 4};
        EXPECT_EQ(m.n_routers(), r.routers);
        EXPECT_EQ(m.width(), r.width) << r.tiles;
        EXPECT_EQ(m.height(), r.height) << r.tiles;
    }
}

TEST(Mesh, EveryTileHasAPortOfItsOwn) {
    const mesh m{0, 1, 280, 4};
    std::set<std::tuple<uint32_t, uint32_t, uint32_t>> ports;
    for (uint32_t i = 0; i < m.n_tiles; i++) {
        const destination d = m.tile(i);
        EXPECT_LT(d.x, m.width());
        EXPECT_LT(d.y, m.height());
        EXPECT_GE(d.port, uint32_t{NPIM_PORT_LOCAL});
        EXPECT_LT(d.port, uint32_t{NPIM_PORT_LOCAL} + 4);
        ports.insert({d.x, d.y, d.port});
    }
    EXPECT_EQ(ports.size(), m.n_tiles);
    EXPECT_EQ(m.tile(4 * 10 + 3).x, 1u); // router 10 of a mesh 9 wide
    EXPECT_EQ(m.tile(4 * 10 + 3).y, 1u);
    EXPECT_EQ(m.tile(4 * 10 + 3).port, uint32_t{NPIM_PORT_LOCAL} + 3);
}

TEST(Mesh, GatewaysAreTheMiddleOfTheSides) {
    const mesh m{0, 1, 280, 4}; // 9 x 8
    EXPECT_EQ(m.gateway(NPIM_PORT_WEST).x, 0u);
    EXPECT_EQ(m.gateway(NPIM_PORT_WEST).y, 4u);
    EXPECT_EQ(m.gateway(NPIM_PORT_EAST).x, 8u);
    EXPECT_EQ(m.gateway(NPIM_PORT_NORTH).x, 4u);
    EXPECT_EQ(m.gateway(NPIM_PORT_NORTH).y, 0u);
    EXPECT_EQ(m.gateway(NPIM_PORT_SOUTH).y, 7u);
}

// Walks from chip to chip; every step must stay among the chips, and the number of steps is the distance.
TEST(Mesh, EveryChipReachesEveryOtherOnTheShortestWay) {
    for (uint32_t n = 1; n <= 20; n++) {
        const uint32_t wide = npim::square_side(n);
        for (uint32_t from = 0; from < n; from++)
            for (uint32_t to = 0; to < n; to++) {
                uint32_t at = from, steps = 0;
                while (at != to && steps++ < 2 * wide) {
                    switch (mesh{at, n, 1, 1}.side_towards(to)) {
                    case NPIM_PORT_WEST:
                        ASSERT_GT(at % wide, 0u);
                        at -= 1;
                        break;
                    case NPIM_PORT_EAST:
                        at += 1;
                        ASSERT_GT(at % wide, 0u);
                        break;
                    case NPIM_PORT_NORTH:
                        ASSERT_GE(at, wide);
                        at -= wide;
                        break;
                    default:
                        at += wide;
                    }
                    ASSERT_LT(at, n) << "a chip that does not exist, from " << from << " to " << to;
                }
                const auto distance = [](uint32_t a, uint32_t b) { return a > b ? a - b : b - a; };
                ASSERT_EQ(steps, distance(from % wide, to % wide) + distance(from / wide, to / wide));
            }
    }
}

TEST(Mesh, FindsTilesChipsAndTheHost) {
    const mesh chip_0{0, 4, 24, 4}, chip_3{3, 4, 24, 4};
    destination to{};
    EXPECT_TRUE(chip_0.find(npim::compose({0, 23, 5}), to));
    EXPECT_EQ(to.x, 2u);
    EXPECT_EQ(to.y, 1u);
    EXPECT_TRUE(chip_0.find(npim::compose({3, 0, 0}), to));
    EXPECT_EQ(to.port, uint32_t{NPIM_PORT_EAST}); // X first
    EXPECT_TRUE(chip_0.find(npim::compose({2, 0, 0}), to));
    EXPECT_EQ(to.port, uint32_t{NPIM_PORT_SOUTH});
    EXPECT_TRUE(chip_0.find(npim::compose({npim::host_chip, 0, 0}), to));
    EXPECT_EQ(to.port, uint32_t{NPIM_PORT_WEST});
    EXPECT_EQ(to.x, 0u);
    EXPECT_TRUE(chip_3.find(npim::compose({npim::host_chip, 0, 0}), to));
    EXPECT_EQ(to.port, uint32_t{NPIM_PORT_WEST}); // towards chip 2, then chip 0
    EXPECT_FALSE(chip_0.find(npim::compose({0, 24, 0}), to)) << "no such tile";
    EXPECT_FALSE(chip_0.find(npim::compose({4, 0, 0}), to)) << "no such chip";
    EXPECT_FALSE(chip_0.find(uint64_t{1} << 48, to)) << "above the map";
}
