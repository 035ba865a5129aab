#include "sim/reproduce/system_parts.h"

#include "points_fixture.hpp"

#include <cmath>

namespace {

using system_networks = points_fixture;

TEST_F(system_networks, without_replays_there_is_no_limit) {
    ASSERT_EQ(npim_system_networks(&study, points.get(), &error), NPIM_OK);
    const npim_exhibit *e = exhibit("networks");
    EXPECT_EQ(npim_table_rows(&e->table), 27u);
    EXPECT_EQ(npim_table_rows(&exhibit("limits")->table), 0u);
    EXPECT_EQ(cell(e, {"vgg19", "cascade"}, "work_conserving_images_per_s")->number, 1600.0);
    EXPECT_EQ(cell(e, {"vgg19", "cascade"}, "energy_nameplate_uJ")->number, 20.0);
}

TEST_F(system_networks, json_leaves_out_what_there_is_not) {
    points->at[0][NPIM_RULE_LINKS][0][NPIM_ISAAC].images_per_s = NAN;
    ASSERT_EQ(npim_system_networks(&study, points.get(), &error), NPIM_OK);
    const cJSON *first = cJSON_GetArrayItem(cJSON_GetObjectItem(study.json, "networks"), 0);
    EXPECT_TRUE(std::isnan(npim_document_number(first, "architectures.isaac.event_16_chips.chips")));
    EXPECT_EQ(npim_document_number(first, "architectures.cascade.event_16_chips.images_per_s"), 100.0);
    EXPECT_TRUE(std::isnan(
        npim_document_number(first, "architectures.cascade.event_16_chips.measured_images_per_s")));
}

} // namespace
