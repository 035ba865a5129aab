// The part of a tile behind the PEs: partial sums, activation, write, and the way to the consumers.
#include "program_fixture.hpp"

using namespace program_fixture;

namespace {

constexpr uint64_t read_ps = (1 + 2 + 1) * clk;        // a window of up to 24 B
constexpr uint64_t operation_ps = cycles_ps + 4 * clk; // four dot products
constexpr uint64_t write_ps = (1 + 1 + 2) * clk;       // bus, bank, latency of an output of up to 24 B
constexpr uint64_t fetch_ps = (1 + 2) * clk;           // an output of up to 32 B on its way out

std::string left(const bench &b, uint32_t t = 0) {
    return b.tiles[t]->outstanding();
}

// One crossbar slot that reads a row of pixels.
npim_program_slot &row_slot(builder &p, uint32_t tile, uint32_t width) {
    const uint32_t buffer = p.buffer(tile, 1, width, width);
    npim_program_slot &s = p.slot(tile, NPIM_SLOT_CROSSBAR, 1, width);
    builder::input(s, buffer, 8);
    return s;
}

TEST(tile_output, ActivatesWritesAndSends) {
    for (const bool activates : {false, true}) {
        traffic::fresh_context context;
        builder p(1);
        npim_program_slot &s = row_slot(p, 0, 1);
        s.outputs = s.output_B = 9;
        s.activates = activates;
        builder::destination(s, 1, 5, 0, 9, 3);
        bench b(p.program, 1);
        b.pixel(0, 0, 0, 0, 0);
        b.finish();
        EXPECT_EQ(left(b), "");
        const uint64_t activation_ps = activates ? 5 * clk : 0; // nine words on two units
        const uint64_t written_ps = read_ps + operation_ps + activation_ps + write_ps;
        EXPECT_EQ(b.tile().counts(0).last_ps, written_ps);
        EXPECT_EQ(b.tile().counts(0).activation_words, activates ? 9u : 0u);
        ASSERT_EQ(b.stubs[0].arrivals.size(), 1u);
        const stub_consumer::arrival &got = b.stubs[0].arrivals[0];
        EXPECT_EQ(got.time_ps, written_ps + fetch_ps);
        EXPECT_EQ(got.what.buffer, 5u);
        EXPECT_EQ(got.what.piece, 3u);
        EXPECT_EQ(got.what.bytes, 9u);
        EXPECT_TRUE(got.what.last);
        EXPECT_FALSE(got.what.psum);
        EXPECT_EQ(b.tile().counts(0).edram_B, 8u + 9 + 9 + 9); // window, output twice, at the consumer
    }
}

// Three hidden units: twelve gates on two activation units, nine words on four lanes, then three and three.
TEST(tile_output, RecurrentSlotsCombineTheirGates) {
    builder p(1);
    npim_program_slot &s = row_slot(p, 0, 2);
    s.outputs = s.output_B = 3;
    s.cell = {12, 9, 3, 3};
    bench b(p.program);
    b.pixel(0, 0, 0, 0, 0);
    run_to(read_ps + operation_ps + (6 + 3 + 2 + 1) * clk + write_ps - 1);
    EXPECT_EQ(b.tile().counts(0).edram_B, 8u + 3);
    EXPECT_LT(b.tile().counts(0).last_ps, npim::now_ps());
    run_to(npim::now_ps() + 1);
    EXPECT_EQ(b.tile().counts(0).last_ps, npim::now_ps());
    b.pixel(0, 0, 0, 1, npim::now_ps());
    b.finish();
    EXPECT_EQ(left(b), "");
    EXPECT_EQ(b.tile().counts(0).activation_words, 2 * (12 + 3u));
    EXPECT_EQ(b.tile().counts(0).adder_words, 2 * (9 + 3u));
}

// A step reads the output of the one before, which stays on its tile.
TEST(tile_output, StepsReadTheOutputOfTheStepBefore) {
    builder p(1);
    npim_program_slot &s = p.slot(0, NPIM_SLOT_CROSSBAR, 4, 1);
    s.outputs = s.output_B = 8;
    s.cell = {32, 24, 8, 8};
    builder::input(s, p.buffer(0, 4, 1, 1), 8); // room for one step: each is only needed by the next
    p.program.tiles[0].buffers[0].pad_top = 1;
    builder::destination(s, 0, 0);
    bench b(p.program);
    b.finish();
    EXPECT_EQ(left(b), "");
    const uint64_t cell_ps = (16 + 6 + 4 + 2) * clk;
    const uint64_t first_ps = operation_ps + cell_ps + write_ps; // it reads nothing
    EXPECT_EQ(b.tile().counts(0).last_ps, first_ps + 3 * (read_ps + first_ps));
    EXPECT_EQ(b.tile().counts(0).bus_B, 3 * 8 + 4 * 8u);
}

// Blocked until the consumer has a place, gone at that time.
TEST(tile_output, GoesWhenTheConsumerHasAPlace) {
    builder p(1);
    builder::destination(row_slot(p, 0, 1), 1, 0);
    bench b(p.program, 1);
    b.stubs[0].open = false;
    b.pixel(0, 0, 0, 0, 0);
    run_to(777776);
    EXPECT_TRUE(b.stubs[0].arrivals.empty());
    EXPECT_EQ(left(b), "tile_0 slot 0 (node 1, replica 0) holds 1 outputs that did not leave");
    run_to(777777);
    b.stubs[0].let_in(b.agenda);
    run_to(777777);
    ASSERT_EQ(b.stubs[0].arrivals.size(), 1u);
    EXPECT_EQ(b.stubs[0].arrivals[0].time_ps, 777777 + fetch_ps);
    b.finish();
    EXPECT_EQ(left(b), "");
}

// All consumers must have a place before any of them gets something.
TEST(tile_output, NothingLeavesBeforeEveryConsumerHasAPlace) {
    builder p(1);
    npim_program_slot &s = row_slot(p, 0, 1);
    builder::destination(s, 1, 0);
    builder::destination(s, 2, 0);
    bench b(p.program, 2);
    b.stubs[1].open = false;
    b.pixel(0, 0, 0, 0, 0);
    run_to(500000);
    EXPECT_TRUE(b.stubs[0].arrivals.empty());
    EXPECT_TRUE(b.stubs[0].waiters.empty());
    ASSERT_EQ(b.stubs[1].waiters.size(), 1u);
    b.stubs[1].let_in(b.agenda);
    b.finish();
    EXPECT_EQ(b.stubs[0].arrivals.size(), 1u);
    EXPECT_EQ(b.stubs[1].arrivals.size(), 1u);
    EXPECT_EQ(b.stubs[0].arrivals[0].time_ps, b.stubs[1].arrivals[0].time_ps);
    EXPECT_EQ(left(b), "");
}

// 150 B: packets of 64, 64 and 22; the message is complete with the last.
TEST(tile_output, LargeOutputsGoInPackets) {
    builder p(1);
    npim_program_slot &s = row_slot(p, 0, 1);
    s.outputs = s.output_B = 150;
    builder::destination(s, 1, 0, 0, 150);
    bench b(p.program, 1);
    b.pixel(0, 0, 0, 0, 0);
    b.finish();
    EXPECT_EQ(left(b), "");
    ASSERT_EQ(b.stubs[0].arrivals.size(), 3u);
    const uint32_t bytes[] = {64, 64, 22};
    for (uint32_t i = 0; i < 3; i++) {
        EXPECT_EQ(b.stubs[0].arrivals[i].what.bytes, bytes[i]);
        EXPECT_EQ(b.stubs[0].arrivals[i].what.last, i == 2);
    }
    EXPECT_EQ(b.tile().memory.core.n_read_B, 8u + 150); // read once
}

// Destinations of one group share packets (a multicast has one number), groups follow each other.
TEST(tile_output, GroupsAreMulticasts) {
    builder p(1);
    npim_program_slot &s = row_slot(p, 0, 1);
    s.outputs = s.output_B = 100;
    builder::destination(s, 7, 0, 0, 70);
    builder::destination(s, 9, 0, 0, 70);
    builder::destination(s, 8, 0, 1, 30);
    bench b(p.program, 9, false);
    b.pixel(0, 0, 0, 0, 0);
    b.finish();
    EXPECT_EQ(left(b), "");
    const auto &sent = b.sinks[0]->arrivals;
    ASSERT_EQ(sent.size(), 5u); // 64 to both, 6 to both, 30
    const uint32_t tiles[] = {7, 9, 7, 9, 8};
    for (uint32_t i = 0; i < 5; i++) EXPECT_EQ(npim::decompose(sent[i].address).tile, tiles[i]);
    EXPECT_EQ(sent[0].packet, sent[1].packet);
    EXPECT_EQ(sent[2].packet, sent[3].packet);
    EXPECT_LT(sent[1].packet, sent[2].packet);
    EXPECT_LT(sent[3].packet, sent[4].packet);
}

TEST(tile_output, OutputsNobodyNeedsStay) {
    builder p(1);
    npim_program_slot &s = row_slot(p, 0, 6);
    builder::destination(s, 1, 0);
    builder::destination(s, 2, 0);
    bench b(p.program, 2);
    b.stubs[0].wants = {4, 5};
    b.stubs[1].wants = {2, 5};
    for (uint32_t x = 0; x < 6; x++) b.pixel(0, 0, 0, x, 0);
    b.finish();
    EXPECT_EQ(left(b), "");
    EXPECT_EQ(b.tile().counts(0).windows, 6u);
    ASSERT_EQ(b.stubs[0].arrivals.size(), 1u);
    EXPECT_EQ(b.stubs[0].arrivals[0].what.at.x, 4u);
    ASSERT_EQ(b.stubs[1].arrivals.size(), 3u);
    EXPECT_EQ(b.tile().memory.core.n_read_B, 6 * 8u + 3 * 8); // outputs 2, 3 and 4 are read
}

// A consumer on the same tile finds the output where it was written: no packet, no further access.
TEST(tile_output, ConsumersOnTheTileReadInPlace) {
    builder p(1);
    npim_program_slot &first = row_slot(p, 0, 2);
    const uint32_t between = p.buffer(0, 1, 2, 2);
    builder::destination(first, 0, between);
    npim_program_slot &second = p.slot(0, NPIM_SLOT_POOL, 1, 2);
    builder::input(second, between, 8);
    bench b(p.program);
    for (uint32_t x = 0; x < 2; x++) b.pixel(0, 0, 0, x, 0);
    b.finish();
    EXPECT_EQ(left(b), "");
    EXPECT_EQ(b.tile().counts(1).first_ps, read_ps + operation_ps + write_ps);
    EXPECT_EQ(b.tile().counts(1).windows, 2u);
    EXPECT_EQ(b.tile().memory.core.n_written_B, 4 * 8u);
    EXPECT_EQ(b.ways[0]->n_packets, 0u);
}

TEST(tile_output, ResultsGoToTheHost) {
    builder p(1);
    npim_program_slot &s = row_slot(p, 0, 3);
    builder::destination(s, NPIM_HOST_TILE, 0);
    bench b(p.program);
    for (uint32_t x = 0; x < 3; x++) b.pixel(0, 0, 0, x, 0);
    b.finish();
    EXPECT_EQ(left(b), "");
    EXPECT_EQ(b.host.arrivals.size(), 3u);
    EXPECT_EQ(b.tile().counts(0).host_B, 24u);
    EXPECT_EQ(b.tile().counts(0).edram_B, 3 * (8 + 8 + 8u)); // nothing is written at the host
}

// --- partial sums ---

// Tile 0 has the first row chunks of six outputs, tile 1 the others and the outputs.
struct chain {
    explicit chain(uint32_t width, uint32_t n_psums = 6) : p(2) {
        npim_program_slot &first = row_slot(p, 0, width);
        first.outputs = first.output_B = 0;
        first.psum_out_B = 4 * n_psums;
        first.psum_tile = 1;
        npim_program_slot &second = row_slot(p, 1, width);
        second.psum_in = n_psums;
        builder::destination(second, 2, 0);
    }
    builder p;
};

TEST(tile_output, PartialSumsAreAddedOnTheNextTile) {
    for (const bool first_late : {false, true}) {
        traffic::fresh_context context;
        chain c(1);
        bench b(c.p.program, 1);
        b.pixel(0, 0, 0, 0, first_late ? 100000 : 0);
        b.pixel(1, 0, 0, 0, first_late ? 0 : 100000);
        b.finish();
        EXPECT_EQ(left(b, 0) + left(b, 1), "");
        // The later of both results, six additions on four lanes, write, and out.
        const uint64_t both_ps = 100000 + read_ps + operation_ps;
        ASSERT_EQ(b.stubs[0].arrivals.size(), 1u);
        EXPECT_EQ(b.stubs[0].arrivals[0].time_ps, both_ps + 2 * clk + write_ps + fetch_ps);
        EXPECT_EQ(b.tile(1).counts(0).adder_words, 6u);
        EXPECT_EQ(b.tile(0).counts(0).adder_words, 0u);
        EXPECT_EQ(b.tile(0).counts(0).edram_B, 8u); // partial sums do not pass the eDRAM
    }
}

// 160 B: packets of 64, 64 and 32; the sums are there when the last of them is, once for each window.
TEST(tile_output, LongPartialSumsGoInPackets) {
    for (const bool direct : {false, true}) {
        traffic::fresh_context context;
        chain c(3, 40);
        bench b(c.p.program, 1, direct);
        for (uint32_t x = 0; x < 3; x++) {
            b.pixel(0, 0, 0, x, 0);
            if (direct) b.pixel(1, 0, 0, x, 0);
        }
        b.finish();
        EXPECT_EQ(left(b, 0), "");
        EXPECT_EQ(direct ? b.ways[0]->n_packets : b.sinks[0]->arrivals.size(), 9u);
        for (const auto &one : direct ? std::vector<traffic::sink::arrival>{} : b.sinks[0]->arrivals)
            EXPECT_EQ(npim::decompose(one.address).tile, 1u);
        EXPECT_EQ(b.tile(1).counts(0).adder_words, direct ? 3 * 40u : 0u);
        EXPECT_EQ(left(b, 1).empty(), direct);
    }
}

// A packet that is not the last of its message completes nothing.
TEST(tile_output, PartialSumsAreCompleteWithTheirLastPacket) {
    chain c(1, 40);
    bench b(c.p.program, 1);
    b.pixel(1, 0, 0, 0, 0);
    npim::delivery part;
    part.psum = true;
    part.bytes = 64;
    b.tiles[1]->receive(part, 100000);
    b.tiles[1]->receive(part, 200000);
    part.last = true;
    b.tiles[1]->receive(part, 300000);
    run_to(299999);
    EXPECT_EQ(b.tile(1).counts(0).adder_words, 0u);
    run_to(300000);
    EXPECT_EQ(b.tile(1).counts(0).adder_words, 40u);
}

// The second tile takes as many partial sums as it has windows on the way; then the first one waits. When the
// consumer takes outputs, both go on.
TEST(tile_output, PartialSumsNeedAPlaceToo) {
    chain c(16);
    bench b(c.p.program, 1);
    b.stubs[0].open = false;
    for (uint32_t x = 0; x < 16; x++) {
        b.pixel(0, 0, 0, x, 0);
        b.pixel(1, 0, 0, x, 0);
    }
    run_to(1000000);
    EXPECT_EQ(b.tile(1).counts(0).windows, 4u);
    EXPECT_EQ(b.tile(0).counts(0).windows, 4u + 4 + 4); // used there, waiting there, here
    EXPECT_EQ(left(b, 0), "tile_0 slot 0 (node 1, replica 0) waits for psum at image 0, row 0, column 12");
    EXPECT_EQ(left(b, 1), "tile_1 slot 0 (node 1, replica 0) waits for output at image 0, row 0, column 4");
    b.stubs[0].let_in(b.agenda);
    b.finish();
    EXPECT_EQ(left(b, 0) + left(b, 1), "");
    EXPECT_EQ(b.stubs[0].arrivals.size(), 16u);
    for (uint32_t x = 0; x < 16; x++) EXPECT_EQ(b.stubs[0].arrivals[x].what.at.x, x);
}

// A slot in the middle of a chain finishes some outputs and hands partial sums of others on.
TEST(tile_output, OutputsAndPartialSumsOfOneWindow) {
    builder p(1);
    npim_program_slot &s = row_slot(p, 0, 2);
    s.psum_out_B = 12;
    s.psum_tile = 1;
    builder::destination(s, 2, 0);
    bench b(p.program, 2);
    for (uint32_t x = 0; x < 2; x++) b.pixel(0, 0, 0, x, 0);
    b.finish();
    EXPECT_EQ(left(b), "");
    ASSERT_EQ(b.stubs[0].arrivals.size(), 2u);
    EXPECT_TRUE(b.stubs[0].arrivals[0].what.psum);
    EXPECT_EQ(b.stubs[0].arrivals[0].what.bytes, 12u);
    EXPECT_EQ(b.stubs[0].arrivals[0].time_ps, read_ps + operation_ps);
    EXPECT_EQ(b.stubs[1].arrivals.size(), 2u);
}

} // namespace
