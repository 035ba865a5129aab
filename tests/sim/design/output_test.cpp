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

TEST_F(output_test, a_link_stays_and_what_it_leads_to_is_replaced) {
    const std::string file = scratch.write("file", "old");
    std::filesystem::create_symlink(file, path("link"));
    ASSERT_EQ(npim_output_save(path("link").c_str(), "new", &error), NPIM_OK) << error.message;
    EXPECT_TRUE(std::filesystem::is_symlink(path("link")));
    EXPECT_EQ(text_of(file), "new");
}

// A file may not take the place of a pipe or a device.
TEST_F(output_test, a_pipe_is_written_to) {
    ASSERT_EQ(mkfifo(path("pipe").c_str(), 0600), 0);
    FILE *reader = popen(("cat '" + path("pipe") + "'").c_str(), "r");
    ASSERT_EQ(npim_output_save(path("pipe").c_str(), "through", &error), NPIM_OK) << error.message;
    char got[32] = "";
    EXPECT_NE(std::fgets(got, sizeof got, reader), nullptr);
    pclose(reader);
    EXPECT_STREQ(got, "through");
    EXPECT_TRUE(std::filesystem::is_fifo(path("pipe")));
}

TEST_F(output_test, what_will_fail_is_said_before) {
    EXPECT_EQ(npim_output_check(path("no/such").c_str(), true, &error), NPIM_EUSAGE);
    EXPECT_NE(std::string(error.message).find("no/such: cannot write"), std::string::npos);
    EXPECT_EQ(npim_output_check(scratch.path.c_str(), true, &error), NPIM_EUSAGE);
    EXPECT_EQ(npim_output_check("", true, &error), NPIM_EUSAGE);
    EXPECT_EQ(npim_output_check("in_this_folder", false, &error), NPIM_OK);
    EXPECT_EQ(npim_output_check(std::string(5000, 'x').c_str(), false, &error), NPIM_EUSAGE);
}

TEST_F(output_test, two_names_of_one_file) {
    const std::string file = scratch.write("file", "x");
    std::filesystem::create_symlink(file, path("link"));
    EXPECT_EQ(npim_output_apart(file.c_str(), file.c_str(), &error), NPIM_EUSAGE);
    EXPECT_EQ(npim_output_apart(file.c_str(), path("link").c_str(), &error), NPIM_EUSAGE);
    EXPECT_EQ(npim_output_apart(path("new").c_str(), path("new").c_str(), &error), NPIM_EUSAGE);
    EXPECT_EQ(npim_output_apart(file.c_str(), path("new").c_str(), &error), NPIM_OK);
    EXPECT_EQ(npim_output_apart(nullptr, file.c_str(), &error), NPIM_OK);
    EXPECT_EQ(npim_output_apart(file.c_str(), nullptr, &error), NPIM_OK);
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
