// Every constant of every architecture file: a change of it must show in the table of provenance and in a
// result of one of three runs, `npim describe`, `npim replay`, `npim infer --mode analog`.
#include "keys_fixture.hpp"
#include "keys_tables.hpp"

#include "sim/arch_design.h"
#include "sim/design/design_file.h"
#include "sim/reproduce/sections.h"

#include "hw/neural_adc.h"
#include "hw/neural_sa.h"

#include <algorithm>
#include <cmath>
#include <set>

namespace {

// Other values to try, small changes first.
std::vector<std::string> values_of(const npim_field &field, const npim_entry &entry) {
    std::vector<std::string> texts;
    if (field.kind == NPIM_KIND_BOOL) return {entry.number != 0.0 ? "false" : "true"};
    for (size_t i = 0; field.names && field.names[i]; i++)
        if (std::string(field.names[i]) != entry.text) texts.push_back(field.names[i]);
    if (field.names) return texts;
    const double x = entry.number;
    std::vector<double> candidates = {x + 1, 2 * x, x - 1, std::floor(x / 2)};
    if (field.kind == NPIM_KIND_DOUBLE) candidates = {x == 0.0 ? 1.0 : 1.5 * x, 0.5 * x};
    for (double candidate : candidates) {
        char text[32];
        npim_number_text(candidate, text, sizeof text);
        if (candidate >= field.min && candidate <= field.max && candidate != x) texts.push_back(text);
    }
    return texts;
}

// Overridden entries keep the place of the included file's, with the file of who overrides.
bool is_own(const std::string &arch, const npim_entry &entry) {
    return std::filesystem::path(entry.file).stem() == arch;
}

struct keys : keys_fixture {
    // A constant as an architecture's file has it.
    struct constant {
        std::string arch, key, text;
        edits others;
        std::vector<std::string> values; // to try
    };

    std::vector<constant> constants_of(const std::string &name) {
        std::vector<constant> all;
        const npim_arch &arch = original(name);
        for (size_t i = 0; i < arch.doc.n_entries; i++) {
            const npim_entry &entry = arch.doc.entries[i];
            const npim_field *field = npim_constant_field(&arch, &entry);
            if (!field || !is_own(name, entry)) continue;
            char text[128];
            npim_constant_text(&entry, text, sizeof text);
            all.push_back({name, entry.path, text, {}, values_of(*field, entry)});
            for (const special &s : specials) {
                if (name != s.arch || all.back().key != s.key) continue;
                all.back().others = s.others;
                if (!s.values.empty()) all.back().values = s.values;
            }
        }
        return all;
    }

    static const single *single_of(const constant &c) {
        for (const single &s : singles)
            if (c.key == s.key && (s.archs.empty() || s.archs.count(c.arch))) return &s;
        return nullptr;
    }

    using runner = numbers (keys_fixture::*)(const std::string &);

    numbers result(runner run, const std::string &arch, const edits &changes) {
        apply(arch, changes);
        return (this->*run)(arch);
    }

    numbers unchanged(size_t run, const std::string &arch) {
        const auto at = std::make_pair(run, arch);
        if (!kept.count(at)) kept[at] = result(runs[run], arch, {});
        return kept[at];
    }

    // Whether one of the runs differs for two values of the key, all else alike. Where its own value does not
    // go with the others, two more of its values are compared, or the only one that does with the file as it
    // is.
    bool has_effect(const constant &c) {
        for (size_t run = 0; run < std::size(runs); run++) {
            std::set<std::string> seen;
            const numbers own =
                c.others.empty() ? unchanged(run, c.arch) : result(runs[run], c.arch, c.others);
            if (own) seen.insert(*own);
            for (const std::string &value : c.values) {
                const numbers other = result(runs[run], c.arch, with(c.others, c.key, value));
                if (other) seen.insert(*other);
                if (seen.size() > 1) return true;
            }
            if (!own && unchanged(run, c.arch)) seen.insert(*unchanged(run, c.arch));
            if (seen.size() > 1) return true;
        }
        return false;
    }

    static edits with(edits changes, const std::string &key, const std::string &value) {
        changes.emplace_back(key, value);
        return changes;
    }

    // The table, by architecture and key; empty when one of the files is refused.
    using provenance = std::map<std::pair<std::string, std::string>, std::string>;

    provenance table() {
        provenance rows;
        npim_study study{};
        study.json = cJSON_CreateObject();
        error = {};
        const npim_status status = npim_provenance_make(&study, &error);
        for (size_t r = 0; status == NPIM_OK && r < npim_table_rows(&study.exhibits[0].table); r++) {
            const auto text = [&](size_t column) {
                const char *cell = npim_table_at(&study.exhibits[0].table, r, column)->text;
                return std::string(cell ? cell : "");
            };
            rows[{text(0), text(1)}] = text(2);
        }
        npim_study_fini(&study);
        return rows;
    }

    // The first value that the architecture allows.
    std::string allowed_value(const constant &c) {
        for (const std::string &value : c.values) {
            apply(c.arch, with(c.others, c.key, value));
            if (load(c.arch)) return value;
        }
        return "";
    }

    // Changes n constants at once, or where they do not go together, half of them: their rows of the table
    // differ, and no other but those of what goes with them.
    void expect_rows(const provenance &before, const constant *c, size_t n) {
        edits all;
        for (size_t i = 0; i < n; i++) {
            all.insert(all.end(), c[i].others.begin(), c[i].others.end());
            all.emplace_back(c[i].key, allowed_value(c[i]));
            ASSERT_NE(all.back().second, "") << c[i].arch << ": " << c[i].key << " may have no other value";
        }
        apply(c->arch, all);
        if (n > 1 && !load(c->arch)) {
            expect_rows(before, c, n / 2);
            expect_rows(before, c + n / 2, n - n / 2);
            return;
        }
        const provenance after = table();
        const auto left_out =
            std::count_if(all.begin(), all.end(), [](const edit &e) { return e.second == ""; });
        EXPECT_EQ(after.size() + static_cast<size_t>(left_out), before.size()) << error.message;
        size_t changed = 0;
        for (const auto &[row, text] : before) changed += !after.count(row) || after.at(row) != text;
        EXPECT_LE(changed, all.size());
        for (const edit &change : all)
            for (size_t i = 0; i < n; i++) {
                if (c[i].key != change.first) continue;
                EXPECT_EQ(before.at({c[i].arch, c[i].key}), c[i].text) << c[i].key;
                EXPECT_EQ(after.at({c[i].arch, c[i].key}), change.second) << c[i].key;
            }
    }

    // The key may have no other value: why must be said.
    void expect_single(const constant &c, const single &s) {
        for (const std::string &value : c.values) {
            if (s.synonyms.count(value)) continue;
            apply(c.arch, {{c.key, value}});
            EXPECT_FALSE(load(c.arch)) << value;
            EXPECT_NE(std::string(error.message).find(s.message), std::string::npos) << error.message;
        }
    }

    void expect_effects(const std::string &arch, size_t least) {
        std::vector<constant> free;
        apply(arch, {});
        const provenance before = table();
        ASSERT_FALSE(before.empty()) << error.message;
        for (const constant &c : constants_of(arch)) {
            SCOPED_TRACE(c.arch + ": " + c.key + " = " + c.text);
            const single *s = single_of(c);
            if (s) {
                expect_single(c, *s);
                EXPECT_EQ(before.at({c.arch, c.key}), c.text);
            } else {
                EXPECT_TRUE(has_effect(c)) << "no effect";
                free.push_back(c);
            }
        }
        EXPECT_GE(free.size(), least);
        for (size_t i = 0, n = 1; i < free.size(); i += n) {
            for (n = 1;
                 i + n < free.size() && n < 16 && free[i].others.empty() && free[i + n].others.empty();)
                n++;
            expect_rows(before, &free[i], n);
        }
    }

    static constexpr runner runs[] = {&keys_fixture::describe, &keys_fixture::replay, &keys_fixture::infer};
    std::map<std::pair<size_t, std::string>, numbers> kept;
};

struct keys_Slow : keys {};

TEST_F(keys_Slow, all_of_isaac) {
    expect_effects("isaac", 100);
}
TEST_F(keys_Slow, all_of_cascade) {
    expect_effects("cascade", 110);
}
TEST_F(keys_Slow, all_of_neural_pim) {
    expect_effects("neural-pim", 105);
}

TEST_F(keys_Slow, all_that_others_override) {
    expect_effects("isaac-16bit", 16);
    expect_effects("isaac-2bit", 4);
    expect_effects("cascade-a-priori", 2);
    expect_effects("cascade-differential", 4);
    expect_effects("neural-pim-a-priori", 3);
}

// The circuits are constants, too: one cell of a level more or less shows in the analog values.
TEST_F(keys_Slow, circuits) {
    static const std::pair<const char *, const npim_block_ops *> circuits[] = {
        {"block.neural_sa.design", &npim_neural_sa_ops}, {"block.neural_adc.design", &npim_neural_adc_ops}};
    // A design has the decks of its inverters beside it.
    std::filesystem::copy(NPIM_SOURCE_DIR "/sim/arch/circuits", folder / "changed");
    const numbers before = infer("neural-pim");
    ASSERT_TRUE(before) << error.message;
    const provenance rows = table();
    for (const auto &[key, ops] : circuits) {
        npim_design *design = nullptr;
        const std::string path = (folder / "changed/changed.toml").string();
        ASSERT_EQ(npim_arch_design_load(&original("neural-pim"), ops, &design, &error), NPIM_OK)
            << error.message;
        uint8_t &level = design->converter.circuit.cells[0].level;
        level = static_cast<uint8_t>(level > 1 ? level - 1 : level + 1);
        EXPECT_EQ(npim_design_save(design, path.c_str(), true, &error), NPIM_OK) << error.message;
        npim_design_fini(design);
        std::free(design);
        const numbers after = result(&keys_fixture::infer, "neural-pim", {{key, path}});
        ASSERT_TRUE(after) << key << ": " << error.message;
        EXPECT_NE(*after, *before) << key;
        EXPECT_EQ(rows.at({"neural-pim", key}), npim_doc_find(&original("neural-pim").doc, key)->text);
        EXPECT_EQ(table().at({"neural-pim", key}), path);
    }
}

// What the tables above say of a key is needed: it is a constant of that file.
TEST_F(keys, rows_of_the_tables_are_those_of_constants) {
    std::map<std::string, std::set<std::string>> known;
    std::set<std::string> any;
    for (const std::string &arch : names)
        for (const constant &c : constants_of(arch)) {
            known[arch].insert(c.key);
            any.insert(c.key);
        }
    for (const special &s : specials) EXPECT_TRUE(known[s.arch].count(s.key)) << s.arch << ": " << s.key;
    for (const single &s : singles) {
        EXPECT_TRUE(any.count(s.key)) << s.key;
        for (const std::string &arch : s.archs)
            EXPECT_TRUE(known[arch].count(s.key)) << arch << ": " << s.key;
    }
}

// A change that nothing shows is noticed: codes of ISAAC's converters do not tell off-currents of 1/100 from
// those of 1/101.
TEST_F(keys_Slow, without_effect_is_noticed) {
    EXPECT_FALSE(has_effect({"isaac", "block.rram.on_off_ratio", "100", {}, {"101"}}));
    EXPECT_TRUE(has_effect({"isaac", "block.rram.on_off_ratio", "100", {}, {"1.5"}}));
}

} // namespace
