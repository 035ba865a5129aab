#include "sim/find.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>

#include <unistd.h>

namespace {

namespace fs = std::filesystem;

// Works in an empty directory, so that ./traces and ./sim/arch are what the test makes them.
struct find_test : testing::Test {
    find_test() : before(fs::current_path()) {
        std::string pattern = (fs::temp_directory_path() / "npim_find_XXXXXX").string();
        folder = mkdtemp(pattern.data());
        fs::current_path(folder);
    }
    ~find_test() override {
        fs::current_path(before);
        fs::remove_all(folder);
    }
    static void touch(const std::string &name) {
        if (fs::path(name).has_parent_path()) fs::create_directories(fs::path(name).parent_path());
        std::ofstream(name) << "x";
    }
    std::string network(const std::string &name) {
        char path[NPIM_PATH_SIZE] = "";
        status = npim_find_network(name.c_str(), path, &error);
        return path;
    }
    std::string arch(const std::string &name) {
        char path[NPIM_PATH_SIZE] = "";
        status = npim_find_arch(name.c_str(), path, &error);
        return path;
    }
    void expect_missing(const std::string &name, const char *place) {
        EXPECT_EQ(status, NPIM_ECONFIG);
        EXPECT_NE(std::string(error.message).find("/../share/npim/"), std::string::npos) << error.message;
        EXPECT_NE(std::string(error.message).find(name), std::string::npos) << error.message;
        EXPECT_NE(std::string(error.message).find(place), std::string::npos) << error.message;
        EXPECT_NE(std::string(error.message).find(NPIM_SHARE_DIR), std::string::npos) << error.message;
    }

    fs::path before, folder;
    npim_status status = NPIM_OK;
    npim_error error{};
};

TEST_F(find_test, a_path_is_taken_as_it_is) {
    for (const char *path : {"a/b", "/a", "./a", "a/", "x.toml", "a b.toml", ".", "..", ".hidden", "/"}) {
        EXPECT_EQ(network(path), path);
        EXPECT_EQ(status, NPIM_OK) << path;
        EXPECT_EQ(arch(path), path);
        EXPECT_EQ(status, NPIM_OK) << path;
    }
}

TEST_F(find_test, a_bare_name_is_a_folder_or_a_file_of_traces) {
    touch("traces/folder/network.toml");
    touch("traces/a file.toml");
    EXPECT_EQ(network("folder"), "./traces/folder");
    EXPECT_EQ(network("a file"), "./traces/a file.toml");
    touch("traces/both.toml");
    touch("traces/both/network.toml");
    EXPECT_EQ(network("both"), "./traces/both");
}

TEST_F(find_test, a_bare_name_is_a_file_of_sim_arch) {
    touch("sim/arch/mine.toml");
    EXPECT_EQ(arch("mine"), "./sim/arch/mine.toml");
    touch("traces/other.toml");
    arch("other");
    expect_missing("other", "./sim/arch");
}

TEST_F(find_test, what_lies_here_goes_before_what_lies_beside_the_program) {
    const fs::path program = fs::read_symlink("/proc/self/exe").parent_path();
    const fs::path beside = program / "traces" / "npim_find_test";
    const bool made = fs::create_directories(beside);
    EXPECT_EQ(fs::path(network("npim_find_test")), beside);
    touch("traces/npim_find_test/network.toml");
    EXPECT_EQ(network("npim_find_test"), "./traces/npim_find_test");
    if (made) fs::remove(beside);
    fs::remove(program / "traces"); // only when nothing else is in it
}

// As `cmake --install --prefix` leaves it, in a prefix that nobody configured; then moved as a whole.
TEST_F(find_test, an_installation_finds_its_share_folder_wherever_it_is) {
    for (const char *place : {"prefix", "moved/else where"}) {
        SCOPED_TRACE(place);
        const fs::path prefix = folder / place;
        if (fs::exists(folder / "prefix")) {
            fs::create_directories(prefix.parent_path());
            fs::rename(folder / "prefix", prefix);
        } else {
            fs::create_directories(prefix / "share/npim");
            fs::create_directory(prefix / "bin");
            fs::copy_file(NPIM_PROGRAM, prefix / "bin/npim");
            fs::copy(NPIM_SOURCE_DIR "/sim/arch", prefix / "share/npim/arch");
            fs::create_directory(prefix / "share/npim/traces");
            fs::copy_file(NPIM_TEST_DATA "/tiny_conv.toml", prefix / "share/npim/traces/tiny_conv.toml");
        }
        const std::string program = "'" + (prefix / "bin/npim").string() + "'";
        EXPECT_EQ(std::system((program + " map tiny_conv --arch isaac >out").c_str()), 0);
        EXPECT_GT(fs::file_size("out"), 0u);
        fs::rename(prefix / "share", prefix / "shore");
        EXPECT_NE(std::system((program + " map tiny_conv --arch isaac >out 2>&1").c_str()), 0);
        fs::rename(prefix / "shore", prefix / "share");
    }
}

TEST_F(find_test, a_name_that_nobody_has_is_refused_with_the_places) {
    network("nothing_of_that_name");
    expect_missing("nothing_of_that_name", "./traces");
    arch("nothing_of_that_name");
    expect_missing("nothing_of_that_name", "./sim/arch");
    network("toml"); // no dot: a name
    expect_missing("toml", "./traces");
    network(".toml"); // a path, though an odd one
    EXPECT_EQ(status, NPIM_OK);
}

TEST_F(find_test, empty_and_endless_names_are_refused) {
    network("");
    EXPECT_EQ(status, NPIM_ECONFIG);
    EXPECT_NE(std::string(error.message).find("empty"), std::string::npos) << error.message;
    const std::string longest = "/" + std::string(NPIM_PATH_SIZE - 2, 'x');
    EXPECT_EQ(network(longest), longest);
    EXPECT_EQ(status, NPIM_OK);
    network(longest + "x");
    EXPECT_EQ(status, NPIM_ECONFIG);
    EXPECT_NE(std::string(error.message).find("too long"), std::string::npos) << error.message;
    network(std::string(2 * NPIM_PATH_SIZE, 'y')); // a bare name that fits no place
    EXPECT_EQ(status, NPIM_ECONFIG);
}

} // namespace
