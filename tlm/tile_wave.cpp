#include "tlm/tile_wave.hpp"

#include <algorithm>
#include <cstring>

namespace npim {

const char *const slot_activity_names[] = {"idle",        "reading",      "computing",   "wait_input",
                                           "wait_output", "wait_network", "wait_memory", "wait_converter",
                                           "wait_psum",   nullptr};
static_assert(sizeof slot_activity_names / sizeof *slot_activity_names == SLOT_WAITS + NPIM_N_STALLS + 1);

static const char shared_note[] = " (all slots of the tile)";

tile_wave::tile_wave(wave &shown, npim::tile &tile, const tile_wave_config &config)
    : wave_(shown), tile_(tile), config_(config), prefix_(tile.name()),
      short_name_(prefix_.substr(prefix_.rfind('.') + 1)), slots_(tile.slots_.size()),
      buffers_(tile.buffers_.size()), stage_queues_(config.plan->n_stages, no_signal) {
    for (uint32_t s = 0; s < slots_.size(); s++) add_slot(s);
    add_shared();
    add_memory();
    add_units();
    add_buffers();
}

// --- the list of signals
// ---------------------------------------------------------------------------------------

uint32_t tile_wave::add(const std::string &name, npim_kind kind, const char *unit, const std::string &doc,
                        const std::string &group, const char *const *names) {
    const uint32_t signal = wave_.add({prefix_ + "." + name, kind, unit, names, doc, group});
    seen_ = seen_ || signal != no_signal;
    return signal;
}

void tile_wave::add_slot(uint32_t s) {
    const std::string name = "slot_" + std::to_string(s);
    const std::string group = short_name_ + " " + name + " " + config_.slot_titles[s];
    slot_signals &slot = slots_[s];
    slot.state = add(name + ".state", NPIM_KIND_ENUM, "", "what the slot does, or waits for", group,
                     slot_activity_names);
    slot.image = add(name + ".image", NPIM_KIND_U32, "", "image of the window being computed", group);
    slot.row = add(name + ".row", NPIM_KIND_U32, "", "its output row", group);
    slot.column = add(name + ".column", NPIM_KIND_U32, "", "its output column", group);
    slot.in_flight =
        add(name + ".in_flight", NPIM_KIND_U32, "", "windows whose outputs have not left", group);
    if (tile_.program_.slots[s].kind == NPIM_SLOT_CROSSBAR) add_stages(s);
}

// The input of a stage that has an output is the output of the one before; a converter's is worth a look.
static bool repeats(const npim_stage &stage, const npim_probe &probe) {
    if (!probe.input || stage.converts) return false;
    for (size_t p = 0; p < stage.ops->n_probes; p++)
        if (!stage.ops->probes[p].input && stage.ops->probes[p].kind != NPIM_KIND_U64) return true;
    return false;
}

void tile_wave::add_stages(uint32_t s) {
    const std::string slot = "slot_" + std::to_string(s);
    const std::string group = short_name_ + " " + slot + " " + config_.slot_titles[s];
    slots_[s].probes.resize(config_.plan->n_stages);
    for (uint32_t i = 0; i < config_.plan->n_stages; i++) {
        const npim_stage &stage = config_.plan->stages[i];
        const std::string name = slot + "." + config_.stage_names[i];
        const bool valued = stage_values::has_values(*stage.ops) && !config_.lanes[s].rows.empty();
        if (!pe::shared(stage))
            add_module(name, valued && stage.pace == NPIM_PACE_OWN ? group : "", stage.ops->doc,
                       s * config_.plan->n_stages + i, false);
        for (size_t p = 0; valued && p < stage.ops->n_probes; p++) {
            const npim_probe &probe = stage.ops->probes[p]; // totals are those of the lane: not shown
            slots_[s].probes[i].push_back(probe.kind == NPIM_KIND_U64
                                              ? no_signal
                                              : add(name + "." + probe.name, probe.kind, probe.unit,
                                                    std::string(probe.doc) + " (output 0 of the first array)",
                                                    repeats(stage, probe) ? "" : group, probe.names));
        }
    }
}

// busy, n_done and energy_pJ of a module, in the order of block::work_signals().
void tile_wave::add_module(const std::string &prefix, const std::string &group, const std::string &what,
                           uint32_t key, bool in_calendar) {
    std::vector<uint32_t> &list = module_signals_[key];
    list.push_back(in_calendar ? no_signal
                               : add(prefix + ".busy", NPIM_KIND_BOOL, "", what + ": units at work", group));
    list.push_back(no_signal); // txn_id: n_done says as much
    list.push_back(add(prefix + ".n_done", NPIM_KIND_U64, "", what + ": pieces of work done", ""));
    list.push_back(add(prefix + ".energy_pJ", NPIM_KIND_DOUBLE, "pJ", what + ": energy so far", ""));
}

// Stages whose units the tile shares: busy whoever uses them.
void tile_wave::add_shared() {
    const std::string group = short_name_ + " shared units";
    for (uint32_t i = 0; i < config_.plan->n_stages; i++) {
        const npim_stage &stage = config_.plan->stages[i];
        if (!pe::shared(stage)) continue;
        const std::string &name = config_.stage_names[i];
        add_calendar(name, tile_.pools_[i], std::string(stage.ops->doc) + ": units at work" + shared_note);
        stage_queues_[i] = add(name + ".queue", NPIM_KIND_U32, "",
                               "operations whose results wait for them" + std::string(shared_note), group);
        add_module(name, "", std::string(stage.ops->doc) + shared_note, i, true);
    }
}

void tile_wave::add_calendar(const std::string &name, npim_calendar &calendar, const std::string &doc) {
    const std::string group = short_name_ + " shared units";
    calendars_.emplace_back(&calendar, add(name + ".busy", NPIM_KIND_BOOL, "", doc, group));
}

void tile_wave::add_memory() {
    for (uint32_t b = 0; b < tile_.config_.edram.banks; b++)
        add_calendar("edram.bank_" + std::to_string(b), tile_.memory.core.bank[b], "the bank moves words");
    add_probes("edram", npim_edram_ops, &tile_.memory.core);
    add_calendar("bus", tile_.bus_.calendar, "the bus moves words");
    add_probes("bus", npim_bus_ops, &tile_.bus_);
}

void tile_wave::add_probes(const std::string &prefix, const npim_block_ops &ops, const void *core) {
    for (size_t i = 0; i < ops.n_probes; i++) {
        const npim_probe &probe = ops.probes[i];
        const std::string doc = std::string(probe.doc) + ", what is booked ahead included";
        samples_.push_back({add(prefix + "." + probe.name, probe.kind, probe.unit, doc, "", probe.names),
                            probe.kind, static_cast<const char *>(core) + probe.offset});
    }
}

void tile_wave::add_units() {
    add_calendar("activation", tile_.activation_, "activation units at work");
    add_calendar("pooling", tile_.pooling_, "pooling unit at work");
    if (tile_.config_.adder_stage >= NPIM_MAX_STAGES)
        add_calendar("adder", tile_.adder_, "adder lanes at work");
    queue_ = add("network_interface.queue", NPIM_KIND_U32, "", "messages that wait to enter the network",
                 short_name_ + " shared units");
}

void tile_wave::add_buffers() {
    const std::string group = short_name_ + " input buffers";
    for (uint32_t b = 0; b < buffers_.size(); b++) {
        const std::string name = "buffer_" + std::to_string(b);
        buffers_[b] = {add(name + ".held", NPIM_KIND_U32, "px",
                           "pixels that have arrived or were promised a place", group),
                       add(name + ".capacity", NPIM_KIND_U32, "px", "pixels that fit", group),
                       add(name + ".waiting", NPIM_KIND_U32, "", "producers that wait for a place", group)};
    }
}

// --- what happens
// ----------------------------------------------------------------------------------------------

bool tile_wave::sees_values(uint32_t s) const {
    for (const auto &stage : slots_[s].probes)
        for (uint32_t signal : stage)
            if (signal != no_signal) return true;
    return false;
}

void tile_wave::give(uint32_t s, const npim_lane_source &source) {
    slots_[s].values = std::make_unique<given_values>(config_.plan, source);
}

void tile_wave::attach(pe &modules) {
    for (const auto &[calendar, signal] : calendars_)
        if (signal != no_signal) spans_.emplace_back(wave_, signal, *calendar);
    for (const auto &[key, list] : module_signals_) {
        block &module = modules.module(key / config_.plan->n_stages, key % config_.plan->n_stages);
        const std::vector<signal> variables = module.work_signals();
        for (size_t i = 0; i < list.size(); i++)
            if (list[i] != no_signal)
                modules_[&module].push_back({list[i], variables[i].kind, variables[i].address});
        module.observe(this);
    }
    for (uint32_t s = 0; s < slots_.size(); s++)
        if (!slots_[s].values && !config_.lanes[s].rows.empty())
            slots_[s].values = std::make_unique<drawn_values>(config_.plan, config_.values, config_.lanes[s]);
    modules.observe(this);
    tile_.observe(this);
    acted();
}

static uint64_t raw_value(npim_kind kind, const void *address) {
    uint64_t bits = 0;
    switch (kind) {
    case NPIM_KIND_DOUBLE:
    case NPIM_KIND_U64:
        std::memcpy(&bits, address, sizeof bits);
        break;
    case NPIM_KIND_BOOL:
        bits = *static_cast<const bool *>(address);
        break;
    case NPIM_KIND_U32:
    case NPIM_KIND_ENUM:
        bits = *static_cast<const uint32_t *>(address);
        break;
    }
    return bits;
}

void tile_wave::show(const sample &one) {
    if (one.signal != no_signal) wave_.set(one.signal, raw_value(one.kind, one.address));
}

void tile_wave::acted() {
    for (const sample &one : samples_) show(one);
    for (uint32_t s = 0; s < slots_.size(); s++) show_slot(s);
    for (uint32_t b = 0; b < buffers_.size(); b++) show_buffer(b);
    wave_.set(queue_, tile_.queue_.size());
}

void tile_wave::worked(const block &module) {
    const auto found = modules_.find(&module);
    if (found == modules_.end()) return;
    for (const sample &one : found->second) show(one);
}

void tile_wave::show_buffer(uint32_t b) {
    const tile::input_buffer &buffer = tile_.buffers_[b];
    const npim_window_buffer &w = buffer.window;
    wave_.set(buffers_[b].held, buffer.arrived > w.base ? buffer.arrived - w.base : 0);
    wave_.set(buffers_[b].capacity, w.capacity);
    wave_.set(buffers_[b].waiting, buffer.waiters.size());
}

// The state now, and what it becomes if nothing else happens: an operation may begin later than it is known.
void tile_wave::show_slot(uint32_t s) {
    const tile::slot_state &slot = tile_.slots_[s];
    slot_signals &mine = slots_[s];
    const uint64_t now = now_ps();
    if (slot.counts.windows != mine.windows && slot.computing.n > 0) {
        mine.windows = slot.counts.windows;
        mine.previous_free_ps = mine.free_ps;
        mine.start_ps = slot.program->kind == NPIM_SLOT_CROSSBAR ? slot.start_ps : now;
        mine.free_ps = slot.free_ps;
        window at = slot.computing.first; // the last one that waits there
        for (uint32_t i = 1; i < slot.computing.n; i++) tile::advance(*slot.program, at);
        wave_.set_at(mine.start_ps, mine.image, at.image);
        wave_.set_at(mine.start_ps, mine.row, at.y);
        wave_.set_at(mine.start_ps, mine.column, at.x);
    }
    wave_.set(mine.in_flight, slot.in_flight);
    const uint32_t waits = SLOT_WAITS + slot.waits_for, for_units = SLOT_WAITS + NPIM_STALL_CONVERTER;
    const uint32_t rest = slot.reading ? SLOT_READING : slot.finished ? SLOT_IDLE : waits;
    const bool works = now < mine.previous_free_ps || (mine.start_ps <= now && now < mine.free_ps);
    wave_.set(mine.state, works ? SLOT_COMPUTING : now < mine.start_ps ? for_units : rest);
    if (now < mine.previous_free_ps) wave_.expect_at(mine.previous_free_ps, mine.state, for_units);
    if (now < mine.start_ps) wave_.expect_at(mine.start_ps, mine.state, SLOT_COMPUTING);
    if (now < mine.free_ps) wave_.expect_at(mine.free_ps, mine.state, rest);
}

// Who waits for a shared stage, from the end of the stage before on.
void tile_wave::planned(uint32_t, uint64_t, const npim_pe_timing &timing, const npim_stage_record *records,
                        uint32_t n_records) {
    uint64_t ready_ps = timing.cycles_ps;
    uint32_t cycle = UINT32_MAX;
    for (uint32_t i = 0; i < n_records; i++) {
        const npim_stage_record &record = records[i];
        const npim_stage &stage = config_.plan->stages[record.stage];
        if (stage.fires == NPIM_FIRES_LOAD) continue;
        if (stage.fires == NPIM_FIRES_CYCLE && record.cycle != cycle) {
            cycle = record.cycle;
            ready_ps = timing.start_ps + (cycle + 1) * config_.plan->cycle_ps;
        }
        if (stage.pace == NPIM_PACE_IN_CYCLE) continue;
        wave_.span(stage_queues_[record.stage], ready_ps, record.start_ps);
        ready_ps = record.start_ps + record.duration_ps;
    }
}

// The window of a slot's n-th operation: its number is the same for whichever slot computes it.
value_window tile_wave::window_of(uint32_t s, uint64_t operation) const {
    const npim_program_slot &p = tile_.program_.slots[s];
    const uint64_t columns = p.x_to - p.x_from;
    const uint64_t rows = (p.out_h - p.row + p.row_step - 1) / p.row_step;
    const uint64_t image = p.image + operation / (rows * columns) * std::max(p.image_step, 1u);
    const uint64_t y = p.row + operation / columns % rows * p.row_step;
    const uint64_t x = p.x_from + operation % columns;
    return {(image * p.out_h + y) << 20 | x, static_cast<uint32_t>(image), static_cast<uint32_t>(y),
            static_cast<uint32_t>(x)};
}

void tile_wave::fired(uint32_t s, uint64_t operation, const npim_stage_record &record) {
    slot_signals &slot = slots_[s];
    if (!slot.values) return;
    const void *core = slot.values->fire(operation, window_of(s, operation), record);
    const npim_block_ops &ops = *config_.plan->stages[record.stage].ops;
    for (size_t p = 0; core && p < slot.probes[record.stage].size(); p++) {
        const npim_probe &probe = ops.probes[p];
        const uint64_t value = raw_value(probe.kind, static_cast<const char *>(core) + probe.offset);
        const uint64_t at_ps = record.start_ps + (probe.input ? 0 : record.duration_ps);
        wave_.set_at(at_ps, slot.probes[record.stage][p], value);
    }
}

} // namespace npim
