#include "sim/design/characterize_adc.h"

#include "sim/design/neural_adc.h"
#include "vtc_fixture.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <cstring>
#include <string>
#include <vector>

namespace {

class characterize_adc : public testing::Test {
  protected:
    void SetUp() override {
        npim_adc_options options = npim_adc_default_options(&inverter_);
        options.bits = 3;
        options.kind = NPIM_CODE_THERMOMETER;
        ASSERT_EQ(npim_adc_design(&converter_, &options, nullptr, nullptr), NPIM_OK);
    }
    void TearDown() override { npim_converter_fini(&converter_); }

    npim_adc_figures run(const npim_adc_trial &trial) const {
        npim_adc_figures figures{};
        npim_error error{};
        EXPECT_EQ(npim_adc_characterize(&converter_, &trial, &figures, &error), NPIM_OK) << error.message;
        return figures;
    }
    npim_adc_trial small() const {
        npim_adc_trial trial = npim_adc_default_trial(1);
        trial.ramp_points = 1024;
        trial.sine_points = 512;
        trial.cycles = 37;
        trial.samples = 21;
        return trial;
    }

    const npim_inverter inverter_ = test_inverter("sc");
    npim_converter converter_{};
};

TEST_F(characterize_adc, without_variation_all_samples_are_nominal) {
    npim_adc_trial trial = small();
    trial.variation.sigma = 0;
    const npim_adc_figures f = run(trial);
    for (const npim_spread &s : {f.dnl_lsb, f.inl_lsb, f.enob_bit, f.sinad_dB, f.missing_codes}) {
        EXPECT_EQ(s.median, s.nominal);
        EXPECT_EQ(s.p10, s.nominal);
        EXPECT_EQ(s.p90, s.nominal);
    }
    EXPECT_EQ(f.missing_codes.nominal, 0);
    EXPECT_EQ(f.monotonic_share, 1);
    EXPECT_NEAR(f.dnl_lsb.nominal, 0, 0.02); // of a point in 127
    EXPECT_NEAR(f.enob_bit.nominal, 3, 0.1);
}

// The samples are instances 0, 1, .. of the seed, measured one by one.
TEST_F(characterize_adc, samples_are_blocks_of_the_seed) {
    const npim_adc_trial trial = small();
    std::vector<double> inl, enob;
    for (uint32_t i = 0; i < trial.samples; i++) {
        const npim_random random = {trial.seed, i};
        npim_instance instance;
        npim_adc_sample sample;
        ASSERT_EQ(npim_instance_init(&instance, &converter_.circuit, &trial.variation, &random, nullptr),
                  NPIM_OK);
        ASSERT_EQ(npim_adc_measure(&converter_, &instance, &trial, &sample, nullptr), NPIM_OK);
        npim_instance_fini(&instance);
        inl.push_back(sample.ramp.inl_lsb);
        enob.push_back(sample.sine.enob_bit);
    }
    std::sort(inl.begin(), inl.end());
    std::sort(enob.begin(), enob.end());
    const npim_adc_figures f = run(trial);
    EXPECT_EQ(f.inl_lsb.median, inl[10]); // 21 samples: the 2nd, 10th and 18th of 0..20
    EXPECT_EQ(f.inl_lsb.p10, inl[2]);
    EXPECT_EQ(f.inl_lsb.p90, inl[18]);
    EXPECT_EQ(f.enob_bit.median, enob[10]);
    EXPECT_GT(f.inl_lsb.p90, f.inl_lsb.p10);
}

TEST_F(characterize_adc, the_same_seed_gives_the_same_bytes) {
    npim_adc_trial trial = small();
    const npim_adc_figures a = run(trial), b = run(trial);
    EXPECT_EQ(std::memcmp(&a, &b, sizeof a), 0);
    trial.seed++;
    const npim_adc_figures c = run(trial);
    EXPECT_NE(std::memcmp(&a, &c, sizeof a), 0);
    EXPECT_EQ(a.inl_lsb.nominal, c.inl_lsb.nominal);
}

TEST_F(characterize_adc, more_variation_is_worse) {
    npim_adc_trial trial = small();
    double inl = 0, enob = 9;
    for (const double sigma : {0.005, 0.02, 0.08}) {
        trial.variation.sigma = sigma;
        const npim_adc_figures f = run(trial);
        EXPECT_GT(f.inl_lsb.median, inl);
        EXPECT_LT(f.enob_bit.median, enob);
        inl = f.inl_lsb.median;
        enob = f.enob_bit.median;
    }
}

TEST_F(characterize_adc, no_samples_give_the_nominal_figures) {
    npim_adc_trial trial = small();
    trial.samples = 0;
    const npim_adc_figures f = run(trial);
    EXPECT_EQ(f.enob_bit.median, f.enob_bit.nominal);
    EXPECT_EQ(f.monotonic_share, 1);
}

TEST_F(characterize_adc, bad_trials_are_refused) {
    const struct {
        void (*spoil)(npim_adc_trial *);
        npim_status status;
        const char *message;
    } cases[] = {
        {[](npim_adc_trial *t) { t->full_scale_V = 0; }, NPIM_EUSAGE, "full_scale_V = 0"},
        {[](npim_adc_trial *t) { t->full_scale_V = 1.01; }, NPIM_EUSAGE, "full_scale_V = 1.01"},
        {[](npim_adc_trial *t) { t->full_scale_V = std::nan(""); }, NPIM_EUSAGE, "full_scale_V = nan"},
        {[](npim_adc_trial *t) { t->ramp_points = 7; }, NPIM_EUSAGE, "7 ramp"},
        {[](npim_adc_trial *t) { t->sine_points = 2u << 20; }, NPIM_EUSAGE, "2097152 sine"},
        {[](npim_adc_trial *t) { t->overdrive_share = -0.1; }, NPIM_EUSAGE, "overdrive_share = -0.1"},
        {[](npim_adc_trial *t) { t->sine_share = 1.5; }, NPIM_EUSAGE, "sine_share = 1.5"},
        {[](npim_adc_trial *t) { t->samples = 100001; }, NPIM_EUSAGE, "100001 samples"},
        {[](npim_adc_trial *t) { t->cycles = 64; }, NPIM_ECONFIG, "64 cycles"},
        {[](npim_adc_trial *t) { t->variation.sigma = -0.1; }, NPIM_ECONFIG, "sigma = -0.1"},
        {[](npim_adc_trial *t) { t->variation.sigma = 0.51; }, NPIM_ECONFIG, "sigma = 0.51"}};
    for (const auto &c : cases) {
        npim_adc_trial trial = small();
        c.spoil(&trial);
        npim_adc_figures figures;
        npim_error error{};
        EXPECT_EQ(npim_adc_characterize(&converter_, &trial, &figures, &error), c.status) << c.message;
        EXPECT_NE(std::string(error.message).find(c.message), std::string::npos) << error.message;
    }
}

} // namespace
