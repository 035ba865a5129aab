#include "sim/doc.h"

#include <gtest/gtest.h>

#include <string>

namespace {

struct doc_test : testing::Test {
    ~doc_test() override { npim_doc_fini(&doc); }
    void put(const std::string &path, int64_t value) {
        std::string copy = path, file = "f.toml";
        npim_entry entry{};
        entry.path = copy.data();
        entry.file = file.data();
        entry.integer = value;
        entry.number = static_cast<double>(value);
        entry.line = 7;
        entry.used = true;
        ASSERT_EQ(npim_doc_put(&doc, &entry, nullptr), NPIM_OK);
    }
    const npim_entry &set(const std::string &assignment) {
        static const npim_entry none{};
        EXPECT_EQ(npim_doc_set(&doc, assignment.c_str(), &e), NPIM_OK) << e.message;
        const npim_entry *entry = npim_doc_find(&doc, assignment.substr(0, assignment.find('=')).c_str());
        EXPECT_NE(entry, nullptr);
        return entry ? *entry : none;
    }
    npim_doc doc{};
    npim_error e{};
};

TEST_F(doc_test, an_empty_doc_has_nothing) {
    EXPECT_EQ(npim_doc_find(&doc, "a"), nullptr);
    EXPECT_FALSE(npim_doc_has(&doc, "a"));
    EXPECT_EQ(npim_doc_count(&doc, "a"), 0u);
    npim_doc_drop_array(&doc, "a");
    npim_doc_fini(&doc);
    npim_doc_fini(&doc);
    EXPECT_EQ(doc.n_entries, 0u);
}

TEST_F(doc_test, thousands_of_entries_are_found_and_stand_in_order) {
    for (int i = 0; i < 5000; i++) put("layer[" + std::to_string(i) + "].k", i);
    ASSERT_EQ(doc.n_entries, 5000u);
    for (int i = 0; i < 5000; i++) {
        const npim_entry *entry = npim_doc_find(&doc, ("layer[" + std::to_string(i) + "].k").c_str());
        ASSERT_NE(entry, nullptr);
        EXPECT_EQ(entry->integer, i);
        EXPECT_EQ(entry, &doc.entries[i]);
        EXPECT_FALSE(entry->used);
    }
    EXPECT_EQ(npim_doc_find(&doc, "layer[5000].k"), nullptr);
    EXPECT_EQ(npim_doc_count(&doc, "layer"), 5000u);
    npim_doc_fini(&doc);
}

TEST_F(doc_test, put_replaces_in_place) {
    put("a", 1), put("b", 2), put("a", 3);
    ASSERT_EQ(doc.n_entries, 2u);
    EXPECT_STREQ(doc.entries[0].path, "a");
    EXPECT_EQ(doc.entries[0].integer, 3);
}

TEST_F(doc_test, prefixes_end_at_dots_and_brackets) {
    put("block.dac.bits", 1), put("stage[0].x", 2), put("stage[1].y", 2), put("stages", 3);
    EXPECT_TRUE(npim_doc_has(&doc, "block"));
    EXPECT_TRUE(npim_doc_has(&doc, "block.dac"));
    EXPECT_TRUE(npim_doc_has(&doc, "block.dac.bits"));
    EXPECT_FALSE(npim_doc_has(&doc, "block.da"));
    EXPECT_FALSE(npim_doc_has(&doc, "block.dac.bits.x"));
    EXPECT_TRUE(npim_doc_has(&doc, "stage"));
    EXPECT_EQ(npim_doc_count(&doc, "stage"), 2u);
    EXPECT_EQ(npim_doc_count(&doc, "stages"), 0u);
    EXPECT_EQ(npim_doc_count(&doc, "block"), 0u);
}

TEST_F(doc_test, drop_array_leaves_the_rest_findable) {
    put("a", 1), put("s[0].x", 2), put("s[1].x", 3), put("sx", 4), put("z", 5);
    npim_doc_drop_array(&doc, "s");
    ASSERT_EQ(doc.n_entries, 3u);
    EXPECT_EQ(npim_doc_find(&doc, "s[0].x"), nullptr);
    for (const char *path : {"a", "sx", "z"}) EXPECT_NE(npim_doc_find(&doc, path), nullptr) << path;
}

TEST_F(doc_test, set_reads_every_kind) {
    EXPECT_EQ(set("a.b=4").kind, NPIM_ENTRY_INTEGER);
    EXPECT_EQ(set("a.b=4").integer, 4);
    EXPECT_EQ(set("a.n=-3").number, -3.0);
    EXPECT_EQ(set("a.f=1e-3").kind, NPIM_ENTRY_FLOAT);
    EXPECT_EQ(set("a.f=1e-3").number, 1e-3);
    EXPECT_EQ(set("a.t=true").kind, NPIM_ENTRY_BOOL);
    EXPECT_EQ(set("a.t=true").number, 1.0);
    EXPECT_EQ(set("a.t=false").number, 0.0);
    EXPECT_STREQ(set("s=B").text, "B");
    EXPECT_STREQ(set("s=\"7\"").text, "7");
    EXPECT_STREQ(set("s='x=y'").text, "x=y");
    EXPECT_STREQ(set("s=4k").text, "4k");
    EXPECT_EQ(set("s=99999999999999999999").kind, NPIM_ENTRY_FLOAT);
    EXPECT_EQ(set("l[3].k=1").kind, NPIM_ENTRY_INTEGER);
}

TEST_F(doc_test, set_overrides_and_says_so) {
    put("a", 1);
    const npim_entry &entry = set("a=2");
    EXPECT_EQ(doc.n_entries, 1u);
    EXPECT_EQ(entry.integer, 2);
    EXPECT_EQ(entry.line, 0u);
    EXPECT_STREQ(entry.tag, "A");
    EXPECT_STREQ(entry.source, "--set");
    EXPECT_STREQ(entry.file, "--set");
}

TEST_F(doc_test, set_refuses_what_is_no_assignment) {
    for (const char *bad : {"", "a", "=", "=4", "a=", "a b=1", "a =1", "\xff=1"}) {
        EXPECT_EQ(npim_doc_set(&doc, bad, &e), NPIM_EUSAGE) << bad;
        EXPECT_NE(std::string(e.message).find("key=value"), std::string::npos) << e.message;
    }
    EXPECT_EQ(doc.n_entries, 0u);
}

} // namespace
