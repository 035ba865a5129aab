#include "sim/reproduce/sections.h"

#include "study_fixture.hpp"

namespace {

class provenance : public study_fixture {
  protected:
    void SetUp() override {
        study_fixture::SetUp();
        begin(true);
        ASSERT_EQ(npim_provenance_make(&study, &error), NPIM_OK) << error.message;
    }
    std::string at(const char *arch, const char *key, const char *column) const {
        const npim_table_cell *c = cell(exhibit("provenance"), {arch, key}, column);
        return c->text ? c->text : "";
    }
};

TEST_F(provenance, a_constant_has_value_unit_tag_and_source) {
    EXPECT_EQ(at("neural-pim", "block.neural_adc.energy_pJ", "value"), "7.5");
    EXPECT_EQ(at("neural-pim", "block.neural_adc.energy_pJ", "unit"), "pJ");
    EXPECT_EQ(at("neural-pim", "block.neural_adc.energy_pJ", "tag"), "C");
    EXPECT_NE(at("neural-pim", "block.neural_adc.energy_pJ", "source"), "");
    EXPECT_EQ(at("cascade", "block.crossbar.coding", "value"), "twos");
    EXPECT_EQ(at("isaac", "pe.synchronous", "value"), "true");
    EXPECT_EQ(at("program", "sar_adc.energy_pJ of 8 bit", "value"), "1.67");
}

// What no file has: rules, assumptions and published figures of the program itself.
TEST_F(provenance, the_program_has_its_own) {
    const struct {
        const char *key, *value, *unit, *tag, *source;
    } rows[] = {
        {"clock", "833", "ps", "D", "by definition of this model: 1.2 GHz clock of ISCA 2016"},
        {"DAC of 4 bit with its driver / of 1 bit, dot products", "1.5", "", "A", "linear"},
        {"networks that the published ratios are means of", "9", "", "S2", "at second hand"},
        {"published SINAD of the dataflow", "50", "dB", "S2", "at second hand"},
        {"published share of arrays in a tile's area / ISAAC", "0.0068", "", "S2", "at second hand"},
        {"published share of arrays in a tile's area / CASCADE", "0.0076", "", "S2", "second hand"},
        {"published share of arrays in a tile's area / Neural-PIM", "0.0071", "", "S2", "second hand"},
        {"published power of a tile of ISAAC, 16 bit", "330", "mW", "S", "Table I"},
        {"published area of a tile of ISAAC, 16 bit", "0.372", "mm2", "S", "Table I"}};
    for (const auto &row : rows) {
        SCOPED_TRACE(row.key);
        EXPECT_EQ(at("program", row.key, "value"), row.value);
        EXPECT_EQ(at("program", row.key, "unit"), row.unit);
        EXPECT_EQ(at("program", row.key, "tag"), row.tag);
        EXPECT_NE(at("program", row.key, "source").find(row.source), std::string::npos);
    }
    EXPECT_EQ(at("isaac", "block.dac.power_uW", "value"), "3.906"); // of 1 bit
}

// Every number of published.h has a row.
TEST_F(provenance, all_published_figures_are_listed) {
    std::istringstream lines(read(NPIM_SOURCE_DIR "/sim/reproduce/published.h"));
    size_t defined = 0, listed = 0;
    for (std::string line; std::getline(lines, line);)
        defined += line.rfind("#define NPIM_PUBLISHED_", 0) == 0 && line != "#define NPIM_PUBLISHED_H";
    const npim_table *t = &exhibit("provenance")->table;
    for (size_t r = 0; r < npim_table_rows(t); r++)
        listed += std::string(npim_table_at(t, r, 1)->text).rfind("published ", 0) == 0;
    EXPECT_GE(listed, 12u);
    EXPECT_EQ(listed, defined);
}

// Whoever includes a file lists what it overrides and nothing else.
TEST_F(provenance, overrides_are_listed_where_they_are_made) {
    EXPECT_EQ(at("cascade", "pe.cycle_ns", "value"), "110");
    EXPECT_EQ(at("cascade-a-priori", "pe.cycle_ns", "value"), "100");
    const npim_table *t = &exhibit("provenance")->table;
    size_t a_priori = 0;
    for (size_t r = 0; r < npim_table_rows(t); r++)
        a_priori += std::string(npim_table_at(t, r, 0)->text) == "cascade-a-priori";
    EXPECT_EQ(a_priori, 4u);
}

// No calibrated value in what is called a priori, four in the default set, and a source for everything
// tagged.
TEST_F(provenance, tags_are_honest) {
    const npim_table *t = &exhibit("provenance")->table;
    size_t calibrated = 0;
    for (size_t r = 0; r < npim_table_rows(t); r++) {
        const std::string arch = npim_table_at(t, r, 0)->text;
        const char *tag = npim_table_at(t, r, 4)->text, *source = npim_table_at(t, r, 5)->text;
        const bool is_c = tag && std::string(tag) == "C";
        if (arch == "isaac" || arch == "cascade" || arch == "neural-pim") calibrated += is_c;
        if (arch.find("a-priori") != std::string::npos) {
            EXPECT_FALSE(is_c) << npim_table_at(t, r, 1)->text;
        }
        EXPECT_EQ(tag != nullptr, source != nullptr) << arch << " " << npim_table_at(t, r, 1)->text;
    }
    EXPECT_EQ(calibrated, 4u);
    EXPECT_EQ(npim_document_number(study.json, "constants.C"), 6.0); // and two of the differential CASCADE
}

} // namespace
