#include "tlm/host.hpp"

#include "hw/units.h"

#include <algorithm>

namespace npim {

host::host(const sc_core::sc_module_name &name, const npim_program &program, uint32_t packet_B,
           uint32_t flit_B, sequencer &agenda, uint64_t &next_packet)
    : sc_module(name), program_(program), packet_B_(packet_B), flit_B_(flit_B), agenda_(agenda),
      instance_(agenda.join(*this)), next_packet_(next_packet), arrivals_(program.images),
      completed_ps_(program.images), started_ps_(program.images) {
    to_chip.bind(*this);
    from_chip.bind(*this);
    agenda_.put(0, instance_, 0, SEND);
}

void host::act(uint32_t kind, uint32_t, uint32_t) {
    if (kind == ARRIVE) completed_ps_[n_complete_++] = now_ps();
    if (kind == SEND) waits_ = false;
    if (!waits_) send();
}

// The first image goes alone.
bool host::may_send() const {
    return next_.image < program_.images && (next_.image == 0 || n_complete_ > 0);
}

bool host::goes(const npim_program_destination &to, uint32_t x) const {
    return to.tile != NPIM_HOST_TILE && within((*consumers_)[to.tile]->needs(to.buffer, next_), x);
}

// How many pixels from the next one on can go in one packet: those that the same consumers need and have
// places for. 0: a consumer has no place and will say so. wanted: somebody needs the first one at all.
uint32_t host::ready_pixels(bool &wanted) {
    const npim_program_slot &p = program_.host;
    const uint32_t most = std::min(std::max(1u, packet_B_ / p.output_B), p.x_to - next_.x);
    uint32_t n = most;
    wanted = false;
    for (uint32_t d = 0; d < p.n_destinations; d++) {
        const npim_program_destination &to = p.destinations[d];
        const bool first = goes(to, next_.x);
        wanted = wanted || first;
        for (uint32_t i = 0; i < n; i++) {
            const bool place =
                !first || (*consumers_)[to.tile]->accepts(to.buffer, {next_.image, next_.y, next_.x + i});
            if (goes(to, next_.x + i) == first && place) continue;
            n = i;
        }
        if (n > 0) continue;
        (*consumers_)[to.tile]->wait_for(to.buffer, instance_, 0);
        waits_ = true;
        return 0;
    }
    return n;
}

void host::send() {
    while (may_send()) {
        bool wanted = false;
        const uint32_t n = ready_pixels(wanted);
        if (n == 0) return;
        if (next_.y == 0 && next_.x == 0) started_ps_[next_.image] = now_ps();
        const uint64_t free_ps = wanted ? transmit(n) : now_ps();
        advance(n);
        if (free_ps <= now_ps()) continue;
        waits_ = true;
        agenda_.put(free_ps, instance_, 0, SEND);
        return;
    }
}

void host::advance(uint32_t n) {
    next_.x += n;
    if (next_.x < program_.host.x_to) return;
    next_.x = 0;
    if (++next_.y < program_.host.out_h) return;
    next_.y = 0;
    next_.image++;
}

// All packets of n pixels, each a multicast to the consumers of its channels; returns when the link is free.
uint64_t host::transmit(uint32_t n) {
    const npim_program_slot &p = program_.host;
    uint64_t free_ps = now_ps();
    for (uint32_t group = 0; group < p.n_groups; group++) {
        uint32_t group_B = 0;
        for (uint32_t sent = 0; sent == 0 || sent < group_B; sent += packet_B_) {
            const uint64_t packet = ++next_packet_;
            for (uint32_t d = 0; d < p.n_destinations; d++) {
                const npim_program_destination &to = p.destinations[d];
                if (to.group != group || !goes(to, next_.x)) continue;
                group_B = to.bytes * n;
                delivery part;
                part.at = next_;
                part.n = n;
                part.buffer = to.buffer;
                part.piece = to.piece;
                part.bytes = std::min(packet_B_, group_B - sent);
                part.last = sent + part.bytes == group_B;
                free_ps = std::max(free_ps, transmit_packet(to, part, packet));
            }
        }
    }
    sent_B_ += uint64_t{n} * p.output_B;
    return free_ps;
}

uint64_t host::transmit_packet(const npim_program_destination &to, const delivery &what, uint64_t packet) {
    edram_B_ += what.bytes;
    const uint32_t flits = 1 + static_cast<uint32_t>(npim_ceil_div(what.bytes, flit_B_));
    tlm::tlm_generic_payload &payload =
        payloads_.take_packet(packet, what.bytes, flits, const_cast<delivery *>(&what));
    auto *packet_of = payload.get_extension<packet_extension>();
    packet_of->flit_hops = &flit_hops_;
    packet_of->link_B = &link_B_;
    payload.set_command(tlm::TLM_WRITE_COMMAND);
    payload.set_address(tile_address(to.tile, program_.tiles_per_chip));
    payload.set_data_length(what.bytes);
    payload.set_streaming_width(what.bytes);
    tlm::tlm_phase phase = tlm::BEGIN_REQ;
    sc_core::sc_time delay = sc_core::SC_ZERO_TIME;
    to_chip->nb_transport_fw(payload, phase, delay);
    if (payload.get_response_status() != tlm::TLM_OK_RESPONSE)
        SC_REPORT_ERROR("/npim/invariant", (std::string(name()) + ": a packet was not delivered").c_str());
    payload.release();
    return now_ps() + to_ps(delay);
}

void host::receive(const delivery &what, uint64_t arrival_ps) {
    received_B_ += what.bytes;
    if (what.last && ++arrivals_[what.at.image] == program_.host_arrivals)
        agenda_.put(arrival_ps, instance_, 0, ARRIVE);
}

tlm::tlm_sync_enum host::nb_transport_fw(tlm::tlm_generic_payload &payload, tlm::tlm_phase &,
                                         sc_core::sc_time &delay) {
    const auto *packet = payload.get_extension<packet_extension>();
    if (packet && packet->message)
        receive(*static_cast<const delivery *>(packet->message), now_ps() + to_ps(delay));
    payload.set_response_status(packet && packet->message ? tlm::TLM_OK_RESPONSE
                                                          : tlm::TLM_ADDRESS_ERROR_RESPONSE);
    return tlm::TLM_COMPLETED;
}

// The host has no memory that others could address.
void host::b_transport(tlm::tlm_generic_payload &payload, sc_core::sc_time &) {
    payload.set_response_status(tlm::TLM_ADDRESS_ERROR_RESPONSE);
}

std::string host::outstanding() const {
    if (n_complete_ == program_.images)
        return payloads_.full() ? "" : "host: payloads that did not come back";
    return "host: image " + std::to_string(n_complete_) + " is not complete; next to send is image " +
           std::to_string(next_.image) + ", row " + std::to_string(next_.y) + ", column " +
           std::to_string(next_.x);
}

} // namespace npim
