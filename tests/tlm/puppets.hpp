// Both sides of a TLM-2.0 connection in the hands of the test, with the protocol checker in between.
#ifndef NPIM_TESTS_TLM_PUPPETS_HPP
#define NPIM_TESTS_TLM_PUPPETS_HPP

#include "tlm/protocol_checker.hpp"

#include "traffic.hpp"

#include <functional>

namespace puppet_show {

using npim::protocol_checker;
using npim::rule;
using tlm::tlm_generic_payload;
using tlm::tlm_phase;
using tlm::tlm_sync_enum;

// The test makes every call and decides every answer.
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

inline constexpr auto none = tlm::TLM_INCOMPLETE_RESPONSE;
inline constexpr auto ok = tlm::TLM_OK_RESPONSE;

} // namespace puppet_show

#endif
