#include "tlm/sequencer.hpp"

#include "tests/hw/support.hpp"

#include <algorithm>
#include <array>
#include <functional>
#include <gtest/gtest.h>
#include <random>
#include <vector>

namespace {

// When, who, where, what, with what.
using entry = std::array<uint64_t, 5>;

struct system_of_actors {
    struct member final : npim::actor {
        void act(uint32_t kind, uint32_t port, uint32_t data) override {
            all->done.push_back({npim::now_ps(), number, port, kind, data});
            if (all->meanwhile) all->meanwhile(all->done.back());
        }
        system_of_actors *all = nullptr;
        uint32_t number = 0;
    };

    explicit system_of_actors(size_t n) : members(n) {
        for (auto &one : members) {
            one.all = this;
            one.number = agenda.join(one);
        }
    }
    void put(const entry &e) {
        agenda.put(e[0], static_cast<uint32_t>(e[1]), static_cast<uint32_t>(e[2]),
                   static_cast<uint32_t>(e[3]), static_cast<uint32_t>(e[4]));
    }
    // Refused as a broken invariant that names both times; nothing is kept.
    void expect_refused(uint64_t time_ps, const char *message) {
        const uint64_t before = agenda.n_entries();
        try {
            agenda.put(time_ps, 0, 0, 0);
            ADD_FAILURE() << time_ps << " was taken at " << npim::now_ps();
        } catch (const sc_core::sc_report &report) {
            EXPECT_EQ(npim::status_of(report), NPIM_EINVARIANT);
            EXPECT_STREQ(report.get_msg(), message);
        }
        EXPECT_EQ(agenda.n_entries(), before);
    }

    npim::sequencer agenda{"sequencer"};
    std::vector<member> members;
    std::vector<entry> done;
    std::function<void(const entry &)> meanwhile; // called within act()
};

// A process of its own that does something at each of its times, before or after the sequencer's process.
struct stranger : sc_core::sc_module {
    SC_HAS_PROCESS(stranger);
    stranger(const sc_core::sc_module_name &name, std::vector<uint64_t> times, std::function<void()> action)
        : sc_module(name), times_(std::move(times)), action_(std::move(action)) {
        SC_METHOD(run); // a thread's stack and exceptions under AddressSanitizer do not go together
        for (uint64_t time_ps : times_) event_.notify(npim::from_ps(time_ps));
        sensitive << event_;
        dont_initialize();
    }
    void run() { action_(); }

  private:
    std::vector<uint64_t> times_;
    std::function<void()> action_;
    sc_core::sc_event_queue event_{"event"};
};

} // namespace

TEST(Sequencer, ActorsGetTheirNumbersInTheOrderInWhichTheyJoin) {
    system_of_actors s(3);
    for (uint32_t i = 0; i < 3; i++) EXPECT_EQ(s.members[i].number, i);
}

TEST(Sequencer, TiesBreakByInstanceThenPortThenKindThenInsertion) {
    system_of_actors s(3);
    const std::vector<entry> expected = {{10, 0, 0, 255, 1}, {10, 0, 1, 0, 2},        {10, 1, 0, 0, 3},
                                         {10, 1, 0, 0, 4},   {10, 1, 0, 1, 5},        {10, 1, 2, 0, 6},
                                         {10, 2, 0, 0, 7},   {10, 2, 16777215, 0, 8}, {11, 0, 0, 0, 9}};
    // Each of the nine comes at every place of the insertion; 3 stays before 4, which only insertion orders.
    for (size_t first = 0; first < expected.size(); first++) {
        std::vector<entry> mixed = expected;
        std::rotate(mixed.begin(), mixed.begin() + static_cast<long>(first), mixed.end());
        const auto three = std::find(mixed.begin(), mixed.end(), expected[2]);
        const auto four = std::find(mixed.begin(), mixed.end(), expected[3]);
        if (four < three) std::iter_swap(three, four);
        for (entry e : mixed) {
            e[0] += 100 * first;
            s.put(e);
        }
        sc_core::sc_start();
        ASSERT_EQ(s.done.size(), expected.size());
        for (size_t i = 0; i < expected.size(); i++) {
            EXPECT_EQ(s.done[i][0], expected[i][0] + 100 * first);
            EXPECT_EQ(s.done[i][4], expected[i][4]) << "rotated by " << first << ", place " << i;
        }
        s.done.clear();
    }
}

TEST(Sequencer, EntriesPutWhileRunningTakeTheirPlaceAmongTheOthers) {
    system_of_actors s(3);
    s.meanwhile = [&s](const entry &now) {
        if (now[4] != 99) return;
        s.put({10, 1, 0, 0, 3}); // at this time, before 4 and behind 2
        s.put({10, 0, 0, 0, 2}); // of an instance that had its turn
        s.put({12, 0, 0, 0, 6});
        s.put({11, 2, 0, 0, 5});
    };
    s.put({10, 0, 5, 0, 99});
    s.put({10, 2, 0, 0, 4});
    s.put({20, 0, 0, 0, 7});
    sc_core::sc_start();
    const std::vector<entry> expected = {{10, 0, 5, 0, 99}, {10, 0, 0, 0, 2}, {10, 1, 0, 0, 3},
                                         {10, 2, 0, 0, 4},  {11, 2, 0, 0, 5}, {12, 0, 0, 0, 6},
                                         {20, 0, 0, 0, 7}};
    EXPECT_EQ(s.done, expected);
}

TEST(Sequencer, AChainAtOneTimeStaysAtThatTime) {
    system_of_actors s(1);
    s.meanwhile = [&s](const entry &now) {
        if (now[4] < 1000) s.put({now[0], 0, 0, 0, now[4] + 1});
    };
    s.put({7, 0, 0, 0, 1});
    sc_core::sc_start();
    ASSERT_EQ(s.done.size(), 1000u);
    EXPECT_EQ(s.done.back(), (entry{7, 0, 0, 0, 1000}));
    EXPECT_EQ(npim::now_ps(), 7u);
}

TEST(Sequencer, WhatIsPutAtThePresentTimeFromOutsideRunsNow) {
    system_of_actors s(2);
    stranger putter("putter", {10, 30}, [&s] { s.put({npim::now_ps(), 0, 0, 0, 1}); });
    s.put({10, 1, 0, 0, 2});
    s.put({20, 1, 0, 0, 3});
    sc_core::sc_start();
    // Both orders of the two processes at 10 are right; neither loses or delays an entry.
    std::vector<entry> expected = {{10, 0, 0, 0, 1}, {10, 1, 0, 0, 2}, {20, 1, 0, 0, 3}, {30, 0, 0, 0, 1}};
    std::sort(s.done.begin(), s.done.end());
    EXPECT_EQ(s.done, expected);
}

TEST(Sequencer, AnEarlierEntryGoesBeforeTheOneThatItWaitsFor) {
    system_of_actors s(1);
    stranger putter("putter", {5}, [&s] { s.put({6, 0, 0, 0, 1}); });
    s.put({1000, 0, 0, 0, 2});
    sc_core::sc_start();
    const std::vector<entry> expected = {{6, 0, 0, 0, 1}, {1000, 0, 0, 0, 2}};
    EXPECT_EQ(s.done, expected);
}

TEST(Sequencer, ThePastIsRefusedFromOutsideAndFromWithin) {
    system_of_actors s(1);
    int refusals = 0;
    s.meanwhile = [&](const entry &now) {
        if (now[4] != 99) return;
        s.expect_refused(19, "sequencer: 19 ps has passed at 20 ps");
        s.expect_refused(0, "sequencer: 0 ps has passed at 20 ps");
        refusals++;
    };
    stranger putter("putter", {10, 25}, [&] {
        if (npim::now_ps() == 10)
            s.expect_refused(9, "sequencer: 9 ps has passed at 10 ps");
        else
            s.expect_refused(20, "sequencer: 20 ps has passed at 25 ps"); // nothing is waiting
        refusals++;
    });
    s.put({20, 0, 0, 0, 99});
    s.put({20, 0, 0, 0, 1});
    sc_core::sc_start();
    EXPECT_EQ(refusals, 3);
    // What was there is not harmed.
    const std::vector<entry> expected = {{20, 0, 0, 0, 99}, {20, 0, 0, 0, 1}};
    EXPECT_EQ(s.done, expected);
}

TEST(Sequencer, IsIdleWhenNothingIsLeftAndCostsNothingThen) {
    system_of_actors s(1);
    EXPECT_TRUE(s.agenda.idle());
    EXPECT_EQ(s.agenda.n_entries(), 0u);
    s.put({0, 0, 0, 0, 1}); // time 0, before the start
    s.put({500, 0, 0, 0, 2});
    EXPECT_FALSE(s.agenda.idle());
    sc_core::sc_start(npim::from_ps(400));
    EXPECT_FALSE(s.agenda.idle());
    EXPECT_EQ(s.done.size(), 1u);
    sc_core::sc_start();
    EXPECT_TRUE(s.agenda.idle());
    EXPECT_EQ(s.agenda.n_entries(), 2u);
    EXPECT_EQ(npim::now_ps(), 500u);
    EXPECT_FALSE(sc_core::sc_pending_activity());
    s.put({500, 0, 0, 0, 3}); // and can be woken again, now and later
    s.put({501, 0, 0, 0, 4});
    sc_core::sc_start();
    EXPECT_TRUE(s.agenda.idle());
    EXPECT_EQ(s.done.back(), (entry{501, 0, 0, 0, 4}));
    EXPECT_EQ(s.done.size(), 4u);
}

// Against a list that is sorted anew for every entry.
TEST(Sequencer, IsASortedListHoweverEntriesCome) {
    system_of_actors s(4);
    std::mt19937_64 random(test_seed(20220904));
    std::vector<std::pair<entry, uint64_t>> waiting; // with the number of the insertion
    uint64_t n = 0;
    const auto put_one = [&] {
        const entry e = {npim::now_ps() + random() % 5, random() % 4, random() % 3, random() % 3, n};
        waiting.push_back({e, n++});
        s.put(e);
    };
    s.meanwhile = [&](const entry &now) {
        const auto before = [](const auto &a, const auto &b) {
            return std::lexicographical_compare(a.first.begin(), a.first.begin() + 4, b.first.begin(),
                                                b.first.begin() + 4) ||
                   (std::equal(a.first.begin(), a.first.begin() + 4, b.first.begin()) && a.second < b.second);
        };
        const auto first = std::min_element(waiting.begin(), waiting.end(), before);
        ASSERT_TRUE(first != waiting.end());
        EXPECT_EQ(first->first, now);
        waiting.erase(first);
        for (uint64_t more = random() % 3; more > 0 && n < 5000; more--) put_one();
        if (waiting.empty() && n < 5000) put_one();
    };
    for (int i = 0; i < 20; i++) put_one();
    sc_core::sc_start();
    EXPECT_EQ(n, 5000u);
    EXPECT_TRUE(waiting.empty());
    EXPECT_TRUE(s.agenda.idle());
}
