#include "hw/router.h"

#include "hw/units.h"
#include "tests/hw/support.hpp"

namespace {

class router : public testing::Test {
  protected:
    void SetUp() override { ASSERT_EQ(npim_router_init(&core, &config, nullptr), NPIM_OK); }
    npim_router_config config = {4, 8, 4.375, 42, 151000};
    npim_router core = {};
};

} // namespace

TEST_F(router, keeps_the_block_contract) {
    expect_block_contract(npim_router_ops, &config);
}

TEST_F(router, routes_x_first_then_y) {
    npim_router_place(&core, 3, 3);
    const struct {
        uint32_t x, y, port;
    } rows[] = {{0, 0, NPIM_PORT_WEST},  {0, 7, NPIM_PORT_WEST},  {2, 3, NPIM_PORT_WEST},
                {7, 0, NPIM_PORT_EAST},  {4, 7, NPIM_PORT_EAST},  {4, 3, NPIM_PORT_EAST},
                {3, 0, NPIM_PORT_NORTH}, {3, 2, NPIM_PORT_NORTH}, {3, 4, NPIM_PORT_SOUTH},
                {3, 7, NPIM_PORT_SOUTH}};
    for (auto r : rows) EXPECT_EQ(npim_router_route(&core, r.x, r.y, 0), r.port) << r.x << "," << r.y;
}

TEST_F(router, delivers_to_the_local_ports) {
    npim_router_place(&core, 3, 3);
    for (uint32_t local = 0; local < NPIM_MAX_LOCAL_PORTS; local++)
        EXPECT_EQ(npim_router_route(&core, 3, 3, local), NPIM_PORT_LOCAL + local);
}

// Walking port by port arrives after exactly the Manhattan distance, from anywhere to anywhere.
TEST_F(router, every_route_is_minimal) {
    for (uint32_t from = 0; from < 36; from++)
        for (uint32_t to = 0; to < 36; to++) {
            uint32_t x = from % 6, y = from / 6, hops = 0;
            const uint32_t to_x = to % 6, to_y = to / 6;
            const uint32_t distance = (x > to_x ? x - to_x : to_x - x) + (y > to_y ? y - to_y : to_y - y);
            for (;; hops++) {
                npim_router_place(&core, x, y);
                uint32_t port = npim_router_route(&core, to_x, to_y, 2);
                if (port == NPIM_PORT_LOCAL + 2) break;
                ASSERT_LT(hops, distance);
                x += (port == NPIM_PORT_EAST) - (port == NPIM_PORT_WEST);
                y += (port == NPIM_PORT_SOUTH) - (port == NPIM_PORT_NORTH);
            }
            EXPECT_EQ(hops, distance);
            EXPECT_TRUE(x == to_x && y == to_y);
        }
}

TEST_F(router, a_head_takes_four_clocks_and_flits_follow_one_per_clock) {
    EXPECT_EQ(core.latency_ps, 4u * NPIM_CLOCK_PS);
    const struct {
        double flits;
        uint64_t latency_clocks, busy_clocks;
    } rows[] = {{0, 0, 0}, {1, 4, 1}, {8, 11, 8}, {17, 20, 17}};
    for (auto r : rows) {
        npim_work work = work_of(r.flits);
        EXPECT_EQ(npim_router_ops.latency_ps(&core, &work), r.latency_clocks * NPIM_CLOCK_PS) << r.flits;
        EXPECT_EQ(npim_router_ops.busy_ps(&core, &work), r.busy_clocks * NPIM_CLOCK_PS) << r.flits;
    }
}

TEST_F(router, energy_area_and_power) {
    npim_work work = work_of(17);
    EXPECT_DOUBLE_EQ(npim_router_ops.energy_pJ(&core, &work), 17 * 4.375);
    EXPECT_EQ(npim_router_ops.area_um2(&core), 151000);
    EXPECT_EQ(npim_router_ops.power_mW(&core), 42);
}

TEST_F(router, reset_keeps_the_place) {
    npim_router_place(&core, 5, 6);
    npim_router placed = core;
    core.n_flits = 99;
    npim_router_reset(&core);
    EXPECT_EQ(std::memcmp(&placed, &core, sizeof core), 0);
}
