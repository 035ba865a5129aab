#include "sim/reproduce/peripherals_parts.h"

#include "section_fixture.hpp"

#include <memory>

namespace {

struct peripheral_energy : section_fixture {
    ~peripheral_energy() override {
        npim_arch_fini(isaac.get());
        npim_arch_fini(neural_pim.get());
    }
    void load() {
        const char *const folder_of = NPIM_SOURCE_DIR "/sim/arch/";
        ASSERT_EQ(
            npim_arch_load(isaac.get(), (std::string(folder_of) + "isaac.toml").c_str(), nullptr, 0, &error),
            NPIM_OK);
        ASSERT_EQ(npim_arch_load(neural_pim.get(), (std::string(folder_of) + "neural-pim.toml").c_str(),
                                 nullptr, 0, &error),
                  NPIM_OK);
    }
    // Circuits of these figures.
    npim_peripheral_claims set(double adc_ns, double adc_pJ, double sa_uW) {
        circuits[NPIM_SHIPPED_NNADC].settle_ns = circuits[NPIM_SHIPPED_NNADC].mean_settle_ns = adc_ns;
        circuits[NPIM_SHIPPED_NNADC].settle_pJ = adc_pJ;
        circuits[NPIM_SHIPPED_NNSA].settle_ns = 0.5;
        circuits[NPIM_SHIPPED_NNSA].settle_pJ = 0.25;
        circuits[NPIM_SHIPPED_NNSA].cell_power_uW = sa_uW;
        return npim_peripheral_claims_of(isaac.get(), neural_pim.get(), &circuits[NPIM_SHIPPED_NNADC]);
    }
    void make(const npim_peripheral_claims &claims) {
        begin();
        ASSERT_EQ(npim_peripheral_energy_make(&study, &claims, circuits, study.json, &error), NPIM_OK);
        expect_sound();
    }

    std::unique_ptr<npim_arch> isaac = std::make_unique<npim_arch>(),
                               neural_pim = std::make_unique<npim_arch>();
    npim_peripheral circuits[NPIM_N_PERIPHERALS]{};
};

// 128 conversions of 1.5625 pJ beside two operations of 3.03 pJ: the 33 times from which they were derived.
TEST_F(peripheral_energy, factors_by_hand) {
    load();
    make(set(3, 2, 10));
    EXPECT_NEAR(npim_document_number(study.json, "sa_factor_model"), 200 / 6.06, 1e-9);
    EXPECT_NEAR(npim_document_number(study.json, "sa_factor_model"), 33, 0.05);
    EXPECT_NEAR(npim_document_number(study.json, "sa_factor_circuit"), 200 / (2 * 10e-3 * 123), 1e-9);
    EXPECT_NEAR(npim_document_number(study.json, "sa_factor_settled"), 200 / 0.5, 1e-9);
    EXPECT_NEAR(npim_document_number(study.json, "adc_factor_model"), 200 / 7.5, 1e-9);
    EXPECT_NEAR(npim_document_number(study.json, "adc_factor_settled"), 200 / 2.0, 1e-9);
    const npim_table *t = table("peripheral_energy");
    EXPECT_EQ(number(t, 0, "energy_pJ"), 200);
    EXPECT_EQ(number(t, 0, "factor"), 1);
    EXPECT_NEAR(number(t, 1, "energy_pJ"), 6.06, 1e-12);
    EXPECT_EQ(number(t, 1, "operations"), 2);
}

// 512 results in 246 ns: a converter that takes 3.2214 ns makes 76.4 of them.
TEST_F(peripheral_energy, a_slow_circuit_does_not_support_the_rate) {
    load();
    const npim_peripheral_claims claims = set(3.2214, 2, 10);
    EXPECT_EQ(claims.results, 512);
    EXPECT_EQ(claims.interval_ns, 246);
    EXPECT_EQ(claims.converters, 2);
    EXPECT_EQ(claims.needed_converters, 7);
    make(claims);
    const npim_table *t = table("peripheral_rates");
    EXPECT_EQ(text(t, 0, "supported"), "yes"); // 0.5 of 123 ns
    EXPECT_EQ(text(t, 1, "supported"), "NO");
    EXPECT_EQ(number(t, 0, "units"), 512);
    EXPECT_EQ(number(t, 0, "needed_units"), 512); // each result keeps its sum in its own
    EXPECT_EQ(number(t, 1, "needed_units"), 7);
    EXPECT_EQ(npim_document_number(study.json, "adc_needed_converters"), 7);
    EXPECT_EQ(npim_document_number(study.json, "adc_assumed_GSps"), 1.0407);
}

TEST_F(peripheral_energy, a_fast_one_does) {
    load();
    make(set(0.96, 2, 10)); // two of them in 246 ns: 512.5
    EXPECT_EQ(text(table("peripheral_rates"), 1, "supported"), "yes");
    EXPECT_EQ(number(table("peripheral_rates"), 1, "needed_units"), 2);
}

// However many there are: an NNS+A that settles within a cycle supports its rate, and no other.
TEST_F(peripheral_energy, an_adder_must_settle_within_its_cycle) {
    load();
    for (const auto &[ns, supported] :
         {std::pair(123.0, "yes"), std::pair(123.1, "NO"), std::pair(double{NAN}, "not measured")}) {
        const npim_peripheral_claims claims = set(0.5, 2, 10);
        circuits[NPIM_SHIPPED_NNSA].settle_ns = ns;
        make(claims);
        EXPECT_EQ(text(table("peripheral_rates"), 0, "supported"), supported) << ns;
        EXPECT_EQ(number(table("peripheral_rates"), 0, "needed_units"), 512) << ns;
    }
}

TEST_F(peripheral_energy, without_a_transient_run_nothing_is_said) {
    load();
    make(set(NAN, NAN, NAN));
    EXPECT_EQ(text(table("peripheral_rates"), 1, "supported"), "not measured");
    EXPECT_FALSE(cJSON_HasObjectItem(study.json, "adc_settle_ns"));
    EXPECT_FALSE(cJSON_HasObjectItem(study.json, "adc_factor_settled"));
    EXPECT_TRUE(cJSON_HasObjectItem(study.json, "adc_factor_model"));
    EXPECT_TRUE(std::isnan(number(table("peripheral_energy"), 2, "factor")));
}

} // namespace
