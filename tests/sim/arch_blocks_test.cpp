#include "sim/arch_blocks.h"

#include "arch_fixture.hpp"

#include "hw/analog_buffer.h"
#include "hw/crossbar.h"
#include "hw/sar_adc.h"

namespace {

using arch_blocks = arch_fixture;

TEST_F(arch_blocks, counts_per_tile_follow_the_place) {
    load("neural-pim");
    const auto count = [this](const char *name) { return npim_arch_block(arch, name)->count_per_tile; };
    EXPECT_EQ(count("dac"), 64 * 128);         // row
    EXPECT_EQ(count("sample_hold"), 64 * 128); // column
    EXPECT_EQ(count("neural_sa"), 512);        // output
    EXPECT_EQ(count("crossbar"), 64);          // array
    EXPECT_EQ(count("input_register"), 8);     // pe
    EXPECT_EQ(count("neural_adc"), 2);         // tile
    EXPECT_EQ(count("router"), 0.25);          // one for four tiles
    EXPECT_EQ(count("chip_link"), 4);          // chip
    EXPECT_EQ(npim_arch_block(&load("cascade"), "tia")->count_per_tile, 256 * 32);
}

TEST_F(arch_blocks, blocks_stand_in_file_order_and_once) {
    load("isaac-16bit");
    EXPECT_STREQ(arch->blocks[0].name, "dac");
    EXPECT_EQ(arch->n_blocks, load("isaac").n_blocks);
}

TEST_F(arch_blocks, keys_that_follow_are_filled_in) {
    load("cascade", {"data.input_bits=16", "data.weight_bits=16"});
    const auto *crossbar =
        static_cast<const npim_crossbar_config *>(npim_arch_block(arch, "crossbar")->config);
    EXPECT_EQ(crossbar->rows, 64u);
    EXPECT_EQ(crossbar->weight_bits, 16u);
    const auto *adc = static_cast<const npim_sar_adc_config *>(npim_arch_block(arch, "sar_adc")->config);
    EXPECT_EQ(adc->bits, 10u);
    const auto *buffer =
        static_cast<const npim_analog_buffer_config *>(npim_arch_block(arch, "analog_buffer")->config);
    EXPECT_EQ(buffer->rows, 16u);
    EXPECT_EQ(buffer->columns, 31u);
}

TEST_F(arch_blocks, keys_that_follow_must_agree_when_given) {
    EXPECT_EQ(load_file(arch_path("isaac"), {"block.dac.bits=1"}), NPIM_OK) << error.message;
    EXPECT_EQ(load_file(arch_path("cascade"), {"block.sar_adc.bits=10"}), NPIM_OK) << error.message;
    refuse_set("isaac", "block.dac.bits=2", {"--set: block.dac.bits = 2: must be 1", "data.dac_bits"});
    // The cell model sits where the cells are.
    EXPECT_EQ(load_file(arch_path("isaac"), {"block.rram.per=array", "block.rram.group=array"}), NPIM_OK)
        << error.message;
    EXPECT_EQ(npim_arch_block(arch, "rram")->count_per_tile, 96.0);
    refuse_set("isaac", "block.rram.per=tile", {"block.rram.per = \"tile\": must be \"array\"", "the cells"});
    refuse_set("isaac", "block.rram.group=adc", {"block.rram.group", "must be \"array\""});
    refuse_set("isaac", "block.crossbar.rows=64", {"must be 128", "pe.array_rows"});
    refuse_set("cascade", "block.sar_adc.bits=8", {"must be at least 9", "conversions"});
    refuse_set("cascade", "block.analog_buffer.columns=14", {"must be at least 15"});
    refuse_set("isaac", "chip.tiles_per_router=0", {"outside 1..12"});
    refuse_set("isaac", "block.router.ports=7", {"must be at least 8", "4 + chip.tiles_per_router"});
    // ISAAC's converters are given with 8 bit: wider data must not silently keep their energy.
    refuse_set("isaac", "data.dac_bits=2", {"isaac.toml:", "block.sar_adc.bits = 8: must be at least 9"});
}

TEST_F(arch_blocks, a_followed_value_beyond_the_block_is_refused) {
    refuse_set(
        "cascade", "data.dac_bits=4",
        {"cascade.toml:", "block.sar_adc.bits: 11, which follows from the conversions", "outside 4..10 bit"});
}

TEST_F(arch_blocks, types_are_known_or_refused) {
    refuse_edit("isaac", "[block.dac]", "[block.dac]\ntype = \"dacc\"",
                {"edited.toml:", "block.dac.type", "there is no block type dacc", "did you mean dac?"});
    refuse_edit("isaac", "", "[block.thing]\nper = \"tile\"\ngroup = \"noc\"\n",
                {"there is no block type thing"});
    refuse_edit("isaac", "", "[block.thing]\n", {"block.thing", "there is no block type thing"});
    refuse_set("isaac", "block.adc.bits=4", {"--set: block.adc.type: there is no block type adc"});
    refuse_edit("isaac", "type = \"sram_register\"", "type = 4", {"type = 4"});
}

TEST_F(arch_blocks, placement_is_checked) {
    refuse_edit("isaac", "[block.dac]\nper = \"row\"", "[block.dac]",
                {"edited.toml: block.dac: required key per is missing"});
    refuse_edit("isaac", "group = \"dac\"", "group = \"dacs\"", {"must be one of dac, array"});
    refuse_set("isaac", "block.dac.units=0", {"block.dac.units = 0: outside 1..65536"});
    refuse_set("isaac", "block.dac=3", {"block.dac"});
}

TEST_F(arch_blocks, the_blocks_own_checks_name_the_block) {
    refuse_set("isaac", "block.edram.size_B=1001", {"isaac.toml: block.edram: ", "1001"});
}

TEST_F(arch_blocks, too_many_blocks_are_refused) {
    std::string many;
    for (int i = 0; i < 40; i++)
        many += "[block.a" + std::to_string(i) +
                "]\ntype = \"pooling\"\nper = \"tile\"\ngroup = \"digital\"\nenergy_pJ = 1\npower_mW = "
                "1\narea_um2 = 1\n";
    refuse_edit("isaac", "", many, {"more than 32 blocks", "edited.toml:"});
    refuse_edit("isaac", "", "[block." + std::string(64, 'x') + "]\nper = \"tile\"\n", {"at most 63 bytes"});
}

} // namespace
