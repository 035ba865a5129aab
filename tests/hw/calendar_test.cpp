#include "hw/calendar.h"

#include "tests/hw/support.hpp"

#include <random>

namespace {

struct row {
    uint64_t earliest_ps, duration_ps, start_ps;
};

// One bit per ps: the calendar as it would be without any cleverness.
class bitmap {
  public:
    explicit bitmap(size_t size) : busy_(size, false) {}

    uint64_t first_fit(uint64_t earliest, uint64_t duration) const {
        uint64_t start = earliest;
        for (uint64_t t = earliest; t < start + duration; t++)
            if (busy_.at(t)) start = t + 1;
        return start;
    }

    bool is_free(uint64_t start, uint64_t duration) const {
        for (uint64_t t = start; t < start + duration; t++)
            if (busy_.at(t)) return false;
        return true;
    }

    void book(uint64_t start, uint64_t duration) {
        for (uint64_t t = start; t < start + duration; t++) busy_.at(t) = true;
    }

  private:
    std::vector<bool> busy_;
};

} // namespace

TEST(calendar, reservations_queue_and_gaps_are_used) {
    npim_calendar calendar = {};
    const row rows[] = {
        {100, 100, 100}, // free
        {100, 50, 200},  // behind the first
        {0, 101, 250},   // one too long for the gap in front
        {0, 100, 0},     // which it fills exactly
        {0, 1, 351},     // now everything up to 351 is taken
        {1000, 10, 1000}, {352, 648, 352}, {352, 1, 1010},
    };
    for (const row &r : rows) {
        EXPECT_EQ(npim_calendar_probe(&calendar, r.earliest_ps, r.duration_ps), r.start_ps);
        EXPECT_EQ(npim_calendar_reserve(&calendar, r.earliest_ps, r.duration_ps), r.start_ps);
    }
    EXPECT_EQ(calendar.n, 1u); // [0, 1011) without a gap
    EXPECT_EQ(calendar.booked_ps, 1011u);
    EXPECT_EQ(calendar.n_booked, 8u);
}

TEST(calendar, blocked_at_t_minus_1_ready_at_t) {
    npim_calendar calendar = {};
    npim_calendar_reserve(&calendar, 100, 100);
    EXPECT_EQ(npim_calendar_probe(&calendar, 90, 10), 90u); // ends as the other starts
    EXPECT_EQ(npim_calendar_probe(&calendar, 91, 10), 200u);
    EXPECT_EQ(npim_calendar_probe(&calendar, 199, 1), 200u);
    EXPECT_EQ(npim_calendar_probe(&calendar, 200, 1), 200u);
    EXPECT_EQ(npim_calendar_probe(&calendar, 201, 1), 201u);
}

TEST(calendar, zero_duration_books_nothing) {
    npim_calendar calendar = {};
    npim_calendar_reserve(&calendar, 100, 100);
    EXPECT_EQ(npim_calendar_probe(&calendar, 150, 0), 150u);
    EXPECT_EQ(npim_calendar_reserve(&calendar, 150, 0), 150u);
    EXPECT_EQ(calendar.n_booked, 1u);
}

TEST(calendar, probing_changes_nothing) {
    npim_calendar calendar = {};
    npim_calendar_reserve(&calendar, 100, 100);
    npim_calendar before = calendar;
    npim_calendar_probe(&calendar, 0, 1000);
    EXPECT_EQ(std::memcmp(&before, &calendar, sizeof before), 0);
}

TEST(calendar, reset_empties) {
    npim_calendar calendar = {};
    npim_calendar_reserve(&calendar, 0, 100);
    npim_calendar_reset(&calendar);
    EXPECT_EQ(npim_calendar_reserve(&calendar, 0, 1), 0u);
    EXPECT_EQ(calendar.booked_ps, 1u);
}

TEST(calendar, forgetting_drops_what_has_ended_and_only_that) {
    npim_calendar calendar = {};
    for (uint64_t start : {0u, 20u, 40u}) npim_calendar_reserve(&calendar, start, 10);
    npim_calendar_forget(&calendar, 29);
    EXPECT_EQ(calendar.n, 2u); // [20, 30) has not ended
    EXPECT_EQ(npim_calendar_probe(&calendar, 29, 1), 30u);
    npim_calendar_forget(&calendar, 30);
    EXPECT_EQ(calendar.n, 1u);
    EXPECT_EQ(npim_calendar_probe(&calendar, 30, 11), 50u);
    npim_calendar_forget(&calendar, UINT64_MAX);
    EXPECT_EQ(calendar.n, 0u);
    EXPECT_EQ(calendar.booked_ps, 30u); // the account stays
    npim_calendar_forget(&calendar, UINT64_MAX);
    EXPECT_EQ(calendar.n, 0u);
}

TEST(calendar, trimming_waits_until_there_is_much_to_forget) {
    npim_calendar calendar = {};
    for (uint64_t i = 0; i < NPIM_CALENDAR_LONG; i++) npim_calendar_reserve(&calendar, 10 * i, 5);
    const npim_calendar before = calendar;
    npim_calendar_trim(&calendar, 15);
    EXPECT_EQ(std::memcmp(&before, &calendar, sizeof before), 0);
    npim_calendar_reserve(&calendar, 10 * NPIM_CALENDAR_LONG, 5);
    npim_calendar_trim(&calendar, 15);
    EXPECT_EQ(calendar.n, NPIM_CALENDAR_LONG + 1u - 2u);
    EXPECT_EQ(calendar.busy[0].from_ps, 20u);
    EXPECT_EQ(npim_calendar_probe(&calendar, 15, 5), 15u);
}

TEST(calendar, one_interval_too_many_closes_the_oldest_gap) {
    npim_calendar calendar = {};
    for (uint64_t i = 0; i < NPIM_CALENDAR_GAPS; i++) npim_calendar_reserve(&calendar, 10 * i, 5);
    EXPECT_EQ(calendar.n, uint32_t{NPIM_CALENDAR_GAPS});
    EXPECT_EQ(npim_calendar_probe(&calendar, 0, 5), 5u);
    npim_calendar_reserve(&calendar, 10 * NPIM_CALENDAR_GAPS, 5);
    EXPECT_EQ(calendar.n, uint32_t{NPIM_CALENDAR_GAPS});
    EXPECT_EQ(npim_calendar_probe(&calendar, 0, 5), 15u); // [5, 10) is no longer offered
    EXPECT_EQ(npim_calendar_probe(&calendar, 10 * NPIM_CALENDAR_GAPS, 1), 10u * NPIM_CALENDAR_GAPS + 5);
    EXPECT_EQ(calendar.booked_ps, 5u * (NPIM_CALENDAR_GAPS + 1));
}

// Requests within 50 ps of an advancing time leave at most 27 intervals, so no gap is ever closed.
TEST(calendar, is_first_fit_like_a_bitmap) {
    std::mt19937_64 random(test_seed(20220901));
    for (int run = 0; run < 200; run++) {
        npim_calendar calendar = {};
        bitmap reference(20000);
        uint64_t now = 0, booked = 0;
        for (int i = 0; i < 400; i++) {
            now += random() % 4;
            if (random() % 2) npim_calendar_forget(&calendar, now);
            uint64_t earliest = now + random() % 50;
            uint64_t duration = random() % 6;
            uint64_t expected = reference.first_fit(earliest, duration);
            npim_calendar_forget(&calendar, now);
            ASSERT_EQ(npim_calendar_probe(&calendar, earliest, duration), expected);
            ASSERT_EQ(npim_calendar_reserve(&calendar, earliest, duration), expected);
            reference.book(expected, duration);
            booked += duration;
        }
        ASSERT_EQ(calendar.booked_ps, booked);
    }
}

// Without forgetting gaps are closed: starts may come later than first fit, but never overlap, and never
// early.
TEST(calendar, never_overlaps_however_full_it_gets) {
    std::mt19937_64 random(test_seed(20220902));
    for (int run = 0; run < 100; run++) {
        npim_calendar calendar = {};
        bitmap reference(40000);
        for (int i = 0; i < 500; i++) {
            uint64_t earliest = random() % 8000;
            uint64_t duration = 1 + random() % 40;
            uint64_t start = npim_calendar_reserve(&calendar, earliest, duration);
            ASSERT_GE(start, reference.first_fit(earliest, duration));
            ASSERT_TRUE(reference.is_free(start, duration));
            ASSERT_LE(calendar.n, uint32_t{NPIM_CALENDAR_GAPS});
            for (uint32_t k = 1; k < calendar.n; k++)
                ASSERT_LT(calendar.busy[k - 1].to_ps, calendar.busy[k].from_ps);
            reference.book(start, duration);
        }
    }
}

// What is booked, not what adjacent reservations merge into; a reset keeps the watch.
TEST(calendar, a_watch_hears_of_every_reservation) {
    using interval = std::pair<uint64_t, uint64_t>;
    std::vector<interval> heard;
    const npim_calendar_watch watch = {[](void *context, uint64_t from_ps, uint64_t to_ps) {
                                           static_cast<std::vector<interval> *>(context)->emplace_back(
                                               from_ps, to_ps);
                                       },
                                       &heard};
    npim_calendar calendar = {};
    calendar.watch = &watch;
    (void)npim_calendar_reserve(&calendar, 10, 5);
    (void)npim_calendar_reserve(&calendar, 12, 5);
    (void)npim_calendar_reserve(&calendar, 12, 0);
    (void)npim_calendar_probe(&calendar, 12, 5);
    EXPECT_EQ(heard, (std::vector<interval>{{10, 15}, {15, 20}}));
    npim_calendar_reset(&calendar);
    EXPECT_EQ(calendar.n, 0u);
    (void)npim_calendar_reserve(&calendar, 1, 1);
    EXPECT_EQ(heard.back(), (interval{1, 2}));
}
