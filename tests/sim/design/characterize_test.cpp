#include "sim/design/characterize.h"

#include "sim/design/characterize_adc.h"
#include "sim/design/neural_adc.h"
#include "spice_fixture.hpp"

#include <memory>

namespace {

struct characterize_test : testing::Test {
    ~characterize_test() override { npim_design_fini(design.get()); }
    void make(npim_design_kind kind, uint32_t bits = 8, double v_max_V = 0) {
        npim_design_request r{};
        r.kind = kind;
        r.code = NPIM_CODE_THERMOMETER;
        r.bits = bits;
        r.dac_bits = 2;
        r.multiplicity = 4;
        r.cell_bits = 3;
        r.v_max_V = v_max_V;
        npim_design_request_complete(&r);
        npim_design_fini(design.get());
        ASSERT_EQ(npim_design_make(design.get(), &r, circuits_folder().c_str(), &error), NPIM_OK)
            << error.message;
    }
    void measure(const npim_sampling &sampling) {
        ASSERT_EQ(npim_characterize(&result, design.get(), &sampling, &error), NPIM_OK) << error.message;
    }
    const npim_spread &figure(const std::string &key) const {
        for (size_t i = 0; i < result.n_figures; i++)
            if (key == result.figures[i].key) return result.figures[i].spread;
        ADD_FAILURE() << "no figure " << key;
        static const npim_spread none{};
        return none;
    }
    std::string text() const {
        char *raw = npim_characterization_text(&result);
        const std::string copy = raw ? raw : "no memory";
        std::free(raw);
        return copy;
    }
    std::string json() const {
        cJSON *root = npim_characterization_json(&result);
        char *raw = cJSON_Print(root);
        const std::string copy = raw ? raw : "no memory";
        std::free(raw);
        cJSON_Delete(root);
        return copy;
    }
    std::unique_ptr<npim_design> design = std::make_unique<npim_design>();
    npim_characterization result{};
    npim_error error{};
};

void expect_same(const npim_spread &a, const npim_spread &b) {
    EXPECT_EQ(a.nominal, b.nominal);
    EXPECT_EQ(a.median, b.median);
    EXPECT_EQ(a.p10, b.p10);
    EXPECT_EQ(a.p90, b.p90);
}

TEST_F(characterize_test, sampling_from_options) {
    npim_options o{};
    npim_sampling s{};
    ASSERT_EQ(npim_sampling_read(&s, &o, &error), NPIM_OK);
    EXPECT_EQ(s.sigma, 0.025);
    EXPECT_EQ(s.samples, 100u);
    EXPECT_EQ(s.seed, 1u);
    o.sigma = "0.5";
    o.samples = "0";
    o.circuit_seed = "12";
    ASSERT_EQ(npim_sampling_read(&s, &o, &error), NPIM_OK) << error.message;
    EXPECT_EQ(s.sigma, 0.5);
    EXPECT_EQ(s.samples, 0u);
    EXPECT_EQ(s.seed, 12u);
    EXPECT_EQ(s.effects.offset_mV + s.effects.node_fF + s.effects.stuck_on_rate + s.effects.stuck_off_rate,
              0);
    o.offset = "5";
    o.node = "2";
    o.stuck_on = "0.01";
    o.stuck_off = "0.02";
    ASSERT_EQ(npim_sampling_read(&s, &o, &error), NPIM_OK) << error.message;
    const npim_circuit_variation v = npim_sampling_variation(&s);
    EXPECT_EQ(v.sigma, 0.5);
    EXPECT_DOUBLE_EQ(v.offset_V, 5e-3);
    EXPECT_DOUBLE_EQ(v.node_F, 2e-15);
    EXPECT_EQ(v.temperature_K, 300);
    EXPECT_EQ(v.stuck_on_rate, 0.01);
    EXPECT_EQ(v.stuck_off_rate, 0.02);
    const struct {
        const char *npim_options::*member;
        const char *value, *option;
    } cases[] = {
        {&npim_options::sigma, "-0.001", "--sigma"},    {&npim_options::sigma, "0.501", "--sigma"},
        {&npim_options::sigma, "nan", "--sigma"},       {&npim_options::samples, "100001", "--samples"},
        {&npim_options::samples, "-1", "--samples"},    {&npim_options::circuit_seed, "x", "--seed"},
        {&npim_options::offset, "101", "--offset-mV"},  {&npim_options::node, "-1", "--node-fF"},
        {&npim_options::stuck_on, "1.5", "--stuck-on"}, {&npim_options::stuck_off, "nan", "--stuck-off"}};
    for (const auto &bad : cases) {
        npim_options wrong{};
        wrong.*bad.member = bad.value;
        EXPECT_EQ(npim_sampling_read(&s, &wrong, &error), NPIM_EUSAGE) << bad.value;
        EXPECT_EQ(std::string(error.message).rfind(bad.option, 0), 0u) << error.message;
    }
}

TEST_F(characterize_test, a_converter_has_the_figures_of_its_tests) {
    make(NPIM_DESIGN_NEURAL_ADC, 4);
    measure({0.05, 9, 4, {}, nullptr});
    npim_adc_trial trial = npim_adc_default_trial(1);
    trial.variation.sigma = 0.05;
    trial.samples = 9;
    trial.seed = 4;
    npim_adc_figures wanted{};
    ASSERT_EQ(npim_adc_characterize(&design->converter, &trial, &wanted, &error), NPIM_OK);
    expect_same(figure("dnl_lsb"), wanted.dnl_lsb);
    expect_same(figure("inl_lsb"), wanted.inl_lsb);
    expect_same(figure("enob_bit"), wanted.enob_bit);
    expect_same(figure("sinad_dB"), wanted.sinad_dB);
    expect_same(figure("missing_codes"), wanted.missing_codes);
    expect_same(figure("rms_error_mV"), wanted.rms_error_mV);
    expect_same(figure("rms_error_corrected_mV"), wanted.rms_error_corrected_mV);
    EXPECT_EQ(result.n_figures, 7u);
}

// The full scale of each kind: were it wrong, codes would be missing at the ends, or the sine clipped.
TEST_F(characterize_test, every_full_scale_is_used_up) {
    for (const auto &[bits, v_max_V] : {std::pair(8u, 0.0), {8u, 0.25}, {4u, 0.0}, {4u, 0.25}, {6u, 0.1}}) {
        make(NPIM_DESIGN_NEURAL_ADC, bits, v_max_V);
        measure({0.025, 0, 1, {}, nullptr});
        EXPECT_GT(figure("enob_bit").nominal, bits - 0.15) << bits << " bit, " << v_max_V;
        EXPECT_LT(figure("inl_lsb").nominal, 0.2) << bits << " bit, " << v_max_V;
        EXPECT_EQ(figure("missing_codes").nominal, 0);
    }
}

TEST_F(characterize_test, a_shift_and_add_has_the_figures_of_its_test) {
    make(NPIM_DESIGN_NEURAL_SA);
    measure({0.05, 7, 4, {}, nullptr});
    const npim_sa_task task = {2, 0.5};
    npim_sa_trial trial = npim_sa_default_trial(&task);
    trial.variation.sigma = 0.05;
    trial.samples = 7;
    trial.seed = 4;
    npim_sa_figures wanted{};
    ASSERT_EQ(npim_sa_measure(&design->converter.circuit, &trial, &wanted, &error), NPIM_OK);
    expect_same(figure("sinad_dB"), wanted.sinad_dB);
    expect_same(figure("sinad_corrected_dB"), wanted.corrected_dB);
    expect_same(figure("rms_error_mV"), wanted.rms_error_mV);
    EXPECT_EQ(result.n_figures, 3u);
}

TEST_F(characterize_test, without_samples_or_sigma_there_is_the_nominal_circuit) {
    for (const npim_design_kind kind : {NPIM_DESIGN_NEURAL_SA, NPIM_DESIGN_NEURAL_ADC}) {
        make(kind, 4);
        for (const npim_sampling &s :
             {npim_sampling{0.025, 0, 1, {}, nullptr}, npim_sampling{0, 3, 1, {}, nullptr}}) {
            measure(s);
            for (size_t i = 0; i < result.n_figures; i++) {
                const npim_spread &f = result.figures[i].spread;
                EXPECT_EQ(f.median, f.nominal);
                EXPECT_EQ(f.p10, f.nominal);
                EXPECT_EQ(f.p90, f.nominal);
            }
        }
    }
}

TEST_F(characterize_test, the_seed_decides_and_nothing_else) {
    make(NPIM_DESIGN_NEURAL_ADC, 4);
    measure({0.1, 5, 1, {}, nullptr});
    const std::string one = text(), one_json = json();
    measure({0.1, 5, 1, {}, nullptr});
    EXPECT_EQ(text(), one);
    EXPECT_EQ(json(), one_json);
    const double median = figure("inl_lsb").median;
    measure({0.1, 5, 2, {}, nullptr});
    EXPECT_NE(figure("inl_lsb").median, median);
}

TEST_F(characterize_test, json_has_the_keys_and_spreads) {
    for (const npim_design_kind kind : {NPIM_DESIGN_NEURAL_SA, NPIM_DESIGN_NEURAL_ADC}) {
        make(kind, 4);
        measure({0.05, 5, 7, {}, nullptr});
        cJSON *root = npim_characterization_json(&result);
        const bool adc = kind == NPIM_DESIGN_NEURAL_ADC;
        const auto value = [&](const cJSON *object, const char *key) {
            const cJSON *item = cJSON_GetObjectItemCaseSensitive(object, key);
            EXPECT_TRUE(cJSON_IsNumber(item)) << key;
            return item ? item->valuedouble : -1;
        };
        EXPECT_STREQ(cJSON_GetStringValue(cJSON_GetObjectItem(root, "circuit")),
                     adc ? "neural-adc" : "neural-sa");
        EXPECT_EQ(value(root, "bits"), adc ? 4 : 8); // a shift-and-add takes 8 bit of the input
        if (!adc) {
            EXPECT_EQ(value(root, "dac_bits"), 2);
        }
        EXPECT_EQ(value(root, "sigma"), 0.05);
        EXPECT_EQ(value(root, "samples"), 5);
        EXPECT_EQ(value(root, "seed"), 7);
        EXPECT_EQ(value(root, "cells"), design->converter.circuit.n_cells);
        EXPECT_EQ(value(root, "inverters"), design->inverters);
        EXPECT_EQ(value(root, "latches"), design->latches);
        EXPECT_EQ(value(root, "area_um2"), design->area_um2);
        const std::vector<const char *> keys =
            adc ? std::vector<const char *>{"dnl_lsb", "inl_lsb", "enob_bit", "missing_codes", "sinad_dB"}
                : std::vector<const char *>{"sinad_dB", "sinad_corrected_dB", "rms_error_mV"};
        for (const char *key : keys) {
            const cJSON *object = cJSON_GetObjectItemCaseSensitive(root, key);
            ASSERT_TRUE(cJSON_IsObject(object)) << key;
            EXPECT_EQ(cJSON_GetArraySize(object), 4);
            EXPECT_EQ(value(object, "nominal"), figure(key).nominal);
            EXPECT_EQ(value(object, "median"), figure(key).median);
            EXPECT_EQ(value(object, "p10"), figure(key).p10);
            EXPECT_EQ(value(object, "p90"), figure(key).p90);
            EXPECT_LE(figure(key).p10, figure(key).median);
            EXPECT_LE(figure(key).median, figure(key).p90);
        }
        cJSON_Delete(root);
    }
}

TEST_F(characterize_test, the_text_says_what_was_measured) {
    make(NPIM_DESIGN_NEURAL_SA);
    measure({0.05, 5, 7, {}, nullptr});
    const std::string sa = text();
    EXPECT_EQ(sa.rfind("neural-sa, 2 bit a cycle, 4 cycles: ", 0), 0u) << sa;
    EXPECT_NE(sa.find("sigma 0.05, 5 samples, seed 7\n"), std::string::npos) << sa;
    EXPECT_NE(sa.find("\nrms_error_mV "), std::string::npos) << sa;
    make(NPIM_DESIGN_NEURAL_ADC, 4);
    measure({0.05, 5, 7, {}, nullptr});
    EXPECT_EQ(text().rfind("neural-adc, 4 bit: ", 0), 0u) << text();
    EXPECT_NE(text().find(", 15 latches, "), std::string::npos) << text();
}

// Every effect that the evaluator knows makes a converter worse, and is said in what is printed.
TEST_F(characterize_test, offset_thermal_noise_and_faults_cost_accuracy) {
    make(NPIM_DESIGN_NEURAL_ADC, 8);
    measure({0.025, 9, 3, {}, nullptr});
    const double without = figure("enob_bit").median;
    EXPECT_EQ(text().find("offset"), std::string::npos);
    const struct {
        npim_sampling_effects effects;
        const char *said;
    } cases[] = {{{5, 0, 0, 0}, "offset 5 mV"},
                 {{0, 1, 0, 0}, "kT/C of 1 fF"},
                 {{0, 0, 0.02, 0}, "0.02 stuck on"},
                 {{0, 0, 0, 0.02}, "0.02 stuck off"}};
    for (const auto &k : cases) {
        measure({0.025, 9, 3, k.effects, nullptr});
        EXPECT_LT(figure("enob_bit").median, without - 0.05) << k.said;
        EXPECT_NE(text().find(k.said), std::string::npos) << text();
    }
}

// A code's voltage is the middle of its step: an ideal converter errs by LSB / sqrt(12), and so does one
// whose gain and offset are off once they are corrected.
TEST_F(characterize_test, errors_of_a_converter_with_and_without_correction) {
    make(NPIM_DESIGN_NEURAL_ADC, 8);
    measure({0.025, 30, 1, {}, nullptr});
    const double ideal_mV = 1e3 / 256 / std::sqrt(12.0);
    EXPECT_NEAR(figure("rms_error_mV").nominal, ideal_mV, 0.03 * ideal_mV);
    EXPECT_LE(figure("rms_error_corrected_mV").nominal, figure("rms_error_mV").nominal);
    EXPECT_LT(figure("rms_error_corrected_mV").median, figure("rms_error_mV").median);
    EXPECT_GT(figure("rms_error_corrected_mV").median, ideal_mV);
}

TEST_F(characterize_test, a_design_notes_what_it_achieved) {
    make(NPIM_DESIGN_NEURAL_ADC, 4);
    measure({0.05, 9, 4, {}, nullptr});
    EXPECT_EQ(design->achieved.n, 0u);
    ASSERT_EQ(npim_design_achieve(design.get(), &result, &error), NPIM_OK);
    EXPECT_EQ(design->achieved.sigma, 0.05);
    EXPECT_EQ(design->achieved.samples, 9u);
    EXPECT_EQ(design->achieved.seed, 4u);
    EXPECT_GT(design->achieved.cell_power_uW, 0);
    ASSERT_EQ(design->achieved.n, result.n_figures);
    for (size_t i = 0; i < result.n_figures; i++) {
        EXPECT_STREQ(design->achieved.figures[i].key, result.figures[i].key);
        expect_same(design->achieved.figures[i].spread, result.figures[i].spread);
    }
    EXPECT_EQ(npim_characterization_find(&result, "enob_bit"), &figure("enob_bit"));
    EXPECT_EQ(npim_characterization_find(&result, "enob"), nullptr);
}

// As a file may hold it: two stages without the rails that tell their full scale.
TEST_F(characterize_test, a_pipeline_without_rails) {
    small_circuit c(1, {}, shipped_table("sc").inverter);
    for (int i = 0; i < 5; i++) c.add(NPIM_NEURON_PASSIVE, {{0, 7, false}});
    c.circuit.n_outputs = 5;
    const auto bare = std::make_unique<npim_design>();
    bare->request.kind = NPIM_DESIGN_NEURAL_ADC;
    bare->converter.circuit = *c.done();
    bare->converter.kind = NPIM_CODE_PIPELINE;
    bare->converter.bits = 2;
    bare->converter.n_coarse = 1;
    ASSERT_EQ(npim_converter_check(&bare->converter, &error), NPIM_OK) << error.message;
    const npim_sampling sampling = {0.025, 1, 1, {}, nullptr};
    EXPECT_EQ(npim_characterize(&result, bare.get(), &sampling, &error), NPIM_EUSAGE);
    EXPECT_NE(std::string(error.message).find("full_scale_V = 0"), std::string::npos) << error.message;
}

TEST_F(characterize_test, what_cannot_be_measured) {
    make(NPIM_DESIGN_NEURAL_ADC, 4);
    const npim_sampling wild = {0.6, 1, 1, {}, nullptr};
    EXPECT_EQ(npim_characterize(&result, design.get(), &wild, &error), NPIM_ECONFIG);
    EXPECT_NE(std::string(error.message).find("sigma = 0.6"), std::string::npos) << error.message;
    design->request.kind = NPIM_DESIGN_NEURAL_SA; // a circuit with one input
    const npim_sampling good = {0.025, 1, 1, {}, nullptr};
    EXPECT_EQ(npim_characterize(&result, design.get(), &good, &error), NPIM_ECONFIG);
}

} // namespace
