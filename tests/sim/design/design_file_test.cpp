#include "sim/design/design_file.h"

#include "sim/design/characterize.h"
#include "spice_fixture.hpp"

#include <filesystem>
#include <memory>
#include <random>
#include <sys/stat.h>

namespace {

struct design_file_test : testing::Test {
    design_file_test() {
        for (const char *deck : {"inverter_sc.cir", "inverter_b4.cir"})
            std::filesystem::copy_file(circuits_folder() + deck, scratch.path + "/" + deck);
    }
    ~design_file_test() override {
        npim_design_fini(one.get());
        npim_design_fini(two.get());
    }
    void make(npim_design_kind kind, uint32_t bits, npim_code_kind code = NPIM_CODE_THERMOMETER) {
        npim_design_request r{};
        r.kind = kind;
        r.code = code;
        r.bits = bits;
        r.dac_bits = 2;
        r.multiplicity = 2;
        r.cell_bits = 3;
        r.hidden = r.runs = 1;
        npim_design_request_complete(&r);
        npim_design_fini(one.get());
        ASSERT_EQ(npim_design_make(one.get(), &r, circuits_folder().c_str(), &error), NPIM_OK)
            << error.message;
    }
    std::string path(const char *name) const { return scratch.path + "/" + name; }
    void save(const char *name) {
        ASSERT_EQ(npim_design_save(one.get(), path(name).c_str(), true, &error), NPIM_OK) << error.message;
    }
    // Loads a text and expects a refusal that has the part.
    void refuse(const std::string &text, const std::string &part) {
        const std::string file = scratch.write("edited.toml", text);
        error = {};
        EXPECT_EQ(npim_design_load(two.get(), file.c_str(), &error), NPIM_ECONFIG) << part;
        const std::string message = error.message;
        EXPECT_NE(message.find(part), std::string::npos) << message << "\nlacks: " << part;
        EXPECT_NE(message.find("edited.toml"), std::string::npos) << message;
        EXPECT_EQ(two->converter.circuit.cells, nullptr);
        EXPECT_EQ(two->request.bits, 0u);
    }
    static std::string replaced(std::string text, const std::string &from, const std::string &to) {
        const auto at = text.find(from);
        EXPECT_NE(at, std::string::npos) << from;
        return at == std::string::npos ? text : text.replace(at, from.size(), to);
    }

    scratch_folder scratch;
    std::unique_ptr<npim_design> one = std::make_unique<npim_design>(), two = std::make_unique<npim_design>();
    npim_error error{};
};

std::string figures_of(const npim_design &design) {
    const npim_sampling sampling = {0.025, 5, 3, {}, nullptr};
    npim_characterization result;
    npim_error error{};
    EXPECT_EQ(npim_characterize(&result, &design, &sampling, &error), NPIM_OK) << error.message;
    char *text = npim_characterization_text(&result);
    const std::string copy = text ? text : "no memory";
    std::free(text);
    return copy;
}

// Passive rows, latches, inverters and a residue: all the tables there can be.
TEST_F(design_file_test, there_and_back_the_bytes_and_the_figures_are_the_same) {
    const struct {
        npim_design_kind kind;
        uint32_t bits;
        npim_code_kind code;
    } cases[] = {{NPIM_DESIGN_NEURAL_SA, 8, NPIM_CODE_THERMOMETER},
                 {NPIM_DESIGN_NEURAL_ADC, 3, NPIM_CODE_THERMOMETER},
                 {NPIM_DESIGN_NEURAL_ADC, 4, NPIM_CODE_GRAY},
                 {NPIM_DESIGN_NEURAL_ADC, 8, NPIM_CODE_PIPELINE}};
    for (const auto &k : cases) {
        make(k.kind, k.bits, k.code);
        save("one.toml");
        npim_design_fini(two.get());
        ASSERT_EQ(npim_design_load(two.get(), path("one.toml").c_str(), &error), NPIM_OK) << error.message;
        ASSERT_EQ(npim_design_save(two.get(), path("two.toml").c_str(), true, &error), NPIM_OK);
        EXPECT_EQ(text_of(path("one.toml")), text_of(path("two.toml")));
        EXPECT_EQ(figures_of(*one), figures_of(*two));
        EXPECT_EQ(two->inverters, one->inverters);
        EXPECT_EQ(two->latches, one->latches);
        EXPECT_EQ(two->area_um2, one->area_um2);
        EXPECT_FALSE(std::filesystem::exists(path("one.toml.part")));
    }
}

// What was achieved is part of the file, and of its hash.
TEST_F(design_file_test, achieved_figures_there_and_back) {
    make(NPIM_DESIGN_NEURAL_ADC, 3);
    const npim_sampling sampling = {0.05, 7, 3, {}, nullptr};
    npim_characterization result;
    ASSERT_EQ(npim_characterize(&result, one.get(), &sampling, &error), NPIM_OK);
    ASSERT_EQ(npim_design_achieve(one.get(), &result, &error), NPIM_OK);
    save("one.toml");
    const std::string text = text_of(path("one.toml"));
    ASSERT_EQ(npim_design_load(two.get(), path("one.toml").c_str(), &error), NPIM_OK) << error.message;
    ASSERT_EQ(two->achieved.n, result.n_figures);
    EXPECT_EQ(std::memcmp(&two->achieved, &one->achieved, sizeof one->achieved), 0);
    ASSERT_EQ(npim_design_save(two.get(), path("two.toml").c_str(), true, &error), NPIM_OK);
    EXPECT_EQ(text_of(path("two.toml")), text);
    npim_design_fini(two.get());
    refuse(replaced(text, "samples = 7", "samples = 8"), "was edited");
    refuse(replaced(text, "[achieved.inl_lsb]\n", "[achieved.inl_lsb]\nworst = 1\n"), "worst");
    refuse(replaced(text, "sigma = 0.05\n", "sigma = 0.6\n"), "sigma = 0.6");
}

// Rails of any double and on/off ratios survive to the bit.
TEST_F(design_file_test, random_circuits_there_and_back) {
    std::mt19937_64 draw(19);
    std::cout << "seed 19\n";
    const npim_inverter vtc = shipped_table("sc").inverter;
    for (int k = 0; k < 30; k++) {
        std::uniform_real_distribution<> uniform(0, 1);
        small_circuit c(1 + static_cast<uint32_t>(draw() % 9), {uniform(draw), uniform(draw)}, vtc);
        c.circuit.on_off_ratio = k % 2 ? 1 + 100 * uniform(draw) : 0;
        for (uint32_t n = 0; n < 1 + draw() % 20; n++) {
            std::vector<npim_cell> row;
            for (uint32_t i = 0; i < 1 + draw() % 9; i++)
                row.push_back({static_cast<uint16_t>(draw() % (c.circuit.n_inputs + 2 + n)),
                               static_cast<uint8_t>(1 + draw() % 7), draw() % 2 == 1});
            c.add(draw() % 2 ? NPIM_NEURON_PASSIVE : NPIM_NEURON_LATCH, row);
        }
        const auto design = std::make_unique<npim_design>();
        design->converter.circuit = *c.done();
        design->task = {1, 0.5};
        design->request.kind = NPIM_DESIGN_NEURAL_SA;
        design->request.bits = design->request.dac_bits = design->request.multiplicity = 1;
        design->request.hidden = design->request.runs = 1;
        design->request.cell_bits = 3;
        npim_design_count(design.get());
        ASSERT_EQ(npim_design_save(design.get(), path("r.toml").c_str(), true, &error), NPIM_OK);
        npim_design_fini(two.get());
        ASSERT_EQ(npim_design_load(two.get(), path("r.toml").c_str(), &error), NPIM_OK) << error.message;
        const npim_circuit &got = two->converter.circuit;
        ASSERT_EQ(got.n_cells, c.circuit.n_cells);
        ASSERT_EQ(got.n_neurons, c.circuit.n_neurons);
        EXPECT_EQ(got.on_off_ratio, c.circuit.on_off_ratio);
        for (uint32_t r = 0; r < 2; r++) EXPECT_EQ(got.rail_V[r], c.rail_V[r]);
        for (uint32_t i = 0; i < got.n_cells; i++) {
            ASSERT_EQ(got.cells[i].source, c.cells[i].source);
            ASSERT_EQ(got.cells[i].level, c.cells[i].level);
            ASSERT_EQ(got.cells[i].complement, c.cells[i].complement);
        }
    }
}

TEST_F(design_file_test, an_edited_file_is_refused) {
    make(NPIM_DESIGN_NEURAL_ADC, 3);
    save("d.toml");
    const std::string text = text_of(path("d.toml"));
    refuse(replaced(text, ":7", ":6"), "was edited");
    refuse(replaced(text, "multiplicity = 2", "multiplicity = 3"), "was edited");
    refuse(replaced(text, "v_max_V = 0", "v_max_V = 0.1"), "was edited");
    refuse(replaced(text, "sha256 = \"", "sha256 = \"0"), "");
    const auto at = text.find("sha256 = \"") + 10;
    std::string wrong = text;
    wrong[at] = wrong[at] == 'a' ? 'b' : 'a';
    refuse(wrong, "was edited");
    refuse(replaced(text, "circuit = \"neural-adc\"", "circuit = \"neural-sa\""), "was edited");
    refuse(replaced(text, "\nlatches = 7\n", "\nlatches = 8\n"), "counts.latches = 8");
    refuse(replaced(text, "\nlatches = 7\n", "\n"), "latches");
    // What says nothing may change: comments and blanks.
    const std::string same = scratch.write("same.toml", "# mine\n\n" + text);
    EXPECT_EQ(npim_design_load(two.get(), same.c_str(), &error), NPIM_OK) << error.message;
}

TEST_F(design_file_test, what_is_missing_unknown_or_out_of_range_is_named) {
    make(NPIM_DESIGN_NEURAL_ADC, 3);
    save("d.toml");
    const std::string text = text_of(path("d.toml"));
    refuse(replaced(text, "circuit = \"neural-adc\"\n", ""), "circuit");
    refuse(replaced(text, "inputs = 1\n", ""), "inputs");
    refuse(replaced(text, "\ninputs = 1\n", "\ninputs = 0\n"), "inputs = 0");
    refuse(replaced(text, "\ninputs = 1\n", "\ninputs = 65\n"), "inputs = 65");
    refuse(replaced(text, "vdd_V = 1\n", "vdd_V = -1\n"), "vdd_V = -1");
    refuse(replaced(text, "\nbits = 3", "\nbits = 4"), "outputs");
    refuse(replaced(text, "[circuit]\n", "[circuit]\nhurrah = 1\n"), "hurrah");
    refuse(replaced(text, "multiplicity = 2", "multiplicity = 99"), "multiplicity = 99");
    refuse(replaced(text, "kind = \"latch\"", "kind = \"valve\""), "\"valve\"");
    refuse(replaced(text, "kind = \"latch\"\n", ""), "neuron[0].kind");
    refuse(replaced(text, "cells = \"", "cells = \"in9:1 "), "\"in9:1\"");
    refuse(replaced(text, "cells = \"", "cells = \"n0:1 "), "neuron 0, cell 0");
    refuse(replaced(text, "cells = \"", "cells = \"in0:8 "), "level 8");
    refuse(replaced(text, "rails_V = [", "rails_V = [\"x\", "), "rails_V[0]: must be a number");
    std::string rails = "rails_V = [0";
    for (int i = 0; i < 64; i++) rails += ", 0";
    refuse(replaced(text, "rails_V = [", rails + ", "), "rails: at most 64");
    refuse(text.substr(0, text.find("\n[[neuron]]")), "0 neurons");
    refuse(replaced(text, "sha256", "sha255"), "sha256");
    refuse("", "");
    refuse("[design", "");
    EXPECT_EQ(npim_design_load(two.get(), path("none.toml").c_str(), &error), NPIM_ECONFIG);
    EXPECT_EQ(npim_design_load(two.get(), scratch.path.c_str(), &error), NPIM_ECONFIG);
}

TEST_F(design_file_test, a_truncated_file_is_refused_wherever_it_ends) {
    make(NPIM_DESIGN_NEURAL_ADC, 3);
    save("d.toml");
    const std::string text = text_of(path("d.toml"));
    for (size_t n = 0; n + 1 < text.size(); n += 17) refuse(text.substr(0, n), "");
}

// Any byte may be wrong: the file is refused, or says the same.
TEST_F(design_file_test, spoilt_bytes_are_refused_or_mean_nothing) {
    make(NPIM_DESIGN_NEURAL_ADC, 3);
    save("d.toml");
    const std::string text = text_of(path("d.toml"));
    std::mt19937_64 draw(23);
    std::cout << "seed 23\n";
    int refused = 0;
    for (int k = 0; k < 300; k++) {
        std::string spoilt = text;
        const size_t at = draw() % text.size();
        if (k % 3 == 0)
            spoilt[at] = static_cast<char>(draw());
        else if (k % 3 == 1)
            spoilt.erase(at, 1 + draw() % 20);
        else
            spoilt.insert(at, text.substr(draw() % text.size(), 1 + draw() % 20));
        const std::string file = scratch.write("spoilt.toml", spoilt);
        npim_design_fini(two.get());
        const npim_status status = npim_design_load(two.get(), file.c_str(), &error);
        if (status != NPIM_OK) {
            ASSERT_EQ(status, NPIM_ECONFIG) << spoilt;
            refused++;
            continue;
        }
        ASSERT_EQ(npim_design_save(two.get(), path("again.toml").c_str(), true, &error), NPIM_OK);
        ASSERT_EQ(text_of(path("again.toml")), text) << spoilt;
    }
    EXPECT_GT(refused, 200);
}

TEST_F(design_file_test, a_table_stays_with_its_deck) {
    make(NPIM_DESIGN_NEURAL_ADC, 8);
    save("d.toml");
    const std::string text = text_of(path("d.toml"));
    const auto at = text.find("out_V = [");
    ASSERT_NE(at, std::string::npos);
    std::string bent = text;
    bent[text.find("0.9", at) + 3] ^= 1;
    refuse(bent, "was edited");
    refuse(text.substr(0, text.find("\n[residue]")), "residue");
    std::filesystem::remove(path("inverter_sc.cir"));
    refuse(text, "inverter_sc.cir");
    scratch.write("inverter_sc.cir", text_of(circuits_folder() + "inverter_sc.cir") + "* another\n");
    refuse(text, "another deck");
}

TEST_F(design_file_test, what_is_there_stays_there) {
    make(NPIM_DESIGN_NEURAL_SA, 8);
    scratch.write("mine.toml", "mine");
    EXPECT_EQ(npim_design_save(one.get(), path("mine.toml").c_str(), false, &error), NPIM_EUSAGE);
    EXPECT_NE(std::string(error.message).find("--force"), std::string::npos) << error.message;
    EXPECT_EQ(text_of(path("mine.toml")), "mine");
    EXPECT_EQ(npim_design_save(one.get(), path("mine.toml").c_str(), true, &error), NPIM_OK);
    EXPECT_EQ(npim_design_load(two.get(), path("mine.toml").c_str(), &error), NPIM_OK) << error.message;
}

TEST_F(design_file_test, where_nothing_can_be_written) {
    make(NPIM_DESIGN_NEURAL_SA, 8);
    EXPECT_EQ(npim_design_save(one.get(), path("no/such/d.toml").c_str(), false, &error), NPIM_EUSAGE);
    EXPECT_NE(std::string(error.message).find("no/such/d.toml: cannot write"), std::string::npos);
    std::filesystem::create_directory(path("folder"));
    EXPECT_EQ(npim_design_save(one.get(), path("folder").c_str(), true, &error), NPIM_EUSAGE);
    EXPECT_FALSE(std::filesystem::exists(path("folder.part")));
    EXPECT_EQ(npim_design_save(one.get(), std::string(5000, 'x').c_str(), true, &error), NPIM_EUSAGE);
    EXPECT_EQ(npim_design_save(one.get(), "", true, &error), NPIM_EUSAGE);
}

TEST_F(design_file_test, a_folder_that_cannot_be_written) {
    if (geteuid() == 0) GTEST_SKIP() << "root writes everywhere";
    make(NPIM_DESIGN_NEURAL_SA, 8);
    ASSERT_EQ(chmod(scratch.path.c_str(), 0500), 0);
    EXPECT_EQ(npim_design_save(one.get(), path("d.toml").c_str(), false, &error), NPIM_EUSAGE);
    ASSERT_EQ(chmod(scratch.path.c_str(), 0700), 0);
    EXPECT_FALSE(std::filesystem::exists(path("d.toml")));
}

} // namespace
