// The order of phases, who may speak while another is speaking, and time.
#include "puppets.hpp"

using namespace puppet_show;

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
