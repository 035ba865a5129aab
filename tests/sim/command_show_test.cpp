#include "program_fixture.hpp"

namespace {

struct command_show_test : program_fixture {};

TEST_F(command_show_test, one_json_document_and_nothing_else) {
    const std::string net = network_file("tiny_depthwise");
    for (const auto &arguments : {words{"replay", net, "--json"}, words{"map", net, "--json"},
                                  words{"describe", "cascade", "--json"}, words{"describe", "--json"}}) {
        const json_ptr root = json(arguments);
        ASSERT_TRUE(root);
        EXPECT_GT(keys_of(root.get()).size(), 5u);
    }
}

TEST_F(command_show_test, config_prints_what_arch_reads_again) {
    for (const char *arch : {"isaac", "cascade", "neural-pim", "isaac-16bit"}) {
        const std::string path =
            write("effective.toml", answer({"config", arch, "--set", "pe.cycle_ns=99.900000000000006"}));
        EXPECT_EQ(answer({"describe", path, "--json"}),
                  answer({"describe", arch, "--json", "--set", "pe.cycle_ns=99.900000000000006"}));
    }
    EXPECT_NE(answer({"config", "--reference"}).find("[block.<name>]"), std::string::npos);
}

TEST_F(command_show_test, an_interrupt_ends_the_mapper) {
    if (access("/proc/self/status", R_OK) != 0) GTEST_SKIP() << "no /proc";
    const std::string slow = slow_to_map();
    for (int number : {SIGINT, SIGTERM}) {
        const outcome r = run({"map", slow}, {}, [number](pid_t child) { interrupt(child, number); });
        EXPECT_EQ(r.code, 130) << r.signal << r.err;
        EXPECT_EQ(r.out, "");
        EXPECT_EQ(r.err, "npim: interrupted\n");
    }
}

} // namespace
