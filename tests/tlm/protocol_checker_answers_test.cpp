// What a call says: return values, the payload's attributes, its memory manager and its response status.
#include "puppets.hpp"

using namespace puppet_show;

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
