#include "router_grid.hpp"

using namespace router_grid;
using namespace traffic;
using npim::compose;

namespace {

// A source at one tile, sinks at all the others.
struct bench {
    explicit bench(uint32_t n_tiles, uint32_t source_tile = 0) : mesh(n_tiles) {
        from.out.bind(mesh.tile_in(source_tile));
        for (uint32_t i = 0; i < n_tiles; i++) {
            sinks.push_back(std::make_unique<sink>(("sink_" + std::to_string(i)).c_str()));
            mesh.tile_out(i).bind(sinks.back()->in);
        }
        run_to(0);
    }
    // Sends a packet of 64 bytes now + delay; returns when the next may follow.
    uint64_t send(uint32_t tile, uint64_t number, uint64_t delay_ps = 0, uint32_t flits = 17) {
        tlm::tlm_generic_payload &p = from.pool.take_packet(number, 64, flits, nullptr);
        from.make(p, compose({0, tile, 0}), 64, true, data);
        sc_core::sc_time delay = npim::from_ps(delay_ps);
        EXPECT_EQ(from.begin(p, delay), tlm::TLM_COMPLETED);
        status = p.get_response_status();
        p.release();
        return npim::to_ps(delay);
    }
    grid mesh;
    source from{"from"};
    std::vector<std::unique_ptr<sink>> sinks;
    unsigned char data[64] = {};
    tlm::tlm_response_status status{};
};

} // namespace

TEST(Router, APacketTakesFourClocksAHopAndOneAFlit) {
    struct row {
        uint32_t tile;
        uint64_t arrival_clocks; // injection link 1, hops x 4, tail 16
    };
    bench b(24);
    uint64_t number = 1, start_ps = 0;
    for (const row &r :
         {row{1, 21}, row{0, 21}, row{4, 25}, row{8, 29}, row{12, 25}, row{16, 29}, row{23, 33}}) {
        run_to(start_ps);
        EXPECT_EQ(b.send(r.tile, number++), 21 * clk) << "the tail has left the first router";
        EXPECT_EQ(b.status, tlm::TLM_OK_RESPONSE);
        ASSERT_EQ(b.sinks[r.tile]->arrivals.size(), 1u);
        EXPECT_EQ(b.sinks[r.tile]->arrivals[0].time_ps, start_ps + r.arrival_clocks * clk) << r.tile;
        start_ps += 1000 * clk;
    }
    EXPECT_EQ(b.mesh.at(0, 0).core.n_flits, 7u * 17);
    EXPECT_EQ(b.mesh.at(2, 1).core.n_flits, 17u);
    EXPECT_NEAR(b.mesh.at(2, 1).energy_pJ(), 17 * 4.375, 1e-9);
}

TEST(Router, FourPhasesArriveWhenPacketsDo) {
    for (uint32_t tile : {1u, 4u, 8u, 12u, 16u, 23u}) {
        const fresh_context fresh;
        bench b(24);
        b.send(tile, 1);
        run_to(1000 * clk);
        sc_core::sc_time delay = sc_core::SC_ZERO_TIME;
        tlm::tlm_generic_payload &p =
            b.from.make(b.from.pool.take(), compose({0, tile, 0}), 64, true, b.data);
        EXPECT_EQ(b.from.begin(p, delay), tlm::TLM_ACCEPTED);
        sc_core::sc_start();
        const auto &arrivals = b.sinks[tile]->arrivals;
        ASSERT_EQ(arrivals.size(), 2u);
        EXPECT_EQ(arrivals[1].time_ps - 1000 * clk, arrivals[0].time_ps) << tile;
        EXPECT_EQ(b.from.end_req_ps, (std::vector<uint64_t>{1021 * clk}))
            << "withheld until the tail has left";
        // The answer is a header: injection 1, the same hops.
        EXPECT_EQ(b.from.begin_resp_ps[0] - arrivals[1].time_ps, arrivals[0].time_ps - 16 * clk);
        EXPECT_TRUE(b.from.pool.full());
    }
}

TEST(Router, BTransportBooksTheSameWay) {
    bench b(24);
    tlm::tlm_generic_payload &p = b.from.make(b.from.pool.take(), compose({0, 23, 0}), 64, true, b.data);
    sc_core::sc_time delay = npim::from_ps(10 * clk);
    b.from.out->b_transport(p, delay);
    EXPECT_EQ(b.sinks[23]->arrivals[0].time_ps, 43 * clk);
    EXPECT_EQ(npim::to_ps(delay), 43 * clk + 17 * clk);
    EXPECT_EQ(b.from.out->transport_dbg(p), 7u) << "debug reaches the target";
    p.release();
}

TEST(Router, ABusyLinkBlocksUntilItIsFree) {
    bench b(4);
    b.send(1, 1);
    b.send(1, 2, 4 * clk); // the injection link is taken until 17
    EXPECT_EQ(b.sinks[1]->arrivals[1].time_ps, 38 * clk);
    b.send(2, 3, 34 * clk); // another output is free
    EXPECT_EQ(b.sinks[2]->arrivals[0].time_ps, 55 * clk);
    EXPECT_EQ(b.mesh.at(0, 0).injection(0).wait_ps, 13 * clk);
    EXPECT_EQ(b.mesh.at(0, 0).link(NPIM_PORT_LOCAL + 1).wait_ps, 0u);
}

TEST(Router, AMulticastCrossesASharedLinkOnce) {
    bench b(24);
    b.send(8, 7); // both at router (2, 0)
    b.send(9, 7);
    b.send(20, 7); // router (2, 1)
    EXPECT_EQ(b.sinks[8]->arrivals[0].time_ps, 29 * clk);
    EXPECT_EQ(b.sinks[9]->arrivals[0].time_ps, 29 * clk);
    EXPECT_EQ(b.sinks[20]->arrivals[0].time_ps, 33 * clk);
    EXPECT_EQ(b.mesh.at(0, 0).core.n_flits, 17u);
    EXPECT_EQ(b.mesh.at(1, 0).core.n_flits, 17u);
    EXPECT_EQ(b.mesh.at(2, 0).core.n_flits, 3u * 17);
    EXPECT_EQ(b.mesh.at(0, 0).injection(0).n_flits, 17u);
}

// Two hops of 17 flits: out of the first router in clocks 4 to 20, out of the second in clocks 8 to 24; the
// other branch of the multicast shares the first.
TEST(Router, AMeterCountsFlitsWhileTheyCross) {
    bench b(8);
    npim_meter meter;
    npim_meter_init(&meter, clk, 0, 100);
    for (auto &one : b.mesh.routers) one->attach_meter(&meter);
    b.send(4, 1);
    b.send(5, 1);
    ASSERT_EQ(meter.n_rows, 25u);
    for (uint32_t row = 0; row < 25; row++) {
        const double first = row >= 4 && row < 21, second = row >= 8 && row < 25;
        EXPECT_DOUBLE_EQ(npim_meter_row(&meter, row)[NPIM_EVENT_FLIT_HOP], first + 2 * second) << row;
    }
    npim_meter_fini(&meter);
}

TEST(Router, NoSuchTileIsAnAddressError) {
    bench b(6); // router 1 has two tiles of four
    for (uint64_t address : {compose({0, 6, 0}), compose({1, 0, 0}), compose({npim::host_chip, 0, 0})}) {
        tlm::tlm_generic_payload &packet = b.from.pool.take_packet(5, 64, 17, nullptr);
        b.from.make(packet, address, 64, true, b.data);
        sc_core::sc_time delay = sc_core::SC_ZERO_TIME;
        EXPECT_EQ(b.from.begin(packet, delay), tlm::TLM_COMPLETED);
        EXPECT_EQ(packet.get_response_status(), tlm::TLM_ADDRESS_ERROR_RESPONSE);
        packet.release();

        tlm::tlm_generic_payload &p = b.from.make(b.from.pool.take(), address, 64, true, b.data);
        p.acquire();
        EXPECT_EQ(b.from.begin(p, delay), tlm::TLM_ACCEPTED);
        sc_core::sc_start();
        EXPECT_EQ(p.get_response_status(), tlm::TLM_ADDRESS_ERROR_RESPONSE);
        p.set_response_status(tlm::TLM_INCOMPLETE_RESPONSE);
        b.from.out->b_transport(p, delay);
        EXPECT_EQ(p.get_response_status(), tlm::TLM_ADDRESS_ERROR_RESPONSE);
        EXPECT_EQ(b.from.out->transport_dbg(p), 0u);
        p.release();
    }
    EXPECT_TRUE(b.from.pool.full());
}

// The next router refuses when the head is there; the answer must not overtake END_REQ, which the tail
// delays.
TEST(Router, ARefusalFurtherOnComesAfterEndReq) {
    grid mesh(8);
    source from("from");
    npim::protocol_checker checker("checker");
    from.out.bind(checker.in);
    checker.out.bind(mesh.tile_in(0));
    run_to(0);
    unsigned char data[64] = {};
    sc_core::sc_time delay = sc_core::SC_ZERO_TIME;
    from.begin(from.make(from.pool.take(), compose({0, 6, 0}), 64, true, data), delay); // nobody is there
    sc_core::sc_start();
    EXPECT_EQ(from.end_req_ps, (std::vector<uint64_t>{21 * clk}));
    EXPECT_EQ(from.begin_resp_ps, (std::vector<uint64_t>{21 * clk}));
    expect_clean(checker);
    EXPECT_TRUE(from.pool.full());
}

TEST(Router, ABadConfigurationIsReported) {
    npim_router_config bad = isaac;
    bad.latency_clocks = 0;
    EXPECT_THROW(npim::router("router", bad, wire, npim::mesh{}, 0, 0), sc_core::sc_report);
}

TEST(Router, TooFewPortsAreReported) {
    npim_router_config bad = isaac;
    bad.ports = 7;
    EXPECT_THROW(npim::router("router", bad, wire, npim::mesh{}, 0, 0), sc_core::sc_report);
}

TEST(Router, SignalsAreTheRoutersAndItsLinks) {
    npim::router one("router", isaac, wire, npim::mesh{}, 0, 0);
    const auto list = one.signals();
    ASSERT_EQ(list.size(), 1 + (8 + 4) * 2u);
    EXPECT_EQ(list[0].name, "router.n_flits");
    EXPECT_EQ(list[1].name, "router.out_0.n_flits");
    EXPECT_EQ(list.back().name, "router.in_7.wait_ps");
}
