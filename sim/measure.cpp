#include "sim/measure.hpp"

#include "hw/units.h"

#include <algorithm>
#include <cstdio>
#include <cstdlib>

namespace npim {

static const char *const port_names[] = {"west", "east", "north", "south"};

static void add(npim_layer_counts &to, const slot_counts &from) {
    to.windows += from.windows;
    to.edram_B += from.edram_B;
    to.bus_B += from.bus_B;
    to.flit_hops += from.flit_hops;
    to.link_B += from.link_B;
    to.host_B += from.host_B;
    to.activation_words += from.activation_words;
    to.pooling_words += from.pooling_words;
    to.adder_words += from.adder_words;
    to.first_ps = std::min(to.first_ps, from.first_ps);
    to.last_ps = std::max(to.last_ps, from.last_ps);
    to.image_ps = std::max(to.image_ps, from.image_ps);
    if (from.last_ps > from.first_ps) to.active_ps += from.last_ps - from.first_ps;
    for (uint32_t i = 0; i < NPIM_N_STALLS; i++) to.stall_ps[i] += from.stall_ps[i];
}

static void collect_tile(npim_measurement &m, const npim_map *map, const tile &from) {
    for (uint32_t s = 0; s < from.program().n_slots; s++) {
        const npim_program_slot &slot = from.program().slots[s];
        npim_layer_counts &layer = m.layers[slot.layer];
        add(layer, from.counts(s));
        if (slot.kind != NPIM_SLOT_CROSSBAR) continue;
        const uint64_t windows = from.counts(s).windows;
        layer.ad_conversions +=
            static_cast<double>(windows) * npim_pe_plan_conversions(&map->arch->plan, &slot.shape);
        layer.busy_ps += windows * slot.interval_ps * slot.arrays;
    }
    m.edram_B += from.memory.core.n_read_B + from.memory.core.n_written_B;
    m.bus_B += from.bus().n_B;
}

static void collect_host(npim_measurement &m, const npim_map *map, const npim_program &program, host &from) {
    for (uint32_t i = 0; i < program.n_hosts; i++) {
        npim_layer_counts &layer = m.layers[program.hosts[i].layer];
        layer.host_B += from.sent(i).sent_B;
        layer.flit_hops += from.sent(i).flit_hops;
        layer.link_B += from.sent(i).link_B;
        layer.edram_B += from.sent(i).edram_B;
        layer.first_ps = 0;
    }
    for (uint32_t i = 0; i < map->arch->run.images; i++) {
        m.completed_ps[i] = from.completed_ps(i);
        m.started_ps[i] = from.started_ps(i);
    }
}

static npim_link_result &add_link(npim_measurement &m, const std::string &name, uint64_t busy_ps,
                                  uint64_t wait_ps) {
    npim_link_result &link = m.links[m.n_links++];
    std::snprintf(link.name, sizeof link.name, "%s", name.c_str());
    link.busy_ns = static_cast<double>(busy_ps) * 1e-3;
    link.wait_ns = static_cast<double>(wait_ps) * 1e-3;
    return link;
}

static void add_link(npim_measurement &m, const std::string &name, const npim_link &from) {
    add_link(m, name, from.calendar.booked_ps, from.wait_ps).flits = from.n_flits;
}

// A link between chips or to the host: one entry for each direction, "from-to".
static void add_chip_link(npim_measurement &m, const chip_link &from) {
    const std::string names[2] = {from.near_end() + "-" + from.far_end(),
                                  from.far_end() + "-" + from.near_end()};
    for (uint32_t d = 0; d < 2; d++)
        add_link(m, names[d], from.core.calendar[d].booked_ps, from.core.wait_ps[d]).bytes = from.core.n_B[d];
}

static void collect_routers(npim_measurement &m, const chip &chip) {
    for (uint32_t r = 0; r < chip.n_routers(); r++) {
        const router &router = chip.router(r);
        const std::string name(router.name());
        m.flit_hops += router.core.n_flits;
        for (uint32_t p = 0; p < NPIM_PORT_LOCAL + chip.place().tiles_per_router; p++) {
            const std::string port =
                p < NPIM_PORT_LOCAL ? port_names[p] : "local" + std::to_string(p - NPIM_PORT_LOCAL);
            add_link(m, name + "." + port, router.link(p));
        }
        for (uint32_t p = 0; p < chip.place().tiles_per_router; p++)
            add_link(m, name + ".inject" + std::to_string(p), router.injection(p));
    }
}

static void collect_links(npim_measurement &m, npim::system &system) {
    add_chip_link(m, system.host_link());
    for (uint32_t i = 0; i < system.n_links(); i++) add_chip_link(m, system.link(i));
    for (uint32_t c = 0; c < system.n_chips(); c++) collect_routers(m, system.chip(c));
    m.link_B = 0;
    for (uint32_t i = 0; i < 2 + 2 * system.n_links(); i++) m.link_B += m.links[i].bytes;
}

// The busiest resource of a kind says how many images a second it would allow.
static void limit(npim_measurement &m, npim_limit_kind kind, const std::string &name, double busy_ps,
                  uint32_t images) {
    npim_limit &known = m.limits[kind];
    const double images_per_s = busy_ps > 0 ? 1e12 * images / busy_ps : 0;
    if (images_per_s <= 0 || (known.images_per_s > 0 && known.images_per_s <= images_per_s)) return;
    known.images_per_s = images_per_s;
    std::snprintf(known.name, sizeof known.name, "%s", name.c_str());
}

static void limit(npim_measurement &m, npim_limit_kind kind, const std::string &name,
                  const npim_calendar &calendar, uint32_t images) {
    limit(m, kind, name, static_cast<double>(calendar.booked_ps), images);
}

static void find_limits(npim_measurement &m, const npim_map *map, npim::system &system) {
    const uint32_t images = map->arch->run.images;
    for (uint32_t i = 0; i < m.n_links; i++)
        limit(m, i < 2 ? NPIM_LIMIT_HOST : NPIM_LIMIT_LINK, m.links[i].name, m.links[i].busy_ns * 1e3,
              images);
    for (uint32_t t = 0; t < system.n_tiles(); t++) {
        const tile &tile = system.tile(t);
        const std::string name = tile.name();
        for (uint32_t b = 0; b < tile.memory.core.config.banks; b++)
            limit(m, NPIM_LIMIT_MEMORY, name + ".edram bank " + std::to_string(b), tile.memory.core.bank[b],
                  images);
        limit(m, NPIM_LIMIT_MEMORY, name + ".bus", tile.bus().calendar, images);
        for (uint32_t s = 0; s < map->arch->plan.n_stages; s++)
            limit(m, NPIM_LIMIT_UNIT, name + "." + map->arch->stages[s].block, tile.pool(s), images);
        limit(m, NPIM_LIMIT_UNIT, name + ".activation", tile.unit_calendar(NPIM_SLOT_UNIT), images);
        limit(m, NPIM_LIMIT_UNIT, name + ".pooling", tile.unit_calendar(NPIM_SLOT_POOL), images);
        limit(m, NPIM_LIMIT_UNIT, name + ".adder", tile.unit_calendar(NPIM_SLOT_ADD), images);
    }
}

static uint64_t windows_per_image(const npim_program_slot &slot) {
    return npim_ceil_div(slot.out_h - slot.row, slot.row_step) * (slot.x_to - slot.x_from);
}

// Images of a part behind image `warm`: of its own, where replicas make whole images.
static uint64_t images_behind(const npim_program_slot &slot, uint64_t images, uint64_t warm) {
    const uint64_t step = std::max(slot.image_step, 1u);
    uint64_t n = 0;
    for (uint64_t image = slot.image; image < images; image += step) n += image > warm;
    return n;
}

// No part can run faster than its interval, from the image after which throughput is measured to the last
// one. Remembers when the busiest part began that span.
static npim_status check_intervals(npim_measurement &m, const npim_map *map, const npim::system &system,
                                   npim_error *error) {
    const uint64_t warm = map->arch->run.images / 2;
    double longest_ps = 0;
    for (uint32_t t = 0; t < system.n_tiles(); t++) {
        const tile &tile = system.tile(t);
        for (uint32_t s = 0; s < tile.program().n_slots; s++) {
            const npim_program_slot &slot = tile.program().slots[s];
            if (slot.kind != NPIM_SLOT_CROSSBAR) continue;
            const uint64_t image_ps = windows_per_image(slot) * slot.interval_ps;
            const uint64_t images = images_behind(slot, map->arch->run.images, warm);
            // From the last window up to image `warm`, or from the first one where there is none.
            uint64_t took_ps = tile.last_start_ps(s) - tile.warm_start_ps(s);
            if (slot.image > warm) took_ps += slot.interval_ps;
            if (took_ps < images * image_ps)
                return npim_fail(error, NPIM_EINVARIANT,
                                 "%s slot %u: %llu images in %llu ps, at least %llu ps each", tile.name(), s,
                                 (unsigned long long)images, (unsigned long long)took_ps,
                                 (unsigned long long)image_ps);
            const bool recurrent = map->placements[slot.node].loop_ps > 0;
            const double pace_ps =
                recurrent ? npim_map_pace_ps(map, slot.node) : static_cast<double>(image_ps);
            if (pace_ps <= longest_ps) continue;
            longest_ps = pace_ps;
            m.warm_start_ps = tile.warm_start_ps(s);
            m.last_start_ps = tile.last_start_ps(s);
        }
    }
    return NPIM_OK;
}

static size_t n_links(const npim::system &system) {
    size_t n = 2 + 2 * size_t{system.n_links()};
    for (uint32_t c = 0; c < system.n_chips(); c++)
        n += system.chip(c).n_routers() * (NPIM_PORT_LOCAL + 2 * system.chip(c).place().tiles_per_router);
    return n;
}

static bool allocate(npim_measurement &m, const npim_map *map, const npim::system &system) {
    m.layers = static_cast<npim_layer_counts *>(std::calloc(map->network->n_layers, sizeof *m.layers));
    m.completed_ps = static_cast<uint64_t *>(std::calloc(map->arch->run.images, sizeof *m.completed_ps));
    m.links = static_cast<npim_link_result *>(std::calloc(n_links(system), sizeof *m.links));
    m.started_ps = static_cast<uint64_t *>(std::calloc(map->arch->run.images, sizeof *m.started_ps));
    return m.layers && m.completed_ps && m.started_ps && m.links;
}

npim_status measure(npim_measurement *measurement, const npim_map *map, const npim_program &program,
                    npim::system &system, uint64_t events, npim_error *error) {
    npim_measurement &m = *measurement;
    if (!allocate(m, map, system)) return npim_fail(error, NPIM_ENOMEM, "no memory for the results");
    for (uint32_t l = 0; l < map->network->n_layers; l++) m.layers[l].first_ps = UINT64_MAX;
    for (uint32_t t = 0; t < system.n_tiles(); t++) collect_tile(m, map, system.tile(t));
    collect_host(m, map, program, system.host());
    collect_links(m, system);
    find_limits(m, map, system);
    m.events = events;
    m.end_ps = m.completed_ps[map->arch->run.images - 1];
    return check_intervals(m, map, system, error);
}

} // namespace npim
