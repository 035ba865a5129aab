#include "tlm/signals.hpp"

#include "hw/edram.h"

#include <gtest/gtest.h>

TEST(Signals, FollowTheProbeTable) {
    npim_edram core{};
    core.n_read_B = 42;
    std::vector<npim::signal> list;
    npim::add_signals(list, "chip.edram", npim_edram_ops, &core);
    ASSERT_EQ(list.size(), npim_edram_ops.n_probes);
    EXPECT_EQ(list[0].name, "chip.edram.n_read_B");
    EXPECT_STREQ(list[0].unit, "B");
    EXPECT_EQ(list[0].kind, NPIM_KIND_U64);
    EXPECT_EQ(*static_cast<const uint64_t *>(list[0].address), 42u);
}
