#include "sim/reproduce/dataflows_parts.h"

#include "section_fixture.hpp"

#include <cstddef>

namespace {

struct dataflow_sweep : section_fixture {
    void make(const npim_dot_sweep &sweep) {
        npim_dot_design designs[NPIM_N_STRATEGIES];
        ASSERT_EQ(npim_dot_designs(designs, &error), NPIM_OK);
        begin();
        for (size_t i = 0; i < sweep.n; i++) {
            const npim_dot_setting setting = npim_dot_sweep_setting(&sweep, i);
            for (const npim_dot_design &d : designs)
                ASSERT_EQ(npim_dot_plan(&study, &d, &setting, &error), NPIM_OK) << error.message;
        }
        make_runs();
        ASSERT_EQ(npim_dot_sweep_make(&study, &sweep, designs, study.json, &error), NPIM_OK) << error.message;
    }
};

npim_dot_sweep over_dacs() {
    npim_dot_sweep s{};
    s.key = "dac_bits";
    s.x_label = "x";
    s.offset = offsetof(npim_dot_setting, dac_bits);
    s.values[0] = 2;
    s.values[1] = 3;
    s.n = 2;
    s.counts = "counts";
    s.counts_title = "Counts";
    s.costs = "costs";
    s.costs_title = "Costs";
    s.counts_text = "What to see in the counts.";
    s.costs_text = "What to see in the costs.";
    return s;
}

TEST_F(dataflow_sweep, counts_stand_beside_each_other) {
    ASSERT_NO_FATAL_FAILURE(make(over_dacs()));
    expect_sound();
    const npim_table *t = table("counts");
    ASSERT_EQ(npim_table_rows(t), 2u);
    const struct {
        const char *key;
        double two, three;
    } expected[] = {{"dac_bits", 2, 3},          {"cell_bits", 1, 1},       {"array_rows", 128, 128},
                    {"input_bits", 8, 8},        {"a_conversions", 64, 48}, {"a_simulated", 64, 48},
                    {"a_resolution_bit", 9, 10}, {"b_conversions", 3, 3},   {"b_simulated", 3, NAN},
                    {"b_finest_bit", 10, 11},    {"c_conversions", 1, 1},   {"c_simulated", 1, 1},
                    {"c_resolution_bit", 8, 8}};
    for (const auto &e : expected) {
        EXPECT_EQ(number(t, 0, e.key), e.two) << e.key;
        if (std::isnan(e.three))
            EXPECT_TRUE(std::isnan(number(t, 1, e.key))) << e.key;
        else
            EXPECT_EQ(number(t, 1, e.key), e.three) << e.key;
    }
    EXPECT_EQ(text(t, 0, "b_resolutions_bit"), "10,9,8");
    EXPECT_EQ(text(t, 1, "b_resolutions_bit"), "11,10,9");
}

TEST_F(dataflow_sweep, costs_and_json_are_those_of_the_points) {
    ASSERT_NO_FATAL_FAILURE(make(over_dacs()));
    const npim_table *t = table("costs");
    ASSERT_EQ(npim_table_rows(t), 2u);
    const cJSON *list = cJSON_GetObjectItem(study.json, "dac_bits");
    ASSERT_EQ(cJSON_GetArraySize(list), 2);
    for (int i = 0; i < 2; i++) {
        const cJSON *point = cJSON_GetArrayItem(list, i);
        const auto row = static_cast<size_t>(i);
        EXPECT_EQ(npim_document_number(point, "dac_bits"), 2 + i);
        for (const auto &[strategy, prefix] : {std::pair("A", "a_"), {"B", "b_"}, {"C", "c_"}}) {
            const cJSON *o = cJSON_GetObjectItem(point, strategy);
            const std::string key = prefix;
            const double energy_pJ = number(t, row, key + "energy_pJ");
            if (i == 1 && key == "b_") {
                EXPECT_TRUE(std::isnan(energy_pJ) && std::isnan(number(t, row, key + "latency_ns")));
                for (const char *absent :
                     {"simulated_conversions", "energy_pJ", "energy_adc_pJ", "latency_ns"})
                    EXPECT_FALSE(cJSON_HasObjectItem(o, absent)) << absent;
                EXPECT_EQ(npim_document_number(o, "conversions"), 3);
                continue;
            }
            EXPECT_GT(energy_pJ, 1);
            EXPECT_EQ(npim_document_number(o, "energy_pJ"), energy_pJ);
            EXPECT_EQ(npim_document_number(o, "latency_ns"), number(t, row, key + "latency_ns"));
            EXPECT_DOUBLE_EQ(number(t, row, key + "energy_mac_pJ"), energy_pJ / 128);
        }
    }
    EXPECT_NEAR(npim_document_number(cJSON_GetArrayItem(list, 0), "A.energy_adc_pJ"), 64 * 1.969, 1e-9);
    // One cycle less: 100 ns.
    EXPECT_NEAR(number(t, 0, "c_latency_ns") - number(t, 1, "c_latency_ns"), 100, 1e-6);
}

// What is drawn for a multiply-accumulate is another column of the same table.
TEST_F(dataflow_sweep, the_chart_has_the_swept_column_for_x) {
    npim_dot_sweep sweep = over_dacs();
    sweep.key = "cell_bits";
    sweep.offset = offsetof(npim_dot_setting, cell_bits);
    sweep.values[0] = 2;
    sweep.n = 1;
    sweep.per_mac = true;
    ASSERT_NO_FATAL_FAILURE(make(sweep));
    for (size_t i = 0; i < study.n_exhibits; i++) {
        const npim_exhibit &e = study.exhibits[i];
        for (size_t s = 0; s < e.chart.n_series; s++)
            EXPECT_STREQ(e.table.columns[e.chart.series[s].x_column].key, "cell_bits");
    }
    EXPECT_STREQ(study.exhibits[1].table.columns[study.exhibits[1].chart.series[2].column].key,
                 "c_energy_mac_pJ");
    EXPECT_EQ(number(table("counts"), 0, "a_conversions"), 64);
    EXPECT_EQ(number(table("counts"), 0, "cell_bits"), 2);
}

} // namespace
