#include "sim/reproduce/breakdown_parts.h"

#include "section_fixture.hpp"

#include <memory>

namespace {

struct breakdown_published : section_fixture {};

// A breakdown by hand: ISAAC spends 60, 30 and 6 of 100 on converters in turn, half of that in nameplate
// accounting; Neural-PIM 2 on its NNS+A.
npim_breakdown *by_hand() {
    auto *b = new npim_breakdown{};
    for (const npim_accounting way : {NPIM_EVENT, NPIM_NAMEPLATE})
        for (size_t n = 0; n < NPIM_STUDY_NETWORKS; n++) {
            const double all = n % 3 == 0 ? 60 : n % 3 == 1 ? 30 : 6;
            const double adc = way == NPIM_EVENT ? all : all / 2;
            b->energy_uJ[NPIM_ISAAC][way][n].of[NPIM_PART_ADC] = adc;
            b->energy_uJ[NPIM_ISAAC][way][n].of[NPIM_PART_DAC] = 100 - adc;
        }
    for (auto &accounting : b->energy_uJ[NPIM_NEURAL_PIM])
        for (auto &parts : accounting) parts.of[NPIM_PART_ADC] = 1;
    for (auto &accounting : b->neural_sa_uJ)
        for (double &uJ : accounting) uJ = 2;
    for (size_t t = 0; t < NPIM_BREAKDOWN_TILES; t++) {
        b->tile_mW[t].of[NPIM_PART_ADC] = static_cast<double>(1 + t);
        b->tile_mW[t].of[NPIM_PART_NOC] = 3;
        b->tile_mm2[t].of[NPIM_PART_ARRAY] = 0.001 * static_cast<double>(1 + t);
        b->tile_mm2[t].of[NPIM_PART_BUFFER] = 0.5;
    }
    return b;
}

TEST_F(breakdown_published, is_what_the_breakdown_says) {
    begin();
    const std::unique_ptr<npim_breakdown> b(by_hand());
    ASSERT_EQ(npim_breakdown_published(&study, b.get(), &error), NPIM_OK) << error.message;
    expect_sound();
    const npim_table *t = table("breakdown_published");
    ASSERT_EQ(npim_table_rows(t), 9u);
    EXPECT_NEAR(number(t, 0, "here"), 400.0 / 7, 1e-9); // ISAAC of 16 bit: tile 3, 4 of 7 mW
    EXPECT_NEAR(number(t, 1, "here"), 25, 1e-9);
    EXPECT_NEAR(number(t, 2, "here"), 16, 1e-9); // mean of 30, 15 and 3
    EXPECT_NEAR(number(t, 3, "here"), 32, 1e-9); // mean of 60, 30 and 6
    EXPECT_NEAR(number(t, 4, "here"), 16, 1e-9); // mean of 30, 15 and 3
    EXPECT_NEAR(number(t, 5, "here"), 8, 1e-9);
    EXPECT_NEAR(number(t, 8, "here"), 100 * 0.003 / 0.503, 1e-9);
    EXPECT_NEAR(number(t, 8, "difference_percent"), 100 * (0.003 / 0.503 / 0.0071 - 1), 1e-9);
    EXPECT_NEAR(npim_document_number(study.json, "adc_share_isaac"), 0.16, 1e-12);
    EXPECT_NEAR(npim_document_number(study.json, "adc_share.isaac_16bit_tile_power"), 4.0 / 7, 1e-12);
    EXPECT_NEAR(npim_document_number(study.json, "adc_share.isaac_tile_power"), 0.25, 1e-12);
    EXPECT_NEAR(npim_document_number(study.json, "adc_share.isaac_nameplate"), 0.16, 1e-12);
    EXPECT_NEAR(npim_document_number(study.json, "adc_share.isaac_event"), 0.32, 1e-12);
    const std::string caption = study.exhibits[0].caption; // which is which
    EXPECT_NE(caption.find("Nameplate accounting, 16.0 %"), std::string::npos) << caption;
    EXPECT_NE(caption.find("Event accounting, 32.0 %"), std::string::npos) << caption;
    EXPECT_NEAR(npim_document_number(study.json, "array_density.cascade"), 0.002 / 0.502, 1e-12);
    EXPECT_NEAR(npim_document_number(study.json, "sa_factor"), 16, 1e-12);
    EXPECT_NEAR(npim_document_number(study.json, "sa_factor_with_adc"), 32.0 / 3, 1e-12);
    EXPECT_NEAR(npim_document_number(study.json, "tile_power_mW.neural_pim"), 6, 1e-12);
}

// The published figures, from the architectures themselves.
TEST_F(breakdown_published, is_met) {
    begin();
    const std::unique_ptr<npim_breakdown> b(new npim_breakdown);
    ASSERT_EQ(npim_breakdown_fill(b.get(), &study, &error), NPIM_OK) << error.message;
    ASSERT_EQ(npim_breakdown_published(&study, b.get(), &error), NPIM_OK) << error.message;
    EXPECT_NEAR(npim_document_number(study.json, "adc_share.isaac_16bit_tile_power"), 0.582, 0.001);
    EXPECT_NEAR(npim_document_number(study.json, "adc_share.isaac_tile_power"), 192 / 320.1, 0.001);
    EXPECT_NEAR(npim_document_number(study.json, "adc_share_isaac"), 0.600, 0.001);
    EXPECT_NEAR(npim_document_number(study.json, "adc_share.isaac_event"), 0.690, 0.001);
    EXPECT_NEAR(npim_document_number(study.json, "sa_factor"), 33, 0.05);
    EXPECT_NEAR(npim_document_number(study.json, "array_density.isaac"), 0.0068, 0.00005);
    EXPECT_NEAR(npim_document_number(study.json, "array_density.cascade"), 0.0076, 0.00005);
    EXPECT_NEAR(npim_document_number(study.json, "array_density.neural_pim"), 0.0071, 0.0001);
    EXPECT_NEAR(npim_document_number(study.json, "tile_power_mW.isaac"), 320.1, 0.1);
}

} // namespace
