#include "sim/design/achieved.h"

#include "spice_fixture.hpp"

namespace {

struct achieved_test : testing::Test {
    npim_status read(const std::string &text) {
        npim_doc doc{};
        error = {};
        EXPECT_EQ(npim_doc_load(&doc, scratch.write("a.toml", "name = \"x\"\n" + text).c_str(), &error),
                  NPIM_OK)
            << error.message;
        EXPECT_NE(npim_doc_find(&doc, "name"), nullptr);
        npim_doc_find(&doc, "name")->used = true;
        const npim_status status = npim_achieved_read(&found, &doc, "a.toml", &error);
        if (status == NPIM_OK) {
            EXPECT_EQ(npim_doc_reject_unused(&doc, nullptr, 0, &error), NPIM_OK) << error.message;
        }
        npim_doc_fini(&doc);
        return status;
    }
    static std::string put(const npim_achieved &achieved) {
        char *text = nullptr;
        size_t n = 0;
        FILE *out = open_memstream(&text, &n);
        npim_achieved_put(&achieved, out);
        std::fclose(out);
        const std::string copy = text;
        std::free(text);
        return copy;
    }
    scratch_folder scratch;
    npim_achieved found{};
    npim_error error{};
};

npim_achieved example(size_t n) {
    npim_achieved a{};
    a.sigma = 0.025;
    a.samples = 100;
    a.seed = 9007199254740991;
    a.cell_power_uW = 1.0 / 3;
    a.n = n;
    for (size_t i = 0; i < n; i++) {
        snprintf(a.figures[i].key, sizeof a.figures[i].key, "figure_%zu_mV", i);
        a.figures[i].spread = {0.1 * static_cast<double>(i), -1.0 / 7, 0, 1e-7};
    }
    return a;
}

TEST_F(achieved_test, there_and_back_to_the_bit) {
    for (size_t n : {size_t{1}, size_t{3}, size_t{NPIM_MAX_SPREADS}}) {
        const npim_achieved a = example(n);
        ASSERT_EQ(read(put(a)), NPIM_OK) << error.message;
        EXPECT_EQ(std::memcmp(&a, &found, sizeof a), 0) << put(found);
    }
}

TEST_F(achieved_test, a_file_need_not_have_them) {
    ASSERT_EQ(read(""), NPIM_OK);
    EXPECT_EQ(found.n, 0u);
}

TEST_F(achieved_test, what_is_wrong_is_named) {
    const std::string good = put(example(1));
    const struct {
        std::string from, to, said;
    } cases[] = {
        {"sigma = 0.025", "sigma = -1", "sigma = -1"},
        {"samples = 100\n", "", "samples"},
        {"median = ", "middle = ", "median"},
        {"p90 = ", "p90 = 1e10 #", "p90"},
        {"[achieved.figure_0_mV]", "[achieved.figure_with_a_name_that_is_too_long_mV]", "no figure"}};
    for (const auto &k : cases) {
        std::string text = good;
        text.replace(text.find(k.from), k.from.size(), k.to);
        EXPECT_EQ(read(text), NPIM_ECONFIG) << text;
        EXPECT_NE(std::string(error.message).find(k.said), std::string::npos) << error.message;
    }
    std::string many = put(example(NPIM_MAX_SPREADS));
    many += "[achieved.more]\nnominal = 1\nmedian = 1\np10 = 1\np90 = 1\n";
    EXPECT_EQ(read(many), NPIM_ECONFIG);
    EXPECT_NE(std::string(error.message).find("more than 8"), std::string::npos) << error.message;
}

} // namespace
