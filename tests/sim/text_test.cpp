#include "sim/text.h"

#include <cstdlib>
#include <string>
#include <unistd.h>

#include <gtest/gtest.h>

namespace {

std::string taken(char *text) {
    EXPECT_NE(text, nullptr);
    const std::string copy = text ? text : "";
    std::free(text);
    return copy;
}

TEST(text, is_what_was_written) {
    const int subject = 42;
    const auto put = [](const void *s, FILE *out) { fprintf(out, "%d\n", *static_cast<const int *>(s)); };
    EXPECT_EQ(taken(npim_text_of(put, &subject)), "42\n");
    EXPECT_EQ(taken(npim_text_of([](const void *, FILE *) {}, nullptr)), "");
}

TEST(text, grows) {
    const std::string line(999, 'x');
    const auto put = [](const void *s, FILE *out) {
        for (int i = 0; i < 2000; i++) fputs(static_cast<const std::string *>(s)->c_str(), out);
    };
    const std::string all = taken(npim_text_of(put, &line));
    EXPECT_EQ(all.size(), 2000u * 999);
    EXPECT_EQ(all.find_first_not_of('x'), std::string::npos);
}

} // namespace
