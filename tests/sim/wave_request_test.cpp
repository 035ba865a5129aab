#include "sim/wave_request.h"

#include <gtest/gtest.h>

#include <string>

namespace {

struct wave_request_test : testing::Test {
    npim_options options{};
    npim_wave_request request{};
    npim_error error{};

    wave_request_test() {
        options.wave = "x.vcd";
        options.wave_scope = "**";
    }
    npim_status read() { return npim_wave_request_read(&request, &options, &error); }
    void refuse(const char *part) {
        EXPECT_EQ(read(), NPIM_EUSAGE) << part;
        EXPECT_NE(std::string(error.message).find(part), std::string::npos) << error.message;
    }
};

TEST_F(wave_request_test, windows) {
    const struct {
        const char *text;
        uint64_t from_ps, to_ps;
    } rows[] = {{"0ps:1ps", 0, 1},
                {"10us:20us", 10000000, 20000000},
                {"1.5ns:2ns", 1500, 2000},
                {"0.001ns:1ms", 1, 1000000000},
                {"7.25us:7.250001us", 7250000, 7250001},
                {"0us:999999999ms", 0, 999999999000000000}};
    for (const auto &row : rows) {
        options.wave_window = row.text;
        ASSERT_EQ(read(), NPIM_OK) << error.message;
        EXPECT_EQ(request.from_ps, row.from_ps) << row.text;
        EXPECT_EQ(request.to_ps, row.to_ps) << row.text;
    }
}

TEST_F(wave_request_test, windows_that_are_none) {
    for (const char *text : {"",
                             ":",
                             "10us",
                             "10us:",
                             ":20us",
                             "10:20",
                             "10us:20",
                             "-1us:2us",
                             "1us:2us:3us",
                             "1 us:2us",
                             "1us:2us ",
                             "1.us:2us",
                             ".5us:2us",
                             "1.2.3us:4us",
                             "1e3ns:2us",
                             "0.5ps:1ps",
                             "1.0001ns:2ns",
                             "1us-2us",
                             "1m:2m",
                             "1us:9999999999999ms",
                             "99999999999999999999ps:2us",
                             "1US:2US",
                             "nan:inf"}) {
        options.wave_window = text;
        refuse("--wave-window");
    }
    for (const char *text : {"20us:10us", "1us:1us", "1us:1000ns"}) {
        options.wave_window = text;
        refuse("FROM must be before TO");
    }
}

TEST_F(wave_request_test, defaults) {
    ASSERT_EQ(read(), NPIM_OK);
    EXPECT_EQ(request.from_ps, 0u);
    EXPECT_EQ(request.to_ps, UINT64_MAX);
    EXPECT_EQ(request.max_signals, 4096u);
    EXPECT_STREQ(request.path, "x.vcd");
    EXPECT_STREQ(request.scope, "**");
    options = npim_options{};
    ASSERT_EQ(read(), NPIM_OK);
    EXPECT_EQ(request.path, nullptr);
}

TEST_F(wave_request_test, limits) {
    options.wave_max = "1";
    ASSERT_EQ(read(), NPIM_OK);
    EXPECT_EQ(request.max_signals, 1u);
    options.wave_max = "1000000";
    ASSERT_EQ(read(), NPIM_OK);
    EXPECT_EQ(request.max_signals, 1000000u);
    for (const char *text : {"0", "1000001", "-1", "", "ten", "1e3", "99999999999999999999", "1 "}) {
        options.wave_max = text;
        refuse("1..1000000");
    }
}

TEST_F(wave_request_test, files_must_be_called_vcd) {
    for (const char *path : {"x.fst", "x", "x.vcd.gz", "", ".vcd", "there/.vcd", "x.VCD", "vcd", "x.vcd/"}) {
        options.wave = path;
        refuse(".vcd");
    }
    options.wave = "some/where/a.b.vcd";
    EXPECT_EQ(read(), NPIM_OK);
}

TEST_F(wave_request_test, options_that_belong_together) {
    options.wave_scope = nullptr;
    refuse("--wave-scope");
    for (const char *npim_options::*option :
         {&npim_options::wave_scope, &npim_options::wave_window, &npim_options::wave_max}) {
        options = npim_options{};
        options.*option = "1ns:2ns";
        refuse("--wave FILE.vcd");
    }
    options = npim_options{};
    options.wave_scope = "**";
    options.wave_list = true;
    EXPECT_EQ(read(), NPIM_OK) << "the list needs no file";
    EXPECT_EQ(request.path, nullptr);
}

} // namespace
