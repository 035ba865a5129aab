#include "hw/link.h"

#include "hw/units.h"
#include "tests/hw/support.hpp"

namespace {

constexpr uint64_t clock_ps = NPIM_CLOCK_PS;

class link_block : public testing::Test {
  protected:
    void SetUp() override { ASSERT_EQ(npim_link_init(&core, &config, nullptr), NPIM_OK); }
    npim_link_config config = {4, 16, 1, 100};
    npim_link core = {};
};

} // namespace

TEST_F(link_block, keeps_the_block_contract) {
    expect_block_contract(npim_link_ops, &config);
}

TEST_F(link_block, flits_of_a_packet_include_the_head) {
    EXPECT_EQ(npim_link_packet_B(&core), 64u);
    const struct { uint32_t bytes, flits; } rows[] = {{0, 1}, {1, 2}, {4, 2}, {5, 3}, {63, 17}, {64, 17}};
    for (auto r : rows) EXPECT_EQ(npim_link_flits(&core, r.bytes), r.flits) << r.bytes;
}

TEST_F(link_block, blocked_at_t_minus_1_ready_at_t) {
    EXPECT_EQ(npim_link_reserve(&core, 0, 17, 1, nullptr), 0u);
    npim_link copy = core;
    EXPECT_EQ(npim_link_reserve(&copy, 17 * clock_ps - 1, 2, 2, nullptr), 17 * clock_ps);
    EXPECT_EQ(copy.wait_ps, 1u);
    EXPECT_EQ(npim_link_reserve(&core, 17 * clock_ps, 2, 2, nullptr), 17 * clock_ps);
    EXPECT_EQ(core.wait_ps, 0u);
    EXPECT_EQ(core.n_flits, 19u);
}

TEST_F(link_block, a_slow_link_holds_each_flit_longer) {
    config.clocks = 3;
    ASSERT_EQ(npim_link_init(&core, &config, nullptr), NPIM_OK);
    npim_link_reserve(&core, 0, 5, 1, nullptr);
    EXPECT_EQ(npim_link_reserve(&core, 0, 5, 2, nullptr), 15 * clock_ps);
    npim_work work = work_of(5);
    EXPECT_EQ(npim_link_ops.latency_ps(&core, &work), 15 * clock_ps);
}

// Each of two flows offers as much as the link can carry.
TEST_F(link_block, two_flows_of_equal_packets_get_half_each) {
    const uint32_t flits = 9;
    uint64_t end_ps[2] = {0, 0};
    uint64_t packet = 0;
    for (uint64_t i = 0; i < 500; i++) {
        for (uint64_t &end : end_ps)
            end = npim_link_reserve(&core, i * flits * clock_ps, flits, ++packet, nullptr) + flits * clock_ps;
        // After the packet of each flow, both have carried i + 1 packets: half of the link's time.
        EXPECT_EQ(end_ps[0], (2 * i + 1) * flits * clock_ps);
        EXPECT_EQ(end_ps[1], (2 * i + 2) * flits * clock_ps);
    }
    EXPECT_EQ(core.calendar.booked_ps, end_ps[1]); // and the link was never idle
}

TEST_F(link_block, a_multicast_crosses_once) {
    bool shared = true;
    EXPECT_EQ(npim_link_reserve(&core, 100, 9, 1, &shared), 100u);
    EXPECT_FALSE(shared);
    EXPECT_EQ(npim_link_reserve(&core, 100, 9, 1, &shared), 100u);
    EXPECT_TRUE(shared);
    EXPECT_EQ(npim_link_reserve(&core, 100, 9, 1, nullptr), 100u);
    EXPECT_EQ(core.n_flits, 9u);
    EXPECT_EQ(core.calendar.n_booked, 1u);

    EXPECT_EQ(npim_link_reserve(&core, 100, 9, 2, &shared),
              100 + 9 * clock_ps); // another packet does not share
    EXPECT_FALSE(shared);
    EXPECT_EQ(core.n_flits, 18u);
    EXPECT_EQ(core.wait_ps, 9 * clock_ps);
}

TEST_F(link_block, a_shared_slot_is_the_one_that_was_waited_for) {
    npim_link_reserve(&core, 0, 10, 1, nullptr);
    uint64_t start_ps = npim_link_reserve(&core, 0, 10, 2, nullptr);
    EXPECT_EQ(start_ps, 10 * clock_ps);
    EXPECT_EQ(npim_link_reserve(&core, 0, 10, 2, nullptr), start_ps);
    EXPECT_EQ(core.wait_ps, 10 * clock_ps); // booked once
}

TEST_F(link_block, energy_is_the_routers) {
    npim_work work = work_of(17);
    EXPECT_EQ(npim_link_ops.energy_pJ(&core, &work), 0.0);
    EXPECT_EQ(npim_link_ops.latency_ps(&core, &work), 17 * clock_ps);
    EXPECT_EQ(npim_link_ops.area_um2(&core), 100);
}

TEST_F(link_block, reset_is_the_state_after_init) {
    npim_link fresh = core;
    npim_link_reserve(&core, 5, 10, 1, nullptr);
    npim_link_reserve(&core, 5, 10, 2, nullptr);
    npim_link_reset(&core);
    EXPECT_EQ(std::memcmp(&fresh, &core, sizeof core), 0);
}
