#include "sim/doc.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <stdexcept>
#include <toml.hpp>

// The only file that sees toml11: it turns a TOML tree into the flat entries that the C code reads.
namespace {

constexpr std::size_t max_file_B = std::size_t{64} << 20;
constexpr int max_includes = 8, max_nesting = 64;

// What the user has to correct; becomes NPIM_ECONFIG at the C boundary.
struct bad_file : std::runtime_error {
    using std::runtime_error::runtime_error;
};

struct leaf {
    std::string path;
    const toml::value *value;
    std::string source, tag;
    std::uint32_t line = 0, column = 0;
};

std::string place(const std::string &file, const toml::value &v) {
    return file + ":" + std::to_string(v.location().line()) + ": ";
}

std::string read_file(const std::string &file) {
    if (std::filesystem::is_directory(file)) throw bad_file(file + ": is a directory, not a TOML file");
    std::ifstream in(file, std::ios::binary);
    if (!in) throw bad_file(file + ": " + std::strerror(errno));
    std::string text;
    char block[65536];
    while (text.size() <= max_file_B && (in.read(block, sizeof block), in.gcount() > 0))
        text.append(block, static_cast<std::size_t>(in.gcount()));
    if (in.bad()) throw bad_file(file + ": cannot be read");
    if (text.size() > max_file_B) throw bad_file(file + ": larger than 64 MiB");
    if (text.find_first_not_of(" \t\r\n") == std::string::npos) throw bad_file(file + ":1: is empty");
    if (text.find('\0') != std::string::npos) throw bad_file(file + ": is binary (holds a NUL byte)");
    return text;
}

// toml11 descends once per bracket and dot, so a hostile file could exhaust the stack.
void check_nesting(const std::string &text, const std::string &file) {
    int depth = 0, dots = 0, line = 1;
    char quote = 0;
    for (std::size_t i = 0; i < text.size(); i++) {
        const char c = text[i];
        if (c == '\n') line++, quote = 0;
        if (quote) {
            if (c == '\\' && quote == '"')
                i++;
            else if (c == quote)
                quote = 0;
            continue;
        }
        if (c == '#') i = std::min(text.find('\n', i), text.size()) - 1;
        if (c == '"' || c == '\'') quote = c;
        if (c == '[' || c == '{') depth++;
        if ((c == ']' || c == '}') && depth > 0) depth--;
        dots = c == '.' ? dots + 1 : std::strchr("=,[]{}\n", c) ? 0 : dots;
        if (depth > max_nesting || dots > max_nesting)
            throw bad_file(file + ":" + std::to_string(line) + ": nested deeper than " +
                           std::to_string(max_nesting) + " levels");
    }
}

void check_key(const std::string &key, const std::string &file, const toml::value &v) {
    const char *allowed = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-";
    if (key.empty() || key.find_first_not_of(allowed) != std::string::npos)
        throw bad_file(place(file, v) + "key \"" + key + "\": only letters, digits, _ and - are allowed");
}

// { value = 8, source = "...", tag = "S" }
leaf sourced_leaf(const toml::value &v, const std::string &path, const std::string &file) {
    leaf l{path, nullptr, "", "", 0, 0};
    for (const auto &[key, member] : v.as_table()) {
        if (key != "value" && key != "source" && key != "tag")
            throw bad_file(place(file, member) + path + ": unknown key " + key +
                           " beside value (allowed: value, source, tag)");
        if (key == "value") {
            l.value = &member;
            continue;
        }
        if (!member.is_string()) throw bad_file(place(file, member) + path + "." + key + ": must be text");
        (key == "tag" ? l.tag : l.source) = member.as_string().str;
    }
    const char *tags[] = {"", "S", "S2", "D", "A", "C"};
    if (std::find(std::begin(tags), std::end(tags), l.tag) == std::end(tags))
        throw bad_file(place(file, *l.value) + path + ".tag = \"" + l.tag +
                       "\": must be one of S, S2, D, A, C");
    if (l.value->is_table() || l.value->is_array())
        throw bad_file(place(file, *l.value) + path + ".value: must be a number, a boolean or text");
    return l;
}

void flatten(const toml::value &v, const std::string &path, const std::string &file,
             std::vector<leaf> &leaves, std::vector<std::string> &arrays) {
    if (v.is_array() && !v.as_array().empty()) {
        arrays.push_back(path);
        for (std::size_t i = 0; i < v.as_array().size(); i++)
            flatten(v.as_array()[i], path + "[" + std::to_string(i) + "]", file, leaves, arrays);
    } else if (v.is_table() && !path.empty() && v.contains("value")) {
        leaves.push_back(sourced_leaf(v, path, file));
    } else if (v.is_table() && !v.as_table().empty()) {
        for (const auto &[key, member] : v.as_table()) {
            check_key(key, file, member);
            flatten(member, path.empty() ? key : path + "." + key, file, leaves, arrays);
        }
    } else {
        leaves.push_back({path, &v, "", "", 0, 0});
    }
}

npim_status put(npim_doc *doc, leaf &l, std::string file, npim_error *error) {
    const toml::value &v = *l.value;
    npim_entry e = {};
    std::string text;
    e.path = l.path.data();
    e.file = file.data();
    e.line = l.line;
    e.source = l.source.empty() ? nullptr : l.source.data();
    e.tag = l.tag.empty() ? nullptr : l.tag.data();
    if (v.is_integer()) {
        e.kind = NPIM_ENTRY_INTEGER;
        e.integer = v.as_integer();
        e.number = static_cast<double>(e.integer);
    } else if (v.is_floating()) {
        e.kind = NPIM_ENTRY_FLOAT;
        e.number = v.as_floating();
    } else if (v.is_boolean()) {
        e.kind = NPIM_ENTRY_BOOL;
        e.number = v.as_boolean() ? 1.0 : 0.0;
    } else if (v.is_string()) {
        e.kind = NPIM_ENTRY_STRING;
        text = v.as_string().str;
        if (text.find('\0') != std::string::npos) throw bad_file(place(file, v) + l.path + ": holds a NUL");
        e.text = text.data();
    } else if (v.is_array() || v.is_table()) {
        e.kind = NPIM_ENTRY_EMPTY;
    } else {
        throw bad_file(place(file, v) + l.path + ": dates and times are not used here");
    }
    return npim_doc_put(doc, &e, error);
}

// toml11 keeps tables unordered; a place in the file is costly to ask for, so ask once.
void order(std::vector<leaf> &leaves) {
    for (auto &l : leaves) {
        const auto location = l.value->location();
        l.line = static_cast<std::uint32_t>(location.line());
        l.column = static_cast<std::uint32_t>(location.column());
    }
    std::stable_sort(leaves.begin(), leaves.end(), [](const leaf &a, const leaf &b) {
        return std::pair(a.line, a.column) < std::pair(b.line, b.column);
    });
}

npim_status load(npim_doc *doc, const std::string &file, int depth, npim_error *error);

npim_status load_included(npim_doc *doc, const std::string &file, const toml::value &include, int depth,
                          npim_error *error) {
    if (!include.is_string() || include.as_string().str.empty())
        throw bad_file(place(file, include) + "include: must be the name of a file");
    if (depth == max_includes)
        throw bad_file(place(file, include) + "include = \"" + include.as_string().str + "\": more than " +
                       std::to_string(max_includes) + " files deep (a loop?)");
    const auto folder = std::filesystem::path(file).parent_path();
    return load(doc, (folder / include.as_string().str).string(), depth + 1, error);
}

npim_status load(npim_doc *doc, const std::string &file, int depth, npim_error *error) {
    const std::string content = read_file(file);
    check_nesting(content, file);
    std::istringstream stream(content);
    toml::value root = toml::parse(stream, file);
    npim_status status = NPIM_OK;
    if (root.contains("include")) {
        status = load_included(doc, file, root.as_table().at("include"), depth, error);
        root.as_table().erase("include");
    } else if (root.as_table().empty()) {
        throw bad_file(file + ":1: is empty: no key and no table");
    }
    std::vector<leaf> leaves;
    std::vector<std::string> arrays;
    if (!root.as_table().empty()) flatten(root, "", file, leaves, arrays);
    order(leaves);
    for (const auto &path : arrays) npim_doc_drop_array(doc, path.c_str());
    for (std::size_t i = 0; i < leaves.size() && status == NPIM_OK; i++)
        status = put(doc, leaves[i], file, error);
    return status;
}

// toml11 begins with "[error] " and names the place in a second line; ours begin with file:line.
std::string syntax_message(const toml::exception &e) {
    std::string what = e.what();
    if (what.rfind("[error] ", 0) == 0) what.erase(0, 8);
    return e.location().file_name() + ":" + std::to_string(e.location().line()) + ": " + what;
}

} // namespace

extern "C" npim_status npim_doc_load(npim_doc *doc, const char *path, npim_error *error) {
    npim_status status;
    try {
        status = load(doc, path, 0, error);
    } catch (const bad_file &e) {
        status = npim_fail(error, NPIM_ECONFIG, "%s", e.what());
    } catch (const toml::exception &e) {
        status = npim_fail(error, NPIM_ECONFIG, "%s", syntax_message(e).c_str());
    } catch (const std::bad_alloc &) {
        status = npim_fail(error, NPIM_ENOMEM, "%s: out of memory", path);
    } catch (const std::exception &e) {
        status = npim_fail(error, NPIM_ECONFIG, "%s: %s", path, e.what());
    }
    if (status != NPIM_OK) npim_doc_fini(doc);
    return status;
}
