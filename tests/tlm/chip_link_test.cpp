#include "tlm/chip_link.hpp"

#include "tlm/edram.hpp"
#include "tlm/router.hpp"
#include "traffic.hpp"

using namespace traffic;
using npim::chip_link;
using npim::compose;

namespace {

constexpr npim_chip_link_config hypertransport = {6.4, 50.0, 0.0, 2600.0, 5.72e6};
constexpr npim_router_config router_config = {4, 8, 4.375, 42.0, 151000.0};
constexpr npim_link_config wire = {4, 16, 1, 0.0};
constexpr npim_edram_config memory_config = {65536, 2, 32, 2, 0.5375, 20.7, 0.0, 83000.0};

struct bench {
    explicit bench(bool ideal = false) : port("port", hypertransport, ideal) {
        from.out.bind(port.in[chip_link::NEAR]);
        port.out[chip_link::FAR].bind(to.in);
        run_to(0);
    }
    uint64_t send(uint64_t number, uint32_t bytes, uint64_t delay_ps = 0) {
        tlm::tlm_generic_payload &p = from.pool.take_packet(number, bytes, 17, nullptr);
        from.make(p, compose({0, 0, 0}), bytes, true, data);
        sc_core::sc_time delay = npim::from_ps(delay_ps);
        EXPECT_EQ(from.begin(p, delay), tlm::TLM_COMPLETED);
        p.release();
        return npim::to_ps(delay);
    }
    source from{"from"};
    chip_link port;
    sink to{"to"};
    unsigned char data[64] = {};
};

} // namespace

TEST(ChipLink, BytesTakeTheRateAndTheLatency) {
    bench b;
    EXPECT_EQ(b.send(1, 64), 10000u); // 64 B at 6.4 GB/s
    EXPECT_EQ(b.to.arrivals[0].time_ps, 60000u);
    EXPECT_EQ(b.send(2, 64, 9999), 20000u) << "blocked until the link is free";
    EXPECT_EQ(b.to.arrivals[1].time_ps, 70000u);
    EXPECT_EQ(b.send(3, 32, 20000), 25000u) << "ready at once";
    EXPECT_EQ(b.port.core.n_B[0], 160u);
    EXPECT_EQ(b.port.core.wait_ps[0], 1u);
}

TEST(ChipLink, DirectionsDoNotDisturbEachOther) {
    source host("host"), chip("chip");
    sink to_host("to_host"), to_chip("to_chip");
    chip_link port("port", hypertransport);
    host.out.bind(port.in[chip_link::NEAR]);
    port.out[chip_link::NEAR].bind(to_host.in);
    chip.out.bind(port.in[chip_link::FAR]);
    port.out[chip_link::FAR].bind(to_chip.in);
    run_to(0);
    unsigned char data[64] = {};
    uint64_t number = 1;
    for (source *from : {&host, &chip}) {
        sc_core::sc_time delay = sc_core::SC_ZERO_TIME;
        tlm::tlm_generic_payload &p = from->pool.take_packet(number++, 64, 17, nullptr);
        from->begin(from->make(p, 0, 64, true, data), delay);
        EXPECT_EQ(npim::to_ps(delay), 10000u);
        p.release();
    }
    EXPECT_EQ(to_chip.arrivals.at(0).time_ps, 60000u);
    EXPECT_EQ(to_host.arrivals.at(0).time_ps, 60000u);
    EXPECT_EQ(port.core.calendar[0].booked_ps, 10000u) << "0 is into the chip";
    EXPECT_EQ(port.core.calendar[1].booked_ps, 10000u);
}

TEST(ChipLink, AMulticastCrossesOnce) {
    bench b;
    b.send(1, 64);
    EXPECT_EQ(b.send(1, 64), 10000u);
    ASSERT_EQ(b.to.arrivals.size(), 2u);
    EXPECT_EQ(b.to.arrivals[1].time_ps, 60000u);
    EXPECT_EQ(b.port.core.n_B[0], 64u);
}

TEST(ChipLink, AMeterCountsBytesWhileTheyCross) {
    for (const bool ideal : {false, true}) {
        traffic::fresh_context context;
        bench b(ideal);
        npim_meter meter;
        npim_meter_init(&meter, 5000, 0, 100);
        b.port.attach_meter(&meter);
        b.send(1, 64);
        b.send(2, 64, 9999); // waits for the first
        b.send(2, 64, 9999); // another branch of it
        std::vector<double> rows;
        for (uint32_t row = 0; row < meter.n_rows; row++)
            rows.push_back(npim_meter_row(&meter, row)[NPIM_EVENT_LINK]);
        EXPECT_EQ(rows, ideal ? (std::vector<double>{64, 64}) : (std::vector<double>{32, 32, 32, 32}));
        npim_meter_fini(&meter);
    }
}

TEST(ChipLink, AnIdealLinkOnlyCounts) {
    bench b(true);
    EXPECT_EQ(b.send(1, 64, 5), 5u);
    EXPECT_EQ(b.send(2, 64, 5), 5u);
    EXPECT_EQ(b.to.arrivals[1].time_ps, 5u);
    EXPECT_EQ(b.port.core.n_B[0], 128u);
}

TEST(ChipLink, FourPhasesArriveWhenPacketsDo) {
    bench b;
    sc_core::sc_time delay = sc_core::SC_ZERO_TIME;
    b.from.begin(b.from.make(b.from.pool.take(), compose({0, 0, 0}), 64, true, b.data), delay);
    run_to(9999);
    EXPECT_TRUE(b.from.end_req_ps.empty()) << "blocked at t-1";
    run_to(10000);
    EXPECT_EQ(b.from.end_req_ps.size(), 1u) << "ready at t";
    sc_core::sc_start();
    EXPECT_EQ(b.to.arrivals[0].time_ps, 60000u);
    EXPECT_EQ(b.from.begin_resp_ps[0], 60000u + 625 + 50000) << "a header of 4 bytes back";
    EXPECT_EQ(b.port.n_under_way(), 0u);
    EXPECT_TRUE(b.from.pool.full());
}

TEST(ChipLink, BTransportTakesTheSameTimeAndDebugNone) {
    bench b;
    tlm::tlm_generic_payload &p = b.from.make(b.from.pool.take(), compose({0, 0, 0}), 64, true, b.data);
    sc_core::sc_time delay = sc_core::SC_ZERO_TIME;
    EXPECT_EQ(b.from.out->transport_dbg(p), 7u);
    b.from.out->b_transport(p, delay);
    EXPECT_EQ(npim::to_ps(delay), 60000u + 50625);
    p.release();
}

TEST(ChipLink, ABadConfigurationIsReported) {
    npim_chip_link_config bad = hypertransport;
    bad.rate_GBps = 0.0;
    EXPECT_THROW(chip_link("port", bad), sc_core::sc_report);
}

TEST(ChipLink, PacketsReachTheHostAndComeFromIt) {
    const npim::mesh place{0, 1, 4, 4};
    npim::router router("router", router_config, wire, place, 0, 0);
    chip_link port("port", hypertransport);
    source tile("tile"), host("host");
    sink to_tile("to_tile"), to_host("to_host");
    tile.out.bind(router.in[NPIM_PORT_LOCAL]);
    router.out[NPIM_PORT_LOCAL].bind(to_tile.in);
    router.out[NPIM_PORT_WEST].bind(port.in[chip_link::FAR]);
    port.out[chip_link::FAR].bind(router.in[NPIM_PORT_WEST]);
    host.out.bind(port.in[chip_link::NEAR]);
    port.out[chip_link::NEAR].bind(to_host.in);
    run_to(0);
    unsigned char data[64] = {};
    sc_core::sc_time delay = sc_core::SC_ZERO_TIME;
    tlm::tlm_generic_payload &up = tile.pool.take_packet(1, 64, 17, nullptr);
    tile.begin(tile.make(up, compose({npim::host_chip, 0, 0}), 64, true, data), delay);
    EXPECT_EQ(to_host.arrivals.at(0).time_ps, 21 * clk + 60000) << "the link takes the whole packet";
    EXPECT_EQ(npim::to_ps(delay), 21 * clk);
    up.release();
    delay = sc_core::SC_ZERO_TIME;
    tlm::tlm_generic_payload &down = host.pool.take_packet(2, 64, 17, nullptr);
    host.begin(host.make(down, compose({0, 0, 0}), 64, true, data), delay);
    EXPECT_EQ(to_tile.arrivals.at(0).time_ps, 60000 + (4 + 16) * clk);
    EXPECT_EQ(npim::to_ps(delay), 10000u);
    down.release();
}

// Two chips with a router each, the host west of chip 0: everybody reads and writes everybody's memory.
TEST(ChipLink, TwentyThousandRandomTransactions) {
    const uint64_t base = seed();
    std::vector<std::unique_ptr<npim::router>> routers;
    for (uint32_t chip = 0; chip < 2; chip++)
        routers.push_back(std::make_unique<npim::router>(
            ("router" + std::to_string(chip)).c_str(), router_config, wire, npim::mesh{chip, 2, 2, 4}, 0, 0));
    chip_link west("west", hypertransport), between("between", hypertransport);
    std::vector<std::unique_ptr<npim::protocol_checker>> checkers;
    const auto bind = [&](auto &from, auto &to) {
        checkers.push_back(
            std::make_unique<npim::protocol_checker>(sc_core::sc_gen_unique_name("checker"), true));
        from.bind(checkers.back()->in);
        checkers.back()->out.bind(to);
    };
    bind(routers[0]->out[NPIM_PORT_WEST], west.in[chip_link::FAR]);
    bind(west.out[chip_link::FAR], routers[0]->in[NPIM_PORT_WEST]);
    bind(routers[0]->out[NPIM_PORT_EAST], between.in[chip_link::NEAR]);
    bind(between.out[chip_link::NEAR], routers[0]->in[NPIM_PORT_EAST]);
    bind(routers[1]->out[NPIM_PORT_WEST], between.in[chip_link::FAR]);
    bind(between.out[chip_link::FAR], routers[1]->in[NPIM_PORT_WEST]);

    const npim::address places[] = {{0, 0, 0}, {0, 1, 0}, {1, 0, 0}, {1, 1, 0}, {npim::host_chip, 0, 0}};
    options o{4000};
    o.packets_of_16 = 3;
    o.max_pause = 200;
    std::vector<std::unique_ptr<initiator>> initiators;
    std::vector<std::unique_ptr<npim::edram>> memories;
    for (uint32_t i = 0; i < 5; i++) {
        std::vector<region> regions;
        for (const npim::address &a : places) regions.push_back({{a.chip, a.tile, i * 8192}, 8192});
        const std::string suffix = std::to_string(i);
        initiators.push_back(std::make_unique<initiator>(("from" + suffix).c_str(), o, regions, base + i));
        memories.push_back(std::make_unique<npim::edram>(("memory" + suffix).c_str(), memory_config, 2));
        npim::relay &owner = i < 4 ? static_cast<npim::relay &>(*routers[i / 2]) : west;
        const uint32_t port = i < 4 ? NPIM_PORT_LOCAL + i % 2 : uint32_t{chip_link::NEAR};
        bind(initiators[i]->out, owner.in[port]);
        bind(owner.out[port], memories[i]->in);
    }
    sc_core::sc_start();
    for (auto &one : initiators) expect_done(*one);
    for (auto &checker : checkers) expect_clean(*checker);
    EXPECT_EQ(west.n_under_way() + between.n_under_way(), 0u);
    EXPECT_GT(between.core.n_B[0] + between.core.n_B[1], 10000u);
}
