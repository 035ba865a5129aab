#include "sim/reproduce/sections.h"

#include "study_fixture.hpp"

#include <cmath>

namespace {

class summary_section : public study_fixture {};

TEST_F(summary_section, puts_the_published_ratios_beside_ours) {
    begin(true);
    ASSERT_EQ(npim_system_plan(&study, &error), NPIM_OK);
    ASSERT_EQ(npim_runs_make(&study.runs, 2, nullptr, nullptr, &error), NPIM_OK) << error.message;
    ASSERT_EQ(npim_summary_make(&study, &error), NPIM_OK) << error.message;
    const npim_exhibit *e = exhibit("summary");
    ASSERT_EQ(npim_table_rows(&e->table), 4u);
    const double published[] = {5.36, 1.73, 3.43, 1.59}, replayed[] = {5.0, 2.5, 4.0, 2.0};
    for (size_t r = 0; r < 4; r++) {
        EXPECT_EQ(npim_table_at(&e->table, r, 1)->number, published[r]);
        EXPECT_LT(std::abs(npim_table_at(&e->table, r, 3)->number), 5.0); // per cent, nameplate
        EXPECT_DOUBLE_EQ(npim_table_at(&e->table, r, 6)->number, replayed[r]);
        EXPECT_NEAR(npim_table_at(&e->table, r, 7)->number, 100 * (replayed[r] / published[r] - 1), 1e-9);
    }
    EXPECT_NE(std::string(e->caption).find("(4 images) and NeuralTalk (16)"), std::string::npos)
        << e->caption;
}

} // namespace
