// What the router and the chip link have in common: ports with a target and an initiator socket each, between
// which TLM-2.0 base-protocol transactions are passed on.
//
// Payloads with a packet_extension are packets: carry() books their whole way in one call, in annotated time,
// without kernel events, and answers TLM_COMPLETED (see router.hpp). All others are handled here, in four
// phases: BEGIN_REQ is accepted at its annotated time; END_REQ is withheld until the request has left (a
// resource that always drains, so nothing can deadlock); the response comes back the same way, as a message
// of its own that books the resources of the other direction; each socket has one request and one response
// under way at a time, the others wait in line. b_transport books the same calendars in the caller's time;
// transport_dbg passes through. DMI is refused: it would go around the time model.
#ifndef NPIM_TLM_RELAY_HPP
#define NPIM_TLM_RELAY_HPP

#include "tlm/payload.hpp"
#include "tlm/slots.hpp"
#include "tlm/timetable.hpp"

#include <deque>

namespace npim {

class relay : public sc_core::sc_module {
  public:
    // Sockets may stay unbound: edges of the mesh, positions without a tile.
    using target_socket =
        tlm::tlm_target_socket<32, tlm::tlm_base_protocol_types, 1, sc_core::SC_ZERO_OR_MORE_BOUND>;
    using initiator_socket =
        tlm::tlm_initiator_socket<32, tlm::tlm_base_protocol_types, 1, sc_core::SC_ZERO_OR_MORE_BOUND>;

    sc_core::sc_vector<target_socket> in;
    sc_core::sc_vector<initiator_socket> out;

    // Transactions under way in four phases; 0 at the end of a complete run.
    uint32_t n_under_way() const { return transits_.n_used(); }

    // What the sockets of one port call.
    class side final : public tlm::tlm_fw_transport_if<>, public tlm::tlm_bw_transport_if<> {
      public:
        side(relay &owner, uint32_t port) : owner_(owner), port_(port) {}
        relay &owner() const { return owner_; }

      private:
        tlm::tlm_sync_enum nb_transport_fw(tlm::tlm_generic_payload &payload, tlm::tlm_phase &phase,
                                           sc_core::sc_time &delay) override;
        tlm::tlm_sync_enum nb_transport_bw(tlm::tlm_generic_payload &payload, tlm::tlm_phase &phase,
                                           sc_core::sc_time &delay) override;
        void b_transport(tlm::tlm_generic_payload &payload, sc_core::sc_time &delay) override;
        unsigned transport_dbg(tlm::tlm_generic_payload &payload) override;
        bool get_direct_mem_ptr(tlm::tlm_generic_payload &, tlm::tlm_dmi &) override { return false; }
        void invalidate_direct_mem_ptr(sc_dt::uint64, sc_dt::uint64) override {}

        relay &owner_;
        const uint32_t port_;
    };

  protected:
    static constexpr uint32_t no_port = UINT32_MAX;

    // When a message that leaves is seen by the next component, and when what it held up is free again.
    struct passage {
        uint64_t send_ps, free_ps;
    };

    SC_HAS_PROCESS(relay);
    relay(const sc_core::sc_module_name &name, uint32_t n_ports);

    // The output port for what comes in by a port and goes to an address, or no_port.
    virtual uint32_t route(uint32_t port, uint64_t address) const = 0;
    // A message with that many data bytes (0: a header alone) comes in by a port at at_ps; returns when it is
    // to be decided how it leaves. Decisions are made in the order of (time, port).
    virtual uint64_t enter(uint32_t port, uint32_t bytes, uint64_t at_ps) = 0;
    // What came in by `from` leaves by `to`, decided at at_ps.
    virtual passage leave(uint32_t from, uint32_t to, uint32_t bytes, uint64_t at_ps) = 0;
    // A packet, by BEGIN_REQ.
    virtual tlm::tlm_sync_enum carry(uint32_t port, tlm::tlm_generic_payload &payload,
                                     packet_extension &packet, sc_core::sc_time &delay) = 0;

    // The same, no_port for an unbound one too.
    uint32_t output(uint32_t port, const tlm::tlm_generic_payload &payload) const;

  private:
    // In the order in which things that are due at the same time are done.
    enum kind : uint32_t {
        REQUEST_TAKEN,  // the next component takes the next request
        RESPONSE_TAKEN, // the one before takes the next response
        END_REQUEST,
        END_RESPONSE,
        SEND_REQUEST,
        SEND_RESPONSE,
        ENTER_REQUEST,
        ENTER_RESPONSE,
        LEAVE_REQUEST,
        LEAVE_RESPONSE
    };

    struct transit {
        tlm::tlm_generic_payload *payload;
        uint32_t from, to;  // ports
        uint64_t free_ps;   // when END_REQ is sent
        uint32_t n_entries; // in the timetable
        bool closed;        // nothing more to send forward
        bool answered;      // nothing more to come from behind
    };

    // One direction of one socket: its exclusion rule lets one message through at a time.
    struct channel {
        slots<transit>::line waiting;
        uint32_t under_way = no_slot;
    };

    tlm::tlm_sync_enum forward(uint32_t port, tlm::tlm_generic_payload &payload, const tlm::tlm_phase &phase,
                               const sc_core::sc_time &delay);
    tlm::tlm_sync_enum backward(uint32_t port, tlm::tlm_generic_payload &payload, const tlm::tlm_phase &phase,
                                const sc_core::sc_time &delay);
    void pass_blocking(uint32_t port, tlm::tlm_generic_payload &payload, sc_core::sc_time &delay);
    void run();
    void act(uint32_t what, uint32_t i);
    void put(uint64_t time_ps, kind what, uint32_t i);
    void enter_request(uint32_t i);
    void from_ahead(uint32_t i, const tlm::tlm_phase &phase, const sc_core::sc_time &delay);
    void send_requests(uint32_t port);
    void send_responses(uint32_t port);
    void end_response(uint32_t i);
    void finish(uint32_t i);

    std::deque<side> sides_;
    slots<transit> transits_;
    std::vector<channel> requests_, responses_; // by output port, by input port
    timetable timetable_;
};

} // namespace npim
#endif
