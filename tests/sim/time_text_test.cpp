#include "sim/time_text.h"

#include "../hw/support.hpp"

#include <random>

namespace {

struct reading {
    const char *rest; // nullptr: no time
    uint64_t time_ps;
};

reading read(const std::string &text) {
    static std::string kept;
    kept = text;
    uint64_t time_ps = 42;
    const char *rest = npim_time_read(kept.c_str(), &time_ps);
    return {rest, time_ps};
}

TEST(time_text_test, numbers_with_a_unit) {
    const std::pair<const char *, uint64_t> times[] = {{"0ps", 0},
                                                       {"1ps", 1},
                                                       {"1ns", 1000},
                                                       {"2.5ns", 2500},
                                                       {"0.001ns", 1},
                                                       {"010.500us", 10500000},
                                                       {"1ms", 1000000000},
                                                       {"3s", 3000000000000},
                                                       {"0.000000000001s", 1},
                                                       {"999999s", 999999000000000000},
                                                       {"999999999999999999ps", 999999999999999999}};
    for (const auto &[text, time_ps] : times) {
        const reading r = read(text);
        ASSERT_NE(r.rest, nullptr) << text;
        EXPECT_STREQ(r.rest, "") << text;
        EXPECT_EQ(r.time_ps, time_ps) << text;
    }
}

TEST(time_text_test, what_follows_is_the_callers) {
    EXPECT_STREQ(read("10us:20us").rest, ":20us");
    EXPECT_STREQ(read("1sec").rest, "ec");
    EXPECT_STREQ(read("1ns ").rest, " ");
}

TEST(time_text_test, what_is_no_time_changes_nothing) {
    for (const char *bad : {"",
                            "1",
                            "us",
                            "-1us",
                            "+1us",
                            " 1us",
                            "1 us",
                            "1.us",
                            ".5us",
                            "1,5us",
                            "1e3us",
                            "0x1ps",
                            "1Us",
                            "1m",
                            "1h",
                            "0.5ps",
                            "0.0001ns",
                            "1.0ps",
                            "1000000s",
                            "1000000000000000000ps",
                            "99999999999999999999999s",
                            "nan",
                            "inf"}) {
        const reading r = read(bad);
        EXPECT_EQ(r.rest, nullptr) << bad;
        EXPECT_EQ(r.time_ps, 42u) << bad;
    }
}

std::string text_of(uint64_t time_ps) {
    char text[32];
    npim_time_text(time_ps, text, sizeof text);
    return text;
}

TEST(time_text_test, times_of_peoples_size) {
    EXPECT_EQ(text_of(0), "0ps");
    EXPECT_EQ(text_of(999), "999ps");
    EXPECT_EQ(text_of(1000), "1ns");
    EXPECT_EQ(text_of(1500), "1.5ns");
    EXPECT_EQ(text_of(1050000), "1.05us");
    EXPECT_EQ(text_of(48216000), "48.216us");
    EXPECT_EQ(text_of(999999999999), "999.999999999ms");
    EXPECT_EQ(text_of(1000000000000), "1s");
    EXPECT_EQ(text_of(UINT64_MAX), "18446744.073709551615s");
    char small[4];
    npim_time_text(123456, small, sizeof small);
    EXPECT_EQ(std::string(small).size(), 3u); // cut, and closed
}

TEST(time_text_test, what_is_written_reads_back) {
    std::mt19937_64 random(test_seed(4002));
    for (int i = 0; i < 10000; i++) {
        const uint64_t time_ps = (random() >> (random() % 60)) % 1000000000000000000;
        const reading r = read(text_of(time_ps));
        ASSERT_TRUE(r.rest && *r.rest == '\0') << time_ps;
        ASSERT_EQ(r.time_ps, time_ps);
    }
}

} // namespace
