#include "sim/compare.h"

#include "summary_fixture.hpp"

#include <cmath>

namespace {

const std::string isaac = NPIM_SOURCE_DIR "/sim/arch/isaac.toml",
                  cascade = NPIM_SOURCE_DIR "/sim/arch/cascade.toml";

struct compare_test : summary_fixture {
    compare_test() : c(new npim_comparison()) {}
    ~compare_test() override {
        npim_comparison_fini(c.get());
        npim_comparison_fini(c.get());
    }

    npim_status compare(const std::vector<std::string> &words) {
        kept = words;
        std::vector<const char *> names;
        for (const auto &word : kept) names.push_back(word.c_str());
        npim_comparison_fini(c.get());
        error = {};
        return npim_compare(c.get(), names.data(), names.size(), &error);
    }
    void refuse(npim_status status, const std::vector<std::string> &words,
                std::initializer_list<std::string> parts) {
        EXPECT_EQ(compare(words), status);
        expect_message(parts);
        EXPECT_EQ(c->n, 0u);
        EXPECT_EQ(c->layers, nullptr);
    }
    std::vector<std::string> layers() const { return {c->layers, c->layers + c->n_layers}; }
    std::string notes() const {
        std::string all;
        for (size_t i = 0; i < c->n_notes; i++) all += std::string(c->notes[i]) + "\n";
        return all;
    }

    std::unique_ptr<npim_comparison> c; // too large for some stacks
    std::vector<std::string> kept;
};

TEST_F(compare_test, too_few_and_too_many) {
    const std::string one = results("one", summary());
    refuse(NPIM_EUSAGE, {}, {"0 to compare", "at least two"});
    refuse(NPIM_EUSAGE, {one}, {"1 to compare", "at least two"});
    refuse(NPIM_EUSAGE, std::vector<std::string>(NPIM_COMPARE_MAX + 1, one), {"65 to compare", "at most 64"});
    ASSERT_EQ(compare(std::vector<std::string>(NPIM_COMPARE_MAX, one)), NPIM_OK) << error.message;
    EXPECT_EQ(c->n, 64u);
}

TEST_F(compare_test, results_and_architectures_do_not_mix) {
    const std::string one = results("one", summary());
    refuse(NPIM_EUSAGE, {one, isaac}, {one + " and " + isaac, "either all results"});
    refuse(NPIM_EUSAGE, {isaac, cascade, one}, {isaac + " and " + one});
}

TEST_F(compare_test, names_that_are_nothing) {
    refuse(NPIM_ECONFIG, {isaac, "no such thing"}, {"no such thing", "neither", "--out", "architecture"});
    refuse(NPIM_ECONFIG, {"./gone", isaac}, {"./gone: neither"});
    refuse(NPIM_ECONFIG, {"", isaac}, {"neither"});
    refuse(NPIM_ECONFIG, {isaac, write("bad.toml", "name = 1")}, {"bad.toml"});
    refuse(NPIM_ECONFIG, {isaac, std::string(5000, 'x')}, {"neither"});
    const std::string one = results("one", summary());
    refuse(NPIM_ECONFIG, {one, folder.string()}, {folder.string() + ": not a results directory"});
    refuse(NPIM_ECONFIG, {one, write("bad.json", "{")}, {"bad.json:1"});
}

TEST_F(compare_test, a_directory_or_a_json_file_is_a_result_and_anything_else_an_architecture) {
    const std::string one = results("isaac", summary()), two = write("two.json", summary().text());
    ASSERT_EQ(compare({one, two}), NPIM_OK) << error.message;
    EXPECT_TRUE(c->results);
    EXPECT_EQ(npim_comparison_figures(c.get()), &npim_result_figures);
    ASSERT_EQ(compare({cascade, isaac}), NPIM_OK) << error.message;
    EXPECT_FALSE(c->results);
    EXPECT_EQ(npim_comparison_figures(c.get()), &npim_arch_figures);
    EXPECT_EQ(c->n_layers + c->n_notes, 0u);
}

TEST_F(compare_test, layers_are_matched_by_name) {
    const std::string a = results("a", summary({layer("conv", 1, 0, 0, 0), layer("fc", 2, 0, 0, 0)}));
    const std::string b =
        results("b", summary({layer("new", 3, 0, 0, 0), layer("fc", 4, 0, 0, 0), layer("end", 5, 0, 0, 0)}));
    const std::string none = results("none", summary({}));
    ASSERT_EQ(compare({a, b, none}), NPIM_OK) << error.message;
    EXPECT_EQ(layers(), (std::vector<std::string>{"conv", "fc", "new", "end"}));
    EXPECT_EQ(notes(), "");
    const auto latency = [this](size_t item, const char *name) {
        const cJSON *found = npim_comparison_layer(c.get(), item, name);
        return found ? cJSON_GetObjectItem(found, "latency_ns")->valuedouble : -1.0;
    };
    EXPECT_EQ(latency(0, "fc"), 2);
    EXPECT_EQ(latency(1, "fc"), 4);
    EXPECT_EQ(latency(0, "end"), -1);
    EXPECT_EQ(latency(1, "conv"), -1);
    EXPECT_EQ(latency(2, "fc"), -1);
    ASSERT_EQ(compare({none, none}), NPIM_OK) << error.message;
    EXPECT_EQ(c->n_layers, 0u);
}

TEST_F(compare_test, what_is_not_fair_is_noted) {
    const std::string one = results("one", summary());
    ASSERT_EQ(compare({one, results("b", summary().set("network", "\"other\""))}), NPIM_OK);
    EXPECT_NE(notes().find("the networks differ"), std::string::npos) << notes();
    EXPECT_EQ(c->n_layers, 0u); // layers of different networks do not compare, whatever their names
    ASSERT_EQ(compare({one, one, results("b", summary().set("images", "5"))}), NPIM_OK);
    EXPECT_NE(notes().find("numbers of images differ"), std::string::npos) << notes();
    EXPECT_EQ(c->n_layers, 2u);
    ASSERT_EQ(compare({one, results("b", summary().set("chips", "5"))}), NPIM_OK);
    EXPECT_NE(notes().find("numbers of chips differ"), std::string::npos) << notes();
    ASSERT_EQ(compare({one, results("b", summary().set("macs", "5"))}), NPIM_OK);
    EXPECT_NE(notes().find("different multiply-accumulates"), std::string::npos) << notes();
    const json_object all = summary().set("network", "\"x\"").set("images", "5").set("chips", "5");
    ASSERT_EQ(compare({one, results("b", all)}), NPIM_OK);
    EXPECT_EQ(c->n_notes, 3u);
    ASSERT_EQ(compare({one, results("b", summary().set("architecture", "\"x\"").set("tiles", "5"))}),
              NPIM_OK);
    EXPECT_EQ(notes(), "");
}

TEST_F(compare_test, ratios) {
    EXPECT_EQ(npim_comparison_ratio(3, 2), 1.5);
    EXPECT_EQ(npim_comparison_ratio(0, 2), 0.0);
    const double none = std::nan("");
    EXPECT_TRUE(std::isnan(npim_comparison_ratio(1, 0)));
    EXPECT_TRUE(std::isnan(npim_comparison_ratio(0, 0)));
    EXPECT_TRUE(std::isnan(npim_comparison_ratio(none, 2)));
    EXPECT_TRUE(std::isnan(npim_comparison_ratio(2, none)));
}

} // namespace
