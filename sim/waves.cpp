#include "sim/waves.hpp"

#include "hw/neural_adc.h"
#include "hw/neural_sa.h"
#include "sim/design/design.h"

#include <algorithm>
#include <cstring>

namespace npim {

// Width in the file; 0: real.
static uint32_t bits_of(const wave_signal &signal) {
    switch (signal.kind) {
    case NPIM_KIND_DOUBLE:
        return 0;
    case NPIM_KIND_U32:
        return 32;
    case NPIM_KIND_U64:
        return 64;
    case NPIM_KIND_BOOL:
        return 1;
    case NPIM_KIND_ENUM:
        break;
    }
    uint32_t n = 0, bits = 2; // a vector: tables of names work on vectors only
    while (signal.names[n]) n++;
    while (1u << bits < n) bits++;
    return bits;
}

waves::waves(const npim_map *map, system &system, const char *scope)
    : map_(map), system_(system), wave_(scope) {
    vcd_.file = -1;
    declare_tiles();
    declare_links();
}

waves::~waves() {
    npim_error ignored{};
    if (wave_.is_open() && close(now_ps(), &ignored) != NPIM_OK) return;
}

// --- declarations
// --------------------------------------------------------------------------------------------

// The stages by the names of their blocks; a block that serves several stages gets numbers.
static std::vector<std::string> stage_names(const npim_arch *arch) {
    std::vector<std::string> names;
    for (uint32_t s = 0; s < arch->plan.n_stages; s++) {
        const std::string name = arch->blocks[arch->stage_block[s]].name;
        uint32_t before = 0;
        for (uint32_t i = 0; i < s; i++) before += arch->stage_block[i] == arch->stage_block[s];
        names.push_back(before > 0 ? name + "_" + std::to_string(before + 1) : name);
    }
    return names;
}

// The row chunks of the first output of a part: its first array and those below it in the same columns.
static value_lane lane_of(const npim_map *map, const npim_part &part) {
    const npim_placement &at = map->placements[part.node];
    value_lane lane;
    lane.node = part.node;
    if (part.array_from == part.array_to) return lane;
    if (at.groups_per_array > 0) {
        lane.block = part.array_from & 0xffff;
        lane.first_row = static_cast<uint32_t>(part.array_from * at.groups_per_array * at.rows);
        lane.rows = {static_cast<uint32_t>(at.rows)};
        return lane;
    }
    const uint32_t array_rows = map->arch->pe.array_rows, first = part.array_from % at.row_chunks;
    const uint32_t group = part.array_from / (at.row_chunks * at.column_blocks);
    lane.block = part.array_from / at.row_chunks & 0xffff;
    lane.first_row = static_cast<uint32_t>(group * at.rows + uint64_t{first} * array_rows);
    const uint32_t n = std::min(at.row_chunks - first, part.array_to - part.array_from);
    for (uint32_t c = first; c < first + n; c++)
        lane.rows.push_back(
            static_cast<uint32_t>(std::min<uint64_t>(array_rows, at.rows - uint64_t{c} * array_rows)));
    return lane;
}

static const npim_part *find_part(const npim_map *map, uint32_t tile, const npim_program_slot &slot) {
    for (uint32_t p = 0; p < map->n_parts; p++)
        if (map->parts[p].tile == tile && map->parts[p].node == slot.node &&
            map->parts[p].replica == slot.replica)
            return &map->parts[p];
    return nullptr;
}

void design_deleter::operator()(npim_design *design) const {
    npim_design_fini(design);
    std::free(design);
}

void waves::load_designs() {
    npim_error error{};
    const auto load = [&](const npim_block_ops &ops) {
        npim_design *design = nullptr;
        check(npim_arch_design_load(map_->arch, &ops, &design, &error), error, "wave");
        return design_pointer(design);
    };
    sa_ = load(npim_neural_sa_ops);
    adc_ = load(npim_neural_adc_ops);
}

void waves::declare_tiles() {
    tile_wave_config common;
    common.plan = &map_->arch->plan;
    common.stage_names = stage_names(map_->arch);
    common.values.input_bits = map_->arch->data.input_bits;
    common.values.cell = *static_cast<const npim_rram_config *>(npim_arch_block(map_->arch, "rram")->config);
    common.values.seed = map_->arch->run.seed;
    load_designs();
    if (sa_) common.values.sa = &sa_->converter.circuit;
    if (adc_) {
        common.values.adc = &adc_->converter;
        common.values.adc_full_scale_V = npim_design_full_scale_V(adc_.get());
    }
    for (uint32_t t = 0; t < system_.n_tiles(); t++) {
        tile_wave_config config = common;
        const npim_program_tile &program = system_.tile(t).program();
        if (program.n_slots == 0) continue;
        for (uint32_t s = 0; s < program.n_slots; s++) {
            const npim_program_slot &slot = program.slots[s];
            const npim_part *part = find_part(map_, t, slot);
            config.lanes.push_back(part ? lane_of(map_, *part) : value_lane{});
            config.slot_titles.push_back(std::string(map_->network->layers[slot.layer].name) + " replica " +
                                         std::to_string(slot.replica));
        }
        if (example_.empty()) example_ = system_.tile(t).name();
        auto one = std::make_unique<tile_wave>(wave_, system_.tile(t), config);
        if (one->seen()) tiles_[t] = std::move(one);
    }
}

void waves::declare_link(const std::string &name, const std::string &group, npim_calendar &calendar) {
    const uint32_t signal =
        wave_.add({name + ".busy", NPIM_KIND_BOOL, "", nullptr, "something crosses the link", group});
    if (signal != no_signal) links_.emplace_back(&calendar, signal);
}

void waves::declare_routers(chip &of) {
    static const char *const sides[] = {"west", "east", "north", "south"};
    for (uint32_t r = 0; r < of.n_routers(); r++) {
        router &at = of.router(r);
        const std::string name = at.name(), group = at.basename();
        for (uint32_t port = 0; port < NPIM_PORT_LOCAL; port++)
            declare_link(name + ".to_" + sides[port], group, at.link(port).calendar);
        for (uint32_t k = 0; k < map_->arch->chip.tiles_per_router; k++) {
            declare_link(name + ".to_tile_" + std::to_string(k), group,
                         at.link(NPIM_PORT_LOCAL + k).calendar);
            declare_link(name + ".from_tile_" + std::to_string(k), group, at.injection(k).calendar);
        }
    }
}

void waves::declare_links() {
    for (uint32_t c = 0; c < system_.n_chips(); c++) declare_routers(system_.chip(c));
    std::vector<chip_link *> links = {&system_.host_link()};
    for (uint32_t i = 0; i < system_.n_links(); i++) links.push_back(&system_.link(i));
    for (chip_link *one : links) {
        const std::string name = one->name();
        declare_link(name + ".away", "links between chips", one->core.calendar[0]);
        declare_link(name + ".back", "links between chips", one->core.calendar[1]);
    }
}

npim_status waves::check_scope(npim_error *error) const {
    if (!wave_.signals().empty()) return NPIM_OK;
    return npim_fail(error, NPIM_EUSAGE,
                     "--wave-scope %s: matches no signal; there are %s.slot_0.state, %s.edram.bank_0.busy, "
                     "%s.to_east.busy and more: a whole tile is '%s.**', --wave-list names all",
                     wave_.scope().c_str(), example_.c_str(), example_.c_str(),
                     system_.chip(0).router(0).name(), example_.c_str());
}

// --- values
// --------------------------------------------------------------------------------------------------

// The slots with values in scope, and what they show.
std::vector<std::pair<uint32_t, npim_lane_place>> waves::places(uint32_t tile) const {
    std::vector<std::pair<uint32_t, npim_lane_place>> found;
    const npim_program_tile &program = system_.tile(tile).program();
    for (uint32_t s = 0; s < program.n_slots; s++) {
        if (!tiles_.at(tile)->sees_values(s)) continue;
        const npim_lane_place place = npim_wave_values_place(map_, find_part(map_, tile, program.slots[s]));
        if (place.n_chunks > 0) found.emplace_back(s, place);
    }
    return found;
}

npim_status waves::give(npim_wave_values *values, npim_error *error) {
    npim_status status = NPIM_OK;
    for (const auto &tile : tiles_)
        for (const auto &[slot, place] : places(tile.first))
            if (status == NPIM_OK) status = npim_wave_values_want(values, place.layer, error);
    if (status == NPIM_OK) status = npim_wave_values_compute(values, error);
    for (const auto &tile : tiles_)
        for (const auto &[slot, place] : places(tile.first)) {
            npim_lane_source source{};
            if (status == NPIM_OK) status = npim_wave_values_lane(values, &place, &source, error);
            if (status == NPIM_OK) tile.second->give(slot, source);
        }
    return status;
}

// --- the file
// ------------------------------------------------------------------------------------------------

npim_status waves::open(const npim_wave_request &request, npim_error *error) {
    const std::vector<wave_signal> &list = wave_.signals();
    if (list.size() > request.max_signals)
        return npim_fail(
            error, NPIM_EUSAGE,
            "--wave-scope %s: %zu signals, --wave-max allows %u; a narrower scope, or a larger limit",
            wave_.scope().c_str(), list.size(), request.max_signals);
    std::vector<npim_vcd_signal> declared;
    for (const wave_signal &one : list) {
        bits_.push_back(bits_of(one));
        declared.push_back({one.name.c_str(), bits_.back()});
    }
    const npim_status status = npim_vcd_open(&vcd_, request.path, declared.data(), declared.size(), error);
    if (status != NPIM_OK) return status;
    path_ = request.path;
    from_ps_ = request.from_ps;
    to_ps_ = request.to_ps;
    wave_.open(this, from_ps_, to_ps_);
    return NPIM_OK;
}

void waves::attach_links() {
    for (const auto &[calendar, signal] : links_) spans_.emplace_back(wave_, signal, *calendar);
}

void waves::put(uint32_t signal, uint64_t value) {
    if (bits_[signal] > 0) {
        npim_vcd_number(&vcd_, signal, bits_[signal], value);
        return;
    }
    double real;
    std::memcpy(&real, &value, sizeof real);
    npim_vcd_real(&vcd_, signal, real);
}

void waves::begin(uint64_t time_ps, const std::vector<uint64_t> &values) {
    npim_vcd_time(&vcd_, time_ps);
    npim_vcd_begin_dump(&vcd_);
    for (uint32_t i = 0; i < values.size(); i++) put(i, values[i]);
    npim_vcd_end_dump(&vcd_);
}

void waves::change(uint64_t time_ps, uint32_t signal, uint64_t value) {
    npim_vcd_time(&vcd_, time_ps);
    put(signal, value);
}

void waves::end(uint64_t time_ps) {
    npim_vcd_time(&vcd_, time_ps);
    to_ps_ = time_ps;
}

std::vector<npim_gtkw_signal> waves::save_file_signals() const {
    std::vector<npim_gtkw_signal> list;
    for (size_t i = 0; i < bits_.size(); i++) {
        const wave_signal &one = wave_.signals()[i];
        if (!one.group.empty())
            list.push_back({one.name.c_str(), one.group.c_str(), one.kind, bits_[i], one.names});
    }
    return list;
}

npim_status waves::close(uint64_t end_ps, npim_error *error) {
    if (!vcd_.path) return NPIM_OK;
    if (!wave_.finish(end_ps)) {
        npim_vcd_discard(&vcd_);
        return npim_fail(error, NPIM_EUSAGE,
                         "--wave-window: begins at %.6f us, the run was over after %.6f us: no wave written",
                         static_cast<double>(from_ps_) * 1e-6, static_cast<double>(end_ps) * 1e-6);
    }
    npim_status status = npim_vcd_close(&vcd_, error);
    if (status != NPIM_OK) return status;
    const std::vector<npim_gtkw_signal> list = save_file_signals();
    status = npim_gtkw_write(path_.c_str(), list.data(), list.size(), from_ps_, to_ps_, error);
    if (status != NPIM_OK) std::remove(path_.c_str());
    return status;
}

} // namespace npim
