#include "tlm/timetable.hpp"

#include <gtest/gtest.h>
#include <vector>

namespace {

struct clerk : sc_core::sc_module {
    SC_HAS_PROCESS(clerk);
    explicit clerk(const sc_core::sc_module_name &name) : sc_module(name) {
        SC_METHOD(run);
        sensitive << timetable.event();
        dont_initialize();
    }
    void run() {
        npim::timetable::entry next{};
        while (timetable.take(next)) {
            done.push_back({npim::now_ps(), next.kind, next.port, next.data});
            if (next.data == 99) timetable.put(npim::now_ps() + 5, 1, 1, 1);
        }
    }
    struct row {
        uint64_t time_ps;
        uint32_t kind, port, data;
        bool operator==(const row &o) const {
            return time_ps == o.time_ps && kind == o.kind && port == o.port && data == o.data;
        }
    };
    npim::timetable timetable;
    std::vector<row> done;
};

} // namespace

TEST(Timetable, DoesThingsInTheOrderOfTimeKindPortInsertion) {
    clerk c("clerk");
    c.timetable.put(20, 0, 0, 1);
    c.timetable.put(10, 1, 0, 2);
    c.timetable.put(10, 0, 7, 3);
    c.timetable.put(10, 0, 2, 4);
    c.timetable.put(10, 0, 2, 5);
    sc_core::sc_start();
    const std::vector<clerk::row> expected = {
        {10, 0, 2, 4}, {10, 0, 2, 5}, {10, 0, 7, 3}, {10, 1, 0, 2}, {20, 0, 0, 1}};
    EXPECT_TRUE(c.done == expected);
}

TEST(Timetable, TakesEntriesWhileItWorks) {
    clerk c("clerk");
    c.timetable.put(10, 3, 3, 99);
    c.timetable.put(12, 0, 0, 2);
    sc_core::sc_start();
    const std::vector<clerk::row> expected = {{10, 3, 3, 99}, {12, 0, 0, 2}, {15, 1, 1, 1}};
    EXPECT_TRUE(c.done == expected);
}
