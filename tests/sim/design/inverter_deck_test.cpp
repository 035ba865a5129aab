#include "sim/design/inverter_deck.h"

#include "spice_fixture.hpp"

namespace {

struct inverter_deck_test : testing::Test {
    ~inverter_deck_test() override { npim_inverter_deck_fini(&deck); }
    npim_status load(const std::string &text) {
        npim_inverter_deck_fini(&deck);
        return npim_inverter_deck_load(&deck, scratch.write("d.cir", text).c_str(), &error);
    }
    scratch_folder scratch;
    npim_inverter_deck deck{};
    npim_error error{};
};

TEST_F(inverter_deck_test, text_and_hash) {
    const std::string text = "* a deck\n.param w=1\n  .SUBCKT Inverter in\tout vdd w=1\nM1 a b c\n.ends\n";
    ASSERT_EQ(load(text), NPIM_OK) << error.message;
    EXPECT_EQ(deck.text, text);
    char sha256[NPIM_SHA256_SIZE];
    npim_sha256("abc", 3, sha256); // FIPS 180-2, B.1
    EXPECT_STREQ(sha256, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    npim_sha256(text.data(), text.size(), sha256);
    EXPECT_STREQ(deck.sha256, sha256);
}

TEST_F(inverter_deck_test, the_shipped_ones_are_decks) {
    for (const char *name : {"inverter_sc.cir", "inverter_b4.cir"}) {
        EXPECT_EQ(npim_inverter_deck_load(&deck, (circuits_folder() + name).c_str(), &error), NPIM_OK)
            << error.message;
        npim_inverter_deck_fini(&deck);
    }
}

TEST_F(inverter_deck_test, what_is_no_deck_is_refused) {
    const std::string good = ".subckt inverter in out vdd\n.ends\n";
    const struct {
        std::string text;
        const char *message;
    } cases[] = {{"", "no line .subckt inverter in out vdd"},
                 {".subckt inverter out in vdd\n.ends\n", "no line"},
                 {".subckt inverter in out\n", "no line"},
                 {good + ".control\nshell true\n.endc\n", "d.cir:3: .control"},
                 {good + "  .INCLUDE other\n", "d.cir:3: .INCLUDE"},
                 {good + ".end\n", "d.cir:3: .end"},
                 {good + ".verylongcommandindeed\n", "d.cir:3"},
                 {good + std::string("\0", 1), "NUL"},
                 {good + std::string(1 << 20, '*'), "1 MiB"}};
    for (const auto &x : cases) {
        EXPECT_EQ(load(x.text), NPIM_ECONFIG);
        EXPECT_NE(std::string(error.message).find(x.message), std::string::npos) << error.message;
        EXPECT_EQ(deck.text, nullptr);
    }
    EXPECT_EQ(npim_inverter_deck_load(&deck, (scratch.path + "/none").c_str(), &error), NPIM_ECONFIG);
    EXPECT_EQ(npim_inverter_deck_load(&deck, scratch.path.c_str(), &error), NPIM_ECONFIG); // a folder
}

} // namespace
