#include "analog_lane.hpp"

namespace {

using namespace analog_lane;

TEST(StageValues, AreThoseOfBlocksThatAnOperationPasses) {
    EXPECT_FALSE(npim::stage_values::has_values(npim_sram_register_ops));
    EXPECT_TRUE(npim::stage_values::has_values(npim_crossbar_ops));
    EXPECT_TRUE(npim::stage_values::has_values(npim_shift_add_ops));
}

TEST(StageValues, AddersOfResultsReduce) {
    const blocks b;
    EXPECT_TRUE(npim::stage_values::reduces(add(b, NPIM_FIRES_RESULT, NPIM_PACE_OWN, NPIM_PER_DOT)));
    EXPECT_FALSE(npim::stage_values::reduces(add(b, NPIM_FIRES_RESULT, NPIM_PACE_OWN, NPIM_PER_CONVERSION)));
    EXPECT_FALSE(npim::stage_values::reduces(add(b, NPIM_FIRES_CYCLE, NPIM_PACE_OWN, NPIM_PER_DOT)));
}

} // namespace
