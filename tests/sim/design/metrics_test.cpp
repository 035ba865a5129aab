#include "sim/design/metrics.h"

#include <gtest/gtest.h>

#include <cmath>
#include <random>
#include <string>
#include <vector>

namespace {

using codes = std::vector<uint16_t>;

// A ramp whose code c has width[c] points.
codes ramp_of(const std::vector<int> &widths) {
    codes ramp;
    for (size_t c = 0; c < widths.size(); c++)
        for (int i = 0; i < widths[c]; i++) ramp.push_back(static_cast<uint16_t>(c));
    return ramp;
}

npim_static_figures static_of(const codes &ramp, uint32_t bits, double *dnl = nullptr,
                              double *inl = nullptr) {
    npim_static_figures figures{};
    npim_error error{};
    EXPECT_EQ(npim_static_test(ramp.data(), ramp.size(), bits, dnl, inl, &figures, &error), NPIM_OK)
        << error.message;
    return figures;
}

uint16_t ideal(double x, uint32_t bits) { // of -1..1
    const double top = std::ldexp(1.0, static_cast<int>(bits));
    const double code = std::floor((x + 1) / 2 * top);
    return static_cast<uint16_t>(std::min(std::max(code, 0.0), top - 1));
}

codes sine_of(uint32_t bits, size_t n, uint64_t cycles, double share, double phase = 0) {
    codes all;
    for (size_t i = 0; i < n; i++)
        all.push_back(ideal(
            share * std::sin(2 * M_PI * static_cast<double>(i * cycles % n) / static_cast<double>(n) + phase),
            bits));
    return all;
}

npim_sine_figures sine_figures(const codes &all, uint64_t cycles, double share) {
    npim_sine_figures figures{};
    npim_error error{};
    EXPECT_EQ(npim_sine_test(all.data(), all.size(), cycles, share, &figures, &error), NPIM_OK)
        << error.message;
    return figures;
}

TEST(adc_metrics, an_ideal_quantiser_is_linear) {
    for (uint32_t bits = 1; bits <= 10; bits++) {
        const npim_static_figures f = static_of(ramp_of(std::vector<int>(1u << bits, 7)), bits);
        EXPECT_NEAR(f.dnl_lsb, 0, 1e-12) << bits;
        EXPECT_NEAR(f.inl_lsb, 0, 1e-9) << bits;
        EXPECT_NEAR(f.inl_best_fit_lsb, 0, 1e-9) << bits;
        EXPECT_EQ(f.missing_codes, 0u);
        EXPECT_TRUE(f.monotonic);
    }
}

TEST(adc_metrics, a_histogram_made_by_hand) {
    // LSB = (20 + 10 + 0 + 10 + 5 + 15) / 6 = 10; the outer codes do not count.
    double dnl[8], inl[8];
    const npim_static_figures f = static_of(ramp_of({3, 20, 10, 0, 10, 5, 15, 99}), 3, dnl, inl);
    const double want_dnl[8] = {0, 1, 0, -1, 0, -0.5, 0.5, 0}, want_inl[8] = {0, 0, 1, 1, 0, 0, -0.5, 0};
    for (int c = 0; c < 8; c++) {
        EXPECT_NEAR(dnl[c], want_dnl[c], 1e-12) << c;
        EXPECT_NEAR(inl[c], want_inl[c], 1e-12) << c;
    }
    EXPECT_NEAR(f.dnl_lsb, 1, 1e-12);
    EXPECT_NEAR(f.inl_lsb, 1, 1e-12);
    EXPECT_EQ(f.missing_codes, 1u);
    EXPECT_TRUE(f.monotonic);
}

// Against a least-squares line through all transitions, by its definition.
TEST(adc_metrics, best_fit_by_its_definition) {
    std::mt19937_64 random(4);
    for (int trial = 0; trial < 50; trial++) {
        std::vector<int> widths;
        for (int c = 0; c < 16; c++) widths.push_back(static_cast<int>(random() % 20));
        std::vector<double> at; // transitions 1..15, in points
        double x = 0, sx = 0, sy = 0, sxx = 0, sxy = 0, n = 15;
        for (int c = 0; c < 15; c++) at.push_back(x += widths[static_cast<size_t>(c)]);
        for (int c = 0; c < 15; c++) {
            const double y = at[static_cast<size_t>(c)];
            sx += c, sy += y, sxx += c * c, sxy += c * y;
        }
        const double slope = (n * sxy - sx * sy) / (n * sxx - sx * sx), start = (sy - slope * sx) / n;
        double worst = 0;
        for (int c = 0; c < 15; c++)
            worst = std::max(worst, std::fabs(at[static_cast<size_t>(c)] - start - slope * c) / slope);
        EXPECT_NEAR(static_of(ramp_of(widths), 4).inl_best_fit_lsb, worst, 1e-9);
    }
}

TEST(adc_metrics, a_code_out_of_order_is_seen) {
    codes ramp = ramp_of({4, 4, 4, 4});
    std::swap(ramp[5], ramp[9]);
    const npim_static_figures f = static_of(ramp, 2);
    EXPECT_FALSE(f.monotonic);
    EXPECT_NEAR(f.dnl_lsb, 0, 1e-12);
}

TEST(adc_metrics, ramps_that_say_nothing_are_refused) {
    npim_static_figures f;
    npim_error error{};
    const codes outer = ramp_of({5, 0, 0, 5}), beyond = {0, 1, 2, 9};
    EXPECT_EQ(npim_static_test(outer.data(), outer.size(), 2, nullptr, nullptr, &f, &error), NPIM_ECONFIG);
    EXPECT_NE(std::string(error.message).find("1..2"), std::string::npos) << error.message;
    EXPECT_EQ(npim_static_test(beyond.data(), beyond.size(), 2, nullptr, nullptr, &f, &error), NPIM_ECONFIG);
    EXPECT_NE(std::string(error.message).find("code 9"), std::string::npos) << error.message;
    EXPECT_EQ(npim_static_test(nullptr, 0, 2, nullptr, nullptr, &f, &error), NPIM_ECONFIG);
    for (const uint32_t bits : {0u, 13u, 40u})
        EXPECT_EQ(npim_static_test(outer.data(), outer.size(), bits, nullptr, nullptr, &f, &error),
                  NPIM_ECONFIG);
}

TEST(adc_metrics, sine_of_the_library) {
    for (const uint64_t n : {8u, 12u, 13u, 4096u})
        for (uint64_t i = 0; i < 2 * n; i++)
            for (const uint64_t cycles : {1u, 5u})
                EXPECT_NEAR(npim_sine(i, cycles, n),
                            std::sin(2 * M_PI * static_cast<double>(i * cycles % n) / static_cast<double>(n)),
                            4e-15)
                    << i << " of " << n;
    EXPECT_EQ(npim_sine(2, 1, 8), 1);
    EXPECT_EQ(npim_sine(4, 1, 8), 0);
    EXPECT_EQ(npim_sine(6, 1, 8), -1);
    for (uint64_t i = 0; i < 4096; i++) EXPECT_EQ(npim_sine(i, 1021, 4096), -npim_sine(4096 - i, 1021, 4096));
}

// What quantisation leaves is q^2 / 12 whatever the phase.
TEST(adc_metrics, an_ideal_quantiser_has_its_bits) {
    for (const uint32_t bits : {6u, 7u, 8u, 9u, 10u})
        for (const double share : {0.98, 0.996})
            for (const double phase : {0.1, 1.3})
                EXPECT_NEAR(sine_figures(sine_of(bits, 8192, 1021, share, phase), 1021, share).enob_bit, bits,
                            0.05)
                    << bits << " bits at " << share;
    EXPECT_NEAR(sine_figures(sine_of(8, 4096, 1021, 0.996, 0.0007), 1021, 0.996).enob_bit, 8, 0.02);
}

// A sine of so many LSB and noise of known power, of any phase: the fit finds them.
TEST(adc_metrics, a_noisy_sine_has_its_sinad) {
    std::mt19937_64 random(5);
    std::normal_distribution<> noise(0, 20);
    codes all;
    const size_t n = 1 << 15;
    for (size_t i = 0; i < n; i++)
        all.push_back(static_cast<uint16_t>(std::lround(
            2000 + 900 * std::sin(2 * M_PI * 777 * static_cast<double>(i) / n + 0.7) + noise(random))));
    const npim_sine_figures f = sine_figures(all, 777, 0.5);
    EXPECT_NEAR(f.amplitude_lsb, 900, 1);
    EXPECT_NEAR(f.offset_lsb, 2000, 1);
    EXPECT_NEAR(f.sinad_dB, 10 * std::log10(900 * 900 / 2.0 / (400 + 1 / 12.0)), 0.1);
    EXPECT_NEAR(f.enob_bit, (f.sinad_dB - 10 * std::log10(1.5) + 20 * std::log10(2)) / (20 * std::log10(2)),
                1e-9);
}

TEST(adc_metrics, half_the_codes_are_a_bit_less) {
    codes all = sine_of(8, 8192, 1021, 0.996, 0.1);
    for (uint16_t &code : all) code = static_cast<uint16_t>(code / 2);
    EXPECT_NEAR(sine_figures(all, 1021, 0.996).enob_bit, 7, 0.05);
}

TEST(adc_metrics, sines_that_say_nothing_are_refused) {
    npim_sine_figures f;
    npim_error error{};
    const codes good = sine_of(8, 64, 5, 0.9), still(64, 3);
    const struct {
        const codes &all;
        uint64_t cycles;
        double share;
        const char *message;
    } cases[] = {{good, 0, 1, "0 cycles"},
                 {good, 32, 1, "32 cycles"},
                 {good, 6, 1, "6 cycles"},
                 {good, 5, 0, "amplitude 0"},
                 {good, 5, 1.1, "amplitude 1.1"},
                 {still, 5, 1, "do not move"},
                 {good, 5, std::nan(""), "amplitude nan"}};
    for (const auto &c : cases) {
        EXPECT_EQ(npim_sine_test(c.all.data(), c.all.size(), c.cycles, c.share, &f, &error), NPIM_ECONFIG);
        EXPECT_NE(std::string(error.message).find(c.message), std::string::npos) << error.message;
    }
    EXPECT_EQ(npim_sine_test(good.data(), 7, 1, 1, &f, &error), NPIM_ECONFIG);
}

} // namespace
