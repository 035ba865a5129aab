#include "tlm/host.hpp"

#include "hw/units.h"

#include <algorithm>

namespace npim {

host::host(const sc_core::sc_module_name &name, const npim_program &program, uint32_t packet_B,
           uint32_t flit_B, sequencer &agenda, uint64_t &next_packet)
    : sc_module(name), program_(program), packet_B_(packet_B), flit_B_(flit_B), agenda_(agenda),
      instance_(agenda.join(*this)), next_packet_(next_packet), arrived_B_(program.images),
      completed_ps_(program.images), started_ps_(program.images, UINT64_MAX) {
    to_chip.bind(*this);
    from_chip.bind(*this);
    for (uint32_t i = 0; i < program.n_hosts; i++) {
        streams_.push_back({&program.hosts[i], {}, {}, false, {}});
        agenda_.put(0, instance_, i, SEND);
    }
}

void host::act(uint32_t kind, uint32_t port, uint32_t) {
    if (kind == SEND) {
        streams_[port].waits = false;
        return send(port);
    }
    completed_ps_[n_complete_++] = now_ps();
    for (uint32_t i = 0; i < streams_.size(); i++)
        if (!streams_[i].waits) send(i);
}

// The first image goes alone.
bool host::may_send(const stream &from) const {
    return from.next.image < program_.images && (from.next.image == 0 || n_complete_ > 0);
}

// Most replicas need nothing of a row: whoever asks for its pixels, one after the other, need not ask all.
void host::find_branches(stream &from) const {
    const npim_program_slot &p = *from.program;
    from.row.clear();
    for (uint32_t d = 0; d < p.n_destinations; d++) {
        const npim_program_destination *to = &p.destinations[d];
        if (to->tile == NPIM_HOST_TILE) continue;
        consumer *receiver = (*consumers_)[to->tile];
        const npim_columns needed = receiver->needs(to->buffer, from.next);
        if (needed.from < needed.to) from.row.push_back({to, receiver, needed});
    }
}

// How many pixels from the next one on can go in one packet: those that the same consumers need and have
// places for. 0: a consumer has no place and will say so. wanted: somebody needs the first one at all.
uint32_t host::ready_pixels(uint32_t stream_number, bool &wanted) {
    stream &from = streams_[stream_number];
    const npim_program_slot &p = *from.program;
    const window &next = from.next;
    const uint32_t most = std::min(std::max(1u, packet_B_ / p.output_B), p.x_to - next.x);
    uint32_t n = most;
    wanted = false;
    if (next.x == 0) find_branches(from);
    for (const branch &one : from.row) {
        const bool first = within(one.needed, next.x);
        wanted = wanted || first;
        for (uint32_t i = 0; i < n; i++) {
            const bool place =
                !first || one.receiver->accepts(one.to->buffer, {next.image, next.y, next.x + i});
            if (within(one.needed, next.x + i) == first && place) continue;
            n = i;
        }
        if (n > 0) continue;
        one.receiver->wait_for(one.to->buffer, instance_, stream_number);
        from.waits = true;
        return 0;
    }
    return n;
}

void host::send(uint32_t i) {
    stream &from = streams_[i];
    while (may_send(from)) {
        bool wanted = false;
        const uint32_t n = ready_pixels(i, wanted);
        if (n == 0) return;
        uint64_t &started_ps = started_ps_[from.next.image];
        started_ps = std::min(started_ps, now_ps());
        const uint64_t free_ps = wanted ? transmit(from, n) : now_ps();
        advance(from, n);
        if (free_ps <= now_ps()) continue;
        from.waits = true;
        agenda_.put(free_ps, instance_, i, SEND);
        return;
    }
}

void host::advance(stream &from, uint32_t n) {
    from.next.x += n;
    if (from.next.x < from.program->x_to) return;
    from.next.x = 0;
    if (++from.next.y < from.program->out_h) return;
    from.next.y = 0;
    from.next.image++;
}

// All packets of n pixels, each a multicast to the consumers of its channels; returns when the link is free.
uint64_t host::transmit(stream &from, uint32_t n) {
    const npim_program_slot &p = *from.program;
    uint64_t free_ps = now_ps();
    for (uint32_t group = 0; group < p.n_groups; group++) {
        uint32_t group_B = 0;
        for (uint32_t sent = 0; sent == 0 || sent < group_B; sent += packet_B_) {
            const uint64_t packet = ++next_packet_;
            for (const branch &one : from.row) {
                const npim_program_destination &to = *one.to;
                if (to.group != group || !within(one.needed, from.next.x)) continue;
                group_B = to.bytes * n;
                delivery part;
                part.at = from.next;
                part.n = n;
                part.buffer = to.buffer;
                part.piece = to.piece;
                part.bytes = std::min(packet_B_, group_B - sent);
                part.last = sent + part.bytes == group_B;
                free_ps = std::max(free_ps, transmit_packet(from, to, part, packet));
            }
        }
    }
    from.sent.sent_B += uint64_t{n} * p.output_B;
    return free_ps;
}

uint64_t host::transmit_packet(stream &from, const npim_program_destination &to, const delivery &what,
                               uint64_t packet) {
    from.sent.edram_B += what.bytes;
    const uint32_t flits = 1 + static_cast<uint32_t>(npim_ceil_div(what.bytes, flit_B_));
    tlm::tlm_generic_payload &payload =
        payloads_.take_packet(packet, what.bytes, flits, const_cast<delivery *>(&what));
    auto *packet_of = payload.get_extension<packet_extension>();
    packet_of->flit_hops = &from.sent.flit_hops;
    packet_of->link_B = &from.sent.link_B;
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
    arrived_B_[what.at.image] += what.bytes;
    if (arrived_B_[what.at.image] == program_.host_B) agenda_.put(arrival_ps, instance_, 0, ARRIVE);
}

uint64_t host::sent_B() const {
    uint64_t sum = 0;
    for (const stream &from : streams_) sum += from.sent.sent_B;
    return sum;
}

double host::share_sent(uint32_t images) const {
    if (n_complete_ == images) return 1.0;
    double sent = 0.0, rows = 0.0;
    for (const stream &from : streams_) {
        sent += static_cast<double>(from.next.image) * from.program->out_h + from.next.y;
        rows += static_cast<double>(from.program->out_h) * images;
    }
    return sent / rows;
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
    std::string text = "host: image " + std::to_string(n_complete_) + " is not complete";
    for (const stream &from : streams_)
        text += "; next to send is image " + std::to_string(from.next.image) + ", row " +
                std::to_string(from.next.y) + ", column " + std::to_string(from.next.x);
    return text;
}

} // namespace npim
