#include "hw/summing_amp.h"

#include <cmath>
#include <gtest/gtest.h>

namespace {

struct Amp {
    npim_summing_amp core;
    explicit Amp(uint32_t settle_clocks = 1, double noise_V = 0) {
        npim_summing_amp_config config = {0.05, 3, settle_clocks, noise_V};
        npim_error error;
        if (npim_summing_amp_init(&core, &config, &error) != NPIM_OK) ADD_FAILURE() << error.message;
    }
    ~Amp() { npim_summing_amp_fini(&core); }
    double sum(const double *v_V, const double *weights, uint32_t k) {
        return npim_summing_amp_eval(&core, v_V, weights, k, nullptr, 0);
    }
    uint64_t latency_ps(double count, uint32_t units) const {
        npim_work work = {count, units, 0, 110000};
        return npim_summing_amp_ops.latency_ps(&core, &work);
    }
};

TEST(SummingAmp, SumsPlainAndWeighted) {
    Amp amp;
    double v_V[] = {0.5, 0.25, -0.125}, weights[] = {1, 2, 4};
    EXPECT_EQ(amp.sum(v_V, nullptr, 3), 0.625);
    EXPECT_EQ(amp.sum(v_V, weights, 3), 0.5);
    EXPECT_EQ(amp.core.v_out_V, 0.5);
    EXPECT_EQ(amp.sum(v_V, nullptr, 1), 0.5);
    EXPECT_EQ(amp.sum(v_V, nullptr, 0), 0.0);
    EXPECT_EQ(amp.core.n_sums, 4u);
    npim_summing_amp_reset(&amp.core);
    EXPECT_EQ(amp.core.n_sums, 0u);
}

TEST(SummingAmp, OneClockPerSumInEachAmplifier) {
    EXPECT_EQ(Amp().latency_ps(1, 1), 833u);
    EXPECT_EQ(Amp(3).latency_ps(1, 1), 3u * 833u);
    EXPECT_EQ(Amp().latency_ps(5, 2), 3u * 833u);
    EXPECT_EQ(Amp().latency_ps(4, 2), 2u * 833u);
    EXPECT_EQ(Amp().latency_ps(0.125, 1), 833u);
    EXPECT_EQ(Amp().latency_ps(0, 1), 0u);
    EXPECT_EQ(Amp(0).latency_ps(7, 1), 0u);
}

TEST(SummingAmp, Energy) {
    Amp amp;
    npim_work work = {2, 1, 0, 0}; /* two for each dot product */
    EXPECT_DOUBLE_EQ(npim_summing_amp_ops.energy_pJ(&amp.core, &work), 0.1);
    EXPECT_EQ(npim_summing_amp_ops.area_um2(&amp.core), 3.0);
}

TEST(SummingAmp, NoiseHasItsStandardDeviation) {
    constexpr int n = 20000;
    Amp amp(1, 2e-3);
    npim_random source = {1, 1};
    double v_V[] = {0.2, 0.3}, sum2 = 0;
    for (uint64_t i = 0; i < n; i++)
        sum2 += std::pow(npim_summing_amp_eval(&amp.core, v_V, nullptr, 2, &source, i) - 0.5, 2);
    EXPECT_NEAR(std::sqrt(sum2 / n), 2e-3, 5 * 2e-3 / std::sqrt(2.0 * n));
    EXPECT_EQ(amp.sum(v_V, nullptr, 2), 0.5);
}

} // namespace
