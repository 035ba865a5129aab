#include "sim/design/gnuplot.h"

#include "spice_fixture.hpp"

#include <filesystem>
#include <sys/stat.h>

namespace {

struct gnuplot_test : testing::Test {
    // A program that stands in for gnuplot.
    std::string stand_in(const std::string &text) {
        const std::string path = scratch.write("stand_in", "#!/bin/sh\n" + text);
        EXPECT_EQ(chmod(path.c_str(), 0700), 0);
        return path;
    }
    void refuse(const std::string &program, const std::string &part) {
        scratch.write("out.svg", "before");
        EXPECT_EQ(npim_gnuplot_draw(program.c_str(), "plot x\n", out.c_str(), &error), NPIM_EUSAGE) << part;
        EXPECT_NE(std::string(error.message).find(part), std::string::npos)
            << error.message << "\nlacks: " << part;
        EXPECT_EQ(text_of(out), "before");
        EXPECT_FALSE(std::filesystem::exists(out + ".part"));
    }
    scratch_folder scratch;
    const std::string out = scratch.path + "/out.svg";
    npim_error error{};
};

TEST_F(gnuplot_test, the_script_goes_in_and_the_picture_comes_out) {
    const std::string echo = stand_in("cat; echo \"$@\"\n");
    ASSERT_EQ(npim_gnuplot_draw(echo.c_str(), "plot x\n", out.c_str(), &error), NPIM_OK) << error.message;
    EXPECT_EQ(text_of(out), "plot x\n-d\n");
}

TEST_F(gnuplot_test, a_script_that_nobody_reads_does_no_harm) {
    const std::string deaf = stand_in("echo picture\n");
    const std::string script(1 << 20, '#'); // more than a pipe holds
    ASSERT_EQ(npim_gnuplot_draw(deaf.c_str(), script.c_str(), out.c_str(), &error), NPIM_OK) << error.message;
    EXPECT_EQ(text_of(out), "picture\n");
}

TEST_F(gnuplot_test, what_goes_wrong_is_told_and_changes_nothing) {
    refuse("/nowhere/gnuplot",
           "/nowhere/gnuplot is missing, which draws: install it (Debian, Ubuntu: apt install gnuplot-nox)");
    refuse(scratch.write("text", "no program"), "failed");
    refuse(stand_in("echo half; echo bad command >&2; exit 1\n"), "failed: bad command");
    refuse(stand_in("exit 3\n"), "it says nothing");
    refuse(stand_in("echo no room for a library >&2; exit 127\n"), "failed: no room for a library");
    refuse(stand_in("kill -9 $$\n"), "failed");
    refuse(stand_in("echo no picture >&2\n"), "failed: no picture");
}

TEST_F(gnuplot_test, a_check_tells_what_is_missing) {
    EXPECT_EQ(npim_gnuplot_check(stand_in("exit 0\n").c_str(), &error), NPIM_OK) << error.message;
    EXPECT_EQ(npim_gnuplot_check("/nowhere/gnuplot", &error), NPIM_EUSAGE);
    EXPECT_NE(std::string(error.message).find("apt install gnuplot-nox"), std::string::npos) << error.message;
    EXPECT_EQ(npim_gnuplot_check(stand_in("echo no library >&2; exit 1\n").c_str(), &error), NPIM_EUSAGE);
    EXPECT_NE(std::string(error.message).find("failed: no library"), std::string::npos) << error.message;
    EXPECT_EQ(npim_gnuplot_check(stand_in("read line; [ \"$line\" = exit ]\n").c_str(), &error), NPIM_OK)
        << "draws nothing: " << error.message;
}

TEST_F(gnuplot_test, where_nothing_can_be_written) {
    const std::string echo = stand_in("cat\n"), nowhere = scratch.path + "/no/such.svg";
    EXPECT_EQ(npim_gnuplot_draw(echo.c_str(), "plot x\n", nowhere.c_str(), &error), NPIM_EUSAGE);
    EXPECT_NE(std::string(error.message).find("cannot write"), std::string::npos) << error.message;
}

TEST_F(gnuplot_test, gnuplot_itself) {
    if (std::system("gnuplot --version >/dev/null 2>&1") != 0)
        GTEST_SKIP() << "no gnuplot here (apt install gnuplot-nox)";
    ASSERT_EQ(npim_gnuplot_draw(nullptr, "set terminal svg\nplot x\n", out.c_str(), &error), NPIM_OK)
        << error.message;
    const std::string svg = text_of(out);
    EXPECT_NE(svg.find("<svg"), std::string::npos);
    EXPECT_NE(svg.find("</svg>"), std::string::npos);
    EXPECT_EQ(npim_gnuplot_draw(nullptr, "set terminal svg\nplut x\n", out.c_str(), &error), NPIM_EUSAGE);
    EXPECT_NE(std::string(error.message).find("plut"), std::string::npos) << error.message;
    EXPECT_EQ(text_of(out), svg);
}

} // namespace
