#include "tlm/relay.hpp"

#include "traffic.hpp"

using namespace traffic;
using npim::relay;

namespace {

// Two ports; 3 clocks to come in, 5 on the way out, one message at a time in each direction.
class wire final : public relay {
  public:
    explicit wire(const sc_core::sc_module_name &name) : relay(name, 2) {}

  private:
    uint32_t route(uint32_t port, uint64_t) const override { return 1 - port; }
    uint64_t enter(uint32_t, uint32_t, uint64_t at_ps) override { return at_ps + 3 * clk; }
    passage leave(uint32_t, uint32_t to, uint32_t, uint64_t at_ps) override {
        free_ps_[to] = std::max(free_ps_[to], at_ps) + 5 * clk;
        return {free_ps_[to], free_ps_[to]};
    }
    tlm::tlm_sync_enum carry(uint32_t, tlm::tlm_generic_payload &payload, npim::packet_extension &,
                             sc_core::sc_time &) override {
        payload.set_response_status(tlm::TLM_OK_RESPONSE);
        return tlm::TLM_COMPLETED;
    }
    uint64_t free_ps_[2] = {};
};

// A memory that answers in every legal way, with random delays.
class moody_memory : public sc_core::sc_module, public tlm::tlm_fw_transport_if<> {
  public:
    tlm::tlm_target_socket<> in{"in"};
    SC_HAS_PROCESS(moody_memory);
    moody_memory(const sc_core::sc_module_name &name, uint64_t seed) : sc_module(name), random_(seed) {
        in.bind(*this);
        SC_METHOD(run);
        sensitive << timetable_.event();
        dont_initialize();
    }

  private:
    enum kind : uint32_t { END_REQ, RESPOND, NEXT };

    uint32_t below(uint32_t n) { return static_cast<uint32_t>(random_() % n); }
    void serve(tlm::tlm_generic_payload &p) {
        unsigned char *here = memory_ + npim::decompose(p.get_address()).offset;
        if (p.is_write()) std::copy_n(p.get_data_ptr(), p.get_data_length(), here);
        if (p.is_read()) std::copy_n(here, p.get_data_length(), p.get_data_ptr());
        p.set_response_status(tlm::TLM_OK_RESPONSE);
    }
    tlm::tlm_sync_enum nb_transport_fw(tlm::tlm_generic_payload &p, tlm::tlm_phase &phase,
                                       sc_core::sc_time &delay) override {
        if (phase == tlm::END_RESP) {
            timetable_.put(npim::now_ps() + npim::to_ps(delay), NEXT, 0, 0);
            p.release();
            return below(2) ? tlm::TLM_ACCEPTED : tlm::TLM_COMPLETED;
        }
        const uint64_t at_ps = npim::now_ps() + npim::to_ps(delay), later_ps = below(30) * clk;
        const uint32_t how = below(4);
        if (how == 0) { // done at once
            delay += npim::from_ps(later_ps);
            serve(p);
            return tlm::TLM_COMPLETED;
        }
        p.acquire();
        const uint32_t i = held_.take(&p);
        if (how == 1) { // accepted in the return value
            phase = tlm::END_REQ;
            delay += npim::from_ps(later_ps);
            timetable_.put(at_ps + later_ps + below(20) * clk, RESPOND, 0, i);
            return tlm::TLM_UPDATED;
        }
        if (how == 2) timetable_.put(at_ps + later_ps, END_REQ, 0, i); // else implied by the response
        timetable_.put(at_ps + later_ps + below(20) * clk, RESPOND, 0, i);
        return tlm::TLM_ACCEPTED;
    }
    void run() {
        npim::timetable::entry next{};
        while (timetable_.take(next)) {
            tlm::tlm_phase phase = tlm::END_REQ;
            sc_core::sc_time delay = sc_core::SC_ZERO_TIME;
            if (next.kind == END_REQ) in->nb_transport_bw(*held_[next.data], phase, delay);
            if (next.kind == RESPOND) ready_.push(held_, next.data);
            if (next.kind == NEXT) responding_ = false;
            respond();
        }
    }
    void respond() {
        if (responding_ || ready_.empty()) return;
        const uint32_t i = ready_.pop(held_);
        tlm::tlm_generic_payload &p = *held_[i];
        held_.give(i);
        serve(p);
        responding_ = true;
        tlm::tlm_phase phase = tlm::BEGIN_RESP;
        sc_core::sc_time delay = npim::from_ps(below(3) * clk);
        if (in->nb_transport_bw(p, phase, delay) == tlm::TLM_ACCEPTED) return;
        timetable_.put(npim::now_ps() + npim::to_ps(delay), NEXT, 0, 0);
        p.release();
    }
    void b_transport(tlm::tlm_generic_payload &p, sc_core::sc_time &) override { serve(p); }
    unsigned transport_dbg(tlm::tlm_generic_payload &) override { return 0; }
    bool get_direct_mem_ptr(tlm::tlm_generic_payload &, tlm::tlm_dmi &) override { return true; }

    std::mt19937_64 random_;
    unsigned char memory_[8192] = {};
    npim::slots<tlm::tlm_generic_payload *> held_;
    npim::slots<tlm::tlm_generic_payload *>::line ready_;
    bool responding_ = false;
    npim::timetable timetable_;
};

} // namespace

TEST(Relay, PassesOnInItsTime) {
    source from("from");
    wire one("one");
    sink to("to");
    from.out.bind(one.in[0]);
    one.out[1].bind(to.in);
    run_to(0);
    unsigned char data[4] = {};
    sc_core::sc_time delay = npim::from_ps(2 * clk);
    from.begin(from.make(from.pool.take(), 0, 4, true, data), delay);
    run_to(10 * clk - 1);
    EXPECT_TRUE(to.arrivals.empty());
    EXPECT_TRUE(from.end_req_ps.empty()) << "withheld at t-1";
    run_to(10 * clk);
    EXPECT_EQ(to.arrivals.size(), 1u);
    EXPECT_EQ(from.end_req_ps.size(), 1u) << "given at t";
    run_to(18 * clk - 1);
    EXPECT_TRUE(from.begin_resp_ps.empty());
    run_to(18 * clk);
    EXPECT_EQ(from.begin_resp_ps.size(), 1u);
    EXPECT_EQ(one.n_under_way(), 0u);
}

TEST(Relay, APortThatIsNotBoundIsAnAddressError) {
    source from("from");
    wire one("one");
    from.out.bind(one.in[0]);
    run_to(0);
    unsigned char data[4] = {};
    sc_core::sc_time delay = sc_core::SC_ZERO_TIME;
    tlm::tlm_generic_payload &p = from.make(from.pool.take(), 0, 4, true, data);
    p.acquire();
    from.begin(p, delay);
    sc_core::sc_start();
    EXPECT_EQ(p.get_response_status(), tlm::TLM_ADDRESS_ERROR_RESPONSE);
    EXPECT_EQ(one.n_under_way(), 0u);
    p.release();
    EXPECT_TRUE(from.pool.full());
}

TEST(Relay, APayloadWithoutMemoryManagerIsRefused) {
    source from("from");
    wire one("one");
    from.out.bind(one.in[0]);
    run_to(0);
    tlm::tlm_generic_payload bare;
    sc_core::sc_time delay = sc_core::SC_ZERO_TIME;
    EXPECT_THROW(from.begin(bare, delay), sc_core::sc_report);
}

TEST(Relay, RefusesDirectMemory) {
    source from("from");
    wire one("one");
    moody_memory memory("memory", 1);
    from.out.bind(one.in[0]);
    one.out[1].bind(memory.in);
    run_to(0);
    tlm::tlm_generic_payload &p = from.pool.take();
    tlm::tlm_dmi dmi;
    EXPECT_FALSE(from.out->get_direct_mem_ptr(p, dmi)) << "it would go around the time model";
    p.release();
}

TEST(Relay, TenThousandTransactionsThroughThreeToAMoodyTarget) {
    const uint64_t base = seed();
    options o{10000};
    o.invalid_of_16 = 0;
    o.n_parallel = 6;
    o.max_pause = 10;
    initiator from("from", o, {{{0, 0, 0}, 8192 / 6 * 6}}, base);
    moody_memory memory("memory", base + 1);
    wire wires[] = {wire("one"), wire("two"), wire("three")};
    npim::protocol_checker checkers[] = {npim::protocol_checker("first"), npim::protocol_checker("second"),
                                         npim::protocol_checker("third"), npim::protocol_checker("last")};
    from.out.bind(checkers[0].in);
    for (uint32_t i = 0; i < 3; i++) {
        checkers[i].out.bind(wires[i].in[0]);
        wires[i].out[1].bind(checkers[i + 1].in);
    }
    checkers[3].out.bind(memory.in);
    sc_core::sc_start();
    expect_done(from);
    for (auto &checker : checkers) {
        expect_clean(checker);
        EXPECT_EQ(checker.n_transactions(), 10000u);
    }
    for (auto &one : wires) EXPECT_EQ(one.n_under_way(), 0u);
}
