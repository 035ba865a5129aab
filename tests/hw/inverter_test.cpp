#include "hw/inverter.h"

#include "support.hpp"

#include <random>

namespace {

// Steep between 0.4 V and 0.6 V, flat outside.
npim_inverter steps() {
    npim_inverter inverter{};
    inverter.vdd_V = 1;
    for (uint32_t i = 0; i < NPIM_VTC_POINTS; i++) {
        const double in = i / 1000.0;
        inverter.out_V[i] = in <= 0.4 ? 1 - 0.1 * in : in >= 0.6 ? 0.1 * (1 - in) : 0.96 - 4.6 * (in - 0.4);
    }
    return inverter;
}

TEST(inverter, table_points_and_what_lies_between) {
    const npim_inverter inverter = steps();
    npim_error error{};
    ASSERT_EQ(npim_inverter_check(&inverter, &error), NPIM_OK) << error.message;
    for (uint32_t i = 0; i < NPIM_VTC_POINTS; i++)
        EXPECT_NEAR(npim_inverter_out_V(&inverter, i / 1000.0), inverter.out_V[i], 1e-12);
    EXPECT_NEAR(npim_inverter_out_V(&inverter, 0.50025), 0.96 - 4.6 * 0.10025, 1e-12);
    EXPECT_NEAR(npim_inverter_gain(&inverter, 0.5004), -4.6, 1e-9);
    EXPECT_NEAR(npim_inverter_gain(&inverter, 0.0), -0.1, 1e-9);
}

TEST(inverter, inputs_outside_give_the_nearer_end) {
    const npim_inverter inverter = steps();
    EXPECT_EQ(npim_inverter_out_V(&inverter, -3), inverter.out_V[0]);
    EXPECT_EQ(npim_inverter_out_V(&inverter, std::nan("")), inverter.out_V[0]);
    EXPECT_NEAR(npim_inverter_out_V(&inverter, 7), inverter.out_V[1000], 1e-15);
    EXPECT_NEAR(npim_inverter_gain(&inverter, 9), -0.1, 1e-9);
}

TEST(inverter, the_inverse_undoes_it) {
    const npim_inverter inverter = steps();
    std::mt19937_64 random(test_seed(7));
    for (int i = 0; i < 10000; i++) {
        const double in = std::uniform_real_distribution<>(0, 1)(random);
        EXPECT_NEAR(npim_inverter_in_V(&inverter, npim_inverter_out_V(&inverter, in)), in, 1e-9);
    }
    EXPECT_EQ(npim_inverter_in_V(&inverter, 1.5), 0);
    EXPECT_EQ(npim_inverter_in_V(&inverter, -0.5), 1);
}

TEST(inverter, the_threshold_equals_its_output) {
    const npim_inverter inverter = steps();
    const double at = npim_inverter_threshold_V(&inverter); // x = .96 - 4.6 (x - .4)
    EXPECT_NEAR(at, (0.96 + 4.6 * 0.4) / 5.6, 1e-9);
}

TEST(inverter, bad_tables_are_refused) {
    const struct {
        uint32_t i;
        double value;
        const char *message;
    } cases[] = {{500, std::nan(""), "out_V[500]"},
                 {0, 1.1, "out_V[0]"},
                 {1000, -0.2, "out_V[1000]"},
                 {300, 0.99, "above"}};
    for (const auto &x : cases) {
        npim_inverter inverter = steps();
        npim_error error{};
        inverter.out_V[x.i] = x.value;
        EXPECT_EQ(npim_inverter_check(&inverter, &error), NPIM_ECONFIG);
        EXPECT_NE(std::string(error.message).find(x.message), std::string::npos) << error.message;
    }
    npim_inverter inverter = steps();
    npim_error error{};
    inverter.vdd_V = 0;
    EXPECT_EQ(npim_inverter_check(&inverter, &error), NPIM_ECONFIG);
}

} // namespace
