#include "sim/values/figures.h"

#include <gtest/gtest.h>

#include <cmath>
#include <thread>
#include <vector>

namespace {

TEST(Figures, SinadIsVarianceOverMeanSquaredError) {
    npim_layer_figures f{};
    EXPECT_TRUE(std::isnan(npim_figures_sinad_dB(&f))); // nothing seen
    f.n_sums = 4; // signal 1, 3, 5, 7: variance 5; errors 1, 0, -1, 0: 1 / 2
    f.signal_sum = 16;
    f.signal_squares = 84;
    f.error_squares = 2;
    EXPECT_NEAR(npim_figures_sinad_dB(&f), 10.0, 1e-12);
    f.error_squares = 0.2;
    EXPECT_NEAR(npim_figures_sinad_dB(&f), 20.0, 1e-12);
    f.error_squares = 0;
    EXPECT_EQ(npim_figures_sinad_dB(&f), 150.0);
    f.error_squares = 1e-30;
    EXPECT_EQ(npim_figures_sinad_dB(&f), 150.0);
    f.signal_squares = 64; // all alike: no signal
    f.error_squares = 2;
    EXPECT_TRUE(std::isnan(npim_figures_sinad_dB(&f)));
    f.error_squares = 0;
    EXPECT_TRUE(std::isnan(npim_figures_sinad_dB(&f)));
    f.error_squares = 2;
    f.signal_squares = 66;
    EXPECT_NEAR(npim_figures_sinad_dB(&f), 10 * std::log10(0.5 / 0.5), 1e-12);
}

TEST(Figures, ClippedIsAShare) {
    npim_layer_figures f{};
    EXPECT_EQ(npim_figures_clipped(&f), 0.0);
    npim_figures_count(&f, 6, 1);
    npim_figures_count(&f, 2, 1);
    EXPECT_EQ(f.conversions, 8u);
    EXPECT_EQ(f.clipped, 2u);
    EXPECT_EQ(npim_figures_clipped(&f), 0.25);
}

TEST(Figures, ManyThreadsCountTogether) {
    npim_layer_figures f{};
    std::vector<std::thread> threads;
    for (int t = 0; t < 4; t++)
        threads.emplace_back([&f] {
            for (int i = 0; i < 20000; i++) npim_figures_count(&f, 3, 1);
        });
    for (std::thread &t : threads) t.join();
    EXPECT_EQ(f.conversions, 240000u);
    EXPECT_EQ(f.clipped, 80000u);
}

TEST(Figures, BeginZeroedAndEndTwice) {
    npim_figures figures{};
    npim_error error{};
    npim_figures_fini(&figures);
    ASSERT_EQ(npim_figures_init(&figures, 3, &error), NPIM_OK);
    for (uint32_t l = 0; l < 3; l++) EXPECT_EQ(figures.layers[l].conversions, 0u);
    EXPECT_EQ(figures.n_layers, 3u);
    npim_figures_fini(&figures);
    npim_figures_fini(&figures);
    EXPECT_EQ(figures.layers, nullptr);
}

} // namespace
