#include "sim/design/options_bind.h"

#include <gtest/gtest.h>

#include <cstddef>
#include <string>
#include <vector>

namespace {

struct thing {
    double width_m;
    uint32_t count, shape;
    uint64_t seed;
};

const char *const shapes[] = {"round", "square", nullptr};
const npim_field fields[] = {
    {"width_m", NPIM_KIND_DOUBLE, offsetof(thing, width_m), -1, 2.5, "m", false, 0.5, nullptr, ""},
    {"count", NPIM_KIND_U32, offsetof(thing, count), 1, 16, "", false, 4, nullptr, ""},
    {"shape", NPIM_KIND_ENUM, offsetof(thing, shape), 0, 1, "", false, 1, shapes, ""},
    {"seed", NPIM_KIND_U64, offsetof(thing, seed), 0, 9007199254740991.0, "", false, 7, nullptr, ""},
};

struct options_bind_test : testing::Test {
    npim_status bind(const std::vector<npim_option_value> &values) {
        error = {};
        return npim_options_bind(values.data(), values.size(), fields, 4, &bound, &error);
    }
    thing bound{};
    npim_error error{};
};

TEST_F(options_bind_test, what_is_not_given_is_preset) {
    ASSERT_EQ(bind({{"count", "--count", nullptr}}), NPIM_OK) << error.message;
    EXPECT_EQ(bound.width_m, 0.5);
    EXPECT_EQ(bound.count, 4u);
    EXPECT_EQ(bound.shape, 1u);
    EXPECT_EQ(bound.seed, 7u);
}

TEST_F(options_bind_test, values_of_every_kind_up_to_their_limits) {
    ASSERT_EQ(bind({{"width_m", "--width", "-1"},
                    {"count", "--count", "16"},
                    {"shape", "--shape", "round"},
                    {"seed", "--seed", "9007199254740991"}}),
              NPIM_OK)
        << error.message;
    EXPECT_EQ(bound.width_m, -1);
    EXPECT_EQ(bound.count, 16u);
    EXPECT_EQ(bound.shape, 0u);
    EXPECT_EQ(bound.seed, 9007199254740991u);
    ASSERT_EQ(bind({{"width_m", "--width", "2.5"}, {"count", "--count", "1"}, {"seed", "--seed", "0"}}),
              NPIM_OK);
    EXPECT_EQ(bound.width_m, 2.5);
    EXPECT_EQ(bound.count, 1u);
    EXPECT_EQ(bound.seed, 0u);
}

TEST_F(options_bind_test, a_wrong_value_is_named_with_its_option_and_what_is_allowed) {
    const struct {
        npim_option_value value;
        const char *allowed;
    } cases[] = {{{"width_m", "--width", "2.6"}, "-1..2.5"},
                 {{"width_m", "--width", "-1.01"}, "-1..2.5"},
                 {{"width_m", "--width", "nan"}, ""},
                 {{"width_m", "--width", "inf"}, ""},
                 {{"width_m", "--width", "1e400"}, ""},
                 {{"width_m", "--width", "wide"}, "number"},
                 {{"count", "--count", "0"}, "1..16"},
                 {{"count", "--count", "17"}, "1..16"},
                 {{"count", "--count", "-1"}, "1..16"},
                 {{"count", "--count", "4.5"}, "integer in 1..16"},
                 {{"count", "--count", "4294967297"}, "1..16"},
                 {{"count", "--count", "4 5"}, ""},
                 {{"count", "--count", "true"}, ""},
                 {{"count", "--count", ""}, ""},
                 {{"count", "--count", "a=b"}, ""},
                 {{"count", "--count", "option.x"}, ""},
                 {{"shape", "--shape", "oval"}, "round, square"},
                 {{"shape", "--shape", "1"}, ""},
                 {{"shape", "--shape", "Round"}, "round, square"},
                 {{"shape", "--shape", "round "}, ""},
                 {{"seed", "--seed", "-1"}, ""},
                 {{"seed", "--seed", "1e30"}, ""}};
    for (const auto &bad : cases) {
        EXPECT_EQ(bind({bad.value}), NPIM_EUSAGE) << bad.value.option << " " << bad.value.value;
        EXPECT_EQ(error.status, NPIM_EUSAGE);
        const std::string message = error.message;
        EXPECT_EQ(message.rfind(bad.value.option, 0), 0u) << message;
        EXPECT_NE(message.find(bad.allowed), std::string::npos) << message << "\nlacks: " << bad.allowed;
    }
}

// The table that they stand in is nobody's business.
TEST_F(options_bind_test, messages_do_not_tell_of_a_table) {
    ASSERT_EQ(bind({{"count", "--count", "99"}}), NPIM_EUSAGE);
    EXPECT_EQ(std::string(error.message).find("option."), std::string::npos) << error.message;
}

TEST_F(options_bind_test, the_first_wrong_one_is_told_and_values_have_an_end) {
    ASSERT_EQ(bind({{"width_m", "--width", "1"}, {"count", "--count", "0"}, {"shape", "--shape", "x"}}),
              NPIM_EUSAGE);
    EXPECT_NE(std::string(error.message).find("--count"), std::string::npos) << error.message;
    const std::string endless(5000, '1');
    EXPECT_EQ(bind({{"count", "--count", endless.c_str()}}), NPIM_EUSAGE);
    EXPECT_NE(std::string(error.message).find("--count: the value is too long"), std::string::npos);
    EXPECT_EQ(npim_options_bind(nullptr, 0, fields, 4, &bound, nullptr), NPIM_OK);
}

TEST_F(options_bind_test, an_error_need_not_be_asked_for) {
    const npim_option_value bad = {"count", "--count", "0"};
    EXPECT_EQ(npim_options_bind(&bad, 1, fields, 4, &bound, nullptr), NPIM_EUSAGE);
}

} // namespace
