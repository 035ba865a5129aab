#include "sim/reproduce/breakdown_parts.h"

#include "section_fixture.hpp"

#include <memory>

namespace {

struct breakdown_fill : section_fixture {
    void fill() {
        begin();
        ASSERT_EQ(npim_breakdown_fill(b.get(), &study, &error), NPIM_OK) << error.message;
    }
    std::unique_ptr<npim_breakdown> b{new npim_breakdown};
};

constexpr size_t vgg16 = 1;

// VGG-16 takes 16 103 M conversions on ISAAC, 126 M on Neural-PIM, each after two operations of an NNS+A.
TEST_F(breakdown_fill, energy_of_converters_is_that_of_their_conversions) {
    fill();
    ASSERT_STREQ(study.networks[vgg16].name, "vgg16");
    const auto adc = [&](npim_contender a) { return b->energy_uJ[a][NPIM_EVENT][vgg16].of[NPIM_PART_ADC]; };
    EXPECT_NEAR(adc(NPIM_ISAAC), 16103 * 1.5625, 2);
    EXPECT_NEAR(adc(NPIM_NEURAL_PIM), 126 * 7.5, 0.005 * 126 * 7.5);
    EXPECT_NEAR(b->neural_sa_uJ[NPIM_EVENT][vgg16], 126 * 2 * 3.03, 0.005 * 126 * 2 * 3.03);
    // Five conversions of 9, 8, 8, 7 and 6 bit take 7.93 pJ on CASCADE: 1 218 M of them.
    EXPECT_NEAR(adc(NPIM_CASCADE), 1218.0 / 5 * 7.93, 0.002 * 1218.0 / 5 * 7.93);
}

TEST_F(breakdown_fill, shares_add_up) {
    fill();
    for (const npim_contender a : {NPIM_ISAAC, NPIM_CASCADE, NPIM_NEURAL_PIM})
        for (const npim_accounting way : {NPIM_EVENT, NPIM_NAMEPLATE}) {
            double sum = 0;
            for (int p = 0; p < NPIM_N_PARTS; p++) {
                const double share = npim_breakdown_share(b.get(), a, way, static_cast<npim_part>(p));
                EXPECT_GE(share, 0);
                sum += share;
            }
            EXPECT_NEAR(sum, 1, 1e-12);
        }
    EXPECT_NEAR(npim_breakdown_share(b.get(), NPIM_ISAAC, NPIM_NAMEPLATE, NPIM_PART_ADC), 192 / 320.14, 1e-4);
    double mean = 0;
    for (size_t n = 0; n < NPIM_STUDY_NETWORKS; n++) {
        double total = 0;
        for (const double uJ : b->energy_uJ[NPIM_ISAAC][NPIM_EVENT][n].of) total += uJ;
        mean += b->energy_uJ[NPIM_ISAAC][NPIM_EVENT][n].of[NPIM_PART_ADC] / total / NPIM_STUDY_NETWORKS;
    }
    EXPECT_NEAR(npim_breakdown_share(b.get(), NPIM_ISAAC, NPIM_EVENT, NPIM_PART_ADC), mean, 1e-12);
}

// Both architectures have arrays of 128 rows and 16 columns for a weight, so networks cancel.
TEST_F(breakdown_fill, the_factor_of_33_is_put_in) {
    fill();
    const double derived = 8 * 16 * 1.5625 / (2 * 3.03);
    EXPECT_NEAR(npim_breakdown_sa_factor(b.get(), NPIM_EVENT, false), derived, 1e-6);
    EXPECT_NEAR(npim_breakdown_sa_factor(b.get(), NPIM_NAMEPLATE, false), derived, 0.001 * derived);
    EXPECT_NEAR(npim_breakdown_sa_factor(b.get(), NPIM_EVENT, true), 8 * 16 * 1.5625 / (2 * 3.03 + 7.5),
                1e-6);
    for (size_t n = 0; n < NPIM_STUDY_NETWORKS; n++)
        EXPECT_NEAR(b->energy_uJ[NPIM_ISAAC][NPIM_EVENT][n].of[NPIM_PART_ADC] /
                        b->neural_sa_uJ[NPIM_EVENT][n],
                    derived, 1e-6)
            << study.networks[n].name;
}

TEST_F(breakdown_fill, has_the_tile_of_ISAAC_as_published) {
    fill();
    EXPECT_NEAR(npim_parts_total(&b->tile_mW[NPIM_TILE_ISAAC_16BIT]), 330, 0.5);
    EXPECT_NEAR(npim_parts_total(&b->tile_mm2[NPIM_TILE_ISAAC_16BIT]), 0.372, 0.0005);
    EXPECT_STREQ(npim_breakdown_tiles[NPIM_TILE_ISAAC_16BIT].key, "isaac_16bit");
}

} // namespace
