#include "program_fixture.hpp"

namespace {

const char *const commands[] = {"replay", "map", "describe", "config"};

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
    for (const char *part : {"replay", "map", "describe", "config", "Exit codes", "\nexample: npim replay "})
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
            const bool common = option == "--help" || option == "--arch" || option == "--images" ||
                                option == "--seed"; // everywhere, or explained with replay
            EXPECT_TRUE(common || help.find(option) != std::string::npos) << option;
        }
    }
}

TEST_F(commands_test, SlowEveryExampleOfTheHelpRuns) {
    work_in_a_checkout();
    words all[] = {example(answer({"--help"})), example(answer({"replay", "--help"})),
                   example(answer({"map", "--help"})), example(answer({"describe", "--help"})),
                   example(answer({"config", "--help"}))};
    for (const auto &one : all) EXPECT_GT(answer(one).size(), 200u) << joined(one);
}

TEST_F(commands_test, one_json_document_and_nothing_else) {
    const std::string net = network_file("tiny_depthwise");
    for (const auto &arguments : {words{"replay", net, "--json"}, words{"map", net, "--json"},
                                  words{"describe", "cascade", "--json"}, words{"describe", "--json"}}) {
        const json_ptr root = json(arguments);
        ASSERT_TRUE(root);
        EXPECT_GT(keys_of(root.get()).size(), 5u);
    }
}

TEST_F(commands_test, the_standard_architecture_is_neural_pim) {
    const std::string net = network_file("tiny_conv");
    EXPECT_EQ(answer({"describe"}), answer({"describe", "neural-pim"}));
    EXPECT_EQ(answer({"describe"}), answer({"describe", "--arch", "neural-pim"}));
    EXPECT_EQ(answer({"config"}), answer({"config", "neural-pim"}));
    EXPECT_EQ(answer({"replay", net}), answer({"replay", net, "--arch", arch_file("neural-pim")}));
    EXPECT_EQ(answer({"map", net}), answer({"map", net, "--arch=neural-pim"}));
    refuse(2, {"describe", "isaac", "--arch", "cascade"}, {"isaac", "cascade", "one architecture only"});
    refuse(2, {"config", "isaac", "--arch", "isaac"}, {"one architecture only"});
}

TEST_F(commands_test, names_are_found_from_everywhere) {
    working_directory = folder.string();
    write("traces/my net/network.toml", read_text(network_file("tiny_conv")));
    write("sim/arch/my chip.toml", read_text(arch_file("isaac")));
    const json_ptr root = json({"replay", "my net", "--arch", "my chip", "--json"});
    EXPECT_EQ(text_in(root.get(), "architecture"), "isaac");
    write("a b/c d.toml", read_text(network_file("tiny_conv")));
    EXPECT_EQ(answer({"map", "a b/c d.toml", "--arch", "my chip"}),
              answer({"map", "my net", "--arch", "my chip"}));
    refuse(3, {"describe", "your chip"}, {"your chip", "./sim/arch"});
}

TEST_F(commands_test, set_changes_the_model_and_the_order_counts) {
    const auto tiles = [this](const words &more) {
        words all = {"describe", "isaac", "--json"};
        all.insert(all.end(), more.begin(), more.end());
        return number_of(json(all).get(), "tiles");
    };
    EXPECT_EQ(tiles({}), 177);
    EXPECT_EQ(tiles({"--set", "chip.tiles=9"}), 9);
    EXPECT_EQ(tiles({"--set=chip.tiles=9", "--set", "chip.tiles=10"}), 10);
    const std::string net = network_file("tiny_conv");
    const json_ptr last = json({"replay", net, "--json", "--images", "2", "--set", "run.images=3"});
    EXPECT_EQ(number_of(last.get(), "images"), 3);
    const json_ptr first = json({"replay", net, "--json", "--set", "run.images=3", "--images=2"});
    EXPECT_EQ(number_of(first.get(), "images"), 2);
}

TEST_F(commands_test, config_prints_what_arch_reads_again) {
    for (const char *arch : {"isaac", "cascade", "neural-pim", "isaac-16bit"}) {
        const std::string path =
            write("effective.toml", answer({"config", arch, "--set", "pe.cycle_ns=99.900000000000006"}));
        EXPECT_EQ(answer({"describe", path, "--json"}),
                  answer({"describe", arch, "--json", "--set", "pe.cycle_ns=99.900000000000006"}));
    }
    EXPECT_NE(answer({"config", "--reference"}).find("[block.<name>]"), std::string::npos);
}

// Stage by stage agrees with the plan, or the program would say so (exit 6).
TEST_F(commands_test, stages_do_not_change_the_results) {
    for (const char *arch : {"isaac", "cascade", "neural-pim"}) {
        const words plain = {"replay", network_file("tiny_chain"), "--arch", arch, "--images", "2", "--json"};
        words staged = plain;
        staged.insert(staged.end(), {"--stages", "chip_0.tile_00*"});
        EXPECT_TRUE(answer(staged) == answer(plain)) << arch;
    }
    refuse(2, {"replay", network_file("tiny_conv"), "--stages", "tile_9"},
           {"--stages tile_9", "chip_0.tile_000"});
}

TEST_F(commands_test, a_full_disk_behind_the_standard_output_is_an_error) {
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

TEST_F(commands_test, a_reader_that_leaves_ends_the_program) {
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

// Waits until the program catches a signal, which it does right before the simulation.
void interrupt(pid_t child, int number) {
    const std::string status = "/proc/" + std::to_string(child) + "/status";
    for (bool caught = false; !caught && kill(child, 0) == 0;) {
        std::ifstream in(status);
        if (!in) return;
        for (std::string line; std::getline(in, line);) {
            if (line.rfind("State:\tZ", 0) == 0) return;
            if (line.rfind("SigCgt:", 0) == 0)
                caught = std::strtoull(line.c_str() + 8, nullptr, 16) >> (number - 1) & 1;
        }
        if (!caught) usleep(1000);
    }
    kill(child, number);
}

TEST_F(commands_test, an_interrupt_leaves_nothing) {
    if (access("/proc/self/status", R_OK) != 0) GTEST_SKIP() << "no /proc";
    std::filesystem::create_directory(folder / "there");
    for (int number : {SIGINT, SIGTERM})
        for (const char *out : {"new", "there"}) {
            const auto before = listing();
            const outcome r = run({"replay", network_file("tiny_chain"), "--images", "1000000", "--json",
                                   "--out", path_of(out)},
                                  {}, [number](pid_t child) { interrupt(child, number); });
            EXPECT_EQ(r.code, 130) << r.signal << r.err;
            EXPECT_EQ(r.out, "");
            EXPECT_EQ(r.err, "npim: interrupted\n");
            EXPECT_EQ(listing(), before);
        }
}

} // namespace
