#include "sim/doc.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <string>

namespace {

namespace fs = std::filesystem;

// A folder of its own for every test, gone afterwards.
class doc_load : public testing::Test {
  protected:
    doc_load() {
        std::string pattern = (fs::temp_directory_path() / "npim_doc_XXXXXX").string();
        folder = mkdtemp(pattern.data());
    }
    ~doc_load() override {
        npim_doc_fini(&doc);
        fs::remove_all(folder);
    }
    std::string write(const std::string &name, const std::string &text) const {
        std::ofstream(folder / name, std::ios::binary) << text;
        return (folder / name).string();
    }
    npim_status load(const std::string &text) {
        return npim_doc_load(&doc, write("a.toml", text).c_str(), &e);
    }
    // Loads text, which must fail with every part of the message.
    void refuse(const std::string &text, std::initializer_list<const char *> parts) {
        ASSERT_EQ(load(text), NPIM_ECONFIG) << text;
        for (const char *part : parts)
            EXPECT_NE(std::string(e.message).find(part), std::string::npos)
                << e.message << "\nlacks " << part;
        EXPECT_EQ(doc.entries, nullptr);
        EXPECT_EQ(doc.n_entries, 0u);
    }
    const npim_entry &at(const char *path) {
        const npim_entry *entry = npim_doc_find(&doc, path);
        static const npim_entry none{};
        EXPECT_NE(entry, nullptr) << path;
        return entry ? *entry : none;
    }
    fs::path folder;
    npim_doc doc{};
    npim_error e{};
};

TEST_F(doc_load, every_kind_keeps_its_value_and_line) {
    ASSERT_EQ(
        load("name = \"x y\"\n[a]\ni = -7\nf = 2.5\nb = true\n\n[a.c]\nhex = 0x1F\nlist = [3, 4]\nnone = []\n"
             "[empty]\n"),
        NPIM_OK)
        << e.message;
    EXPECT_STREQ(at("name").text, "x y");
    EXPECT_EQ(at("name").line, 1u);
    EXPECT_EQ(at("a.i").kind, NPIM_ENTRY_INTEGER);
    EXPECT_EQ(at("a.i").integer, -7);
    EXPECT_EQ(at("a.i").number, -7.0);
    EXPECT_EQ(at("a.i").line, 3u);
    EXPECT_EQ(at("a.f").kind, NPIM_ENTRY_FLOAT);
    EXPECT_EQ(at("a.f").number, 2.5);
    EXPECT_EQ(at("a.b").kind, NPIM_ENTRY_BOOL);
    EXPECT_EQ(at("a.b").number, 1.0);
    EXPECT_EQ(at("a.c.hex").integer, 31);
    EXPECT_EQ(at("a.c.list[0]").integer, 3);
    EXPECT_EQ(at("a.c.list[1]").integer, 4);
    EXPECT_EQ(at("a.c.list[1]").line, 9u);
    EXPECT_EQ(at("a.c.none").kind, NPIM_ENTRY_EMPTY);
    EXPECT_EQ(at("empty").kind, NPIM_ENTRY_EMPTY);
    EXPECT_EQ(at("empty").line, 11u);
    EXPECT_EQ(doc.n_entries, 9u);
}

TEST_F(doc_load, a_number_with_its_source_is_one_entry) {
    ASSERT_EQ(load("[b]\nx = { value = 8, source = \"Table I\", tag = \"S2\" }\ny = 1\n"), NPIM_OK)
        << e.message;
    EXPECT_EQ(doc.n_entries, 2u);
    EXPECT_EQ(at("b.x").integer, 8);
    EXPECT_STREQ(at("b.x").source, "Table I");
    EXPECT_STREQ(at("b.x").tag, "S2");
    EXPECT_EQ(at("b.x").line, 2u);
    EXPECT_EQ(at("b.y").source, nullptr);
    EXPECT_EQ(at("b.y").tag, nullptr);
}

TEST_F(doc_load, entries_stand_in_file_order) {
    ASSERT_EQ(load("z = 1\ny = 2\n[t]\nq = 3\na = 4\n[[s]]\nk = 5\n[[s]]\nk = 6\n"), NPIM_OK);
    const char *paths[] = {"z", "y", "t.q", "t.a", "s[0].k", "s[1].k"};
    ASSERT_EQ(doc.n_entries, std::size(paths));
    for (size_t i = 0; i < std::size(paths); i++) EXPECT_STREQ(doc.entries[i].path, paths[i]);
    EXPECT_EQ(npim_doc_count(&doc, "s"), 2u);
}

TEST_F(doc_load, an_include_is_overridden_key_by_key_and_array_by_array) {
    fs::create_directory(folder / "sub");
    write("sub/base.toml", "[a]\nx = 1\ny = 2\n[[s]]\nk = 1\nm = 1\n[[s]]\nk = 2\n[[s]]\nk = 3\n");
    ASSERT_EQ(load("include = \"sub/base.toml\"\n[a]\ny = 20\n[[s]]\nk = 9\n"), NPIM_OK) << e.message;
    EXPECT_EQ(at("a.x").integer, 1);
    EXPECT_EQ(at("a.y").integer, 20);
    EXPECT_EQ(at("a.y").line, 3u);
    EXPECT_EQ(npim_doc_count(&doc, "s"), 1u);
    EXPECT_EQ(at("s[0].k").integer, 9);
    EXPECT_EQ(npim_doc_find(&doc, "s[0].m"), nullptr);
    EXPECT_EQ(npim_doc_find(&doc, "include"), nullptr);
    EXPECT_NE(std::string(at("a.x").file).find("sub/base.toml"), std::string::npos);
}

TEST_F(doc_load, include_loops_end_with_a_message) {
    refuse("include = \"a.toml\"\n", {"a.toml:1: include = \"a.toml\"", "more than 8 files deep"});
}

TEST_F(doc_load, eight_includes_are_allowed) {
    write("8.toml", "deep = 1\n");
    for (int i = 7; i >= 1; i--)
        write(std::to_string(i) + ".toml", "include = \"" + std::to_string(i + 1) + ".toml\"\n");
    ASSERT_EQ(load("include = \"1.toml\"\n"), NPIM_OK) << e.message;
    EXPECT_EQ(at("deep").integer, 1);
}

TEST_F(doc_load, bad_includes_are_refused) {
    refuse("x = 1\ninclude = 4\n", {"a.toml:2: include"});
    refuse("include = \"\"\n", {"a.toml:1: include"});
    refuse("include = \"none.toml\"\n", {"none.toml", "No such file"});
}

TEST_F(doc_load, files_that_are_no_files) {
    EXPECT_EQ(npim_doc_load(&doc, (folder / "no.toml").c_str(), &e), NPIM_ECONFIG);
    EXPECT_NE(std::string(e.message).find("no.toml: No such file"), std::string::npos) << e.message;
    EXPECT_EQ(npim_doc_load(&doc, folder.c_str(), &e), NPIM_ECONFIG);
    EXPECT_NE(std::string(e.message).find("is a directory"), std::string::npos) << e.message;
    EXPECT_EQ(npim_doc_load(&doc, "", &e), NPIM_ECONFIG);
    EXPECT_EQ(npim_doc_load(&doc, (folder / "no.toml").c_str(), nullptr), NPIM_ECONFIG);
}

TEST_F(doc_load, empty_and_binary_files) {
    refuse("", {"a.toml:1: is empty"});
    refuse(" \n\t\r\n", {"a.toml:1: is empty"});
    refuse("# only a comment\n", {"a.toml:1: is empty"});
    refuse(std::string("a = 1\n\0b", 8), {"NUL"});
    refuse("\x7f"
           "ELF\x02\x01\xff\xfe",
           {"a.toml:1: "});
    refuse("a = \"\\u0000\"\n", {"NUL"});
}

TEST_F(doc_load, syntax_errors_name_the_line) {
    refuse("a = 1\nb = \n", {"a.toml:2: "});
    refuse("a = 1\nb = \"cut", {"a.toml:2: "});
    refuse("[a\n", {"a.toml:1: "});
    refuse("a = 1\nc = { value = 1, so", {"a.toml:2: "});
    refuse("a = 1\na = 2\n", {"a.toml:2: ", "a"});
    refuse("[t]\nx = 1\n[t]\ny = 1\n", {"a.toml"});
}

TEST_F(doc_load, every_truncation_is_refused_or_read_but_never_harmful) {
    const std::string text = "name = \"n\"\n[block.dac]\nbits = { value = 8, source = \"S\", tag = \"A\" "
                             "}\n[[pe.stage]]\nk = [1, 2]\n";
    for (size_t length = 0; length < text.size(); length++) {
        npim_status status = load(text.substr(0, length));
        EXPECT_TRUE(status == NPIM_OK || status == NPIM_ECONFIG) << length;
        npim_doc_fini(&doc);
    }
}

TEST_F(doc_load, tags_and_sources_are_checked) {
    refuse("[d]\nx = { value = 1, tag = \"X\" }\n", {"a.toml:2: ", "d.x.tag", "S, S2, D, A, C"});
    refuse("[d]\nx = { value = 1, sorce = \"y\" }\n", {"a.toml:2: d.x: unknown key sorce"});
    refuse("[d]\nx = { value = 1, source = 3 }\n", {"a.toml:2: d.x.source"});
    refuse("[d]\nx = { value = [1] }\n", {"a.toml:2: d.x.value"});
}

TEST_F(doc_load, odd_keys_and_kinds_are_refused) {
    refuse("\"a.b\" = 1\n", {"a.toml:1: ", "a.b"});
    refuse("\"\" = 1\n", {"a.toml:1: "});
    refuse("d = 1979-05-27\n", {"a.toml:1: d", "dates"});
}

TEST_F(doc_load, nesting_is_bounded) {
    refuse("a = " + std::string(100000, '['), {"a.toml:1: nested deeper"});
    refuse("x = 1\n" + std::string(100000, '[') + "\n", {"a.toml:2: nested deeper"});
    std::string dotted = "a";
    for (int i = 0; i < 100000; i++) dotted += ".a";
    refuse(dotted + " = 1\n", {"a.toml:1: nested deeper"});
    std::string inlined;
    for (int i = 0; i < 100000; i++) inlined += "a={";
    refuse(inlined, {"a.toml:1: nested deeper"});
    std::string commented = "a = 1 # ";
    ASSERT_EQ(load(commented + std::string(1000, '[') + std::string(1000, '.') + "\nb = \"" +
                   std::string(500, '{') + "\"\n"),
              NPIM_OK)
        << e.message;
}

TEST_F(doc_load, large_files_are_refused) {
    const std::string path = write("big.toml", "a = 1\n");
    fs::resize_file(path, (uintmax_t{64} << 20) + 1);
    EXPECT_EQ(npim_doc_load(&doc, path.c_str(), &e), NPIM_ECONFIG);
    EXPECT_NE(std::string(e.message).find("64 MiB"), std::string::npos) << e.message;
}

} // namespace
