#include "sim/describe.h"

#include "arch_fixture.hpp"

#include <memory>

namespace {

struct describe : arch_fixture {
    void make(const char *name, const std::vector<const char *> &sets = {}) {
        json.reset(npim_describe_json(&load(name, sets)));
        ASSERT_NE(json, nullptr);
    }
    double number(const char *key) const {
        const cJSON *item = cJSON_GetObjectItemCaseSensitive(json.get(), key);
        EXPECT_TRUE(cJSON_IsNumber(item)) << key;
        return item ? item->valuedouble : -1.0;
    }
    const cJSON *item(const char *key) const { return cJSON_GetObjectItemCaseSensitive(json.get(), key); }
    std::unique_ptr<cJSON, decltype(&cJSON_Delete)> json{nullptr, cJSON_Delete};
};

TEST_F(describe, isaac_16bit) {
    make("isaac-16bit");
    EXPECT_EQ(number("tiles"), 168);
    EXPECT_EQ(number("arrays_per_tile"), 96);
    EXPECT_NEAR(number("power_W"), 65.8, 0.3);
    EXPECT_NEAR(number("area_mm2"), 85.4, 0.4);
    EXPECT_NEAR(number("peak_TOPS"), 41.3, 0.2);
    EXPECT_EQ(number("layer_step_ns"), 2200);
    EXPECT_NEAR(number("tile_power_mW"), 329.8, 0.1);
    EXPECT_NEAR(number("standby_W"), 10.4, 1e-9);
}

TEST_F(describe, neural_pim) {
    make("neural-pim");
    EXPECT_EQ(number("tiles"), 280);
    EXPECT_EQ(number("arrays_per_tile"), 64);
    EXPECT_EQ(number("capacity_weights"), 18350080);
    EXPECT_NEAR(number("tile_area_mm2"), 62.5, 0.3);
}

TEST_F(describe, conversions) {
    make("cascade", {"data.input_bits=16", "data.weight_bits=16"});
    const cJSON *conversions = item("conversions");
    EXPECT_EQ(cJSON_GetObjectItem(conversions, "per_result")->valuedouble, 10);
    const cJSON *bits = cJSON_GetObjectItem(conversions, "bits");
    const std::vector<int> expected = {10, 10, 9, 9, 9, 9, 8, 8, 7, 6};
    ASSERT_EQ(cJSON_GetArraySize(bits), static_cast<int>(expected.size()));
    for (int i = 0; i < 10; i++)
        EXPECT_EQ(cJSON_GetArrayItem(bits, i)->valueint, expected[static_cast<size_t>(i)]);
}

TEST_F(describe, shares_and_powers_add_up) {
    for (const char *name : {"neural-pim", "isaac", "cascade", "isaac-16bit"}) {
        make(name);
        double share = 0, tile_mW = 0, chip_mW = 0, tile_mm2 = 0, chip_mm2 = 0;
        const cJSON *block;
        cJSON_ArrayForEach(block, item("blocks")) {
            const bool chip = std::string(cJSON_GetObjectItem(block, "scope")->valuestring) == "chip";
            share += cJSON_GetObjectItem(block, "share")->valuedouble;
            (chip ? chip_mW : tile_mW) += cJSON_GetObjectItem(block, "power_mW")->valuedouble;
            (chip ? chip_mm2 : tile_mm2) += cJSON_GetObjectItem(block, "area_mm2")->valuedouble;
            EXPECT_GT(cJSON_GetObjectItem(block, "count")->valuedouble, 0);
            EXPECT_STRNE(cJSON_GetObjectItem(block, "source")->valuestring, "");
            EXPECT_STRNE(cJSON_GetObjectItem(block, "tag")->valuestring, "");
        }
        EXPECT_NEAR(share, 1.0, 1e-12);
        EXPECT_NEAR(number("tile_power_mW"), tile_mW, 1e-9);
        EXPECT_NEAR(number("power_W"), (number("tiles") * tile_mW + chip_mW) * 1e-3, 1e-9);
        EXPECT_NEAR(number("tile_area_mm2"), number("tiles") * tile_mm2, 1e-9);
        EXPECT_NEAR(number("area_mm2"), number("tiles") * tile_mm2 + chip_mm2, 1e-9);
    }
}

TEST_F(describe, groups_add_up_to_the_chip) {
    for (const char *name : {"neural-pim", "isaac", "cascade", "isaac-16bit"}) {
        make(name);
        double power_W = 0, area_mm2 = 0;
        const cJSON *group;
        EXPECT_EQ(cJSON_GetArraySize(item("groups")), static_cast<int>(NPIM_N_GROUPS));
        cJSON_ArrayForEach(group, item("groups")) {
            power_W += cJSON_GetObjectItem(group, "power_W")->valuedouble;
            area_mm2 += cJSON_GetObjectItem(group, "area_mm2")->valuedouble;
            if (std::string(cJSON_GetObjectItem(group, "name")->valuestring) == "link") {
                EXPECT_NEAR(cJSON_GetObjectItem(group, "power_W")->valuedouble, 10.4, 1e-9);
                EXPECT_NEAR(cJSON_GetObjectItem(group, "area_mm2")->valuedouble, 22.88, 1e-9);
            }
        }
        EXPECT_NEAR(power_W, number("power_W"), 1e-9);
        EXPECT_NEAR(area_mm2, number("area_mm2"), 1e-9);
    }
}

// ISAAC, Table I: 64 KB of eDRAM, 12 IMAs with registers of 2 KB and 256 B, a register of 3 KB.
TEST_F(describe, storage_of_a_tile) {
    make("isaac-16bit");
    EXPECT_EQ(number("tile_storage_B"), 65536 + 12 * (2048 + 256) + 3072);
    double sum_B = 0;
    const cJSON *block;
    cJSON_ArrayForEach(block, item("blocks")) sum_B += cJSON_GetObjectItem(block, "storage_B")->valuedouble;
    EXPECT_EQ(sum_B, number("tile_storage_B"));
}

TEST_F(describe, bit_lines_at_full_scale) {
    make("isaac"); // 128 cells of 2 uS at 0.2 V
    EXPECT_NEAR(number("bit_line_uA"), 51.2, 1e-9);
    make("cascade", {"block.rram.g_on_S=1e-6", "block.rram.read_V=0.1"});
    EXPECT_NEAR(number("bit_line_uA"), 6.4, 1e-9);
}

TEST_F(describe, blocks_are_counted_per_chip) {
    make("isaac");
    const cJSON *block;
    cJSON_ArrayForEach(block, item("blocks")) {
        const std::string name = cJSON_GetObjectItem(block, "name")->valuestring;
        const double count = cJSON_GetObjectItem(block, "count")->valuedouble;
        if (name == "sar_adc") {
            EXPECT_EQ(count, 177 * 96);
        }
        if (name == "router") {
            EXPECT_EQ(count, 45); // four tiles share one
        }
        if (name == "chip_link") {
            EXPECT_EQ(count, 4);
        }
    }
}

TEST_F(describe, text_shows_what_an_architect_asks_for) {
    std::unique_ptr<char, decltype(&free)> text{npim_describe_text(&load("isaac-16bit")), free};
    ASSERT_NE(text, nullptr);
    for (const char *part :
         {"isaac-16bit", "65.8 W", "85.4 mm2", "41.3 TOPS", "2200 ns", "128 per result, of 8 bit", "sar_adc",
          "58.2 %", "ISCA 2016", "not a validation"})
        EXPECT_NE(std::string(text.get()).find(part), std::string::npos) << part << "\n" << text.get();
}

} // namespace
