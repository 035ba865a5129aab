#include "csv_table.hpp"
#include "program_fixture.hpp"

#include <sys/stat.h>

namespace {

namespace fs = std::filesystem;

const std::vector<std::string> files = {"blocks.csv",    "config.toml",  "layers.csv", "links.csv",
                                        "manifest.json", "summary.json", "timing.json"};

struct results_test : program_fixture {
    std::string replay(const std::string &out, const words &more = {}) {
        words all = {"replay", network_file("tiny_residual"), "--json", "--out", out};
        all.insert(all.end(), more.begin(), more.end());
        return answer(all);
    }
    static std::vector<std::string> names_in(const fs::path &directory) {
        std::vector<std::string> names;
        for (const auto &entry : fs::directory_iterator(directory))
            names.push_back(entry.path().filename().string());
        std::sort(names.begin(), names.end());
        return names;
    }
    void expect_same_files(const fs::path &a, const fs::path &b) {
        for (const auto &name : files) {
            if (name == "timing.json") continue; // the only place for the clock on the wall
            EXPECT_TRUE(read_text(a / name) == read_text(b / name)) << name;
            EXPECT_FALSE(read_text(a / name).empty()) << name;
        }
    }
};

TEST_F(results_test, the_directory_holds_its_files_and_nothing_else) {
    const std::string printed = replay(path_of("new"), {"--images", "3"});
    EXPECT_EQ(names_in(folder / "new"), files);
    EXPECT_EQ(names_in(folder), std::vector<std::string>{"new"});
    EXPECT_EQ(read_text(folder / "new" / "summary.json"), printed);
}

TEST_F(results_test, two_runs_are_the_same_to_the_byte) {
    const words set = {
        "--arch", arch_file("neural-pim"), "--set", "run.extra_windows=2", "--images", "4", "--seed", "7"};
    replay(path_of("a"), set);
    working_directory = folder.string(); // another place, another output; the same inputs
    replay("elsewhere", set);
    expect_same_files(folder / "a", folder / "elsewhere");
}

TEST_F(results_test, power_is_written_where_it_was_asked_for) {
    std::vector<std::string> with_power = files;
    with_power.insert(with_power.begin() + 5, "power.csv");
    const words set = {"--images", "4", "--power-step", "100ns"};
    replay(path_of("plain"), {"--images", "4"});
    replay(path_of("a"), set);
    replay(path_of("b"), set);
    EXPECT_EQ(names_in(folder / "plain"), files);
    EXPECT_EQ(names_in(folder / "a"), with_power);
    EXPECT_EQ(read_text(folder / "a" / "power.csv"), read_text(folder / "b" / "power.csv"));
    for (const auto &name : files)
        if (name != "timing.json" && name != "manifest.json") {
            EXPECT_TRUE(read_text(folder / "a" / name) == read_text(folder / "plain" / name)) << name;
        }
    const std::string manifest = read_text(folder / "a" / "manifest.json");
    EXPECT_NE(manifest.find("--power-step 100ns\""), std::string::npos) << manifest;
}

// What lies there must belong to the run: a file that this one does not write goes.
TEST_F(results_test, power_of_an_earlier_run_does_not_stay) {
    replay(path_of("r"), {"--power-step", "1us"});
    write("r/notes.txt", "mine");
    replay(path_of("r"), {"--force"});
    std::vector<std::string> left = files;
    left.insert(left.begin() + 5, "notes.txt");
    EXPECT_EQ(names_in(folder / "r"), left);
    replay(path_of("r"), {"--force", "--power-step", "1us"});
    EXPECT_TRUE(fs::exists(folder / "r" / "power.csv"));
}

TEST_F(results_test, the_manifest_says_what_was_run_and_not_where) {
    fs::create_directory(folder / "net work");
    fs::copy_file(network_file("tiny_conv"), folder / "net work" / "network.toml");
    const std::string arch = write("include.toml", "include = \"base.toml\"\n[chip]\ntiles = 12\n");
    fs::copy_file(arch_file("cascade"), folder / "base.toml");
    answer({"replay", path_of("net work") + "//", "--arch", arch, "--out", path_of("r"), "--seed", "9",
            "--set", "name=a b"});
    const std::string text = read_text(folder / "r" / "manifest.json");
    EXPECT_EQ(text.find(folder.string()), std::string::npos) << text;
    EXPECT_EQ(text.find("\"/"), std::string::npos) << text;
    EXPECT_EQ(text.find("--out"), std::string::npos) << text;
    const json_ptr manifest = parsed(text);
    EXPECT_EQ(text_in(manifest.get(), "version"), NPIM_VERSION);
    EXPECT_EQ(text_in(manifest.get(), "seed"), "9");
    EXPECT_EQ(
        text_in(manifest.get(), "command").rfind("npim replay 'net work//' --arch include.toml --set ", 0),
        0u)
        << text;
    EXPECT_NE(text_in(manifest.get(), "command").find("--set 'name=a b'"), std::string::npos);
    const cJSON *inputs = cJSON_GetObjectItem(manifest.get(), "inputs");
    const char *names[] = {"net work", "include.toml", "base.toml"};
    const std::string paths[] = {path_of("net work/network.toml"), arch, path_of("base.toml")};
    ASSERT_EQ(cJSON_GetArraySize(inputs), 3);
    for (int i = 0; i < 3; i++) {
        EXPECT_EQ(text_in(cJSON_GetArrayItem(inputs, i), "name"), names[i]);
        FILE *tool = popen(("sha256sum <'" + paths[i] + "'").c_str(), "r");
        char hash[65] = "";
        const bool read = tool && fread(hash, 1, 64, tool) == 64;
        if (tool) pclose(tool);
        if (!read) GTEST_SKIP() << "no sha256sum";
        EXPECT_EQ(text_in(cJSON_GetArrayItem(inputs, i), "sha256"), hash);
    }
}

TEST_F(results_test, no_file_names_a_place_of_this_machine) {
    replay(path_of("r"), {"--arch", arch_file("isaac-16bit")});
    for (const auto &name : files) {
        const std::string text = read_text(folder / "r" / name);
        EXPECT_EQ(text.find(folder.string()), std::string::npos) << name;
        EXPECT_EQ(text.find(NPIM_SOURCE_DIR), std::string::npos) << name;
    }
}

TEST_F(results_test, its_configuration_gives_the_same_summary_again) {
    for (const char *arch : {"neural-pim", "isaac", "cascade", "isaac-16bit"}) {
        SCOPED_TRACE(arch);
        const std::string name = arch, first = path_of(name), second = path_of(name + "2");
        const std::string printed =
            replay(first, {"--arch", arch, "--images", "2", "--set", "run.minimum_buffers=true", "--set",
                           "pe.cycle_ns=101.30000000000001"});
        EXPECT_EQ(replay(second, {"--arch", first + "/config.toml"}), printed);
        for (const char *table : {"layers.csv", "blocks.csv", "links.csv"})
            EXPECT_EQ(read_text(first + "/" + table), read_text(second + "/" + table)) << table;
    }
}

TEST_F(results_test, the_clock_on_the_wall_goes_to_timing_alone) {
    replay(path_of("r"));
    const json_ptr timing = parsed(read_text(folder / "r" / "timing.json"));
    for (const char *key : {"wall_s", "simulated_ns", "events"})
        EXPECT_GT(number_of(timing.get(), key), 0.0) << key;
    for (const char *other : {"manifest.json", "summary.json"})
        EXPECT_EQ(read_text(folder / "r" / other).find("wall"), std::string::npos) << other;
}

TEST_F(results_test, what_is_there_is_overwritten_by_force_alone) {
    replay(path_of("r"));
    write("r/notes.txt", "mine");
    write("r/summary.json", "old");
    refuse(2, {"replay", network_file("tiny_conv"), "--out", path_of("r")}, {path_of("r"), "--force"});
    EXPECT_EQ(read_text(folder / "r" / "summary.json"), "old");
    const std::string printed = replay(path_of("r"), {"--force"});
    EXPECT_EQ(read_text(folder / "r" / "summary.json"), printed);
    EXPECT_EQ(read_text(folder / "r" / "notes.txt"), "mine");
    EXPECT_EQ(listing().size(), files.size() + 2);
}

TEST_F(results_test, an_existing_directory_stays_the_same_one) {
    for (const char *name : {"empty", "linked"}) fs::create_directory(folder / name);
    fs::create_directory_symlink(folder / "linked", folder / "link");
    fs::permissions(folder / "empty", fs::perms::owner_all);
    struct stat before, after;
    ASSERT_EQ(stat(path_of("empty").c_str(), &before), 0);
    replay(path_of("empty") + "///");
    replay(path_of("link"));
    ASSERT_EQ(stat(path_of("empty").c_str(), &after), 0);
    EXPECT_EQ(before.st_ino, after.st_ino); // it may be where a disk is mounted
    EXPECT_EQ(before.st_mode, after.st_mode);
    EXPECT_TRUE(fs::is_symlink(folder / "link"));
    EXPECT_EQ(names_in(folder / "empty"), files);
    EXPECT_EQ(names_in(folder / "linked"), files);
    working_directory = path_of("here");
    fs::create_directory(working_directory);
    replay(".", {"--arch", arch_file("isaac")});
    EXPECT_EQ(names_in(working_directory), files);
}

TEST_F(results_test, places_that_cannot_be_written_are_refused) {
    write("file", "x");
    for (const std::string &bad :
         {path_of("file"), path_of("file/below"), path_of("no/such/parent"), std::string("/dev/full"),
          std::string("/proc/npim"), std::string(""), "/" + std::string(4000, 'x')})
        refuse(2, {"replay", network_file("tiny_conv"), "--out", bad},
               {bad.size() < 4000 ? bad : "too long"});
    // Said at once, before anything else is found wrong.
    refuse(2, {"replay", "no such network", "--out", path_of("file")}, {"not a directory"});
}

TEST_F(results_test, the_users_own_directories_survive) {
    for (const char *name : {"r.partial", "r2.partial"}) fs::create_directory(folder / name);
    replay(path_of("r"));
    refuse(3, {"replay", "no such network", "--out", path_of("r2")}, {"no such network"});
    EXPECT_TRUE(fs::is_directory(folder / "r.partial"));
    EXPECT_TRUE(fs::is_directory(folder / "r2.partial"));
}

TEST_F(results_test, a_run_that_fails_leaves_nothing) {
    refuse(5,
           {"replay", network_file("tiny_chain"), "--set", "chip.tiles=1", "--set", "tile.pes=1", "--set",
            "pe.arrays=1", "--chips", "1", "--out", path_of("r")},
           {"tiny_chain", "arrays"});
    fs::create_directory(folder / "there");
    refuse(2, {"replay", network_file("tiny_conv"), "--stages", "none", "--out", path_of("there")}, {"none"});
}

// A failure at the first file, in the middle and at the last move: the results of before stay as they were.
TEST_F(results_test, force_replaces_all_files_or_none) {
    const words again = {"replay", network_file("tiny_conv"), "--out", path_of("r"), "--force"};
    replay(path_of("r"));
    const auto state = [this] {
        std::string all;
        for (const auto &name : listing()) all += name + ":" + read_text(folder / name) + "\n";
        return all;
    };
    const std::string before = state();
    for (rlim_t limit : {0u, 1500u, 8000u}) {
        SCOPED_TRACE(limit);
        refuse(2, again, {path_of("r"), "cannot write"}, [limit] {
            const rlimit size = {limit, limit};
            setrlimit(RLIMIT_FSIZE, &size);
        });
        EXPECT_TRUE(state() == before);
    }
    for (const char *name : {"manifest.json", "layers.csv", "links.csv"}) {
        SCOPED_TRACE(name);
        fs::rename(folder / "r" / name, folder / "kept");
        fs::create_directories(folder / "r" / name);
        const std::string blocked = state();
        refuse(2, again, {path_of("r") + "/" + name, "cannot write", "directory"});
        EXPECT_TRUE(state() == blocked);
        fs::remove(folder / "r" / name);
        fs::rename(folder / "kept", folder / "r" / name);
    }
    EXPECT_TRUE(state() == before);
    answer(again);
    EXPECT_EQ(names_in(folder / "r"), files);
    EXPECT_NE(read_text(folder / "r" / "manifest.json").find("tiny_conv"), std::string::npos);
    EXPECT_EQ(read_text(folder / "r" / "manifest.json").find("tiny_residual"), std::string::npos);
}

// A limit on the size of files is as good as a full disk, and needs no rights.
TEST_F(results_test, a_full_disk_leaves_nothing) {
    for (rlim_t limit : {0u, 100u, 3000u, 8000u}) {
        const auto full = [limit] {
            const rlimit size = {limit, limit};
            setrlimit(RLIMIT_FSIZE, &size);
        };
        SCOPED_TRACE(limit);
        refuse(2, {"replay", network_file("tiny_conv"), "--out", path_of("r")},
               {path_of("r"), "cannot write"}, full);
        fs::create_directory(folder / "there");
        refuse(2, {"replay", network_file("tiny_conv"), "--out", path_of("there")}, {"cannot write"}, full);
        refuse(2, {"replay", network_file("tiny_conv"), "--out", path_of("there"), "--power-step", "1ns"},
               {"cannot write"}, full);
    }
}

} // namespace
