#include "tlm/system.hpp"

#include "program_fixture.hpp"

using namespace program_fixture;
using npim::compose;

namespace {

constexpr uint64_t link_ps = 50000; // of the host's link

constexpr uint64_t sum(const uint64_t (&both)[2]) {
    return both[0] + both[1];
}

// Time of a packet's bytes on the host's link of 6.4 GB/s.
constexpr uint64_t wire_ps(uint64_t bytes) {
    return (bytes * 10000 + 32) / 64;
}

struct system_of {
    units parts;
    npim::sequencer agenda{"sequencer"};
    npim::system whole;

    explicit system_of(const npim_program &program) : whole(parts.chip, program, agenda) {}
    void finish() {
        sc_core::sc_start(sc_core::SC_ZERO_TIME);
        while (!agenda.idle()) run_to(npim::now_ps() + 1000000);
    }
    uint64_t flits(uint32_t router, uint32_t port) const {
        return whole.chip(0).router(router).link(port).n_flits;
    }
};

// An image of one row of 8 B pixels for `consumers`, each a slot of 1x1 windows whose outputs go to the host.
void row_of_pixels(builder &p, uint32_t width, const std::vector<uint32_t> &consumers) {
    npim_program_slot &image = p.image(1, width, 8);
    for (uint32_t tile : consumers) {
        const uint32_t buffer = p.buffer(tile, 1, width, width);
        npim_program_slot &s = p.slot(tile, NPIM_SLOT_CROSSBAR, 1, width);
        builder::input(s, buffer, 8);
        builder::destination(s, NPIM_HOST_TILE, 0);
        builder::destination(image, tile, buffer);
        p.program.host_B += 8 * width;
    }
}

// The mesh is as wide as the root of its routers and complete; every tile is where the mesh says.
TEST(systems, EveryTileIsReachedAtItsAddress) {
    for (const uint32_t n_tiles : {1u, 3u, 4u, 5u, 17u, 40u}) {
        traffic::fresh_context context;
        builder p(n_tiles);
        p.image(0, 1, 1);
        system_of s(p.program);
        EXPECT_EQ(s.whole.n_tiles(), n_tiles);
        const uint32_t wide = s.whole.chip(0).place().width();
        EXPECT_EQ(s.whole.chip(0).n_routers(), wide * s.whole.chip(0).place().height());
        EXPECT_GE(s.whole.chip(0).n_routers() * 4, n_tiles);
        traffic::source foreign("foreign");
        auto *port = dynamic_cast<npim::relay::target_socket *>(
            sc_core::sc_find_object("chip_0.router_000.in_2")); // the northern edge of the mesh
        ASSERT_NE(port, nullptr);
        foreign.out.bind(*port);
        sc_core::sc_start(sc_core::SC_ZERO_TIME);
        tlm::tlm_generic_payload &payload = foreign.pool.take();
        for (uint32_t t = 0; t < n_tiles; t++) {
            unsigned char data[2] = {static_cast<unsigned char>(t), 0x5a};
            foreign.make(payload, compose({0, t, 100}), 2, true, data);
            EXPECT_EQ(foreign.out->transport_dbg(payload), 2u) << t;
        }
        for (uint32_t t = 0; t < n_tiles; t++) {
            unsigned char data[2] = {};
            foreign.make(payload, compose({0, t, 100}), 2, false, data);
            EXPECT_EQ(foreign.out->transport_dbg(payload), 2u) << t;
            EXPECT_EQ(data[0], t);
        }
        unsigned char data[2] = {};
        foreign.make(payload, compose({0, n_tiles, 100}), 2, false, data);
        EXPECT_EQ(foreign.out->transport_dbg(payload), 0u);
        payload.release();
    }
}

// Host, link, router, bank; read, operation, write; read, injection, router, link.
TEST(systems, OneWindowThereAndBack) {
    builder p(1);
    row_of_pixels(p, 1, {0});
    system_of s(p.program);
    s.finish();
    EXPECT_EQ(s.whole.outstanding(), "");
    const uint64_t complete_ps = wire_ps(8) + link_ps + (3 + 3) * clk + 3 * clk;
    const uint64_t written_ps = complete_ps + 4 * clk + cycles_ps + 4 * clk + 4 * clk;
    EXPECT_EQ(s.whole.tile(0).counts(0).first_ps, complete_ps);
    EXPECT_EQ(s.whole.tile(0).counts(0).last_ps, written_ps);
    EXPECT_EQ(s.whole.host().completed_ps(0), written_ps + (3 + 1 + 3 + 3) * clk + wire_ps(8) + link_ps);
    EXPECT_EQ(s.whole.host().sent(0).flit_hops, 3u);
    EXPECT_EQ(s.whole.tile(0).counts(0).flit_hops, 3u);
    EXPECT_EQ(sum(s.whole.host_link().core.n_B), 16u);
}

// Tiles 4 and 5 sit on the second of two routers: the link between the routers is crossed once for both.
TEST(systems, AMulticastCrossesASharedLinkOnce) {
    builder p(8);
    row_of_pixels(p, 3, {4, 5});
    system_of s(p.program);
    s.finish();
    EXPECT_EQ(s.whole.outstanding(), "");
    const uint64_t flits = 1 + 3 * 8 / 4; // three pixels in one packet
    EXPECT_EQ(s.flits(0, NPIM_PORT_EAST), flits);
    EXPECT_EQ(s.flits(1, NPIM_PORT_LOCAL + 0), flits);
    EXPECT_EQ(s.flits(1, NPIM_PORT_LOCAL + 1), flits);
    EXPECT_EQ(s.whole.host().sent(0).flit_hops, 3 * flits);
    EXPECT_EQ(s.whole.host().sent_B(), 24u);
    EXPECT_EQ(s.whole.host().sent(0).edram_B, 48u);
    EXPECT_EQ(sum(s.whole.host_link().core.n_B), 24u + 2 * 24); // the image in, two results out
    // Both get it at the same time.
    EXPECT_EQ(s.whole.tile(4).counts(0).first_ps, s.whole.tile(5).counts(0).first_ps);
    EXPECT_EQ(s.whole.tile(4).counts(0).first_ps, wire_ps(24) + link_ps + (4 + 4 + 6 + 3) * clk);
}

// The same from a tile: its output goes to two tiles behind one link.
TEST(systems, ATilesMulticastCrossesASharedLinkOnce) {
    builder p(8);
    row_of_pixels(p, 1, {0});
    p.program.host_B = 16;
    p.program.tiles[0].slots[0].n_destinations = 0;
    for (uint32_t tile : {6u, 7u}) {
        const uint32_t buffer = p.buffer(tile, 1, 1, 1);
        npim_program_slot &s = p.slot(tile, NPIM_SLOT_UNIT, 1, 1);
        builder::input(s, buffer, 8);
        builder::destination(s, NPIM_HOST_TILE, 0);
        builder::destination(p.program.tiles[0].slots[0], tile, buffer);
    }
    system_of s(p.program);
    s.finish();
    EXPECT_EQ(s.whole.outstanding(), "");
    EXPECT_EQ(s.whole.chip(0).router(0).injection(0).n_flits, 3u);
    EXPECT_EQ(s.flits(0, NPIM_PORT_EAST), 3u);
    EXPECT_EQ(s.whole.tile(0).counts(0).flit_hops, 3u * 3);
    EXPECT_EQ(s.whole.tile(6).counts(0).first_ps, s.whole.tile(7).counts(0).first_ps);
    EXPECT_EQ(s.whole.tile(6).counts(0).flit_hops, 2u * 3);
    EXPECT_EQ(s.whole.host().n_complete(), 1u);
}

// Partial sums cross the network without touching an eDRAM.
TEST(systems, PartialSumsCrossTheNetwork) {
    builder p(5);
    row_of_pixels(p, 2, {0, 4});
    npim_program_slot &first = p.program.tiles[0].slots[0], &second = p.program.tiles[4].slots[0];
    first.n_destinations = 0;
    first.outputs = first.output_B = 0;
    first.psum_out_B = 20;
    first.psum_tile = 4;
    second.psum_in = 5;
    p.program.host_B = 16;
    system_of s(p.program);
    s.finish();
    EXPECT_EQ(s.whole.outstanding(), "");
    EXPECT_EQ(s.whole.tile(0).counts(0).flit_hops, 2 * 2 * 6u); // two windows, two routers, 20 B
    EXPECT_EQ(s.whole.tile(0).memory.core.n_written_B, 16u);
    EXPECT_EQ(s.whole.tile(4).counts(0).adder_words, 10u);
    // The second operation on tile 0 follows a cycle time later; its sums: injection, two routers, tail.
    const uint64_t start_ps = s.whole.tile(0).counts(0).first_ps + 4 * clk;
    const uint64_t sums_ps = start_ps + 2 * cycles_ps + 4 * clk + (1 + 4 + 3 + 6) * clk;
    EXPECT_EQ(s.whole.tile(4).counts(0).last_ps, sums_ps + 2 * clk + 4 * clk); // 5 words on 4 lanes, write
}

// From the single tile of chip 0 to that of chip 1: two routers and the link between the chips, which takes a
// packet when its tail has come.
TEST(systems, APacketCrossesFromChipToChip) {
    builder p(2);
    p.program.tiles_per_chip = 1;
    row_of_pixels(p, 1, {0});
    const uint32_t buffer = p.buffer(1, 1, 1, 1);
    npim_program_slot &far = p.slot(1, NPIM_SLOT_UNIT, 1, 1);
    builder::input(far, buffer, 8);
    builder::destination(far, NPIM_HOST_TILE, 0);
    p.program.tiles[0].slots[0].n_destinations = 0;
    builder::destination(p.program.tiles[0].slots[0], 1, buffer);
    system_of s(p.program);
    s.finish();
    EXPECT_EQ(s.whole.outstanding(), "");
    ASSERT_EQ(s.whole.n_chips(), 2u);
    ASSERT_EQ(s.whole.n_links(), 1u);
    EXPECT_STREQ(s.whole.link(0).name(), "link_0_1");
    EXPECT_STREQ(s.whole.tile(1).name(), "chip_1.tile_000");
    // Read of the bank, injection, router, tail; the link; router, tail; write.
    const uint64_t written_ps = s.whole.tile(0).counts(0).last_ps;
    const uint64_t arrived_ps =
        written_ps + 3 * clk + (1 + 3 + 3) * clk + wire_ps(8) + link_ps + (3 + 3) * clk + 3 * clk;
    EXPECT_EQ(s.whole.tile(1).counts(0).first_ps, arrived_ps);
    EXPECT_EQ(s.whole.tile(0).counts(0).flit_hops, 2u * 3);
    EXPECT_EQ(s.whole.tile(0).counts(0).link_B, 8u);
    EXPECT_EQ(s.whole.tile(1).counts(0).link_B, 16u); // back over chip 0, and to the host
    EXPECT_EQ(s.whole.host().sent(0).link_B, 8u);
    EXPECT_EQ(s.whole.link(0).core.n_B[0], 8u);
    EXPECT_EQ(s.whole.link(0).core.n_B[1], 8u);
    EXPECT_EQ(sum(s.whole.host_link().core.n_B), 16u);
}

// Three chips in a mesh of two by two with a hole: 0 1 / 2. From 2 to 1 the way leads over 0.
TEST(systems, AWayLeadsAroundTheHoleOfTheLastRow) {
    builder p(6);
    p.program.tiles_per_chip = 2;
    row_of_pixels(p, 1, {4});
    p.program.tiles[4].slots[0].n_destinations = 0;
    const uint32_t buffer = p.buffer(2, 1, 1, 1);
    npim_program_slot &far = p.slot(2, NPIM_SLOT_UNIT, 1, 1);
    builder::input(far, buffer, 8);
    builder::destination(far, NPIM_HOST_TILE, 0);
    builder::destination(p.program.tiles[4].slots[0], 2, buffer);
    system_of s(p.program);
    s.finish();
    EXPECT_EQ(s.whole.outstanding(), "");
    ASSERT_EQ(s.whole.n_links(), 2u);
    EXPECT_STREQ(s.whole.link(0).name(), "link_0_1");
    EXPECT_STREQ(s.whole.link(1).name(), "link_0_2");
    EXPECT_EQ(s.whole.link(1).core.n_B[0], 8u); // the image to chip 2
    EXPECT_EQ(s.whole.link(1).core.n_B[1], 8u);
    EXPECT_EQ(s.whole.link(0).core.n_B[0], 8u);
    EXPECT_EQ(s.whole.link(0).core.n_B[1], 8u); // the result
    EXPECT_EQ(s.whole.host().sent(0).flit_hops, 2u * 3);
}

// Seven chips, three in a row: with something to do on chip 3, the second row is built and the third is not.
TEST(systems, RowsOfIdleChipsAreNotBuilt) {
    builder p(14);
    p.program.tiles_per_chip = 2;
    p.program.used_tiles = 7;
    row_of_pixels(p, 1, {6});
    system_of s(p.program);
    ASSERT_EQ(s.whole.n_chips(), 6u);
    EXPECT_EQ(s.whole.n_tiles(), 12u);
    ASSERT_EQ(s.whole.n_links(), 7u);
    s.finish();
    EXPECT_EQ(s.whole.outstanding(), "");
}

// A multicast to two tiles of another chip crosses the links between the chips once.
TEST(systems, AMulticastCrossesALinkBetweenChipsOnce) {
    builder p(4);
    p.program.tiles_per_chip = 2;
    row_of_pixels(p, 3, {1, 2, 3});
    system_of s(p.program);
    s.finish();
    EXPECT_EQ(s.whole.outstanding(), "");
    EXPECT_EQ(s.whole.link(0).core.n_B[0], 24u);
    EXPECT_EQ(s.whole.host().sent(0).link_B, 48u);
    EXPECT_EQ(s.whole.host().sent(0).flit_hops, (2 + 2) * 7u); // two ports of each router
    EXPECT_EQ(s.whole.host().sent(0).edram_B, 3 * 24u);
    EXPECT_EQ(s.whole.tile(2).counts(0).first_ps, s.whole.tile(3).counts(0).first_ps);
    EXPECT_LT(s.whole.tile(1).counts(0).first_ps, s.whole.tile(2).counts(0).first_ps);
}

// What waits for a busy link between chips holds the sender's next packet back.
TEST(systems, WaitingForALinkBetweenChipsHoldsTheSender) {
    const auto last_ps = [](double rate_GBps) {
        traffic::fresh_context context;
        builder p(2);
        p.program.tiles_per_chip = 1;
        row_of_pixels(p, 8, {0});
        const uint32_t buffer = p.buffer(1, 1, 8, 8);
        npim_program_slot &far = p.slot(1, NPIM_SLOT_UNIT, 1, 8);
        builder::input(far, buffer, 8);
        builder::destination(far, NPIM_HOST_TILE, 0);
        p.program.tiles[0].slots[0].n_destinations = 0;
        builder::destination(p.program.tiles[0].slots[0], 1, buffer);
        units parts;
        parts.chip.chip_link.rate_GBps = rate_GBps;
        npim::sequencer agenda("sequencer");
        npim::system whole(parts.chip, p.program, agenda);
        sc_core::sc_start(sc_core::SC_ZERO_TIME);
        while (!agenda.idle()) run_to(npim::now_ps() + 1000000);
        EXPECT_EQ(whole.outstanding(), "");
        EXPECT_EQ(whole.link(0).core.calendar[0].booked_ps, 8 * npim_rate_ps(8, rate_GBps * 1e9));
        return whole.tile(1).counts(0).last_ps;
    };
    EXPECT_GT(last_ps(0.01), last_ps(0.1));
    EXPECT_GT(last_ps(0.1), last_ps(6.4));
}

// Ideal links: latency of the hops alone, the same counts, and nobody waits.
TEST(systems, IdealLinksOnlyCount) {
    builder p(8);
    p.program.ideal_links = true;
    row_of_pixels(p, 3, {4, 5});
    system_of s(p.program);
    s.finish();
    EXPECT_EQ(s.whole.outstanding(), "");
    EXPECT_EQ(s.whole.host().sent(0).flit_hops, 3 * 7u);
    EXPECT_EQ(s.whole.tile(4).counts(0).first_ps, (3 + 4 + 7 + 3) * clk);
    for (uint32_t r = 0; r < 2; r++)
        for (uint32_t port = 0; port < NPIM_PORT_LOCAL + 4; port++)
            EXPECT_EQ(s.whole.chip(0).router(r).link(port).calendar.booked_ps, 0u);
    EXPECT_EQ(sum(s.whole.host_link().core.n_B), 24u + 2 * 24);
}

TEST(systems, SaysWhoWaitsForWhom) {
    builder p(4);
    row_of_pixels(p, 2, {2});
    npim_program_slot &s = p.program.tiles[2].slots[0];
    s.kernel_w = 2; // a window of two pixels in a buffer of one
    s.x_to = 1;
    p.program.tiles[2].buffers[0].window.capacity = 1;
    system_of one(p.program);
    one.finish();
    EXPECT_EQ(one.whole.outstanding(),
              "chip_0.tile_002 slot 0 (node 1, replica 0) waits for input at image 0, "
              "row 0, column 0");
    EXPECT_EQ(one.whole.host().outstanding(),
              "host: image 0 is not complete; next to send is image 0, row 0, column 1");
}

// Transactions of others, without any extension, to and from the eDRAM of tile 1, by a free port of the
// router.
TEST(systems, ForeignTransactionsReachTheMemories) {
    builder p(2);
    row_of_pixels(p, 4, {0, 1});
    system_of s(p.program);
    traffic::source foreign("foreign");
    auto *port =
        dynamic_cast<npim::relay::target_socket *>(sc_core::sc_find_object("chip_0.router_000.in_7"));
    ASSERT_NE(port, nullptr); // of the fourth tile, which does not exist
    foreign.out.bind(*port);
    s.finish();
    EXPECT_EQ(s.whole.outstanding(), "");
    const uint64_t written_B = s.whole.tile(1).memory.core.n_written_B;

    unsigned char out[32], in[32] = {};
    for (uint32_t i = 0; i < 32; i++) out[i] = static_cast<unsigned char>(7 * i + 1);
    tlm::tlm_generic_payload &write = foreign.pool.take();
    foreign.make(write, compose({0, 1, 640}), 32, true, out);
    sc_core::sc_time delay = sc_core::SC_ZERO_TIME;
    foreign.out->b_transport(write, delay);
    EXPECT_EQ(write.get_response_status(), tlm::TLM_OK_RESPONSE);
    // Injection, router and tail; bank and latency; the answer alike, a head alone.
    EXPECT_EQ(npim::to_ps(delay), (1 + 3 + 9 + 3 + 1 + 3 + 1) * clk);
    EXPECT_EQ(s.whole.tile(1).memory.core.n_written_B, written_B + 32);
    write.release();

    tlm::tlm_generic_payload &look = foreign.pool.take();
    foreign.make(look, compose({0, 1, 640}), 32, false, in);
    EXPECT_EQ(foreign.out->transport_dbg(look), 32u);
    EXPECT_TRUE(std::equal(in, in + 32, out));
    look.release();

    unsigned char again[32] = {};
    tlm::tlm_generic_payload &read = foreign.pool.take();
    foreign.make(read, compose({0, 1, 640}), 32, false, again);
    read.acquire(); // the source lets go when the answer comes
    delay = sc_core::SC_ZERO_TIME;
    EXPECT_EQ(foreign.begin(read, delay), tlm::TLM_ACCEPTED);
    run_to(npim::now_ps() + 1000000);
    EXPECT_EQ(foreign.end_req_ps.size(), 1u);
    EXPECT_EQ(foreign.begin_resp_ps.size(), 1u);
    EXPECT_EQ(read.get_response_status(), tlm::TLM_OK_RESPONSE);
    EXPECT_TRUE(std::equal(again, again + 32, out));
    read.release();
    EXPECT_EQ(s.whole.chip(0).router(0).n_under_way(), 0u);
    EXPECT_TRUE(foreign.pool.full());
}

TEST(systems, ForeignAddressesBeyondTheMemoryAreRefused) {
    builder p(1);
    p.image(0, 1, 1);
    system_of s(p.program);
    traffic::source foreign("foreign");
    foreign.out.bind(
        *dynamic_cast<npim::relay::target_socket *>(sc_core::sc_find_object("chip_0.router_000.in_7")));
    sc_core::sc_start(sc_core::SC_ZERO_TIME);
    unsigned char data[2] = {};
    for (const npim::address &at :
         {npim::address{0, 0, 4095}, npim::address{0, 1, 0}, npim::address{1, 0, 0}}) {
        tlm::tlm_generic_payload &payload = foreign.pool.take();
        foreign.make(payload, compose(at), 2, true, data);
        sc_core::sc_time delay = sc_core::SC_ZERO_TIME;
        foreign.out->b_transport(payload, delay);
        EXPECT_EQ(payload.get_response_status(), tlm::TLM_ADDRESS_ERROR_RESPONSE) << at.offset;
        payload.release();
    }
}

TEST(systems, BadConfigurationsAreReported) {
    builder p(1);
    p.image(0, 1, 1);
    units parts;
    npim::sequencer agenda("sequencer");
    parts.chip.router.ports = 6; // four neighbours and four tiles need eight
    try {
        npim::system whole(parts.chip, p.program, agenda);
        FAIL() << "accepted";
    } catch (const sc_core::sc_report &report) {
        EXPECT_EQ(npim::status_of(report), NPIM_ECONFIG);
        EXPECT_NE(std::string(report.get_msg()).find("router.ports"), std::string::npos) << report.get_msg();
    }
}

} // namespace
