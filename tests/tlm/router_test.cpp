#include "tlm/router.hpp"

#include "tlm/edram.hpp"
#include "traffic.hpp"

using namespace traffic;
using npim::compose;

namespace {

constexpr npim_router_config isaac = {4, 8, 4.375, 42.0, 151000.0};
constexpr npim_link_config wire = {4, 16, 1, 0.0};
constexpr npim_edram_config memory_config = {65536, 2, 32, 2, 0.5375, 20.7, 0.0, 83000.0};

// The routers of one chip, bound to one another; with checkers in between if wanted.
struct grid {
    explicit grid(uint32_t n_tiles, bool checked = false) : place{0, 1, n_tiles, 4} {
        for (uint32_t y = 0; y < place.height(); y++)
            for (uint32_t x = 0; x < place.width(); x++)
                routers.push_back(std::make_unique<npim::router>(
                    ("router_" + std::to_string(x) + "_" + std::to_string(y)).c_str(), isaac, wire, place, x,
                    y));
        for (uint32_t y = 0; y < place.height(); y++)
            for (uint32_t x = 0; x < place.width(); x++) {
                if (x + 1 < place.width())
                    bind(at(x, y), NPIM_PORT_EAST, at(x + 1, y), NPIM_PORT_WEST, checked);
                if (y + 1 < place.height())
                    bind(at(x, y), NPIM_PORT_SOUTH, at(x, y + 1), NPIM_PORT_NORTH, checked);
            }
    }
    npim::router &at(uint32_t x, uint32_t y) { return *routers[y * place.width() + x]; }
    void join(npim::router &a, uint32_t from, npim::router &b, uint32_t to, bool checked) {
        if (!checked) {
            a.out[from].bind(b.in[to]);
            return;
        }
        checkers.push_back(
            std::make_unique<npim::protocol_checker>(sc_core::sc_gen_unique_name("between"), true));
        a.out[from].bind(checkers.back()->in);
        checkers.back()->out.bind(b.in[to]);
    }
    void bind(npim::router &a, uint32_t from, npim::router &b, uint32_t to, bool checked) {
        join(a, from, b, to, checked);
        join(b, to, a, from, checked);
    }
    npim::relay::target_socket &tile_in(uint32_t i) {
        const npim::destination d = place.tile(i);
        return at(d.x, d.y).in[d.port];
    }
    npim::relay::initiator_socket &tile_out(uint32_t i) {
        const npim::destination d = place.tile(i);
        return at(d.x, d.y).out[d.port];
    }
    npim::mesh place;
    std::vector<std::unique_ptr<npim::router>> routers;
    std::vector<std::unique_ptr<npim::protocol_checker>> checkers;
};

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

// Sends packets as fast as it may.
struct flow : sc_core::sc_module {
    SC_HAS_PROCESS(flow);
    flow(const sc_core::sc_module_name &name, uint32_t to, uint64_t first, uint32_t n, bool packets)
        : sc_module(name), to_(to), number_(first), n_(n), packets_(packets) {
        from.out.bind(out);
        if (packets_) {
            SC_METHOD(send_packet);
        } else {
            SC_METHOD(send_message);
        }
    }
    tlm::tlm_initiator_socket<> out{"out"};
    source from{"from"};

  private:
    void send_packet() {
        if (n_ == 0) return;
        n_--;
        tlm::tlm_generic_payload &p = from.pool.take_packet(number_++, 64, 17, nullptr);
        from.make(p, compose({0, to_, 0}), 64, true, data_);
        sc_core::sc_time delay = sc_core::SC_ZERO_TIME;
        from.begin(p, delay);
        p.release();
        next_trigger(delay);
    }
    void send_message() { // the next one when the one before has its END_REQ, looked after every clock
        if (from.end_req_ps.size() == n_sent_) {
            if (n_sent_ == n_) return;
            n_sent_++;
            sc_core::sc_time delay = sc_core::SC_ZERO_TIME;
            from.begin(from.make(from.pool.take(), compose({0, to_, 0}), 64, true, data_), delay);
        }
        next_trigger(npim::from_ps(clk));
    }
    uint32_t to_;
    uint64_t number_;
    uint32_t n_, n_sent_ = 0;
    const bool packets_;
    unsigned char data_[64] = {};
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

// Two flows over one link, from the same router and from different ones: in any long stretch each gets half.
class RouterFairness : public testing::TestWithParam<std::tuple<bool, uint32_t>> {};

TEST_P(RouterFairness, EqualFlowsGetHalfEach) {
    const auto [packets, second_tile] = GetParam();
    constexpr uint32_t n = 200;
    grid mesh(24);
    flow a("a", 8, 1, n, packets), b("b", 9, 1000000, n, packets);
    a.out.bind(mesh.tile_in(0));
    b.out.bind(mesh.tile_in(second_tile));
    sink to_a("to_a"), to_b("to_b");
    mesh.tile_out(8).bind(to_a.in);
    mesh.tile_out(9).bind(to_b.in);
    sc_core::sc_start();
    ASSERT_EQ(to_a.arrivals.size(), n);
    ASSERT_EQ(to_b.arrivals.size(), n);
    for (uint32_t i = 0; i + 3 < n; i++) { // whoever is ahead is ahead by a few packets, always
        EXPECT_LT(to_a.arrivals[i].time_ps, to_b.arrivals[i + 3].time_ps) << i;
        EXPECT_LT(to_b.arrivals[i].time_ps, to_a.arrivals[i + 3].time_ps) << i;
    }
    const uint64_t last_ps = std::max(to_a.arrivals.back().time_ps, to_b.arrivals.back().time_ps);
    EXPECT_GE(last_ps, 2 * n * 17 * clk) << "more than the link can carry";
    EXPECT_LT(last_ps, 2 * n * 17 * clk * 102 / 100) << "the link idled";
    EXPECT_TRUE(a.from.pool.full());
    EXPECT_TRUE(b.from.pool.full());
}

INSTANTIATE_TEST_SUITE_P(Ways, RouterFairness, testing::Combine(testing::Bool(), testing::Values(1u, 4u)));

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

// 3 x 2 routers with four tiles each: 24 initiators, 24 eDRAMs, a checker on every connection.
class RouterRandom : public testing::TestWithParam<uint32_t> {}; // packets among 16 transactions

TEST_P(RouterRandom, TwentyFourThousandTransactions) {
    const uint64_t base = seed();
    grid mesh(24, true);
    options o{1000};
    o.packets_of_16 = GetParam();
    o.max_pause = 60;
    std::vector<std::unique_ptr<initiator>> initiators;
    std::vector<std::unique_ptr<npim::edram>> memories;
    std::vector<std::unique_ptr<npim::protocol_checker>> checkers;
    for (uint32_t i = 0; i < 24; i++) {
        std::vector<region> regions;
        for (uint32_t k = 0; k < 5; k++) regions.push_back({{0, (i * 7 + k * 5) % 24, i * 2048}, 2048});
        const std::string suffix = std::to_string(i);
        initiators.push_back(std::make_unique<initiator>(("from" + suffix).c_str(), o, regions, base + i));
        memories.push_back(
            std::make_unique<npim::edram>(("memory" + suffix).c_str(), memory_config, 1 + i % 4));
        for (const char *side : {"up", "down"})
            checkers.push_back(
                std::make_unique<npim::protocol_checker>((side + suffix).c_str(), side[0] == 'd'));
        initiators[i]->out.bind(checkers[2 * i]->in);
        checkers[2 * i]->out.bind(mesh.tile_in(i));
        mesh.tile_out(i).bind(checkers[2 * i + 1]->in);
        checkers[2 * i + 1]->out.bind(memories[i]->in);
    }
    sc_core::sc_start();
    for (uint32_t i = 0; i < 24; i++) {
        expect_done(*initiators[i]);
        EXPECT_EQ(checkers[2 * i]->n_transactions(), 1000u);
    }
    for (auto &checker : checkers) expect_clean(*checker);
    for (auto &checker : mesh.checkers) {
        expect_clean(*checker);
        EXPECT_GT(checker->n_transactions(), 100u);
    }
    for (auto &router : mesh.routers) EXPECT_EQ(router->n_under_way(), 0u);
}

INSTANTIATE_TEST_SUITE_P(Packets, RouterRandom, testing::Values(0u, 5u));
