#include "hw/chip_link.h"

#include "tests/hw/support.hpp"

namespace {

// One of ISAAC's four HyperTransport links.
class chip_link : public testing::Test {
  protected:
    void SetUp() override { ASSERT_EQ(npim_chip_link_init(&core, &config, nullptr), NPIM_OK); }
    npim_chip_link_config config = {6.4, 50, 10, 2600, 5.72e6};
    npim_chip_link core = {};
};

} // namespace

TEST_F(chip_link, keeps_the_block_contract) {
    expect_block_contract(npim_chip_link_ops, &config);
}

TEST_F(chip_link, takes_50_ns_and_the_bytes_at_6_4_GBps) {
    const struct {
        uint64_t bytes, ps;
    } rows[] = {{1, 156}, {2, 313}, {64, 10000}, {150528, 23520000}, {6400000000, 1000000000000}};
    for (auto r : rows) { // 1 byte: 156.25 ps, 2 bytes: 312.5 ps
        npim_chip_link_reset(&core);
        uint64_t free_ps = 0;
        EXPECT_EQ(npim_chip_link_transfer(&core, 0, r.bytes, 1000, &free_ps), 1000 + r.ps + 50000) << r.bytes;
        EXPECT_EQ(free_ps, 1000 + r.ps);
        npim_work work = work_of(static_cast<double>(r.bytes));
        EXPECT_EQ(npim_chip_link_ops.latency_ps(&core, &work), r.ps + 50000);
        EXPECT_EQ(npim_chip_link_ops.busy_ps(&core, &work), r.ps);
    }
}

TEST_F(chip_link, no_bytes_are_done_at_once) {
    uint64_t free_ps = 0;
    EXPECT_EQ(npim_chip_link_transfer(&core, 1, 0, 42, &free_ps), 42u);
    EXPECT_EQ(free_ps, 42u);
    npim_work work = work_of(0);
    EXPECT_EQ(npim_chip_link_ops.latency_ps(&core, &work), 0u);
}

TEST_F(chip_link, directions_do_not_disturb_each_other) {
    EXPECT_EQ(npim_chip_link_transfer(&core, 0, 64, 0, nullptr), 60000u);
    EXPECT_EQ(npim_chip_link_transfer(&core, 1, 64, 0, nullptr), 60000u);
    EXPECT_EQ(core.wait_ps[0] + core.wait_ps[1], 0u);
    EXPECT_EQ(npim_chip_link_transfer(&core, 0, 64, 0, nullptr), 70000u); // overlaps the latency of the first
    EXPECT_EQ(core.wait_ps[0], 10000u);
    EXPECT_EQ(core.wait_ps[1], 0u);
    EXPECT_EQ(core.n_B[0], 128u);
    EXPECT_EQ(core.n_B[1], 64u);
}

TEST_F(chip_link, blocked_at_t_minus_1_ready_at_t) {
    npim_chip_link_transfer(&core, 0, 64, 0, nullptr);
    npim_chip_link copy = core;
    EXPECT_EQ(npim_chip_link_transfer(&copy, 0, 64, 9999, nullptr), 70000u);
    EXPECT_EQ(copy.wait_ps[0], 1u);
    EXPECT_EQ(npim_chip_link_transfer(&core, 0, 64, 10000, nullptr), 70000u);
    EXPECT_EQ(core.wait_ps[0], 0u);
}

TEST_F(chip_link, latency_is_rounded_once) {
    config.latency_ns = 0.0004;
    ASSERT_EQ(npim_chip_link_init(&core, &config, nullptr), NPIM_OK);
    EXPECT_EQ(core.latency_ps, 0u);
    config.latency_ns = 12.3456;
    ASSERT_EQ(npim_chip_link_init(&core, &config, nullptr), NPIM_OK);
    EXPECT_EQ(core.latency_ps, 12346u);
}

TEST_F(chip_link, power_is_constant) {
    npim_work work = work_of(64);
    EXPECT_DOUBLE_EQ(npim_chip_link_ops.energy_pJ(&core, &work), 640);
    EXPECT_EQ(npim_chip_link_ops.power_mW(&core), 2600);
    EXPECT_EQ(npim_chip_link_ops.standby_mW(&core), 2600);
    EXPECT_EQ(npim_chip_link_ops.area_um2(&core), 5.72e6);
}

TEST_F(chip_link, reset_is_the_state_after_init) {
    npim_chip_link fresh = core;
    npim_chip_link_transfer(&core, 0, 64, 0, nullptr);
    npim_chip_link_transfer(&core, 1, 64, 0, nullptr);
    npim_chip_link_reset(&core);
    EXPECT_EQ(std::memcmp(&fresh, &core, sizeof core), 0);
}
