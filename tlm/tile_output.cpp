#include "hw/units.h"
#include "tlm/tile.hpp"

#include <algorithm>

namespace npim {

void tile::done(uint32_t s) {
    slot_state &slot = slots_[s];
    take(slot, slot.computing);
    slot.computed.n++;
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
    while (slot.computed.n > 0 && psum_ready(s)) finish(s, take(slot, slot.computed));
}

// Adds the partial sums, passes on what is not complete, activates and writes what is.
void tile::finish(uint32_t s, const window &at) {
    slot_state &slot = slots_[s];
    const npim_program_slot &p = *slot.program;
    uint64_t at_ps = now_ps();
    if (p.psum_in > 0) {
        at_ps = add_up(slot, p.psum_in, at_ps);
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
    at_ps = p.cell.gates > 0 ? combine(slot, at_ps) : p.activates ? activate(slot, p.outputs, at_ps) : at_ps;
    const uint64_t bus_ps = npim_bus_transfer(&bus_, p.output_B, at_ps);
    const uint64_t bank_ps = npim_edram_access(&memory.core, output_address(s), p.output_B, true, bus_ps);
    slot.counts.bus_B += p.output_B;
    slot.counts.edram_B += p.output_B;
    note_transfer(p.output_B, bus_ps);
    note_access(p.output_B, bank_ps);
    slot.written_ps =
        std::max(slot.written_ps, at_ps + npim_align_up(bank_ps - at_ps, config_.plan->step_ps));
    slot.writing.n++;
    put(slot.written_ps, s, WRITTEN);
}

uint64_t tile::activate(slot_state &slot, uint32_t words, uint64_t at_ps) {
    slot.counts.activation_words += words;
    return use_unit(activation_, config_.activation, words, at_ps);
}

uint64_t tile::add_up(slot_state &slot, uint32_t words, uint64_t at_ps) {
    slot.counts.adder_words += words;
    return use_unit(lanes(), config_.adder, words, at_ps);
}

// The outputs of a recurrent layer from its gates; the cell state stays in the output register (assumed).
uint64_t tile::combine(slot_state &slot, uint64_t at_ps) {
    const npim_program_cell &cell = slot.program->cell;
    at_ps = add_up(slot, cell.state, activate(slot, cell.gates, at_ps));
    return add_up(slot, cell.outputs, activate(slot, cell.tanh, at_ps));
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
    note_done(slot, take(slot, slot.writing), now_ps());
    slot.written.n++;
    if (!slot.waits_to_send) send(s);
}

// --- to the consumers
// -------------------------------------------------------------------------------------------

// The destinations that need some of the row of that window, in the order of the program.
const std::vector<tile::branch> &tile::branches(slot_state &slot, const window &at) const {
    const npim_program_slot &p = *slot.program;
    row_branches &row = slot.rows[at.y / p.row_step % 2];
    if (row.image == at.image && row.y == at.y) return row.list;
    row.image = at.image;
    row.y = at.y;
    row.list.clear();
    for (uint32_t d = 0; d < p.n_destinations; d++) {
        const npim_program_destination *to = &p.destinations[d];
        consumer *receiver = to->tile == NPIM_HOST_TILE ? host_ : (*consumers_)[to->tile];
        const npim_columns needed = receiver->needs(to->buffer, at);
        if (needed.from < needed.to) row.list.push_back({to, receiver, needed});
    }
    return row.list;
}

// Nothing enters the network before every consumer has a place for it.
void tile::send(uint32_t s) {
    slot_state &slot = slots_[s];
    while (slot.written.n > 0 && !blocked(s, slot.written.first)) {
        const window at = take(slot, slot.written);
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
    for (const branch &one : branches(slot, at)) {
        if (!within(one.needed, at.x) || one.receiver->accepts(one.to->buffer, at)) continue;
        one.receiver->wait_for(one.to->buffer, instance_, s);
        slot.waits_to_send = true;
        if (slot.in_flight >= slot.max_in_flight) slot.waits_for = NPIM_STALL_OUTPUT;
        return true;
    }
    return false;
}

// Consumers on the same tile find the output where it was written.
void tile::deliver_here(slot_state &slot, const window &at) {
    for (const branch &one : branches(slot, at)) {
        if (one.to->tile != number_ || !within(one.needed, at.x)) continue;
        delivery what;
        what.at = at;
        what.buffer = one.to->buffer;
        what.piece = one.to->piece;
        what.last = true;
        receive(what, now_ps());
    }
}

// Moves a message to the next group with a consumer on another tile that needs it; false when there is none.
bool tile::find_group(message &what) {
    for (const branch &one : branches(slots_[what.slot], what.at)) {
        if (one.to->group < what.group || one.to->tile == number_ || !within(one.needed, what.at.x)) continue;
        what.group = one.to->group;
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
    for (const branch &one : branches(slot, what.at)) {
        const npim_program_destination &to = *one.to;
        if (to.group != what.group || to.tile == number_ || !within(one.needed, what.at.x)) continue;
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
    return payloads_.full() ? "" : std::string(name()) + " has payloads that did not come back";
}

} // namespace npim
