#include "sim/reproduce/system_parts.h"

#include "points_fixture.hpp"

#include <cmath>

namespace {

using system_causes = points_fixture;

// Every architecture loses the same, so the ratio stays what the bound says; one that waits for links twice
// as long halves it.
TEST_F(system_causes, a_factor_is_of_the_one_that_has_it) {
    points->at[0][NPIM_RULE_WORK_CONSERVING][0][NPIM_NEURAL_PIM].images_per_s = 300;
    points->at[0][NPIM_RULE_LINKS][0][NPIM_NEURAL_PIM].images_per_s = 50;
    ASSERT_EQ(npim_system_causes(&study, points.get(), &error), NPIM_OK);
    const npim_exhibit *factors = exhibit("throughput_factors");
    EXPECT_DOUBLE_EQ(cell(factors, {"alexnet"}, "neural_pim_links")->number, 0.5);
    EXPECT_DOUBLE_EQ(cell(factors, {"alexnet"}, "isaac_links")->number, 1.0);
    EXPECT_DOUBLE_EQ(cell(factors, {"alexnet"}, "isaac_granularity")->number, 100.0 / (100 * 16));
    const double all = cell(exhibit("throughput_causes"), {"ISAAC"}, "links")->number;
    EXPECT_NEAR(all, std::pow(0.5, 1.0 / 9), 1e-12);
    EXPECT_NEAR(cell(exhibit("throughput_causes"), {"ISAAC"}, "work_conserving")->number,
                std::pow(3.0, 1.0 / 9), 1e-12);
}

TEST_F(system_causes, networks_that_were_not_simulated_are_left_out_of_the_means) {
    for (size_t n = 1; n < NPIM_STUDY_NETWORKS; n++)
        for (npim_point &p : points->at[0][NPIM_RULE_LINKS][n]) p.images_per_s = NAN;
    points->at[0][NPIM_RULE_LINKS][0][NPIM_CASCADE].images_per_s = 25;
    ASSERT_EQ(npim_system_causes(&study, points.get(), &error), NPIM_OK);
    EXPECT_DOUBLE_EQ(cell(exhibit("throughput_causes"), {"CASCADE"}, "links")->number, 4.0);
    EXPECT_EQ(npim_table_rows(&exhibit("energy_causes")->table), 0u); // no replay was made here
}

} // namespace
