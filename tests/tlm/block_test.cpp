#include "tlm/block.hpp"

#include "hw/bus.h"
#include "hw/dac.h"
#include "traffic.hpp"

using namespace traffic;

namespace {

// Buses of various widths: count bytes take ceil(8 count / bits) clocks.
using bus = npim::block_of<npim_bus, npim_bus_config, npim_bus_ops>;
constexpr npim_bus_config bits(uint32_t width) {
    return {width, 0.125, 7.0, 90000.0};
}

// Feeds a block, each piece of work when the one before was begun, and collects what comes back or out.
struct bench : sc_core::sc_module,
               tlm::tlm_fw_transport_if<npim::pe_protocol>,
               tlm::tlm_bw_transport_if<npim::pe_protocol> {
    tlm::tlm_initiator_socket<32, npim::pe_protocol> to{"to"};
    tlm::tlm_target_socket<32, npim::pe_protocol, 1, sc_core::SC_ZERO_OR_MORE_BOUND> from{"from"};
    SC_HAS_PROCESS(bench);
    bench(const sc_core::sc_module_name &name, uint32_t n, double count) : sc_module(name), work(n) {
        to.bind(*this);
        from.bind(*this);
        for (uint32_t i = 0; i < n; i++) {
            work[i].work = {count, 1, 0, 0};
            work[i].id = i + 1;
        }
        SC_METHOD(feed);
    }
    void feed() {
        if (next_ == work.size()) return;
        tlm::tlm_phase phase = tlm::BEGIN_REQ;
        sc_core::sc_time delay = sc_core::SC_ZERO_TIME;
        to->nb_transport_fw(work[next_++], phase, delay);
        next_trigger(begun_);
    }
    tlm::tlm_sync_enum nb_transport_bw(npim_txn &txn, tlm::tlm_phase &phase, sc_core::sc_time &) override {
        if (phase == tlm::END_REQ) {
            begun_ps.push_back(npim::now_ps());
            begun_.notify(sc_core::SC_ZERO_TIME);
        } else {
            EXPECT_EQ(phase, tlm::BEGIN_RESP);
            result(txn);
        }
        return tlm::TLM_ACCEPTED;
    }
    tlm::tlm_sync_enum nb_transport_fw(npim_txn &txn, tlm::tlm_phase &phase, sc_core::sc_time &) override {
        EXPECT_EQ(phase, tlm::BEGIN_REQ);
        result(txn);
        if (hold) return tlm::TLM_ACCEPTED;
        phase = tlm::END_REQ;
        return tlm::TLM_UPDATED;
    }
    void result(const npim_txn &txn) {
        EXPECT_EQ(txn.id, done_ps.size() + 1) << "overtaken";
        EXPECT_EQ(txn.done_ps, npim::now_ps());
        done_ps.push_back(npim::now_ps());
    }
    void release(npim_txn &txn) {
        tlm::tlm_phase phase = tlm::END_REQ;
        sc_core::sc_time delay = sc_core::SC_ZERO_TIME;
        from->nb_transport_bw(txn, phase, delay);
    }
    void b_transport(npim_txn &, sc_core::sc_time &) override {}
    unsigned transport_dbg(npim_txn &) override { return 0; }
    bool get_direct_mem_ptr(npim_txn &, tlm::tlm_dmi &) override { return false; }
    void invalidate_direct_mem_ptr(sc_dt::uint64, sc_dt::uint64) override {}

    std::vector<npim_txn> work;
    std::vector<uint64_t> begun_ps, done_ps;
    bool hold = false; // END_REQ for results is withheld

  private:
    size_t next_ = 0;
    sc_core::sc_event begun_;
};

using times = std::vector<uint64_t>;

} // namespace

TEST(Block, ReturnsResultsToTheSenderWhenNothingFollows) {
    bench b("bench", 3, 48);
    bus one("one", bits(96)); // 4 clocks
    b.to.bind(one.in);
    sc_core::sc_start();
    EXPECT_EQ(b.begun_ps, (times{0, 4 * clk, 8 * clk})) << "END_REQ is withheld while the units are busy";
    EXPECT_EQ(b.done_ps, (times{4 * clk, 8 * clk, 12 * clk}));
    EXPECT_EQ(one.n_done(), 3u);
    EXPECT_EQ(one.busy_ps(), 12 * clk);
    EXPECT_EQ(one.count(), 144.0);
    EXPECT_EQ(one.energy_pJ(), 144 * 0.125);
    EXPECT_EQ(b.work[2].energy_pJ, 48 * 0.125);
    EXPECT_EQ(b.work[2].start_ps, 8 * clk);
    EXPECT_TRUE(one.idle());
}

TEST(Block, APipelineEndsAfterTheSumAndTheSlowestStage) {
    constexpr uint32_t n = 20;
    bench b("bench", n, 48);
    bus first("first", bits(192)), second("second", bits(48)), third("third", bits(96)); // 2, 8, 4 clocks
    b.to.bind(first.in);
    first.out.bind(second.in);
    second.out.bind(third.in);
    third.out.bind(b.from);
    sc_core::sc_start();
    ASSERT_EQ(b.done_ps.size(), n);
    for (uint32_t i = 0; i < n; i++) EXPECT_EQ(b.done_ps[i], (2 + 8 + 4 + i * 8) * clk);
    for (uint32_t i = 4; i < n; i++)
        EXPECT_EQ(b.begun_ps[i] - b.begun_ps[i - 1], 8 * clk) << "back-pressure reaches the sender";
    EXPECT_NEAR(b.work[0].energy_pJ, 3 * 48 * 0.125, 1e-9);
}

TEST(Block, StopsWhenTheNextDoesNotTakeItsResult) {
    bench b("bench", 5, 48);
    b.hold = true;
    bus one("one", bits(96));
    b.to.bind(one.in);
    one.out.bind(b.from);
    run_to(100 * clk);
    EXPECT_EQ(b.done_ps, (times{4 * clk})) << "the second waits at the output";
    EXPECT_EQ(b.begun_ps, (times{0, 4 * clk})) << "and the third is not begun";
    b.work[1].done_ps = 100 * clk; // it is handed on now
    b.release(b.work[0]);
    run_to(101 * clk);
    EXPECT_EQ(b.done_ps.size(), 2u);
    EXPECT_EQ(b.begun_ps, (times{0, 4 * clk, 100 * clk}));
}

TEST(Block, WorksForTheTimeTheRecipeGives) {
    bench b("bench", 2, 48);
    for (npim_txn &txn : b.work) {
        txn.paced = 1;
        txn.pace_ps = 1000;
    }
    bus one("one", bits(96));
    b.to.bind(one.in);
    sc_core::sc_start();
    EXPECT_EQ(b.done_ps, (times{1000, 2000}));
    EXPECT_EQ(one.busy_ps(), 2000u);
}

// Notes when it was told, and what it saw.
struct busy_observer : npim::block_observer {
    std::vector<std::pair<uint64_t, bool>> seen;
    void worked(const npim::block &module) override {
        const bool busy = *static_cast<const bool *>(module.work_signals()[0].address);
        if (seen.empty() || seen.back().second != busy) seen.emplace_back(npim::now_ps(), busy);
    }
};

TEST(Block, AnObserverHearsOfEveryChange) {
    busy_observer observer;
    bench b("bench", 1, 48);
    bus one("one", bits(96));
    one.observe(&observer);
    b.to.bind(one.in);
    sc_core::sc_start();
    EXPECT_EQ(observer.seen, (std::vector<std::pair<uint64_t, bool>>{{0, true}, {4 * clk, false}}));
}

TEST(Block, SignalsChangeWhenTheStateDoes) {
    bench b("bench", 1, 48);
    bus one("one", bits(96));
    b.to.bind(one.in);
    const auto list = one.signals();
    ASSERT_EQ(list.size(), 4 + npim_bus_ops.n_probes);
    const auto at = [&](const char *name) -> const npim::signal & {
        for (const npim::signal &s : list)
            if (s.name == name) return s;
        throw std::runtime_error(name);
    };
    const bool &busy = *static_cast<const bool *>(at("one.busy").address);
    const uint64_t &id = *static_cast<const uint64_t *>(at("one.txn_id").address);
    const uint64_t &n_done = *static_cast<const uint64_t *>(at("one.n_done").address);
    run_to(0);
    EXPECT_TRUE(busy);
    EXPECT_EQ(id, 1u);
    run_to(4 * clk - 1);
    EXPECT_TRUE(busy);
    EXPECT_EQ(n_done, 0u);
    run_to(4 * clk);
    EXPECT_FALSE(busy);
    EXPECT_EQ(n_done, 1u);
    EXPECT_EQ(*static_cast<const double *>(at("one.energy_pJ").address), 6.0);
}

TEST(Block, BTransportPassesThroughThePipeline) {
    bench b("bench", 0, 0);
    bus first("first", bits(192)), second("second", bits(48));
    b.to.bind(first.in);
    first.out.bind(second.in);
    second.out.bind(b.from);
    run_to(0);
    npim_txn txn{};
    txn.work = {48, 1, 0, 0};
    sc_core::sc_time delay = npim::from_ps(clk);
    b.to->b_transport(txn, delay);
    EXPECT_EQ(npim::to_ps(delay), 11 * clk);
    EXPECT_EQ(txn.energy_pJ, 12.0);
    EXPECT_EQ(first.n_done() + second.n_done(), 2u);
}

TEST(Block, WorkOfNoTimeIsDoneAtOnce) {
    bench b("bench", 3, 0);
    bus one("one", bits(96));
    b.to.bind(one.in);
    sc_core::sc_start();
    EXPECT_EQ(b.done_ps, (times{0, 0, 0}));
}

TEST(Block, ABadConfigurationIsReported) {
    EXPECT_THROW(bus("one", bits(0)), sc_core::sc_report);
}

TEST(Block, CoreIsTheBlocksState) {
    bus one("one", bits(96));
    EXPECT_EQ(one.core.config.width_bits, 96u);
    EXPECT_EQ(one.state(), &one.core);
    EXPECT_EQ(&one.ops(), &npim_bus_ops);
}
