#include "sim/options.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <sstream>
#include <string>
#include <vector>

namespace {

struct options_test : testing::Test {
    npim_status read(const std::vector<std::string> &words) {
        kept = words;
        argv.clear();
        for (auto &word : kept) argv.push_back(word.data());
        argv.push_back(nullptr);
        error = {};
        return npim_options_read(&o, &known, 0, static_cast<int>(kept.size()), argv.data(), &error);
    }
    void refuse(const std::vector<std::string> &words, std::initializer_list<const char *> parts) {
        EXPECT_EQ(read(words), NPIM_EUSAGE) << words[0];
        EXPECT_EQ(error.status, NPIM_EUSAGE);
        for (const char *part : parts)
            EXPECT_NE(std::string(error.message).find(part), std::string::npos)
                << error.message << "\nlacks: " << part;
    }

    // What a command about one thing could know.
    static npim_option_set every_option() {
        npim_option_set all;
        std::memset(&all, true, sizeof all); // bools alone
        all.subjects = false;
        all.image_file = all.images_or_file = false;         // --images again
        all.circuit = all.design = all.characterize = false; // another thing, with a --seed of its own
        return all;
    }

    npim_option_set known = every_option();
    npim_options o{};
    npim_error error{};
    std::vector<std::string> kept;
    std::vector<char *> argv;
};

TEST_F(options_test, nothing_given_is_nothing_set) {
    ASSERT_EQ(read({}), NPIM_OK);
    EXPECT_EQ(o.subject, nullptr);
    EXPECT_EQ(o.arch, nullptr);
    EXPECT_EQ(o.out, nullptr);
    EXPECT_EQ(o.stages, nullptr);
    EXPECT_FALSE(o.json || o.force || o.reference || o.help);
    EXPECT_EQ(o.n_assignments, 0u);
}

TEST_F(options_test, values_stand_behind_an_equals_sign_or_in_the_next_word) {
    for (const auto &words :
         {std::vector<std::string>{"--arch=a=b", "net", "--out=x y", "--set=k=v", "--stages=*", "--json"},
          std::vector<std::string>{"--json", "--stages", "*", "--set", "k=v", "--out", "x y", "net", "--arch",
                                   "a=b"}}) {
        ASSERT_EQ(read(words), NPIM_OK) << error.message;
        EXPECT_STREQ(o.subject, "net");
        EXPECT_STREQ(o.arch, "a=b");
        EXPECT_STREQ(o.out, "x y");
        EXPECT_STREQ(o.stages, "*");
        EXPECT_TRUE(o.json);
        EXPECT_FALSE(o.force || o.reference || o.help);
        ASSERT_EQ(o.n_assignments, 1u);
        EXPECT_STREQ(o.assignments[0], "k=v");
    }
}

TEST_F(options_test, the_word_behind_an_option_is_its_value_whatever_it_looks_like) {
    ASSERT_EQ(read({"--arch", "--json", "--out", "-"}), NPIM_OK);
    EXPECT_STREQ(o.arch, "--json");
    EXPECT_STREQ(o.out, "-");
    EXPECT_FALSE(o.json);
}

TEST_F(options_test, flags_and_the_first_words_are_skipped_as_told) {
    std::string words[] = {"npim", "replay", "--force", "--help", "--reference"};
    char *raw[] = {words[0].data(), words[1].data(), words[2].data(),
                   words[3].data(), words[4].data(), nullptr};
    ASSERT_EQ(npim_options_read(&o, &known, 2, 5, raw, &error), NPIM_OK);
    EXPECT_EQ(o.subject, nullptr);
    EXPECT_TRUE(o.force && o.help && o.reference);
}

TEST_F(options_test, a_lone_dash_and_an_empty_word_are_names) {
    ASSERT_EQ(read({"-"}), NPIM_OK);
    EXPECT_STREQ(o.subject, "-");
    ASSERT_EQ(read({""}), NPIM_OK);
    EXPECT_STREQ(o.subject, "");
}

TEST_F(options_test, images_and_seed_become_assignments_in_the_order_given) {
    ASSERT_EQ(read({"--set", "a=1", "--images", "16", "--set", "b=2", "--seed=9007199254740992"}), NPIM_OK);
    ASSERT_EQ(o.n_assignments, 4u);
    EXPECT_STREQ(o.assignments[0], "a=1");
    EXPECT_STREQ(o.assignments[1], "run.images=16");
    EXPECT_STREQ(o.assignments[2], "b=2");
    EXPECT_STREQ(o.assignments[3], "run.seed=9007199254740992");
}

TEST_F(options_test, chips_are_a_number_or_auto) {
    ASSERT_EQ(read({"--chips", "8"}), NPIM_OK);
    EXPECT_STREQ(o.assignments[0], "system.chips=8");
    ASSERT_EQ(read({"--chips=auto"}), NPIM_OK);
    EXPECT_STREQ(o.assignments[0], "system.chips=0");
    for (const char *bad : {"0", "4095", "Auto", "", "-1", "1.5"})
        refuse({"--chips", bad}, {"--chips", bad, "1..4094", "auto"});
}

TEST_F(options_test, of_two_images_the_last_one_counts) {
    ASSERT_EQ(read({"--images", "3", "--images", "1000000"}), NPIM_OK);
    ASSERT_GT(o.n_assignments, 0u);
    EXPECT_STREQ(o.assignments[o.n_assignments - 1], "run.images=1000000");
}

TEST_F(options_test, images_may_come_from_a_file) {
    known.images = false;
    known.images_or_file = true;
    ASSERT_EQ(read({"--images", "3"}), NPIM_OK);
    EXPECT_STREQ(o.assignments[0], "run.images=3");
    EXPECT_EQ(o.image_file, nullptr);
    ASSERT_EQ(read({"--images=some/x.npy", "--labels", "y", "--mode", "m", "--values", "v", "--threads=t"}),
              NPIM_OK);
    EXPECT_EQ(o.n_assignments, 0u);
    EXPECT_STREQ(o.image_file, "some/x.npy");
    EXPECT_STREQ(o.labels, "y");
    EXPECT_STREQ(o.mode, "m");
    EXPECT_STREQ(o.values, "v");
    EXPECT_STREQ(o.threads, "t");
    for (const char *bad : {"0", "x.np", ".npy", "1e3"})
        refuse({"--images", bad}, {"--images", bad, "1..1000000"});
    ASSERT_EQ(npim_options_assign_images(&o, 12, &error), NPIM_OK);
    EXPECT_STREQ(o.assignments[o.n_assignments - 1], "run.images=12");
    EXPECT_EQ(npim_options_assign_images(&o, 0, &error), NPIM_EUSAGE);
    EXPECT_EQ(npim_options_assign_images(&o, 1000001, &error), NPIM_EUSAGE);
    known.images_or_file = false;
    known.image_file = true; // a file alone, whatever its name
    ASSERT_EQ(read({"--images", "3"}), NPIM_OK);
    EXPECT_STREQ(o.image_file, "3");
}

TEST_F(options_test, numbers_outside_their_range_are_refused_with_it) {
    for (const char *bad : {"0", "1000001", "-1", "+1", "abc", "1e3", "1.0", "0x10", " 1", "1 ", "",
                            "99999999999999999999", "18446744073709551617"})
        refuse({"--images", bad}, {"--images", bad, "1..1000000"});
    for (const char *bad : {"-1", "9007199254740993", "18446744073709551616", "one"})
        refuse({"--seed", bad}, {"--seed", bad, "0..9007199254740992"});
    for (const char *good : {"0", "1", "9007199254740992", "0000000000000000007"})
        EXPECT_EQ(read({"--seed", good}), NPIM_OK) << good;
}

TEST_F(options_test, unknown_words_are_refused_with_the_options_of_this_command) {
    refuse({"--nope"}, {"--nope", "--arch", "--images", "--help"});
    refuse({"-j"}, {"-j"});
    refuse({"--"}, {"--"});
    refuse({"--jso"}, {"--jso"});
    refuse({"--jsonx"}, {"--jsonx"});
    known.images = false;
    refuse({"--images", "3"}, {"--images", "--arch"});
    const std::string message = error.message;
    EXPECT_EQ(message.find("--images", message.find("known are")), std::string::npos) << message;
    // --force is nothing without files
    known.out = known.design = known.characterize = known.import = known.reproduce = false;
    refuse({"--force"}, {"--force"});
}

TEST_F(options_test, missing_and_superfluous_values_are_refused) {
    for (const char *option : {"--arch", "--images", "--seed", "--set", "--out", "--stages", "--power-step"})
        refuse({option}, {option, "needs a value"});
    for (const char *option : {"--json", "--force", "--reference", "--help"})
        refuse({std::string(option) + "=1"}, {option, "takes no value"});
}

TEST_F(options_test, one_name_only_and_none_where_none_belongs) {
    refuse({"a", "b"}, {"b", "one name only", "a"});
    known.subject = false;
    refuse({"a"}, {"a", "takes no name"});
}

TEST_F(options_test, any_number_of_names_where_a_command_takes_several) {
    known.subject = false;
    known.subjects = true;
    ASSERT_EQ(read({}), NPIM_OK);
    EXPECT_EQ(o.n_subjects, 0u);
    ASSERT_EQ(read({"a", "--json", "-", "a"}), NPIM_OK);
    ASSERT_EQ(o.n_subjects, 3u);
    EXPECT_STREQ(o.subjects[0], "a");
    EXPECT_STREQ(o.subjects[1], "-");
    EXPECT_STREQ(o.subjects[2], "a");
    EXPECT_EQ(o.subject, nullptr);
    std::vector<std::string> words(NPIM_MAX_SUBJECTS, "x");
    ASSERT_EQ(read(words), NPIM_OK);
    words.push_back("last");
    refuse(words, {"last", "more than 64 names"});
}

TEST_F(options_test, the_number_of_assignments_is_limited) {
    std::vector<std::string> words;
    for (int i = 0; i < NPIM_MAX_ASSIGNMENTS; i++) words.push_back("--set=k=" + std::to_string(i));
    ASSERT_EQ(read(words), NPIM_OK);
    EXPECT_EQ(o.n_assignments, static_cast<size_t>(NPIM_MAX_ASSIGNMENTS));
    words.push_back("--set=last=1");
    refuse(words, {"--set last=1", "more than 64"});
    words.back() = "--images=2";
    refuse(words, {"more than 64"});
}

// One line each, all docs in one column.
TEST_F(options_test, every_known_option_has_its_line) {
    char *text = nullptr;
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);
    npim_options_describe(&known, out);
    fclose(out);
    std::istringstream lines(text);
    free(text);
    size_t n = 0;
    for (std::string line; std::getline(lines, line); n++) {
        const std::string option = line.substr(2, line.find(' ', 2) - 2);
        refuse({option + "x"}, {"known are ", option.c_str()});
        EXPECT_EQ(line[23], ' ') << line;
        EXPECT_NE(line[24], ' ') << line;
    }
    const std::string message = error.message; // the same list, behind commas
    EXPECT_EQ(n, static_cast<size_t>(std::count(message.begin(), message.end(), ',')) + 1);
    EXPECT_GT(n, 9u);
}

TEST_F(options_test, a_command_without_options_has_help_alone) {
    known = {};
    refuse({"--json"}, {"known are --help"});
    EXPECT_EQ(read({"--help"}), NPIM_OK);
}

TEST_F(options_test, help_does_not_hide_what_is_wrong) {
    refuse({"--help", "--nope"}, {"--nope"});
}

} // namespace
