#include "sim/arch.h"

#include "arch_fixture.hpp"

#include <cmath>
#include <cstring>
#include <memory>

namespace {

const char *const names[] = {"neural-pim", "isaac", "cascade", "isaac-16bit"};

using arch_test = arch_fixture;

TEST_F(arch_test, every_architecture_loads_under_its_own_name) {
    for (const char *name : names) {
        load(name);
        EXPECT_STREQ(arch->name, name);
        EXPECT_STRNE(arch->doc_line, "");
    }
}

TEST_F(arch_test, every_number_has_a_source_and_a_tag) {
    for (const char *name : names) {
        const npim_doc &doc = load(name).doc;
        for (size_t i = 0; i < doc.n_entries; i++) {
            const npim_entry &entry = doc.entries[i];
            if (entry.kind == NPIM_ENTRY_STRING) continue; // names, places, the recipe
            EXPECT_TRUE(entry.source && *entry.source) << name << ": " << entry.path;
            EXPECT_TRUE(entry.tag && *entry.tag) << name << ": " << entry.path;
        }
    }
}

TEST_F(arch_test, every_block_has_a_source_and_a_tag) {
    for (const char *name : names) {
        load(name);
        for (uint32_t b = 0; b < arch->n_blocks; b++) {
            EXPECT_STRNE(arch->blocks[b].source, "") << name << ": " << arch->blocks[b].name;
            EXPECT_STRNE(arch->blocks[b].tag, "") << name << ": " << arch->blocks[b].name;
        }
    }
}

TEST_F(arch_test, what_is_calibrated_says_so) {
    EXPECT_STREQ(npim_doc_find(&load("neural-pim").doc, "pe.cycle_ns")->tag, "C");
    EXPECT_STREQ(npim_arch_block(arch, "neural_adc")->tag, "C");
    EXPECT_STREQ(npim_arch_block(&load("cascade"), "analog_buffer")->tag, "C");
}

// Number and resolution of the conversions of one result, from the published characterisation.
TEST_F(arch_test, conversions_follow_the_strategy) {
    const auto expect = [this](uint64_t conversions, const std::vector<uint32_t> &bits) {
        EXPECT_EQ(arch->conversions, conversions) << arch->name;
        EXPECT_EQ(std::vector<uint32_t>(arch->conversion_bits, arch->conversion_bits + arch->n_bits), bits)
            << arch->name;
    };
    load("isaac"), expect(128, {8});
    load("isaac-16bit"), expect(128, {8});
    load("neural-pim"), expect(1, {8});
    load("cascade"), expect(5, {9, 8, 8, 7, 6});
    load("cascade", {"data.input_bits=16", "data.weight_bits=16"});
    expect(10, {10, 10, 9, 9, 9, 9, 8, 8, 7, 6});
    EXPECT_EQ(arch->data.activation_B, 2u);
    EXPECT_EQ(arch->plan.n_cycles, 16u);
}

TEST_F(arch_test, columns_per_weight) {
    EXPECT_EQ(load("neural-pim").columns_per_weight, 16u);
    EXPECT_EQ(load("isaac").columns_per_weight, 16u);
    EXPECT_EQ(load("isaac-16bit").columns_per_weight, 8u);
    EXPECT_EQ(load("cascade").columns_per_weight, 8u);
}

TEST_F(arch_test, an_assignment_overrides_the_file) {
    load("isaac", {"chip.tiles=3", "run.seed=42", "chip.tiles=5"});
    EXPECT_EQ(arch->chip.tiles, 5u);
    EXPECT_EQ(arch->run.seed, 42u);
    EXPECT_STREQ(npim_doc_find(&arch->doc, "chip.tiles")->tag, "A");
}

TEST_F(arch_test, adder_lanes_are_the_units_of_the_adder) {
    EXPECT_EQ(load("isaac").tile.adder_lanes, 1u);
    EXPECT_EQ(load("neural-pim").tile.adder_lanes, 4u);
    EXPECT_EQ(load("cascade", {"block.adder.units=7"}).tile.adder_lanes, 7u);
}

TEST_F(arch_test, blocks_are_found_by_name) {
    load("isaac");
    ASSERT_NE(npim_arch_block(arch, "edram"), nullptr);
    EXPECT_STREQ(npim_arch_block(arch, "output_register")->ops->name, "sram_register");
    EXPECT_EQ(npim_arch_block(arch, "neural_adc"), nullptr);
    EXPECT_EQ(npim_arch_block(arch, ""), nullptr);
}

TEST_F(arch_test, unknown_keys_get_the_nearest_offer) {
    refuse_edit("isaac", "cycle_ns", "cycel_ns",
                {"edited.toml:", "unknown key pe.cycel_ns (did you mean pe.cycle_ns?)"});
    refuse_edit("isaac", "cycle_ns", "x",
                {"edited.toml: pe: required key cycle_ns is missing (0.001..1000000 ns)"});
    refuse_edit("isaac", "[chip]", "[chip]\ntiels = 4",
                {"edited.toml:", "unknown key chip.tiels", "did you mean chip.tiles?"});
    refuse_edit("isaac", "[block.dac]", "[block.dac]\nv_reff_V = 1",
                {"unknown key block.dac.v_reff_V", "did you mean block.dac.v_ref_V?"});
}

TEST_F(arch_test, unknown_tables_and_assignments_are_refused) {
    refuse_edit("isaac", "[chip]", "[chips]\nx = 1\n[chip]", {"unknown key chips.x"});
    refuse_set("isaac", "block.dac.bitz=1",
               {"--set: unknown key block.dac.bitz", "did you mean block.dac.bits?"});
    refuse_set("isaac", "pe.stage[1].fire=load", {"unknown key pe.stage[1].fire", "pe.stage[1].fires"});
    refuse_set("isaac", "zzz=1", {"--set: unknown key zzz"});
    EXPECT_EQ(load_file(arch_path("isaac"), {"no assignment"}), NPIM_EUSAGE);
}

TEST_F(arch_test, bad_values_name_line_value_and_range) {
    refuse_edit("isaac", "tiles = { value = 177", "tiles = { value = 0",
                {"edited.toml:", "chip.tiles = 0: outside 1..4096"});
    refuse_edit("isaac", "tiles = { value = 177", "tiles = { value = 1.5",
                {"chip.tiles = 1.5: must be an integer"});
    refuse_edit("isaac", "tiles = { value = 177", "tiles = { value = \"x\"", {"chip.tiles = \"x\""});
    refuse_edit("isaac", "strategy = { value = \"A\"", "strategy = { value = \"D\"",
                {"data.strategy = \"D\": must be one of A, B, C"});
    refuse_edit("isaac", "name = \"isaac\"", "name = 3", {"edited.toml:", "name = 3"});
    refuse_edit("isaac", "name = \"isaac\"", "", {"edited.toml: required key name is missing"});
    refuse_set("isaac", "pe.cycle_ns=inf", {"pe.cycle_ns = inf: outside"});
    refuse_set("isaac", "pe.cycle_ns=-1", {"pe.cycle_ns = -1: outside 0.001..1000000 ns"});
}

TEST_F(arch_test, data_formats_must_fit_together) {
    refuse_set("isaac", "data.dac_bits=9", {"data.dac_bits = 9: outside 1..8 bit"});
    refuse_set("isaac", "data.cell_bits=9", {"data.cell_bits = 9: outside 1..8 bit"});
    refuse_set("isaac-16bit", "data.weight_bits=1",
               {"data.cell_bits = 2: outside 1..1 bit", "isaac-16bit.toml:"});
    refuse_set("isaac-16bit", "data.activation_B=1", {"data.activation_B = 1: outside 2..4 B"});
    refuse_set("isaac", "pe.array_columns=15", {"pe.array_columns = 15: outside 16..1024"});
}

TEST_F(arch_test, files_that_are_none) {
    EXPECT_EQ(load_file(folder.string()), NPIM_ECONFIG);
    expect_message({"is a directory"});
    EXPECT_EQ(load_file((folder / "none.toml").string()), NPIM_ECONFIG);
    expect_message({"none.toml: No such file"});
    std::ofstream(folder / "empty.toml").close();
    EXPECT_EQ(load_file((folder / "empty.toml").string()), NPIM_ECONFIG);
    expect_message({"empty.toml:1: is empty"});
}

TEST_F(arch_test, every_truncation_of_a_file_is_refused) {
    std::ifstream in(arch_path("neural-pim"));
    std::stringstream text;
    text << in.rdbuf();
    const std::string all = text.str(), path = (folder / "cut.toml").string();
    for (size_t length = 0; length + 200 < all.size(); length += 397) {
        std::ofstream(path) << all.substr(0, length);
        EXPECT_EQ(load_file(path), NPIM_ECONFIG) << length;
        EXPECT_STRNE(error.message, "");
    }
}

TEST_F(arch_test, a_finished_architecture_can_be_finished_and_loaded_again) {
    load("isaac");
    npim_arch_fini(arch);
    npim_arch_fini(arch);
    EXPECT_EQ(arch->n_blocks, 0u);
    load("cascade");
    EXPECT_STREQ(arch->name, "cascade");
}

// The same as from the file, whose circuits are found, and of the one varied nothing changes.
TEST_F(arch_test, a_variation_is_what_the_file_would_give) {
    const char *const first[] = {"block.dac.power_uW=3"}, *const then[] = {"chip.tiles=100",
                                                                           "name=\"other\""};
    const auto base = std::make_unique<npim_arch>(), varied = std::make_unique<npim_arch>();
    const auto expect_same = [](const npim_arch &a, const npim_arch &b) {
        ASSERT_EQ(a.doc.n_entries, b.doc.n_entries);
        for (size_t i = 0; i < a.doc.n_entries; i++) {
            const npim_entry &x = a.doc.entries[i], &y = b.doc.entries[i];
            EXPECT_STREQ(x.path, y.path);
            EXPECT_EQ(x.number, y.number) << x.path;
            EXPECT_EQ(x.line, y.line) << x.path;
            EXPECT_STREQ(x.file, y.file) << x.path;
        }
        EXPECT_STREQ(a.folder, b.folder);
        EXPECT_STREQ(a.path, b.path);
        EXPECT_EQ(npim_arch_chip_W(&a), npim_arch_chip_W(&b));
        EXPECT_EQ(npim_arch_chip_area_mm2(&a), npim_arch_chip_area_mm2(&b));
    };
    for (const char *name : {"neural-pim", "isaac-2bit"}) {
        ASSERT_EQ(npim_arch_load(base.get(), arch_path(name).c_str(), first, 1, &error), NPIM_OK);
        ASSERT_EQ(npim_arch_vary(varied.get(), base.get(), then, 2, &error), NPIM_OK) << error.message;
        expect_same(*varied, load(name, {first[0], then[0], then[1]}));
        expect_same(*base, load(name, {first[0]}));
        EXPECT_EQ(varied->chip.tiles, 100u);
        npim_arch_fini(varied.get());
        for (const char *wrong :
             {"chip.tiles=0", "pe.stage[999].fires=load", "block.adc.bits=4", "chip.tils=4"}) {
            const std::vector<const char *> both = {first[0], then[1], wrong};
            EXPECT_EQ(load_file(arch_path(name), both), NPIM_ECONFIG) << wrong;
            const std::string expected = error.message;
            npim_arch_fini(base.get());
            ASSERT_EQ(npim_arch_load(base.get(), arch_path(name).c_str(), both.data(), 2, &error), NPIM_OK);
            EXPECT_EQ(npim_arch_vary(varied.get(), base.get(), &wrong, 1, &error), NPIM_ECONFIG) << wrong;
            EXPECT_EQ(error.message, expected);
            EXPECT_EQ(varied->n_blocks, 0u);
        }
        npim_arch_fini(base.get());
    }
}

TEST_F(arch_test, errors_may_be_ignored) {
    EXPECT_EQ(npim_arch_load(arch, "none.toml", nullptr, 0, nullptr), NPIM_ECONFIG);
}

} // namespace
