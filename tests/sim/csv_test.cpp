#include "csv_table.hpp"
#include "program_fixture.hpp"

#include <cmath>
#include <map>
#include <set>

namespace {

const char *const groups[] = {"dac",      "array", "analog", "adc", "digital",
                              "register", "edram", "bus",    "noc", "link"};

struct csv_test : program_fixture {
    // A results directory and what the program said of it.
    void replay(const std::string &network, const std::string &arch, const words &more = {}) {
        words all = {"replay", network, "--arch", arch, "--json", "--out", path_of("r")};
        all.insert(all.end(), more.begin(), more.end());
        summary = json(all);
        ASSERT_TRUE(summary);
    }
    csv_table table(const std::string &name) { return csv_table(read_text(folder / "r" / name)); }

    const cJSON *item(const char *list, const std::string &name) {
        const cJSON *found = nullptr, *each;
        cJSON_ArrayForEach(each, cJSON_GetObjectItem(summary.get(), list)) {
            if (text_in(each, "name") == name) found = each;
        }
        EXPECT_NE(found, nullptr) << list << " has no " << name;
        return found;
    }
    double total(const char *key) { return number_of(summary.get(), key); }
    double moved(const char *key) { return number_of(cJSON_GetObjectItem(summary.get(), "movement"), key); }

    json_ptr summary{nullptr, cJSON_Delete};
};

void expect_near(double a, double b) {
    EXPECT_NEAR(a, b, 1e-9 * std::fabs(b));
}

TEST_F(csv_test, every_number_reads_back_exactly) {
    replay(network_file("tiny_residual"), "cascade", {"--images", "3"});
    const std::set<std::string> texts = {"layer", "kind",   "block", "type", "group",
                                         "scope", "source", "tag",   "link"};
    for (const char *name : {"layers.csv", "blocks.csv", "links.csv"}) {
        const csv_table t = table(name);
        ASSERT_FALSE(t.rows.empty());
        for (const auto &column : t.columns) {
            if (texts.count(column)) continue;
            for (size_t row = 0; row < t.rows.size(); row++) {
                const double value = t.number(row, column);
                EXPECT_TRUE(std::isfinite(value) && value >= 0.0) << column;
                char again[40];
                snprintf(again, sizeof again, "%.17g", value);
                EXPECT_EQ(t.text(row, column), again) << name << " " << column;
            }
        }
    }
}

TEST_F(csv_test, headers_carry_units) {
    replay(network_file("tiny_conv"), "isaac");
    const std::string layers = read_text(folder / "r" / "layers.csv");
    for (const char *column : {"layer,kind,windows,", ",interval_ns,", ",start_ns,", ",latency_ns,",
                               ",end_ns,", ",energy_adc_pJ,", ",edram_B,", ",energy_nameplate_pJ\n"})
        EXPECT_NE(layers.find(column), std::string::npos) << column;
    EXPECT_EQ(read_text(folder / "r" / "blocks.csv")
                  .rfind("block,type,group,scope,count_per_tile,operations,energy_event_pJ,"
                         "energy_nameplate_pJ,power_mW,area_mm2,source,tag\n",
                         0),
              0u);
    EXPECT_EQ(read_text(folder / "r" / "links.csv").rfind("link,flits,bytes,busy_ns,wait_ns,busy_share\n", 0),
              0u);
}

TEST_F(csv_test, layers_sum_to_the_totals) {
    for (const char *arch : {"isaac", "cascade", "neural-pim"}) {
        SCOPED_TRACE(arch);
        replay(network_file("tiny_concat"), arch, {"--images", "5", "--force"});
        const csv_table layers = table("layers.csv");
        double event_pJ = 0.0;
        for (const char *group : groups) event_pJ += layers.sum(std::string("energy_") + group + "_pJ");
        expect_near(event_pJ * 1e-6, total("energy_event_uJ"));
        expect_near(layers.sum("energy_nameplate_pJ") * 1e-6, total("energy_nameplate_uJ"));
        EXPECT_EQ(layers.sum("macs"), total("macs"));
        EXPECT_EQ(layers.sum("ad_conversions"), total("ad_conversions"));
        for (const char *moved_by : {"edram_B", "bus_B", "flit_hops"})
            EXPECT_EQ(layers.sum(moved_by), moved(moved_by)) << moved_by;
    }
}

TEST_F(csv_test, blocks_sum_to_the_totals_and_to_the_groups_of_the_layers) {
    replay(network_file("tiny_depthwise"), "neural-pim", {"--images", "4"});
    const csv_table blocks = table("blocks.csv"), layers = table("layers.csv");
    std::map<std::string, double> by_group;
    double compute_pJ = 0.0, movement_pJ = 0.0;
    for (size_t row = 0; row < blocks.rows.size(); row++) {
        const std::string group = blocks.text(row, "group");
        const bool moves = group == "edram" || group == "bus" || group == "noc" || group == "link";
        by_group[group] += blocks.number(row, "energy_event_pJ");
        (moves ? movement_pJ : compute_pJ) += blocks.number(row, "energy_event_pJ");
    }
    for (const char *group : groups)
        expect_near(layers.sum(std::string("energy_") + group + "_pJ"), by_group[group]);
    expect_near(compute_pJ * 1e-6, total("energy_compute_uJ"));
    expect_near(movement_pJ * 1e-6, total("energy_movement_uJ"));
    expect_near(blocks.sum("energy_nameplate_pJ") * 1e-6, total("energy_nameplate_uJ"));
    EXPECT_GT(total("energy_movement_uJ"), 0.0);
}

TEST_F(csv_test, rows_say_what_the_summary_says) {
    replay(network_file("tiny_chain"), "isaac", {"--images", "2"});
    const csv_table layers = table("layers.csv"), blocks = table("blocks.csv");
    for (size_t row = 0; row < layers.rows.size(); row++) {
        const cJSON *layer = item("layers", layers.text(row, "layer"));
        ASSERT_NE(layer, nullptr);
        EXPECT_EQ(layers.text(row, "kind"), text_in(layer, "kind"));
        for (const char *key : {"windows", "replicas", "arrays", "tiles", "interval_ns", "start_ns", "end_ns",
                                "macs", "ad_conversions", "utilisation", "energy_nameplate_pJ"})
            EXPECT_EQ(layers.number(row, key), number_of(layer, key)) << key;
        const cJSON *energy = cJSON_GetObjectItem(layer, "energy_event_pJ");
        for (const char *group : groups)
            EXPECT_EQ(layers.number(row, std::string("energy_") + group + "_pJ"), number_of(energy, group));
    }
    EXPECT_EQ(static_cast<int>(layers.rows.size()),
              cJSON_GetArraySize(cJSON_GetObjectItem(summary.get(), "layers")));
    for (size_t row = 0; row < blocks.rows.size(); row++) {
        const cJSON *block = item("blocks", blocks.text(row, "block"));
        ASSERT_NE(block, nullptr);
        for (const char *key : {"operations", "power_mW", "area_mm2"})
            EXPECT_EQ(blocks.number(row, key), number_of(block, key)) << key;
    }
}

// 3 images of 3 x 13 x 11 bytes in, 9 bytes out each; what is not injected crosses one link per hop.
TEST_F(csv_test, links_carry_the_images_and_all_flits) {
    replay(network_file("tiny_chain"), "cascade", {"--images", "3"});
    const csv_table links = table("links.csv");
    std::map<std::string, size_t> row_of;
    double flits = 0.0;
    for (size_t row = 0; row < links.rows.size(); row++) {
        const std::string name = links.text(row, "link");
        EXPECT_TRUE(row_of.emplace(name, row).second) << name << " twice";
        EXPECT_LE(links.number(row, "busy_share"), 1.0 + 1e-12) << name;
        if (name.find(".inject") == std::string::npos) flits += links.number(row, "flits");
    }
    ASSERT_TRUE(row_of.count("host-chip_0") && row_of.count("chip_0-host"));
    EXPECT_EQ(links.number(row_of["host-chip_0"], "bytes"), 3.0 * 3 * 13 * 11);
    EXPECT_EQ(links.number(row_of["chip_0-host"], "bytes"), 3.0 * 9);
    EXPECT_EQ(flits, 3.0 * moved("flit_hops"));
    EXPECT_GT(flits, 0.0);
}

// Sums of power x duration are the energies of all images.
TEST_F(csv_test, power_over_time_is_the_energy) {
    for (const char *arch : {"isaac", "cascade", "neural-pim"}) {
        SCOPED_TRACE(arch);
        replay(network_file("tiny_residual"), arch,
               {"--images", "3", "--power-step", "0.3us", "--force", "--set",
                "block.chip_link.energy_pJ_per_B=2"});
        const csv_table power = table("power.csv"), layers = table("layers.csv");
        std::vector<std::string> columns = {"time_us", "duration_us"};
        for (const char *group : groups) columns.push_back(std::string(group) + "_W");
        columns.insert(columns.end(), {"event_W", "constant_W", "total_W"});
        ASSERT_EQ(power.columns, columns);
        ASSERT_GT(power.rows.size(), 3u);
        const auto energy_pJ = [&power](const std::string &column) {
            double sum = 0.0;
            for (size_t row = 0; row < power.rows.size(); row++)
                sum += power.number(row, column) * power.number(row, "duration_us") * 1e6;
            return sum;
        };
        for (const char *group : groups)
            expect_near(energy_pJ(std::string(group) + "_W"),
                        3 * layers.sum(std::string("energy_") + group + "_pJ"));
        expect_near(energy_pJ("event_W") * 1e-6, 3 * total("energy_event_uJ"));
        const json_ptr chip = json({"describe", arch, "--json"});
        for (size_t row = 0; row < power.rows.size(); row++) {
            EXPECT_NEAR(power.number(row, "time_us"), 0.3 * static_cast<double>(row), 1e-9);
            const double duration_us = power.number(row, "duration_us");
            EXPECT_TRUE(row + 1 < power.rows.size() ? duration_us == 0.3 : duration_us <= 0.3) << duration_us;
            EXPECT_EQ(power.number(row, "constant_W"), number_of(chip.get(), "standby_W"));
            EXPECT_EQ(power.number(row, "total_W"),
                      power.number(row, "event_W") + power.number(row, "constant_W"));
        }
    }
}

TEST_F(csv_test, texts_with_commas_quotes_and_newlines_stay_one_cell) {
    const std::string arch =
        edited(arch_file("isaac"), "ISAAC: 0.3 mW per array of 128 x 128", "a, \\\"b\\\",\\n\\\"\\\" and c");
    replay(network_file("tiny_conv"), arch);
    const csv_table blocks = table("blocks.csv");
    bool found = false;
    for (size_t row = 0; row < blocks.rows.size(); row++)
        found = found || blocks.text(row, "source") == "a, \"b\",\n\"\" and c";
    EXPECT_TRUE(found) << read_text(folder / "r" / "blocks.csv");
}

} // namespace
