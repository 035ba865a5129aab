#include "tlm/wave.hpp"

#include "traffic.hpp"

#include <map>

namespace {

using traffic::run_to;

TEST(ScopeMatches, LevelsAndStars) {
    const struct {
        const char *pattern, *name;
        bool matches;
    } rows[] = {{"a.b", "a.b", true},
                {"a.b", "a.c", false},
                {"a.b", "a", false},
                {"a", "a.b", false},
                {"*", "a", true},
                {"*", "a.b", false},
                {"*.*", "a.b", true},
                {"**", "a", true},
                {"**", "a.b.c", true},
                {"a.**", "a.b.c", true},
                {"a.**", "a", true},
                {"a.**", "ab.c", false},
                {"**.c", "a.b.c", true},
                {"**.c", "c", true},
                {"**.c", "a.c.b", false},
                {"a.**.d", "a.d", true},
                {"a.**.d", "a.b.c.d", true},
                {"a.**.d", "a.b.c.e", false},
                {"**.b.**", "a.b.c", true},
                {"**.b.**", "a.b", true},
                {"**.b.**", "a.c.d", false},
                {"**.b.c", "a.b.b.c", true},
                {"**.b.c", "b.c.b.d", false},
                {"a*", "abc", true},
                {"a*c", "abc", true},
                {"a*c", "abcb", false},
                {"*a*b*", "xaxbx", true},
                {"a?", "ab", true},
                {"a?", "a", false},
                {"a?.c", "a..c", false},
                {"t_*.s", "t_001.s", true},
                {"t_*.s", "t_001.x.s", false},
                {"t_00?.**", "t_003.x", true},
                {"", "a", false},
                {"**.**", "a.b", true},
                {"**.*.**.c", "a.b.c", true},
                {"**.x.**.y", "a.x.x.b.y", true}};
    for (const auto &row : rows)
        EXPECT_EQ(npim::scope_matches(row.pattern, row.name), row.matches) << row.pattern << " " << row.name;
}

// Against a matcher that tries every way.
bool brute(const std::vector<std::string> &pattern, size_t p, const std::vector<std::string> &name,
           size_t n) {
    if (p == pattern.size()) return n == name.size();
    if (pattern[p] == "**") {
        for (size_t skip = n; skip <= name.size(); skip++)
            if (brute(pattern, p + 1, name, skip)) return true;
        return false;
    }
    return n < name.size() && (pattern[p] == "*" || pattern[p] == name[n]) &&
           brute(pattern, p + 1, name, n + 1);
}

std::string joined(const std::vector<std::string> &levels) {
    std::string text;
    for (const std::string &level : levels) text += (text.empty() ? "" : ".") + level;
    return text;
}

TEST(ScopeMatches, LikeAMatcherThatTriesEveryWay) {
    std::mt19937_64 random(traffic::seed());
    const char *const parts[] = {"a", "b", "*", "**"};
    uint32_t n_matches = 0;
    for (int i = 0; i < 20000; i++) {
        std::vector<std::string> pattern(1 + random() % 5), name(1 + random() % 5);
        for (std::string &level : pattern) level = parts[random() % 4];
        for (std::string &level : name) level = parts[random() % 2];
        const bool expected = brute(pattern, 0, name, 0);
        n_matches += expected;
        ASSERT_EQ(npim::scope_matches(joined(pattern).c_str(), joined(name).c_str()), expected)
            << joined(pattern) << " " << joined(name);
    }
    EXPECT_GT(n_matches, 1000u);
}

// Notes what a wave writes.
struct recorder : npim::wave_sink {
    using change_list = std::vector<std::tuple<uint64_t, uint32_t, uint64_t>>;
    uint64_t begun_ps = UINT64_MAX, ended_ps = UINT64_MAX;
    std::vector<uint64_t> first;
    change_list changes;
    void begin(uint64_t time_ps, const std::vector<uint64_t> &values) override {
        begun_ps = time_ps;
        first = values;
    }
    void change(uint64_t time_ps, uint32_t signal, uint64_t value) override {
        changes.emplace_back(time_ps, signal, value);
    }
    void end(uint64_t time_ps) override { ended_ps = time_ps; }
};

struct bench {
    npim::wave wave{"**"};
    recorder out;
    explicit bench(const std::vector<npim_kind> &kinds, uint64_t from_ps = 0, uint64_t to_ps = UINT64_MAX) {
        static const char *const names[] = {"zero", "one", "two", nullptr};
        for (size_t i = 0; i < kinds.size(); i++)
            EXPECT_EQ(wave.add({"s." + std::to_string(i), kinds[i], "", names, "", ""}), i);
        wave.open(&out, from_ps, to_ps);
    }
};

TEST(Wave, OnlySignalsInScopeGetNumbers) {
    npim::wave wave("a.*");
    EXPECT_EQ(wave.add({"b.x", NPIM_KIND_BOOL, "", nullptr, "", ""}), npim::no_signal);
    EXPECT_EQ(wave.add({"a.x", NPIM_KIND_BOOL, "", nullptr, "", ""}), 0u);
    EXPECT_EQ(wave.add({"a.y", NPIM_KIND_BOOL, "", nullptr, "", ""}), 1u);
    recorder out;
    wave.open(&out, 0, 100);
    wave.set(npim::no_signal, 1);
    wave.span(npim::no_signal, 1, 2);
    EXPECT_TRUE(wave.finish(50));
    EXPECT_TRUE(out.changes.empty());
    EXPECT_EQ(out.first, (std::vector<uint64_t>{0, 0}));
    EXPECT_EQ(out.ended_ps, 50u);
}

TEST(Wave, WritesEachInstantOnceInTheOrderOfSignals) {
    bench b({NPIM_KIND_U32, NPIM_KIND_U32});
    run_to(10);
    b.wave.set(1, 5);
    b.wave.set(0, 7);
    b.wave.set(0, 8); // the last value of the instant
    run_to(20);
    b.wave.set(0, 9);
    b.wave.set(0, 8); // back: no change
    b.wave.set(1, 5);
    EXPECT_TRUE(b.wave.finish(30));
    EXPECT_EQ(b.out.begun_ps, 0u);
    EXPECT_EQ(b.out.changes, (recorder::change_list{{10, 0, 8}, {10, 1, 5}}));
}

TEST(Wave, NothingIsWrittenBeforeItsTime) {
    bench b({NPIM_KIND_U32, NPIM_KIND_BOOL});
    b.wave.set_at(100, 0, 1);
    b.wave.span(1, 40, 60);
    run_to(40);
    b.wave.set(0, 3);
    EXPECT_TRUE(b.out.changes.empty()) << "40 is not over";
    run_to(70);
    b.wave.set(0, 4);
    EXPECT_EQ(b.out.changes, (recorder::change_list{{40, 0, 3}, {40, 1, 1}, {60, 1, 0}}));
    EXPECT_TRUE(b.wave.finish(100));
    EXPECT_EQ(b.out.changes.back(), std::make_tuple(uint64_t{100}, 0u, uint64_t{1}));
}

TEST(Wave, SpansThatTouchAreOneAndThoseThatOverlapAreCounted) {
    bench b({NPIM_KIND_BOOL, NPIM_KIND_U32});
    b.wave.span(0, 20, 30);
    b.wave.span(0, 10, 20);
    b.wave.span(0, 40, 40); // empty
    b.wave.span(1, 10, 30);
    b.wave.span(1, 20, 40);
    EXPECT_TRUE(b.wave.finish(50));
    EXPECT_EQ(b.out.changes, (recorder::change_list{
                                 {10, 0, 1}, {10, 1, 1}, {20, 1, 2}, {30, 0, 0}, {30, 1, 1}, {40, 1, 0}}));
}

TEST(Wave, WhatIsExpectedHappensUnlessItIsSetBefore) {
    bench b({NPIM_KIND_ENUM, NPIM_KIND_ENUM});
    for (uint32_t s : {0u, 1u}) {
        b.wave.set(s, 1);
        b.wave.expect_at(50, s, 2);
    }
    run_to(30);
    b.wave.set(0, 0);
    b.wave.set(0, 1); // as before, but now it stays
    run_to(60);
    b.wave.set(1, 0); // too late: 2 was seen
    EXPECT_TRUE(b.wave.finish(70));
    EXPECT_EQ(b.out.first, (std::vector<uint64_t>{1, 1}));
    EXPECT_EQ(b.out.changes, (recorder::change_list{{50, 1, 2}, {60, 1, 0}}));
}

TEST(Wave, AWindowBeginsWithTheValuesOfThatTime) {
    bench b({NPIM_KIND_U32, NPIM_KIND_BOOL}, 100, 200);
    run_to(50);
    b.wave.set(0, 4);
    b.wave.span(1, 60, 150);
    b.wave.set_at(100, 0, 5); // belongs to the first values
    b.wave.set_at(101, 0, 6);
    b.wave.set_at(199, 0, 7);
    b.wave.set_at(200, 0, 8); // behind the window
    run_to(300);
    b.wave.set(0, 9);
    EXPECT_TRUE(b.wave.finish(300));
    EXPECT_EQ(b.out.begun_ps, 100u);
    EXPECT_EQ(b.out.first, (std::vector<uint64_t>{5, 1}));
    EXPECT_EQ(b.out.changes, (recorder::change_list{{101, 0, 6}, {150, 1, 0}, {199, 0, 7}}));
    EXPECT_EQ(b.out.ended_ps, 200u);
}

TEST(Wave, AWindowBehindTheEndIsNotWritten) {
    bench at_end({NPIM_KIND_U32}, 100, 200), behind({NPIM_KIND_U32}, 101, 200);
    EXPECT_TRUE(at_end.wave.finish(100));
    EXPECT_EQ(at_end.out.ended_ps, 100u);
    EXPECT_FALSE(behind.wave.finish(100));
    EXPECT_EQ(behind.out.begun_ps, UINT64_MAX);
}

// Random changes against a map from time to value.
TEST(Wave, RandomChangesComeOutInOrder) {
    std::mt19937_64 random(traffic::seed());
    bench b({NPIM_KIND_U32, NPIM_KIND_U32, NPIM_KIND_U32}, 500, 4000);
    std::map<uint64_t, uint64_t> wanted[3];
    for (uint64_t now = 0; now < 5000; now += random() % 7) {
        run_to(now);
        const uint32_t s = static_cast<uint32_t>(random() % 3);
        const uint64_t at = now + random() % 100, value = random() % 4;
        b.wave.set_at(at, s, value);
        wanted[s][at] = value; // of one instant the last one counts
    }
    EXPECT_TRUE(b.wave.finish(6000));
    uint64_t last_ps = 0;
    std::map<uint64_t, uint64_t> seen[3];
    for (const auto &[at, s, value] : b.out.changes) {
        EXPECT_GE(at, last_ps);
        EXPECT_TRUE(at > 500 && at < 4000);
        last_ps = at;
        seen[s][at] = value;
    }
    for (uint32_t s = 0; s < 3; s++) {
        uint64_t value = 0, shown = b.out.first[s];
        for (uint64_t at = 0; at < 4000; at++) {
            if (wanted[s].count(at)) value = wanted[s][at];
            if (seen[s].count(at)) shown = seen[s][at];
            if (at >= 500) {
                ASSERT_EQ(shown, value) << s << " at " << at;
            }
        }
    }
}

} // namespace
