#include "sim/doc.h"

#include <gtest/gtest.h>

#include <cmath>
#include <cstddef>
#include <limits>
#include <random>
#include <string>

namespace {

struct config {
    double power_mW;
    uint32_t bits;
    uint64_t seed;
    bool fast;
    uint32_t mode;
};

const char *const modes[] = {"slow", "quick", nullptr};

const npim_field fields[] = {
    {"power_mW", NPIM_KIND_DOUBLE, offsetof(config, power_mW), 0, 100, "mW", true, 0, nullptr, "its power"},
    {"bits", NPIM_KIND_U32, offsetof(config, bits), 1, 16, "bit", false, 8, nullptr, "resolution"},
    {"seed", NPIM_KIND_U64, offsetof(config, seed), 0, 9.3e18, "", false, 1, nullptr, "seed"},
    {"fast", NPIM_KIND_BOOL, offsetof(config, fast), 0, 1, "", false, 1, nullptr, "fast"},
    {"mode", NPIM_KIND_ENUM, offsetof(config, mode), 0, 1, "", false, 1, modes, "mode"},
};

struct doc_bind : testing::Test {
    ~doc_bind() override { npim_doc_fini(&doc); }
    void set(const char *assignment) { ASSERT_EQ(npim_doc_set(&doc, assignment, &e), NPIM_OK) << e.message; }
    npim_status bind() { return npim_doc_bind(&doc, "b", fields, std::size(fields), &c, "f.toml: b", &e); }
    void refuse(const char *assignment, const char *message) {
        set("b.power_mW=1");
        set(assignment);
        EXPECT_EQ(bind(), NPIM_ECONFIG);
        EXPECT_STREQ(e.message, message);
        npim_doc_fini(&doc);
    }
    npim_doc doc{};
    npim_error e{};
    config c{};
};

TEST_F(doc_bind, presets_hold_until_the_doc_says_otherwise) {
    set("b.power_mW=2");
    ASSERT_EQ(bind(), NPIM_OK) << e.message;
    EXPECT_EQ(c.power_mW, 2.0);
    EXPECT_EQ(c.bits, 8u);
    EXPECT_EQ(c.seed, 1u);
    EXPECT_TRUE(c.fast);
    EXPECT_EQ(c.mode, 1u);
    EXPECT_TRUE(npim_doc_find(&doc, "b.power_mW")->used);
}

TEST_F(doc_bind, every_kind_is_read) {
    for (const char *a :
         {"b.power_mW=0.25", "b.bits=16", "b.seed=9007199254740993", "b.fast=false", "b.mode=slow"})
        set(a);
    ASSERT_EQ(bind(), NPIM_OK) << e.message;
    EXPECT_EQ(c.power_mW, 0.25);
    EXPECT_EQ(c.bits, 16u);
    EXPECT_EQ(c.seed, 9007199254740993u);
    EXPECT_FALSE(c.fast);
    EXPECT_EQ(c.mode, 0u);
}

TEST_F(doc_bind, an_empty_prefix_reads_the_top_level) {
    set("power_mW=3");
    ASSERT_EQ(npim_doc_bind(&doc, "", fields, std::size(fields), &c, "f.toml", &e), NPIM_OK);
    EXPECT_EQ(c.power_mW, 3.0);
}

TEST_F(doc_bind, limits_are_inclusive) {
    for (const char *bits : {"b.bits=1", "b.bits=16"}) {
        set("b.power_mW=100"), set(bits);
        EXPECT_EQ(bind(), NPIM_OK) << e.message;
    }
}

TEST_F(doc_bind, a_missing_required_key_names_file_and_table) {
    set("b.bits=2");
    EXPECT_EQ(bind(), NPIM_ECONFIG);
    EXPECT_STREQ(e.message, "f.toml: b: required key power_mW is missing (0..100 mW): its power");
}

TEST_F(doc_bind, a_misspelt_required_key_is_reported_as_such) {
    set("b.powr_mW=2");
    EXPECT_EQ(bind(), NPIM_ECONFIG);
    EXPECT_STREQ(e.message, "--set: unknown key b.powr_mW (did you mean b.power_mW?)");
}

TEST_F(doc_bind, wrong_values_say_what_is_allowed) {
    refuse("b.bits=33", "--set: b.bits = 33: outside 1..16 bit");
    refuse("b.bits=0", "--set: b.bits = 0: outside 1..16 bit");
    refuse("b.bits=-1", "--set: b.bits = -1: outside 1..16 bit");
    refuse("b.bits=2.5", "--set: b.bits = 2.5: must be an integer in 1..16 bit");
    refuse("b.bits=x", "--set: b.bits = \"x\": must be an integer in 1..16 bit");
    refuse("b.power_mW=true", "--set: b.power_mW = true: must be a number in 0..100 mW");
    refuse("b.power_mW=nan", "--set: b.power_mW = nan: outside 0..100 mW");
    refuse("b.power_mW=inf", "--set: b.power_mW = inf: outside 0..100 mW");
    refuse("b.power_mW=100.1", "--set: b.power_mW = 100.1: outside 0..100 mW");
    refuse("b.fast=1", "--set: b.fast = 1: must be true or false");
    refuse("b.mode=1", "--set: b.mode = 1: must be one of slow, quick");
    refuse("b.mode=qick", "--set: b.mode = \"qick\": must be one of slow, quick");
}

TEST_F(doc_bind, text_is_checked) {
    char text[4] = "old";
    EXPECT_EQ(npim_doc_text(&doc, "t", false, text, sizeof text, "f", &e), NPIM_OK);
    EXPECT_STREQ(text, "old");
    EXPECT_EQ(npim_doc_text(&doc, "t", true, text, sizeof text, "f", &e), NPIM_ECONFIG);
    EXPECT_STREQ(e.message, "f: required key t is missing (text)");
    set("t=abc");
    EXPECT_EQ(npim_doc_text(&doc, "t", true, text, sizeof text, "f", &e), NPIM_OK);
    EXPECT_STREQ(text, "abc");
    set("t=abcd");
    EXPECT_EQ(npim_doc_text(&doc, "t", true, text, sizeof text, "f", &e), NPIM_ECONFIG);
    set("t=\"\"");
    EXPECT_EQ(npim_doc_text(&doc, "t", true, text, sizeof text, "f", &e), NPIM_ECONFIG);
    set("t=5");
    EXPECT_EQ(npim_doc_text(&doc, "t", true, text, sizeof text, "f", &e), NPIM_ECONFIG);
    EXPECT_STREQ(e.message, "--set: t = 5: must be text in quotes, not empty");
    EXPECT_STREQ(text, "abc");
}

TEST_F(doc_bind, unused_keys_are_rejected_with_the_nearest_known_one) {
    const char *known[] = {"b.power_mW", "b.bits", "b.seed"};
    set("b.power_mW=1");
    ASSERT_EQ(bind(), NPIM_OK);
    EXPECT_EQ(npim_doc_reject_unused(&doc, known, std::size(known), &e), NPIM_OK);
    set("b.bitz=1");
    EXPECT_EQ(npim_doc_reject_unused(&doc, known, std::size(known), &e), NPIM_ECONFIG);
    EXPECT_STREQ(e.message, "--set: unknown key b.bitz (did you mean b.bits?)");
    EXPECT_EQ(npim_doc_reject_unused(&doc, nullptr, 0, &e), NPIM_ECONFIG);
    EXPECT_STREQ(e.message, "--set: unknown key b.bitz");
}

TEST_F(doc_bind, a_key_that_resembles_nothing_gets_no_offer) {
    const char *known[] = {"b.power_mW"};
    set("something_else=1");
    EXPECT_EQ(npim_doc_reject_unused(&doc, known, 1, &e), NPIM_ECONFIG);
    EXPECT_STREQ(e.message, "--set: unknown key something_else");
}

TEST_F(doc_bind, very_long_keys_are_harmless) {
    std::string longest(100000, 'k');
    set((longest + "=1").c_str());
    const char *known[] = {longest.c_str(), "k"};
    EXPECT_EQ(npim_doc_reject_unused(&doc, known, 2, &e), NPIM_ECONFIG);
    EXPECT_EQ(std::string(e.message).size(), size_t{NPIM_MESSAGE_SIZE - 1});
}

TEST(number_text, reads_back_exactly_and_short) {
    char text[32];
    npim_number_text(0.1, text, sizeof text);
    EXPECT_STREQ(text, "0.1");
    npim_number_text(1.0 / 3.0, text, sizeof text);
    EXPECT_EQ(std::stod(text), 1.0 / 3.0);
    const auto seed = std::random_device{}();
    SCOPED_TRACE("seed " + std::to_string(seed));
    std::mt19937_64 random(seed);
    for (int i = 0; i < 10000; i++) {
        const double value =
            std::ldexp(static_cast<double>(random()), static_cast<int>(random() % 1900) - 1000);
        npim_number_text(value, text, sizeof text);
        EXPECT_EQ(std::strtod(text, nullptr), value);
    }
    npim_number_text(-std::numeric_limits<double>::max(), text, sizeof text);
    EXPECT_EQ(std::stod(text), -std::numeric_limits<double>::max());
}

} // namespace
