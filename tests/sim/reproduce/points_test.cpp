#include "sim/reproduce/points.h"

#include "study_fixture.hpp"

#include <cmath>
#include <memory>

namespace {

class points : public study_fixture {
  protected:
    void make(bool quick) {
        begin(quick);
        ASSERT_EQ(npim_points_plan(&study, &error), NPIM_OK) << error.message;
        ASSERT_EQ(npim_runs_make(&study.runs, 2, nullptr, nullptr, &error), NPIM_OK) << error.message;
        ASSERT_EQ(npim_points_make(core.get(), &study, &error), NPIM_OK) << error.message;
    }
    npim_ratios mean(size_t set, npim_rule rule, npim_accounting accounting, bool constant = false,
                     bool geometric = false) const {
        return npim_points_mean(core.get(), set, rule, accounting, constant, geometric);
    }

    std::unique_ptr<npim_points> core = std::make_unique<npim_points>();
};

struct pointsSlow : points {};

TEST_F(points, quick_simulates_three_networks_and_maps_the_others) {
    make(true);
    size_t replays = 0, maps = 0;
    for (const std::string &words : asked()) {
        replays += words.rfind("replay ", 0) == 0;
        maps += words.rfind("map ", 0) == 0;
        if (words.rfind("replay neuraltalk", 0) == 0) {
            EXPECT_NE(words.find("--images 16"), std::string::npos) << words;
        } else if (words.rfind("replay ", 0) == 0) {
            EXPECT_NE(words.find("--images 4"), std::string::npos) << words;
        }
    }
    EXPECT_EQ(replays, 3u * 3 * 2); // with and without ideal links
    EXPECT_EQ(maps, 6u * 3);
    EXPECT_EQ(mean(0, NPIM_RULE_LINKS, NPIM_EVENT).networks, 3u);
    EXPECT_EQ(mean(0, NPIM_RULE_PIPELINE, NPIM_EVENT).networks, 9u);
    EXPECT_EQ(mean(0, NPIM_RULE_WORK_CONSERVING, NPIM_EVENT).networks, 9u);
}

TEST_F(pointsSlow, all_of_it_simulates_all_networks_the_largest_first) {
    make(false);
    EXPECT_EQ(asked().size(), 9u * 3 * 3);
    EXPECT_EQ(study.runs.items[0].command,
              std::string("replay vgg19 --arch isaac --images 8 --chips 16 --set "
                          "system.ideal_links=true"));
    EXPECT_EQ(mean(0, NPIM_RULE_SMALLEST, NPIM_EVENT).networks, 9u);
}

// What the program says is what the ratios are made of.
TEST_F(pointsSlow, measured_ratios_follow_from_the_documents) {
    make(true);
    const npim_ratios event = mean(0, NPIM_RULE_LINKS, NPIM_EVENT);
    EXPECT_DOUBLE_EQ(event.energy[0], 100.0 / 20);
    EXPECT_DOUBLE_EQ(event.energy[1], 50.0 / 20);
    EXPECT_DOUBLE_EQ(event.throughput[0], 4.0);
    EXPECT_DOUBLE_EQ(event.throughput[1], 2.0);
    EXPECT_DOUBLE_EQ(mean(0, NPIM_RULE_LINKS, NPIM_NAMEPLATE).energy[0], 5.0);
    EXPECT_DOUBLE_EQ(mean(0, NPIM_RULE_LINKS, NPIM_NAMEPLATE, true).energy[0], (200.0 + 100) / (40 + 20));
    EXPECT_DOUBLE_EQ(mean(0, NPIM_RULE_PIPELINE, NPIM_EVENT).throughput[0], 4.0);
}

// A short run can measure more than its busiest resource could keep up.
TEST_F(points, steady_state_is_never_above_the_lowest_limit) {
    const std::string program = script(R"(echo '{"chips": 16, "throughput_images_per_s": 900,
 "throughput_bound_images_per_s": 5000, "throughput_bound_links_images_per_s": 300, "energy_event_uJ": 1,
 "energy_nameplate_uJ": 1, "energy_constant_uJ": 10}')");
    ASSERT_EQ(npim_study_begin(&study, (folder + "/runs").c_str(), program.c_str(), true, nullptr, &error),
              NPIM_OK);
    ASSERT_EQ(npim_points_plan(&study, &error), NPIM_OK);
    ASSERT_EQ(npim_runs_make(&study.runs, 2, nullptr, nullptr, &error), NPIM_OK) << error.message;
    ASSERT_EQ(npim_points_make(core.get(), &study, &error), NPIM_OK);
    const npim_point &p = core->at[0][NPIM_RULE_LINKS][0][NPIM_ISAAC];
    EXPECT_EQ(p.images_per_s, 300.0);
    EXPECT_EQ(p.measured_images_per_s, 900.0);
    EXPECT_EQ(p.constant_uJ, 30.0); // standby of the longer time
}

TEST_F(pointsSlow, other_sets_have_closed_forms_alone) {
    make(true);
    for (size_t set = 1; set < NPIM_N_SETS; set++) {
        EXPECT_EQ(mean(set, NPIM_RULE_WORK_CONSERVING, NPIM_EVENT).networks, 9u);
        for (const npim_rule rule :
             {NPIM_RULE_PIPELINE, NPIM_RULE_IDEAL_LINKS, NPIM_RULE_LINKS, NPIM_RULE_SMALLEST})
            EXPECT_EQ(mean(set, rule, NPIM_EVENT).networks, 0u);
    }
}

// What is published, and what an independent analytical model of the same parameters gives.
TEST_F(pointsSlow, the_default_set_meets_the_published_ratios) {
    make(true);
    const double published[] = {5.36, 1.73, 3.43, 1.59}, nameplate[] = {5.44, 1.79, 3.43, 1.59},
                 event[] = {5.30, 1.68, 3.43, 1.59};
    for (const npim_accounting a : {NPIM_EVENT, NPIM_NAMEPLATE}) {
        const npim_ratios r = mean(NPIM_DEFAULT_SET, NPIM_RULE_WORK_CONSERVING, a);
        const double ratios[] = {r.energy[0], r.energy[1], r.throughput[0], r.throughput[1]};
        for (size_t i = 0; i < 4; i++) {
            EXPECT_NEAR(ratios[i], published[i], 0.05 * published[i]) << a << " " << i;
            EXPECT_NEAR(ratios[i], (a == NPIM_EVENT ? event : nameplate)[i], 0.01 * ratios[i])
                << a << " " << i;
        }
    }
}

TEST_F(pointsSlow, the_a_priori_set_meets_the_independent_model) {
    make(true);
    const npim_ratios r = mean(NPIM_A_PRIORI_SET, NPIM_RULE_WORK_CONSERVING, NPIM_NAMEPLATE);
    EXPECT_NEAR(r.energy[0], 7.03, 0.02 * 7.03);
    EXPECT_NEAR(r.energy[1], 2.00, 0.03 * 2.00);
    EXPECT_NEAR(r.throughput[0], 4.22, 0.01 * 4.22);
    EXPECT_NEAR(r.throughput[1], 1.78, 0.01 * 1.78);
}

TEST_F(pointsSlow, means_are_means) {
    make(true);
    double product = 1.0, sum = 0.0;
    for (size_t n = 0; n < NPIM_STUDY_NETWORKS; n++) {
        const npim_ratios r =
            npim_points_ratios(core.get(), 0, NPIM_RULE_WORK_CONSERVING, NPIM_EVENT, n, false);
        sum += r.energy[1] / 9;
        product *= r.energy[1];
    }
    EXPECT_NEAR(mean(0, NPIM_RULE_WORK_CONSERVING, NPIM_EVENT).energy[1], sum, 1e-12);
    EXPECT_NEAR(mean(0, NPIM_RULE_WORK_CONSERVING, NPIM_EVENT, false, true).energy[1],
                std::pow(product, 1.0 / 9), 1e-12);
}

} // namespace
