#include "tlm/tile.hpp"

#include "program_fixture.hpp"

using namespace program_fixture;

namespace {

// A read of up to 24 B: one access and two clocks of latency, then the bus.
constexpr uint64_t read_ps = (1 + 2 + 1) * clk;

std::string left(const bench &b) {
    return b.tiles[0]->outstanding();
}

// Replica 1 of 3 makes images 1 and 4 of six, and has places for no others.
TEST(tile, ReplicasByImageMakeTheirImages) {
    builder p(1, 6);
    const uint32_t buffer = p.buffer(0, 1, 2, 2);
    p.program.tiles[0].buffers[0].window.image_first = 1;
    p.program.tiles[0].buffers[0].window.image_step = 3;
    npim_program_slot &s = p.slot(0, NPIM_SLOT_CROSSBAR, 1, 2);
    s.image = 1;
    s.image_step = 3;
    builder::input(s, buffer, 4);
    bench b(p.program);
    for (uint64_t image = 0; image < 6; image++)
        EXPECT_EQ(b.tile().needs(0, {image, 0, 0}).to > 0, image % 3 == 1) << image;
    EXPECT_TRUE(b.tile().accepts(0, {1, 0, 1}));
    EXPECT_FALSE(b.tile().accepts(0, {4, 0, 0})) << "two places";
    for (uint32_t x = 0; x < 2; x++) b.pixel(0, 0, 0, x, 0, 0, 1);
    b.finish();
    EXPECT_NE(left(b).find("image 4, row 0, column 0"), std::string::npos) << left(b);
    EXPECT_TRUE(b.tile().accepts(0, {4, 0, 1}));
    for (uint32_t x = 0; x < 2; x++) b.pixel(0, 0, 0, x, npim::now_ps(), 0, 4);
    b.finish();
    EXPECT_EQ(left(b), "");
    EXPECT_EQ(b.tile().counts(0).windows, 4u);
}

TEST(tile, ReplicasBeyondTheLastImageHaveNothingToDo) {
    builder p(1, 2);
    const uint32_t buffer = p.buffer(0, 1, 1, 1);
    p.program.tiles[0].buffers[0].window.image_first = 2;
    p.program.tiles[0].buffers[0].window.image_step = 3;
    npim_program_slot &s = p.slot(0, NPIM_SLOT_CROSSBAR, 1, 1);
    s.image = 2;
    s.image_step = 3;
    builder::input(s, buffer, 4);
    bench b(p.program);
    b.finish();
    EXPECT_EQ(left(b), "");
    EXPECT_EQ(b.tile().counts(0).windows, 0u);
}

// 40 dot products take 33.32 ns, longer than the input cycles; the third operation needs the accumulators of
// the first, whose conversion ends after 53.32 ns.
TEST(tile, TheAccumulatorsAreDoubleBuffered) {
    builder p(1);
    p.buffer(0, 1, 5, 5);
    npim_program_slot &s = p.slot(0, NPIM_SLOT_CROSSBAR, 1, 5);
    s.shape.dots = s.shape.dots_per_array = 40;
    builder::input(s, 0, 10);
    bench b(p.program);
    for (uint32_t x = 0; x < 5; x++) b.pixel(0, 0, 0, x, 0);
    const uint64_t convert_ps = 40 * clk, start_ps = read_ps, free_ps = start_ps + cycles_ps + convert_ps;
    expect_reads(
        b, {{0, 10}, {start_ps, 20}, {start_ps + cycles_ps, 30}, {free_ps, 40}, {free_ps + convert_ps, 50}});
    b.finish();
    EXPECT_EQ(left(b), "");
    const uint64_t *stall_ps = b.tile().counts(0).stall_ps;
    // Started at 0, 20, then with the converter: 53.32, 86.64, 119.96 ns.
    EXPECT_EQ(stall_ps[NPIM_STALL_CONVERTER], 3 * (convert_ps - cycles_ps));
    EXPECT_EQ(b.tile().pool(0).booked_ps, 5 * convert_ps);
}

// A unit has room for two output windows: the third waits until the consumer has taken the first.
TEST(tile, TwoOutputWindowsWaitForTheConsumer) {
    builder p(1);
    p.buffer(0, 1, 5, 5);
    npim_program_slot &s = p.slot(0, NPIM_SLOT_UNIT, 1, 5);
    builder::input(s, 0, 10);
    builder::destination(s, 1, 0);
    bench b(p.program, 1);
    b.stubs[0].open = false;
    for (uint32_t x = 0; x < 5; x++) b.pixel(0, 0, 0, x, 0);
    run_to(1000000);
    EXPECT_EQ(b.read_B(), 20u);
    EXPECT_EQ(b.tile().counts(0).windows, 2u);
    EXPECT_EQ(left(b), "tile_0 slot 0 (node 1, replica 0) waits for output at image 0, row 0, column 2");
    ASSERT_EQ(b.stubs[0].waiters.size(), 1u); // asks once
    run_to(1999999);
    EXPECT_EQ(b.read_B(), 20u);
    run_to(2000000);
    b.stubs[0].let_in(b.agenda);
    run_to(2000000 + 3 * clk - 1);
    EXPECT_EQ(b.read_B(), 20u + 8); // the first output is read
    EXPECT_EQ(b.tile().counts(0).windows, 2u);
    run_to(2000000 + 3 * clk);
    EXPECT_EQ(b.read_B(), 20u + 8 + 8 + 10); // it is out: the second output and the third window
    ASSERT_GE(b.stubs[0].arrivals.size(), 1u);
    EXPECT_EQ(b.stubs[0].arrivals[0].time_ps, 2000000 + 3 * clk);
    b.finish();
    EXPECT_EQ(left(b), "");
    EXPECT_EQ(b.stubs[0].arrivals.size(), 5u);
    EXPECT_GT(b.tile().counts(0).stall_ps[NPIM_STALL_OUTPUT], 0u);
}

// Crossbars hold as many more as their pipeline does: 20 ns and four clocks of conversion, two intervals.
TEST(tile, ThePipelineOfThePeHoldsWindowsToo) {
    builder p(1);
    p.buffer(0, 1, 9, 9);
    npim_program_slot &s = p.slot(0, NPIM_SLOT_CROSSBAR, 1, 9);
    builder::input(s, 0, 10);
    builder::destination(s, 1, 0);
    bench b(p.program, 1);
    b.stubs[0].open = false;
    for (uint32_t x = 0; x < 9; x++) b.pixel(0, 0, 0, x, 0);
    run_to(1000000);
    EXPECT_EQ(b.tile().counts(0).windows, 4u);
    b.stubs[0].let_in(b.agenda);
    b.finish();
    EXPECT_EQ(left(b), "");
    EXPECT_EQ(b.tile().counts(0).windows, 9u);
}

// One pixel, one output: in, over the bus, back over the bus and into the eDRAM.
TEST(tile, MovesTakeTheTimeOfMemoryAndBus) {
    builder p(1);
    p.buffer(0, 1, 1, 1);
    npim_program_slot &s = p.slot(0, NPIM_SLOT_MOVE, 1, 1);
    s.outputs = s.output_B = 24;
    builder::input(s, 0, 8);
    bench b(p.program);
    b.pixel(0, 0, 0, 0, 0, 8);
    b.finish();
    EXPECT_EQ(left(b), "");
    EXPECT_EQ(b.tile().counts(0).last_ps, 3 * clk + read_ps + (1 + 3) * clk);
}

TEST(tile, WaitingForInputIsBookedAsSuch) {
    builder p(1);
    p.buffer(0, 1, 2, 2);
    builder::input(p.slot(0, NPIM_SLOT_CROSSBAR, 1, 2), 0, 8);
    bench b(p.program);
    b.pixel(0, 0, 0, 0, 0);
    b.pixel(0, 0, 0, 1, 100000);
    b.finish();
    EXPECT_EQ(left(b), "");
    const uint64_t *stall_ps = b.tile().counts(0).stall_ps, free_ps = read_ps + cycles_ps;
    EXPECT_EQ(stall_ps[NPIM_STALL_INPUT], 100000 - free_ps);
    EXPECT_EQ(stall_ps[NPIM_STALL_MEMORY], read_ps);
    EXPECT_EQ(stall_ps[NPIM_STALL_OUTPUT] + stall_ps[NPIM_STALL_CONVERTER], 0u);
}

// The pixel is written, read, carried over the bus; operation, activation; the output is carried and written.
TEST(tile, AMeterCountsWhatHappensWhenItHappens) {
    builder p(1);
    p.buffer(0, 1, 1, 1);
    npim_program_slot &s = p.slot(0, NPIM_SLOT_CROSSBAR, 1, 1);
    builder::input(s, 0, 10);
    const double parts[] = {24.0};
    s.window_parts = parts;
    s.activates = true;
    bench b(p.program);
    npim_meter meter;
    npim_meter_init(&meter, clk, 1, 1000);
    b.tile().attach_meter(&meter);
    b.pixel(0, 0, 0, 0, 0, 10);
    b.finish();
    EXPECT_EQ(left(b), "");
    const auto in_row = [&meter](uint32_t row, uint32_t account) {
        return npim_meter_row(&meter, row)[account];
    };
    const auto total = [&](uint32_t account) {
        double sum = 0;
        for (uint32_t row = 0; row < meter.n_rows; row++) sum += in_row(row, account);
        return sum;
    };
    EXPECT_EQ(in_row(0, NPIM_EVENT_EDRAM), 10.0); // written
    EXPECT_EQ(in_row(3, NPIM_EVENT_EDRAM), 10.0); // complete after the latency, and read
    EXPECT_EQ(in_row(6, NPIM_EVENT_BUS), 10.0);
    EXPECT_EQ(in_row(6, NPIM_N_EVENTS), 0.0);
    const uint64_t took_ps = cycles_ps + 4 * clk, done_ps = 7 * clk + took_ps;
    EXPECT_DOUBLE_EQ(in_row(7, NPIM_N_EVENTS), 24.0 * clk / took_ps);
    EXPECT_DOUBLE_EQ(in_row(8, NPIM_N_EVENTS), 24.0 * clk / took_ps);
    for (uint32_t row = 0; row < done_ps / clk; row++) EXPECT_EQ(in_row(row, NPIM_EVENT_ACTIVATION), 0.0);
    EXPECT_DOUBLE_EQ(total(NPIM_N_EVENTS), 24.0);
    EXPECT_DOUBLE_EQ(total(NPIM_EVENT_ACTIVATION), 8.0);
    EXPECT_DOUBLE_EQ(total(NPIM_EVENT_EDRAM), 28.0);
    EXPECT_DOUBLE_EQ(total(NPIM_EVENT_BUS), 18.0);
    EXPECT_EQ(total(NPIM_EVENT_POOLING) + total(NPIM_EVENT_ADDER) + total(NPIM_EVENT_FLIT_HOP), 0.0);
    EXPECT_EQ(meter.end_ps, b.tile().counts(0).last_ps - 2 * clk); // the last byte is in its bank
    npim_meter_fini(&meter);
}

TEST(tile, SlotsWithoutWindowsAndTilesWithoutSlotsAreDone) {
    builder p(2);
    p.buffer(0, 2, 2, 4);
    npim_program_slot &s = p.slot(0, NPIM_SLOT_CROSSBAR, 2, 2);
    s.row = 5; // beyond the last row
    builder::input(s, 0, 8);
    bench b(p.program);
    b.finish();
    EXPECT_EQ(b.tile(0).outstanding(), "");
    EXPECT_EQ(b.tile(1).outstanding(), "");
    EXPECT_EQ(b.tile(0).counts(0).windows, 0u);
}

// Synchronous pipelines: reading, activation and write take whole steps from their beginning on.
TEST(tile, SynchronousTilesWorkInSteps) {
    builder p(1);
    p.buffer(0, 1, 2, 2);
    npim_program_slot &s = p.slot(0, NPIM_SLOT_CROSSBAR, 1, 2);
    s.activates = true;
    builder::input(s, 0, 8);
    bench b(p.program, 0, true, 10000);
    b.pixel(0, 0, 0, 0, 1234);
    b.pixel(0, 0, 0, 1, 1234);
    b.finish();
    // Read, two cycles, conversion, activation, write; the second is two cycles behind.
    EXPECT_EQ(b.tile().counts(0).last_ps, 1234 + (1 + 2 + 1 + 1 + 1 + 2) * 10000u);
}

} // namespace
