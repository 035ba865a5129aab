#include "hw/tia.h"

#include <cmath>
#include <gtest/gtest.h>
#include <vector>

namespace {

struct Tia {
    npim_tia core;
    explicit Tia(double noise_V = 0) {
        npim_tia_config config;
        npim_fields_preset(npim_tia_ops.fields, npim_tia_ops.n_fields, &config);
        config.energy_fJ = 20;
        config.area_um2 = 5;
        config.noise_V = noise_V;
        npim_error error;
        if (npim_tia_init(&core, &config, &error) != NPIM_OK) ADD_FAILURE() << error.message;
    }
    ~Tia() { npim_tia_fini(&core); }
};

TEST(Tia, PresetGainMakesOneVoltOfSixtyFourCells) {
    Tia tia;
    double i_A[] = {64 * 2e-6 * 0.2, 2e-6 * 0.2, 0.0}, v_V[3];
    npim_tia_eval(&tia.core, i_A, 3, nullptr, 0, v_V);
    EXPECT_NEAR(v_V[0], 1.0, 1e-15);
    EXPECT_NEAR(v_V[1], 1.0 / 64, 1e-17);
    EXPECT_EQ(v_V[2], 0.0);
    EXPECT_EQ(tia.core.i_in_A, i_A[0]);
    EXPECT_EQ(tia.core.v_out_V, v_V[0]);
}

TEST(Tia, SaturatesAndCounts) {
    Tia tia;
    double i_A[] = {30e-6, -1e-9, 1e-6}, v_V[3];
    npim_tia_eval(&tia.core, i_A, 3, nullptr, 0, v_V);
    EXPECT_EQ(v_V[0], 1.0);
    EXPECT_EQ(v_V[1], 0.0);
    EXPECT_EQ(tia.core.n_clipped, 2u);
    npim_tia_reset(&tia.core);
    EXPECT_EQ(tia.core.n_clipped, 0u);
}

TEST(Tia, NoiseHasItsStandardDeviation) {
    constexpr size_t n = 20000;
    Tia tia(1e-3);
    npim_random source = {4, 4};
    std::vector<double> i_A(n, 10e-6), v_V(n);
    npim_tia_eval(&tia.core, i_A.data(), n, &source, 7, v_V.data());
    double sum2 = 0;
    for (double v : v_V) sum2 += std::pow(v - 0.390625, 2);
    EXPECT_NEAR(std::sqrt(sum2 / n), 1e-3, 5e-3 / std::sqrt(2.0 * n));
    double one_V;
    npim_tia_eval(&tia.core, i_A.data(), 1, &source, 10, &one_V);
    EXPECT_EQ(one_V, v_V[3]);
    npim_tia_eval(&tia.core, i_A.data(), 1, nullptr, 10, &one_V);
    EXPECT_NEAR(one_V, 0.390625, 1e-15);
}

TEST(Tia, TwentyFemtojoulesPerBitLineAndCycle) {
    Tia tia;
    npim_work work = {64, 1, 0, 110000};
    EXPECT_NEAR(npim_tia_ops.energy_pJ(&tia.core, &work), 64 * 0.020, 1e-12);
    EXPECT_EQ(npim_tia_ops.latency_ps(&tia.core, &work), 110000u);
    EXPECT_EQ(npim_tia_ops.area_um2(&tia.core), 5.0);
}

} // namespace
