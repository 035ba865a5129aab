#include "tlm/chip_link.hpp"

#include "hw/units.h"

#include <algorithm>

namespace npim {

using tlm::tlm_generic_payload;

chip_link::chip_link(const sc_core::sc_module_name &name, const npim_chip_link_config &config, bool ideal,
                     std::string near_end, std::string far_end)
    : relay(name, 2), ideal_(ideal), near_end_(std::move(near_end)), far_end_(std::move(far_end)) {
    npim_error error{};
    check(npim_chip_link_init(&core, &config, &error), error, this->name());
}

chip_link::~chip_link() {
    npim_chip_link_fini(&core);
}

uint32_t chip_link::route(uint32_t port, uint64_t) const {
    return port == NEAR ? FAR : NEAR;
}

relay::passage chip_link::transfer(uint32_t to, uint64_t bytes, uint64_t at_ps) {
    const uint32_t direction = to == FAR ? 0 : 1;
    if (ideal_) {
        core.n_B[direction] += bytes;
        if (meter_) npim_meter_event(meter_, NPIM_EVENT_LINK, static_cast<double>(bytes), at_ps, at_ps);
        return {at_ps, at_ps};
    }
    npim_calendar &calendar = core.calendar[direction];
    npim_calendar_trim(&calendar, now_ps());
    passage passed{};
    passed.send_ps = npim_chip_link_transfer(&core, direction, bytes, at_ps, &passed.free_ps);
    if (meter_) {
        const auto amount = static_cast<double>(bytes);
        const uint64_t busy_ps = npim_rate_ps(amount, core.config.rate_GBps * 1e9);
        npim_meter_event(meter_, NPIM_EVENT_LINK, amount, passed.free_ps - busy_ps, passed.free_ps);
    }
    return passed;
}

uint64_t chip_link::enter(uint32_t, uint32_t, uint64_t at_ps) {
    return at_ps; // one message at a time comes in for each direction: nothing to arbitrate
}

relay::passage chip_link::leave(uint32_t, uint32_t to, uint32_t bytes, uint64_t at_ps) {
    return transfer(to, std::max(bytes, header_B), at_ps);
}

tlm::tlm_sync_enum chip_link::carry(uint32_t port, tlm_generic_payload &payload, packet_extension &packet,
                                    sc_core::sc_time &delay) {
    const uint32_t to = route(port, payload.get_address());
    const uint64_t now = now_ps();
    crossing &last = last_[to];
    if (packet.packet != last.packet) {
        const uint64_t &wait_ps = core.wait_ps[to == FAR ? 0 : 1], before_ps = wait_ps;
        const passage passed = transfer(to, packet.bytes, now + to_ps(delay));
        last = {packet.packet, passed.send_ps, passed.free_ps, wait_ps - before_ps};
        if (packet.link_B) *packet.link_B += packet.bytes;
    }
    packet.waited_ps += last.waited_ps;
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

std::vector<signal> chip_link::signals() const {
    std::vector<signal> list;
    add_signals(list, name(), npim_chip_link_ops, &core);
    return list;
}

} // namespace npim
