#include "sim/design/gnuplot.h"

#include "program_fixture.hpp"

#include <filesystem>
#include <set>

namespace {

struct command_reproduce_test : program_fixture {
    void SetUp() override {
        program_fixture::SetUp();
        npim_error error{};
        if (npim_gnuplot_check(nullptr, &error) != NPIM_OK) GTEST_SKIP() << error.message;
    }
};

TEST_F(command_reproduce_test, bad_words) {
    for (const char *jobs : {"0", "257", "two", "-1", "1.5", "", "99999999999"})
        refuse(2, {"reproduce", std::string("--jobs=") + jobs}, {"--jobs", jobs, "1..256"});
    refuse(2, {"reproduce", "vgg16"}, {"vgg16", "takes no name"});
    refuse(2, {"reproduce", "--quickly"}, {"--quickly", "--quick"});
    refuse(2, {"reproduce", "--quick=yes"}, {"--quick", "no value"});
    EXPECT_TRUE(listing().empty());
}

TEST_F(command_reproduce_test, folders_of_others_stay_as_they_are) {
    const std::string mine = write("mine/thesis.txt", "mine");
    refuse(2, {"reproduce", "--quick", "--out", path_of("mine")}, {path_of("mine"), "not empty", "--force"});
    write("theirs/runs/1.csv", "mine");
    refuse(2, {"reproduce", "--quick", "--out", path_of("theirs")}, {path_of("theirs"), "not empty"});
    refuse(2, {"reproduce", "--quick", "--out", mine}, {mine, "not a directory"});
    refuse(2, {"reproduce", "--quick", "--out", ""}, {"--out", "empty"});
    refuse(2, {"reproduce", "--quick", "--out", "/proc/none"}, {"/proc/none", "cannot create"});
    EXPECT_EQ(read_text(mine), "mine");
}

// A network that cannot be read: the new folder goes again, one that was there stays.
TEST_F(command_reproduce_test, a_failure_before_any_run_leaves_no_folder) {
    write("traces/alexnet/network.toml", "nothing");
    working_directory = folder.string();
    refuse(3, {"reproduce", "--quick", "--out", path_of("out")}, {"network.toml"});
    EXPECT_FALSE(std::filesystem::exists(path_of("out")));
    std::filesystem::create_directory(path_of("out"));
    refuse(3, {"reproduce", "--quick", "--out", path_of("out")}, {"network.toml"});
    EXPECT_TRUE(std::filesystem::exists(path_of("out")));
}

// Runs that are under way end with it and leave nothing; what had ended is kept for the next call.
TEST_F(command_reproduce_test, an_interrupt_keeps_what_is_done) {
    const std::string out = path_of("out");
    const auto any = [&](const char *extension) {
        std::error_code none;
        for (const auto &entry : std::filesystem::directory_iterator(out + "/runs", none))
            if (entry.path().extension() == extension) return true;
        return false;
    };
    for (const int number : {SIGINT, SIGTERM}) {
        const outcome r = run({"reproduce", "--quick", "--out", out, "--jobs", "2"}, {}, [&](pid_t child) {
            for (int i = 0; i < 1000 && !any(".partial"); i++) usleep(20000);
            interrupt(child, number);
        });
        EXPECT_EQ(r.code, 130) << r.err;
        EXPECT_EQ(r.err, "npim: interrupted\n");
        EXPECT_FALSE(any(".partial"));
        EXPECT_FALSE(any(".errors"));
        EXPECT_FALSE(std::filesystem::exists(out + "/report.html"));
    }
}

// The numbers that the report begins with, the files, and that a second call makes no run again and the same
// bytes with another number of processes.
TEST_F(command_reproduce_test, SlowQuickReportMeetsThePublishedRatios) {
    patience_s = 900;
    const std::string out = path_of("out");
    const json_ptr root = json({"reproduce", "--quick", "--out", out, "--json"});
    const cJSON *headline = cJSON_GetObjectItem(root.get(), "headline");
    const auto ratio = [&](const char *set, const char *accounting, const char *key) {
        const cJSON *at = headline;
        for (const char *name : {set, "work_conserving", accounting, key}) at = cJSON_GetObjectItem(at, name);
        return cJSON_IsNumber(at) ? at->valuedouble : 0.0;
    };
    const std::pair<const char *, double> published[] = {{"energy_vs_isaac", 5.36},
                                                         {"energy_vs_cascade", 1.73},
                                                         {"throughput_vs_isaac", 3.43},
                                                         {"throughput_vs_cascade", 1.59}};
    for (const auto &[key, value] : published)
        for (const char *accounting : {"event", "nameplate"})
            EXPECT_NEAR(ratio("default", accounting, key), value, 0.05 * value) << key << " " << accounting;
    // What the README tells.
    const std::pair<const char *, std::pair<const char *, const char *>> told[] = {
        {"arrays always busy, nameplate accounting", {"default", "nameplate"}},
        {"arrays always busy, event accounting", {"default", "event"}},
        {"the same, nothing calibrated (nameplate)", {"a_priori", "nameplate"}}};
    const std::string readme = read_text(NPIM_SOURCE_DIR "/README.md");
    for (const auto &[title, of] : told) {
        std::string row = std::string("| ") + title + " |";
        for (const auto &[key, value] : published) {
            char cell[32];
            snprintf(cell, sizeof cell, " %.2f |", ratio(of.first, of.second, key));
            row += cell;
        }
        EXPECT_NE(readme.find(row), std::string::npos) << row;
    }
    EXPECT_NE(cJSON_GetObjectItem(root.get(), "networks"), nullptr);
    for (const char *key : {"adc_share_isaac", "array_density"})
        EXPECT_NE(cJSON_GetObjectItem(root.get(), key), nullptr) << key;

    const auto files = [&] {
        std::map<std::string, std::string> found;
        for (const auto &entry : std::filesystem::directory_iterator(out))
            if (entry.is_regular_file())
                found[entry.path().filename().string()] = read_text(entry.path().string());
        return found;
    };
    const auto times = [&] {
        std::set<std::filesystem::file_time_type> found;
        for (const auto &entry : std::filesystem::directory_iterator(out + "/runs"))
            if (entry.path().extension() == ".json") found.insert(entry.last_write_time());
        return found;
    };
    const auto first_files = files();
    const auto first_times = times();
    for (const char *name : {"report.html", "summary.json", "manifest.json"})
        EXPECT_TRUE(first_files.count(name)) << name;
    const std::string text = answer({"reproduce", "--quick", "--out", out, "--jobs", "1"});
    EXPECT_NE(text.find("not a validation"), std::string::npos) << text;
    EXPECT_EQ(files(), first_files);
    EXPECT_EQ(times(), first_times);
    // For the same command in the README, which takes over a minute without them.
    if (const char *kept = std::getenv("NPIM_KEPT_RUNS"); kept && !HasFailure()) {
        const std::string partial = kept + std::string(".partial");
        std::filesystem::remove_all(kept);
        std::filesystem::remove_all(partial);
        std::filesystem::copy(out + "/runs", partial);
        std::filesystem::rename(partial, kept);
    }
}

} // namespace
