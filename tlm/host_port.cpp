#include "tlm/host_port.hpp"

#include <algorithm>

namespace npim {

using tlm::tlm_generic_payload;

host_port::host_port(const sc_core::sc_module_name &name, const npim_chip_link_config &config, bool ideal)
    : relay(name, 2), ideal_(ideal) {
    npim_error error{};
    check(npim_chip_link_init(&core, &config, &error), error, this->name());
}

host_port::~host_port() {
    npim_chip_link_fini(&core);
}

uint32_t host_port::route(uint32_t port, uint64_t) const {
    return port == OUTER ? INNER : OUTER;
}

relay::passage host_port::transfer(uint32_t to, uint64_t bytes, uint64_t at_ps) {
    if (ideal_) {
        core.n_B += bytes;
        return {at_ps, at_ps};
    }
    const uint32_t direction = to == INNER ? 0 : 1;
    npim_calendar &calendar = core.calendar[direction];
    npim_calendar_trim(&calendar, now_ps());
    passage passed{};
    passed.send_ps = npim_chip_link_transfer(&core, direction, bytes, at_ps, &passed.free_ps);
    return passed;
}

uint64_t host_port::enter(uint32_t, uint32_t, uint64_t at_ps) {
    return at_ps; // one message at a time comes in for each direction: nothing to arbitrate
}

relay::passage host_port::leave(uint32_t, uint32_t to, uint32_t bytes, uint64_t at_ps) {
    return transfer(to, std::max(bytes, header_B), at_ps);
}

tlm::tlm_sync_enum host_port::carry(uint32_t port, tlm_generic_payload &payload,
                                    const packet_extension &packet, sc_core::sc_time &delay) {
    const uint32_t to = route(port, payload.get_address());
    const uint64_t now = now_ps();
    crossing &last = last_[to];
    if (packet.packet != last.packet) {
        const passage passed = transfer(to, packet.bytes, now + to_ps(delay));
        last = {packet.packet, passed.send_ps, passed.free_ps};
    }
    const crossing crossed = last;
    if (out[to].size() == 0) {
        payload.set_response_status(tlm::TLM_ADDRESS_ERROR_RESPONSE);
    } else {
        tlm::tlm_phase phase = tlm::BEGIN_REQ;
        sc_core::sc_time arrival = from_ps(crossed.done_ps - now);
        if (out[to]->nb_transport_fw(payload, phase, arrival) != tlm::TLM_COMPLETED)
            SC_REPORT_ERROR("/npim/invariant",
                            (std::string(name()) + ": a packet was not taken at once").c_str());
    }
    delay = from_ps(crossed.free_ps - now);
    return tlm::TLM_COMPLETED;
}

std::vector<signal> host_port::signals() const {
    std::vector<signal> list;
    add_signals(list, name(), npim_chip_link_ops, &core);
    return list;
}

} // namespace npim
