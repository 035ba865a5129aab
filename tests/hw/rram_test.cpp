#include "hw/rram.h"

#include <algorithm>
#include <cmath>
#include <gtest/gtest.h>
#include <string>
#include <vector>

namespace {

npim_rram_config preset() {
    npim_rram_config config;
    npim_fields_preset(npim_rram_ops.fields, npim_rram_ops.n_fields, &config);
    return config;
}

struct Rram {
    npim_rram core;
    npim_error error;
    explicit Rram(const npim_rram_config &config) {
        if (npim_rram_init(&core, &config, &error) != NPIM_OK) ADD_FAILURE() << error.message;
    }
    ~Rram() { npim_rram_fini(&core); }
    operator npim_rram *() { return &core; }
};

const npim_random source = {11, 4};

TEST(Rram, LevelsAreEquallySpacedFromOffToOn) {
    npim_rram_config config = preset();
    config.cell_bits = 2;
    config.on_off_ratio = 10;
    Rram rram(config);
    double nominal[] = {0.2e-6, 0.8e-6, 1.4e-6, 2.0e-6};
    for (uint32_t level = 0; level < 4; level++) {
        EXPECT_NEAR(npim_rram_nominal_S(&rram.core, level), nominal[level], 1e-20);
        EXPECT_EQ(npim_rram_conductance_S(&rram.core, &source, level, 3, nullptr),
                  npim_rram_nominal_S(&rram.core, level));
    }
}

TEST(Rram, VariationIsGaussianAndMultiplicative) {
    constexpr int n = 100000;
    npim_rram_config config = preset();
    config.sigma = 0.025;
    Rram rram(config);
    double sum = 0, sum2 = 0;
    for (uint64_t i = 0; i < n; i++) {
        double on = npim_rram_conductance_S(&rram.core, &source, 1, i, nullptr) / 2e-6 - 1;
        double off = npim_rram_conductance_S(&rram.core, &source, 0, i, nullptr) / 2e-8 - 1;
        ASSERT_NEAR(on, off, 1e-12); /* the same deviate at every level */
        sum += on, sum2 += on * on;
    }
    EXPECT_NEAR(sum / n, 0, 5 * 0.025 / std::sqrt(n));
    EXPECT_NEAR(std::sqrt(sum2 / n), 0.025, 5 * 0.025 / std::sqrt(2.0 * n));
}

TEST(Rram, WildVariationNeverGoesNegative) {
    npim_rram_config config = preset();
    config.sigma = 1;
    Rram rram(config);
    int at_zero = 0;
    for (uint64_t i = 0; i < 1000; i++) {
        double g_S = npim_rram_conductance_S(&rram.core, &source, 1, i, nullptr);
        ASSERT_GE(g_S, 0.0);
        at_zero += g_S == 0.0;
    }
    EXPECT_NEAR(at_zero, 159, 60); /* P(n < -1) = 0.159 */
}

TEST(Rram, StuckCellsHaveTheirRatesWhateverIsWritten) {
    constexpr size_t n = 50000;
    npim_rram_config config = preset();
    config.stuck_on_rate = 0.01;
    config.stuck_off_rate = 0.05;
    config.sigma = 0.1;
    Rram rram(config);
    std::vector<double> g_S(n);
    std::vector<uint8_t> zeros(n, 0), ones(n, 1);
    npim_rram_program(&rram.core, &source, zeros.data(), n, g_S.data());
    auto on = std::count(g_S.begin(), g_S.end(), 2e-6);
    EXPECT_NEAR(static_cast<double>(on), 0.01 * n, 5 * std::sqrt(0.01 * n));
    uint64_t stuck = rram.core.n_stuck;
    EXPECT_NEAR(static_cast<double>(stuck), 0.06 * n, 5 * std::sqrt(0.06 * n));
    npim_rram_reset(&rram.core);
    npim_rram_program(&rram.core, &source, ones.data(), n, g_S.data());
    auto off = std::count(g_S.begin(), g_S.end(), 2e-6 / 100);
    EXPECT_EQ(rram.core.n_stuck, stuck); /* the same cells */
    EXPECT_EQ(static_cast<uint64_t>(off), stuck - static_cast<uint64_t>(on));
}

TEST(Rram, AllStuckAndMoreThanAll) {
    npim_rram_config config = preset();
    config.stuck_on_rate = 1;
    Rram rram(config);
    for (uint64_t i = 0; i < 100; i++)
        EXPECT_EQ(npim_rram_conductance_S(&rram.core, &source, 0, i, nullptr), 2e-6);
    config.stuck_off_rate = 0.001;
    npim_rram refused;
    npim_error error;
    EXPECT_EQ(npim_rram_init(&refused, &config, &error), NPIM_ECONFIG);
    EXPECT_NE(std::string(error.message).find("stuck_on_rate"), std::string::npos) << error.message;
    EXPECT_EQ(refused.config.g_on_S, 0.0);
}

TEST(Rram, OnResistanceIsAtLeastHalfAMegaohm) {
    npim_rram_config config = preset();
    config.g_on_S = 1 / 0.499e6;
    npim_rram refused;
    npim_error error;
    EXPECT_EQ(npim_rram_init(&refused, &config, &error), NPIM_ECONFIG);
    EXPECT_NE(std::string(error.message).find("rram.g_on_S"), std::string::npos) << error.message;
}

TEST(Rram, DriftFollowsThePowerLaw) {
    npim_rram_config config = preset();
    config.drift_nu = 0.05;
    for (double t_s : {0.0, 0.5, 1.0}) {
        config.drift_time_s = t_s;
        Rram rram(config);
        EXPECT_EQ(npim_rram_conductance_S(&rram.core, &source, 1, 0, nullptr), 2e-6) << t_s;
    }
    for (double nu : {0.001, 0.05, 1.0})
        for (double t_s : {1.5, 10.0, 3600.0, 3.15e7, 1e12}) {
            config.drift_nu = nu;
            config.drift_time_s = t_s;
            Rram rram(config);
            double g_S = npim_rram_conductance_S(&rram.core, &source, 1, 0, nullptr);
            EXPECT_NEAR(g_S / (2e-6 * std::pow(t_s, -nu)), 1.0, 1e-13) << nu << " " << t_s;
        }
    EXPECT_EQ(npim_rram_nominal_S(Rram(config), 1), 2e-6);
}

TEST(Rram, ReadNoiseOfAColumnIsThatOfItsCells) {
    constexpr int n = 20000;
    npim_rram_config config = preset();
    config.read_sigma = 0.02;
    Rram rram(config);
    /* 16 cells of 0.4 uA: 16 x 0.4 +- 0.02 x 0.4 x 4 uA */
    double i_A = 16 * 0.4e-6, i2_A2 = 16 * 0.4e-6 * 0.4e-6, sum = 0, sum2 = 0;
    for (uint64_t read = 0; read < n; read++) {
        double error = npim_rram_read_A(&rram.core, &source, i_A, i2_A2, read) - i_A;
        sum += error, sum2 += error * error;
    }
    double expected = 0.02 * 0.4e-6 * 4;
    EXPECT_NEAR(sum / n, 0, 5 * expected / std::sqrt(n));
    EXPECT_NEAR(std::sqrt(sum2 / n), expected, 5 * expected / std::sqrt(2.0 * n));
    EXPECT_EQ(npim_rram_read_A(&rram.core, nullptr, i_A, i2_A2, 0), i_A);
    EXPECT_EQ(npim_rram_read_A(&rram.core, &source, 0.0, 0.0, 0), 0.0);
}

TEST(Rram, PartialSumUndoesOffCurrent) {
    npim_rram_config config = preset();
    config.cell_bits = 2;
    config.on_off_ratio = 5;
    Rram rram(config);
    /* digits 3, 0, 2 on levels 1, 2, 3: sum 9 */
    uint32_t digit[] = {3, 0, 2}, level[] = {1, 2, 3};
    double i_A = 0, v_lsb_V = 0.2 / 3;
    for (int r = 0; r < 3; r++) i_A += digit[r] * v_lsb_V * npim_rram_nominal_S(&rram.core, level[r]);
    EXPECT_NEAR(npim_rram_partial_sum(&rram.core, i_A, v_lsb_V, 5), 9.0, 1e-12);
}

TEST(Rram, SeedAndBlockMatterOrderDoesNot) {
    npim_rram_config config = preset();
    config.sigma = 0.1;
    Rram rram(config);
    npim_random other_seed = {12, 4}, other_block = {11, 5};
    std::vector<uint8_t> levels(64, 1);
    std::vector<double> a(64), b(64);
    npim_rram_program(&rram.core, &source, levels.data(), 64, a.data());
    for (uint64_t i = 64; i-- > 0;)
        EXPECT_EQ(npim_rram_conductance_S(&rram.core, &source, 1, i, nullptr), a[i]);
    EXPECT_EQ(rram.core.g_S, a[0]);
    npim_rram_program(&rram.core, &other_seed, levels.data(), 64, b.data());
    EXPECT_NE(a, b);
    npim_rram_program(&rram.core, &other_block, levels.data(), 64, b.data());
    EXPECT_NE(a, b);
    npim_rram_program(&rram.core, nullptr, levels.data(), 64, b.data());
    EXPECT_EQ(b, std::vector<double>(64, 2e-6));
    npim_rram_program(&rram.core, &source, levels.data(), 0, nullptr); /* nothing to do */
}

TEST(Rram, ArraysChargeTheCellsNotTheModel) {
    Rram rram(preset());
    npim_work work = {16384, 1, 0, 100000};
    EXPECT_EQ(npim_rram_ops.energy_pJ(&rram.core, &work), 0.0);
    EXPECT_EQ(npim_rram_ops.area_um2(&rram.core), 0.0);
    EXPECT_EQ(npim_rram_ops.latency_ps(&rram.core, &work), 100000u);
}

} // namespace
