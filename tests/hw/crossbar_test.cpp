#include "hw/crossbar.h"
#include "hw/rram.h"

#include <cmath>
#include <gtest/gtest.h>
#include <random>
#include <string>
#include <vector>

namespace {

struct Crossbar {
    npim_crossbar core;
    npim_error error;
    Crossbar(uint32_t rows, uint32_t columns, uint32_t cell_bits = 1,
             npim_coding coding = NPIM_CODING_DIFFERENTIAL, uint32_t weight_bits = 8) {
        npim_crossbar_config config = {rows, columns, cell_bits, weight_bits, coding, 18.31, 25, 0, 0};
        if (npim_crossbar_init(&core, &config, &error) != NPIM_OK) ADD_FAILURE() << error.message;
    }
    ~Crossbar() { npim_crossbar_fini(&core); }
    operator npim_crossbar *() { return &core; }
};

TEST(Crossbar, ColumnsPerWeightAsPublished) {
    EXPECT_EQ(Crossbar(128, 128).core.columns_per_weight, 16u); /* Neural-PIM */
    EXPECT_EQ(npim_crossbar_outputs(Crossbar(128, 128)), 8u);
    EXPECT_EQ(Crossbar(64, 64, 1, NPIM_CODING_TWOS).core.columns_per_weight, 8u);         /* CASCADE */
    EXPECT_EQ(Crossbar(128, 128, 2, NPIM_CODING_BIASED, 16).core.columns_per_weight, 8u); /* ISAAC */
    EXPECT_EQ(Crossbar(8, 8, 3, NPIM_CODING_BIASED, 8).core.columns_per_weight, 3u); /* does not divide */
}

TEST(Crossbar, DifferentialCodeByHand) {
    Crossbar xb(2, 8, 2, NPIM_CODING_DIFFERENTIAL, 4);
    int32_t weights[] = {6, -9, -15, 0}; /* 6 = 2 + 1x4, 9 = 1 + 2x4 */
    ASSERT_EQ(npim_crossbar_program(xb, weights, 2, 2, &xb.error), NPIM_OK);
    std::vector<uint8_t> levels(xb.core.levels, xb.core.levels + 16);
    EXPECT_EQ(levels, (std::vector<uint8_t>{2, 0, 1, 0, 0, 1, 0, 2, 0, 3, 0, 3, 0, 0, 0, 0}));
}

TEST(Crossbar, BiasedAndTwosCodesByHand) {
    Crossbar biased(1, 4, 2, NPIM_CODING_BIASED, 4), twos(1, 8, 1, NPIM_CODING_TWOS, 4);
    int32_t weights[] = {-8, 3}; /* biased 0 and 11 = 3 + 2x4; two's complement 1000 and 0011 */
    ASSERT_EQ(npim_crossbar_program(biased, weights, 1, 2, nullptr), NPIM_OK);
    EXPECT_EQ(std::vector<uint8_t>(biased.core.levels, biased.core.levels + 4),
              (std::vector<uint8_t>{0, 0, 3, 2}));
    ASSERT_EQ(npim_crossbar_program(twos, weights, 1, 2, nullptr), NPIM_OK);
    EXPECT_EQ(std::vector<uint8_t>(twos.core.levels, twos.core.levels + 8),
              (std::vector<uint8_t>{0, 0, 0, 1, 1, 1, 0, 0}));
}

struct Form {
    npim_coding coding;
    uint32_t cell_bits, weight_bits, digit_bits;
};

/* Whole products: random signed weights, inputs fed digit by digit, against the plain dot product. */
TEST(Crossbar, IntegerModeIsExactForEveryCoding) {
    unsigned seed = std::random_device{}();
    SCOPED_TRACE("seed " + std::to_string(seed));
    std::mt19937 engine(seed);
    for (Form form : {Form{NPIM_CODING_DIFFERENTIAL, 1, 8, 4},
                      {NPIM_CODING_DIFFERENTIAL, 3, 8, 1},
                      {NPIM_CODING_BIASED, 2, 16, 1},
                      {NPIM_CODING_BIASED, 8, 5, 2},
                      {NPIM_CODING_TWOS, 1, 8, 1},
                      {NPIM_CODING_TWOS, 1, 1, 8},
                      {NPIM_CODING_DIFFERENTIAL, 1, 1, 16}}) {
        Crossbar xb(37, 53, form.cell_bits, form.coding, form.weight_bits);
        uint32_t rows = 35, outputs = npim_crossbar_outputs(xb);
        int32_t min, max;
        npim_crossbar_weight_range(xb, &min, &max);
        std::uniform_int_distribution<int32_t> any(min, max);
        std::uniform_int_distribution<uint32_t> input(0, 65535);
        std::vector<int32_t> weights(rows * outputs);
        for (auto &w : weights) w = any(engine);
        weights[0] = min;
        weights.back() = max;
        ASSERT_EQ(npim_crossbar_program(xb, weights.data(), rows, outputs, &xb.error), NPIM_OK)
            << xb.error.message;
        std::vector<uint32_t> x(37, 0), digits(37);
        for (uint32_t r = 0; r < rows; r++) x[r] = input(engine);
        std::vector<int64_t> sums(53), y(outputs, 0);
        for (uint32_t shift = 0; shift < 16; shift += form.digit_bits) {
            int64_t digit_sum = 0;
            for (uint32_t r = 0; r < 37; r++) digits[r] = x[r] >> shift & ((1u << form.digit_bits) - 1);
            for (uint32_t r = 0; r < rows; r++) digit_sum += digits[r];
            npim_crossbar_sums(xb, digits.data(), sums.data());
            std::vector<double> real(sums.begin(), sums.end());
            for (uint32_t o = 0; o < outputs; o++) {
                int64_t dot = npim_crossbar_dot(xb, sums.data(), o, digit_sum);
                EXPECT_EQ(npim_crossbar_dot_real(xb, real.data(), o, static_cast<double>(digit_sum)),
                          static_cast<double>(dot));
                y[o] += dot * (int64_t{1} << shift);
            }
        }
        for (uint32_t o = 0; o < outputs; o++) {
            int64_t expected = 0;
            for (uint32_t r = 0; r < rows; r++) expected += int64_t{x[r]} * weights[r * outputs + o];
            EXPECT_EQ(y[o], expected) << "coding " << form.coding << " output " << o;
        }
    }
}

TEST(Crossbar, FullSumNeedsTheResolutionOfTheClosedForm) {
    Crossbar xb(128, 16); /* 128 rows, 1-bit cells, 1-bit inputs: 128 at most */
    std::vector<int32_t> weights(128, 255);
    ASSERT_EQ(npim_crossbar_program(xb, weights.data(), 128, 1, nullptr), NPIM_OK);
    std::vector<uint32_t> digits(128, 1);
    std::vector<int64_t> sums(16);
    npim_crossbar_sums(xb, digits.data(), sums.data());
    for (int c = 0; c < 16; c++) EXPECT_EQ(sums[c], c % 2 ? 0 : 128);
    EXPECT_EQ(xb.core.sum_bl, 128u);
    EXPECT_EQ(xb.core.n_reads, 1u);
}

TEST(Crossbar, RefusesWhatItCannotHoldAndStaysAsItWas) {
    Crossbar xb(2, 32);
    int32_t good[] = {1, 2, 3, -4}, bad[] = {1, 2, 256, 4};
    ASSERT_EQ(npim_crossbar_program(xb, good, 2, 2, nullptr), NPIM_OK);
    std::vector<uint8_t> before(xb.core.levels, xb.core.levels + 64);
    EXPECT_EQ(npim_crossbar_program(xb, bad, 2, 2, &xb.error), NPIM_ECONFIG);
    EXPECT_STREQ(xb.error.message, "crossbar: weight[1][0] = 256: outside -255..255");
    EXPECT_EQ(npim_crossbar_program(xb, good, 3, 1, &xb.error), NPIM_EFIT);
    EXPECT_EQ(npim_crossbar_program(xb, good, 1, 3, &xb.error), NPIM_EFIT);
    EXPECT_EQ(std::vector<uint8_t>(xb.core.levels, xb.core.levels + 64), before);
    EXPECT_EQ(npim_crossbar_used_cells(xb), 64u);
    EXPECT_EQ(npim_crossbar_program(xb, good, 0, 0, &xb.error), NPIM_OK);
    EXPECT_EQ(npim_crossbar_used_cells(xb), 0u);
}

TEST(Crossbar, WeightRangeOfInt16) {
    int32_t min, max;
    npim_crossbar_weight_range(Crossbar(1, 16, 1, NPIM_CODING_TWOS, 16), &min, &max);
    EXPECT_EQ(min, -32768);
    EXPECT_EQ(max, 32767);
}

TEST(Crossbar, TwosNeedsOneBitCells) {
    npim_crossbar_config config = {4, 8, 2, 8, NPIM_CODING_TWOS, 18.31, 25, 0, 0};
    npim_crossbar core;
    npim_error error;
    EXPECT_EQ(npim_crossbar_init(&core, &config, &error), NPIM_ECONFIG);
    EXPECT_NE(std::string(error.message).find("crossbar.cell_bits = 2"), std::string::npos);
    EXPECT_EQ(core.levels, nullptr);
    npim_crossbar_fini(&core);
}

/* The analog path, composed as a tile composes it: levels -> cells -> currents -> partial sums. */
struct Analog {
    Crossbar xb{64, 64};
    npim_rram rram;
    std::vector<double> v_V, i_A, i2_A2, partial;
    std::vector<uint32_t> digits;
    std::vector<int64_t> sums;
    double digit_sum = 0, v_lsb_V = 0.2 / 15;
    explicit Analog(npim_rram_config config, const npim_random *random)
        : v_V(64), i_A(64), i2_A2(64), partial(64), digits(64), sums(64) {
        npim_error error;
        if (npim_rram_init(&rram, &config, &error) != NPIM_OK) ADD_FAILURE() << error.message;
        std::vector<int32_t> weights(64 * 4);
        for (size_t i = 0; i < weights.size(); i++) weights[i] = static_cast<int32_t>(i * 37 % 511) - 255;
        if (npim_crossbar_program(xb, weights.data(), 64, 4, &error) != NPIM_OK)
            ADD_FAILURE() << error.message;
        npim_rram_program(&rram, random, xb.core.levels, 64 * 64, xb.core.g_S);
        for (uint32_t r = 0; r < 64; r++) {
            digits[r] = r * 7 % 16;
            digit_sum += digits[r];
            v_V[r] = digits[r] * v_lsb_V;
        }
        npim_crossbar_sums(xb, digits.data(), sums.data());
        npim_crossbar_eval(xb, v_V.data(), i_A.data(), i2_A2.data());
        for (size_t c = 0; c < 64; c++) partial[c] = npim_rram_partial_sum(&rram, i_A[c], v_lsb_V, digit_sum);
    }
    static npim_rram_config preset() {
        npim_rram_config config;
        npim_fields_preset(npim_rram_ops.fields, npim_rram_ops.n_fields, &config);
        return config;
    }
};

TEST(Crossbar, PerfectCellsGiveTheIntegerSumsAtAnyOnOffRatio) {
    for (double ratio : {2.0, 100.0, 1e9}) {
        npim_rram_config config = Analog::preset();
        config.on_off_ratio = ratio;
        Analog analog(config, nullptr);
        for (size_t c = 0; c < 64; c++)
            EXPECT_NEAR(analog.partial[c], static_cast<double>(analog.sums[c]), 1e-9) << c;
        EXPECT_EQ(analog.xb.core.i_bl_A, analog.i_A[0]);
    }
}

TEST(Crossbar, FiniteOnOffRatioCancelsInDifferentialPairs) {
    npim_rram_config config = Analog::preset();
    config.on_off_ratio = 3;
    Analog analog(config, nullptr);
    for (size_t c = 0; c < 64; c += 2) {
        double difference = (analog.i_A[c] - analog.i_A[c + 1]) / analog.v_lsb_V / analog.rram.step_S;
        EXPECT_NEAR(difference, static_cast<double>(analog.sums[c] - analog.sums[c + 1]), 1e-9);
    }
}

TEST(Crossbar, CurrentsByHandAndTheirSquares) {
    Crossbar xb(2, 2);
    double g_S[] = {1e-6, 2e-6, 3e-6, 4e-6}, v_V[] = {0.1, 0.2}, i_A[2], i2_A2[2];
    std::copy(g_S, g_S + 4, xb.core.g_S);
    npim_crossbar_eval(xb, v_V, i_A, i2_A2);
    EXPECT_NEAR(i_A[0], 0.7e-6, 1e-20);
    EXPECT_NEAR(i_A[1], 1.0e-6, 1e-20);
    EXPECT_NEAR(i2_A2[0], (0.01 + 0.36) * 1e-12, 1e-26);
    EXPECT_NEAR(i2_A2[1], (0.04 + 0.64) * 1e-12, 1e-26);
    double alone_A[2];
    npim_crossbar_eval(xb, v_V, alone_A, nullptr);
    EXPECT_EQ(alone_A[1], i_A[1]);
    npim_crossbar_reset(xb);
    EXPECT_EQ(xb.core.n_reads, 0u);
    EXPECT_EQ(xb.core.g_S[3], 4e-6); /* devices survive a reset */
}

TEST(Crossbar, VariationSpreadsBitLinesAsItsCellsDo) {
    npim_rram_config config = Analog::preset();
    config.sigma = 0.025;
    config.on_off_ratio = 1e9;
    double chi2 = 0;
    int n = 0;
    for (uint32_t block = 0; block < 50; block++) {
        npim_random random = {3, block};
        Analog analog(config, &random);
        for (size_t c = 0; c < 64; c++) {
            double variance = 0; /* sum over cells of (0.025 x digit x level)^2 */
            for (size_t r = 0; r < 64; r++)
                variance += std::pow(0.025 * analog.digits[r] * analog.xb.core.levels[r * 64 + c], 2);
            double error = analog.partial[c] - static_cast<double>(analog.sums[c]);
            if (variance > 0) chi2 += error * error / variance, n++;
        }
    }
    ASSERT_GT(n, 1000);
    EXPECT_NEAR(chi2 / n, 1.0, 5 * std::sqrt(2.0 / n));
}

TEST(Crossbar, EnergyPowerAndAreaOfIsaacsArray) {
    Crossbar xb(128, 128);
    npim_work work = {128.0 * 128.0, 1, 0, 100000};
    EXPECT_NEAR(npim_crossbar_ops.power_mW(xb), 0.3, 1e-4);
    EXPECT_NEAR(npim_crossbar_ops.energy_pJ(xb, &work), 30.0, 0.01); /* 0.3 mW x 100 ns */
    work.count = 1;
    EXPECT_NEAR(npim_crossbar_ops.energy_pJ(xb, &work), 1.831e-3, 1e-12);
    EXPECT_EQ(npim_crossbar_ops.area_um2(xb), 25.0);
    EXPECT_EQ(npim_crossbar_ops.latency_ps(xb, &work), 100000u);
}

} // namespace
