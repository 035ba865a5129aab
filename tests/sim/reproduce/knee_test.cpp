#include "sim/reproduce/knee.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <random>
#include <vector>

namespace {

using points = std::vector<npim_knee_point>;

npim_knee find(const points &p, double least) {
    return npim_knee_find(p.data(), p.size(), least);
}

void expect_knee(const points &p, double least, double dB) {
    const npim_knee knee = find(p, least);
    EXPECT_EQ(knee.kind, NPIM_KNEE_FOUND);
    EXPECT_NEAR(knee.sinad_dB, dB, 1e-12);
}

void expect_none(const points &p, double least, npim_knee_kind kind) {
    const npim_knee knee = find(p, least);
    EXPECT_EQ(knee.kind, kind);
    EXPECT_TRUE(std::isnan(knee.sinad_dB));
}

TEST(knee, lies_on_the_line_between_two_points) {
    expect_knee({{10, 0.5}, {20, 1.0}}, 0.75, 15);
    expect_knee({{10, 0.5}, {20, 1.0}}, 0.9, 18);
    expect_knee({{-4, 0.2}, {4, 0.6}}, 0.3, -2);
    expect_knee({{0, 0.1}, {5, 0.4}, {10, 0.8}, {20, 0.99}, {30, 0.99}}, 0.6, 7.5);
}

TEST(knee, does_not_depend_on_the_order_of_points) {
    points p = {{0, 0.1}, {5, 0.4}, {10, 0.8}, {20, 0.99}};
    do expect_knee(p, 0.6, 7.5);
    while (std::next_permutation(p.begin(), p.end(),
                                 [](const auto &a, const auto &b) { return a.sinad_dB < b.sinad_dB; }));
}

TEST(knee, is_none_where_accuracy_never_falls) {
    expect_none({{10, 0.99}, {20, 0.99}, {30, 1.0}}, 0.98, NPIM_KNEE_KEPT);
    expect_none({{10, 0.98}}, 0.98, NPIM_KNEE_KEPT); // just kept is kept
    expect_none({}, 0.98, NPIM_KNEE_KEPT);
}

TEST(knee, is_none_where_accuracy_is_never_kept) {
    expect_none({{10, 0.5}, {20, 0.9}}, 0.98, NPIM_KNEE_LOST);
    expect_none({{10, 0.5}, {20, 0.99}, {30, 0.9}}, 0.98, NPIM_KNEE_LOST); // the highest SINAD decides
}

// Of two crossings the upper one: above it accuracy is kept at every point.
TEST(knee, of_a_curve_that_comes_back_is_the_upper_one) {
    expect_knee({{5, 0.2}, {10, 0.99}, {15, 0.9}, {20, 1.0}, {25, 1.0}}, 0.95, 17.5);
}

TEST(knee, takes_the_least_accurate_of_points_at_one_SINAD) {
    expect_knee({{10, 0.7}, {10, 0.5}, {20, 1.0}}, 0.75, 15);
    expect_knee({{10, 0.5}, {20, 1.0}, {20, 0.8}}, 0.65, 15);
    // Kept and not kept at one SINAD: it is not.
    expect_knee({{10, 0.5}, {10, 0.99}, {20, 1.0}}, 0.75, 15);
    expect_none({{10, 0.5}, {10, 0.99}}, 0.75, NPIM_KNEE_LOST);
}

// Accuracies are shares of images, and a point less is not exact in binary: kept all the same.
TEST(knee, does_not_mind_rounding) {
    const double int8 = 0.99, least = int8 - 0.01;
    expect_none({{10, 0.98}, {20, 0.99}}, least, NPIM_KNEE_KEPT);
    expect_none({{10, 0.98 - 1e-15}, {20, 0.99}}, least, NPIM_KNEE_KEPT);
    expect_knee({{10, 0.98 - 1e-3}, {20, 0.98}}, 0.98 + 1e-12, 20); // never past the point that is kept
}

TEST(knee, leaves_out_what_is_no_number) {
    const double nan = NAN, infinite = std::numeric_limits<double>::infinity();
    expect_knee({{nan, 0.1}, {10, 0.5}, {15, nan}, {20, 1.0}, {infinite, 0.0}, {infinite, 1.0}}, 0.75, 15);
    expect_none({{nan, 0.1}, {infinite, 1.0}}, 0.75, NPIM_KNEE_KEPT);
    expect_none({{10, 0.5}, {infinite, 1.0}}, 0.75, NPIM_KNEE_LOST);
}

// A second way: sorted from the top, the first point that is too low, and the one before it.
TEST(knee, is_that_of_a_walk_from_the_top) {
    for (unsigned seed = 1; seed <= 300; seed++) {
        SCOPED_TRACE(seed);
        std::mt19937 random(seed);
        const auto below = [&](unsigned n) { return static_cast<double>(random() % n); };
        points p(random() % 12);
        for (auto &point : p) point = {0.5 * below(40), 0.001 * below(1000)};
        const double least = 0.0005 + 0.001 * below(1000);
        points sorted = p;
        std::sort(sorted.begin(), sorted.end(), [](const auto &a, const auto &b) {
            return a.sinad_dB > b.sinad_dB || (a.sinad_dB == b.sinad_dB && a.accuracy < b.accuracy);
        });
        sorted.erase(std::unique(sorted.begin(), sorted.end(),
                                 [](const auto &a, const auto &b) { return a.sinad_dB == b.sinad_dB; }),
                     sorted.end());
        const auto low =
            std::find_if(sorted.begin(), sorted.end(), [&](const auto &a) { return a.accuracy < least; });
        if (low == sorted.end())
            expect_none(p, least, NPIM_KNEE_KEPT);
        else if (low == sorted.begin())
            expect_none(p, least, NPIM_KNEE_LOST);
        else {
            const auto high = low - 1;
            expect_knee(p, least,
                        high->sinad_dB - (high->sinad_dB - low->sinad_dB) * (high->accuracy - least) /
                                             (high->accuracy - low->accuracy));
        }
    }
}

} // namespace
