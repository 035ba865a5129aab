#include "hw/sar_adc.h"

#include <cmath>
#include <gtest/gtest.h>
#include <vector>

namespace {

struct SarAdc {
    npim_sar_adc core;
    explicit SarAdc(uint32_t bits, double rate_GSps = 1.2, double energy_pJ = 0, double area_um2 = 0,
                    double noise_V = 0, bool bipolar = false) {
        npim_sar_adc_config config = {bits, bipolar, 1.0, noise_V, energy_pJ, area_um2, rate_GSps};
        npim_error error;
        if (npim_sar_adc_init(&core, &config, &error) != NPIM_OK) ADD_FAILURE() << error.message;
    }
    ~SarAdc() { npim_sar_adc_fini(&core); }
    double energy_pJ(double count, uint32_t bits = 0) const {
        npim_work work = {count, 1, bits, 0};
        return npim_sar_adc_ops.energy_pJ(&core, &work);
    }
    double area_um2() const { return npim_sar_adc_ops.area_um2(&core); }
    uint64_t latency_ps(double count, uint32_t units) const {
        npim_work work = {count, units, 0, 100000};
        EXPECT_EQ(npim_block_busy_ps(&npim_sar_adc_ops, &core, &work),
                  npim_sar_adc_ops.latency_ps(&core, &work));
        return npim_sar_adc_ops.latency_ps(&core, &work);
    }
};

TEST(SarAdc, TableByResolution) {
    double pJ[] = {0.79, 0.99, 1.20, 1.42, 1.67, 1.969, 2.379},
           um2[] = {361, 477, 627, 845, 1200, 1828, 3002};
    for (uint32_t bits = 4; bits <= 10; bits++) {
        EXPECT_EQ(SarAdc(bits).energy_pJ(1), pJ[bits - 4]);
        EXPECT_EQ(SarAdc(bits).area_um2(), um2[bits - 4]);
        EXPECT_EQ(SarAdc(9).energy_pJ(1, bits), pJ[bits - 4]); /* asked for by the operation */
        EXPECT_EQ(SarAdc(9).area_um2(), 1828.0);
    }
    EXPECT_EQ(SarAdc(8).energy_pJ(1, 1), 0.79); /* no cheaper than the smallest converter */
}

TEST(SarAdc, CascadesFiveConversions) {
    SarAdc adc(9);
    double sum = 0;
    for (uint32_t bits : {9u, 8u, 8u, 7u, 6u}) sum += adc.energy_pJ(1, bits);
    EXPECT_NEAR(sum, 7.93, 0.005);
}

TEST(SarAdc, GivenEnergyHoldsForItsOwnResolutionOnly) {
    SarAdc isaac(8, 1.28, 1.5625, 1201);
    EXPECT_EQ(isaac.energy_pJ(1), 1.5625);
    EXPECT_EQ(isaac.energy_pJ(1, 8), 1.5625);
    EXPECT_EQ(isaac.energy_pJ(1, 7), 1.42);
    EXPECT_EQ(isaac.energy_pJ(128 * 96) / 100, 192); /* mW of one tile in one 100 ns cycle */
    EXPECT_EQ(isaac.area_um2(), 1201.0);
}

TEST(SarAdc, Times) {
    EXPECT_EQ(SarAdc(8, 1.28).latency_ps(128, 1), 100000u); /* ISAAC's cycle */
    EXPECT_EQ(SarAdc(8, 1.2).latency_ps(1, 1), 833u);
    EXPECT_EQ(SarAdc(8, 1.2).latency_ps(5, 10), 417u); /* 416.67 */
    EXPECT_EQ(SarAdc(8, 1.2).latency_ps(0, 1), 0u);
}

TEST(SarAdc, ConvertsAtTheResolutionOfTheOperation) {
    SarAdc adc(8);
    double v_V[] = {1.0, 0.5, 1.5, -0.5};
    int32_t codes[4];
    npim_sar_adc_eval(&adc.core, 0, v_V, 4, nullptr, 0, codes);
    EXPECT_EQ(codes[0], 255);
    EXPECT_EQ(codes[1], 128); /* 127.5: to even */
    EXPECT_EQ(codes[2], 255);
    EXPECT_EQ(codes[3], 0);
    EXPECT_EQ(adc.core.n_clipped, 2u);
    npim_sar_adc_eval(&adc.core, 6, v_V, 1, nullptr, 0, codes);
    EXPECT_EQ(codes[0], 63);
    EXPECT_EQ(adc.core.n_conversions, 5u);
    EXPECT_EQ(adc.core.code, 63u);
    npim_quantiser quantiser = npim_sar_adc_quantiser(&adc.core, 6);
    EXPECT_DOUBLE_EQ(npim_quantiser_lsb_V(&quantiser), 1.0 / 63);
}

TEST(SarAdc, BipolarProbeCountsFromTheSmallestCode) {
    SarAdc adc(8, 1.2, 0, 0, 0, true);
    double v_V = -1.0;
    int32_t code;
    npim_sar_adc_eval(&adc.core, 0, &v_V, 1, nullptr, 0, &code);
    EXPECT_EQ(code, -127);
    EXPECT_EQ(adc.core.code, 0u);
}

TEST(SarAdc, NoiseActsAtTheInputAndNeedsASource) {
    constexpr size_t n = 20000;
    SarAdc adc(10, 1.2, 0, 0, 0.02);
    npim_random source = {6, 2};
    std::vector<double> v_V(n, 0.5);
    std::vector<int32_t> codes(n);
    npim_sar_adc_eval(&adc.core, 0, v_V.data(), n, &source, 100, codes.data());
    double sum2 = 0;
    for (int32_t c : codes) sum2 += std::pow(c / 1023.0 - 0.5, 2);
    EXPECT_NEAR(std::sqrt(sum2 / n), 0.02, 5 * 0.02 / std::sqrt(2.0 * n) + 1e-5);
    int32_t one;
    npim_sar_adc_eval(&adc.core, 0, v_V.data(), 1, &source, 600, &one);
    EXPECT_EQ(one, codes[500]);
    npim_sar_adc_eval(&adc.core, 0, v_V.data(), 1, nullptr, 0, &one);
    EXPECT_EQ(one, 512); /* 511.5: to even */
}

} // namespace
