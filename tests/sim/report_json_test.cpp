#include "program_fixture.hpp"

#include <cmath>

namespace {

struct report_json_test : program_fixture {
    static void expect_keys(const cJSON *object, std::initializer_list<const char *> keys) {
        const auto present = keys_of(object);
        for (const char *key : keys) EXPECT_EQ(std::count(present.begin(), present.end(), key), 1) << key;
    }
    // Replays a network of the tests on an architecture.
    void replay(const std::string &name, const std::string &arch, const words &more = {}) {
        words all = {"replay", network_file(name), "--arch", arch, "--json"};
        all.insert(all.end(), more.begin(), more.end());
        root = json(all);
        ASSERT_TRUE(root);
    }
    double number(const char *key) { return number_of(root.get(), key); }

    json_ptr root{nullptr, cJSON_Delete};
};

TEST_F(report_json_test, has_what_was_asked_for) {
    for (const char *arch : {"isaac", "cascade", "neural-pim", "isaac-16bit"}) {
        SCOPED_TRACE(arch);
        replay("tiny_residual", arch, {"--images", "2"});
        expect_keys(root.get(), {"format",
                                 "network",
                                 "architecture",
                                 "chips",
                                 "tiles",
                                 "images",
                                 "macs",
                                 "ad_conversions",
                                 "latency_ns",
                                 "throughput_images_per_s",
                                 "throughput_bound_images_per_s",
                                 "throughput_work_conserving_images_per_s",
                                 "energy_compute_uJ",
                                 "energy_event_uJ",
                                 "energy_nameplate_uJ",
                                 "energy_constant_uJ",
                                 "energy_total_uJ",
                                 "program_uJ",
                                 "program_ms",
                                 "layers",
                                 "blocks"});
        EXPECT_EQ(text_in(root.get(), "network"), "tiny_residual");
        EXPECT_EQ(text_in(root.get(), "architecture"), arch);
        for (const cJSON *item = root->child; item; item = item->next)
            EXPECT_TRUE(!cJSON_IsNumber(item) || item->valuedouble >= 0.0) << item->string;
        EXPECT_TRUE(cJSON_IsArray(cJSON_GetObjectItem(root.get(), "layers")));
        EXPECT_TRUE(cJSON_IsArray(cJSON_GetObjectItem(root.get(), "blocks")));
        const cJSON *each;
        cJSON_ArrayForEach(each, cJSON_GetObjectItem(root.get(), "blocks"))
            expect_keys(each, {"name", "group", "operations", "energy_event_uJ", "energy_nameplate_uJ",
                               "power_mW", "area_mm2"});
        cJSON_ArrayForEach(each, cJSON_GetObjectItem(root.get(), "layers"))
            expect_keys(each, {"name", "kind", "windows", "replicas", "arrays", "tiles", "macs",
                               "ad_conversions", "start_ns", "end_ns", "utilisation", "stalled_share",
                               "energy_event_pJ", "energy_nameplate_pJ"});
    }
}

// tiny_conv: 3 x 3 x 4 = 36 rows in one chunk, 8 outputs, 6 x 6 positions: 288 results.
TEST_F(report_json_test, conversions_and_multiplications_by_hand) {
    struct {
        const char *arch;
        double conversions_per_result;
    } rows[] = {{"neural-pim", 1}, {"isaac", 8 * 16}, {"cascade", 5}};
    for (const auto &row : rows) {
        SCOPED_TRACE(row.arch);
        replay("tiny_conv", row.arch, {"--images", "3"});
        EXPECT_EQ(number("macs"), 36.0 * 8 * 36);
        EXPECT_EQ(number("ad_conversions"), 288 * row.conversions_per_result);
        EXPECT_EQ(number("images"), 3);
        EXPECT_EQ(number("chips"), 1);
    }
}

TEST_F(report_json_test, totals_are_made_of_their_parts) {
    for (const char *arch : {"isaac", "cascade", "neural-pim"}) {
        SCOPED_TRACE(arch);
        replay("tiny_chain", arch);
        const json_ptr chip = json({"describe", arch, "--json"});
        EXPECT_DOUBLE_EQ(number("throughput_images_per_s"), 1e9 / number("latency_ns")); // one image alone
        EXPECT_DOUBLE_EQ(number("energy_event_uJ"),
                         number("energy_compute_uJ") + number("energy_movement_uJ"));
        EXPECT_DOUBLE_EQ(number("energy_constant_uJ"),
                         number_of(chip.get(), "standby_W") * number("latency_ns") * 1e-3);
        EXPECT_DOUBLE_EQ(number("energy_total_uJ"), number("energy_event_uJ") + number("energy_constant_uJ"));
        double slowest_ns = 0.0, macs = 0.0, event_uJ = 0.0;
        const cJSON *each;
        cJSON_ArrayForEach(each, cJSON_GetObjectItem(root.get(), "layers")) {
            macs += number_of(each, "macs");
            const double replicas = number_of(each, "replicas"); // bands or rows divide these maps
            const double windows = std::ceil(number_of(each, "windows") / replicas);
            slowest_ns = std::fmax(slowest_ns, windows * number_of(each, "interval_ns"));
        }
        cJSON_ArrayForEach(each, cJSON_GetObjectItem(root.get(), "blocks")) event_uJ +=
            number_of(each, "energy_event_uJ");
        EXPECT_EQ(macs, number("macs"));
        EXPECT_NEAR(event_uJ, number("energy_event_uJ"), 1e-9 * event_uJ);
        EXPECT_LE(number("throughput_bound_images_per_s"), 1e9 / slowest_ns * (1 + 1e-12));
        EXPECT_LE(number("throughput_bound_links_images_per_s"), number("throughput_bound_images_per_s"));
        EXPECT_GE(number("latency_ns"), number("critical_path_ns"));
    }
}

// Every replica's cells are written once: 36 x 8 weights of 8 bit on 1-bit cells; the differential
// architectures take two columns per bit. One row of an array takes the written time, arrays in turn.
TEST_F(report_json_test, programming_by_hand) {
    struct {
        const char *arch;
        double columns, rows;
    } rows[] = {{"neural-pim", 16, 128}, {"isaac", 16, 128}, {"cascade", 8, 64}};
    for (const auto &row : rows) {
        SCOPED_TRACE(row.arch);
        replay("tiny_conv", row.arch,
               {"--set", "program.write_energy_pJ=3", "--set", "program.write_time_ns=50"});
        const cJSON *conv = cJSON_GetArrayItem(cJSON_GetObjectItem(root.get(), "layers"), 1);
        ASSERT_EQ(text_in(conv, "name"), "conv");
        ASSERT_EQ(number("tiles"), 1);
        const double replicas = number_of(conv, "replicas");
        EXPECT_DOUBLE_EQ(number("program_uJ"), replicas * 36 * 8 * row.columns * 3 * 1e-6);
        EXPECT_DOUBLE_EQ(number("program_ms"), number("arrays") * row.rows * 50 * 1e-6);
    }
}

TEST_F(report_json_test, the_map_has_every_layer_with_weights_or_work) {
    root = json({"map", network_file("tiny_concat"), "--arch", "isaac", "--json"});
    expect_keys(root.get(), {"network", "architecture", "chips", "tiles", "buffer_tiles", "free_tiles",
                             "arrays", "arrays_minimum", "throughput_bound_images_per_s", "layers"});
    const json_ptr chip = json({"describe", "isaac", "--json"});
    EXPECT_EQ(number("tiles") + number("buffer_tiles") + number("free_tiles"),
              number_of(chip.get(), "tiles"));
    EXPECT_LE(number("arrays_minimum"), number("arrays"));
    double arrays = 0.0, minimum = 0.0;
    const cJSON *each;
    cJSON_ArrayForEach(each, cJSON_GetObjectItem(root.get(), "layers")) {
        const double replica = number_of(each, "arrays_per_replica");
        arrays += replica * number_of(each, "replica_rows") * number_of(each, "replica_bands");
        minimum += replica;
        EXPECT_LE(number_of(each, "first_tile"), number_of(each, "last_tile"));
        EXPECT_LT(number_of(each, "last_tile"), number_of(chip.get(), "tiles"));
    }
    EXPECT_EQ(arrays, number("arrays"));
    EXPECT_EQ(minimum, number("arrays_minimum"));
    json_ptr replayed = json({"replay", network_file("tiny_concat"), "--arch", "isaac", "--json"});
    EXPECT_EQ(number_of(replayed.get(), "arrays"), number("arrays"));
    EXPECT_EQ(number_of(replayed.get(), "throughput_bound_images_per_s"),
              number("throughput_bound_images_per_s"));
}

TEST_F(report_json_test, describe_has_what_was_asked_for) {
    for (const char *arch : {"isaac", "cascade", "neural-pim", "isaac-16bit"}) {
        SCOPED_TRACE(arch);
        root = json({"describe", arch, "--json"});
        expect_keys(root.get(), {"tiles", "arrays_per_tile", "power_W", "area_mm2", "tile_area_mm2",
                                 "peak_TOPS", "capacity_weights", "blocks"});
        double area_mm2 = 0.0;
        const cJSON *each;
        cJSON_ArrayForEach(each, cJSON_GetObjectItem(root.get(), "blocks")) {
            expect_keys(each, {"name", "count", "power_mW", "area_mm2", "source", "tag"});
            const double per = text_in(each, "scope") == "chip" ? 1 : number("tiles");
            area_mm2 += per * number_of(each, "area_mm2");
        }
        EXPECT_NEAR(area_mm2, number("area_mm2"), 1e-9 * area_mm2);
    }
}

} // namespace
