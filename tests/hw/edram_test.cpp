#include "hw/edram.h"

#include "hw/units.h"
#include "tests/hw/support.hpp"

namespace {

constexpr uint64_t clock_ps = NPIM_CLOCK_PS;

// ISAAC's: 64 KB, 2 banks, 256 bit, 17.25 pJ per access.
npim_edram_config isaac() {
    npim_edram_config config = {};
    config.size_B = 65536;
    config.banks = 2;
    config.width_B = 32;
    config.latency_clocks = 2;
    config.energy_pJ_per_B = 17.25 / 32;
    config.power_mW = 20.7;
    config.refresh_mW = 0.5;
    config.area_um2 = 83000;
    return config;
}

class edram : public testing::Test {
  protected:
    void SetUp() override { ASSERT_EQ(npim_edram_init(&core, &config, nullptr), NPIM_OK); }
    npim_edram_config config = isaac();
    npim_edram core = {};
};

} // namespace

TEST_F(edram, keeps_the_block_contract) {
    expect_block_contract(npim_edram_ops, &config);
}

TEST_F(edram, refuses_a_size_that_does_not_divide_into_banks) {
    npim_error error = {};
    config.size_B = 65568; // a multiple of width_B, not of banks x width_B
    EXPECT_EQ(npim_edram_init(&core, &config, &error), NPIM_ECONFIG);
    EXPECT_STREQ(error.message, "edram.size_B = 65568: not a multiple of banks x width_B = 64 B");
    EXPECT_EQ(core.config.size_B, 0u);
}

TEST_F(edram, takes_two_clocks_and_one_for_each_256_bit) {
    const struct {
        uint64_t bytes, clocks;
    } rows[] = {{1, 3}, {31, 3}, {32, 3}, {33, 4}, {64, 4}, {1000, 34}, {32768, 1026}};
    for (auto r : rows) {
        npim_edram_reset(&core);
        EXPECT_EQ(npim_edram_access(&core, 0, r.bytes, false, 5000), 5000 + r.clocks * clock_ps) << r.bytes;
        npim_work work = work_of(static_cast<double>(r.bytes));
        EXPECT_EQ(npim_edram_ops.latency_ps(&core, &work), r.clocks * clock_ps);
        EXPECT_EQ(npim_edram_ops.busy_ps(&core, &work), (r.clocks - 2) * clock_ps);
    }
}

TEST_F(edram, no_bytes_are_done_at_once) {
    EXPECT_EQ(npim_edram_access(&core, 0, 0, true, 123), 123u);
    EXPECT_EQ(core.n_written_B, 0u);
    npim_work work = work_of(0);
    EXPECT_EQ(npim_edram_ops.latency_ps(&core, &work), 0u);
    EXPECT_EQ(npim_edram_ops.energy_pJ(&core, &work), 0.0);
}

TEST_F(edram, banks_split_the_address_at_its_high_part) {
    EXPECT_EQ(npim_edram_bank(&core, 0), 0u);
    EXPECT_EQ(npim_edram_bank(&core, 32767), 0u);
    EXPECT_EQ(npim_edram_bank(&core, 32768), 1u);
    EXPECT_EQ(npim_edram_bank(&core, 65535), 1u);
    EXPECT_EQ(npim_edram_bank(&core, 65536), 0u); // around
    EXPECT_EQ(npim_edram_bank(&core, UINT64_MAX), 1u);
}

TEST_F(edram, one_bank_conflicts_and_two_do_not) {
    EXPECT_EQ(npim_edram_access(&core, 0, 320, false, 0), 12 * clock_ps);
    EXPECT_EQ(npim_edram_access(&core, 32768, 320, false, 0), 12 * clock_ps);
    EXPECT_EQ(core.n_conflict_ps, 0u);
    EXPECT_EQ(npim_edram_access(&core, 64, 32, true, 0), 13 * clock_ps); // waits ten clocks
    EXPECT_EQ(core.n_conflict_ps, 10 * clock_ps);
    EXPECT_EQ(core.n_read_B, 640u);
    EXPECT_EQ(core.n_written_B, 32u);
}

TEST_F(edram, blocked_at_t_minus_1_ready_at_t) {
    npim_edram_access(&core, 0, 320, false, 0);
    const uint64_t free_ps = 10 * clock_ps; // the bank is free before the last byte has arrived
    npim_edram copy = core;
    EXPECT_EQ(npim_edram_access(&copy, 0, 32, false, free_ps - 1), free_ps + 3 * clock_ps);
    EXPECT_EQ(copy.n_conflict_ps, 1u);
    EXPECT_EQ(npim_edram_access(&core, 0, 32, false, free_ps), free_ps + 3 * clock_ps);
    EXPECT_EQ(core.n_conflict_ps, 0u);
}

TEST_F(edram, energy_area_and_power) {
    npim_work work = work_of(32);
    EXPECT_DOUBLE_EQ(npim_edram_ops.energy_pJ(&core, &work), 17.25);
    EXPECT_EQ(npim_edram_ops.area_um2(&core), 83000);
    EXPECT_EQ(npim_edram_ops.power_mW(&core), 20.7);
    EXPECT_EQ(npim_edram_ops.standby_mW(&core), 0.5);
}

TEST_F(edram, reset_is_the_state_after_init) {
    npim_edram fresh = core;
    npim_edram_access(&core, 0, 320, false, 0);
    npim_edram_access(&core, 0, 320, true, 0);
    npim_edram_reset(&core);
    EXPECT_EQ(std::memcmp(&fresh, &core, sizeof core), 0);
}
