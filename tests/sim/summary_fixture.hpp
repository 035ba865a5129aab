// Makes documents like summary.json, right or wrong, for the tests of what reads them.
#ifndef NPIM_TESTS_SIM_SUMMARY_FIXTURE_HPP
#define NPIM_TESTS_SIM_SUMMARY_FIXTURE_HPP

#include "hw/status.h"

#include <cjson/cJSON.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

using json_ptr = std::unique_ptr<cJSON, decltype(&cJSON_Delete)>;

inline json_ptr parse_json(const std::string &text) {
    return json_ptr(cJSON_Parse(text.c_str()), cJSON_Delete);
}

// The members of an object in order, as JSON text; "" leaves one out.
class json_object {
  public:
    json_object(std::initializer_list<std::pair<std::string, std::string>> members) : members_(members) {}

    json_object &set(const std::string &key, const std::string &value) {
        for (auto &member : members_)
            if (member.first == key) return member.second = value, *this;
        members_.emplace_back(key, value);
        return *this;
    }
    std::string text() const {
        std::string all;
        for (const auto &member : members_)
            if (!member.second.empty())
                all += (all.empty() ? "" : ",\n") + ("\"" + member.first + "\": " + member.second);
        return "{" + all + "}";
    }

  private:
    std::vector<std::pair<std::string, std::string>> members_;
};

class summary_fixture : public testing::Test {
  protected:
    summary_fixture() {
        std::string pattern = (std::filesystem::temp_directory_path() / "npim_summary_XXXXXX").string();
        folder = mkdtemp(pattern.data());
    }
    ~summary_fixture() override { std::filesystem::remove_all(folder); }

    static json_object layer(const std::string &name, double latency_ns, double adc_pJ, double noc_pJ,
                             double conversions) {
        return {{"name", "\"" + name + "\""},
                {"latency_ns", std::to_string(latency_ns)},
                {"energy_event_pJ",
                 "{\"adc\": " + std::to_string(adc_pJ) + ", \"noc\": " + std::to_string(noc_pJ) + "}"},
                {"ad_conversions", std::to_string(conversions)}};
    }

    // Every number is another one.
    static json_object summary(const std::vector<json_object> &layers = {layer("conv", 50, 3, 4, 7),
                                                                         layer("fc", 60, 5, 6, 8)}) {
        std::string list;
        for (const auto &each : layers) list += (list.empty() ? "" : ", ") + each.text();
        return {{"format", "1"},
                {"network", "\"net\""},
                {"architecture", "\"chip\""},
                {"chips", "2"},
                {"tiles", "11"},
                {"arrays", "12"},
                {"images", "4"},
                {"macs", "1000000"},
                {"ad_conversions", "15"},
                {"latency_ns", "2000"},
                {"throughput_images_per_s", "5000"},
                {"throughput_bound_images_per_s", "6000"},
                {"throughput_bound_links_images_per_s", "5500"},
                {"throughput_work_conserving_images_per_s", "9000"},
                {"energy_compute_uJ", "3"},
                {"energy_movement_uJ", "1"},
                {"energy_event_uJ", "4"},
                {"energy_nameplate_uJ", "5"},
                {"energy_constant_uJ", "6"},
                {"energy_total_uJ", "10"},
                {"program_uJ", "16"},
                {"program_ms", "17"},
                {"area_mm2", "20"},
                {"layers", "[" + list + "]"}};
    }

    std::string write(const std::string &name, const std::string &text) {
        const std::string path = (folder / name).string();
        std::filesystem::create_directories(std::filesystem::path(path).parent_path());
        std::ofstream(path, std::ios::binary) << text;
        return path;
    }
    // A results directory with that document.
    std::string results(const std::string &name, const json_object &document) {
        write(name + "/summary.json", document.text());
        return (folder / name).string();
    }

    void expect_message(std::initializer_list<std::string> parts) {
        for (const auto &part : parts)
            EXPECT_NE(std::string(error.message).find(part), std::string::npos)
                << error.message << "\nlacks: " << part;
    }

    std::filesystem::path folder;
    npim_error error{};
};

#endif
