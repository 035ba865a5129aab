#include "tlm/tile.hpp"

#include "hw/units.h"
#include "hw/window.h"

#include <algorithm>

namespace npim {

// --- consumer: places, and what arrives

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

// --- windows in

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

} // namespace npim
