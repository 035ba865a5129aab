// Routers and links together, as an 8x8 mesh, against BookSim2 (tests/data/booksim2_mesh8x8.csv).
#include "hw/link.h"
#include "hw/router.h"
#include "hw/units.h"
#include "tests/hw/support.hpp"

#include <array>
#include <fstream>
#include <random>
#include <sstream>

namespace {

constexpr uint32_t side = 8, nodes = side * side, flits = 8;
constexpr uint64_t clock_ps = NPIM_CLOCK_PS;

// A packet that crosses one router takes 13 clocks in BookSim and 12 here: one on the injection link, four in
// the router (ejection link included) and seven for the flits behind the head. The difference does not depend
// on the number of routers.
constexpr double offset_clocks = 1;

class mesh {
  public:
    mesh() {
        const npim_router_config router_config = {4, NPIM_PORT_LOCAL + 1, 4.375, 42, 151000};
        const npim_link_config link_config = {4, 16, 1, 0};
        for (uint32_t i = 0; i < nodes; i++) {
            EXPECT_EQ(npim_router_init(&router_[i], &router_config, nullptr), NPIM_OK);
            npim_router_place(&router_[i], i % side, i / side);
            for (npim_link &link : out_[i]) EXPECT_EQ(npim_link_init(&link, &link_config, nullptr), NPIM_OK);
            EXPECT_EQ(npim_link_init(&in_[i], &link_config, nullptr), NPIM_OK);
        }
    }

    // Sends a packet at start_ps; returns the clocks until its tail has left the last router.
    uint64_t send(uint32_t from, uint32_t to, uint64_t start_ps) {
        packet_++;
        uint64_t sent_ps = cross(in_[from], start_ps);
        for (uint32_t at = from;;) {
            const npim_router &router = router_[at];
            uint32_t port = npim_router_route(&router, to % side, to / side, 0);
            npim_link &link = out_[at][port];
            uint64_t head_ps = sent_ps + link.flit_ps; // at the router's input
            sent_ps = cross(link, head_ps + router.latency_ps - link.flit_ps);
            if (port == NPIM_PORT_LOCAL) break;
            at = neighbour(at, port);
        }
        return (sent_ps + flits * clock_ps - start_ps) / clock_ps;
    }

    uint64_t flits_carried() const {
        uint64_t sum = 0;
        for (uint32_t i = 0; i < nodes; i++) {
            sum += in_[i].n_flits;
            for (const npim_link &link : out_[i]) sum += link.n_flits;
        }
        return sum;
    }

  private:
    uint64_t cross(npim_link &link, uint64_t earliest_ps) {
        bool shared = true;
        uint64_t start_ps = npim_link_reserve(&link, earliest_ps, flits, packet_, &shared);
        EXPECT_FALSE(shared);
        return start_ps;
    }

    static uint32_t neighbour(uint32_t at, uint32_t port) {
        switch (port) {
        case NPIM_PORT_WEST:
            return at - 1;
        case NPIM_PORT_EAST:
            return at + 1;
        case NPIM_PORT_NORTH:
            return at - side;
        default:
            return at + side;
        }
    }

    std::array<npim_router, nodes> router_ = {};
    std::array<std::array<npim_link, NPIM_PORT_LOCAL + 1>, nodes> out_ = {};
    std::array<npim_link, nodes> in_ = {};
    uint64_t packet_ = 0;
};

uint32_t routers_between(uint32_t from, uint32_t to) {
    auto distance = [](uint32_t a, uint32_t b) { return a > b ? a - b : b - a; };
    return 1 + distance(from % side, to % side) + distance(from / side, to / side);
}

struct reference {
    double latency_mean = 0, latency_min = 0, hops_mean = 0;
};

reference booksim(double rate) {
    std::ifstream file(NPIM_TEST_DATA "/booksim2_mesh8x8.csv");
    for (std::string line; std::getline(file, line);) {
        std::istringstream row(line);
        char comma = 0;
        double row_rate = 0;
        reference r;
        row >> row_rate >> comma >> r.latency_mean >> comma >> r.latency_min >> comma >> r.hops_mean;
        if (row && row_rate == rate) return r;
    }
    ADD_FAILURE() << "no row of rate " << rate;
    return {};
}

struct measured {
    double latency_mean, queueing_mean; // clocks; queueing: beyond the latency of an empty mesh
};

// Bernoulli traffic: every node starts a packet in each clock with probability rate.
measured measure(double rate, uint64_t clocks, uint64_t seed) {
    mesh network;
    std::mt19937_64 random(seed);
    std::geometric_distribution<uint64_t> idle(rate); // clocks between two packets of a node
    std::uniform_int_distribution<uint32_t> target(0, nodes - 1);
    std::vector<std::vector<uint32_t>> senders(clocks);
    for (uint32_t node = 0; node < nodes; node++)
        for (uint64_t t = idle(random); t < clocks; t += 1 + idle(random)) senders[t].push_back(node);

    double latency = 0, packets = 0;
    uint64_t hops = 0;
    for (uint64_t t = 0; t < clocks; t++)
        for (uint32_t from : senders[t]) {
            uint32_t to = target(random);
            latency += static_cast<double>(network.send(from, to, t * clock_ps));
            hops += routers_between(from, to);
            packets++;
        }
    EXPECT_EQ(network.flits_carried(), flits * (hops + static_cast<uint64_t>(packets)));
    return {latency / packets, (latency - 4 * static_cast<double>(hops)) / packets - 8};
}

} // namespace

TEST(mesh_booksim, zero_load_latency_is_four_clocks_per_router) {
    mesh network;
    uint64_t t = 0;
    for (uint32_t from = 0; from < nodes; from++)
        for (uint32_t to = 0; to < nodes; to++)
            ASSERT_EQ(network.send(from, to, t += 1000 * clock_ps), 12 + 4 * (routers_between(from, to) - 1));
    EXPECT_EQ(booksim(0.0002).latency_min, 12 + offset_clocks);
}

TEST(mesh_booksim, latency_under_light_load) {
    measured m = measure(0.0002, 2000000, test_seed(1));
    EXPECT_NEAR(m.latency_mean + offset_clocks, booksim(0.0002).latency_mean, 1.0);
    EXPECT_LT(m.queueing_mean, 0.2);
}

// The latency of an empty mesh is most of the mean, so the queueing is compared on its own as well. BookSim's
// spread between seeds is 0.09 clocks.
TEST(mesh_booksim, latency_under_contention) {
    for (double rate : {0.005, 0.01}) {
        reference expected = booksim(rate);
        measured m = measure(rate, 200000, test_seed(2));
        EXPECT_NEAR(m.latency_mean + offset_clocks, expected.latency_mean, 0.1 * expected.latency_mean)
            << rate;
        double queueing = expected.latency_mean - (expected.latency_min + 4 * (expected.hops_mean - 1));
        EXPECT_NEAR(m.queueing_mean / queueing, 1.0, 0.25) << rate;
    }
}
