#include "program_fixture.hpp"

namespace {

const char *const commands[] = {"replay", "map", "describe", "config", "compare"};

struct commands_test : program_fixture {
    // Where the documents have things: traces/ and sim/ here, the output in the temporary directory.
    void work_in_a_checkout() {
        std::filesystem::create_directory_symlink(NPIM_SOURCE_DIR "/traces", folder / "traces");
        std::filesystem::create_directory_symlink(NPIM_SOURCE_DIR "/sim", folder / "sim");
        working_directory = folder.string();
    }
    // The words of the line "example: npim ..." of a help text, behind npim.
    static words example(const std::string &help) {
        const std::string mark = "\nexample: npim ";
        const auto at = help.rfind(mark);
        EXPECT_NE(at, std::string::npos) << help;
        if (at == std::string::npos) return {"no example"};
        std::istringstream line(help.substr(at + mark.size()));
        words found;
        for (std::string word; line >> word;) found.push_back(word);
        return found;
    }
};

TEST_F(commands_test, no_and_unknown_commands_are_refused_with_the_usage) {
    refuse(2, {}, {"which command?", "usage: npim COMMAND", "replay", "describe"});
    refuse(2, {""}, {"which command?", "usage: npim COMMAND"});
    refuse(2, {"frobnicate"}, {"unknown command frobnicate\n", "usage: npim COMMAND"});
    refuse(2, {"repaly"}, {"unknown command repaly (did you mean replay?)"});
    refuse(2, {"--version2"}, {"unknown command --version2"});
    refuse(2, {"replay "}, {"unknown command replay "});
}

TEST_F(commands_test, version_and_usage) {
    EXPECT_EQ(answer({"--version"}), "npim " NPIM_VERSION "\n");
    const std::string usage = answer({"--help"});
    for (const char *part :
         {"replay", "map", "describe", "config", "compare", "Exit codes", "\nexample: npim replay "})
        EXPECT_NE(usage.find(part), std::string::npos) << part;
}

TEST_F(commands_test, help_of_every_command_names_its_options) {
    for (const char *command : commands) {
        SCOPED_TRACE(command);
        const std::string help = answer({command, "--help"});
        EXPECT_EQ(help.rfind(std::string("usage: npim ") + command, 0), 0u) << help;
        EXPECT_EQ(help.back(), '\n');
        const outcome refused = run({command, "--no-such-option"});
        EXPECT_EQ(refused.code, 2);
        std::istringstream known(refused.err.substr(refused.err.find("known are ") + 10));
        for (std::string option; known >> option;) {
            if (option.back() == ',') option.pop_back();
            EXPECT_NE(help.find("\n  " + option + " "), std::string::npos) << option;
        }
    }
}

TEST_F(commands_test, SlowEveryExampleOfTheHelpRuns) {
    work_in_a_checkout();
    words all[] = {example(answer({"--help"})),           example(answer({"replay", "--help"})),
                   example(answer({"map", "--help"})),    example(answer({"describe", "--help"})),
                   example(answer({"config", "--help"})), example(answer({"compare", "--help"}))};
    for (const auto &one : all) EXPECT_GT(answer(one).size(), 200u) << joined(one);
}

} // namespace
