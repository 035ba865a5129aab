#include "sim/arch.h"

#include "arch_fixture.hpp"

#include <map>

namespace {

using arch_figures = arch_fixture;

#define EXPECT_WITHIN(value, expected, percent) EXPECT_NEAR(value, expected, (expected) * (percent) / 100.0)

double group_mW(const npim_arch &arch, std::initializer_list<npim_group> groups) {
    double total = 0;
    for (uint32_t b = 0; b < arch.n_blocks; b++)
        for (npim_group group : groups)
            if (arch.blocks[b].placement.group == static_cast<uint32_t>(group) &&
                arch.blocks[b].placement.scope != NPIM_SCOPE_CHIP)
                total += npim_arch_block_mW(&arch, &arch.blocks[b]);
    return total;
}

double mW(const npim_arch &arch, const char *block) {
    return npim_arch_block_mW(&arch, npim_arch_block(&arch, block));
}

// The chip as published: ISCA 2016, Table I.
TEST_F(arch_figures, isaac_16bit_is_the_published_chip) {
    load("isaac-16bit");
    EXPECT_WITHIN(npim_arch_chip_W(arch), 65.8, 0.5);
    EXPECT_WITHIN(npim_arch_chip_area_mm2(arch), 85.4, 0.5);
    EXPECT_WITHIN(npim_arch_peak_TOPS(arch), 41.3, 0.5);
    EXPECT_WITHIN(npim_arch_tile_mW(arch), 330.0, 0.5);
    EXPECT_WITHIN(npim_arch_tile_area_mm2(arch) / 168, 0.372, 0.5);
    EXPECT_NEAR(100.0 * mW(*arch, "sar_adc") / npim_arch_tile_mW(arch), 58.2, 0.5);
}

TEST_F(arch_figures, isaac_16bit_block_by_block) {
    load("isaac-16bit");
    const std::map<std::string, std::pair<double, double>> table = {{"sar_adc", {192, 0.1152}},
                                                                    {"dac", {48, 0.00204}},
                                                                    {"sample_hold", {0.12, 0.00048}},
                                                                    {"crossbar", {28.8, 0.0024}},
                                                                    {"shift_add", {2.4, 0.00288}},
                                                                    {"input_register", {14.88, 0.0252}},
                                                                    {"edram", {20.7, 0.083}},
                                                                    {"output_register", {2.76, 0.00924}},
                                                                    {"bus", {7, 0.090}},
                                                                    {"router", {10.5, 0.03775}},
                                                                    {"activation", {0.52, 0.0006}},
                                                                    {"adder", {0.05, 0.00006}},
                                                                    {"pooling", {0.4, 0.00024}},
                                                                    {"tile_register", {1.68, 0.0032}}};
    for (const auto &[name, expected] : table) {
        SCOPED_TRACE(name);
        EXPECT_WITHIN(mW(*arch, name.c_str()), expected.first, 0.5);
        EXPECT_WITHIN(npim_arch_block_mm2(arch, npim_arch_block(arch, name.c_str())), expected.second, 0.5);
    }
}

TEST_F(arch_figures, isaac_16bit_takes_22_cycles_for_a_layer_step) {
    EXPECT_EQ(npim_arch_layer_step_ps(&load("isaac-16bit")), 2200000u);
    EXPECT_EQ(npim_arch_layer_step_ps(&load("isaac")), 1400000u);
}

TEST_F(arch_figures, neural_pim_is_the_published_chip) {
    load("neural-pim");
    EXPECT_EQ(arch->chip.tiles, 280u);
    EXPECT_EQ(arch->tile.pes * arch->pe.arrays, 64u);
    EXPECT_EQ(npim_arch_capacity_weights(arch), 280.0 * 64 * 128 * 8);
    EXPECT_WITHIN(npim_arch_capacity_weights(arch), 18.35e6, 0.05);
}

TEST_F(arch_figures, three_chips_have_the_same_area) {
    for (const char *name : {"neural-pim", "isaac", "cascade"})
        EXPECT_WITHIN(npim_arch_tile_area_mm2(&load(name)), 62.5, 0.5) << name;
}

TEST_F(arch_figures, peaks) {
    EXPECT_WITHIN(npim_arch_peak_TOPS(&load("isaac")), 43.5, 0.5);
    EXPECT_WITHIN(npim_arch_peak_TOPS(&load("cascade")), 88.2, 0.5);
    EXPECT_WITHIN(npim_arch_peak_TOPS(&load("neural-pim")), 149.2, 0.5);
}

TEST_F(arch_figures, tile_power_of_isaac) {
    load("isaac");
    EXPECT_WITHIN(group_mW(*arch, {NPIM_GROUP_ADC}), 192.0, 0.5);
    EXPECT_WITHIN(group_mW(*arch, {NPIM_GROUP_DAC}), 48.0, 0.5);
    EXPECT_WITHIN(group_mW(*arch, {NPIM_GROUP_ARRAY}), 28.8, 0.5);
    EXPECT_WITHIN(mW(*arch, "shift_add") + mW(*arch, "adder"), 2.45, 0.5);
    EXPECT_WITHIN(group_mW(*arch, {NPIM_GROUP_REGISTER}), 9.66, 0.5);
    EXPECT_WITHIN(group_mW(*arch, {NPIM_GROUP_EDRAM, NPIM_GROUP_BUS}), 27.7, 0.5);
    EXPECT_WITHIN(group_mW(*arch, {NPIM_GROUP_NOC}), 10.5, 0.5);
    EXPECT_WITHIN(npim_arch_tile_mW(arch), 320.1, 0.5);
}

TEST_F(arch_figures, tile_power_of_cascade) {
    load("cascade");
    EXPECT_WITHIN(group_mW(*arch, {NPIM_GROUP_ADC}), 18.5, 0.5);
    EXPECT_WITHIN(group_mW(*arch, {NPIM_GROUP_DAC}), 32.0, 0.5);
    EXPECT_WITHIN(group_mW(*arch, {NPIM_GROUP_ARRAY}), 19.2, 0.5);
    EXPECT_WITHIN(mW(*arch, "shift_add"), 0.227, 0.5);
    EXPECT_WITHIN(group_mW(*arch, {NPIM_GROUP_ANALOG}), 28.8, 0.5);
    EXPECT_WITHIN(group_mW(*arch, {NPIM_GROUP_REGISTER}), 11.68, 0.5);
    EXPECT_WITHIN(group_mW(*arch, {NPIM_GROUP_EDRAM, NPIM_GROUP_BUS}), 13.85, 0.5);
    EXPECT_WITHIN(group_mW(*arch, {NPIM_GROUP_NOC}), 10.5, 0.5);
    EXPECT_WITHIN(npim_arch_tile_mW(arch), 135.7, 0.5);
}

TEST_F(arch_figures, tile_power_of_neural_pim) {
    load("neural-pim");
    EXPECT_WITHIN(group_mW(*arch, {NPIM_GROUP_ADC}), 15.6, 0.5);
    EXPECT_WITHIN(group_mW(*arch, {NPIM_GROUP_DAC}), 48.0, 0.5);
    EXPECT_WITHIN(group_mW(*arch, {NPIM_GROUP_ARRAY}), 19.2, 0.5);
    EXPECT_WITHIN(mW(*arch, "neural_sa"), 12.6, 0.5);
    EXPECT_WITHIN(group_mW(*arch, {NPIM_GROUP_REGISTER}), 6.72, 0.5);
    EXPECT_WITHIN(group_mW(*arch, {NPIM_GROUP_EDRAM, NPIM_GROUP_BUS}), 13.85, 0.5);
    EXPECT_WITHIN(group_mW(*arch, {NPIM_GROUP_NOC}), 10.5, 0.5);
    EXPECT_WITHIN(npim_arch_tile_mW(arch), 127.5, 0.5);
}

// Nameplate energy of one multiply-accumulate at full load: tile power over tile throughput.
TEST_F(arch_figures, energy_per_multiply_accumulate) {
    const std::pair<const char *, double> table[] = {
        {"isaac", 2.605}, {"cascade", 0.911}, {"neural-pim", 0.479}};
    for (const auto &[name, pJ] : table) {
        load(name);
        const double macs_per_ps = npim_arch_peak_TOPS(arch) / 2.0 / arch->chip.tiles;
        EXPECT_WITHIN(npim_arch_tile_mW(arch) * 1e-3 / macs_per_ps, pJ, 0.5) << name;
    }
}

TEST_F(arch_figures, conversions_per_multiply_accumulate) {
    const std::pair<const char *, double> table[] = {
        {"isaac", 1.0}, {"isaac-16bit", 1.0}, {"cascade", 0.078125}, {"neural-pim", 0.0078125}};
    for (const auto &[name, conversions] : table) {
        load(name);
        const npim_pe_shape shape = npim_arch_full_tile(arch);
        const double macs = shape.rows * npim_arch_outputs(arch);
        EXPECT_DOUBLE_EQ(npim_pe_plan_conversions(&arch->plan, &shape) / macs, conversions) << name;
    }
}

TEST_F(arch_figures, a_full_tile_uses_every_cell) {
    load("neural-pim");
    const npim_pe_shape shape = npim_arch_full_tile(arch);
    EXPECT_EQ(shape.rows, 64 * 128);
    EXPECT_EQ(shape.cells, 64 * 128 * 128);
    EXPECT_EQ(shape.columns, 64 * 128);
    EXPECT_EQ(shape.dots, 512);
    EXPECT_EQ(shape.input_B, 64 * 128);
    EXPECT_EQ(shape.load_B, 8 * 128);
    EXPECT_EQ(shape.result_B, 512);
    EXPECT_EQ(shape.columns_per_array, 128);
    EXPECT_EQ(shape.dots_per_array, 8);
}

TEST_F(arch_figures, columns_that_hold_no_whole_weight_stay_empty) {
    load("isaac", {"pe.array_columns=40"});
    EXPECT_EQ(npim_arch_outputs(arch), 2u);
    EXPECT_EQ(npim_arch_full_tile(arch).columns_per_array, 32);
    load("isaac", {"pe.array_columns=16", "pe.array_rows=2", "block.sar_adc.bits=8"});
    EXPECT_EQ(npim_arch_outputs(arch), 1u);
    EXPECT_GT(npim_arch_peak_TOPS(arch), 0.0);
}

TEST_F(arch_figures, chip_figures_are_tiles_and_links) {
    load("neural-pim");
    EXPECT_NEAR(npim_arch_chip_W(arch), 280 * npim_arch_tile_mW(arch) * 1e-3 + 10.4, 1e-9);
    EXPECT_NEAR(npim_arch_chip_area_mm2(arch), npim_arch_tile_area_mm2(arch) + 22.88, 1e-9);
    EXPECT_NEAR(npim_arch_standby_W(arch), 10.4, 1e-9);
    load("neural-pim", {"block.edram.refresh_mW=2"});
    EXPECT_NEAR(npim_arch_standby_W(arch), 10.4 + 0.56, 1e-9);
}

// Sensitivity: a 4-bit DAC at eight times the 1-bit power.
TEST_F(arch_figures, power_follows_the_blocks) {
    const double before = npim_arch_tile_mW(&load("neural-pim"));
    load("neural-pim", {"block.dac.power_uW=31.248"});
    EXPECT_NEAR(npim_arch_tile_mW(arch) - before, 8192 * (31.248 - 5.86) * 1e-3, 1e-9);
}

TEST_F(arch_figures, storage_is_that_of_registers_and_edram) {
    load("neural-pim");
    const auto bytes = [&](const char *name) { return npim_arch_block_B(arch, npim_arch_block(arch, name)); };
    EXPECT_EQ(bytes("edram"), 32768);
    EXPECT_EQ(bytes("input_register"), 8 * 1024); // of 8 PEs
    EXPECT_EQ(bytes("output_register"), 8 * 128);
    EXPECT_EQ(bytes("tile_register"), 1536);
    for (const char *name : {"dac", "crossbar", "rram", "neural_sa", "bus", "router", "chip_link"})
        EXPECT_EQ(bytes(name), 0) << name;
}

TEST_F(arch_figures, bit_lines_carry_what_their_cells_do) {
    load("isaac", {"block.rram.g_on_S=1e-6", "block.rram.read_V=0.5"});
    EXPECT_NEAR(npim_arch_bit_line_uA(arch), 64.0, 1e-9); // 128 cells of 0.5 uA
    std::stringstream file;
    file << std::ifstream(arch_path("isaac")).rdbuf();
    const std::string text = file.str(), head = "[block.rram]";
    const auto from = text.find(head), to = text.find("\n[", from);
    ASSERT_EQ(load_edited("isaac", text.substr(from, to - from), ""), NPIM_OK) << error.message;
    EXPECT_EQ(npim_arch_bit_line_uA(arch), 0.0); // without a cell model
}

} // namespace
