#include "hw/status.h"

#include <gtest/gtest.h>

#include <string>

TEST(status, fail_formats_the_message_and_returns_the_status) {
    npim_error error = {};
    EXPECT_EQ(npim_fail(&error, NPIM_ECONFIG, "%s = %d: outside 1..16 %s", "dac.bits", 33, "bit"),
              NPIM_ECONFIG);
    EXPECT_EQ(error.status, NPIM_ECONFIG);
    EXPECT_STREQ(error.message, "dac.bits = 33: outside 1..16 bit");
}

TEST(status, fail_takes_no_error_struct) {
    EXPECT_EQ(npim_fail(nullptr, NPIM_EFIT, "%d", 1), NPIM_EFIT);
}

TEST(status, long_messages_are_cut_and_terminated) {
    npim_error error = {};
    std::string text(3 * NPIM_MESSAGE_SIZE, 'x');
    npim_fail(&error, NPIM_EUSAGE, "%s", text.c_str());
    EXPECT_EQ(std::string(error.message), text.substr(0, NPIM_MESSAGE_SIZE - 1));
}

TEST(status, a_later_message_replaces_an_earlier_one) {
    npim_error error = {};
    npim_fail(&error, NPIM_EUSAGE, "a long first message");
    npim_fail(&error, NPIM_ENOMEM, "second");
    EXPECT_EQ(error.status, NPIM_ENOMEM);
    EXPECT_STREQ(error.message, "second");
}

TEST(status, user_text_is_not_a_format) {
    npim_error error = {};
    npim_fail(&error, NPIM_ECONFIG, "%s", "100%s%n");
    EXPECT_STREQ(error.message, "100%s%n");
}
