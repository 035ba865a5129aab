// Checks the rules of the TLM-2.0 base protocol on one connection; for tests. It sits between an initiator
// (bound to `in`) and a target (bound to `out`), passes everything on unchanged, and counts transactions and
// violations.
#ifndef NPIM_TLM_PROTOCOL_CHECKER_HPP
#define NPIM_TLM_PROTOCOL_CHECKER_HPP

#include "tlm/payload.hpp"

#include <array>
#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <tlm>
#include <vector>

namespace npim {

// What can be broken.
enum class rule : uint32_t {
    PHASE_ORDER, // BEGIN_REQ, END_REQ, BEGIN_RESP, END_RESP, in this order, each once, from the right side
    REQUEST_EXCLUSION,  // no BEGIN_REQ before the END_REQ (or response) of the one before
    RESPONSE_EXCLUSION, // no BEGIN_RESP before the END_RESP of the one before
    AFTER_COMPLETION,   // nothing after END_RESP or TLM_COMPLETED
    RETURN_VALUE, // ACCEPTED leaves phase and delay alone; UPDATED and COMPLETED only where they are allowed
    PAYLOAD_CHANGED, // attributes stay; write data stays; read data stays once the response has begun
    MEMORY_MANAGER,  // a memory manager and a reference while in flight
    RESPONSE_STATUS, // INCOMPLETE in BEGIN_REQ, set and then unchanged from the response on
    TIME,            // delays are sane and the times of a transaction's phases never run backwards
    UNFINISHED,      // a transaction without its end; found by finish()
    COUNT
};

class protocol_checker final : public sc_core::sc_module,
                               public tlm::tlm_fw_transport_if<>,
                               public tlm::tlm_bw_transport_if<> {
  public:
    tlm::tlm_target_socket<> in{"in"};
    tlm::tlm_initiator_socket<> out{"out"};

    // A delay of max_delay_ps or more is taken for a negative one.
    static constexpr uint64_t max_delay_ps = 1'000'000'000'000;

    // packets_pass: payloads with packet_extension may overtake a request whose END_REQ is due, as they do
    // behind a router (router.hpp); they must then be answered by TLM_COMPLETED.
    explicit protocol_checker(const sc_core::sc_module_name &name, bool packets_pass = false);

    uint64_t n_transactions() const { return n_transactions_; } // completed non-blocking ones
    uint64_t n_violations() const;
    uint64_t n_violations(rule which) const { return n_[static_cast<uint32_t>(which)]; }
    const std::string &first_message() const { return first_message_; } // "" without violation
    size_t n_under_way() const { return under_way_.size(); }

    // At the end of a simulation: every transaction still under way is a violation.
    void finish();

  private:
    using payload = tlm::tlm_generic_payload;

    enum class state { REQUESTED, ACCEPTED, RESPONDED };

    struct call {
        tlm::tlm_phase phase;
        sc_core::sc_time delay;
    };

    struct record {
        state at;
        tlm::tlm_command command;
        uint64_t address;
        unsigned char *data, *enables;
        uint32_t length, width, enables_length;
        tlm::tlm_response_status status;
        std::vector<unsigned char> content; // write data, and read data once the response has begun
        uint64_t time_ps;                   // of the last phase
    };

    tlm::tlm_sync_enum nb_transport_fw(payload &p, tlm::tlm_phase &phase, sc_core::sc_time &delay) override;
    tlm::tlm_sync_enum nb_transport_bw(payload &p, tlm::tlm_phase &phase, sc_core::sc_time &delay) override;
    void b_transport(payload &p, sc_core::sc_time &delay) override;
    unsigned transport_dbg(payload &p) override { return out->transport_dbg(p); }
    bool get_direct_mem_ptr(payload &p, tlm::tlm_dmi &dmi) override {
        return out->get_direct_mem_ptr(p, dmi);
    }
    void invalidate_direct_mem_ptr(sc_dt::uint64 from, sc_dt::uint64 to) override {
        in->invalidate_direct_mem_ptr(from, to);
    }

    void violation(rule which, const payload &p, const char *what);
    record *known(const payload &p);
    void begin_request(const payload &p, uint64_t time_ps);
    void end_request(const payload &p, uint64_t time_ps);
    void begin_response(const payload &p, uint64_t time_ps);
    void end_response(const payload &p, uint64_t time_ps);
    void respond(const payload &p, record &r);
    void complete(const payload &p);
    void phase(const payload &p, const tlm::tlm_phase &what, uint64_t time_ps, bool forward);
    void returned(const payload &p, tlm::tlm_sync_enum answer, const call &before,
                  const tlm::tlm_phase &after, const sc_core::sc_time &delay, bool forward);
    void same(const payload &p, const record &r);
    void advance(const payload &p, record &r, uint64_t time_ps);
    uint64_t sane_ps(const payload &p, const sc_core::sc_time &delay);

    bool passes(const payload &p) const { return packets_pass_ && p.get_extension<packet_extension>(); }

    const bool packets_pass_;
    std::map<const payload *, record> under_way_;
    std::set<const payload *> completed_; // and not used again since
    const payload *request_ = nullptr;    // whose END_REQ is due
    const payload *response_ = nullptr;   // whose END_RESP is due
    uint64_t n_transactions_ = 0;
    std::array<uint64_t, static_cast<uint32_t>(rule::COUNT)> n_{};
    std::string first_message_;
};

} // namespace npim
#endif
