#include "program_fixture.hpp"

#include <cmath>

namespace {

struct command_characterize_test : program_fixture {
    // A file of a small converter.
    std::string designed() {
        const std::string path = path_of("d.toml");
        answer({"design", "neural-adc", "--bits", "3", "--out", path});
        return path;
    }
};

TEST_F(command_characterize_test, json_has_the_figures_with_their_spread) {
    const struct {
        words what;
        std::vector<std::string> figures;
    } cases[] = {
        {{"neural-adc", "--bits", "4"}, {"dnl_lsb", "inl_lsb", "enob_bit", "missing_codes", "sinad_dB"}},
        {{"neural-sa"}, {"sinad_dB", "rms_error_mV"}}};
    for (const auto &k : cases) {
        words line = {"characterize", "--samples", "9", "--sigma", "0.05", "--seed", "3", "--json"};
        line.insert(line.end(), k.what.begin(), k.what.end());
        const json_ptr root = json(line);
        EXPECT_EQ(text_in(root.get(), "circuit"), k.what[0]);
        EXPECT_EQ(number_of(root.get(), "sigma"), 0.05);
        EXPECT_EQ(number_of(root.get(), "samples"), 9);
        EXPECT_EQ(number_of(root.get(), "seed"), 3);
        EXPECT_GT(number_of(root.get(), "cells"), 0);
        for (const char *key : {"bits", "inverters"}) EXPECT_GE(number_of(root.get(), key), 0);
        for (const auto &key : k.figures) {
            const cJSON *figure = cJSON_GetObjectItemCaseSensitive(root.get(), key.c_str());
            EXPECT_EQ(keys_of(figure), (std::vector<std::string>{"nominal", "median", "p10", "p90"})) << key;
        }
    }
}

// The worst of the columns is the figure beside them.
TEST_F(command_characterize_test, codes_in_the_json_document) {
    const json_ptr root =
        json({"characterize", "neural-adc", "--bits", "4", "--samples", "3", "--codes", "--json"});
    const cJSON *codes = cJSON_GetObjectItemCaseSensitive(root.get(), "codes");
    for (const char *key : {"dnl_lsb", "inl_lsb"}) {
        const cJSON *column = cJSON_GetObjectItemCaseSensitive(codes, key), *one;
        ASSERT_EQ(cJSON_GetArraySize(column), 16);
        double worst = 0;
        cJSON_ArrayForEach(one, column) worst = std::max(worst, std::fabs(one->valuedouble));
        EXPECT_EQ(worst, number_of(cJSON_GetObjectItemCaseSensitive(root.get(), key), "nominal"));
    }
    const json_ptr plain = json({"characterize", "neural-adc", "--bits", "4", "--samples", "3", "--json"});
    EXPECT_FALSE(cJSON_HasObjectItem(plain.get(), "codes"));
    refuse(2, {"characterize", "neural-adc", "--codes"}, {"--codes", "--json"});
    refuse(2, {"characterize", "neural-sa", "--codes", "--json"}, {"neural-sa has no codes"});
    refuse(2, {"characterize", "dataflow", "--codes", "--json"}, {"--codes", "dataflow"});
    refuse(2, {"characterize", "neural-adc", "--pareto", "--codes", "--json"}, {"--codes", "--pareto"});
    refuse(2, {"design", "neural-adc", "--codes"}, {"--codes"});
}

TEST_F(command_characterize_test, the_same_seed_gives_the_same_bytes) {
    const auto of_seed = [&](const char *seed) {
        return answer({"characterize", "neural-sa", "--samples", "9", "--json", "--seed", seed});
    };
    EXPECT_EQ(of_seed("7"), of_seed("7"));
    EXPECT_NE(of_seed("7"), of_seed("8"));
}

TEST_F(command_characterize_test, more_variation_is_worse) {
    double before = 1e9;
    for (const char *sigma : {"0", "0.01", "0.05", "0.2", "0.5"}) {
        const json_ptr root =
            json({"characterize", "neural-sa", "--sigma", sigma, "--samples", "20", "--json"});
        const double now = number_of(cJSON_GetObjectItem(root.get(), "sinad_dB"), "median");
        EXPECT_LT(now, before) << sigma;
        before = now;
    }
}

TEST_F(command_characterize_test, a_file_says_itself_what_it_holds) {
    const std::string file = designed();
    answer({"characterize", file, "--samples", "2", "--seed", "4", "--sigma", "0.1"});
    for (const char *option : {"--bits", "--code", "--method", "--card", "--dac-bits", "--multiplicity",
                               "--cell-bits", "--v-max", "--hidden", "--runs"})
        refuse(2, {"characterize", file, option, "1"}, {std::string(option) + " 1", file});
}

TEST_F(command_characterize_test, edited_and_broken_files) {
    const std::string file = designed();
    refuse(3, {"characterize", edited(file, ":7", ":6")}, {"edited.toml", "was edited"});
    refuse(3, {"characterize", edited(file, "kind = \"latch\"", "kind = \"x\"")}, {"edited.toml", "\"x\""});
    refuse(3, {"characterize", write("empty.toml", "")}, {"empty.toml"});
    refuse(3, {"characterize", path_of("none.toml")}, {"none.toml"});
    refuse(3, {"characterize", NPIM_SOURCE_DIR "/sim/arch/isaac.toml"}, {"isaac.toml"});
}

TEST_F(command_characterize_test, bad_words) {
    refuse(2, {"characterize"}, {"neural-sa or neural-adc"});
    refuse(2, {"characterize", "inverter"}, {"inverter", "neural-sa, neural-adc"});
    for (const char *sigma : {"-0.1", "0.51", "nan", "wide", ""})
        refuse(2, {"characterize", "neural-sa", "--sigma", sigma}, {"--sigma", sigma});
    for (const char *samples : {"-1", "100001", "1.5", "many"})
        refuse(2, {"characterize", "neural-sa", "--samples", samples}, {"--samples", samples});
    refuse(2, {"characterize", "neural-sa", "--seed", "-1"}, {"--seed"});
    refuse(2, {"characterize", "neural-adc", "--out", "x"}, {"unknown option --out"});
}

TEST_F(command_characterize_test, codes_as_csv) {
    const words line = {"characterize", "neural-adc", "--bits", "4",
                        "--samples",    "0",          "--csv",  path_of("c.csv")};
    EXPECT_EQ(answer(line), answer({"characterize", "neural-adc", "--bits", "4", "--samples", "0"}));
    const std::string csv = read_text(path_of("c.csv"));
    EXPECT_EQ(std::count(csv.begin(), csv.end(), '\n'), 17);
    EXPECT_EQ(csv.rfind("code,transition_V,dnl_lsb,inl_lsb\n0,", 0), 0u) << csv; // no samples, no deciles
    refuse(2, line, {"c.csv", "exists already", "--force"});
    words forced = line;
    forced.push_back("--force");
    answer(forced);
    EXPECT_EQ(read_text(path_of("c.csv")), csv);
    refuse(2, {"characterize", "neural-adc", "--csv", path_of("y"), "--plot", path_of("y")}, {"one file"});
    refuse(2, {"characterize", "neural-adc", "--bits", "2", "--csv", path_of("no/x.csv")},
           {"no/x.csv", "cannot write"});
}

TEST_F(command_characterize_test, circuits_of_a_shift_and_add_as_csv) {
    answer({"characterize", "neural-sa", "--samples", "4", "--csv", path_of("c.csv")});
    const std::string csv = read_text(path_of("c.csv"));
    EXPECT_EQ(csv.rfind("circuit,sinad_dB,", 0), 0u) << csv;
    EXPECT_EQ(std::count(csv.begin(), csv.end(), '\n'), 6);
}

TEST_F(command_characterize_test, the_table_of_accuracy_and_cost) {
    const words line = {"characterize", "neural-adc", "--bits", "4", "--samples", "3", "--pareto"};
    const std::string shown = answer(line);
    for (const char *part : {"multiplicity", "cells", "area_um2", "cell_power_uW", "enob_bit"})
        EXPECT_NE(shown.find(part), std::string::npos) << shown;
    words as_json = line, as_csv = line;
    as_json.push_back("--json");
    const json_ptr root = json(as_json);
    EXPECT_EQ(cJSON_GetArraySize(cJSON_GetObjectItem(root.get(), "rows")), 8);
    as_csv.insert(as_csv.end(), {"--csv", path_of("p.csv")});
    EXPECT_EQ(answer(as_csv), shown);
    const std::string csv = read_text(path_of("p.csv"));
    EXPECT_EQ(std::count(csv.begin(), csv.end(), '\n'), 9);
    refuse(2, {"characterize", "neural-adc", "--pareto", "--multiplicity", "2"},
           {"--multiplicity", "--pareto"});
    refuse(2, {"characterize", "neural-adc", "--pareto", "--plot", path_of("p.svg")}, {"--plot", "--pareto"});
    refuse(2, {"characterize", "dataflow", "--pareto"}, {"--pareto", "dataflow"});
    refuse(2, {"characterize", designed(), "--pareto"}, {"--pareto", "says itself"});
}

TEST_F(command_characterize_test, more_than_variation) {
    const json_ptr root = json({"characterize", "neural-adc", "--samples", "3", "--offset-mV", "2",
                                "--node-fF", "1", "--stuck-on", "0.001", "--stuck-off", "0.002", "--json"});
    EXPECT_EQ(number_of(root.get(), "offset_mV"), 2);
    EXPECT_EQ(number_of(root.get(), "node_fF"), 1);
    EXPECT_EQ(number_of(root.get(), "stuck_on_rate"), 0.001);
    EXPECT_EQ(number_of(root.get(), "stuck_off_rate"), 0.002);
    refuse(2, {"characterize", "neural-adc", "--offset-mV", "-1"}, {"--offset-mV", "-1"});
    refuse(3, {"characterize", "neural-adc", "--stuck-on", "0.6", "--stuck-off", "0.6"}, {"stuck"});
    // Faults that leave nodes floating are part of the samples.
    const json_ptr faulty = json({"characterize", "neural-adc", "--stuck-off", "0.05", "--json"});
    EXPECT_LT(number_of(cJSON_GetObjectItem(faulty.get(), "enob_bit"), "median"), 7);
    refuse(2, {"characterize", "dataflow", "--stuck-on", "0.1"}, {"--stuck-on", "dataflow"});
    refuse(2, {"characterize", "dataflow", "--dac-bits", "2"}, {"--dac-bits", "dataflow"});
}

TEST_F(command_characterize_test, a_transient_run_needs_ngspice) {
    refuse(2, {"characterize", "neural-sa", "--settle"}, {"ngspice is missing", "install"},
           [] { setenv("PATH", "/nowhere", 1); });
    if (std::system("ngspice --version >/dev/null 2>&1") != 0)
        GTEST_SKIP() << "no ngspice here (apt install ngspice)";
    EXPECT_NE(answer({"characterize", "neural-sa", "--samples", "1", "--settle"}).find("settles in"),
              std::string::npos);
}

TEST_F(command_characterize_test, plots_need_gnuplot) {
    refuse(2,
           {"characterize", "neural-adc", "--bits", "3", "--samples", "3", "--plot", path_of("p.svg"),
            "--csv", path_of("c.csv")},
           {"gnuplot is missing", "install"}, [] { setenv("PATH", "/nowhere", 1); });
    if (std::system("gnuplot --version >/dev/null 2>&1") != 0)
        GTEST_SKIP() << "no gnuplot here (apt install gnuplot-nox)";
    answer({"characterize", "neural-adc", "--bits", "3", "--samples", "3", "--plot", path_of("p.svg")});
    const std::string svg = read_text(path_of("p.svg"));
    for (const char *part : {"<svg", "DNL", "INL", "SINAD", "</svg>"})
        EXPECT_NE(svg.find(part), std::string::npos) << part;
    refuse(2, {"characterize", "neural-adc", "--plot", path_of("p.svg")}, {"p.svg", "exists already"});
}

} // namespace
