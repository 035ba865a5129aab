#include "hw/sample_hold.h"

#include <cmath>
#include <gtest/gtest.h>
#include <vector>

namespace {

struct SampleHold {
    npim_sample_hold core;
    explicit SampleHold(double droop_V_per_us = 0, double noise_V = 0) {
        npim_sample_hold_config config = {0.98, 0.039, droop_V_per_us, noise_V};
        npim_error error;
        if (npim_sample_hold_init(&core, &config, &error) != NPIM_OK) ADD_FAILURE() << error.message;
    }
    ~SampleHold() { npim_sample_hold_fini(&core); }
};

const npim_random source = {1, 2};

TEST(SampleHold, HoldsExactlyWithoutDroop) {
    SampleHold sh;
    double in_V[] = {0.3, -0.2, 0}, out_V[3];
    npim_sample_hold_eval(&sh.core, in_V, 3, 1000000000, &source, 0, out_V);
    for (int i = 0; i < 3; i++) EXPECT_EQ(out_V[i], in_V[i]);
    EXPECT_EQ(sh.core.n_samples, 3u);
    EXPECT_EQ(sh.core.v_out_V, 0.3);
}

TEST(SampleHold, DroopsTowardsZeroAndStopsThere) {
    SampleHold sh(0.1); /* 10 mV in 100 ns */
    double in_V[] = {0.5, -0.5, 0.004, -0.004}, out_V[4];
    npim_sample_hold_eval(&sh.core, in_V, 4, 100000, nullptr, 0, out_V);
    EXPECT_NEAR(out_V[0], 0.49, 1e-15);
    EXPECT_NEAR(out_V[1], -0.49, 1e-15);
    EXPECT_EQ(out_V[2], 0.0);
    EXPECT_EQ(out_V[3], 0.0);
    npim_sample_hold_eval(&sh.core, in_V, 4, 0, nullptr, 0, out_V);
    EXPECT_EQ(out_V[0], 0.5);
}

TEST(SampleHold, WorksInPlace) {
    SampleHold sh(1.0);
    double v_V[] = {0.5, 0.25};
    npim_sample_hold_eval(&sh.core, v_V, 2, 100000, nullptr, 0, v_V);
    EXPECT_NEAR(v_V[1], 0.15, 1e-15);
    EXPECT_EQ(sh.core.v_in_V, 0.5);
    EXPECT_NEAR(sh.core.v_out_V, 0.4, 1e-15);
}

TEST(SampleHold, NoiseHasItsStandardDeviationAndNeedsASource) {
    constexpr size_t n = 20000;
    SampleHold sh(0, 1.4e-3);
    std::vector<double> in_V(n, 0.5), out_V(n);
    npim_sample_hold_eval(&sh.core, in_V.data(), n, 0, &source, 0, out_V.data());
    double sum2 = 0;
    for (double v : out_V) sum2 += (v - 0.5) * (v - 0.5);
    EXPECT_NEAR(std::sqrt(sum2 / n), 1.4e-3, 5 * 1.4e-3 / std::sqrt(2.0 * n));
    double one_V;
    npim_sample_hold_eval(&sh.core, in_V.data(), 1, 0, &source, 77, &one_V);
    EXPECT_EQ(one_V, out_V[77]); /* sample i draws index + i */
    npim_sample_hold_eval(&sh.core, in_V.data(), n, 0, nullptr, 0, out_V.data());
    EXPECT_EQ(out_V, in_V);
}

TEST(SampleHold, EnergyOfIsaacsTile) {
    SampleHold sh;
    npim_work work = {96 * 128, 96 * 128, 0, 100000};
    EXPECT_NEAR(npim_sample_hold_ops.energy_pJ(&sh.core, &work), 12.0, 0.05); /* 0.12 mW x 100 ns */
    work.count = 0.125;
    EXPECT_NEAR(npim_sample_hold_ops.energy_pJ(&sh.core, &work), 0.98e-3 / 8, 1e-18);
    EXPECT_EQ(npim_sample_hold_ops.latency_ps(&sh.core, &work), 100000u);
    EXPECT_EQ(npim_sample_hold_ops.area_um2(&sh.core), 0.039);
}

} // namespace
