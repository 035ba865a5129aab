#include "sim/compare.h"

#include "sim/json.h"
#include "summary_fixture.hpp"

#include <algorithm>
#include <cmath>
#include <sstream>

namespace {

struct compare_report_test : summary_fixture {
    compare_report_test() : c(new npim_comparison()) {}
    ~compare_report_test() override { npim_comparison_fini(c.get()); }

    void compare(const std::vector<std::string> &words) {
        kept = words;
        std::vector<const char *> names;
        for (const auto &word : kept) names.push_back(word.c_str());
        npim_comparison_fini(c.get());
        ASSERT_EQ(npim_compare(c.get(), names.data(), names.size(), &error), NPIM_OK) << error.message;
        char *printed = npim_comparison_text(c.get());
        ASSERT_NE(printed, nullptr);
        text = printed;
        free(printed);
        char *document = npim_json_text(json_ptr(npim_comparison_json(c.get()), cJSON_Delete).get());
        ASSERT_NE(document, nullptr);
        json = parse_json(document);
        free(document);
        ASSERT_TRUE(json);
    }
    // The words of the n-th line that begins with that title.
    std::vector<std::string> line(const std::string &title, int n = 0) const {
        std::istringstream lines(text);
        for (std::string one; std::getline(lines, one);)
            if (one.rfind(title, 0) == 0 && n-- == 0) {
                std::istringstream cells(one.substr(title.size()));
                std::vector<std::string> words;
                for (std::string word; cells >> word;) words.push_back(word);
                return words;
            }
        return {"no line " + title};
    }
    std::vector<double> numbers(const cJSON *object, const char *key) const {
        std::vector<double> all;
        const cJSON *item;
        cJSON_ArrayForEach(item, cJSON_GetObjectItem(object, key))
            all.push_back(cJSON_IsNumber(item) ? item->valuedouble : -1.0);
        return all;
    }
    const cJSON *figure(const char *key) const {
        return cJSON_GetObjectItem(cJSON_GetObjectItem(json.get(), "figures"), key);
    }

    std::unique_ptr<npim_comparison> c;
    std::vector<std::string> kept;
    std::string text;
    json_ptr json{nullptr, cJSON_Delete};
};

using words = std::vector<std::string>;

TEST_F(compare_report_test, values_ratios_and_which_way_is_better) {
    compare({results("a", summary()),
             results("b", summary()
                              .set("latency_ns", "1000")
                              .set("throughput_images_per_s", "17150")
                              .set("energy_event_uJ", "8")
                              .set("chips", "3")),
             results("c", summary())});
    EXPECT_EQ(line("latency of one image"), (words{"us", "2", "1", "0.500", "better", "2", "1.000", "same"}));
    EXPECT_EQ(line("throughput"),
              (words{"images/s", "5000", "17150", "3.430", "better", "5000", "1.000", "same"}));
    EXPECT_EQ(line("energy efficiency (event)"),
              (words{"TOPS/W", "0.500", "0.250", "0.500", "worse", "0.500", "1.000", "same"}));
    EXPECT_EQ(line("energy of one image (event)"),
              (words{"uJ", "4", "8", "2.000", "worse", "4", "1.000", "same"}));
    EXPECT_EQ(line("chips"), (words{"2", "3", "1.500", "2", "1.000"})); // neither better nor worse
    EXPECT_EQ(line("note:").at(0), "the");
    EXPECT_EQ(line("[1] "),
              (words{(folder / "a:").string(), "net", "on", "chip,", "2", "chips,", "4", "images"}));
    EXPECT_EQ(line("[2] ").at(4), "3");
}

TEST_F(compare_report_test, efficiency_is_shown_with_and_without_the_constant_part) {
    compare({results("a", summary()),
             results("b", summary().set("energy_event_uJ", "2").set("energy_total_uJ", "8"))});
    EXPECT_EQ(line("energy efficiency (event)"), (words{"TOPS/W", "0.500", "1", "2.000", "better"}));
    EXPECT_EQ(line("  with the constant part"), (words{"TOPS/W", "0.200", "0.250", "1.250", "better"}));
}

TEST_F(compare_report_test, layers_and_what_one_does_not_have) {
    compare({results("a", summary({layer("conv", 50, 3, 4, 7)})),
             results("b", summary({layer("conv", 25, 10, 4, 8), layer("fc", 1000, 0, 2e6, 0)}))});
    EXPECT_EQ(line("conv", 0), (words{"0.05", "0.025", "0.500", "better"}));   // us
    EXPECT_EQ(line("conv", 1), (words{"7e-06", "1.4e-05", "2.000", "worse"})); // uJ
    EXPECT_EQ(line("conv", 2), (words{"7", "8", "1.143", "worse"}));
    EXPECT_EQ(line("fc", 0), (words{"-", "1", "-"}));
    EXPECT_EQ(line("fc", 1), (words{"-", "2", "-"}));
    EXPECT_EQ(line("fc", 2), (words{"-", "0", "-"}));
    const cJSON *fc = cJSON_GetArrayItem(cJSON_GetObjectItem(json.get(), "layers"), 1);
    EXPECT_STREQ(cJSON_GetObjectItem(fc, "name")->valuestring, "fc");
    EXPECT_EQ(numbers(cJSON_GetObjectItem(fc, "latency_ns"), "values"), (std::vector<double>{-1, 1000}));
    EXPECT_EQ(numbers(cJSON_GetObjectItem(fc, "energy_event_pJ"), "ratios"), (std::vector<double>{-1, -1}));
}

TEST_F(compare_report_test, different_networks_have_totals_alone) {
    compare({results("a", summary()), results("b", summary().set("network", "\"other\""))});
    EXPECT_EQ(text.find("\nconv"), std::string::npos);
    EXPECT_EQ(text.find("layer "), std::string::npos);
    EXPECT_NE(text.find("note: the networks differ"), std::string::npos);
    EXPECT_EQ(cJSON_GetArraySize(cJSON_GetObjectItem(json.get(), "layers")), 0);
    EXPECT_EQ(cJSON_GetArraySize(cJSON_GetObjectItem(json.get(), "notes")), 1);
    EXPECT_EQ(line("latency of one image"), (words{"us", "2", "2", "1.000", "same"}));
}

TEST_F(compare_report_test, the_document) {
    compare({results("a", summary()),
             results("b", summary().set("latency_ns", "500").set("energy_event_uJ", "0"))});
    EXPECT_STREQ(cJSON_GetObjectItem(json.get(), "kind")->valuestring, "results");
    const cJSON *compared = cJSON_GetArrayItem(cJSON_GetObjectItem(json.get(), "compared"), 1);
    EXPECT_EQ(cJSON_GetObjectItem(compared, "name")->valuestring, kept[1]);
    EXPECT_STREQ(cJSON_GetObjectItem(compared, "network")->valuestring, "net");
    EXPECT_STREQ(cJSON_GetObjectItem(compared, "architecture")->valuestring, "chip");
    EXPECT_EQ(cJSON_GetObjectItem(compared, "chips")->valuedouble, 2);
    EXPECT_EQ(cJSON_GetObjectItem(compared, "images")->valuedouble, 4);
    EXPECT_EQ(numbers(figure("latency_ns"), "values"), (std::vector<double>{2000, 500}));
    EXPECT_EQ(numbers(figure("latency_ns"), "ratios"), (std::vector<double>{1, 0.25}));
    EXPECT_STREQ(cJSON_GetObjectItem(figure("latency_ns"), "better")->valuestring, "lower");
    EXPECT_STREQ(cJSON_GetObjectItem(figure("chips"), "better")->valuestring, "neither");
    EXPECT_EQ(numbers(figure("efficiency_event_TOPS_per_W"), "values"), (std::vector<double>{0.5, -1}));
    EXPECT_EQ(numbers(figure("efficiency_event_TOPS_per_W"), "ratios"), (std::vector<double>{1, -1}));
    EXPECT_EQ(static_cast<size_t>(cJSON_GetArraySize(cJSON_GetObjectItem(json.get(), "figures"))),
              npim_result_figures.n);
}

// The same figures as `npim describe` has; ratios of Neural-PIM to ISAAC at equal area, by the facts of both.
TEST_F(compare_report_test, architectures) {
    compare({NPIM_SOURCE_DIR "/sim/arch/isaac.toml", NPIM_SOURCE_DIR "/sim/arch/neural-pim.toml"});
    EXPECT_STREQ(cJSON_GetObjectItem(json.get(), "kind")->valuestring, "architectures");
    EXPECT_EQ(numbers(figure("tiles"), "values"), (std::vector<double>{177, 280}));
    EXPECT_NEAR(numbers(figure("peak_TOPS"), "ratios").at(1), 3.43, 0.01);
    EXPECT_NEAR(numbers(figure("area_mm2"), "ratios").at(1), 1.0, 0.001);
    EXPECT_EQ(numbers(figure("conversions_per_result"), "values"), (std::vector<double>{128, 1}));
    EXPECT_EQ(line("A/D conversions per result"), (words{"128", "1", "0.00781", "better"}));
    EXPECT_EQ(line("tiles"), (words{"177", "280", "1.582"}));
    EXPECT_NE(text.find("[2] " NPIM_SOURCE_DIR "/sim/arch/neural-pim.toml: Neural-PIM"), std::string::npos);
    EXPECT_EQ(static_cast<size_t>(cJSON_GetArraySize(cJSON_GetObjectItem(json.get(), "figures"))),
              npim_arch_figures.n);
}

} // namespace
