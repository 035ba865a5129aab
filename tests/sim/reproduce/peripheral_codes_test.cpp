#include "sim/reproduce/peripherals_parts.h"

#include "section_fixture.hpp"

namespace {

struct peripheral_codes : section_fixture {
    npim_status make(const std::string &document) {
        begin(answering(document));
        EXPECT_EQ(npim_peripherals_plan(&study, &error), NPIM_OK) << error.message;
        make_runs();
        return npim_peripheral_codes_make(&study, &error);
    }
};

// Column k of code c is k + c / 1024: each cell of a table says where it comes from.
std::string codes(int n) {
    const char *const columns[] = {"transition_V", "dnl_lsb",     "inl_lsb",    "dnl_p10_lsb",
                                   "dnl_p90_lsb",  "inl_p10_lsb", "inl_p90_lsb"};
    std::string text = "{\"codes\": {";
    for (int k = 0; k < 7; k++) {
        text += std::string(k ? ", " : "") + "\"" + columns[k] + "\": [";
        for (int c = 0; c < n; c++) text += (c ? ", " : "") + std::to_string(k + c / 1024.0);
        text += "]";
    }
    return text + "}}";
}

TEST_F(peripheral_codes, every_cell_comes_from_its_code) {
    ASSERT_EQ(make(codes(256)), NPIM_OK) << error.message;
    expect_sound();
    const struct {
        const char *transfer, *dnl, *inl;
        size_t codes;
    } converters[] = {{"nnadc_8bit_transfer", "nnadc_8bit_dnl", "nnadc_8bit_inl", 256},
                      {"nnadc_4bit_transfer", "nnadc_4bit_dnl", "nnadc_4bit_inl", 16}};
    for (const auto &v : converters) {
        SCOPED_TRACE(v.transfer);
        const npim_table *t = table(v.transfer);
        ASSERT_EQ(npim_table_rows(t), 2 * (v.codes - 1));
        for (size_t r = 0; r < npim_table_rows(t); r++) {
            const double code = static_cast<double>(r / 2 + 1);
            ASSERT_NEAR(number(t, r, "input_V"), code / 1024, 1e-6);
            ASSERT_EQ(number(t, r, "code"), code - (r % 2 == 0));
            ASSERT_EQ(number(t, r, "ideal_input_V"), code / static_cast<double>(v.codes));
        }
        for (const auto &[name, kind, first] : {std::tuple(v.dnl, "dnl", 1), std::tuple(v.inl, "inl", 2)}) {
            const npim_table *e = table(name);
            const std::string key = kind;
            ASSERT_EQ(npim_table_rows(e), v.codes - 2); // the end codes have no width
            for (size_t r = 0; r < npim_table_rows(e); r++) {
                const double code = static_cast<double>(r + 1), low = first == 1 ? 3 : 5;
                ASSERT_EQ(number(e, r, "code"), code);
                ASSERT_NEAR(number(e, r, key + "_lsb"), first + code / 1024, 1e-6);
                ASSERT_NEAR(number(e, r, key + "_p10_lsb"), low + code / 1024, 1e-6);
                ASSERT_NEAR(number(e, r, key + "_p90_lsb"), low + 1 + code / 1024, 1e-6);
            }
        }
    }
}

TEST_F(peripheral_codes, results_without_all_codes) {
    for (const std::string &document : {std::string("{}"), std::string(R"({"codes": {}})"), codes(255)}) {
        EXPECT_EQ(make(document), NPIM_EINVARIANT);
        EXPECT_NE(std::string(error.message).find("nnadc_8bit_transfer"), std::string::npos) << error.message;
    }
}

} // namespace
