#include "program_fixture.hpp"

#include <cmath>

namespace {

struct command_compare_test : program_fixture {
    // A results directory of that name.
    std::string replay(const std::string &name, const std::string &network, const std::string &arch,
                       const std::string &images = "3") {
        json({"replay", network_file(network), "--arch", arch, "--images", images, "--json", "--out",
              path_of(name)});
        return path_of(name);
    }
    static double at(const cJSON *root, const char *key, const char *list, int i) {
        const cJSON *figure = cJSON_GetObjectItem(cJSON_GetObjectItem(root, "figures"), key);
        const cJSON *item = cJSON_GetArrayItem(cJSON_GetObjectItem(figure, list), i);
        EXPECT_TRUE(cJSON_IsNumber(item)) << key;
        return item ? item->valuedouble : -1.0;
    }
};

TEST_F(command_compare_test, what_replay_writes_is_what_compare_reads) {
    const std::string a = replay("a", "tiny_residual", "isaac"),
                      b = replay("b", "tiny_residual", "neural-pim");
    const json_ptr first = parsed(read_text(a + "/summary.json")),
                   second = parsed(read_text(b + "/summary.json"));
    const json_ptr root = json({"compare", a, b, "--json"});
    for (const char *key : {"latency_ns", "throughput_images_per_s", "energy_event_uJ", "energy_total_uJ",
                            "ad_conversions", "area_mm2", "tiles"}) {
        EXPECT_EQ(at(root.get(), key, "values", 0), number_of(first.get(), key)) << key;
        EXPECT_EQ(at(root.get(), key, "values", 1), number_of(second.get(), key)) << key;
        EXPECT_EQ(at(root.get(), key, "ratios", 1),
                  number_of(second.get(), key) / number_of(first.get(), key))
            << key;
    }
    // The same network: efficiencies are to each other as energies, the other way round.
    EXPECT_DOUBLE_EQ(at(root.get(), "efficiency_event_TOPS_per_W", "ratios", 1),
                     1 / at(root.get(), "energy_event_uJ", "ratios", 1));
    const cJSON *layers = cJSON_GetObjectItem(root.get(), "layers");
    EXPECT_EQ(cJSON_GetArraySize(layers), cJSON_GetArraySize(cJSON_GetObjectItem(first.get(), "layers")));
    double event_pJ = 0.0;
    const cJSON *layer;
    cJSON_ArrayForEach(layer, layers) event_pJ +=
        cJSON_GetArrayItem(cJSON_GetObjectItem(cJSON_GetObjectItem(layer, "energy_event_pJ"), "values"), 1)
            ->valuedouble;
    EXPECT_NEAR(event_pJ * 1e-6, number_of(second.get(), "energy_event_uJ"),
                1e-9 * number_of(second.get(), "energy_event_uJ"));
}

TEST_F(command_compare_test, what_replay_prints_can_be_compared_too) {
    const std::string network = network_file("tiny_conv");
    const std::string a = write("a.json", answer({"replay", network, "--json"}));
    const std::string b = replay("b", "tiny_conv", "neural-pim", "1");
    const json_ptr root = json({"compare", a, b, "--json"});
    EXPECT_EQ(at(root.get(), "latency_ns", "ratios", 1), 1.0);
    EXPECT_EQ(at(root.get(), "energy_total_uJ", "ratios", 1), 1.0);
}

TEST_F(command_compare_test, different_networks_and_numbers_of_images_are_noted) {
    const std::string text =
        answer({"compare", replay("a", "tiny_conv", "isaac", "1"), replay("b", "tiny_fc", "isaac", "3"),
                replay("c", "tiny_fc", "cascade")});
    EXPECT_NE(text.find("note: the networks differ"), std::string::npos) << text;
    EXPECT_NE(text.find("note: the numbers of images differ"), std::string::npos) << text;
    EXPECT_EQ(text.find("\nlayer"), std::string::npos) << text;
}

TEST_F(command_compare_test, architectures_are_compared_by_the_figures_of_describe) {
    const json_ptr root = json({"compare", "isaac", "cascade", "neural-pim", "--json"});
    const char *const names[] = {"isaac", "cascade", "neural-pim"};
    for (int i = 0; i < 3; i++) {
        const json_ptr arch = json({"describe", names[i], "--json"});
        for (const char *key :
             {"tiles", "arrays_per_tile", "power_W", "area_mm2", "peak_TOPS", "capacity_weights"})
            EXPECT_EQ(at(root.get(), key, "values", i), number_of(arch.get(), key)) << names[i] << " " << key;
    }
    EXPECT_NEAR(at(root.get(), "peak_TOPS", "ratios", 2), 3.43, 0.01);
}

TEST_F(command_compare_test, what_is_wrong_is_named_and_has_its_exit_code) {
    const std::string good = replay("good", "tiny_fc", "isaac", "1");
    refuse(2, {"compare"}, {"0 to compare", "at least two"});
    refuse(2, {"compare", good, "--json"}, {"1 to compare"});
    refuse(2, {"compare", good, "isaac"}, {"isaac", "either all results, or all architectures"});
    refuse(2, {"compare", good, good, "--set", "a=1"}, {"unknown option --set: known are --json, --help"});
    refuse(3, {"compare", good, path_of("none")}, {path_of("none"), "neither"});
    refuse(3, {"compare", good, folder.string()}, {folder.string(), "not a results directory"});
    std::filesystem::create_directories(folder / "cut");
    std::filesystem::create_directories(folder / "old");
    const std::string text = read_text(good + "/summary.json");
    write("cut/summary.json", text.substr(0, text.size() / 2));
    write("old/summary.json", text.substr(0, 1) + text.substr(text.find(',') + 1)); // without its format
    refuse(3, {"compare", good, path_of("cut")}, {"cut/summary.json:", "not a (complete) JSON document"});
    refuse(3, {"compare", path_of("old"), good}, {"old/summary.json: format: missing; must be 1"});
}

} // namespace
