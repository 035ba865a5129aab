// The part of a tile before the PEs: places, what arrives, and the reading of windows.
#include "program_fixture.hpp"

using namespace program_fixture;

namespace {

// A read of up to 24 B: one access and two clocks of latency, then the bus.
constexpr uint64_t read_ps = (1 + 2 + 1) * clk;

std::string left(const bench &b) {
    return b.tiles[0]->outstanding();
}

TEST(tile_input, ReadsAWindowWhenItIsComplete) {
    builder p(1);
    p.buffer(0, 3, 3, 9);
    npim_program_slot &s = p.slot(0, NPIM_SLOT_CROSSBAR, 3, 3, 2);
    builder::input(s, 0, 6);
    bench b(p.program);
    for (uint32_t i = 0; i < 9; i++) b.pixel(0, 0, i / 3, i % 3, i * 100000, 6);
    const uint64_t in_ps = 3 * clk; // one access and the latency
    expect_reads(b, {{400000 + in_ps, 24}, {500000 + in_ps, 48}, {700000 + in_ps, 72}, {800000 + in_ps, 96}});
    EXPECT_EQ(b.tile().counts(0).first_ps, 400000 + in_ps);
    b.finish();
    EXPECT_EQ(left(b), "");
    EXPECT_EQ(b.tile().counts(0).windows, 4u);
    EXPECT_EQ(b.tile().counts(0).bus_B, 4 * 24 + 4 * 8u); // windows in, outputs out
    EXPECT_EQ(b.tile().memory.core.n_written_B, 9 * 6 + 4 * 8u);
    EXPECT_EQ(b.tile().memory.core.n_read_B, 4 * 24u); // no consumer: the outputs are not read
}

TEST(tile_input, PaddingIsNeitherAwaitedNorRead) {
    builder p(1);
    p.buffer(0, 2, 2, 4);
    p.program.tiles[0].buffers[0].pad_top = 1;
    npim_program_slot &s = p.slot(0, NPIM_SLOT_CROSSBAR, 2, 2);
    s.kernel_h = s.kernel_w = 3;
    s.pad_left = 1;
    s.out_h = s.x_to = 2;
    builder::input(s, 0, 5);
    bench b(p.program);
    for (uint32_t i = 0; i < 4; i++) b.pixel(0, 0, i / 2, i % 2, i * 1000);
    run_to(2999);
    EXPECT_EQ(b.read_B(), 0u);
    b.finish();
    EXPECT_EQ(left(b), "");
    EXPECT_EQ(b.read_B(), 4 * 4 * 5u); // every window covers all four pixels
}

// The first row comes from one buffer, the next two from the other: each is awaited, read and given back
// alone.
TEST(tile_input, InputsMayFollowEachOtherRowByRow) {
    builder p(1, 2);
    const uint32_t first = p.buffer(0, 1, 1, 1), rest = p.buffer(0, 2, 1, 1);
    p.program.tiles[0].buffers[rest].pad_top = 1;
    npim_program_slot &s = p.slot(0, NPIM_SLOT_CROSSBAR, 3, 1);
    builder::input(s, first, 5);
    builder::input(s, rest, 7);
    bench b(p.program);
    b.pixel(0, first, 0, 0, 0);
    run_to(1000000);
    EXPECT_EQ(b.tile().counts(0).windows, 1u);
    EXPECT_EQ(b.read_B(), 5u);
    EXPECT_TRUE(b.tile().accepts(first, {1, 0, 0})) << "no later step reads it";
    EXPECT_FALSE(b.tile().accepts(rest, {0, 1, 0}));
    b.pixel(0, first, 0, 0, npim::now_ps(), 0, 1);
    for (uint32_t y = 0; y < 2; y++) {
        b.pixel(0, rest, y, 0, npim::now_ps());
        run_to(npim::now_ps() + 1000000);
        EXPECT_EQ(b.tile().counts(0).windows, 2 + y + y); // with the first of image 1 at the end
        EXPECT_EQ(b.read_B(), 5 + 7 * (y + 1) + 5 * y);
    }
    EXPECT_NE(left(b).find("image 1, row 1"), std::string::npos) << left(b);
    for (uint32_t y = 0; y < 2; y++) {
        b.pixel(0, rest, y, 0, npim::now_ps(), 0, 1);
        run_to(npim::now_ps() + 1000000);
    }
    EXPECT_EQ(left(b), "");
    EXPECT_EQ(b.read_B(), 2 * (5 + 7 + 7u));
}

// The next window is read while the arrays work on this one, and no further.
TEST(tile_input, TheInputRegisterIsDoubleBuffered) {
    builder p(1);
    p.buffer(0, 1, 5, 5);
    builder::input(p.slot(0, NPIM_SLOT_CROSSBAR, 1, 5), 0, 10);
    bench b(p.program);
    for (uint32_t x = 0; x < 5; x++) b.pixel(0, 0, 0, x, 0);
    const uint64_t start_ps = read_ps;
    expect_reads(b, {{0, 10},
                     {start_ps, 20},
                     {start_ps + cycles_ps, 30},
                     {start_ps + 2 * cycles_ps, 40},
                     {start_ps + 3 * cycles_ps, 50}});
    b.finish();
    EXPECT_EQ(left(b), "");
    // The last: start, cycles, four dot products, bus, bank.
    EXPECT_EQ(b.tile().counts(0).last_ps, start_ps + 5 * cycles_ps + 4 * clk + (1 + 3) * clk);
    for (uint64_t stall_ps : b.tile().counts(0).stall_ps) EXPECT_EQ(stall_ps, 0u);
}

TEST(tile_input, ABufferSmallerThanAWindowWaitsForever) {
    builder p(1);
    p.buffer(0, 2, 3, 4);
    builder::input(p.slot(0, NPIM_SLOT_CROSSBAR, 2, 3, 2), 0, 4);
    bench b(p.program);
    for (uint32_t x = 0; x < 3; x++) b.pixel(0, 0, 0, x, 0);
    b.pixel(0, 0, 1, 0, 0);
    run_to(1000);
    EXPECT_FALSE(b.tile().accepts(0, {0, 1, 1})); // four places: a window can never be complete
    EXPECT_TRUE(b.tile().accepts(0, {0, 1, 0}));
    EXPECT_EQ(b.tile().needs(0, {0, 1, 0}).to, 3u);
    EXPECT_NE(left(b).find("waits for input"), std::string::npos);
}

// A producer has a place when the window that needs the oldest pixel is in the input register, not before.
TEST(tile_input, PlacesAreGivenBackWhenTheWindowIsRead) {
    builder enough(1);
    enough.buffer(0, 2, 3, 5);
    builder::input(enough.slot(0, NPIM_SLOT_CROSSBAR, 2, 3, 2), 0, 4);
    bench c(enough.program);
    for (uint32_t x = 0; x < 3; x++) c.pixel(0, 0, 0, x, 1000);
    c.pixel(0, 0, 1, 0, 1000);
    c.pixel(0, 0, 1, 1, 5000);
    run_to(5000 + read_ps - 1);
    EXPECT_FALSE(c.tile().accepts(0, {0, 1, 2}));
    run_to(5000 + read_ps);
    EXPECT_TRUE(c.tile().accepts(0, {0, 1, 2}));
}

// Two replicas, rows 0, 2 and rows 1, 3, share one buffer; the places of a row are free when both are past
// it.
TEST(tile_input, ReplicasShareABuffer) {
    builder p(1, 2);
    p.buffer(0, 4, 2, 4);
    for (uint32_t r = 0; r < 2; r++) {
        npim_program_slot &s = p.slot(0, NPIM_SLOT_UNIT, 4, 2);
        s.replica = s.row = r;
        s.row_step = 2;
        builder::input(s, 0, 8);
    }
    bench b(p.program);
    for (uint32_t x = 0; x < 2; x++) b.pixel(0, 0, 1, x, 0); // its first row is not there yet
    run_to(100000);
    EXPECT_EQ(b.tile().counts(1).windows, 2u);
    EXPECT_EQ(b.tile().counts(0).windows, 0u);
    EXPECT_FALSE(b.tile().accepts(0, {0, 2, 0}));
    for (uint32_t x = 0; x < 2; x++) b.pixel(0, 0, 0, x, 100000);
    run_to(200000);
    EXPECT_TRUE(b.tile().accepts(0, {0, 3, 1}));
    EXPECT_FALSE(b.tile().accepts(0, {1, 0, 0}));
    for (uint32_t y = 2; y < 4; y++)
        for (uint32_t x = 0; x < 2; x++) b.pixel(0, 0, y, x, 200000);
    run_to(300000);
    EXPECT_TRUE(b.tile().accepts(0, {1, 1, 1})); // the second image
    EXPECT_NE(left(b).find("slot 0 (node 1, replica 0) waits for input at image 1, row 0"), std::string::npos)
        << left(b);
}

// A pooling unit keeps running results: of windows of 3 x 3 with stride 2 on 5 x 5 pixels it takes every
// pixel once; without the row above on the same tile, the row that both share twice.
TEST(tile_input, PoolingReadsWhatIsNew) {
    for (const bool above : {false, true}) {
        traffic::fresh_context context;
        builder p(1);
        p.buffer(0, 5, 5, 25);
        npim_program_slot &s = p.slot(0, NPIM_SLOT_POOL, 5, 5, 3, 2);
        s.outputs = s.output_B = 4;
        s.row_above_here = above;
        builder::input(s, 0, 4);
        bench b(p.program);
        for (uint32_t i = 0; i < 25; i++) b.pixel(0, 0, i / 5, i % 5, 0);
        b.finish();
        EXPECT_EQ(left(b), "");
        const uint32_t pixels = above ? 25 : 30;
        EXPECT_EQ(b.read_B(), pixels * 4u);
        EXPECT_EQ(b.tile().counts(0).pooling_words, pixels * 4u);
        EXPECT_EQ(b.tile().unit_calendar(NPIM_SLOT_POOL).booked_ps, pixels * 4 * clk);
    }
}

// Two by two outputs of two by three pixels: nothing before the last pixel is there, then what goes out, with
// no unit in between; the places are free when the last output has been read.
TEST(tile_input, MovesWaitForTheWholeMapAndReadWhatTheyPutOut) {
    builder p(1, 2);
    const uint32_t buffer = p.buffer(0, 2, 3, 6);
    p.program.tiles[0].buffers[0].pad_top = 1;
    npim_program_slot &s = p.slot(0, NPIM_SLOT_MOVE, 2, 3);
    s.kernel_h = 3;
    s.kernel_w = 4;
    s.pad_left = 1;
    s.out_h = s.x_to = 2;
    s.outputs = s.output_B = 5;
    builder::input(s, buffer, 7);
    bench b(p.program);
    for (uint32_t i = 0; i < 5; i++) b.pixel(0, buffer, i / 3, i % 3, i * 1000);
    b.pixel(0, buffer, 1, 2, 500000, 7);
    run_to(500000 + 3 * clk - 1);
    EXPECT_EQ(b.read_B(), 0u);
    run_to(500000 + 3 * clk);
    EXPECT_EQ(b.tile().counts(0).first_ps, 500000 + 3 * clk);
    EXPECT_EQ(b.read_B(), 5u);
    EXPECT_FALSE(b.tile().accepts(buffer, {1, 0, 0}));
    run_to(1000000);
    EXPECT_EQ(b.tile().counts(0).windows, 4u);
    EXPECT_EQ(b.read_B(), 4 * 5u);
    EXPECT_EQ(b.tile().counts(0).bus_B, 2 * 4 * 5u);
    EXPECT_EQ(b.tile().counts(0).activation_words + b.tile().counts(0).adder_words, 0u);
    EXPECT_TRUE(b.tile().accepts(buffer, {1, 1, 2}));
    EXPECT_EQ(b.tile().unit_calendar(NPIM_SLOT_UNIT).booked_ps, 0u);
    EXPECT_NE(left(b).find("image 1, row 0, column 0"), std::string::npos) << left(b);
}

// An addition reads both inputs; the two banks work side by side, one bank one after the other.
TEST(tile_input, BanksWorkSideBySide) {
    for (const bool same_bank : {false, true}) {
        traffic::fresh_context context;
        builder p(1);
        p.buffer(0, 1, 1, 1, 0);
        p.buffer(0, 1, 1, 1, same_bank ? 64 : 2048);
        npim_program_slot &s = p.slot(0, NPIM_SLOT_ADD, 1, 1);
        s.unit_words = 100;
        builder::input(s, 0, 128);
        builder::input(s, 1, 128);
        bench b(p.program);
        b.pixel(0, 0, 0, 0, 0);
        b.pixel(0, 1, 0, 0, 0);
        b.finish();
        EXPECT_EQ(left(b), "");
        // 128 B: four accesses; the bus takes six clocks each and follows the bank from its first word on,
        // which is there after 3 clocks (7 behind the other one), or when the other transfer is over.
        const uint64_t read = same_bank ? 3 + 4 + 6 : 3 + 6 + 6;
        const uint64_t bus = same_bank ? std::max<uint64_t>(3 + 6, 3 + 4) + 6 : read;
        const uint64_t done = bus + 25 + 1 + 3; // four adder lanes, bus and bank for the output
        EXPECT_EQ(b.tile().counts(0).last_ps, done * clk) << same_bank;
        EXPECT_EQ(b.tile().memory.core.n_conflict_ps, same_bank ? 4 * clk : 0) << same_bank;
        EXPECT_EQ(b.tile().unit_calendar(NPIM_SLOT_ADD).booked_ps, 25 * clk);
        EXPECT_EQ(b.tile().counts(0).adder_words, 100u);
    }
}

} // namespace
