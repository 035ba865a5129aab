#include "sim/reproduce/sections.h"

#include "study_fixture.hpp"

#include <cmath>

namespace {

class system_section : public study_fixture {
  protected:
    void make(bool quick) {
        begin(quick);
        ASSERT_EQ(npim_system_plan(&study, &error), NPIM_OK) << error.message;
        ASSERT_EQ(npim_runs_make(&study.runs, 2, nullptr, nullptr, &error), NPIM_OK) << error.message;
        ASSERT_EQ(npim_system_make(&study, &error), NPIM_OK) << error.message;
    }
    double json(const char *path) const { return npim_document_number(study.json, path); }
};

struct system_sectionSlow : system_section {};

TEST_F(system_section, headline_has_every_set_rule_and_accounting) {
    make(true);
    for (const char *set : {"default", "a_priori", "isaac_2bit", "differential"})
        for (const char *accounting : {"event", "nameplate"})
            for (const char *ratio :
                 {"energy_vs_isaac", "energy_vs_cascade", "throughput_vs_isaac", "throughput_vs_cascade"}) {
                const std::string path =
                    std::string("headline.") + set + ".work_conserving." + accounting + "." + ratio;
                EXPECT_GT(json(path.c_str()), 0.5) << path;
            }
    for (const char *rule : {"pipeline_16_chips", "event_16_chips_ideal_links", "event_16_chips"})
        EXPECT_EQ(json((std::string("headline.default.") + rule + ".event.throughput_vs_isaac").c_str()), 4.0)
            << rule;
    EXPECT_EQ(json("published.energy_vs_isaac"), 5.36);
    EXPECT_TRUE(std::isnan(json("headline.a_priori.event_16_chips.event.energy_vs_isaac")));
}

TEST_F(system_sectionSlow, networks_are_listed_with_their_limit) {
    make(true);
    const cJSON *networks = cJSON_GetObjectItem(study.json, "networks");
    ASSERT_EQ(cJSON_GetArraySize(networks), 9);
    const cJSON *alexnet = cJSON_GetArrayItem(networks, 0);
    EXPECT_STREQ(cJSON_GetObjectItem(alexnet, "name")->valuestring, "alexnet");
    EXPECT_EQ(npim_document_number(alexnet, "architectures.isaac.event_16_chips.images_per_s"), 1000.0);
    EXPECT_GT(npim_document_number(alexnet, "architectures.neural-pim.work_conserving.energy_event_uJ"),
              300.0);
    const npim_exhibit *e = exhibit("limits");
    EXPECT_EQ(cell(e, {"alexnet", "isaac"}, "limit_images_per_s")->number, 1000.0);
    EXPECT_EQ(cell(e, {"alexnet", "isaac"}, "ideal_measured_images_per_s")->number, 2000.0);
    EXPECT_STREQ(cell(e, {"alexnet", "isaac"}, "limit")->text, "link");
    EXPECT_STREQ(cell(e, {"alexnet", "isaac"}, "limit_name")->text, "narrow");
    EXPECT_STREQ(cell(e, {"alexnet", "isaac"}, "longest_stall")->text, "output");
    EXPECT_EQ(cell(e, {"alexnet", "isaac"}, "stalled_percent")->number, 50.0);
    EXPECT_EQ(npim_table_rows(&e->table), 9u); // of what was simulated
}

// The factors are defined so that their product is exact; the fake program gives half of what ideal links do.
TEST_F(system_sectionSlow, causes_multiply_to_the_ratio) {
    make(false);
    const npim_exhibit *products = exhibit("throughput_causes");
    for (const char *against : {"ISAAC", "CASCADE"}) {
        double product = 1.0;
        for (const char *key : {"work_conserving", "granularity", "stalls", "links"})
            product *= cell(products, {against}, key)->number;
        EXPECT_NEAR(product, cell(products, {against}, "event_16_chips")->number, 1e-12 * product) << against;
    }
    EXPECT_DOUBLE_EQ(cell(exhibit("throughput_factors"), {"vgg16"}, "isaac_links")->number, 0.5);
    EXPECT_DOUBLE_EQ(cell(exhibit("throughput_factors"), {"vgg16"}, "isaac_stalls")->number, 0.5);
    // 100 and 20 uJ, 3 of them movement
    const npim_exhibit *energy = exhibit("energy_factors");
    EXPECT_NEAR(cell(energy, {"ISAAC"}, "compute")->number, 97.0 / 17, 1e-12);
    EXPECT_NEAR(cell(energy, {"ISAAC"}, "event_16_chips")->number, 5.0, 1e-12);
    EXPECT_NEAR(cell(energy, {"ISAAC"}, "counted_movement")->number, 5.0 * 17 / 97, 1e-12);
    EXPECT_EQ(cell(exhibit("energy_causes"), {"vgg16", "isaac"}, "event_16_chips_uJ")->number, 100.0);
}

TEST_F(system_sectionSlow, what_was_not_simulated_is_empty_not_zero) {
    make(true);
    EXPECT_TRUE(std::isnan(cell(exhibit("throughput_vs_isaac"), {"vgg16"}, "event_16_chips")->number));
    EXPECT_EQ(cell(exhibit("throughput_vs_isaac"), {"alexnet"}, "event_16_chips")->number, 4.0);
    EXPECT_GT(cell(exhibit("throughput_vs_isaac"), {"vgg16"}, "work_conserving")->number, 3.0);
}

} // namespace
