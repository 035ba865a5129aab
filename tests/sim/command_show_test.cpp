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

} // namespace
