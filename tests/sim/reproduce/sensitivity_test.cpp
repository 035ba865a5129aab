#include "sim/reproduce/sections.h"
#include "sim/reproduce/sensitivity.h"

#include "study_fixture.hpp"

#include <cmath>
#include <memory>

namespace {

const char *const archs[NPIM_STUDY_ARCHS] = {"isaac", "cascade", "neural-pim"};

class sensitivity : public study_fixture {
  protected:
    void SetUp() override {
        study_fixture::SetUp();
        begin(true);
    }
    const npim_sensitive *row(const char *arch, const char *key) const {
        for (size_t i = 0; i < s->n; i++)
            if (std::string(s->rows[i].arch) == arch && std::string(s->rows[i].key) == key)
                return &s->rows[i];
        ADD_FAILURE() << arch << " " << key;
        return &s->rows[0];
    }
    std::unique_ptr<npim_sensitivities> s = std::make_unique<npim_sensitivities>();
};

TEST_F(sensitivity, values_move_what_they_must) {
    ASSERT_EQ(npim_sensitivities_make(s.get(), &study, archs, &error), NPIM_OK) << error.message;
    EXPECT_NEAR(s->base[4], 3.43, 0.01);
    // Throughput of all three goes with the cycle: half the cycle of Neural-PIM doubles its ratios, as far as
    // the converters keep up (two at 1.04 GS/s do not, so nothing changes at half the cycle).
    const npim_sensitive *cycle = row("neural-pim", "pe.cycle_ns");
    EXPECT_EQ(cycle->half.value, 61.5);
    EXPECT_NEAR(cycle->twice.ratios[4], s->base[4] / 2, 1e-3 * s->base[4]);
    // Twice the energy of CASCADE's buffer write: only what compares with CASCADE changes, and upwards.
    const npim_sensitive *write = row("cascade", "block.analog_buffer.write_energy_pJ");
    EXPECT_EQ(write->twice.value, 0.34);
    EXPECT_EQ(write->twice.ratios[0], s->base[0]);
    EXPECT_GT(write->twice.ratios[1], 1.1 * s->base[1]);
    EXPECT_LT(write->half.ratios[1], s->base[1]);
    EXPECT_EQ(write->half.ratios[5], s->base[5]);
    // A 4-bit DAC at twice the power: known to weigh heavily.
    EXPECT_LT(row("neural-pim", "block.dac.power_uW")->twice.ratios[0], 0.8 * s->base[0]);
}

TEST_F(sensitivity, every_assumed_and_calibrated_number_is_there_once) {
    ASSERT_EQ(npim_sensitivities_make(s.get(), &study, archs, &error), NPIM_OK) << error.message;
    size_t calibrated = 0;
    for (size_t i = 0; i < s->n; i++) {
        const npim_sensitive &r = s->rows[i];
        EXPECT_TRUE(std::string(r.tag) == "A" || std::string(r.tag) == "C") << r.key;
        calibrated += std::string(r.tag) == "C";
        for (const npim_sensitive_side *side : {&r.half, &r.twice})
            for (const double ratio : side->ratios)
                EXPECT_EQ(std::isnan(ratio), *side->refused != 0) << r.key;
        for (size_t k = 0; k < i; k++)
            EXPECT_FALSE(std::string(r.key) == s->rows[k].key && std::string(r.arch) == s->rows[k].arch)
                << r.key;
    }
    EXPECT_EQ(calibrated, 4u); // the four of the headline
    EXPECT_GT(s->n, 80u);
}

TEST_F(sensitivity, tornados_begin_with_the_widest) {
    ASSERT_EQ(npim_sensitivity_make(&study, &error), NPIM_OK) << error.message;
    const npim_exhibit *e = exhibit("tornado_energy_isaac");
    double earlier = 1e300;
    ASSERT_GT(npim_table_rows(&e->table), 3u);
    for (size_t r = 0; r < npim_table_rows(&e->table); r++) {
        const double half = npim_table_at(&e->table, r, 3)->number,
                     twice = npim_table_at(&e->table, r, 4)->number;
        const double base = 5.335764899095529; // of the default set, event accounting
        const double span = std::max(std::abs(half - base), std::abs(twice - base));
        EXPECT_LE(span, earlier * 1.000001) << r;
        earlier = span;
    }
}

} // namespace
