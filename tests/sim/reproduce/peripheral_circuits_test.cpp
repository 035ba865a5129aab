#include "sim/reproduce/peripherals_parts.h"

#include "sim/reproduce/run_key.h"

#include "section_fixture.hpp"

#include <memory>
#include <sstream>

namespace {

struct peripheral_circuits : section_fixture {
    peripheral_circuits() : arch(std::make_unique<npim_arch>()) {}
    ~peripheral_circuits() override { npim_arch_fini(arch.get()); }

    void load(const char *const *assignments = nullptr, size_t n = 0) {
        ASSERT_EQ(
            npim_arch_load(arch.get(), NPIM_SOURCE_DIR "/sim/arch/neural-pim.toml", assignments, n, &error),
            NPIM_OK)
            << error.message;
    }

    npim_status read(const std::string &document) {
        begin(answering(document));
        EXPECT_EQ(npim_peripherals_plan(&study, &error), NPIM_OK) << error.message;
        make_runs();
        return npim_peripherals_read(circuits, &study, arch.get(), &error);
    }

    std::unique_ptr<npim_arch> arch;
    npim_peripheral circuits[NPIM_N_PERIPHERALS]{};
};

const char *const measured = R"({"cells": 7, "inverters": 1, "latches": 2, "area_um2": 0.5,
 "enob_bit": {"nominal": 4, "median": 3, "p10": 2, "p90": 3.5}, "sinad_dB": {"nominal": 25}})";

TEST_F(peripheral_circuits, measured_ones_are_read_from_their_runs) {
    load();
    ASSERT_EQ(read(measured), NPIM_OK) << error.message;
    for (int i : {NPIM_NNADC_8, NPIM_NNADC_4, NPIM_NNSA_1, NPIM_NNSA_4}) {
        const npim_peripheral &p = circuits[i];
        EXPECT_EQ(p.cells, 7);
        EXPECT_EQ(p.inverters, 1);
        EXPECT_EQ(p.latches, 2);
        EXPECT_EQ(p.area_um2, 0.5);
        EXPECT_TRUE(std::isnan(p.settle_ns) && std::isnan(p.settle_pJ) && std::isnan(p.cell_power_uW));
        const npim_spread enob = npim_peripheral_spread(&p, "enob_bit");
        EXPECT_EQ(enob.nominal, 4);
        EXPECT_EQ(enob.median, 3);
        EXPECT_EQ(enob.p10, 2);
        EXPECT_EQ(enob.p90, 3.5);
        EXPECT_EQ(npim_peripheral_spread(&p, "sinad_dB").nominal, 25);
        EXPECT_TRUE(std::isnan(npim_peripheral_spread(&p, "dnl_lsb").median));
    }
    EXPECT_EQ(study.runs.n, 4u);
    EXPECT_TRUE(circuits[NPIM_NNADC_4].converter);
    EXPECT_FALSE(circuits[NPIM_NNSA_4].converter);
}

// The number behind "key = " in a design's file, the first behind `after`.
double in_file(const char *name, const std::string &after, const std::string &key) {
    std::ifstream file(std::string(NPIM_SOURCE_DIR "/sim/arch/circuits/") + name);
    std::ostringstream all;
    all << file.rdbuf();
    const std::string text = all.str();
    size_t at = text.find("\n" + key + " = ", text.find(after));
    EXPECT_NE(at, std::string::npos) << key;
    at = text.find_first_of("0123456789", at + key.size() + 3);
    return std::stod(text.substr(at, 40));
}

TEST_F(peripheral_circuits, shipped_ones_are_what_their_files_say) {
    load();
    ASSERT_EQ(read(measured), NPIM_OK) << error.message;
    const struct {
        const char *file;
        const npim_peripheral &p;
    } shipped[] = {{"neural_adc_8bit.toml", circuits[NPIM_SHIPPED_NNADC]},
                   {"neural_sa_4bit.toml", circuits[NPIM_SHIPPED_NNSA]}};
    for (const auto &s : shipped) {
        SCOPED_TRACE(s.file);
        EXPECT_EQ(s.p.cells, in_file(s.file, "[counts]", "cells"));
        EXPECT_EQ(s.p.area_um2, in_file(s.file, "[counts]", "area_um2"));
        EXPECT_EQ(s.p.settle_ns, in_file(s.file, "[settle]", "settle_ns"));
        EXPECT_EQ(s.p.mean_settle_ns, in_file(s.file, "[settle]", "mean_settle_ns"));
        EXPECT_EQ(s.p.settle_pJ, in_file(s.file, "[settle]", "energy_pJ"));
        EXPECT_EQ(s.p.cell_power_uW, in_file(s.file, "[achieved]", "cell_power_uW"));
        const npim_spread sinad = npim_peripheral_spread(&s.p, "sinad_dB");
        EXPECT_EQ(sinad.median, in_file(s.file, "[achieved.sinad_dB]", "median"));
        EXPECT_EQ(sinad.p10, in_file(s.file, "[achieved.sinad_dB]", "p10"));
    }
}

TEST_F(peripheral_circuits, a_result_without_figures) {
    load();
    for (const char *document :
         {"{}", R"({"cells": 7})", R"({"enob_bit": {"nominal": 4}})", R"({"cells": 7, "enob_bit": 4})"}) {
        EXPECT_EQ(read(document), NPIM_EINVARIANT) << document;
        EXPECT_NE(std::string(error.message).find("NNADC, 8 bit"), std::string::npos) << error.message;
    }
}

// Other bits than the design was made for: refused by name.
TEST_F(peripheral_circuits, a_design_that_does_not_fit) {
    const char *const other[] = {"data.dac_bits=2"};
    load(other, 1);
    EXPECT_EQ(read(measured), NPIM_ECONFIG);
    EXPECT_NE(std::string(error.message).find("block.neural_sa.design"), std::string::npos) << error.message;
}

// A kept measurement is one of these very inverters.
TEST_F(peripheral_circuits, the_key_of_a_measurement_depends_on_the_inverters) {
    const char *const words[] = {"characterize", "neural-adc"};
    char one[NPIM_RUN_KEY_SIZE], other[NPIM_RUN_KEY_SIZE], same[NPIM_RUN_KEY_SIZE];
    ASSERT_EQ(npim_run_key("program", words, 2, one, &error), NPIM_OK) << error.message;
    std::filesystem::create_directories(folder + "/sim/arch");
    std::filesystem::copy(NPIM_SOURCE_DIR "/sim/arch/circuits", folder + "/sim/arch/circuits");
    std::filesystem::current_path(folder);
    ASSERT_EQ(npim_run_key("program", words, 2, same, &error), NPIM_OK) << error.message;
    EXPECT_STREQ(same, one);
    std::ofstream(folder + "/sim/arch/circuits/inverter_b4.toml", std::ios::app) << "# another\n";
    ASSERT_EQ(npim_run_key("program", words, 2, other, &error), NPIM_OK) << error.message;
    EXPECT_STRNE(other, one);
}

} // namespace
