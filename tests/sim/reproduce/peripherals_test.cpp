#include "section_fixture.hpp"

namespace {

struct peripheralsSlow : section_fixture {};

// The targets that circuits of this kind can meet (sigma 0.025), measured anew.
TEST_F(peripheralsSlow, circuits_meet_their_targets) {
    begin();
    ASSERT_EQ(npim_peripherals_plan(&study, &error), NPIM_OK) << error.message;
    make_runs();
    ASSERT_EQ(npim_peripherals_make(&study, &error), NPIM_OK) << error.message;
    expect_sound();
    const npim_table *t = table("peripheral_accuracy");
    ASSERT_EQ(npim_table_rows(t), 6u);
    for (size_t converter : {0u, 4u}) {
        EXPECT_GE(number(t, converter, "enob_nominal_bit"), 7.9);
        EXPECT_GE(number(t, converter, "enob_median_bit"), 7.4);
        EXPECT_GE(number(t, converter, "enob_p10_bit"), 7.2);
        EXPECT_LE(number(t, converter, "inl_nominal_lsb"), 0.15);
        EXPECT_LE(number(t, converter, "inl_median_lsb"), 1.3);
        EXPECT_LE(number(t, converter, "dnl_median_lsb"), 1.1);
        EXPECT_LE(number(t, converter, "dnl_median_lsb"), number(t, converter, "dnl_p90_lsb"));
        EXPECT_EQ(number(t, converter, "missing_codes_median"), 0);
    }
    EXPECT_GE(number(t, 1, "enob_nominal_bit"), 3.95);
    EXPECT_GE(number(t, 1, "enob_median_bit"), 3.85);
    for (size_t adder : {2u, 3u, 5u}) {
        EXPECT_GE(number(t, adder, "sinad_median_dB"), 50);
        EXPECT_GE(number(t, adder, "sinad_p10_dB"), 47);
        EXPECT_TRUE(std::isnan(number(t, adder, "enob_median_bit")));
    }
    const npim_table *circuits = table("peripheral_circuits");
    EXPECT_GT(number(circuits, 4, "settle_ns"), 0);
    EXPECT_TRUE(std::isnan(number(circuits, 0, "settle_ns")));
    const cJSON *list = cJSON_GetObjectItem(cJSON_GetObjectItem(study.json, "peripherals"), "circuits");
    ASSERT_EQ(cJSON_GetArraySize(list), 6);
    EXPECT_EQ(npim_document_number(cJSON_GetArrayItem(list, 0), "enob_bit.median"),
              number(t, 0, "enob_median_bit"));
}

} // namespace
