#include "tlm/meter.h"

#include "../hw/support.hpp"

#include <algorithm>
#include <array>
#include <random>

namespace {

constexpr uint32_t any = 1000000;

struct owner {
    npim_meter meter{};
    owner(uint64_t step_ps, uint32_t n_parts = 2, uint32_t max_rows = any) {
        npim_meter_init(&meter, step_ps, n_parts, max_rows);
    }
    ~owner() {
        npim_meter_fini(&meter);
        npim_meter_fini(&meter);
    }
    npim_meter *operator->() { return &meter; }

    void event(npim_event what, double amount, uint64_t from_ps, uint64_t to_ps) {
        npim_meter_event(&meter, what, amount, from_ps, to_ps);
    }
    // What an account has in each row.
    std::vector<double> rows(uint32_t account) {
        std::vector<double> all;
        for (uint32_t i = 0; i < meter.n_rows; i++) all.push_back(npim_meter_row(&meter, i)[account]);
        return all;
    }
};

using doubles = std::vector<double>;

TEST(meter_test, an_amount_within_a_row_stays_whole) {
    owner m(100);
    m.event(NPIM_EVENT_BUS, 7, 100, 200);
    m.event(NPIM_EVENT_BUS, 5, 199, 200);
    m.event(NPIM_EVENT_BUS, 3, 0, 1); // back in time
    m.event(NPIM_EVENT_EDRAM, 2, 150, 160);
    EXPECT_EQ(m.rows(NPIM_EVENT_BUS), (doubles{3, 12}));
    EXPECT_EQ(m.rows(NPIM_EVENT_EDRAM), (doubles{0, 2}));
    EXPECT_EQ(m->end_ps, 200u);
    EXPECT_EQ(npim_meter_finish(&m.meter, 0), NPIM_OK);
    EXPECT_EQ(m->n_rows, 2u); // [0, 200) is covered: no row behind it
}

TEST(meter_test, an_amount_over_several_rows_is_shared_by_time) {
    owner m(100);
    m.event(NPIM_EVENT_LINK, 300, 50, 350);
    EXPECT_EQ(m.rows(NPIM_EVENT_LINK), (doubles{50, 100, 100, 50}));
    m.event(NPIM_EVENT_LINK, 4, 399, 401);
    EXPECT_EQ(m.rows(NPIM_EVENT_LINK), (doubles{50, 100, 100, 52, 2}));
}

TEST(meter_test, an_instant_belongs_to_the_picosecond_before_it) {
    owner m(100);
    m.event(NPIM_EVENT_LINK, 1, 0, 0);
    m.event(NPIM_EVENT_LINK, 2, 100, 100); // the end of the first row
    m.event(NPIM_EVENT_LINK, 4, 101, 101);
    m.event(NPIM_EVENT_LINK, 8, 150, 120); // no time at all
    EXPECT_EQ(m.rows(NPIM_EVENT_LINK), (doubles{3, 12}));
    EXPECT_EQ(m->end_ps, 150u);
}

TEST(meter_test, windows_have_several_parts) {
    owner m(10, 3);
    const double parts[] = {1, 10, 100};
    npim_meter_window(&m.meter, parts, 5, 15);
    npim_meter_window(&m.meter, parts, 10, 20);
    EXPECT_EQ(m.rows(NPIM_N_EVENTS), (doubles{0.5, 1.5}));
    EXPECT_EQ(m.rows(NPIM_N_EVENTS + 1), (doubles{5, 15}));
    EXPECT_EQ(m.rows(NPIM_N_EVENTS + 2), (doubles{50, 150}));
    for (uint32_t event = 0; event < NPIM_N_EVENTS; event++) EXPECT_EQ(m.rows(event), (doubles{0, 0}));
}

TEST(meter_test, rows_cover_the_run_and_what_came_behind_it) {
    owner m(100);
    EXPECT_EQ(npim_meter_finish(&m.meter, 0), NPIM_OK);
    EXPECT_EQ(m->n_rows, 0u);
    m.event(NPIM_EVENT_BUS, 1, 0, 10);
    EXPECT_EQ(npim_meter_finish(&m.meter, 300), NPIM_OK);
    EXPECT_EQ(m->n_rows, 3u);
    EXPECT_EQ(m.rows(NPIM_EVENT_BUS), (doubles{1, 0, 0}));
    EXPECT_EQ(npim_meter_finish(&m.meter, 301), NPIM_OK);
    EXPECT_EQ(m->n_rows, 4u);
    EXPECT_EQ(m->end_ps, 301u);
}

TEST(meter_test, the_number_of_rows_is_limited) {
    owner m(100, 1, 5);
    m.event(NPIM_EVENT_BUS, 1, 0, 500); // all five
    EXPECT_EQ(m->status, NPIM_OK);
    m.event(NPIM_EVENT_BUS, 1, 499, 501);
    EXPECT_EQ(m->status, NPIM_EUSAGE);
    EXPECT_EQ(m->n_rows, 5u);
    m.event(NPIM_EVENT_BUS, 1, 450, 460); // known rows may still be written, new ones not
    m.event(NPIM_EVENT_BUS, 1, UINT64_MAX - 1, UINT64_MAX);
    EXPECT_EQ(m->n_rows, 5u);
    EXPECT_EQ(npim_meter_finish(&m.meter, 10), NPIM_EUSAGE);
    owner late(100, 1, 5);
    late.event(NPIM_EVENT_BUS, 1, 0, 100);
    EXPECT_EQ(npim_meter_finish(&late.meter, 500), NPIM_OK);
    EXPECT_EQ(npim_meter_finish(&late.meter, 501), NPIM_EUSAGE); // the run itself is too long
}

TEST(meter_test, a_step_longer_than_anything_makes_one_row) {
    owner m(999999000000000000, 1);
    m.event(NPIM_EVENT_BUS, 3, 0, 1000000000000);
    m.event(NPIM_EVENT_BUS, 4, 5, 6);
    EXPECT_EQ(m.rows(NPIM_EVENT_BUS), doubles{7});
}

// Against a row for every picosecond, which are then added up.
TEST(meter_test, brute_force) {
    std::mt19937_64 random(test_seed(4001));
    const auto below = [&random](uint64_t n) {
        return std::uniform_int_distribution<uint64_t>(0, n - 1)(random);
    };
    for (int round = 0; round < 50; round++) {
        const uint64_t step_ps = 1 + below(40), length_ps = 400;
        owner m(step_ps, 2);
        std::vector<std::array<double, NPIM_N_EVENTS + 2>> fine(length_ps,
                                                                std::array<double, NPIM_N_EVENTS + 2>{});
        double total = 0;
        for (int i = 0; i < 100; i++) {
            const uint64_t from_ps = below(length_ps), to_ps = from_ps + 1 + below(length_ps - from_ps);
            const double amounts[2] = {static_cast<double>(below(1000)), static_cast<double>(below(9)) / 8};
            const bool window = below(2) == 0;
            const auto event = static_cast<uint32_t>(below(NPIM_N_EVENTS));
            if (window)
                npim_meter_window(&m.meter, amounts, from_ps, to_ps);
            else
                m.event(static_cast<npim_event>(event), amounts[0], from_ps, to_ps);
            const uint32_t account = window ? uint32_t{NPIM_N_EVENTS} : event;
            for (uint64_t t = from_ps; t < to_ps; t++)
                for (uint32_t k = 0; k < (window ? 2u : 1u); k++)
                    fine[t][account + k] += amounts[k] / static_cast<double>(to_ps - from_ps);
            total += amounts[0] + (window ? amounts[1] : 0);
        }
        ASSERT_EQ(npim_meter_finish(&m.meter, length_ps), NPIM_OK);
        ASSERT_EQ(m->n_rows, (length_ps + step_ps - 1) / step_ps);
        double sum = 0;
        for (uint32_t row = 0; row < m->n_rows; row++)
            for (uint32_t k = 0; k < NPIM_N_EVENTS + 2; k++) {
                double expected = 0;
                for (uint64_t t = row * step_ps; t < std::min(length_ps, (row + 1) * step_ps); t++)
                    expected += fine[t][k];
                ASSERT_NEAR(npim_meter_row(&m.meter, row)[k], expected, 1e-9)
                    << round << " " << row << " " << k;
                sum += npim_meter_row(&m.meter, row)[k];
            }
        ASSERT_NEAR(sum, total, 1e-9 * total);
    }
}

} // namespace
