#include "tlm/slots.hpp"

#include <deque>
#include <gtest/gtest.h>
#include <random>
#include <set>

using npim::no_slot;
using pool = npim::slots<int>;

TEST(Slots, ReusesWhatWasGivenBack) {
    pool p;
    const uint32_t a = p.take(1), b = p.take(2);
    EXPECT_NE(a, b);
    EXPECT_EQ(p.n_used(), 2u);
    p.give(a);
    EXPECT_EQ(p.n_used(), 1u);
    EXPECT_EQ(p.find([](int v) { return v == 1; }), no_slot) << "a free slot was found";
    EXPECT_EQ(p.take(3), a);
    EXPECT_EQ(p[a], 3);
    EXPECT_EQ(p[b], 2);
    EXPECT_EQ(p.find([](int v) { return v == 2; }), b);
}

TEST(Slots, LinesKeepTheirOrderAgainstAReference) {
    pool p;
    pool::line lines[2];
    std::deque<uint32_t> expected[2];
    std::set<uint32_t> used;
    std::mt19937 random(11);
    for (int step = 0; step < 20000; step++) {
        const uint32_t which = random() % 2;
        if (random() % 2) {
            const uint32_t i = p.take(step);
            ASSERT_TRUE(used.insert(i).second) << "taken twice";
            lines[which].push(p, i);
            expected[which].push_back(i);
        } else if (!expected[which].empty()) {
            ASSERT_EQ(lines[which].front(), expected[which].front());
            const uint32_t i = lines[which].pop(p);
            ASSERT_EQ(i, expected[which].front());
            expected[which].pop_front();
            used.erase(i);
            p.give(i);
        }
        ASSERT_EQ(lines[which].empty(), expected[which].empty());
        ASSERT_EQ(p.n_used(), used.size());
    }
}
