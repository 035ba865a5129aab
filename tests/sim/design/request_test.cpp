#include "sim/design/request.h"

#include <gtest/gtest.h>

#include <string>

namespace {

struct request_test : testing::Test {
    npim_status read() {
        error = {};
        return npim_design_request_read(&r, &o, &error);
    }
    npim_options o{};
    npim_design_request r{};
    npim_error error{};
};

TEST_F(request_test, presets) {
    o.subject = "neural-adc";
    ASSERT_EQ(read(), NPIM_OK) << error.message;
    EXPECT_EQ(r.kind, NPIM_DESIGN_NEURAL_ADC);
    EXPECT_EQ(r.method, NPIM_DESIGN_SYNTHESISED);
    EXPECT_EQ(r.card, NPIM_CARD_SC);
    EXPECT_EQ(r.bits, 8u);
    EXPECT_EQ(r.code, NPIM_CODE_PIPELINE);
    EXPECT_EQ(r.dac_bits, 1u);
    EXPECT_EQ(r.multiplicity, 4u);
    EXPECT_EQ(r.cell_bits, 3u);
    EXPECT_EQ(r.v_max_V, 0);
    EXPECT_EQ(r.hidden, 16u);
    EXPECT_EQ(r.runs, 5u);
    EXPECT_EQ(r.seed, 1u);
}

TEST_F(request_test, every_option_of_a_trained_shift_and_add_has_its_place) {
    o.subject = "neural-sa";
    o.method = "trained";
    o.card = "b4";
    o.dac_bits = "2";
    o.multiplicity = "16";
    o.cell_bits = "5";
    o.hidden = "12";
    o.runs = "3";
    o.circuit_seed = "99";
    ASSERT_EQ(read(), NPIM_OK) << error.message;
    EXPECT_EQ(r.kind, NPIM_DESIGN_NEURAL_SA);
    EXPECT_EQ(r.method, NPIM_DESIGN_TRAINED);
    EXPECT_EQ(r.card, NPIM_CARD_B4);
    EXPECT_EQ(r.dac_bits, 2u);
    EXPECT_EQ(r.multiplicity, 16u);
    EXPECT_EQ(r.cell_bits, 5u);
    EXPECT_EQ(r.hidden, 12u);
    EXPECT_EQ(r.runs, 3u);
    EXPECT_EQ(r.seed, 99u);
}

TEST_F(request_test, every_option_of_a_converter_has_its_place) {
    o.subject = "neural-adc";
    o.code = "gray";
    o.bits = "4";
    o.v_max = "0.25";
    o.loaded = o.settle = true;
    ASSERT_EQ(read(), NPIM_OK) << error.message;
    EXPECT_EQ(r.kind, NPIM_DESIGN_NEURAL_ADC);
    EXPECT_EQ(r.code, NPIM_CODE_GRAY);
    EXPECT_EQ(r.bits, 4u);
    EXPECT_EQ(r.v_max_V, 0.25);
    EXPECT_TRUE(r.loaded);
    EXPECT_TRUE(r.settle);
}

// An option that says nothing to the circuit is an error, never ignored.
TEST_F(request_test, options_of_other_circuits_are_refused) {
    const struct {
        const char *subject, *method;
        const char *npim_options::*member;
        const char *value, *said;
    } cases[] = {
        {"neural-sa", "synthesised", &npim_options::bits, "4", "--bits 4"},
        {"neural-sa", "trained", &npim_options::code, "gray", "--code gray"},
        {"neural-sa", "trained", &npim_options::v_max, "0.1", "--v-max 0.1"},
        {"neural-sa", "synthesised", &npim_options::hidden, "4", "--hidden 4"},
        {"neural-adc", "synthesised", &npim_options::runs, "4", "--runs 4"},
        {"neural-adc", "trained", &npim_options::dac_bits, "2", "--dac-bits 2"},
    };
    for (const auto &bad : cases) {
        o = {};
        o.subject = bad.subject;
        o.method = bad.method;
        o.*bad.member = bad.value;
        EXPECT_EQ(read(), NPIM_EUSAGE) << bad.said;
        EXPECT_EQ(std::string(error.message).rfind(std::string(bad.said) + ": says nothing", 0), 0u)
            << error.message;
    }
    o = {};
    o.subject = "neural-adc";
    o.code = "gray"; // 8 bit are two stages
    EXPECT_EQ(read(), NPIM_EUSAGE);
    EXPECT_NE(std::string(error.message).find("--code gray"), std::string::npos) << error.message;
}

TEST_F(request_test, one_stage_ends_at_six_bit) {
    o.subject = "neural-adc";
    for (const auto &[bits, code] : {std::pair("6", NPIM_CODE_THERMOMETER), {"7", NPIM_CODE_PIPELINE}}) {
        o.bits = bits;
        ASSERT_EQ(read(), NPIM_OK);
        EXPECT_EQ(r.code, static_cast<uint32_t>(code)) << bits;
    }
    o = {};
    o.subject = "neural-sa"; // has no code
    ASSERT_EQ(read(), NPIM_OK);
    EXPECT_EQ(r.code, NPIM_CODE_THERMOMETER);
}

TEST_F(request_test, a_trained_converter_has_one_stage) {
    o.subject = "neural-adc";
    o.method = "trained";
    ASSERT_EQ(read(), NPIM_OK) << error.message;
    EXPECT_EQ(r.bits, 4u);
    EXPECT_EQ(r.code, NPIM_CODE_THERMOMETER);
    o.bits = "5";
    ASSERT_EQ(read(), NPIM_OK);
    EXPECT_EQ(r.bits, 5u);
    o.bits = "6";
    EXPECT_EQ(read(), NPIM_EUSAGE);
    EXPECT_NE(std::string(error.message).find("--bits 6"), std::string::npos) << error.message;
    o.bits = nullptr;
    o.v_max = "0.25";
    EXPECT_EQ(read(), NPIM_EUSAGE);
    EXPECT_NE(std::string(error.message).find("--v-max 0.25"), std::string::npos) << error.message;
}

TEST_F(request_test, no_circuit_or_an_unknown_one) {
    EXPECT_EQ(read(), NPIM_EUSAGE);
    EXPECT_NE(std::string(error.message).find("neural-sa or neural-adc"), std::string::npos);
    for (const char *name : {"", "neural", "NEURAL-SA", "0", "inverter"}) {
        o.subject = name;
        EXPECT_EQ(read(), NPIM_EUSAGE) << name;
        EXPECT_NE(std::string(error.message).find("circuit"), std::string::npos) << error.message;
    }
}

TEST_F(request_test, options_out_of_range_are_refused_by_their_names) {
    const struct {
        const char *npim_options::*member;
        const char *value, *option;
    } cases[] = {{&npim_options::method, "magic", "--method"},
                 {&npim_options::card, "x", "--card"},
                 {&npim_options::code, "morse", "--code"},
                 {&npim_options::bits, "0", "--bits"},
                 {&npim_options::bits, "11", "--bits"},
                 {&npim_options::dac_bits, "9", "--dac-bits"},
                 {&npim_options::multiplicity, "0", "--multiplicity"},
                 {&npim_options::multiplicity, "17", "--multiplicity"},
                 {&npim_options::cell_bits, "9", "--cell-bits"},
                 {&npim_options::v_max, "-0.1", "--v-max"},
                 {&npim_options::v_max, "5.1", "--v-max"},
                 {&npim_options::hidden, "257", "--hidden"},
                 {&npim_options::runs, "101", "--runs"},
                 {&npim_options::circuit_seed, "-1", "--seed"},
                 {&npim_options::circuit_seed, "9007199254740992", "--seed"}};
    for (const auto &bad : cases) {
        o = {};
        o.subject = "neural-adc";
        o.*bad.member = bad.value;
        EXPECT_EQ(read(), NPIM_EUSAGE) << bad.option << " " << bad.value;
        const std::string message = error.message;
        EXPECT_EQ(message.rfind(bad.option, 0), 0u) << message;
        EXPECT_NE(message.find(bad.value), std::string::npos) << message;
    }
}

// What a file says must be what the options say: the same table.
TEST_F(request_test, fields_are_documented) {
    for (size_t i = 0; i < npim_n_design_fields; i++) {
        const npim_field &field = npim_design_fields[i];
        EXPECT_NE(std::string(field.doc), "") << field.key;
        EXPECT_TRUE(field.required || (field.preset >= field.min && field.preset <= field.max)) << field.key;
    }
    EXPECT_EQ(npim_design_kind_names[2], nullptr);
}

} // namespace
