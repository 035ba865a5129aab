#include "tlm/program.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <string>

namespace {

template <class T> T *allocate(size_t n) {
    return static_cast<T *>(std::calloc(n, sizeof(T)));
}

// A program with everything that it can own; the leak check of the sanitizer sees what is left.
npim_program full() {
    npim_program p{};
    p.n_tiles = 3;
    p.tiles = allocate<npim_program_tile>(p.n_tiles);
    for (uint32_t t = 0; t < 2; t++) { // the third tile is empty
        npim_program_tile &tile = p.tiles[t];
        tile.n_slots = 2;
        tile.slots = allocate<npim_program_slot>(tile.n_slots);
        tile.n_buffers = 2;
        tile.buffers = allocate<npim_program_buffer>(tile.n_buffers);
        tile.slots[0].inputs = allocate<npim_program_input>(3);
        tile.slots[0].destinations = allocate<npim_program_destination>(2);
        npim_window_buffer_config &window = tile.buffers[1].window;
        window.row_from = allocate<uint32_t>(4);
        window.row_to = allocate<uint32_t>(4);
        window.band_x = allocate<uint32_t>(3);
        window.n_pieces = allocate<uint32_t>(2);
    }
    p.n_hosts = 2;
    p.hosts = allocate<npim_program_slot>(p.n_hosts);
    for (uint32_t i = 0; i < p.n_hosts; i++) p.hosts[i].destinations = allocate<npim_program_destination>(1);
    p.images = 7;
    return p;
}

TEST(Program, FiniFreesAllAndLeavesItEmpty) {
    npim_program p = full();
    npim_program_fini(&p);
    EXPECT_EQ(p.tiles, nullptr);
    EXPECT_EQ(p.hosts, nullptr);
    EXPECT_EQ(p.n_hosts, 0u);
    EXPECT_EQ(p.n_tiles, 0u);
    EXPECT_EQ(p.images, 0u);
    npim_program_fini(&p);
}

TEST(Program, FiniIsSafeOnAZeroedProgramAndOnHalfOfOne) {
    npim_program zeroed{};
    npim_program_fini(&zeroed);
    npim_program no_tiles{};
    no_tiles.n_tiles = 5; // counted before they are there
    no_tiles.n_hosts = 5;
    npim_program_fini(&no_tiles);
    npim_program no_slots{};
    no_slots.n_tiles = 1;
    no_slots.tiles = allocate<npim_program_tile>(1);
    no_slots.tiles[0].n_slots = no_slots.tiles[0].n_buffers = 4;
    npim_program_fini(&no_slots);
}

TEST(Program, EveryStallHasItsName) {
    const char *const expected[] = {"input", "output", "network", "memory", "converter", "psum"};
    for (uint32_t i = 0; i < NPIM_N_STALLS; i++) EXPECT_STREQ(npim_stall_names[i], expected[i]);
    EXPECT_EQ(npim_stall_names[NPIM_N_STALLS], nullptr);
    EXPECT_STREQ(npim_stall_names[NPIM_STALL_CONVERTER], "converter");
}

} // namespace
