#include "sim/reproduce/parts.h"

#include "../arch_fixture.hpp"

namespace {

struct parts : arch_fixture {};

struct tile {
    const char *arch;
    std::vector<double> mW; // DAC, arrays, analog, ADC, digital, registers, eDRAM and bus, NoC
    double total_mW;
};

class parts_of_tiles : public arch_fixture, public testing::WithParamInterface<tile> {};

// By hand: ISAAC's published table, and what the scaled architectures derive from it. Activation (0.52) and
// pooling (0.4) are digital.
TEST_P(parts_of_tiles, have_their_power) {
    const auto &[name, mW, total_mW] = GetParam();
    const npim_parts here = npim_parts_tile_mW(&load(name));
    for (size_t p = 0; p < NPIM_N_PARTS; p++) EXPECT_NEAR(here.of[p], mW[p], 0.06) << npim_part_names[p].key;
    EXPECT_NEAR(npim_parts_total(&here), total_mW, 0.25);
    EXPECT_NEAR(npim_parts_total(&here), npim_arch_tile_mW(arch), 1e-9);
}

INSTANTIATE_TEST_SUITE_P(
    architectures, parts_of_tiles,
    testing::Values(tile{"isaac-16bit", {48, 28.8, 0.12, 192, 3.37, 19.32, 27.7, 10.5}, 330},
                    tile{"isaac", {48, 28.8, 0.12, 192, 3.37, 9.66, 27.7, 10.5}, 320.1},
                    tile{"cascade", {32, 19.2, 28.8, 18.5, 1.35, 11.7, 13.85, 10.5}, 135.7},
                    tile{"neural-pim", {48, 19.2, 12.68, 15.6, 1.12, 6.72, 13.85, 10.5}, 127.5}),
    [](const auto &of) {
        std::string name = of.param.arch;
        for (char &c : name) c = c == '-' ? '_' : c;
        return name;
    });

TEST_F(parts, have_the_area_of_the_published_tile) {
    const npim_parts mm2 = npim_parts_tile_mm2(&load("isaac-16bit"));
    const double table[] = {0.00204,
                            0.0024,
                            0.00048,
                            0.1152,
                            0.00288 + 0.0006 + 0.00006 + 0.00024,
                            0.0252 + 0.00924 + 0.0032,
                            0.083 + 0.09,
                            0.03775};
    for (size_t p = 0; p < NPIM_N_PARTS; p++)
        EXPECT_NEAR(mm2.of[p], table[p], 1e-6 + 1e-3 * table[p]) << npim_part_names[p].key;
    EXPECT_NEAR(npim_parts_total(&mm2), 0.372, 0.0005);
}

// The links between chips are in no part: tiles alone make up the chip's tile area.
TEST_F(parts, leave_the_links_between_chips_out) {
    for (const char *name : {"isaac", "cascade", "neural-pim"}) {
        load(name);
        const npim_parts mm2 = npim_parts_tile_mm2(arch);
        EXPECT_NEAR(npim_parts_total(&mm2) * arch->chip.tiles, npim_arch_tile_area_mm2(arch), 1e-9) << name;
    }
}

TEST_F(parts, add_up_to_the_energy_of_an_image) {
    npim_network network{};
    npim_graph graph{};
    ASSERT_EQ(npim_network_load(&network, NPIM_SOURCE_DIR "/traces/mobilenet_v1", &error), NPIM_OK)
        << error.message;
    ASSERT_EQ(npim_graph_build(&graph, &network, nullptr, &error), NPIM_OK) << error.message;
    for (const char *name : {"isaac", "cascade", "neural-pim"}) {
        SCOPED_TRACE(name);
        npim_estimate e;
        npim_estimate_make(&e, &load(name), &network, &graph);
        const npim_parts event = npim_parts_energy_uJ(arch, &e, NPIM_EVENT);
        const npim_parts nameplate = npim_parts_energy_uJ(arch, &e, NPIM_NAMEPLATE);
        EXPECT_NEAR(npim_parts_total(&event), e.compute_uJ + e.movement_uJ, 1e-9 * e.compute_uJ);
        EXPECT_NEAR(event.of[NPIM_PART_BUFFER] + event.of[NPIM_PART_NOC], e.movement_uJ,
                    1e-9 * e.movement_uJ);
        EXPECT_NEAR(npim_parts_total(&nameplate), e.nameplate_uJ, 1e-9 * e.nameplate_uJ);
        // Nameplate energy has the tile's shares.
        const npim_parts mW = npim_parts_tile_mW(arch);
        for (size_t p = 0; p < NPIM_N_PARTS; p++)
            EXPECT_NEAR(nameplate.of[p] / npim_parts_total(&nameplate), mW.of[p] / npim_parts_total(&mW),
                        1e-9);
    }
    npim_graph_fini(&graph);
    npim_network_fini(&network);
}

TEST_F(parts, are_the_series_of_a_chart) {
    const npim_chart chart = npim_parts_chart("mW");
    EXPECT_EQ(chart.kind, NPIM_CHART_STACK);
    ASSERT_EQ(chart.n_series, static_cast<size_t>(NPIM_N_PARTS));
    for (size_t p = 0; p < NPIM_N_PARTS; p++) EXPECT_EQ(chart.series[p].column, p + 1);
    EXPECT_STREQ(chart.series[NPIM_PART_NOC].title, "NoC");
}

} // namespace
