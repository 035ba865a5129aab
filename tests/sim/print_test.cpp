#include "sim/print.h"

#include "program_fixture.hpp"

namespace {

struct print_test : program_fixture {
    npim_error error{};
};

TEST_F(print_test, a_text_goes_out_as_it_is_and_is_freed) {
    testing::internal::CaptureStdout();
    EXPECT_EQ(npim_print_text(strdup("50 %s\n"), &error), NPIM_OK);
    EXPECT_EQ(npim_print_text(strdup(""), &error), NPIM_OK);
    EXPECT_EQ(npim_print_json(cJSON_CreateObject(), &error), NPIM_OK);
    const std::string printed = testing::internal::GetCapturedStdout();
    EXPECT_EQ(printed.rfind("50 %s\n", 0), 0u) << printed;
    parsed(printed.substr(6));
}

TEST_F(print_test, a_text_that_nobody_could_make_is_lack_of_memory) {
    EXPECT_EQ(npim_print_text(nullptr, &error), NPIM_ENOMEM);
    EXPECT_EQ(npim_print_json(nullptr, &error), NPIM_ENOMEM);
    EXPECT_NE(std::string(error.message).find("memory"), std::string::npos) << error.message;
}

TEST_F(print_test, a_full_disk_behind_the_standard_output_is_an_error) {
    if (access("/dev/full", W_OK) != 0) GTEST_SKIP() << "no /dev/full";
    const auto full = [] { dup2(open("/dev/full", O_WRONLY), 1); };
    const std::string net = network_file("tiny_conv");
    for (const auto &arguments :
         {words{"replay", net}, words{"replay", net, "--json"}, words{"map", net},
          words{"map", net, "--json"}, words{"describe"}, words{"describe", "--json"}, words{"config"},
          words{"config", "--reference"}, words{"--help"}, words{"--version"}, words{"replay", "--help"}})
        refuse(2, arguments, {"standard output", "No space left"}, full);
    refuse(2, {"describe"}, {"standard output"}, [] { close(1); });
}

TEST_F(print_test, a_reader_that_leaves_ends_the_program) {
    const outcome r = run({"config", "--reference"}, [] {
        int ends[2];
        if (pipe(ends) != 0) _exit(125);
        dup2(ends[1], 1);
        close(ends[0]);
        close(ends[1]);
        signal(SIGPIPE, SIG_DFL);
    });
    EXPECT_TRUE(r.signal == SIGPIPE || r.code == 2) << r.code << r.err;
}

} // namespace
