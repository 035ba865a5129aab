#include "sim/design/inverter_table.h"

#include "spice_fixture.hpp"

namespace {

// A folder with a deck and a table that was made of it, without any simulator.
struct inverter_table_test : testing::Test {
    inverter_table_test() {
        const std::string deck = scratch.write("d.cir", ".subckt inverter in out vdd\n.ends\n");
        npim_inverter_deck read{};
        EXPECT_EQ(npim_inverter_deck_load(&read, deck.c_str(), &error), NPIM_OK) << error.message;
        table.sweep = {0.9, -40, 16, {2.5e-5, 0.3}};
        table.inverter.vdd_V = 0.9;
        for (uint32_t i = 0; i < NPIM_VTC_POINTS; i++)
            table.inverter.out_V[i] = std::round(0.9e9 * (1 - std::pow(i / 1000.0, 3))) / 1e9;
        std::strcpy(table.deck, "d.cir");
        std::strcpy(table.simulator, "ngspice-39");
        std::memcpy(table.deck_sha256, read.sha256, sizeof read.sha256);
        npim_inverter_deck_fini(&read);
        EXPECT_EQ(npim_inverter_table_save(&table, path.c_str(), &error), NPIM_OK) << error.message;
    }
    npim_status load() {
        error = {};
        return npim_inverter_table_load(&back, path.c_str(), &error);
    }
    // Replaces the first `from` in the file.
    npim_status load_edited(const std::string &from, const std::string &to) {
        std::string text = text_of(path);
        const size_t at = text.find(from);
        EXPECT_NE(at, std::string::npos) << from;
        scratch.write("t.toml", text.replace(at, from.size(), to));
        const npim_status status = load();
        EXPECT_EQ(npim_inverter_table_save(&table, path.c_str(), nullptr), NPIM_OK);
        return status;
    }
    bool says(const std::string &text) const {
        return std::string(error.message).find(text) != std::string::npos;
    }
    scratch_folder scratch;
    std::string path = scratch.path + "/t.toml";
    npim_inverter_table table{}, back{};
    npim_error error{};
};

TEST_F(inverter_table_test, a_file_reads_back_exactly) {
    ASSERT_EQ(load(), NPIM_OK) << error.message;
    EXPECT_EQ(std::memcmp(&back.inverter, &table.inverter, sizeof back.inverter), 0);
    EXPECT_EQ(std::memcmp(&back.sweep, &table.sweep, sizeof back.sweep), 0);
    EXPECT_STREQ(back.deck, "d.cir");
    EXPECT_STREQ(back.simulator, "ngspice-39");
    EXPECT_STREQ(back.deck_sha256, table.deck_sha256);
    const std::string before = text_of(path);
    EXPECT_EQ(npim_inverter_table_save(&back, path.c_str(), &error), NPIM_OK);
    EXPECT_EQ(text_of(path), before);
    EXPECT_EQ(npim_inverter_table_save(&back, (scratch.path + "/none/t.toml").c_str(), &error), NPIM_EUSAGE);
}

TEST_F(inverter_table_test, a_table_may_lie_anywhere_in_a_document) {
    char *text = nullptr;
    size_t n = 0;
    FILE *out = open_memstream(&text, &n);
    std::fprintf(out, "[other]\nx = 1\n");
    npim_inverter_table_put(&table, "circuit.residue", out);
    std::fclose(out);
    scratch.write("design.toml", text);
    std::free(text);
    npim_doc doc{};
    const std::string design = scratch.path + "/design.toml";
    ASSERT_EQ(npim_doc_load(&doc, design.c_str(), &error), NPIM_OK) << error.message;
    EXPECT_EQ(npim_inverter_table_read(&back, &doc, "circuit.residue", design.c_str(), &error), NPIM_OK)
        << error.message;
    EXPECT_EQ(std::memcmp(&back.inverter, &table.inverter, sizeof back.inverter), 0);
    for (size_t i = 0; i < doc.n_entries; i++)
        EXPECT_EQ(doc.entries[i].used, std::strcmp(doc.entries[i].path, "other.x") != 0);
    npim_doc_fini(&doc);
}

TEST_F(inverter_table_test, edits_are_refused) {
    const struct {
        const char *from, *to, *message;
    } cases[] = {{"vdd_V = 0.9", "vdd_V = 0.8", "was edited"},
                 {"0.899999999,", "0.899999998,", "was edited"},
                 {"width = 16", "width = 15", "was edited"},
                 {"load_V = 0.3", "load_V = 0.31", "was edited"},
                 {"ngspice-39", "ngspice-40", "was edited"},
                 {"table_sha256 = \"", "table_sha256 = \"0", "table_sha256"},
                 {"temperature_C = -40", "temperature_C = -400", "temperature_C = -400: outside -55..150"},
                 {"0.899999999,", "", "1000 values: 1001"},
                 {"0.899999999,", "\"a\",", "must be a number"},
                 {"deck = \"d.cir\"\n", "", "deck"},
                 {"width = 16", "width = 16\nwidht = 3", "unknown key inverter.widht"}};
    for (const auto &x : cases) {
        EXPECT_EQ(load_edited(x.from, x.to), NPIM_ECONFIG) << x.to;
        EXPECT_TRUE(says(x.message)) << error.message;
        EXPECT_TRUE(says("t.toml")) << error.message;
    }
    EXPECT_EQ(load(), NPIM_OK) << error.message;
}

TEST_F(inverter_table_test, another_deck_is_refused_and_both_are_named) {
    scratch.write("d.cir", "* changed\n.subckt inverter in out vdd\n.ends\n");
    EXPECT_EQ(load(), NPIM_ECONFIG);
    EXPECT_TRUE(says("t.toml")) << error.message;
    EXPECT_TRUE(says(scratch.path + "/d.cir")) << error.message;
    EXPECT_EQ(unlink((scratch.path + "/d.cir").c_str()), 0);
    EXPECT_EQ(load(), NPIM_ECONFIG);
    EXPECT_TRUE(says("d.cir: No such file")) << error.message;
}

TEST_F(inverter_table_test, forged_tables_that_are_no_inverter_are_refused) {
    table.inverter.out_V[500] = 0.899;
    ASSERT_EQ(npim_inverter_table_save(&table, path.c_str(), &error), NPIM_OK);
    EXPECT_EQ(load(), NPIM_ECONFIG);
    EXPECT_TRUE(says("out_V[500]")) << error.message;
}

TEST_F(inverter_table_test, sweeps_out_of_range_are_refused) {
    const std::string deck = circuits_folder() + "inverter_sc.cir";
    const npim_spice spice{};
    for (const npim_inverter_sweep &sweep :
         {npim_inverter_sweep{0, 27, 1, {0, 0}}, npim_inverter_sweep{1, 1000, 1, {0, 0}},
          npim_inverter_sweep{1, 27, 0, {0, 0}}, npim_inverter_sweep{1, 27, 1, {-1, 0}},
          npim_inverter_sweep{1, 27, 1, {1e-6, 1.1}}, npim_inverter_sweep{std::nan(""), 27, 1, {0, 0}}})
        EXPECT_EQ(npim_inverter_table_make(&back, deck.c_str(), &sweep, &spice, &error), NPIM_ECONFIG);
    const npim_inverter_sweep good{1, 27, 1, {0, 0}};
    EXPECT_EQ(npim_inverter_table_make(&back, (scratch.path + "/a\"b").c_str(), &good, &spice, &error),
              NPIM_ECONFIG);
    const npim_spice none{"no-such-ngspice", 0, nullptr};
    EXPECT_EQ(npim_inverter_table_make(&back, deck.c_str(), &good, &none, &error), NPIM_EUSAGE);
    EXPECT_TRUE(says("is missing")) << error.message;
}

// 4 x finer than the table, so that what lies between its points counts, too.
double rms_against_ngspice(const std::string &card, const npim_inverter &inverter) {
    const shipped_deck deck(card);
    const npim_spice spice{};
    npim_spice_data data{};
    npim_error error{};
    const std::string text =
        std::string("* check\n") + deck.deck.text +
        "\nVdd vdd 0 1\nVin in 0 0\nX1 in out vdd inverter\n.dc Vin 0 1.0001 0.00025\n.control\n"
        "set wr_singlescale\nset numdgt=12\nrun\nwrdata npim_out.txt v(out)\nquit\n.endc\n.end\n";
    EXPECT_EQ(npim_spice_run(&spice, text.c_str(), 4001, 2, &data, &error), NPIM_OK) << error.message;
    double sum = 0;
    for (size_t i = 0; i < data.n_rows; i++) {
        const double off = data.value[2 * i + 1] - npim_inverter_out_V(&inverter, data.value[2 * i]);
        sum += off * off;
    }
    const double rms = std::sqrt(sum / static_cast<double>(data.n_rows));
    npim_spice_data_fini(&data);
    return rms;
}

TEST_F(inverter_table_test, the_shipped_tables_are_what_ngspice_makes_of_their_decks) {
    NEEDS_NGSPICE();
    const npim_spice spice{};
    for (const std::string card : {"sc", "b4"}) {
        const npim_inverter_table shipped = shipped_table(card);
        const std::string deck = circuits_folder() + "inverter_" + card + ".cir";
        ASSERT_EQ(npim_inverter_table_make(&back, deck.c_str(), &shipped.sweep, &spice, &error), NPIM_OK)
            << error.message;
        EXPECT_STREQ(back.deck_sha256, shipped.deck_sha256);
        for (uint32_t i = 0; i < NPIM_VTC_POINTS; i++)
            EXPECT_NEAR(back.inverter.out_V[i], shipped.inverter.out_V[i], 1e-5) << i;
        const double rms_V = rms_against_ngspice(card, shipped.inverter);
        std::cout << card << ": " << 1e3 * rms_V << " mV rms\n";
        EXPECT_LE(rms_V, 1e-3);
    }
    const npim_inverter_table sc = shipped_table("sc"), b4 = shipped_table("b4");
    EXPECT_LT(npim_inverter_gain(&sc.inverter, 0.5), -20);
    EXPECT_GT(npim_inverter_gain(&b4.inverter, 0.5), -10);
}

TEST_F(inverter_table_test, supply_width_temperature_and_load_count) {
    NEEDS_NGSPICE();
    const npim_spice spice{};
    const auto out_V = [&](const npim_inverter_sweep &sweep, double in_V) {
        EXPECT_EQ(npim_inverter_table_make(&back, (circuits_folder() + "inverter_sc.cir").c_str(), &sweep,
                                           &spice, &error),
                  NPIM_OK)
            << error.message;
        return npim_inverter_out_V(&back.inverter, in_V);
    };
    const double alone_V = out_V({1, 27, 1, {0, 0}}, 0.49);
    EXPECT_NEAR(out_V({1, 27, 16, {0, 0}}, 0.49), alone_V, 1e-5); // width alone changes nothing
    const double loaded_V = out_V({1, 27, 1, {2e-5, 0.2}}, 0.49);
    EXPECT_LT(loaded_V, alone_V - 0.02);
    EXPECT_NEAR(out_V({1, 27, 16, {32e-5, 0.2}}, 0.49), loaded_V, 1e-5); // what counts is load per width
    EXPECT_NEAR(out_V({0.9, 27, 1, {0, 0}}, 0), 0.9, 1e-6);
    EXPECT_EQ(back.inverter.vdd_V, 0.9);
    EXPECT_GT(std::fabs(out_V({1, 125, 1, {0, 0}}, 0.49) - alone_V), 1e-5);
}

} // namespace
