#include "sim/lower_parts.h"

#include "tests/sim/mapping_fixture.hpp"

#include <vector>

namespace {

using all = std::vector<std::vector<uint32_t>>;

// tile, buffer, group, bytes of each
all grouped(std::vector<npim_program_destination> list, uint32_t n_groups) {
    npim_program_slot slot{};
    slot.destinations = list.data();
    slot.n_destinations = static_cast<uint32_t>(list.size());
    npim_lower_group(&slot);
    EXPECT_EQ(slot.n_groups, n_groups);
    all found;
    for (const npim_program_destination &d : list) found.push_back({d.tile, d.buffer, d.group, d.bytes});
    return found;
}

npim_program_destination to(uint32_t tile, uint32_t buffer, uint32_t first_channel, uint32_t bytes) {
    npim_program_destination d{};
    d.tile = tile, d.buffer = buffer, d.group = first_channel, d.bytes = bytes;
    return d;
}

TEST(lower_destinations, of_the_same_channels_are_one_group) {
    EXPECT_EQ(grouped({}, 0), all{});
    EXPECT_EQ(grouped({to(3, 1, 5, 8)}, 1), (all{{3, 1, 0, 8}}));
    EXPECT_EQ(grouped({to(9, 0, 0, 8), to(2, 4, 8, 8), to(2, 1, 0, 8), to(9, 1, 0, 4), to(2, 0, 0, 8)}, 3),
              (all{{9, 1, 0, 4}, {2, 0, 1, 8}, {2, 1, 1, 8}, {9, 0, 1, 8}, {2, 4, 2, 8}}));
}

} // namespace
