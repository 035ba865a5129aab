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

// --- sockets

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

// --- operations

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
