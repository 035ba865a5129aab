#include "hw/bus.h"

#include "hw/units.h"
#include "tests/hw/support.hpp"

namespace {

constexpr uint64_t clock_ps = NPIM_CLOCK_PS;

// ISAAC's: 384 wires, 5.83 pJ per transfer.
class bus : public testing::Test {
  protected:
    void SetUp() override { ASSERT_EQ(npim_bus_init(&core, &config, nullptr), NPIM_OK); }
    npim_bus_config config = {384, 5.83 / 48, 7, 90000};
    npim_bus core = {};
};

} // namespace

TEST_F(bus, keeps_the_block_contract) {
    expect_block_contract(npim_bus_ops, &config);
}

TEST_F(bus, refuses_a_width_that_is_not_whole_bytes) {
    npim_error error = {};
    config.width_bits = 100;
    EXPECT_EQ(npim_bus_init(&core, &config, &error), NPIM_ECONFIG);
    EXPECT_STREQ(error.message, "bus.width_bits = 100: not a multiple of 8");
    EXPECT_EQ(core.config.width_bits, 0u);
}

TEST_F(bus, moves_its_width_in_each_clock) {
    const struct {
        uint32_t width_bits;
        uint64_t bytes, clocks;
    } rows[] = {{384, 1, 1},  {384, 48, 1}, {384, 49, 2}, {384, 4800, 100},
                {192, 48, 2}, {192, 25, 2}, {8, 5, 5}};
    for (auto r : rows) {
        config.width_bits = r.width_bits;
        ASSERT_EQ(npim_bus_init(&core, &config, nullptr), NPIM_OK);
        EXPECT_EQ(npim_bus_transfer(&core, r.bytes, 77), 77 + r.clocks * clock_ps) << r.bytes;
        npim_work work = work_of(static_cast<double>(r.bytes));
        EXPECT_EQ(npim_bus_ops.latency_ps(&core, &work), r.clocks * clock_ps);
    }
}

TEST_F(bus, no_bytes_are_done_at_once) {
    npim_bus_transfer(&core, 48, 0);
    EXPECT_EQ(npim_bus_transfer(&core, 0, 10), 10u);
    EXPECT_EQ(core.n_B, 48u);
    EXPECT_EQ(core.wait_ps, 0u);
}

TEST_F(bus, blocked_at_t_minus_1_ready_at_t) {
    npim_bus_transfer(&core, 480, 0);
    npim_bus copy = core;
    EXPECT_EQ(npim_bus_transfer(&copy, 48, 10 * clock_ps - 1), 11 * clock_ps);
    EXPECT_EQ(copy.wait_ps, 1u);
    EXPECT_EQ(npim_bus_transfer(&core, 48, 10 * clock_ps), 11 * clock_ps);
    EXPECT_EQ(core.wait_ps, 0u);
}

TEST_F(bus, simultaneous_transfers_add_up) {
    uint64_t end_ps = 0;
    for (int i = 0; i < 10; i++) end_ps = npim_bus_transfer(&core, 96, 0);
    EXPECT_EQ(end_ps, 20 * clock_ps);
    EXPECT_EQ(core.n_B, 960u);
    EXPECT_EQ(core.wait_ps, 90 * clock_ps); // 0 + 2 + ... + 18
}

TEST_F(bus, energy_area_and_power) {
    npim_work work = work_of(48);
    EXPECT_DOUBLE_EQ(npim_bus_ops.energy_pJ(&core, &work), 5.83);
    work.count = 0;
    EXPECT_EQ(npim_bus_ops.energy_pJ(&core, &work), 0.0);
    EXPECT_EQ(npim_bus_ops.latency_ps(&core, &work), 0u);
    EXPECT_EQ(npim_bus_ops.area_um2(&core), 90000);
    EXPECT_EQ(npim_bus_ops.power_mW(&core), 7);
}

TEST_F(bus, reset_is_the_state_after_init) {
    npim_bus fresh = core;
    npim_bus_transfer(&core, 480, 3);
    npim_bus_reset(&core);
    EXPECT_EQ(std::memcmp(&fresh, &core, sizeof core), 0);
}
