#include "sim/session.h"

#include "program_fixture.hpp"

namespace {

struct session_test : program_fixture {
    ~session_test() override { npim_session_fini(state.get()); }

    const std::unique_ptr<npim_session> state = std::make_unique<npim_session>(); // zeroed, and big
    npim_error error{};
};

TEST_F(session_test, the_standard_architecture_is_neural_pim) {
    const std::string net = network_file("tiny_conv");
    EXPECT_EQ(answer({"describe"}), answer({"describe", "neural-pim"}));
    EXPECT_EQ(answer({"describe"}), answer({"describe", "--arch", "neural-pim"}));
    EXPECT_EQ(answer({"config"}), answer({"config", "neural-pim"}));
    EXPECT_EQ(answer({"replay", net}), answer({"replay", net, "--arch", arch_file("neural-pim")}));
    EXPECT_EQ(answer({"map", net}), answer({"map", net, "--arch=neural-pim"}));
    refuse(2, {"describe", "isaac", "--arch", "cascade"}, {"isaac", "cascade", "one architecture only"});
    refuse(2, {"config", "isaac", "--arch", "isaac"}, {"one architecture only"});
}

TEST_F(session_test, names_are_found_from_everywhere) {
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

TEST_F(session_test, set_changes_the_model_and_the_order_counts) {
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

TEST_F(session_test, an_architecture_is_named_once) {
    npim_session &s = *state;
    EXPECT_STREQ(npim_session_arch_name(&s), "neural-pim");
    const std::string isaac = arch_file("isaac"), cascade = arch_file("cascade");
    s.options.arch = isaac.c_str();
    s.options.subject = cascade.c_str();
    EXPECT_EQ(npim_session_load_arch(&s, &error), NPIM_EUSAGE);
    s.options.subject = nullptr;
    EXPECT_STREQ(npim_session_arch_name(&s), isaac.c_str());
    ASSERT_EQ(npim_session_load_arch(&s, &error), NPIM_OK) << error.message;
    EXPECT_STREQ(s.arch.name, "isaac");
    EXPECT_EQ(s.arch_path, isaac);
    npim_session_fini(&s);
    s.options.arch = nullptr;
    s.options.subject = cascade.c_str();
    ASSERT_EQ(npim_session_load_arch(&s, &error), NPIM_OK) << error.message;
    EXPECT_STREQ(s.arch.name, "cascade");
}

TEST_F(session_test, a_mapping_needs_a_network_and_what_fails_frees_all) {
    npim_session &s = *state;
    EXPECT_EQ(npim_session_load_network(&s, &error), NPIM_EUSAGE);
    const std::string net = network_file("tiny_chain"), arch = arch_file("isaac");
    s.options.subject = net.c_str();
    s.options.arch = arch.c_str();
    ASSERT_EQ(npim_session_load_network(&s, &error), NPIM_OK) << error.message;
    ASSERT_EQ(npim_session_map(&s, nullptr, &error), NPIM_OK) << error.message;
    EXPECT_EQ(s.network_path, net);
    EXPECT_GT(s.graph.n_nodes, 2u);
    EXPECT_EQ(s.map.network, &s.network);
    npim_session_fini(&s);
    s.options.assignments[s.options.n_assignments++] = "chip.tiles=1";
    s.options.assignments[s.options.n_assignments++] = "tile.pes=1";
    s.options.assignments[s.options.n_assignments++] = "pe.arrays=1";
    s.options.assignments[s.options.n_assignments++] = "system.chips=1";
    ASSERT_EQ(npim_session_load_network(&s, &error), NPIM_OK) << error.message;
    EXPECT_EQ(npim_session_map(&s, nullptr, &error), NPIM_EFIT) << error.message;
    npim_session_fini(&s);
    npim_session_fini(&s);
}

} // namespace
