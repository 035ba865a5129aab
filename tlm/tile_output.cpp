#include "hw/units.h"
#include "tlm/tile.hpp"

#include <algorithm>

namespace npim {

void tile::done(uint32_t s) {
    slot_state &slot = slots_[s];
    slot.computed.push_back(slot.computing.front());
    slot.computing.pop_front();
    results(s);
}

bool tile::promise_psum(uint32_t s, uint32_t instance, uint32_t port) {
    slot_state &slot = slots_[s];
    if (slot.psums_promised - slot.psums_used < slot.max_in_flight) {
        slot.psums_promised++;
        return true;
    }
    slot.psum_sender = {instance, port};
    slot.psum_sender_waits = true;
    return false;
}

// True when the oldest result has the partial sums of the tile before, and the next tile a place for ours.
bool tile::psum_ready(uint32_t s) {
    slot_state &slot = slots_[s];
    const npim_program_slot &p = *slot.program;
    if (p.psum_in > 0 && slot.psums_in == slot.psums_used) return false;
    if (p.psum_out_B == 0) return true;
    if (slot.waits_for_psum_place) return false;
    slot.waits_for_psum_place = !(*consumers_)[p.psum_tile]->promise_psum(p.psum_slot, instance_, s);
    return !slot.waits_for_psum_place;
}

void tile::results(uint32_t s) {
    slot_state &slot = slots_[s];
    while (!slot.computed.empty() && psum_ready(s)) {
        const window at = slot.computed.front();
        slot.computed.pop_front();
        finish(s, at);
    }
}

// Adds the partial sums, passes on what is not complete, activates and writes what is.
void tile::finish(uint32_t s, const window &at) {
    slot_state &slot = slots_[s];
    const npim_program_slot &p = *slot.program;
    uint64_t at_ps = now_ps();
    if (p.psum_in > 0) {
        at_ps = use_unit(lanes(), config_.adder, p.psum_in, at_ps);
        slot.counts.adder_words += p.psum_in;
        slot.psums_used++;
        if (slot.psum_sender_waits)
            agenda_.put(now_ps(), slot.psum_sender.instance, slot.psum_sender.port, RESULT);
        slot.psum_sender_waits = false;
    }
    if (p.psum_out_B > 0) enqueue({s, at, true, at_ps});
    note_done(slot, at, at_ps);
    if (p.outputs == 0 && p.psum_out_B == 0)
        left({s, at, true, at_ps}); // all its columns belong to other slots' outputs
    if (p.outputs == 0) return;
    if (p.activates) {
        at_ps = use_unit(activation_, config_.activation, p.outputs, at_ps);
        slot.counts.activation_words += p.outputs;
    }
    const uint64_t bus_ps = npim_bus_transfer(&bus_, p.output_B, at_ps);
    const uint64_t bank_ps = npim_edram_access(&memory.core, output_address(s), p.output_B, true, bus_ps);
    slot.counts.bus_B += p.output_B;
    slot.counts.edram_B += p.output_B;
    note_transfer(p.output_B, bus_ps);
    note_access(p.output_B, bank_ps);
    slot.written_ps =
        std::max(slot.written_ps, at_ps + npim_align_up(bank_ps - at_ps, config_.plan->step_ps));
    slot.writing.push_back(at);
    put(slot.written_ps, s, WRITTEN);
}

// A window's last trace on this tile.
void tile::note_done(slot_state &slot, const window &at, uint64_t at_ps) const {
    slot.counts.last_ps = std::max(slot.counts.last_ps, at_ps);
    if (at.image == 0) slot.counts.image_ps = std::max(slot.counts.image_ps, at_ps);
}

// The slots take turns with the banks for their output windows.
uint64_t tile::output_address(uint32_t s) const {
    return uint64_t{s % config_.edram.banks} * (config_.edram.size_B / config_.edram.banks);
}

void tile::written(uint32_t s) {
    slot_state &slot = slots_[s];
    note_done(slot, slot.writing.front(), now_ps());
    slot.written.push_back(slot.writing.front());
    slot.writing.pop_front();
    if (!slot.waits_to_send) send(s);
}

// --- to the consumers
// -------------------------------------------------------------------------------------------

bool tile::goes(const npim_program_destination &to, const window &at) const {
    return to.tile == NPIM_HOST_TILE || receiver(to).needs(to.buffer, at.y, at.x);
}

consumer &tile::receiver(const npim_program_destination &to) const {
    return to.tile == NPIM_HOST_TILE ? *host_ : *(*consumers_)[to.tile];
}

// Nothing enters the network before every consumer has a place for it.
void tile::send(uint32_t s) {
    slot_state &slot = slots_[s];
    while (!slot.written.empty() && !blocked(s, slot.written.front())) {
        const window at = slot.written.front();
        slot.written.pop_front();
        deliver_here(slot, at);
        message what{s, at, false, now_ps()};
        if (find_group(what))
            enqueue(what);
        else
            left(what);
    }
}

bool tile::blocked(uint32_t s, const window &at) {
    slot_state &slot = slots_[s];
    for (uint32_t d = 0; d < slot.program->n_destinations; d++) {
        const npim_program_destination &to = slot.program->destinations[d];
        if (to.tile == NPIM_HOST_TILE || !goes(to, at) || receiver(to).accepts(to.buffer, at)) continue;
        receiver(to).wait_for(to.buffer, instance_, s);
        slot.waits_to_send = true;
        if (slot.in_flight >= slot.max_in_flight) slot.waits_for = NPIM_STALL_OUTPUT;
        return true;
    }
    return false;
}

// Consumers on the same tile find the output where it was written.
void tile::deliver_here(const slot_state &slot, const window &at) {
    for (uint32_t d = 0; d < slot.program->n_destinations; d++) {
        const npim_program_destination &to = slot.program->destinations[d];
        if (to.tile != number_ || !goes(to, at)) continue;
        delivery what;
        what.at = at;
        what.buffer = to.buffer;
        what.piece = to.piece;
        what.last = true;
        receive(what, now_ps());
    }
}

// Moves a message to the next group with a consumer on another tile that needs it; false when there is none.
bool tile::find_group(message &what) const {
    const npim_program_slot &p = *slots_[what.slot].program;
    for (uint32_t d = 0; d < p.n_destinations; d++) {
        const npim_program_destination &to = p.destinations[d];
        if (to.group < what.group || to.tile == number_ || !goes(to, what.at)) continue;
        what.group = to.group;
        return true;
    }
    return false;
}

void tile::enqueue(const message &what) {
    queue_.push_back(what);
    if (!injecting_) inject();
}

// The next packet of the message at the head; the one after it when this one has left the first router.
void tile::inject() {
    if (leaving_) {
        const message gone = queue_.front();
        queue_.pop_front();
        leaving_ = false;
        left(gone);
    }
    injecting_ = !queue_.empty();
    if (!injecting_) return;
    message &what = queue_.front();
    const uint64_t at_ps = std::max(now_ps(), what.ready_ps);
    const uint64_t free_ps = what.psum ? inject_psum(what, at_ps) : inject_outputs(what, at_ps);
    put(std::max(free_ps, now_ps()), 0, INJECT);
}

uint64_t tile::inject_psum(message &what, uint64_t at_ps) {
    slot_state &slot = slots_[what.slot];
    const npim_program_slot &p = *slot.program;
    delivery part;
    part.at = what.at;
    part.buffer = p.psum_slot;
    part.psum = true;
    part.bytes = std::min(config_.packet_B, p.psum_out_B - what.sent_B);
    what.sent_B += part.bytes;
    part.last = leaving_ = what.sent_B == p.psum_out_B;
    return transmit(slot, p.psum_tile, part, ++next_packet_, at_ps);
}

// One packet to all destinations of the message's group that need it: a multicast has one number.
uint64_t tile::inject_outputs(message &what, uint64_t at_ps) {
    slot_state &slot = slots_[what.slot];
    const npim_program_slot &p = *slot.program;
    if (!what.read) {
        at_ps = npim_edram_access(&memory.core, output_address(what.slot), p.output_B, false, at_ps);
        slot.counts.edram_B += p.output_B;
        note_access(p.output_B, at_ps);
        what.read = true;
    }
    const uint64_t packet = ++next_packet_;
    uint64_t free_ps = at_ps;
    uint32_t group_B = 0, bytes = 0;
    for (uint32_t d = 0; d < p.n_destinations; d++) {
        const npim_program_destination &to = p.destinations[d];
        if (to.group != what.group || to.tile == number_ || !goes(to, what.at)) continue;
        group_B = to.bytes;
        delivery part;
        part.at = what.at;
        part.buffer = to.buffer;
        part.piece = to.piece;
        part.bytes = bytes = std::min(config_.packet_B, group_B - what.sent_B);
        part.last = what.sent_B + bytes == group_B;
        free_ps = std::max(free_ps, transmit(slot, to.tile, part, packet, at_ps));
    }
    what.sent_B += bytes;
    if (what.sent_B == group_B) {
        what.sent_B = 0;
        what.group++;
        leaving_ = !find_group(what);
    }
    return free_ps;
}

// One branch of a packet; returns when the next packet may follow.
uint64_t tile::transmit(slot_state &slot, uint32_t to_tile, const delivery &what, uint64_t packet,
                        uint64_t at_ps) {
    const bool to_host = to_tile == NPIM_HOST_TILE;
    if (to_host)
        slot.counts.host_B += what.bytes;
    else if (!what.psum)
        slot.counts.edram_B += what.bytes; // written at the receiver
    const uint32_t flits = 1 + static_cast<uint32_t>(npim_ceil_div(what.bytes, config_.flit_B));
    tlm::tlm_generic_payload &payload =
        payloads_.take_packet(packet, what.bytes, flits, const_cast<delivery *>(&what));
    auto *packet_of = payload.get_extension<packet_extension>();
    packet_of->flit_hops = &slot.counts.flit_hops;
    packet_of->link_B = &slot.counts.link_B;
    payload.set_command(tlm::TLM_WRITE_COMMAND);
    payload.set_address(to_host ? compose({host_chip, 0, 0}) : tile_address(to_tile, config_.tiles_per_chip));
    payload.set_data_length(what.bytes);
    payload.set_streaming_width(what.bytes);
    tlm::tlm_phase phase = tlm::BEGIN_REQ;
    sc_core::sc_time delay = until_ps(at_ps);
    to_noc->nb_transport_fw(payload, phase, delay);
    if (payload.get_response_status() != tlm::TLM_OK_RESPONSE)
        SC_REPORT_ERROR("/npim/invariant", (std::string(name()) + ": a packet was not delivered").c_str());
    payload.release();
    return now_ps() + to_ps(delay);
}

// The message has left: its window's output place is free.
void tile::left(const message &what) {
    slot_state &slot = slots_[what.slot];
    if (what.psum && slot.program->outputs > 0) return; // the outputs hold the place
    slot.in_flight--;
    issue(what.slot);
}

std::string tile::outstanding() const {
    for (uint32_t s = 0; s < slots_.size(); s++) {
        const slot_state &slot = slots_[s];
        const std::string who = std::string(name()) + " slot " + std::to_string(s) + " (node " +
                                std::to_string(slot.program->node) + ", replica " +
                                std::to_string(slot.program->replica) + ")";
        if (!slot.finished)
            return who + " waits for " + npim_stall_names[slot.waits_for] + " at image " +
                   std::to_string(slot.next.image) + ", row " + std::to_string(slot.next.y) + ", column " +
                   std::to_string(slot.next.x);
        if (slot.in_flight > 0)
            return who + " holds " + std::to_string(slot.in_flight) + " outputs that did not leave";
    }
    if (!queue_.empty()) return std::string(name()) + " holds packets that did not leave";
    if (arriving_free_.size() != arriving_.size())
        return std::string(name()) + " has packets that did not arrive";
    return payloads_.full() ? "" : std::string(name()) + " has payloads that did not come back";
}

} // namespace npim
