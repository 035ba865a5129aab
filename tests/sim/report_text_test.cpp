#include "sim/report.h"

#include "program_fixture.hpp"

#include <cmath>

namespace {

struct report_text_test : program_fixture {
    // The words of the first line that begins with this.
    static words line(const std::string &text, const std::string &begin) {
        std::istringstream lines(text);
        words found;
        for (std::string one; std::getline(lines, one);) {
            if (one.rfind(begin, 0) != 0) continue;
            std::istringstream rest(one.substr(begin.size()));
            for (std::string word; rest >> word;) found.push_back(word);
            return found;
        }
        ADD_FAILURE() << "no line begins with " << begin << "\n" << text;
        return words(30, "0");
    }
    // A printed number is the value, rounded at its last digit.
    static void expect_rounded(const std::string &printed, double value) {
        const auto dot = printed.find('.');
        const double digits = dot == std::string::npos ? 0 : static_cast<double>(printed.size() - dot - 1);
        EXPECT_NEAR(std::strtod(printed.c_str(), nullptr), value,
                    0.5 * std::pow(10, -digits) * (1 + 1e-6) + 1e-9 * value)
            << printed;
    }
};

TEST_F(report_text_test, totals_are_those_of_the_summary) {
    for (const char *arch : {"isaac", "cascade", "neural-pim"}) {
        SCOPED_TRACE(arch);
        const words plain = {"replay", network_file("tiny_residual"), "--arch", arch, "--images", "3"};
        words as_json = plain;
        as_json.push_back("--json");
        const std::string text = answer(plain);
        const json_ptr root = json(as_json);
        const auto number = [&root](const char *key) { return number_of(root.get(), key); };
        EXPECT_EQ(text.rfind("tiny_residual on " + std::string(arch) + ": 1 chip, ", 0), 0u) << text;
        expect_rounded(line(text, "latency of one image")[0], number("latency_ns") * 1e-3);
        expect_rounded(line(text, "throughput")[0], number("throughput_images_per_s"));
        EXPECT_EQ(line(text, "throughput")[2], "3");
        expect_rounded(line(text, "  bound by the pipeline")[0], number("throughput_bound_images_per_s"));
        expect_rounded(line(text, "  with host, links, units")[0],
                       number("throughput_bound_links_images_per_s"));
        expect_rounded(line(text, "  all arrays always busy")[0],
                       number("throughput_work_conserving_images_per_s"));
        expect_rounded(line(text, "energy per image")[0], number("energy_event_uJ"));
        expect_rounded(line(text, "  nameplate accounting")[0], number("energy_nameplate_uJ"));
        expect_rounded(line(text, "  with the constant part")[0], number("energy_total_uJ"));
        expect_rounded(line(text, "A/D conversions")[0], number("ad_conversions"));
        EXPECT_EQ(line(text, "A/D conversions")[2], std::to_string(static_cast<long>(number("macs"))));
        expect_rounded(line(text, "programming the weights")[0], number("program_uJ"));
        expect_rounded(line(text, "programming the weights")[3], number("program_ms"));
    }
}

TEST_F(report_text_test, every_layer_has_its_line) {
    const words plain = {"replay", network_file("tiny_concat"), "--arch", "isaac",
                         "--set",  "pe.cycle_ns=1000"};
    words as_json = plain;
    as_json.push_back("--json");
    const std::string text = answer(plain);
    const json_ptr root = json(as_json);
    const words titles = line(text, "layer ");
    const auto title = [&titles](const char *name) {
        const auto at = std::find(titles.begin(), titles.end(), name);
        EXPECT_NE(at, titles.end()) << name;
        return at == titles.end() ? 0 : static_cast<size_t>(at - titles.begin());
    };
    int layers = 0;
    const cJSON *each;
    cJSON_ArrayForEach(each, cJSON_GetObjectItem(root.get(), "layers")) {
        const std::string name = text_in(each, "name");
        SCOPED_TRACE(name);
        const words cells = line(text, name + " ");
        ASSERT_EQ(cells.size(), titles.size());
        EXPECT_EQ(cells[title("kind")], text_in(each, "kind"));
        expect_rounded(cells[title("windows")], number_of(each, "windows"));
        expect_rounded(cells[title("repl")], number_of(each, "replicas"));
        expect_rounded(cells[title("arrays")], number_of(each, "arrays"));
        expect_rounded(cells[title("start/us")], number_of(each, "start_ns") * 1e-3);
        expect_rounded(cells[title("span/us")], number_of(each, "latency_ns") * 1e-3);
        expect_rounded(cells[title("util/%")], number_of(each, "utilisation") * 100);
        const cJSON *energy = cJSON_GetObjectItem(each, "energy_event_pJ");
        expect_rounded(cells[title("adc")], number_of(energy, "adc") * 1e-6);
        expect_rounded(cells[title("move")], (number_of(energy, "edram") + number_of(energy, "bus") +
                                              number_of(energy, "noc") + number_of(energy, "link")) *
                                                 1e-6);
        const cJSON *stalls = cJSON_GetObjectItem(each, "stalled_share"), *stall;
        double stalled = 0.0;
        cJSON_ArrayForEach(stall, stalls) stalled += stall->valuedouble;
        expect_rounded(cells[title("wait/%")], stalled * 100);
        EXPECT_EQ(cells.back() == "-", stalled == 0.0);
        layers++;
    }
    EXPECT_GT(layers, 4);
    EXPECT_EQ(line(text, "total")[0], std::to_string(static_cast<int>(number_of(root.get(), "arrays"))));
}

TEST_F(report_text_test, one_image_alone_is_said) {
    EXPECT_NE(answer({"replay", network_file("tiny_conv")}).find("1 image (1 / latency)"), std::string::npos);
}

TEST_F(report_text_test, the_map_says_what_its_json_says) {
    const words plain = {"map", network_file("tiny_grouped"), "--arch", "cascade"};
    words as_json = plain;
    as_json.push_back("--json");
    const std::string text = answer(plain);
    const json_ptr root = json(as_json);
    const cJSON *each;
    cJSON_ArrayForEach(each, cJSON_GetObjectItem(root.get(), "layers")) {
        const words cells = line(text, text_in(each, "name") + " ");
        ASSERT_EQ(cells.size(), 6u);
        const char *keys[] = {"row_chunks", "column_blocks", "arrays_per_replica", "replica_rows",
                              "replica_bands"};
        for (size_t i = 0; i < 5; i++) expect_rounded(cells[i], number_of(each, keys[i]));
        char tiles[64];
        snprintf(tiles, sizeof tiles, "%.0f..%.0f", number_of(each, "first_tile"),
                 number_of(each, "last_tile"));
        EXPECT_EQ(cells[5], tiles);
    }
    EXPECT_NE(
        text.find(std::to_string(static_cast<int>(number_of(root.get(), "free_tiles"))) + " tiles free"),
        std::string::npos);
}

TEST(report_stall, the_longest_reason_and_none_without_one) {
    npim_layer_result layer = {};
    EXPECT_EQ(npim_report_stall(&layer), nullptr);
    layer.stall[NPIM_STALL_PSUM] = 0.1;
    EXPECT_STREQ(npim_report_stall(&layer), "psum");
    layer.stall[NPIM_STALL_MEMORY] = 0.2;
    EXPECT_STREQ(npim_report_stall(&layer), "memory");
    layer.stall[NPIM_STALL_INPUT] = 0.2; // of equals the first
    EXPECT_STREQ(npim_report_stall(&layer), "input");
}

} // namespace
