#include "sim/design/comparator.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <string>

namespace {

npim_comparator_rules rules_of(uint32_t bits, uint32_t x, uint32_t rail, uint32_t fine) {
    return {bits, x, rail, fine, 0.5, 0.5, 0.0625};
}

npim_comparator synthesise(const npim_comparator_rules &rules, double threshold_V) {
    npim_comparator c{};
    npim_error error{};
    EXPECT_EQ(npim_comparator_synthesise(&rules, threshold_V, &c, &error), NPIM_OK) << error.message;
    return c;
}

// The divider itself, at the threshold that is claimed: the node lies at the centre.
TEST(comparator, the_divider_is_at_the_centre) {
    for (const double wanted_V : {0.0, 0.06, 0.31, 0.5, 0.501, 0.77, 0.94, 1.0}) {
        const npim_comparator c = synthesise(rules_of(3, 2, 2, 1), wanted_V);
        const double rail_V = c.rail_levels > 0 ? 1 : 0, fine_V = c.fine_levels > 0 ? 0.5625 : 0.4375;
        const double b = std::abs(c.rail_levels), f = std::abs(c.fine_levels), a = c.x_levels;
        EXPECT_NEAR((a * c.threshold_V + b * rail_V + f * fine_V) / (a + b + f), 0.5, 1e-14) << wanted_V;
    }
}

// A 4-bit bank is exact in whole levels of 3 bit.
TEST(comparator, sixteenths_are_exact) {
    for (int k = 1; k < 16; k++) {
        const npim_comparator c = synthesise(rules_of(3, 2, 2, 1), k / 16.0);
        EXPECT_NEAR(c.threshold_V, k / 16.0, 1e-15) << k;
    }
}

// Whatever the search leaves out, it is no worse than trying everything by more than its price of levels.
TEST(comparator, as_good_as_trying_everything) {
    for (const npim_comparator_rules &rules :
         {rules_of(3, 1, 1, 1), rules_of(3, 2, 2, 1), rules_of(2, 2, 3, 2), rules_of(3, 1, 2, 0)})
        for (int i = 0; i <= 40; i++) {
            const double wanted_V = i / 40.0;
            const npim_comparator c = synthesise(rules, wanted_V);
            const int top = (1 << rules.cell_bits) - 1, most_a = static_cast<int>(rules.x_cells) * top,
                      most_b = static_cast<int>(rules.rail_cells) * top,
                      most_f = static_cast<int>(rules.fine_cells) * top;
            double least = std::numeric_limits<double>::infinity();
            for (int a = (most_a + 1) / 2; a <= most_a; a++)
                for (int b = -most_b; b <= most_b; b++)
                    for (int f = -most_f; f <= most_f; f++)
                        least = std::min(least, std::fabs(0.5 - (b * 0.5 + f * 0.0625) / a - wanted_V) / 0.5 +
                                                    1e-5 * (std::abs(b) + std::abs(f)));
            const double cost = std::fabs(c.threshold_V - wanted_V) / 0.5 +
                                1e-5 * (std::abs(c.rail_levels) + std::abs(c.fine_levels));
            EXPECT_LE(cost, least + 1e-5 * 4) << "bits " << rules.cell_bits << " at " << wanted_V;
            EXPECT_LE(static_cast<int>(c.x_levels), most_a);
            EXPECT_GE(static_cast<int>(2 * c.x_levels), most_a);
            EXPECT_LE(std::abs(c.rail_levels), most_b);
            EXPECT_LE(std::abs(c.fine_levels), most_f);
        }
}

TEST(comparator, the_middle_takes_no_rail) {
    const npim_comparator c = synthesise(rules_of(3, 4, 4, 1), 0.5);
    EXPECT_EQ(c.rail_levels, 0);
    EXPECT_EQ(c.fine_levels, 0);
    EXPECT_EQ(c.x_levels, 28u);
}

TEST(comparator, a_narrow_scale_is_a_scaled_one) {
    npim_comparator_rules narrow = rules_of(3, 2, 2, 1);
    narrow.rail_V *= 0.125;
    narrow.fine_V *= 0.125;
    for (int i = 1; i < 32; i++) {
        const double off_V = i / 32.0 - 0.5;
        const npim_comparator wide = synthesise(rules_of(3, 2, 2, 1), 0.5 + off_V);
        const npim_comparator c = synthesise(narrow, 0.5 + 0.125 * off_V);
        EXPECT_EQ(c.x_levels, wide.x_levels);
        EXPECT_EQ(c.rail_levels, wide.rail_levels);
        EXPECT_EQ(c.fine_levels, wide.fine_levels);
    }
}

TEST(comparator, the_largest_search_ends) {
    const npim_comparator c = synthesise(rules_of(8, 64, 64, 64), 0.123456789);
    EXPECT_NEAR(c.threshold_V, 0.123456789, 0.02); // fewer levels are worth that
    const npim_comparator one = synthesise(rules_of(1, 1, 1, 0), 0.4);
    EXPECT_EQ(one.x_levels, 1u);
    EXPECT_NEAR(one.threshold_V, 0.5, 1e-15);
}

TEST(comparator, bad_rules_are_refused) {
    const double nan = std::nan("");
    const struct {
        npim_comparator_rules rules;
        double threshold_V;
        const char *message;
    } cases[] = {
        {rules_of(0, 1, 1, 1), 0.5, "cell_bits = 0"},   {rules_of(9, 1, 1, 1), 0.5, "cell_bits = 9"},
        {rules_of(3, 0, 1, 1), 0.5, "0 cells"},         {rules_of(3, 65, 1, 1), 0.5, "65 cells"},
        {rules_of(3, 1, 0, 1), 0.5, "0 to a rail"},     {rules_of(3, 1, 1, 65), 0.5, "65 to a fine"},
        {rules_of(3, 1, 1, 1), 1.01, "threshold 1.01"}, {rules_of(3, 1, 1, 1), -0.01, "threshold -0.01"},
        {rules_of(3, 1, 1, 1), nan, "threshold"},       {{3, 1, 1, 1, 0.5, 0, 0.1}, 0.5, "rails"},
        {{3, 1, 1, 1, 0.5, 0.5, -1}, 0.5, "rails"},     {{3, 1, 1, 1, nan, 0.5, 0.1}, 0.5, "rails"}};
    for (const auto &c : cases) {
        npim_comparator comparator;
        npim_error error{};
        EXPECT_EQ(npim_comparator_synthesise(&c.rules, c.threshold_V, &comparator, &error), NPIM_ECONFIG);
        EXPECT_NE(std::string(error.message).find(c.message), std::string::npos) << error.message;
    }
}

} // namespace
