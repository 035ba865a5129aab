#include "sim/help.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <memory>
#include <string>

namespace {

std::string owned(char *text) {
    const std::unique_ptr<char, decltype(&std::free)> holder(text, std::free);
    return text ? text : "no memory";
}

npim_command made_up(const char *name) {
    npim_command command{};
    command.name = name;
    command.subject = "THING";
    command.summary = "does a thing";
    command.text = "Does it.\nTwice.\n";
    command.example = "a --json";
    command.options.json = true;
    command.options.out = true;
    return command;
}

TEST(help_test, a_command_shows_its_texts_and_the_options_it_knows) {
    const npim_command command = made_up("do");
    const std::string help = owned(npim_help_command(&command));
    EXPECT_EQ(help.rfind("usage: npim do THING [options]\n\nDoes it.\nTwice.\n\n  --out DIR ", 0), 0u)
        << help;
    const std::string end = "\n\nexample: npim do a --json\n";
    ASSERT_GT(help.size(), end.size());
    EXPECT_EQ(help.substr(help.size() - end.size()), end);
    for (const char *known : {"\n  --json ", "\n  --force ", "\n  --help "})
        EXPECT_NE(help.find(known), std::string::npos) << known;
    for (const char *unknown : {"--arch", "--images", "--stages", "--reference"})
        EXPECT_EQ(help.find(unknown), std::string::npos) << unknown;
}

TEST(help_test, the_program_shows_every_command_in_the_order_of_the_table) {
    const npim_command commands[] = {made_up("one"), made_up("two"), made_up("characterize")};
    const std::string usage = owned(npim_help_program(commands, 3));
    EXPECT_EQ(usage.rfind("usage: npim COMMAND [options]\n\n  one ", 0), 0u) << usage;
    const auto one = usage.find("\n  one "), two = usage.find("\n  two "),
               last = usage.find("\n  characterize does a thing\n");
    EXPECT_TRUE(one < two && two < last && last != std::string::npos) << usage;
    EXPECT_NE(usage.find("Exit codes: 0 done"), std::string::npos);
}

} // namespace
