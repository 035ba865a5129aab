#include "tlm/protocol_checker.hpp"

#include "traffic.hpp"

#include <functional>

using npim::protocol_checker;
using npim::rule;
using tlm::tlm_generic_payload;
using tlm::tlm_phase;
using tlm::tlm_sync_enum;

namespace {

// Both sides of a connection as puppets: the test makes every call and decides every answer.
struct puppets : sc_core::sc_module, tlm::tlm_fw_transport_if<>, tlm::tlm_bw_transport_if<> {
    using answer = std::function<tlm_sync_enum(tlm_generic_payload &, tlm_phase &, sc_core::sc_time &)>;

    puppets(const sc_core::sc_module_name &name, bool packets_pass)
        : sc_module(name), checker("checker", packets_pass) {
        out.bind(static_cast<tlm::tlm_bw_transport_if<> &>(*this));
        in.bind(static_cast<tlm::tlm_fw_transport_if<> &>(*this));
        out.bind(checker.in);
        checker.out.bind(in);
    }
    tlm_sync_enum nb_transport_fw(tlm_generic_payload &p, tlm_phase &phase,
                                  sc_core::sc_time &delay) override {
        return target(p, phase, delay);
    }
    tlm_sync_enum nb_transport_bw(tlm_generic_payload &p, tlm_phase &phase,
                                  sc_core::sc_time &delay) override {
        return initiator(p, phase, delay);
    }
    void b_transport(tlm_generic_payload &p, sc_core::sc_time &delay) override { blocking(p, delay); }
    unsigned transport_dbg(tlm_generic_payload &) override { return 3; }
    bool get_direct_mem_ptr(tlm_generic_payload &, tlm::tlm_dmi &) override { return true; }
    void invalidate_direct_mem_ptr(sc_dt::uint64, sc_dt::uint64) override { n_invalidated++; }

    tlm_generic_payload &write() {
        tlm_generic_payload &p = pool.take();
        p.set_write();
        p.set_data_ptr(data);
        p.set_data_length(4);
        p.set_streaming_width(4);
        return p;
    }
    tlm_generic_payload &read() {
        tlm_generic_payload &p = write();
        p.set_read();
        return p;
    }
    tlm_sync_enum fw(tlm_generic_payload &p, tlm_phase phase, uint64_t delay_ps = 0) {
        sc_core::sc_time delay = npim::from_ps(delay_ps);
        return out->nb_transport_fw(p, phase, delay);
    }
    tlm_sync_enum bw(tlm_generic_payload &p, tlm_phase phase, uint64_t delay_ps = 0) {
        sc_core::sc_time delay = npim::from_ps(delay_ps);
        return in->nb_transport_bw(p, phase, delay);
    }
    void respond(tlm_generic_payload &p) {
        p.set_response_status(tlm::TLM_OK_RESPONSE);
        bw(p, tlm::BEGIN_RESP);
    }
    // A whole correct transaction.
    void whole(tlm_generic_payload &p) {
        fw(p, tlm::BEGIN_REQ);
        bw(p, tlm::END_REQ);
        respond(p);
        fw(p, tlm::END_RESP);
    }
    // Nothing but `which` was broken, once.
    void expect_only(rule which) {
        EXPECT_EQ(checker.n_violations(which), 1u) << checker.first_message();
        EXPECT_EQ(checker.n_violations(), 1u) << checker.first_message();
        EXPECT_NE(checker.first_message().find("bench.checker at "), std::string::npos);
    }

    tlm::tlm_initiator_socket<> out{"out"};
    tlm::tlm_target_socket<> in{"in"};
    protocol_checker checker;
    npim::payload_pool pool{4};
    unsigned char data[4] = {1, 2, 3, 4};
    uint32_t n_invalidated = 0;
    answer target = accept, initiator = accept;
    std::function<void(tlm_generic_payload &, sc_core::sc_time &)> blocking;

    static tlm_sync_enum accept(tlm_generic_payload &, tlm_phase &, sc_core::sc_time &) {
        return tlm::TLM_ACCEPTED;
    }
    static answer with(tlm_sync_enum value, tlm_phase next, tlm::tlm_response_status status) {
        return [=](tlm_generic_payload &p, tlm_phase &phase, sc_core::sc_time &) {
            phase = next;
            if (status != tlm::TLM_INCOMPLETE_RESPONSE) p.set_response_status(status);
            return value;
        };
    }
};

struct bench : puppets {
    explicit bench(bool packets_pass = false) : puppets("bench", packets_pass) { traffic::run_to(0); }
};

constexpr auto none = tlm::TLM_INCOMPLETE_RESPONSE;
constexpr auto ok = tlm::TLM_OK_RESPONSE;

} // namespace

TEST(ProtocolChecker, LetsEveryLegalSequencePass) {
    bench b;
    b.whole(b.write());
    auto &second = b.read(); // END_REQ implied by BEGIN_RESP
    b.fw(second, tlm::BEGIN_REQ);
    b.data[0] = 9; // the target reads out
    b.respond(second);
    b.fw(second, tlm::END_RESP);
    auto &third = b.write(); // both answers in return values
    b.target = bench::with(tlm::TLM_UPDATED, tlm::END_REQ, none);
    b.initiator = bench::with(tlm::TLM_UPDATED, tlm::END_RESP, none);
    b.fw(third, tlm::BEGIN_REQ);
    b.respond(third);
    b.target = bench::with(tlm::TLM_UPDATED, tlm::BEGIN_RESP, ok);
    auto &fourth = b.write();
    b.fw(fourth, tlm::BEGIN_REQ);
    b.target = bench::with(tlm::TLM_COMPLETED, tlm::END_RESP, none);
    b.fw(fourth, tlm::END_RESP);
    auto &fifth = b.write();
    b.target = bench::with(tlm::TLM_COMPLETED, tlm::BEGIN_REQ, tlm::TLM_ADDRESS_ERROR_RESPONSE);
    b.fw(fifth, tlm::BEGIN_REQ);
    auto &sixth = b.write(); // one after the other: request of the next while the response is out
    auto &seventh = b.write();
    b.target = b.initiator = bench::accept;
    b.fw(sixth, tlm::BEGIN_REQ);
    b.bw(sixth, tlm::END_REQ);
    b.fw(seventh, tlm::BEGIN_REQ);
    b.respond(sixth);
    b.bw(seventh, tlm::END_REQ);
    b.initiator = bench::with(tlm::TLM_COMPLETED, tlm::BEGIN_RESP, none);
    b.bw(seventh, tlm::END_REQ, 0);
    EXPECT_EQ(b.checker.n_violations(), 2u) << "END_REQ twice, and completed by it";
    EXPECT_EQ(b.checker.n_transactions(), 5u);
    EXPECT_EQ(b.checker.n_under_way(), 2u);
}

TEST(ProtocolChecker, APayloadMayBeUsedAgain) {
    bench b;
    auto &p = b.write();
    b.whole(p);
    p.set_response_status(none);
    b.whole(p);
    EXPECT_EQ(b.checker.n_violations(), 0u) << b.checker.first_message();
    EXPECT_EQ(b.checker.n_transactions(), 2u);
}

TEST(ProtocolChecker, FindsPhasesOutOfOrder) {
    struct row {
        const char *what;
        std::function<void(bench &, tlm_generic_payload &)> act;
    };
    const row rows[] = {
        {"END_RESP without BEGIN_REQ", [](bench &b, auto &p) { b.fw(p, tlm::END_RESP); }},
        {"END_REQ without BEGIN_REQ", [](bench &b, auto &p) { b.bw(p, tlm::END_REQ); }},
        {"BEGIN_REQ twice",
         [](bench &b, auto &p) {
             b.fw(p, tlm::BEGIN_REQ);
             b.fw(p, tlm::BEGIN_REQ);
         }},
        {"END_REQ twice",
         [](bench &b, auto &p) {
             b.fw(p, tlm::BEGIN_REQ);
             b.bw(p, tlm::END_REQ);
             b.bw(p, tlm::END_REQ);
         }},
        {"BEGIN_RESP twice",
         [](bench &b, auto &p) {
             b.fw(p, tlm::BEGIN_REQ);
             b.respond(p);
             b.respond(p);
         }},
        {"END_REQ after BEGIN_RESP",
         [](bench &b, auto &p) {
             b.fw(p, tlm::BEGIN_REQ);
             b.respond(p);
             b.bw(p, tlm::END_REQ);
         }},
        {"END_RESP before BEGIN_RESP",
         [](bench &b, auto &p) {
             b.fw(p, tlm::BEGIN_REQ);
             b.fw(p, tlm::END_RESP);
         }},
        {"END_REQ from the initiator", [](bench &b, auto &p) { b.fw(p, tlm::END_REQ); }},
        {"BEGIN_REQ from the target", [](bench &b, auto &p) { b.bw(p, tlm::BEGIN_REQ); }},
        {"a phase of one's own", [](bench &b, auto &p) { b.fw(p, tlm_phase(77)); }},
    };
    for (const row &r : rows) {
        SCOPED_TRACE(r.what);
        const traffic::fresh_context fresh;
        bench b;
        r.act(b, b.write());
        b.expect_only(rule::PHASE_ORDER);
    }
}

TEST(ProtocolChecker, FindsARequestBeforeTheEndOfTheOneBefore) {
    bench b;
    b.fw(b.write(), tlm::BEGIN_REQ);
    b.fw(b.write(), tlm::BEGIN_REQ);
    b.expect_only(rule::REQUEST_EXCLUSION);
}

TEST(ProtocolChecker, PacketsPassOnlyWhereTheyMay) {
    for (const bool may : {true, false}) {
        const traffic::fresh_context fresh;
        bench b(may);
        b.fw(b.write(), tlm::BEGIN_REQ);
        b.target = bench::with(tlm::TLM_COMPLETED, tlm::BEGIN_REQ, ok);
        b.fw(b.pool.take_packet(1, 4, 2, nullptr), tlm::BEGIN_REQ);
        EXPECT_EQ(b.checker.n_violations(rule::REQUEST_EXCLUSION), may ? 0u : 1u);
        b.target = bench::accept;
        b.fw(b.pool.take_packet(2, 4, 2, nullptr), tlm::BEGIN_REQ);
        EXPECT_EQ(b.checker.n_violations(rule::RETURN_VALUE), may ? 1u : 0u) << "a packet is taken at once";
    }
}

TEST(ProtocolChecker, FindsAResponseBeforeTheEndOfTheOneBefore) {
    bench b;
    auto &first = b.write(), &second = b.write();
    b.fw(first, tlm::BEGIN_REQ);
    b.bw(first, tlm::END_REQ);
    b.fw(second, tlm::BEGIN_REQ);
    b.respond(first);
    b.respond(second);
    b.expect_only(rule::RESPONSE_EXCLUSION);
}

TEST(ProtocolChecker, FindsPhasesAfterCompletion) {
    bench b;
    auto &p = b.write();
    b.whole(p);
    b.bw(p, tlm::END_REQ);
    b.expect_only(rule::AFTER_COMPLETION);
}

TEST(ProtocolChecker, FindsEndRespAfterAnEarlyCompletion) {
    bench b;
    auto &p = b.write();
    b.target = bench::with(tlm::TLM_COMPLETED, tlm::BEGIN_REQ, ok);
    b.fw(p, tlm::BEGIN_REQ);
    b.target = bench::accept;
    b.fw(p, tlm::END_RESP);
    b.expect_only(rule::AFTER_COMPLETION);
}

TEST(ProtocolChecker, FindsWrongReturnValues) {
    struct row {
        const char *what;
        bench::answer target, initiator;
    };
    const auto hasty = [](tlm_generic_payload &, tlm_phase &, sc_core::sc_time &delay) {
        delay = npim::from_ps(5);
        return tlm::TLM_ACCEPTED;
    };
    const bench::answer accept = bench::accept;
    const row rows[] = {
        {"ACCEPTED with another phase", bench::with(tlm::TLM_ACCEPTED, tlm::END_REQ, none), accept},
        {"ACCEPTED with another delay", hasty, accept},
        {"UPDATED to END_RESP", bench::with(tlm::TLM_UPDATED, tlm::END_RESP, none), accept},
        {"UPDATED to the same", bench::with(tlm::TLM_UPDATED, tlm::BEGIN_REQ, none), accept},
        {"END_REQ answered by UPDATED", accept, bench::with(tlm::TLM_UPDATED, tlm::END_RESP, none)},
        {"END_REQ answered by COMPLETED", accept, bench::with(tlm::TLM_COMPLETED, tlm::END_REQ, none)},
    };
    for (const row &r : rows) {
        SCOPED_TRACE(r.what);
        const traffic::fresh_context fresh;
        bench b;
        auto &p = b.write();
        b.target = r.target;
        b.initiator = r.initiator;
        b.fw(p, tlm::BEGIN_REQ);
        b.target = accept;
        b.bw(p, tlm::END_REQ);
        b.expect_only(rule::RETURN_VALUE);
    }
}

TEST(ProtocolChecker, FindsWrongAnswersToTheResponse) {
    bench b;
    auto &p = b.write();
    b.fw(p, tlm::BEGIN_REQ);
    b.initiator = bench::with(tlm::TLM_UPDATED, tlm::BEGIN_REQ, none);
    b.respond(p);
    b.expect_only(rule::RETURN_VALUE);
}

TEST(ProtocolChecker, FindsChangedPayloads) {
    struct row {
        const char *what;
        bool write, after_response;
        std::function<void(bench &, tlm_generic_payload &)> change;
        bool broken;
    };
    static unsigned char other[4] = {};
    const row rows[] = {
        {"address", true, false, [](bench &, auto &p) { p.set_address(8); }, true},
        {"command", true, false, [](bench &, auto &p) { p.set_read(); }, true},
        {"data pointer", true, false, [](bench &, auto &p) { p.set_data_ptr(other); }, true},
        {"length", true, false, [](bench &, auto &p) { p.set_data_length(3); }, true},
        {"streaming width", true, false, [](bench &, auto &p) { p.set_streaming_width(2); }, true},
        {"byte enables", true, false, [](bench &, auto &p) { p.set_byte_enable_ptr(other); }, true},
        {"byte enable length", true, false, [](bench &, auto &p) { p.set_byte_enable_length(1); }, true},
        {"write data by the target", true, false, [](bench &b, auto &) { b.data[3]++; }, true},
        {"read data by the target", false, false, [](bench &b, auto &) { b.data[3]++; }, false},
        {"read data after the response", false, true, [](bench &b, auto &) { b.data[3]++; }, true},
        {"address after the response", false, true, [](bench &, auto &p) { p.set_address(8); }, true},
    };
    for (const row &r : rows) {
        SCOPED_TRACE(r.what);
        const traffic::fresh_context fresh;
        bench b;
        auto &p = r.write ? b.write() : b.read();
        b.fw(p, tlm::BEGIN_REQ);
        b.bw(p, tlm::END_REQ);
        if (!r.after_response) r.change(b, p);
        b.respond(p);
        if (r.after_response) r.change(b, p);
        if (r.after_response || !r.broken) b.fw(p, tlm::END_RESP);
        if (r.broken)
            b.expect_only(rule::PAYLOAD_CHANGED);
        else
            EXPECT_EQ(b.checker.n_violations(), 0u) << b.checker.first_message();
    }
}

TEST(ProtocolChecker, FindsAMissingMemoryManager) {
    bench b;
    tlm_generic_payload bare;
    bare.set_data_ptr(b.data);
    bare.set_data_length(4);
    bare.set_streaming_width(4);
    bare.set_write();
    b.fw(bare, tlm::BEGIN_REQ);
    b.expect_only(rule::MEMORY_MANAGER);
}

TEST(ProtocolChecker, FindsAMissingReference) {
    bench b;
    tlm_generic_payload p(&b.pool); // nobody acquired it
    p.set_write();
    b.fw(p, tlm::BEGIN_REQ);
    b.expect_only(rule::MEMORY_MANAGER);
}

TEST(ProtocolChecker, FindsWrongResponseStatus) {
    struct row {
        const char *what;
        std::function<void(bench &, tlm_generic_payload &)> act;
    };
    const row rows[] = {
        {"set before the request",
         [](bench &b, auto &p) {
             p.set_response_status(ok);
             b.fw(p, tlm::BEGIN_REQ);
         }},
        {"not set in the response",
         [](bench &b, auto &p) {
             b.fw(p, tlm::BEGIN_REQ);
             b.bw(p, tlm::BEGIN_RESP);
         }},
        {"not set when completed at once",
         [](bench &b, auto &p) {
             b.target = bench::with(tlm::TLM_COMPLETED, tlm::BEGIN_REQ, none);
             b.fw(p, tlm::BEGIN_REQ);
         }},
        {"changed by the initiator",
         [](bench &b, auto &p) {
             b.fw(p, tlm::BEGIN_REQ);
             b.respond(p);
             p.set_response_status(tlm::TLM_GENERIC_ERROR_RESPONSE);
             b.fw(p, tlm::END_RESP);
         }},
        {"b_transport without one",
         [](bench &b, auto &p) {
             b.blocking = [](auto &, auto &) {};
             sc_core::sc_time delay = sc_core::SC_ZERO_TIME;
             b.out->b_transport(p, delay);
         }},
        {"b_transport with an old one",
         [](bench &b, auto &p) {
             b.blocking = [](auto &q, auto &) { q.set_response_status(ok); };
             p.set_response_status(ok);
             sc_core::sc_time delay = sc_core::SC_ZERO_TIME;
             b.out->b_transport(p, delay);
         }},
    };
    for (const row &r : rows) {
        SCOPED_TRACE(r.what);
        const traffic::fresh_context fresh;
        bench b;
        r.act(b, b.write());
        b.expect_only(rule::RESPONSE_STATUS);
    }
}

TEST(ProtocolChecker, FindsTimeRunningBackwards) {
    bench b;
    auto &p = b.write();
    b.fw(p, tlm::BEGIN_REQ, 1000);
    b.bw(p, tlm::END_REQ, 999);
    b.expect_only(rule::TIME);
}

TEST(ProtocolChecker, FindsNegativeDelays) {
    bench b;
    auto &p = b.write();
    sc_core::sc_time delay = sc_core::SC_ZERO_TIME;
    delay -= npim::from_ps(1);
    tlm_phase phase = tlm::BEGIN_REQ;
    b.out->nb_transport_fw(p, phase, delay);
    b.expect_only(rule::TIME);
}

TEST(ProtocolChecker, FindsABTransportThatEndsBeforeItBegan) {
    bench b;
    auto &p = b.write();
    b.blocking = [](auto &q, auto &delay) {
        q.set_response_status(ok);
        delay = npim::from_ps(9);
    };
    sc_core::sc_time delay = npim::from_ps(10);
    b.out->b_transport(p, delay);
    b.expect_only(rule::TIME);
}

TEST(ProtocolChecker, FindsTransactionsThatNeverEnd) {
    bench b;
    b.fw(b.write(), tlm::BEGIN_REQ);
    EXPECT_EQ(b.checker.n_under_way(), 1u);
    b.checker.finish();
    b.expect_only(rule::UNFINISHED);
}

TEST(ProtocolChecker, PassesTheOtherCallsOn) {
    bench b;
    auto &p = b.write();
    tlm::tlm_dmi dmi;
    EXPECT_EQ(b.out->transport_dbg(p), 3u);
    EXPECT_TRUE(b.out->get_direct_mem_ptr(p, dmi));
    b.in->invalidate_direct_mem_ptr(0, 1);
    EXPECT_EQ(b.n_invalidated, 1u);
}
