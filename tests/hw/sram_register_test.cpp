#include "hw/sram_register.h"

#include "hw/units.h"
#include "tests/hw/support.hpp"

namespace {

// ISAAC's input register: 2 KB, 0.484 pJ/B, 14.88 mW and 0.0252 mm2 for twelve.
class sram_register : public testing::Test {
  protected:
    void SetUp() override { ASSERT_EQ(npim_sram_register_init(&core, &config, nullptr), NPIM_OK); }
    npim_sram_register_config config = {2048, 1, 0.484, 1.24, 2100};
    npim_sram_register core = {};
};

} // namespace

TEST_F(sram_register, keeps_the_block_contract) {
    expect_block_contract(npim_sram_register_ops, &config);
}

TEST_F(sram_register, a_stream_of_any_length_adds_one_clock) {
    for (double count : {0.125, 1.0, 1e6}) {
        npim_work work = work_of(count, 12);
        EXPECT_EQ(npim_sram_register_ops.latency_ps(&core, &work), uint64_t{NPIM_CLOCK_PS});
    }
    npim_work none = work_of(0);
    EXPECT_EQ(npim_sram_register_ops.latency_ps(&core, &none), 0u);
}

TEST_F(sram_register, energy_counts_operations_and_their_fractions) {
    for (double count : {0.0, 0.125, 1.0, 2048.0}) {
        npim_work work = work_of(count);
        EXPECT_DOUBLE_EQ(npim_sram_register_ops.energy_pJ(&core, &work), 0.484 * count);
    }
    EXPECT_EQ(npim_sram_register_ops.area_um2(&core), 2100);
    EXPECT_EQ(npim_sram_register_ops.power_mW(&core), 1.24);
}

TEST_F(sram_register, counts_accesses_until_reset) {
    npim_sram_register fresh = core;
    npim_sram_register_access(&core, 3);
    npim_sram_register_access(&core, 0.125);
    EXPECT_EQ(core.n_ops, 3.125);
    npim_sram_register_reset(&core);
    EXPECT_EQ(std::memcmp(&fresh, &core, sizeof core), 0);
}
