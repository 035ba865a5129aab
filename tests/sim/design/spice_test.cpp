#include "sim/design/spice.h"

#include "spice_fixture.hpp"

#include <chrono>
#include <dirent.h>
#include <sys/stat.h>
#include <unistd.h>

namespace {

// Programs that behave as ngspice might; TMPDIR is a folder of the test's own.
struct spice_test : testing::Test {
    spice_test() {
        EXPECT_EQ(mkdir(temporary.c_str(), 0700), 0);
        setenv("TMPDIR", temporary.c_str(), 1);
    }
    ~spice_test() override {
        EXPECT_EQ(left(), 0u); // every run takes its folder away
        unsetenv("TMPDIR");
        npim_spice_data_fini(&data);
    }
    size_t left() const {
        size_t n = 0;
        DIR *entries = opendir(temporary.c_str());
        while (const dirent *e = readdir(entries)) n += e->d_name[0] != '.';
        closedir(entries);
        return n;
    }
    npim_status run(const std::string &body, size_t n_rows = 2, size_t n_columns = 2) {
        program = scratch.write("fake", "#!/bin/sh\n" + body + "\n");
        EXPECT_EQ(chmod(program.c_str(), 0700), 0);
        spice.program = program.c_str();
        npim_spice_data_fini(&data);
        error = {};
        return npim_spice_run(&spice, "* a deck\n", n_rows, n_columns, &data, &error);
    }
    bool says(const std::string &text) const {
        return std::string(error.message).find(text) != std::string::npos;
    }
    scratch_folder scratch;
    std::string temporary = scratch.path + "/tmp", program;
    npim_spice spice{};
    npim_spice_data data{};
    npim_error error{};
};

TEST_F(spice_test, the_columns_come_back) {
    ASSERT_EQ(run("cat \"$3\" >/dev/null && [ \"$1$2\" = -b-n ] || exit 9\n"
                  "echo junk >more; printf ' 0.5 -1e-3 \\n 1.5 7\\n' >npim_out.txt"),
              NPIM_OK)
        << error.message;
    ASSERT_EQ(data.n_rows, 2u);
    ASSERT_EQ(data.n_columns, 2u);
    EXPECT_EQ(data.value[0], 0.5);
    EXPECT_EQ(data.value[1], -1e-3);
    EXPECT_EQ(data.value[2], 1.5);
    EXPECT_EQ(data.value[3], 7);
    EXPECT_EQ(run("for i in 1 2 3; do echo $i; done >npim_out.txt", 0, 1), NPIM_OK); // any number of rows
    EXPECT_EQ(data.n_rows, 3u);
}

TEST_F(spice_test, ngspice_solves_a_divider) {
    NEEDS_NGSPICE();
    ASSERT_EQ(npim_spice_run(&spice,
                             "* divider\nV1 a 0 0\nR1 a b 1k\nR2 b 0 3k\n.dc V1 0 1 0.25\n.control\nset "
                             "wr_singlescale\nrun\nwrdata npim_out.txt v(b) i(V1)\nquit\n.endc\n.end\n",
                             5, 3, &data, &error),
              NPIM_OK)
        << error.message;
    for (size_t i = 0; i < 5; i++) {
        EXPECT_NEAR(data.value[3 * i + 1], 0.75 * 0.25 * static_cast<double>(i), 1e-7);
        EXPECT_NEAR(data.value[3 * i + 2], -0.25e-3 / 4 * static_cast<double>(i), 1e-10);
    }
    char version[NPIM_SPICE_VERSION_SIZE];
    ASSERT_EQ(npim_spice_version(&spice, version, &error), NPIM_OK) << error.message;
    EXPECT_EQ(std::string(version).substr(0, 8), "ngspice-");
}

TEST_F(spice_test, what_ngspice_refuses_is_told_in_its_words) {
    NEEDS_NGSPICE();
    EXPECT_EQ(npim_spice_run(&spice, "* bad\nX1 a b nothing\nV1 a 0 1\n.op\n.end\n", 5, 3, &data, &error),
              NPIM_EUSAGE);
    EXPECT_TRUE(says("unknown subckt")) << error.message;
}

TEST_F(spice_test, a_missing_program_says_how_to_install_it) {
    spice.program = "ngspice-that-is-not-there";
    EXPECT_EQ(npim_spice_run(&spice, "* a deck\n", 2, 2, &data, &error), NPIM_EUSAGE);
    EXPECT_TRUE(says("ngspice-that-is-not-there is missing")) << error.message;
    EXPECT_TRUE(says("apt install ngspice")) << error.message;
    char version[NPIM_SPICE_VERSION_SIZE];
    EXPECT_EQ(npim_spice_version(&spice, version, &error), NPIM_EUSAGE);
    spice.program = "/";
    EXPECT_EQ(npim_spice_run(&spice, "* a deck\n", 2, 2, &data, &error), NPIM_EUSAGE);
    EXPECT_TRUE(says("cannot be started")) << error.message;
}

TEST_F(spice_test, failures_say_what_failed) {
    const struct {
        const char *body;
        const char *message;
    } cases[] = {
        {"echo one; echo; echo 'Note: nothing'; echo two >&2; exit 3", "failed (exit code 3): one; two"},
        {"for i in 1 2 3 4 5 6 7 8; do echo line $i; done; exit 1", "): line 3; line 4"},
        {"exit 1", "it says nothing"},
        {"echo far; kill -9 $$", "was ended by signal 9: far"},
        {"echo nothing", "wrote no output: nothing"},
        {"echo 1 2 >npim_out.txt; echo short", "wrote 1 rows of 2: short"},
        {"printf '1 2\\n3 4\\n5 6\\n' >npim_out.txt", "wrote 3 rows of 2"},
        {": >npim_out.txt", "wrote 0 rows of 2"},
        {"printf '1 2\\n3\\n' >npim_out.txt", "row 2 of its output is not 2 numbers: 3"},
        {"printf '1 2 3\\n' >npim_out.txt", "row 1 of its output is not 2 numbers: 1 2 3"},
        {"printf '1 nan\\n' >npim_out.txt", "row 1"},
        {"printf '1 inf\\n' >npim_out.txt", "row 1"},
        {"printf '1 x\\n' >npim_out.txt", "row 1"},
    };
    for (const auto &x : cases) {
        EXPECT_EQ(run(x.body), NPIM_EUSAGE);
        EXPECT_TRUE(says(x.message)) << x.body << ": " << error.message;
        EXPECT_EQ(data.n_rows, 0u);
        EXPECT_EQ(data.value, nullptr);
        EXPECT_EQ(left(), 0u);
    }
    EXPECT_EQ(run("echo 1 2 >npim_out.txt", 0), NPIM_EUSAGE);
    EXPECT_TRUE(says("at least 2")) << error.message;
    EXPECT_EQ(run("yes abcdefghijklmnopqrstuvwxyz | head -c 3000 | tr '\\n' ' '; exit 1"), NPIM_EUSAGE);
    EXPECT_LT(std::strlen(error.message), 400u);
}

// Not only the program but all that it started ends, at once.
TEST_F(spice_test, time_out_and_interrupt_end_the_run) {
    const std::string mark = scratch.path + "/mark";
    const auto begin = std::chrono::steady_clock::now();
    spice.timeout_s = 0.2;
    EXPECT_EQ(run("sleep 30"), NPIM_EUSAGE);
    EXPECT_TRUE(says("not done after 0.2 s")) << error.message;
    spice.timeout_s = 0;
    const npim_stop stop = {[](void *) { return true; }, nullptr};
    spice.stop = &stop;
    EXPECT_EQ(run("(sleep 1; : >'" + mark + "') & wait"), NPIM_EINTERRUPTED);
    EXPECT_TRUE(says("interrupted")) << error.message;
    EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(20));
    usleep(1200000);
    EXPECT_NE(access(mark.c_str(), F_OK), 0);
}

TEST_F(spice_test, no_place_for_the_folder) {
    setenv("TMPDIR", (scratch.path + "/none").c_str(), 1);
    EXPECT_EQ(run("true"), NPIM_EUSAGE);
    EXPECT_TRUE(says("/none/npim-spice")) << error.message;
    setenv("TMPDIR", std::string(5000, 'x').c_str(), 1);
    EXPECT_EQ(run("true"), NPIM_EUSAGE);
}

} // namespace
