#include "sim/design/output.h"

#include "spice_fixture.hpp"

#include <filesystem>
#include <sys/stat.h>

namespace {

struct output_test : testing::Test {
    std::string path(const char *name) const { return scratch.path + "/" + name; }
    scratch_folder scratch;
    npim_error error{};
};

TEST_F(output_test, a_file_is_what_it_was_given) {
    const std::string text = "one\n%s\ntwo";
    ASSERT_EQ(npim_output_save(path("a").c_str(), text.c_str(), &error), NPIM_OK) << error.message;
    EXPECT_EQ(text_of(path("a")), text);
    ASSERT_EQ(npim_output_save(path("a").c_str(), "", &error), NPIM_OK);
    EXPECT_EQ(text_of(path("a")), "");
    EXPECT_FALSE(std::filesystem::exists(path("a.part")));
}

TEST_F(output_test, what_is_there_needs_force) {
    const std::string there = scratch.write("there", "x");
    EXPECT_EQ(npim_output_check(there.c_str(), false, &error), NPIM_EUSAGE);
    EXPECT_NE(std::string(error.message).find(there + ": exists already"), std::string::npos);
    EXPECT_EQ(npim_output_check(there.c_str(), true, &error), NPIM_OK);
    EXPECT_EQ(npim_output_check(path("new").c_str(), false, &error), NPIM_OK);
    EXPECT_EQ(npim_output_check(nullptr, false, &error), NPIM_OK);
}

TEST_F(output_test, what_cannot_be_written_leaves_nothing) {
    std::filesystem::create_directory(path("folder"));
    for (const std::string &bad : {path("folder"), path("no/such"), std::string(5000, 'x'), std::string()}) {
        error = {};
        EXPECT_EQ(npim_output_save(bad.c_str(), "text", &error), NPIM_EUSAGE);
        EXPECT_NE(std::string(error.message), "");
    }
    EXPECT_FALSE(std::filesystem::exists(path("folder.part")));
    if (!std::filesystem::exists("/dev/full")) GTEST_SKIP() << "no /dev/full";
    std::filesystem::create_symlink("/dev/full", path("full.part"));
    EXPECT_EQ(npim_output_save(path("full").c_str(), "text", &error), NPIM_EUSAGE);
    EXPECT_FALSE(std::filesystem::exists(path("full")));
    EXPECT_FALSE(std::filesystem::exists(path("full.part")));
}

} // namespace
