#include "tlm/time.hpp"

#include <gtest/gtest.h>

TEST(Time, PicosecondsComeBackExactly) {
    npim::require_ps_resolution();
    for (uint64_t ps : {uint64_t{0}, uint64_t{1}, uint64_t{833}, (uint64_t{1} << 53) + 1, UINT64_MAX})
        EXPECT_EQ(npim::to_ps(npim::from_ps(ps)), ps);
    EXPECT_EQ(npim::from_ps(1000), sc_core::sc_time(1.0, sc_core::SC_NS));
}

TEST(Time, FollowsTheKernel) {
    EXPECT_EQ(npim::now_ps(), 0u);
    sc_core::sc_start(npim::from_ps(833));
    EXPECT_EQ(npim::now_ps(), 833u);
    EXPECT_EQ(npim::until_ps(1000), npim::from_ps(167));
}

TEST(Time, AnotherResolutionIsRefused) {
    sc_core::sc_set_time_resolution(1.0, sc_core::SC_NS);
    EXPECT_THROW(npim::require_ps_resolution(), sc_core::sc_report);
}
