#include "sim/design/characterize_flow.h"

#include <gtest/gtest.h>

#include <cstring>
#include <memory>
#include <string>

namespace {

const char *const folder = NPIM_SOURCE_DIR "/sim/arch/circuits";

npim_design_request request_of(const char *multiplicity) {
    npim_options options{};
    options.subject = "neural-adc";
    options.multiplicity = multiplicity;
    npim_design_request request{};
    npim_error error{};
    EXPECT_EQ(npim_design_request_read(&request, &options, &error), NPIM_OK) << error.message;
    return request;
}

struct report {
    report(const char *multiplicity, npim_sampling sampling) : core(new npim_flow_report()) {
        const npim_design_request request = request_of(multiplicity);
        status = npim_flow_report_make(core.get(), &request, &sampling, folder, &error);
    }
    std::unique_ptr<npim_flow_report> core;
    npim_error error{};
    npim_status status;
};

const npim_flow_row &row(const report &r, npim_dot_data data, uint32_t dac_bits, npim_flow flow) {
    uint32_t i = 0;
    while (npim_flow_dac_bits[i] != dac_bits) i++;
    return r.core->figures[data][i].row[flow];
}

// The targets of the design at sigma 0.025, with the circuits as `npim design` makes them.
TEST(characterize_flow, the_default_circuits_keep_the_dataflow) {
    const report r("4", {0.025, 5, 1, {}, nullptr});
    ASSERT_EQ(r.status, NPIM_OK) << r.error.message;
    const npim_flow_row &sine = row(r, NPIM_DOT_SINE, 1, NPIM_FLOW_C);
    EXPECT_GE(sine.sinad_dB.nominal, 47);
    EXPECT_GE(sine.sinad_dB.median, 41);
    EXPECT_GE(sine.sinad_per_column_dB.median, 44.5);
    const npim_flow_row &uniform = row(r, NPIM_DOT_UNIFORM, 1, NPIM_FLOW_C);
    EXPECT_GE(uniform.sinad_dB.nominal, 40);
    EXPECT_GE(uniform.sinad_dB.median, 32);
    EXPECT_GE(uniform.sinad_per_column_dB.median, 36.5);
    for (const npim_dot_data data : {NPIM_DOT_UNIFORM, NPIM_DOT_SINE}) {
        const double a = row(r, data, 1, NPIM_FLOW_A).sinad_dB.median,
                     b = row(r, data, 1, NPIM_FLOW_B).sinad_dB.median,
                     c = row(r, data, 1, NPIM_FLOW_C).sinad_dB.median;
        EXPECT_GE(a, c);
        EXPECT_GT(c, b);
    }
}

TEST(characterize_flow, json_has_a_row_for_every_strategy_data_and_dac) {
    const report r("1", {0, 0, 3, {}, nullptr});
    ASSERT_EQ(r.status, NPIM_OK) << r.error.message;
    EXPECT_EQ(r.core->ladder_cells[0], 79u);
    cJSON *json = npim_flow_report_json(r.core.get());
    ASSERT_NE(json, nullptr);
    const cJSON *rows = cJSON_GetObjectItem(json, "rows");
    EXPECT_EQ(cJSON_GetArraySize(rows), 3 * 3 * 4);
    const cJSON *first = cJSON_GetArrayItem(rows, 0);
    EXPECT_STREQ(cJSON_GetStringValue(cJSON_GetObjectItem(first, "strategy")), "A");
    EXPECT_STREQ(cJSON_GetStringValue(cJSON_GetObjectItem(first, "data")), "uniform");
    EXPECT_EQ(cJSON_GetNumberValue(cJSON_GetObjectItem(first, "dac_bits")), 1);
    for (const char *key : {"sinad_dB", "sinad_per_column_dB"})
        for (const char *part : {"nominal", "median", "p10", "p90"})
            EXPECT_TRUE(cJSON_IsNumber(cJSON_GetObjectItem(cJSON_GetObjectItem(first, key), part))) << key;
    EXPECT_EQ(cJSON_GetNumberValue(cJSON_GetObjectItem(json, "seed")), 3);
    cJSON_Delete(json);
    char *text = npim_flow_report_text(r.core.get());
    ASSERT_NE(text, nullptr);
    EXPECT_NE(std::string(text).find("ladders of 79"), std::string::npos) << text;
    std::free(text);
    text = npim_flow_report_csv(r.core.get());
    ASSERT_NE(text, nullptr);
    const std::string csv = text;
    std::free(text);
    EXPECT_EQ(std::count(csv.begin(), csv.end(), '\n'), 1 + 3 * 3 * 4);
    EXPECT_EQ(std::count(csv.begin(), csv.end(), ','), (1 + 3 * 3 * 4) * 10);
    EXPECT_NE(csv.find("\nB,sine,4,"), std::string::npos) << csv;
}

TEST(characterize_flow, errors_come_through) {
    const report too_wide("4", {0.7, 1, 1, {}, nullptr});
    EXPECT_NE(too_wide.status, NPIM_OK);
    EXPECT_NE(std::strlen(too_wide.error.message), 0u);
}

} // namespace
