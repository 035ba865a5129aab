#include "hw/kernel/normals.h"

#include "hw/kernel/quantile.h"

#include <cmath>
#include <gtest/gtest.h>
#include <random>
#include <vector>

namespace {

constexpr npim_draw draw = NPIM_DRAW_READ;

/* Every instruction set against one deviate at a time; bit for bit, so as numbers. */
TEST(Normals, DoublesAreThoseOfRandom) {
    std::random_device seeds;
    const unsigned seed = seeds();
    SCOPED_TRACE("seed " + std::to_string(seed));
    std::mt19937_64 bits(seed);
    for (size_t n : {0, 1, 7, 8, 511, 512, 513, 5000}) {
        const npim_random random = {bits(), static_cast<uint32_t>(bits())};
        const uint64_t first = n % 2 ? bits() : bits() % 1000;
        for (int isa = 0; isa <= npim_isa_best(); isa++) {
            SCOPED_TRACE(npim_isa_names[isa]);
            std::vector<double> out(n + 1, 99.0);
            npim_normals_f64(static_cast<npim_isa>(isa), &random, draw, first, n, out.data());
            for (size_t i = 0; i < n; i++)
                ASSERT_EQ(out[i], npim_random_normal(&random, draw, first + i)) << i;
            ASSERT_EQ(out[n], 99.0);
        }
    }
}

/* 2e6 of them reach beyond +-4.9; the tails' own formula takes over at 1.44. */
TEST(Normals, DoublesInTheTails) {
    const npim_random random = {3, 5};
    constexpr size_t n = 2000000;
    std::vector<double> out(n);
    npim_normals_f64(npim_isa_best(), &random, draw, 0, n, out.data());
    double low = 0, high = 0;
    for (size_t i = 0; i < n; i++) {
        ASSERT_EQ(out[i], npim_random_normal(&random, draw, i));
        low = std::min(low, out[i]), high = std::max(high, out[i]);
    }
    EXPECT_LT(low, -4.5);
    EXPECT_GT(high, 4.5);
}

/* Bits that no sample of any size hits: both ends, where a third formula holds, and the seams of all of them.
 */
TEST(Normals, BlocksReachTheEnds) {
    std::vector<uint64_t> bits;
    const uint64_t all = (1ull << 52) - 1, seams[] = {0, 62000, 337769972052787, 1ull << 51};
    for (uint64_t seam : seams)
        for (uint64_t i = 0; i < 64; i++)
            for (uint64_t k : {seam + i - (seam > 0 ? 32 : 0), all - (seam + i - (seam > 0 ? 32 : 0))})
                bits.push_back(k << 12);
    ASSERT_EQ(bits.size(), size_t{NPIM_QUANTILE_BLOCK});
    npim_quantile_block block;
    std::vector<double> out(bits.size());
    npim_quantiles_centre(&block, bits.data(), out.data());
    npim_quantiles_log(&block);
    for (int i = 0; i < block.n; i++) block.r[i] = std::sqrt(block.r[i]);
    npim_quantiles_tail(&block, out.data());
    double most = 0;
    for (size_t i = 0; i < bits.size(); i++) {
        ASSERT_EQ(out[i], npim_normal_quantile(static_cast<double>(2 * (bits[i] >> 12) + 1) * 0x1p-53)) << i;
        most = std::max(most, out[i]);
    }
    EXPECT_GT(most, 8);
}

/* The quantile of the 32 bits that Random123's own generator gives. */
double want_of(const npim_random &random, uint64_t counter, int word) {
    /* npim_random_bits tells words 0 and 1 alone */
    const uint64_t bits = npim_random_bits(&random, draw, counter);
    const uint32_t w = static_cast<uint32_t>(word == 0 ? bits : bits >> 32);
    const double x = npim_normal_quantile(static_cast<double>((w & 0x7fffffffu) | 1) * 0x1p-32);
    return w >> 31 ? x : -x;
}

TEST(Normals, SinglesAreQuantilesOfTheirBits) {
    const npim_random random = {0x123456789abcdefu, 77};
    double worst = 0;
    for (uint64_t c = 0; c < 200000; c += NPIM_NORMAL_LANES) {
        uint64_t counter[NPIM_NORMAL_LANES];
        for (uint64_t lane = 0; lane < NPIM_NORMAL_LANES; lane++) counter[lane] = (c + lane) * 0x100000001u;
        float out[4][NPIM_NORMAL_LANES];
        npim_normal_lanes(npim_isa_best(), &random, draw, counter, out);
        for (int lane = 0; lane < NPIM_NORMAL_LANES; lane++)
            for (int word = 0; word < 2; word++)
                worst = std::max(worst,
                                 std::fabs(double{out[word][lane]} - want_of(random, counter[lane], word)));
    }
    EXPECT_LT(worst, 1e-5);
    EXPECT_GT(worst, 1e-7); /* they are floats */
}

TEST(Normals, SinglesAreTheSameOnEveryInstructionSet) {
    std::random_device seeds;
    const unsigned seed = seeds();
    SCOPED_TRACE("seed " + std::to_string(seed));
    std::mt19937_64 bits(seed);
    for (int i = 0; i < 2000; i++) {
        const npim_random random = {bits(), static_cast<uint32_t>(bits())};
        uint64_t counter[NPIM_NORMAL_LANES];
        for (uint64_t &c : counter) c = bits();
        float want[4][NPIM_NORMAL_LANES];
        npim_normal_lanes(NPIM_ISA_PORTABLE, &random, draw, counter, want);
        for (int isa = 1; isa <= npim_isa_best(); isa++) {
            SCOPED_TRACE(npim_isa_names[isa]);
            float out[4][NPIM_NORMAL_LANES];
            npim_normal_lanes(static_cast<npim_isa>(isa), &random, draw, counter, out);
            for (int w = 0; w < 4; w++)
                for (int lane = 0; lane < NPIM_NORMAL_LANES; lane++) ASSERT_EQ(out[w][lane], want[w][lane]);
        }
    }
}

TEST(Normals, ASequenceDoesNotDependOnWhereItIsCut) {
    const npim_random random = {9, 1};
    std::vector<float> whole(1000), part(1000);
    npim_normals(npim_isa_best(), &random, draw, 5, whole.size(), whole.data());
    for (size_t at = 0, step = 1; at < part.size(); at += step, step = (step * 7 + 3) % 301) {
        const size_t n = std::min(step, part.size() - at);
        npim_normals(NPIM_ISA_PORTABLE, &random, draw, 5 + at, n, part.data() + at);
        if (step == 0) step = 1;
    }
    EXPECT_EQ(whole, part);
}

/* Bounds: 5 standard errors; fixed seed. */
TEST(Normals, MomentsAndTails) {
    constexpr size_t n = 4000000;
    const npim_random random = {2, 9};
    std::vector<float> x(n);
    npim_normals(npim_isa_best(), &random, draw, 0, n, x.data());
    double m1 = 0, m2 = 0, m3 = 0, m4 = 0, lag1 = 0, lag32 = 0;
    int beyond3 = 0, beyond4 = 0;
    for (size_t i = 0; i < n; i++) {
        const double v = double{x[i]};
        m1 += v, m2 += v * v, m3 += v * v * v, m4 += v * v * v * v;
        if (i >= 32) lag1 += v * double{x[i - 1]}, lag32 += v * double{x[i - 32]};
        beyond3 += std::fabs(v) > 3, beyond4 += std::fabs(v) > 4;
    }
    const double root = std::sqrt(double{n});
    EXPECT_NEAR(m1 / n, 0, 5 / root);
    EXPECT_NEAR(m2 / n, 1, 5 * std::sqrt(2.0) / root);
    EXPECT_NEAR(m3 / n, 0, 5 * std::sqrt(15.0) / root);
    EXPECT_NEAR(m4 / n, 3, 5 * std::sqrt(96.0) / root);
    EXPECT_NEAR(lag1 / n, 0, 5 / root);
    EXPECT_NEAR(lag32 / n, 0, 5 / root);
    EXPECT_NEAR(beyond3, n * 2.6998e-3, 5 * std::sqrt(n * 2.7e-3));
    EXPECT_NEAR(beyond4, n * 6.3342e-5, 5 * std::sqrt(n * 6.3e-5));
}

} // namespace
