#include "net_fixture.hpp"

#include "sim/design/sa_sinad.h"

namespace {

// The passive row of R = 1/2: cells of 8 bit that can be off make its weights exactly, 2^k for the slices and
// 255 / (2^P - 1) for the result. extra: levels on rails at half the supply and at the supply.
struct ladder {
    explicit ladder(uint32_t dac_bits, std::vector<uint8_t> middle = {}, std::vector<uint8_t> top = {})
        : made(9, {0.5, 1}, curve()) {
        made.circuit.bits = 8;
        std::vector<npim_cell> row;
        for (uint16_t k = 0; k < 8; k++) row.push_back({k, static_cast<uint8_t>(1u << k), false});
        row.push_back({8, static_cast<uint8_t>(255 / ((1u << dac_bits) - 1)), false});
        for (uint8_t level : middle) row.push_back({made.rail(0), level, false});
        for (uint8_t level : top) row.push_back({made.rail(1), level, false});
        made.add(NPIM_NEURON_PASSIVE, row);
        trial = npim_sa_default_trial(&task);
        trial.task.dac_bits = dac_bits;
        trial.vectors = 300;
    }
    npim_status measure() {
        error = {};
        return npim_sa_measure(made.done(), &trial, &figures, &error);
    }
    npim_sa_task task{1, 0.5};
    small_circuit made;
    npim_sa_trial trial{};
    npim_sa_figures figures{};
    npim_error error{};
};

// Slices at 0 and 1 are bits: all cycles together are the integer sum of the shifted and added slices.
TEST(sa_sinad, the_wanted_result_is_the_integer_sum) {
    std::mt19937_64 random(test_seed(51));
    for (uint32_t dac_bits : {1u, 2u, 4u, 8u}) {
        const npim_sa_task task = {dac_bits, 0.4};
        EXPECT_EQ(npim_sa_cycles(&task), 8 / dac_bits);
        for (int i = 0; i < 100; i++) {
            double acc = 0.5, sum = 0, all = 0;
            for (uint32_t cycle = 0; cycle < npim_sa_cycles(&task); cycle++) {
                double slice[8];
                for (int k = 0; k < 8; k++) {
                    slice[k] = static_cast<double>(random() % 16) / 15;
                    sum += slice[k] * (1 << k) * (1 << dac_bits * cycle);
                    all += (1 << k) * (1 << dac_bits * cycle);
                }
                acc = npim_sa_wanted(&task, slice, acc);
            }
            // Around half the supply: the full sum gives R (1 - 2^-8), nothing -R (1 - 2^-8).
            EXPECT_NEAR(acc, 0.5 + 0.4 * (2 * sum / all - 1) * (1 - 1.0 / 256), 1e-12);
        }
    }
}

TEST(sa_sinad, slices_are_uniform_or_normal_within_the_rails) {
    const npim_random random = {test_seed(52), 3};
    const int n = 20000;
    for (double spread : {0.0, 0.125, 0.5}) {
        double sum = 0, square = 0;
        for (int i = 0; i < n; i++) {
            const double x = npim_sa_slice(&random, spread, static_cast<uint64_t>(i));
            EXPECT_GE(x, 0);
            EXPECT_LE(x, 1);
            sum += x / n;
            square += (x - 0.5) * (x - 0.5) / n;
        }
        EXPECT_NEAR(sum, 0.5, 0.02);
        // 0.5: the normal curve limited at +- 1 sigma keeps 0.5161 of its variance.
        const double variance = spread == 0 ? 1.0 / 12 : spread == 0.5 ? 0.25 * 0.5161 : 0.125 * 0.125;
        EXPECT_NEAR(square / variance, 1, 0.05) << spread;
    }
}

TEST(sa_sinad, a_perfect_ladder_has_no_error) {
    for (uint32_t dac_bits : {1u, 2u, 4u, 8u}) {
        ladder l(dac_bits);
        l.trial.samples = 0;
        ASSERT_EQ(l.measure(), NPIM_OK) << l.error.message;
        EXPECT_NEAR(l.figures.sinad_dB.nominal, 150, 1e-9);
        EXPECT_NEAR(l.figures.corrected_dB.nominal, 150, 1e-9);
        EXPECT_NEAR(l.figures.rms_error_mV.nominal, 0, 1e-9);
        EXPECT_EQ(l.figures.sinad_dB.median, l.figures.sinad_dB.nominal);
    }
}

// One cycle: a load of as many levels as the row has halves the gain.
TEST(sa_sinad, a_gain_error_is_corrected) {
    ladder l(8, {128, 128});
    l.trial.samples = 0;
    ASSERT_EQ(l.measure(), NPIM_OK) << l.error.message;
    EXPECT_NEAR(l.figures.sinad_dB.nominal, 20 * std::log10(2), 0.05); // the mean is not quite at half
    EXPECT_NEAR(l.figures.corrected_dB.nominal, 150, 1e-9);
}

// 1/257 of the node is the supply: the offset is 0.5 / 257 of it, the gain 256 / 257.
TEST(sa_sinad, an_offset_is_corrected) {
    ladder l(8, {}, {1});
    l.trial.samples = 0;
    ASSERT_EQ(l.measure(), NPIM_OK) << l.error.message;
    EXPECT_NEAR(l.figures.rms_error_mV.nominal, 1e3 * 0.5 / 257, 0.2);
    EXPECT_LT(l.figures.sinad_dB.nominal, 45);
    EXPECT_NEAR(l.figures.corrected_dB.nominal, 150, 1e-9);
}

// One cycle: an error of the most significant weight by d of its 1/2 moves its share by d / 4 and all others
// by as much together; sigma of the error follows to first order.
TEST(sa_sinad, variation_by_the_law_of_small_errors) {
    ladder l(8);
    l.trial.samples = 400;
    l.trial.vectors = 400;
    l.trial.variation.sigma = 0.01;
    ASSERT_EQ(l.measure(), NPIM_OK) << l.error.message;
    // y = sum w x: d y = sum w n (x - y); the mean square of x - y for uniform slices, weights w = 2^k / 256.
    double w2 = 0, expected = 0;
    for (int k = 0; k < 8; k++) w2 += std::pow(2, 2 * k - 16);
    for (int k = 0; k < 8; k++) {
        const double w = std::pow(2, k - 8);
        expected += w * w * (w2 / 12 + 1.0 / 12 - 2 * w / 12);
    }
    const double rms_mV = 1e3 * 0.01 * std::sqrt(expected);
    EXPECT_NEAR(l.figures.rms_error_mV.median / rms_mV, 0.85, 0.15); // few cells dominate: skewed
    EXPECT_LT(l.figures.sinad_dB.p10, l.figures.sinad_dB.median);
    EXPECT_GT(l.figures.sinad_dB.p90, l.figures.sinad_dB.median);
    EXPECT_GE(l.figures.corrected_dB.median, l.figures.sinad_dB.median);
}

TEST(sa_sinad, the_seed_fixes_every_bit) {
    ladder l(2), other(2);
    l.trial.samples = other.trial.samples = 5;
    ASSERT_EQ(l.measure(), NPIM_OK);
    ASSERT_EQ(other.measure(), NPIM_OK);
    EXPECT_EQ(l.figures.sinad_dB.median, other.figures.sinad_dB.median);
    other.trial.seed++;
    ASSERT_EQ(other.measure(), NPIM_OK);
    EXPECT_NE(l.figures.sinad_dB.median, other.figures.sinad_dB.median);
}

TEST(sa_sinad, refuses_values_out_of_range) {
    ladder l(1);
    const npim_sa_trial good = l.trial;
    std::vector<npim_sa_trial> bad(12, good);
    bad[0].task.dac_bits = 0;
    bad[1].task.dac_bits = 3;
    bad[2].task.dac_bits = 16;
    bad[3].task.range = 0;
    bad[4].task.range = 0.51;
    bad[5].task.range = std::nan("");
    bad[6].spread = -0.1;
    bad[7].spread = 0.6;
    bad[8].vectors = 1;
    bad[9].vectors = UINT32_MAX;
    bad[10].variation.sigma = 0.6;
    bad[11].samples = UINT32_MAX;
    for (size_t i = 0; i < bad.size(); i++) {
        l.trial = bad[i];
        EXPECT_EQ(l.measure(), NPIM_ECONFIG) << i;
        EXPECT_NE(l.error.message[0], '\0');
    }
    small_circuit narrow = flash_2_bit(NPIM_NEURON_LATCH, 1, curve());
    EXPECT_EQ(npim_sa_measure(narrow.done(), &good, &l.figures, &l.error), NPIM_ECONFIG);
}

} // namespace
