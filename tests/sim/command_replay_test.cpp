#include "program_fixture.hpp"

namespace {

struct command_replay_test : program_fixture {};

// Stage by stage agrees with the plan, or the program would say so (exit 6).
TEST_F(command_replay_test, stages_do_not_change_the_results) {
    for (const char *arch : {"isaac", "cascade", "neural-pim"}) {
        const words plain = {"replay", network_file("tiny_chain"), "--arch", arch, "--images", "2", "--json"};
        words staged = plain;
        staged.insert(staged.end(), {"--stages", "chip_0.tile_00*"});
        EXPECT_TRUE(answer(staged) == answer(plain)) << arch;
    }
    refuse(2, {"replay", network_file("tiny_conv"), "--stages", "tile_9"},
           {"--stages tile_9", "chip_0.tile_000"});
}

TEST_F(command_replay_test, power_over_time_changes_nothing_else) {
    for (const char *arch : {"isaac", "cascade", "neural-pim"}) {
        const words plain = {"replay", network_file("tiny_chain"), "--arch", arch, "--images", "3", "--json"};
        words metered = plain;
        metered.insert(metered.end(), {"--power-step", "10ns", "--out", path_of("r"), "--force"});
        EXPECT_TRUE(answer(metered) == answer(plain)) << arch;
        EXPECT_TRUE(std::filesystem::exists(folder / "r" / "power.csv"));
    }
}

TEST_F(command_replay_test, power_steps_that_are_none_or_too_short) {
    const std::string net = network_file("tiny_fc"), out = path_of("r");
    for (const char *bad :
         {"", "1", "us", "0us", "-1us", "1us2", "1 us", "0.5ps", "1000000s", "1e3ns", "auto"})
        refuse(2, {"replay", net, "--power-step", bad, "--out", out},
               {std::string("--power-step ") + bad + ": must be a time from 1ps to 999999s", "as 1us"});
    refuse(2, {"replay", net, "--power-step", "1us"}, {"--power-step 1us", "needs --out DIR"});
    refuse(2, {"replay", net, "--power-step"}, {"--power-step needs a value"});
    refuse(2, {"map", net, "--power-step", "1us"}, {"unknown option --power-step"});
    refuse(2, {"replay", net, "--power-step", "1ps", "--images", "5", "--out", out},
           {"--power-step 1ps: the run takes ", "over 1000000 rows; at least "});
    // Said before anything else is found wrong.
    refuse(2, {"replay", "no such network", "--power-step", "1", "--out", out}, {"--power-step 1: must be"});
}

TEST_F(command_replay_test, an_interrupt_leaves_nothing) {
    if (access("/proc/self/status", R_OK) != 0) GTEST_SKIP() << "no /proc";
    std::filesystem::create_directory(folder / "there");
    const std::string slow = slow_to_map();
    for (int number : {SIGINT, SIGTERM})
        for (const auto &[net, out] : {std::pair(network_file("tiny_chain"), "new"), {slow, "there"}}) {
            const auto before = listing();
            const outcome r = run({"replay", net, "--images", "1000000", "--json", "--out", path_of(out)}, {},
                                  [number](pid_t child) { interrupt(child, number); });
            EXPECT_EQ(r.code, 130) << r.signal << r.err;
            EXPECT_EQ(r.out, "");
            EXPECT_EQ(r.err, "npim: interrupted\n");
            EXPECT_EQ(listing(), before);
        }
}

} // namespace
