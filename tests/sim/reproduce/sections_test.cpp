#include "sim/reproduce/sections.h"

#include <gtest/gtest.h>

#include <set>
#include <string>

namespace {

TEST(sections, the_summary_comes_first_and_all_can_be_made) {
    ASSERT_GE(npim_n_study_sections, 4u);
    EXPECT_STREQ(npim_study_sections[0].title, "Summary");
    std::set<std::string> titles;
    for (size_t i = 0; i < npim_n_study_sections; i++) {
        titles.insert(npim_study_sections[i].title);
        EXPECT_NE(npim_study_sections[i].make, nullptr);
        EXPECT_EQ(std::string(npim_study_sections[i].text).rfind("<p>", 0), 0u);
    }
    EXPECT_EQ(titles.size(), npim_n_study_sections);
}

// Beside the headline: agreement is a fit.
TEST(sections, the_summary_says_what_is_calibrated) {
    const std::string text = npim_study_sections[0].text;
    for (const char *word :
         {"Four values were calibrated", "not a validation", "123 ns", "7.5 pJ", "110 ns", "0.17 pJ"})
        EXPECT_NE(text.find(word), std::string::npos) << word;
}

} // namespace
