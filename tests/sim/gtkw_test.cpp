#include "sim/gtkw.h"

#include "program_fixture.hpp"

namespace {

const char *const colours[] = {"red", "green", "blue", nullptr};
const char *const moods[] = {"glad", "sad", nullptr};

struct gtkw_test : program_fixture {
    npim_error error{};
    std::string wave() const { return path_of("x.vcd"); }
    std::string text(const std::vector<npim_gtkw_signal> &signals, uint64_t from_ps = 0,
                     uint64_t to_ps = 1000) {
        EXPECT_EQ(npim_gtkw_write(wave().c_str(), signals.data(), signals.size(), from_ps, to_ps, &error),
                  NPIM_OK)
            << error.message;
        return read_text(path_of("x.gtkw"));
    }
};

TEST_F(gtkw_test, shows_each_kind_its_own_way) {
    const std::string all = text({{"t.s.state", "one", NPIM_KIND_ENUM, 2, colours},
                                  {"t.s.dac.code", "one", NPIM_KIND_U32, 32, nullptr},
                                  {"t.s.sa.v_acc_V", "one", NPIM_KIND_DOUBLE, 0, nullptr},
                                  {"t.s.sum", "one", NPIM_KIND_DOUBLE, 0, nullptr},
                                  {"t.bus.busy", "two", NPIM_KIND_BOOL, 1, nullptr}});
    EXPECT_EQ(all.substr(all.find("@800200")), "@800200\n-one\n"
                                               "@2022\n^1 ./x.state.txt\n+{state} t.s.state[1:0]\n"
                                               "@24\n+{dac code} t.s.dac.code[31:0]\n"
                                               "@88420\n+{sa v_acc_V} t.s.sa.v_acc_V\n@20000\n-\n-\n"
                                               "@20\n+{sum} t.s.sum\n"
                                               "@1000200\n-one\n"
                                               "@800200\n-two\n"
                                               "@28\n+{busy} t.bus.busy\n"
                                               "@1000200\n-two\n");
    EXPECT_NE(all.find("[dumpfile] \"x.vcd\"\n"), std::string::npos) << all;
    EXPECT_EQ(all.find(folder.string()), std::string::npos) << "no place of this machine";
    EXPECT_EQ(read_text(path_of("x.state.txt")), "0 red\n1 green\n2 blue\n");
}

TEST_F(gtkw_test, one_table_for_all_signals_that_share_their_names) {
    const std::string all = text({{"a.state", "g", NPIM_KIND_ENUM, 2, colours},
                                  {"b.mood", "g", NPIM_KIND_ENUM, 2, moods},
                                  {"c.state", "g", NPIM_KIND_ENUM, 2, colours}});
    EXPECT_EQ(listing(), (std::vector<std::string>{"x.gtkw", "x.mood.txt", "x.state.txt"}));
    EXPECT_NE(all.find("^1 ./x.state.txt\n+{a state} a.state[1:0]"), std::string::npos) << all;
    EXPECT_NE(all.find("^2 ./x.mood.txt\n+{b mood} b.mood[1:0]"), std::string::npos) << all;
    EXPECT_NE(all.find("^1 ./x.state.txt\n+{c state} c.state[1:0]"), std::string::npos) << all;
    const npim_gtkw_signal one[] = {{"a.state", "g", NPIM_KIND_ENUM, 2, colours},
                                    {"b.mood", "g", NPIM_KIND_ENUM, 2, moods}};
    npim_gtkw_remove(wave().c_str(), one, 2);
    EXPECT_EQ(listing(), std::vector<std::string>{});
}

TEST_F(gtkw_test, groups_that_do_not_fit_the_screen_are_closed) {
    std::vector<std::string> names(60);
    std::vector<npim_gtkw_signal> signals;
    for (int i = 0; i < 60; i++) {
        names[static_cast<size_t>(i)] = "s.x" + std::to_string(i);
        signals.push_back({names[static_cast<size_t>(i)].c_str(),
                           i < 30   ? "first"
                           : i < 50 ? "second"
                                    : "third",
                           NPIM_KIND_BOOL, 1, nullptr});
    }
    const std::string all = text(signals);
    EXPECT_NE(all.find("@800200\n-first\n"), std::string::npos);
    EXPECT_NE(all.find("@c00200\n-second\n"), std::string::npos);
    EXPECT_NE(all.find("@1401200\n-second\n"), std::string::npos);
    EXPECT_NE(all.find("@c00200\n-third\n"), std::string::npos) << "30 + 1 lines are full, and 10 do not fit";
}

TEST_F(gtkw_test, the_first_view_is_the_window) {
    const auto zoom = [this](uint64_t from_ps, uint64_t to_ps) {
        const std::string all = text({{"a", "g", NPIM_KIND_BOOL, 1, nullptr}}, from_ps, to_ps);
        EXPECT_NE(all.find("[timestart] " + std::to_string(from_ps) + "\n"), std::string::npos);
        return std::strtod(all.c_str() + all.find("\n*-") + 2, nullptr);
    };
    EXPECT_NEAR(zoom(7, 7 + 900), -7.6, 0.06) << "1 ps for a pixel, 200 pixels a frame";
    EXPECT_NEAR(zoom(0, 900 << 10), -17.6, 0.06);
    EXPECT_NEAR(text({{"a", "g", NPIM_KIND_BOOL, 1, nullptr}}, 5, 5).find("*0.0 ") != std::string::npos, 1,
                0);
}

TEST_F(gtkw_test, a_file_that_cannot_be_written_leaves_none) {
    const npim_gtkw_signal one = {"a.state", "g", NPIM_KIND_ENUM, 2, colours};
    EXPECT_EQ(npim_gtkw_write(path_of("no/x.vcd").c_str(), &one, 1, 0, 1, &error), NPIM_EUSAGE);
    EXPECT_NE(std::string(error.message).find("x.state.txt"), std::string::npos) << error.message;
    std::filesystem::create_directory(path_of("x.gtkw"));
    EXPECT_EQ(npim_gtkw_write(wave().c_str(), &one, 1, 0, 1, &error), NPIM_EUSAGE);
    EXPECT_EQ(listing(), std::vector<std::string>{"x.gtkw"}) << "the directory that was in the way";
    if (access("/dev/full", W_OK) != 0) GTEST_SKIP() << "no /dev/full";
    std::filesystem::remove(path_of("x.gtkw"));
    std::filesystem::create_symlink("/dev/full", path_of("x.gtkw"));
    EXPECT_EQ(npim_gtkw_write(wave().c_str(), &one, 1, 0, 1, &error), NPIM_EUSAGE);
    EXPECT_EQ(listing(), std::vector<std::string>{});
}

} // namespace
