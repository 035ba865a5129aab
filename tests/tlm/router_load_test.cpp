// Many at once: fairness between flows, and random traffic over a whole mesh.
#include "router_grid.hpp"
#include "tlm/edram.hpp"

using namespace router_grid;
using namespace traffic;
using npim::compose;

namespace {

constexpr npim_edram_config memory_config = {65536, 2, 32, 2, 0.5375, 20.7, 0.0, 83000.0};

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
