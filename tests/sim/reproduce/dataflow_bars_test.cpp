#include "sim/reproduce/dataflows_parts.h"

#include "section_fixture.hpp"

namespace {

struct dataflow_bars : section_fixture {};

TEST_F(dataflow_bars, blocks_add_up) {
    const npim_dot_bar bars[] = {{"a", NPIM_ISAAC, 1}, {"c", NPIM_NEURAL_PIM, 8}};
    npim_dot_design designs[NPIM_N_STRATEGIES];
    ASSERT_EQ(npim_dot_designs(designs, &error), NPIM_OK);
    begin();
    for (const auto &bar : bars) {
        npim_dot_setting setting = npim_dot_base;
        setting.dac_bits = bar.dac_bits;
        ASSERT_EQ(npim_dot_plan(&study, &designs[bar.strategy], &setting, &error), NPIM_OK);
    }
    make_runs();
    ASSERT_EQ(npim_dot_bars_make(&study, bars, 2, designs, &error), NPIM_OK) << error.message;
    expect_sound();
    const npim_table *t = table("dataflow_blocks");
    ASSERT_EQ(npim_table_rows(t), 2u);
    for (size_t r = 0; r < 2; r++) {
        EXPECT_EQ(text(t, r, "strategy"), bars[r].title);
        double sum = 0;
        for (const char *key : {"dac_pJ", "array_pJ", "analog_pJ", "adc_pJ", "digital_pJ", "register_pJ"})
            sum += number(t, r, key);
        EXPECT_NEAR(number(t, r, "energy_pJ"), sum, 1e-9);
        EXPECT_NEAR(number(t, r, "adc_percent"), 100 * number(t, r, "adc_pJ") / sum, 1e-9);
    }
    EXPECT_NEAR(number(t, 0, "adc_pJ"), 128 * 1.67, 1e-9);
    EXPECT_NEAR(number(t, 1, "dac_pJ"), 128 * 3.906 * (1 + 7.0 / 6) * 0.1 / 8, 1e-4); // as the command has it
    EXPECT_EQ(study.exhibits[0].chart.kind, NPIM_CHART_STACK);
}

TEST_F(dataflow_bars, a_run_that_was_not_made) {
    const npim_dot_bar bar = {"a", NPIM_ISAAC, 1};
    npim_dot_design designs[NPIM_N_STRATEGIES];
    ASSERT_EQ(npim_dot_designs(designs, &error), NPIM_OK);
    begin();
    EXPECT_EQ(npim_dot_bars_make(&study, &bar, 1, designs, &error), NPIM_EINVARIANT);
}

} // namespace
