#include "hw/agenda.h"

#include "support.hpp"

#include <random>
#include <set>
#include <tuple>

namespace {

// time, instance, port, kind, in which order it was added: what an entry is ranked by.
using rank = std::tuple<uint64_t, uint32_t, uint32_t, uint32_t, uint32_t>;

class agenda : public testing::Test {
  protected:
    agenda() { make(4); }
    ~agenda() override { npim_agenda_fini(&a); }

    void make(uint32_t capacity) {
        npim_agenda_fini(&a);
        ASSERT_EQ(npim_agenda_init(&a, capacity, nullptr), NPIM_OK);
        n_added = 0;
    }
    // The entry's data is its number.
    rank add(uint64_t time_ps, uint32_t instance, uint32_t port, uint32_t kind) {
        EXPECT_EQ(npim_agenda_add(&a, time_ps, instance, port, kind, n_added, nullptr), NPIM_OK);
        return {time_ps, instance, port, kind, n_added++};
    }
    rank take(uint64_t now_ps = UINT64_MAX) {
        npim_due due{};
        EXPECT_TRUE(npim_agenda_take(&a, now_ps, &due));
        return {due.time_ps, npim_due_instance(&due), npim_due_port(&due), npim_due_kind(&due), due.data};
    }
    bool empty(uint64_t now_ps = UINT64_MAX) {
        npim_due due{};
        return !npim_agenda_take(&a, now_ps, &due);
    }

    npim_agenda a{};
    uint32_t n_added = 0;
};

TEST_F(agenda, has_nothing_due_when_empty) {
    EXPECT_TRUE(empty());
    EXPECT_EQ(npim_agenda_next_ps(&a), UINT64_MAX);
    add(7, 0, 0, 0);
    take();
    EXPECT_TRUE(empty());
    EXPECT_EQ(npim_agenda_next_ps(&a), UINT64_MAX);
}

TEST_F(agenda, an_entry_is_due_at_its_time_and_not_before) {
    for (uint64_t time_ps : {UINT64_C(1), UINT64_C(1000), UINT64_C(1) << 40, UINT64_MAX}) {
        add(time_ps, 3, 2, 1);
        EXPECT_TRUE(empty(time_ps - 1)) << "blocked at t - 1";
        EXPECT_EQ(npim_agenda_next_ps(&a), time_ps);
        npim_due due{};
        ASSERT_TRUE(npim_agenda_take(&a, time_ps, &due)) << "ready at t";
        EXPECT_EQ(due.time_ps, time_ps);
    }
    add(0, 0, 0, 0);
    EXPECT_EQ(std::get<0>(take(0)), 0u);
}

TEST_F(agenda, a_question_leaves_what_is_not_due) {
    const rank later = add(20, 0, 0, 0), sooner = add(10, 9, 9, 9);
    EXPECT_TRUE(empty(9));
    EXPECT_EQ(take(10), sooner);
    EXPECT_TRUE(empty(19));
    EXPECT_EQ(take(25), later);
}

// Each line differs from the one before in one part; added backwards, they come out in this order.
TEST_F(agenda, ties_break_by_time_instance_port_kind_and_sequence) {
    const uint32_t parts[][4] = {{1, 1, 1, 0}, {1, 1, 1, 1}, {1, 1, 2, 0}, {1, 2, 0, 0}, {2, 0, 0, 0}};
    std::vector<rank> added;
    for (auto p = std::rbegin(parts); p != std::rend(parts); ++p)
        added.push_back(add((*p)[0], (*p)[1], (*p)[2], (*p)[3]));
    const rank again = add(1, 1, 1, 0); // equal to the first but added later
    EXPECT_EQ(take(), added[4]);
    EXPECT_EQ(take(), again);
    for (int i = 3; i >= 0; i--) EXPECT_EQ(take(), added[static_cast<size_t>(i)]);
    EXPECT_TRUE(empty());
}

TEST_F(agenda, equal_entries_come_in_the_order_in_which_they_were_added) {
    for (uint32_t i = 0; i < 100; i++) add(5, 1, 2, 3);
    for (uint32_t i = 0; i < 100; i++) EXPECT_EQ(std::get<4>(take()), i);
}

TEST_F(agenda, parts_of_the_order_keep_their_limits_apart) {
    const uint32_t instance = UINT32_MAX, port = (1u << 24) - 1, kind = 255;
    const rank most = add(1, instance, port, kind), none = add(1, 0, 0, 0), some = add(1, 0, port, kind),
               next = add(1, 1, 0, 0), first_port = add(1, 0, 1, 0), last_kind = add(1, 0, 0, kind);
    for (const rank &expected : {none, last_kind, first_port, some, next, most}) EXPECT_EQ(take(), expected);
}

TEST_F(agenda, counts_what_was_ever_added) {
    for (uint32_t i = 0; i < 9; i++) {
        add(i, 0, 0, 0);
        if (i % 2) take();
    }
    EXPECT_EQ(a.next_sequence, 9u);
    EXPECT_EQ(a.n, 5u);
}

TEST_F(agenda, grows_from_any_capacity) {
    for (uint32_t capacity : {0u, 1u, 2u, 3u, 100u}) {
        make(capacity);
        for (uint32_t i = 0; i < 77; i++) add(76 - i, i, 0, 0);
        EXPECT_GE(a.capacity, 77u);
        for (uint32_t i = 0; i < 77; i++) EXPECT_EQ(take(), rank(i, 76 - i, 0, 0, 76 - i));
        EXPECT_TRUE(empty());
    }
}

// Against an ordered set: few values, so that ties are frequent; additions in the past as well.
TEST_F(agenda, random_additions_and_removals_keep_the_order) {
    std::mt19937_64 random(test_seed(20240711));
    const auto below = [&](uint64_t n) { return random() % n; };
    for (int round = 0; round < 50; round++) {
        make(static_cast<uint32_t>(below(5)));
        std::set<rank> model;
        uint64_t now_ps = 0;
        for (int step = 0; step < 400; step++) {
            if (below(100) < 55)
                model.insert(add(now_ps + below(8), static_cast<uint32_t>(below(3)),
                                 static_cast<uint32_t>(below(3)), static_cast<uint32_t>(below(3))));
            now_ps += below(2);
            ASSERT_EQ(npim_agenda_next_ps(&a), model.empty() ? UINT64_MAX : std::get<0>(*model.begin()));
            if (below(2)) continue;
            const bool due = !model.empty() && std::get<0>(*model.begin()) <= now_ps;
            if (!due) {
                ASSERT_TRUE(empty(now_ps));
                continue;
            }
            ASSERT_EQ(take(now_ps), *model.begin());
            model.erase(model.begin());
        }
        for (const rank &left : model) ASSERT_EQ(take(), left);
        ASSERT_TRUE(empty());
    }
}

TEST(agenda_memory, fini_is_safe_on_a_zeroed_struct_and_twice) {
    npim_agenda a{};
    npim_agenda_fini(&a);
    ASSERT_EQ(npim_agenda_init(&a, 3, nullptr), NPIM_OK);
    npim_agenda_fini(&a);
    npim_agenda_fini(&a);
    EXPECT_EQ(a.heap, nullptr);
    EXPECT_EQ(npim_agenda_next_ps(&a), UINT64_MAX);
}

} // namespace
