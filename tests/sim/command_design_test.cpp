#include "program_fixture.hpp"

namespace {

struct command_design_test : program_fixture {
    static bool has_ngspice() { return std::system("ngspice --version >/dev/null 2>&1") == 0; }
};

TEST_F(command_design_test, a_design_goes_to_a_file_that_is_measured_alike) {
    for (const words &what :
         {words{"neural-sa", "--dac-bits", "2"}, words{"neural-adc", "--bits", "4"},
          words{"neural-adc", "--bits", "4", "--code", "gray"}, words{"neural-adc", "--multiplicity", "1"}}) {
        words design = {"design"}, measure = {"characterize"};
        design.insert(design.end(), what.begin(), what.end());
        measure.insert(measure.end(), what.begin(), what.end());
        design.insert(design.end(), {"--out", path_of("d.toml"), "--force"});
        measure.insert(measure.end(), {"--samples", "100"});
        const std::string shown = answer(design);
        EXPECT_EQ(shown, answer(measure));
        EXPECT_EQ(shown, answer({"characterize", path_of("d.toml"), "--samples", "100"}));
        EXPECT_EQ(listing(), std::vector<std::string>{"d.toml"});
    }
}

TEST_F(command_design_test, the_same_words_make_the_same_bytes_wherever_they_are_said) {
    answer({"design", "neural-adc", "--out", path_of("a.toml")});
    working_directory = folder.string(); // the decks are found beside the program then
    answer({"design", "neural-adc", "--out", "b.toml"});
    answer({"characterize", "b.toml", "--samples", "1"});
    answer({"characterize", path_of("a.toml"), "--samples", "1"});
    // Their hashes differ by the path of the deck alone.
    const auto cells = [](const std::string &text) {
        return text.substr(text.find("[circuit]"), text.find("[residue]") - text.find("[circuit]"));
    };
    EXPECT_EQ(cells(read_text(path_of("a.toml"))), cells(read_text(path_of("b.toml"))));
}

TEST_F(command_design_test, what_is_there_stays_without_force) {
    const std::string mine = write("mine.toml", "mine");
    refuse(2, {"design", "neural-sa", "--out", mine}, {mine, "exists already", "--force"});
    refuse(2, {"design", "neural-sa", "--spice", mine}, {mine, "exists already", "--force"});
    EXPECT_EQ(read_text(mine), "mine");
    answer({"design", "neural-sa", "--out", mine, "--force"});
    EXPECT_NE(read_text(mine), "mine");
    refuse(2, {"design", "neural-sa", "--out", path_of("no/such.toml")}, {"no/such.toml", "cannot write"});
    refuse(2, {"design", "neural-sa", "--spice", path_of("no/such.cir")}, {"no/such.cir", "cannot write"});
}

TEST_F(command_design_test, json_is_one_document) {
    const json_ptr root = json({"design", "neural-adc", "--bits", "4", "--json"});
    EXPECT_EQ(text_in(root.get(), "circuit"), "neural-adc");
    EXPECT_EQ(number_of(root.get(), "samples"), 100);
}

TEST_F(command_design_test, bad_words) {
    refuse(2, {"design"}, {"neural-sa or neural-adc"});
    refuse(2, {"design", "neural-as"}, {"neural-as", "neural-sa, neural-adc"});
    refuse(2, {"design", "neural-adc", "--bits", "11"}, {"--bits", "11", "1..10"});
    refuse(2, {"design", "neural-adc", "--bits", "four"}, {"--bits", "four"});
    refuse(2, {"design", "neural-adc", "--code", "pipeline", "--bits", "4"}, {"4 bits", "two stages"});
    refuse(2, {"design", "neural-adc", "--method", "trained", "--bits", "9"}, {"trained"});
    refuse(2, {"design", "neural-adc", "--method", "trained", "--v-max", "0.2"}, {"--v-max", "supply"});
    refuse(2, {"design", "neural-adc", "--v-max", "0.6"}, {"0.6"});
    refuse(2, {"design", "neural-sa", "--dac-bits", "5"}, {"dac_bits = 5", "1, 2, 4 or 8"});
    refuse(2, {"design", "neural-sa", "--sigma", "0.6"}, {"--sigma", "0.6"});
    refuse(2, {"design", "neural-sa", "--circuit", "1"}, {"--circuit", "--spice"});
    refuse(2, {"design", "neural-sa", "--transient"}, {"--transient", "--spice"});
    refuse(2, {"design", "neural-adc", "--settle"}, {"--loaded"});
    refuse(2, {"design", "inverter", "--bits", "4"}, {"--bits 4", "inverter"});
    const std::string same = path_of("same");
    refuse(2, {"design", "neural-sa", "--out", same, "--spice", same}, {"one file"});
    refuse(2, {"design", "neural-sa", "neural-adc"}, {"one name only"});
}

// An option that says nothing to a circuit is no silent one.
TEST_F(command_design_test, options_of_other_circuits) {
    const std::vector<words> cases = {
        {"neural-sa", "--bits", "4"},    {"neural-sa", "--code", "gray"},
        {"neural-sa", "--v-max", "0.1"}, {"neural-sa", "--loaded"},
        {"neural-sa", "--hidden", "4"},  {"neural-adc", "--dac-bits", "2"},
        {"neural-adc", "--runs", "2"},   {"neural-adc", "--bits", "4", "--method", "trained", "--loaded"}};
    for (const words &what : cases) {
        words line = {"design"};
        line.insert(line.end(), what.begin(), what.end());
        refuse(2, line, {"says nothing to"});
    }
}

// The netlist of a varied circuit has other resistors, the same for the same seed; steps are a transient run.
TEST_F(command_design_test, netlists_of_varied_circuits_and_of_steps) {
    const auto netlist = [&](const words &more) {
        words line = {"design",         "neural-adc", "--bits",    "2", "--spice",
                      path_of("n.cir"), "--force",    "--samples", "1"};
        line.insert(line.end(), more.begin(), more.end());
        answer(line);
        return read_text(path_of("n.cir"));
    };
    const std::string nominal = netlist({}), varied = netlist({"--circuit", "1"});
    EXPECT_NE(nominal, varied);
    EXPECT_EQ(varied, netlist({"--circuit", "1"}));
    EXPECT_NE(varied, netlist({"--circuit", "2"}));
    EXPECT_NE(varied, netlist({"--circuit", "1", "--seed", "2"}));
    EXPECT_EQ(nominal, netlist({"--circuit", "1", "--sigma", "0"}));
    EXPECT_EQ(nominal.find("tran "), std::string::npos);
    EXPECT_NE(netlist({"--transient"}).find("tran "), std::string::npos);
}

TEST_F(command_design_test, an_interrupt_ends_a_training) {
    const outcome r =
        run({"design", "neural-sa", "--method", "trained", "--runs", "100", "--out", path_of("t.toml")}, {},
            [](pid_t child) { interrupt(child, SIGINT); });
    EXPECT_EQ(r.code, 130) << r.err;
    EXPECT_FALSE(std::filesystem::exists(path_of("t.toml")));
}

TEST_F(command_design_test, ngspice_runs_the_netlist) {
    answer({"design", "neural-adc", "--bits", "3", "--spice", path_of("adc.cir")});
    const std::string netlist = read_text(path_of("adc.cir"));
    EXPECT_NE(netlist.find(".control"), std::string::npos);
    if (!has_ngspice()) GTEST_SKIP() << "no ngspice here (apt install ngspice)";
    ASSERT_EQ(std::system(("cd '" + folder.string() + "' && ngspice -b -n adc.cir >log 2>&1").c_str()), 0)
        << read_text(path_of("log"));
    std::ifstream out(path_of("npim_out.txt"));
    size_t rows = 0;
    for (std::string line; std::getline(out, line);) rows++;
    EXPECT_EQ(rows, 65u);
}

TEST_F(command_design_test, the_table_of_an_inverter_is_made_anew) {
    if (!has_ngspice()) GTEST_SKIP() << "no ngspice here (apt install ngspice)";
    const std::string folder_of_decks = NPIM_SOURCE_DIR "/sim/arch/circuits/";
    std::filesystem::copy_file(folder_of_decks + "inverter_sc.cir", folder / "inverter_sc.cir");
    const std::string shown = answer({"design", "inverter"});
    EXPECT_EQ(shown.rfind("inverter_sc.cir: threshold 0.5", 0), 0u) << shown;
    answer({"design", "inverter", "--card", "b4", "--out", path_of("b4.toml")});
    EXPECT_NE(read_text(path_of("b4.toml")).find("[inverter]"), std::string::npos);
    refuse(2, {"design", "inverter", "--card", "b4", "--out", path_of("b4.toml")},
           {"exists already", "--force"});
    refuse(2, {"design", "inverter", "--card", "x"}, {"--card", "sc", "b4"});
}

TEST_F(command_design_test, without_ngspice_it_says_so) {
    const auto nowhere = [] { setenv("PATH", "/nowhere", 1); };
    refuse(2, {"design", "inverter"}, {"ngspice is missing", "install"}, nowhere);
    const outcome r = run({"design", "neural-sa"}, nowhere); // needs none
    EXPECT_EQ(r.code, 0) << r.err;
}

} // namespace
