#include "sim/reproduce/constants.h"

#include "sim/arch_fields.h"

#include "../arch_fixture.hpp"

#include <cstring>
#include <set>

namespace {

struct constants : arch_fixture {
    const npim_field *field(const char *key) {
        const npim_entry *entry = npim_doc_find(&arch->doc, key);
        EXPECT_NE(entry, nullptr) << key;
        return entry ? npim_constant_field(arch, entry) : nullptr;
    }

    std::string text(const char *key, size_t size = 64) {
        std::string value(size, '?');
        npim_constant_text(npim_doc_find(&arch->doc, key), value.data(), size);
        return value.c_str();
    }
};

TEST_F(constants, keys_lead_to_their_fields) {
    load("neural-pim");
    const struct {
        const char *key, *field, *unit;
        npim_kind kind;
    } rows[] = {{"data.cell_bits", "cell_bits", "bit", NPIM_KIND_U32},
                {"data.strategy", "strategy", "", NPIM_KIND_ENUM},
                {"data.differential", "differential", "", NPIM_KIND_BOOL},
                {"pe.cycle_ns", "cycle_ns", "ns", NPIM_KIND_DOUBLE},
                {"program.write_energy_pJ", "write_energy_pJ", "pJ", NPIM_KIND_DOUBLE},
                {"pe.stage[9].ops", "ops", "", NPIM_KIND_DOUBLE},
                {"pe.stage[0].per", "per", "", NPIM_KIND_ENUM},
                {"block.adder.per", "per", "", NPIM_KIND_ENUM},
                {"block.adder.units", "units", "", NPIM_KIND_U32},
                {"block.adder.area_um2", "area_um2", "um2", NPIM_KIND_DOUBLE}};
    for (const auto &row : rows) {
        SCOPED_TRACE(row.key);
        const npim_field *f = field(row.key);
        ASSERT_NE(f, nullptr);
        EXPECT_STREQ(f->key, row.field);
        EXPECT_STREQ(f->unit, row.unit);
        EXPECT_EQ(f->kind, row.kind);
    }
    // The same key means another thing in a stage than in a block.
    EXPECT_NE(field("pe.stage[0].per"), field("block.adder.per"));
}

TEST_F(constants, names_and_circuits_are_none) {
    load("neural-pim");
    for (const char *key : {"name", "doc", "pe.stage[0].block", "block.adder.type", "block.neural_sa.design",
                            "block.neural_adc.design"})
        EXPECT_EQ(field(key), nullptr) << key;
    for (size_t i = 0; i < arch->doc.n_entries; i++) {
        const npim_entry &entry = arch->doc.entries[i];
        const std::string path = entry.path;
        EXPECT_EQ(npim_constant_is_circuit(&entry),
                  path == "block.neural_sa.design" || path == "block.neural_adc.design")
            << path;
    }
}

// What else there is in the files would be missing from the table of provenance.
TEST_F(constants, all_but_names_and_circuits) {
    const std::set<std::string> texts = {"name", "doc", "block", "type", "design"};
    size_t files = 0;
    for (const auto &file : std::filesystem::directory_iterator(NPIM_SOURCE_DIR "/sim/arch")) {
        if (file.path().extension() != ".toml") continue;
        files++;
        load(file.path().stem());
        for (size_t i = 0; i < arch->doc.n_entries; i++) {
            const npim_entry &entry = arch->doc.entries[i];
            const std::string path = entry.path, key = path.substr(path.rfind('.') + 1);
            const npim_field *f = npim_constant_field(arch, &entry);
            EXPECT_EQ(f == nullptr, texts.count(key) == 1) << file.path() << ": " << path;
            if (f) {
                EXPECT_EQ(key, f->key);
            }
        }
    }
    EXPECT_EQ(files, 8u);
}

TEST_F(constants, what_is_no_key_has_no_field) {
    load("isaac");
    for (const char *path : {"block", "block.dac", "block.nothing.area_um2", "block.dac.nothing",
                             "data.nothing", "database.cell_bits", "pe.stage[0].nothing", "chip", ""}) {
        npim_entry entry{};
        std::string copy = path;
        entry.path = copy.data();
        EXPECT_EQ(npim_constant_field(arch, &entry), nullptr) << path;
    }
    npim_entry entry{};
    std::string name = "block." + std::string(100, 'x') + ".per"; // longer than any block's
    entry.path = name.data();
    EXPECT_EQ(npim_constant_field(arch, &entry), nullptr);
}

TEST_F(constants, values_as_text) {
    load("isaac", {"pe.cycle_ns=0.1", "run.seed=9007199254740992", "data.encoded=false"});
    EXPECT_EQ(text("pe.array_rows"), "128");
    EXPECT_EQ(text("data.differential"), "true");
    EXPECT_EQ(text("data.encoded"), "false");
    EXPECT_EQ(text("block.crossbar.coding"), "differential");
    EXPECT_EQ(text("pe.cycle_ns"), "0.1"); // the shortest that reads back
    EXPECT_EQ(text("block.rram.g_on_S"), "2e-06");
    EXPECT_EQ(text("run.seed"), "9007199254740992");
    EXPECT_EQ(text("block.crossbar.coding", 5), "diff"); // cut to the room there is
    npim_entry empty{};
    empty.kind = NPIM_ENTRY_EMPTY;
    char value[4] = "???";
    npim_constant_text(&empty, value, sizeof value);
    EXPECT_STREQ(value, "");
}

} // namespace
