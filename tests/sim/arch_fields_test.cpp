#include "sim/arch_fields.h"

#include "arch_fixture.hpp"

#include <cmath>
#include <set>

namespace {

using arch_fields = arch_fixture;

void expect_sound(const npim_field *fields, size_t n, const std::string &where) {
    std::set<std::string> keys;
    for (size_t i = 0; i < n; i++) {
        const npim_field &f = fields[i];
        SCOPED_TRACE(where + "." + f.key);
        EXPECT_TRUE(keys.insert(f.key).second) << "twice";
        EXPECT_LE(f.min, f.max);
        EXPECT_TRUE(std::isfinite(f.min) && std::isfinite(f.max));
        if (!f.required) {
            EXPECT_TRUE(f.preset >= f.min && f.preset <= f.max) << "preset out of range";
        }
        EXPECT_EQ(f.kind == NPIM_KIND_ENUM, f.names != nullptr);
        if (f.names) { // max is the last name
            size_t names = 0;
            while (f.names[names]) names++;
            EXPECT_EQ(f.max, static_cast<double>(names) - 1);
        }
        EXPECT_STRNE(f.doc, "");
    }
}

TEST_F(arch_fields, tables_are_sound) {
    for (size_t i = 0; i < npim_n_arch_tables; i++)
        expect_sound(npim_arch_tables[i].fields, npim_arch_tables[i].n_fields, npim_arch_tables[i].path);
    expect_sound(npim_placement_fields, npim_n_placement_fields, "block");
    expect_sound(npim_stage_fields, npim_n_stage_fields, "stage");
}

TEST_F(arch_fields, names_match_their_enumerations) {
    EXPECT_STREQ(npim_scope_names[NPIM_SCOPE_ROW], "row");
    EXPECT_STREQ(npim_scope_names[NPIM_SCOPE_CHIP], "chip");
    EXPECT_EQ(npim_scope_names[NPIM_SCOPE_CHIP + 1], nullptr);
    EXPECT_STREQ(npim_group_names[NPIM_GROUP_ADC], "adc");
    EXPECT_STREQ(npim_group_names[NPIM_GROUP_LINK], "link");
    EXPECT_EQ(npim_group_names[NPIM_N_GROUPS], nullptr);
}

TEST_F(arch_fields, every_rule_names_a_key_of_a_block) {
    size_t rules = 0;
    for (size_t b = 0; b < npim_n_blocks; b++)
        for (size_t i = 0; i < npim_blocks[b]->n_fields; i++)
            rules += npim_follow_find(npim_blocks[b]->name, npim_blocks[b]->fields[i].key) != nullptr;
    EXPECT_EQ(rules, 12u);
    for (const char *key : {"per", "group"}) { // the cell model's place
        EXPECT_NE(npim_follow_find("rram", key), nullptr);
        EXPECT_EQ(npim_follow_find("crossbar", key), nullptr);
    }
    EXPECT_EQ(npim_follow_find("dac", "area_um2"), nullptr);
    EXPECT_EQ(npim_follow_find("nothing", "bits"), nullptr);
}

double follow(const npim_arch &arch, const char *type, const char *key) {
    return npim_follow_find(type, key)->value(&arch);
}

TEST_F(arch_fields, rules_follow_the_data) {
    load("cascade");
    EXPECT_EQ(follow(*arch, "crossbar", "rows"), 64);
    EXPECT_EQ(follow(*arch, "crossbar", "columns"), 64);
    EXPECT_EQ(follow(*arch, "crossbar", "weight_bits"), 8);
    EXPECT_EQ(follow(*arch, "dac", "bits"), 1);
    EXPECT_EQ(follow(*arch, "sar_adc", "bits"), 9);
    EXPECT_EQ(follow(*arch, "analog_buffer", "rows"), 8);
    EXPECT_EQ(follow(*arch, "analog_buffer", "columns"), 15);
    EXPECT_EQ(follow(*arch, "router", "ports"), 8);
    load("isaac-16bit");
    EXPECT_EQ(follow(*arch, "crossbar", "cell_bits"), 2);
    EXPECT_EQ(follow(*arch, "rram", "cell_bits"), 2);
    load("neural-pim");
    EXPECT_EQ(follow(*arch, "neural_sa", "dac_bits"), 4);
    EXPECT_EQ(follow(*arch, "neural_adc", "bits"), 8);
}

} // namespace
