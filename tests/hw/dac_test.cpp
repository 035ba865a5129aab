#include "hw/dac.h"

#include <gtest/gtest.h>

namespace {

struct Dac {
    npim_dac core;
    explicit Dac(uint32_t bits, double power_uW = 3.90625, double v_ref_V = 0.2) {
        npim_dac_config config = {bits, v_ref_V, power_uW, 0.166};
        npim_error error;
        if (npim_dac_init(&core, &config, &error) != NPIM_OK) ADD_FAILURE() << error.message;
    }
    ~Dac() { npim_dac_fini(&core); }
    operator npim_dac *() { return &core; }
};

TEST(Dac, CodesAreEquallySpacedUpToTheReference) {
    Dac dac(4);
    uint32_t codes[] = {0, 1, 5, 15};
    double v_V[4];
    npim_dac_eval(&dac.core, codes, 4, v_V);
    EXPECT_EQ(v_V[0], 0.0);
    EXPECT_DOUBLE_EQ(v_V[1], 0.2 / 15);
    EXPECT_DOUBLE_EQ(v_V[2], 0.2 / 3);
    EXPECT_DOUBLE_EQ(v_V[3], 0.2);
    EXPECT_EQ(dac.core.n_evals, 1u);
}

TEST(Dac, OneBitIsOnOrOff) {
    Dac dac(1);
    uint32_t codes[] = {1, 0};
    double v_V[2];
    npim_dac_eval(&dac.core, codes, 2, v_V);
    EXPECT_EQ(v_V[0], 0.2);
    EXPECT_EQ(v_V[1], 0.0);
    EXPECT_EQ(dac.core.code, 1u);
    EXPECT_EQ(dac.core.v_out_V, 0.2);
    npim_dac_eval(&dac.core, codes, 0, v_V);
    EXPECT_EQ(dac.core.v_out_V, 0.0);
}

TEST(Dac, DigitsComeLeastSignificantFirstAndRebuildTheValue) {
    for (uint32_t bits : {1u, 2u, 3u, 4u, 8u, 16u})
        for (uint32_t value : {0u, 1u, 0xa5u, 0xffu, 0xffffffffu}) {
            Dac dac(bits);
            uint64_t sum = 0;
            for (uint32_t cycle = 0; cycle * bits < 32; cycle++)
                sum += static_cast<uint64_t>(npim_dac_digit(&dac.core, value, cycle)) << cycle * bits;
            EXPECT_EQ(sum, value) << bits;
            EXPECT_EQ(npim_dac_digit(&dac.core, value, 40), 0u);
            EXPECT_EQ(npim_dac_digit(&dac.core, value, 0xffffffffu), 0u);
        }
    EXPECT_EQ(npim_dac_digit(Dac(4), 0xa5, 0), 5u);
}

TEST(Dac, EnergyOfIsaacsRow) {
    Dac dac(1);
    npim_work work = {1, 1, 0, 100000};
    EXPECT_NEAR(npim_dac_ops.energy_pJ(&dac.core, &work), 0.3906, 1e-4);
    work.count = 96 * 128; /* one tile: 48 mW x 100 ns */
    EXPECT_NEAR(npim_dac_ops.energy_pJ(&dac.core, &work), 4800, 1e-6);
    EXPECT_NEAR(npim_dac_ops.power_mW(&dac.core) * 96 * 128, 48, 1e-9);
    EXPECT_EQ(npim_dac_ops.latency_ps(&dac.core, &work), 100000u);
    EXPECT_EQ(npim_dac_ops.area_um2(&dac.core), 0.166);
}

TEST(Dac, EnergyOfNeuralPimsRow) {
    npim_work work = {1, 1, 0, 123000};
    EXPECT_NEAR(npim_dac_ops.energy_pJ(Dac(4, 5.859375), &work), 0.72, 1e-3);
}

TEST(Dac, ResetForgetsTheOutputAndKeepsTheConfiguration) {
    Dac dac(2);
    uint32_t code = 3;
    double v_V;
    npim_dac_eval(&dac.core, &code, 1, &v_V);
    npim_dac_reset(&dac.core);
    EXPECT_EQ(dac.core.code, 0u);
    EXPECT_EQ(dac.core.v_out_V, 0.0);
    npim_dac_eval(&dac.core, &code, 1, &v_V);
    EXPECT_EQ(v_V, 0.2);
}

} // namespace
