#include "sim/replay.h"

#include "sim/lower.h"
#include "sim/measure.hpp"
#include "sim/power.h"
#include "sim/waves.hpp"
#include "tlm/pe.hpp"
#include "tlm/system.hpp"

#include <fnmatch.h>

namespace {

// The program of a mapping, for as long as the system runs it.
struct program_holder {
    npim_program program{};
    double *window_prices = nullptr;
    ~program_holder() {
        npim_program_fini(&program);
        std::free(window_prices);
    }
};

template <class Config> Config config_of(const npim_arch *arch, const char *name) {
    return *static_cast<const Config *>(npim_arch_block(arch, name)->config);
}

npim::digital_unit unit_of(const npim_arch *arch, const char *name, npim_event event) {
    const npim_block_instance *block = npim_arch_block(arch, name);
    return {block->ops, block->core, block->placement.units, event};
}

npim::chip_config chip_config_of(const npim_arch *arch) {
    npim::chip_config config;
    config.tile.plan = &arch->plan;
    config.tile.edram = config_of<npim_edram_config>(arch, "edram");
    config.tile.bus = config_of<npim_bus_config>(arch, "bus");
    config.tile.activation = unit_of(arch, "activation", NPIM_EVENT_ACTIVATION);
    config.tile.pooling = unit_of(arch, "pooling", NPIM_EVENT_POOLING);
    config.tile.adder = unit_of(arch, "adder", NPIM_EVENT_ADDER);
    for (uint32_t s = 0; s < arch->plan.n_stages; s++)
        if (&arch->blocks[arch->stage_block[s]] == npim_arch_block(arch, "adder"))
            config.tile.adder_stage = s;
    config.router = config_of<npim_router_config>(arch, "router");
    config.link = config_of<npim_link_config>(arch, "link");
    config.chip_link = config_of<npim_chip_link_config>(arch, "chip_link");
    config.tiles_per_router = arch->chip.tiles_per_router;
    return config;
}

// Modules of every stage for the tiles that the user wants to look into.
std::vector<std::unique_ptr<npim::pe>> attach_stages(npim::system &system, const npim_arch *arch,
                                                     const char *glob, npim::waves *waves) {
    std::vector<std::unique_ptr<npim::pe>> runners;
    for (uint32_t t = 0; (glob || waves) && t < system.n_tiles(); t++) {
        npim::tile &tile = system.tile(t);
        const bool seen = waves && waves->sees(t);
        if (!seen && (!glob || fnmatch(glob, tile.name(), 0) != 0)) continue;
        runners.push_back(std::make_unique<npim::pe>((std::string("stages_") + std::to_string(t)).c_str(),
                                                     &arch->plan, tile.program().n_slots));
        tile.attach(runners.back().get());
        if (seen) waves->attach(t, *runners.back());
    }
    return runners;
}

bool any_tile(npim::system &system, const char *glob) {
    for (uint32_t t = 0; t < system.n_tiles(); t++)
        if (fnmatch(glob, system.tile(t).name(), 0) == 0) return true;
    return false;
}

// The wave that was asked for, with its file; empty when none was.
npim_status open_waves(std::unique_ptr<npim::waves> *waves, const npim_map *map, npim::system &system,
                       const npim_replay_options *options, npim_error *error) {
    const npim_wave_request *request = options->wave;
    if (!request || !request->path) return NPIM_OK;
    *waves = std::make_unique<npim::waves>(map, system, request->scope);
    npim_status status = (*waves)->check_scope(error);
    if (status == NPIM_OK && options->values) status = (*waves)->give(options->values, error);
    if (status == NPIM_OK) status = (*waves)->open(*request, error);
    if (status == NPIM_OK) (*waves)->attach_links();
    return status;
}

// Puts the meter everywhere and prices the windows that it counts.
npim_status attach_meter(npim_meter *meter, npim::system &system, program_holder &holder, const npim_map *map,
                         uint64_t step_ps, npim_error *error) {
    npim_status status = npim_power_check_step(map, step_ps, error);
    if (status != NPIM_OK) return status;
    holder.window_prices = npim_power_price_windows(&holder.program, map->arch);
    if (!holder.window_prices) return npim_fail(error, NPIM_ENOMEM, "no memory for the energy of windows");
    npim_meter_init(meter, step_ps, NPIM_N_GROUPS, NPIM_POWER_MAX_ROWS);
    system.attach_meter(meter);
    return NPIM_OK;
}

npim_status finish_meter(npim_meter *meter, uint64_t end_ps, npim_error *error) {
    const npim_status status = meter->step_ps > 0 ? npim_meter_finish(meter, end_ps) : NPIM_OK;
    if (status == NPIM_EUSAGE) return npim_power_refuse_step(meter->step_ps, meter->end_ps, error);
    return status == NPIM_OK ? status : npim_fail(error, status, "no memory for power over time");
}

// Runs in slices of simulated time, between which the user hears of the progress and may stop.
void run(npim::sequencer &agenda, npim::system &system, uint32_t images, const npim_replay_options *options,
         const npim::waves *waves, const npim_meter &meter) {
    const sc_core::sc_time slice(2.0, sc_core::SC_US); // large systems do much in a microsecond
    sc_core::sc_start(sc_core::SC_ZERO_TIME);
    while (!agenda.idle() && !npim_stop_wanted(options->stop) && !(waves && waves->failed()) &&
           meter.status == NPIM_OK) {
        sc_core::sc_start(slice);
        if (options->progress)
            options->progress(options->context, system.host().share_sent(images), npim::now_ps(),
                              agenda.n_entries());
    }
}

// When the host had the last image, or now if it has not.
uint64_t end_of_run_ps(npim::system &system, uint32_t images) {
    const bool complete = system.host().n_complete() == images;
    return complete ? system.host().completed_ps(images - 1) : npim::now_ps();
}

npim_status simulate(npim_measurement *measurement, const npim_map *map, const npim_replay_options *options,
                     npim_error *error) {
    program_holder holder;
    npim_status status = npim_lower(&holder.program, map, error);
    if (status != NPIM_OK) return status;
    npim::sequencer agenda("sequencer");
    npim::system system(chip_config_of(map->arch), holder.program, agenda);
    if (options->stages && !any_tile(system, options->stages))
        return npim_fail(error, NPIM_EUSAGE, "--stages %s: matches no tile (chip_0.tile_000 .. %s)",
                         options->stages, system.tile(system.n_tiles() - 1).name());
    npim_meter &meter = measurement->meter;
    if (options->power_step_ps > 0)
        status = attach_meter(&meter, system, holder, map, options->power_step_ps, error);
    if (status != NPIM_OK) return status;
    std::unique_ptr<npim::waves> waves;
    status = open_waves(&waves, map, system, options, error);
    if (status != NPIM_OK) return status;
    const auto runners = attach_stages(system, map->arch, options->stages, waves.get());
    run(agenda, system, holder.program.images, options, waves.get(), meter);
    if (waves) status = waves->close(end_of_run_ps(system, holder.program.images), error);
    if (npim_stop_wanted(options->stop)) return npim_stop_check(options->stop, error);
    if (status == NPIM_OK && meter.status != NPIM_OK) status = finish_meter(&meter, 0, error);
    if (status != NPIM_OK) return status;
    const std::string left = system.outstanding();
    if (!left.empty())
        return npim_fail(error, NPIM_EINVARIANT, "windows are left at the end: %s", left.c_str());
    for (const auto &runner : runners) runner->check_agreement();
    status = npim::measure(measurement, map, holder.program, system, agenda.n_entries(), error);
    return status == NPIM_OK ? finish_meter(&meter, measurement->end_ps, error) : status;
}

const char *kind_name(npim_kind kind) {
    switch (kind) {
    case NPIM_KIND_DOUBLE:
        return "real";
    case NPIM_KIND_BOOL:
        return "bool";
    case NPIM_KIND_ENUM:
        return "enum";
    case NPIM_KIND_U32:
    case NPIM_KIND_U64:
        break;
    }
    return "number";
}

npim_status name_signals(const npim_map *map, const char *scope,
                         void (*each)(void *, const npim_wave_entry *), void *context, npim_error *error) {
    program_holder holder;
    npim_status status = npim_lower(&holder.program, map, error);
    if (status != NPIM_OK) return status;
    npim::sequencer agenda("sequencer");
    npim::system system(chip_config_of(map->arch), holder.program, agenda);
    const npim::waves waves(map, system, scope);
    status = waves.check_scope(error);
    for (const npim::wave_signal &one : waves.signals()) {
        const npim_wave_entry entry = {one.name.c_str(), kind_name(one.kind), one.unit, one.doc.c_str()};
        each(context, &entry);
    }
    return status;
}

// Runs a function whose errors may come as reports.
template <class Function> npim_status guarded(const Function &function, npim_error *error) {
    try {
        return function();
    } catch (const sc_core::sc_report &report) {
        return npim_fail(error, npim::status_of(report), "%s", report.get_msg());
    } catch (const std::bad_alloc &) {
        return npim_fail(error, NPIM_ENOMEM, "out of memory");
    }
}

} // namespace

npim_status npim_replay(npim_measurement *measurement, const npim_map *map,
                        const npim_replay_options *options, npim_error *error) {
    *measurement = npim_measurement{};
    const npim_status status = guarded([&] { return simulate(measurement, map, options, error); }, error);
    if (status != NPIM_OK) npim_measurement_fini(measurement);
    return status;
}

npim_status npim_replay_signals(const npim_map *map, const char *scope,
                                void (*each)(void *context, const npim_wave_entry *entry), void *context,
                                npim_error *error) {
    return guarded([&] { return name_signals(map, scope, each, context, error); }, error);
}
