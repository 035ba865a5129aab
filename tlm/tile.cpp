#include "tlm/tile.hpp"

#include "hw/units.h"
#include "hw/window.h"

#include <algorithm>
#include <cstring>

namespace npim {

tile::tile(const sc_core::sc_module_name &name, const tile_config &config, const npim_program_tile &program,
           uint32_t number, uint32_t images, sequencer &agenda, uint64_t &next_packet)
    : sc_module(name), memory("edram", config.edram), config_(config), program_(program), number_(number),
      images_(images), agenda_(agenda), instance_(agenda.join(*this)), next_packet_(next_packet) {
    npim_error error{};
    check(npim_bus_init(&bus_, &config.bus, &error), error, this->name());
    to_noc.bind(*this);
    from_noc.bind(*this);
    to_memory.bind(static_cast<tlm::tlm_bw_transport_if<> &>(*this));
    to_memory.bind(memory.in);
    buffers_.resize(program.n_buffers);
    slots_.resize(program.n_slots);
    for (uint32_t b = 0; b < program.n_buffers; b++) build_buffer(b);
    for (uint32_t s = 0; s < program.n_slots; s++) build_slot(s);
    for (slot_state &slot : slots_)
        release_inputs(slot); // the first needed row may begin with columns nobody reads
}

tile::~tile() {
    for (input_buffer &buffer : buffers_) npim_window_buffer_fini(&buffer.window);
    npim_bus_fini(&bus_);
}

void tile::build_buffer(uint32_t b) {
    npim_error error{};
    input_buffer &buffer = buffers_[b];
    check(npim_window_buffer_init(&buffer.window, &program_.buffers[b].window, &error), error, name());
    const npim_window_buffer &w = buffer.window;
    buffer.address = program_.buffers[b].address;
    buffer.pad_top = program_.buffers[b].pad_top;
    buffer.end = npim_window_buffer_images(&w, images_) * w.rows_per_image * w.width;
}

void tile::build_slot(uint32_t s) {
    slot_state &slot = slots_[s];
    slot.program = &program_.slots[s];
    const npim_program_slot &p = *slot.program;
    slot.next = {p.image, p.row, p.x_from};
    for (line *one : {&slot.computing, &slot.computed, &slot.writing, &slot.written}) one->first = slot.next;
    slot.finished = p.image >= images_ || p.row >= p.out_h || p.x_from >= p.x_to;
    for (uint32_t i = 0; i < p.n_inputs; i++) buffers_[p.inputs[i].buffer].slots.push_back(s);
    if (p.kind == NPIM_SLOT_CROSSBAR) {
        slot.times = times_of(s);
        const npim_pe_timing alone = npim_pe_plan_repeat(config_.plan, &times_[slot.times], 0, nullptr);
        slot.max_in_flight += static_cast<uint32_t>(npim_ceil_div(alone.done_ps, p.interval_ps));
    }
    slot.issue_due = !slot.finished;
    if (slot.issue_due) put(0, s, ISSUE);
}

// Slots of one shape share their times: those of the replicas of a layer, most of all.
size_t tile::times_of(uint32_t s) {
    const npim_pe_shape &shape = slots_[s].program->shape;
    for (uint32_t i = 0; i < s; i++)
        if (slots_[i].program->kind == NPIM_SLOT_CROSSBAR &&
            std::memcmp(&slots_[i].program->shape, &shape, sizeof shape) == 0)
            return slots_[i].times;
    times_.emplace_back();
    npim_pe_plan_times(config_.plan, &shape, &times_.back());
    return times_.size() - 1;
}

void tile::act(uint32_t kind, uint32_t port, uint32_t data) {
    handle(kind, port, data);
    if (observer_) observer_->acted();
}

void tile::handle(uint32_t kind, uint32_t port, uint32_t data) {
    switch (kind) {
    case ARRIVE:
        return show_arrived(buffers_[port], data);
    case PSUM:
        slots_[port].psums_in++;
        return results(port);
    case READ:
        return read_done(port);
    case DONE:
        return done(port);
    case RESULT:
        slots_[port].waits_for_psum_place = false;
        return results(port);
    case WRITTEN:
        return written(port);
    case SEND:
        slots_[port].waits_to_send = false;
        return send(port);
    case INJECT:
        return inject();
    default:
        slots_[port].issue_due = false;
        return issue(port);
    }
}

// A unit of the tile takes the words, one per clock and unit; in whole steps where the pipeline is
// synchronous.
uint64_t tile::use_unit(npim_calendar &calendar, const digital_unit &unit, double words,
                        uint64_t at_ps) const {
    npim_work work{};
    work.count = words;
    work.units = unit.units;
    npim_calendar_trim(&calendar, now_ps());
    const uint64_t busy_ps = npim_block_busy_ps(unit.ops, unit.core, &work);
    const uint64_t start_ps = npim_calendar_reserve(&calendar, at_ps, busy_ps);
    const uint64_t done_ps =
        start_ps + npim_align_up(unit.ops->latency_ps(unit.core, &work), config_.plan->step_ps);
    if (meter_) npim_meter_event(meter_, unit.event, words, start_ps, done_ps);
    return done_ps;
}

void tile::note_access(uint64_t bytes, uint64_t done_ps) const {
    if (!meter_) return;
    const uint64_t end_ps = done_ps - memory.core.latency_ps;
    const uint64_t clocks = npim_ceil_div(bytes, config_.edram.width_B);
    npim_meter_event(meter_, NPIM_EVENT_EDRAM, static_cast<double>(bytes), end_ps - clocks * NPIM_CLOCK_PS,
                     end_ps);
}

void tile::note_transfer(uint64_t bytes, uint64_t done_ps) const {
    if (!meter_) return;
    const uint64_t clocks = npim_ceil_div(bytes, config_.bus.width_bits / 8);
    npim_meter_event(meter_, NPIM_EVENT_BUS, static_cast<double>(bytes), done_ps - clocks * NPIM_CLOCK_PS,
                     done_ps);
}

const npim_calendar &tile::unit_calendar(npim_slot_kind kind) const {
    switch (kind) {
    case NPIM_SLOT_POOL:
        return pooling_;
    case NPIM_SLOT_ADD:
        return config_.adder_stage < NPIM_MAX_STAGES ? pools_[config_.adder_stage] : adder_;
    default:
        return activation_;
    }
}

// --- consumer: places, and what arrives
// -------------------------------------------------------------------------

npim_columns tile::needs(uint32_t b, const window &at) const {
    return npim_window_buffer_needs(&buffers_[b].window, at.image, at.y);
}

bool tile::accepts(uint32_t b, const window &at) const {
    const npim_window_buffer &w = buffers_[b].window;
    return npim_window_buffer_accepts(&w, npim_window_buffer_pixel(&w, at.image, at.y, at.x));
}

void tile::wait_for(uint32_t b, uint32_t instance, uint32_t port) {
    buffers_[b].waiters.push_back({instance, port});
}

void tile::receive(const delivery &what, uint64_t arrival_ps) {
    if (what.psum) {
        if (what.last) put(arrival_ps, what.buffer, PSUM);
        return;
    }
    input_buffer &buffer = buffers_[what.buffer];
    if (what.bytes > 0)
        arrival_ps = npim_edram_access(&memory.core, buffer.address, what.bytes, true, arrival_ps);
    if (what.bytes > 0) note_access(what.bytes, arrival_ps);
    if (!what.last) return;
    npim_window_buffer_book(&buffer.window, what.at.image, what.at.y, what.at.x, what.n, what.piece,
                            arrival_ps);
    if (observer_) put(arrival_ps, what.buffer, ARRIVE, static_cast<uint32_t>(buffer.window.highest));
    for (uint32_t s : buffer.slots) expect(s);
}

// For the observer; `pixels` are the low bits of a pixel number near the buffer's base.
void tile::show_arrived(input_buffer &buffer, uint32_t pixels) {
    const uint64_t base = buffer.window.base;
    const int32_t ahead = static_cast<int32_t>(pixels - static_cast<uint32_t>(base));
    if (ahead > 0) buffer.arrived = std::max(buffer.arrived, base + static_cast<uint32_t>(ahead));
}

tlm::tlm_sync_enum tile::nb_transport_fw(tlm::tlm_generic_payload &payload, tlm::tlm_phase &phase,
                                         sc_core::sc_time &delay) {
    const auto *packet = payload.get_extension<packet_extension>();
    if (!packet || !packet->message) return to_memory->nb_transport_fw(payload, phase, delay);
    receive(*static_cast<const delivery *>(packet->message), now_ps() + to_ps(delay));
    payload.set_response_status(tlm::TLM_OK_RESPONSE);
    return tlm::TLM_COMPLETED;
}

// Only the memory answers in phases: packets of tiles complete at once.
tlm::tlm_sync_enum tile::nb_transport_bw(tlm::tlm_generic_payload &payload, tlm::tlm_phase &phase,
                                         sc_core::sc_time &delay) {
    return from_noc->nb_transport_bw(payload, phase, delay);
}

void tile::b_transport(tlm::tlm_generic_payload &payload, sc_core::sc_time &delay) {
    to_memory->b_transport(payload, delay);
}

unsigned tile::transport_dbg(tlm::tlm_generic_payload &payload) {
    return to_memory->transport_dbg(payload);
}

// --- windows in
// -------------------------------------------------------------------------------------------------

// Something is on its way: a slot that waits for it is told when it will be there.
void tile::expect(uint32_t s) {
    slot_state &slot = slots_[s];
    if (slot.finished || slot.reading || slot.issue_due || slot.in_flight >= slot.max_in_flight) return;
    const uint64_t ready_ps = input_ready_ps(slot);
    if (ready_ps == UINT64_MAX) return;
    slot.issue_due = true;
    put(std::max({ready_ps, slot.start_ps, now_ps()}), s, ISSUE);
}

// Starts to read the next window when it is there, the input register is free and its output will have room.
void tile::issue(uint32_t s) {
    slot_state &slot = slots_[s];
    if (slot.finished || slot.reading || now_ps() < slot.start_ps) return; // ISSUE is due at start_ps
    if (slot.in_flight >= slot.max_in_flight) {
        slot.waits_for = output_stall(slot);
        return;
    }
    if (input_ready_ps(slot) > now_ps()) {
        slot.waits_for = NPIM_STALL_INPUT;
        return expect(s);
    }
    slot.reading = true;
    slot.in_flight++;
    slot.issue_ps = now_ps();
    slot.counts.first_ps = std::min(slot.counts.first_ps, slot.issue_ps);
    const uint64_t read_ps = read_window(slot, slot.issue_ps) - slot.issue_ps;
    put(slot.issue_ps + npim_align_up(read_ps, config_.plan->step_ps), s, READ);
}

// Where the oldest window is whose output has not left.
npim_stall tile::output_stall(const slot_state &slot) const {
    const uint32_t here = slot.computing.n + slot.computed.n + slot.writing.n + slot.written.n;
    if (slot.in_flight > here) return NPIM_STALL_NETWORK;
    if (slot.written.n > 0) return NPIM_STALL_OUTPUT;
    if (slot.writing.n > 0) return NPIM_STALL_MEMORY;
    return slot.computed.n == 0 ? NPIM_STALL_CONVERTER : NPIM_STALL_PSUM;
}

// When all of the next window is there; UINT64_MAX while something of it has not been sent. Goes on where the
// last look at this window ended: what has been booked stays until it is read.
uint64_t tile::input_ready_ps(slot_state &slot) const {
    const npim_program_slot &p = *slot.program;
    const uint32_t last_x =
        npim_window_last(slot.next.x, p.stride_w, p.pad_left, p.kernel_w, p.dilation_w, p.in_w);
    const uint32_t first_x = npim_window_first(slot.next.x, p.stride_w, p.pad_left, p.in_w);
    for (; slot.rows_booked < p.kernel_h * p.n_inputs; slot.rows_booked++) {
        const uint32_t i = slot.rows_booked / p.kernel_h, k = slot.rows_booked % p.kernel_h;
        const input_buffer &buffer = buffers_[p.inputs[i].buffer];
        const int64_t row = int64_t{slot.next.y} * p.stride_h + int64_t{k} * p.dilation_h - buffer.pad_top;
        if (row < 0 || row >= buffer.window.height) continue;
        const uint64_t row_ps = npim_window_buffer_ready_ps(&buffer.window, slot.next.image,
                                                            static_cast<uint32_t>(row), first_x, last_x + 1);
        if (row_ps == UINT64_MAX) return row_ps;
        slot.ready_ps = std::max(slot.ready_ps, row_ps);
    }
    return slot.ready_ps;
}

// Reserves bank and bus for so many bytes of a buffer; the bus follows the bank word by word. Returns when
// the last word is there.
uint64_t tile::read_bytes(slot_state &slot, const input_buffer &from, uint64_t bytes, uint64_t at_ps) {
    const uint64_t address = from.address;
    npim_calendar_trim(&memory.core.bank[npim_edram_bank(&memory.core, address)], now_ps());
    const uint64_t bank_ps = npim_edram_access(&memory.core, address, bytes, false, at_ps);
    const uint64_t words = npim_ceil_div(bytes, config_.edram.width_B);
    const uint64_t bus_ps = npim_bus_transfer(&bus_, bytes, bank_ps - (words - 1) * NPIM_CLOCK_PS);
    slot.counts.edram_B += bytes;
    slot.counts.bus_B += bytes;
    note_access(bytes, bank_ps);
    note_transfer(bytes, bus_ps);
    return std::max(bank_ps, bus_ps);
}

// Reads the window: crossbars all of it (padding is not read), a pooling unit what is new to its row of
// running results, a move what it puts out (as if all of that lay in the first of its buffers).
uint64_t tile::read_window(slot_state &slot, uint64_t at_ps) {
    const npim_program_slot &p = *slot.program;
    uint32_t columns =
        npim_window_inside(slot.next.x, p.stride_w, p.pad_left, p.kernel_w, p.dilation_w, p.in_w);
    // What the window above or before it on this tile has brought is there already.
    const bool above = p.kind == NPIM_SLOT_POOL && p.row_above_here && slot.next.y > 0;
    if (p.kind == NPIM_SLOT_POOL && slot.next.x != p.x_from) columns = std::min(columns, p.stride_w);
    uint64_t done_ps = at_ps;
    npim_calendar_trim(&bus_.calendar, now_ps());
    if (p.kind == NPIM_SLOT_MOVE) return read_bytes(slot, buffers_[p.inputs[0].buffer], p.output_B, at_ps);
    for (uint32_t i = 0; i < p.n_inputs; i++) {
        const input_buffer &from = buffers_[p.inputs[i].buffer];
        uint32_t rows = npim_window_inside(slot.next.y, p.stride_h, from.pad_top, p.kernel_h, p.dilation_h,
                                           from.window.height);
        if (above) rows = std::min(rows, p.stride_h);
        slot.window_px = rows * columns; // the same for all inputs of a pooling unit
        const uint64_t bytes = uint64_t{rows} * columns * p.inputs[i].pixel_B;
        if (bytes > 0) done_ps = std::max(done_ps, read_bytes(slot, from, bytes, at_ps));
    }
    return done_ps;
}

void tile::read_done(uint32_t s) {
    slot_state &slot = slots_[s];
    slot.reading = false;
    const uint64_t image = slot.next.image;
    slot.computing.n++;
    slot.rows_booked = 0;
    slot.ready_ps = 0;
    advance(*slot.program, slot.next);
    slot.finished = slot.next.image >= images_;
    release_inputs(slot);
    if (slot.program->kind == NPIM_SLOT_CROSSBAR)
        run_crossbars(s, image);
    else
        run_unit(s);
    slot.counts.windows++;
    if (slot.finished) return;
    if (slot.start_ps <= now_ps()) return issue(s);
    slot.issue_due = true;
    put(slot.start_ps, s, ISSUE);
}

// To the slot's next window.
void tile::advance(const npim_program_slot &p, window &at) {
    if (++at.x < p.x_to) return;
    at.x = p.x_from;
    at.y += p.row_step;
    if (at.y < p.out_h) return;
    at.y = p.row;
    at.image += std::max(p.image_step, 1u);
}

window tile::take(const slot_state &slot, line &from) {
    const window at = from.first;
    advance(*slot.program, from.first);
    from.n--;
    return at;
}

// Number of the oldest pixel that window (y, x) of the slot's image reads, or the one after the image when
// the rows that it reads lie below.
uint64_t tile::oldest_read(const slot_state &slot, const input_buffer &buffer, uint32_t y, uint32_t x) {
    const npim_program_slot &p = *slot.program;
    const npim_window_buffer *w = &buffer.window;
    if (uint64_t{y} * p.stride_h >= uint64_t{buffer.pad_top} + w->height)
        return npim_window_buffer_image_end(w, slot.next.image);
    return npim_window_buffer_pixel(w, slot.next.image,
                                    npim_window_first(y, p.stride_h, buffer.pad_top, w->height),
                                    npim_window_first(x, p.stride_w, p.pad_left, p.in_w));
}

// Number of the oldest pixel that the slot's next window or a later one reads; padding can clip the windows
// of the next row to the same first row.
uint64_t tile::oldest_needed(const slot_state &slot, const input_buffer &buffer) const {
    const npim_program_slot &p = *slot.program;
    if (slot.finished) return buffer.end;
    const uint64_t here = oldest_read(slot, buffer, slot.next.y, slot.next.x);
    const uint32_t next_y = slot.next.y + p.row_step;
    return next_y >= p.out_h ? here : std::min(here, oldest_read(slot, buffer, next_y, p.x_from));
}

void tile::release_inputs(const slot_state &slot) {
    for (uint32_t i = 0; i < slot.program->n_inputs; i++) {
        input_buffer &buffer = buffers_[slot.program->inputs[i].buffer];
        uint64_t base = buffer.end;
        for (uint32_t s : buffer.slots) base = std::min(base, oldest_needed(slots_[s], buffer));
        if (!npim_window_buffer_release(&buffer.window, base)) continue;
        for (const waiter &w : buffer.waiters) agenda_.put(now_ps(), w.instance, w.port, SEND);
        buffer.waiters.clear();
    }
}

// The accumulators are double-buffered: an operation starts when the conversion of the one before last is
// over.
void tile::run_crossbars(uint32_t s, uint64_t image) {
    slot_state &slot = slots_[s];
    const npim_program_slot &p = *slot.program;
    const uint64_t start_ps = std::max({now_ps(), slot.free_ps, slot.converted_ps[0]});
    for (uint32_t stage = 0; stage < config_.plan->n_stages; stage++)
        npim_calendar_trim(&pools_[stage], now_ps());
    const npim_pe_timing timing =
        stages_ ? stages_->run(s, p.shape, start_ps, pools_)
                : npim_pe_plan_repeat(config_.plan, &times_[slot.times], start_ps, pools_);
    if (meter_) npim_meter_window(meter_, p.window_parts, start_ps, timing.done_ps);
    account_stall(slot, start_ps);
    slot.start_ps = start_ps;
    if (image <= images_ / 2) slot.warm_start_ps = start_ps;
    slot.free_ps = start_ps + p.interval_ps;
    slot.converted_ps[0] = slot.converted_ps[1];
    slot.converted_ps[1] = timing.converted_ps;
    put(timing.done_ps, s, DONE);
}

void tile::run_unit(uint32_t s) {
    slot_state &slot = slots_[s];
    const npim_program_slot &p = *slot.program;
    uint64_t done_ps = now_ps();
    account_stall(slot, now_ps());
    if (p.kind == NPIM_SLOT_POOL) {
        const uint64_t words = uint64_t{slot.window_px} * p.outputs;
        done_ps = use_unit(pooling_, config_.pooling, static_cast<double>(words), done_ps);
        slot.counts.pooling_words += words;
    } else if (p.kind == NPIM_SLOT_ADD) {
        done_ps = use_unit(lanes(), config_.adder, p.unit_words, done_ps);
        slot.counts.adder_words += static_cast<uint64_t>(p.unit_words);
    } else if (p.kind == NPIM_SLOT_UNIT) {
        done_ps = use_unit(activation_, config_.activation, p.unit_words, done_ps);
        slot.counts.activation_words += static_cast<uint64_t>(p.unit_words);
    }
    slot.free_ps = done_ps;
    put(done_ps, s, DONE);
}

// The time between the end of one operation and the start of the next, by what was missing last.
void tile::account_stall(slot_state &slot, uint64_t start_ps) const {
    if (slot.counts.windows == 0 || start_ps <= slot.free_ps) return;
    const uint64_t issued_ps = std::max(slot.issue_ps, slot.free_ps),
                   read_ps = std::max(now_ps(), slot.free_ps);
    slot.counts.stall_ps[slot.waits_for] += issued_ps - slot.free_ps;
    slot.counts.stall_ps[NPIM_STALL_MEMORY] += read_ps - issued_ps;
    slot.counts.stall_ps[NPIM_STALL_CONVERTER] += start_ps - read_ps;
}

} // namespace npim
