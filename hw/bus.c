#include "hw/bus.h"

#include "hw/units.h"

#include <math.h>
#include <string.h>

npim_status npim_bus_init(npim_bus *bus, const npim_bus_config *config, npim_error *error) {
    npim_status status = npim_block_begin(&npim_bus_ops, bus, config, error);
    if (status != NPIM_OK) return status;
    if (config->width_bits % 8 != 0) {
        memset(bus, 0, sizeof *bus);
        return npim_fail(error, NPIM_ECONFIG, "bus.width_bits = %u: not a multiple of 8", config->width_bits);
    }
    return NPIM_OK;
}

void npim_bus_fini(npim_bus *bus) {
    memset(bus, 0, sizeof *bus);
}

void npim_bus_reset(npim_bus *bus) {
    npim_calendar_reset(&bus->calendar);
    bus->n_B = 0;
    bus->wait_ps = 0;
}

uint64_t npim_bus_transfer(npim_bus *bus, uint64_t bytes, uint64_t earliest_ps) {
    if (bytes == 0) return earliest_ps;
    uint64_t duration_ps = npim_ceil_div(bytes, bus->config.width_bits / 8) * NPIM_CLOCK_PS;
    uint64_t start_ps = npim_calendar_reserve(&bus->calendar, earliest_ps, duration_ps);
    bus->n_B += bytes;
    bus->wait_ps += start_ps - earliest_ps;
    return start_ps + duration_ps;
}

static npim_status init(void *core, const void *config, npim_error *error) {
    return npim_bus_init(core, config, error);
}

static void fini(void *core) {
    npim_bus_fini(core);
}

static void reset(void *core) {
    npim_bus_reset(core);
}

static uint64_t latency_ps(const void *core, const npim_work *work) {
    const npim_bus *bus = core;
    double width_B = bus->config.width_bits / 8;
    return (uint64_t)ceil(work->count / (width_B * work->units)) * NPIM_CLOCK_PS;
}

static double energy_pJ(const void *core, const npim_work *work) {
    const npim_bus *bus = core;
    return work->count * bus->config.energy_pJ_per_B;
}

static double area_um2(const void *core) {
    const npim_bus *bus = core;
    return bus->config.area_um2;
}

static double power_mW(const void *core) {
    const npim_bus *bus = core;
    return bus->config.power_mW;
}

#define AT(member) offsetof(npim_bus_config, member)
static const npim_field fields[] = {
    {"width_bits", NPIM_KIND_U32, AT(width_bits), 8, 65536, "bit", true, 0, NULL,
     "wires, a multiple of 8: moved once per clock"},
    {"energy_pJ_per_B", NPIM_KIND_DOUBLE, AT(energy_pJ_per_B), 0, 1e6, "pJ/B", true, 0, NULL,
     "energy of moving one byte"},
    {"power_mW", NPIM_KIND_DOUBLE, AT(power_mW), 0, 1e5, "mW", true, 0, NULL, "nameplate power"},
    {"area_um2", NPIM_KIND_DOUBLE, AT(area_um2), 0, 1e9, "um2", true, 0, NULL, "area"},
};

static const npim_probe probes[] = {
    {"n_B", NPIM_KIND_U64, offsetof(npim_bus, n_B), "B", NULL, "bytes moved so far", false},
    {"wait_ps", NPIM_KIND_U64, offsetof(npim_bus, wait_ps), "ps", NULL, "time that transfers waited", false},
};

const npim_block_ops npim_bus_ops = {
    .name = "bus",
    .doc = "bus between the eDRAM and the PEs of a tile",
    .config_size = sizeof(npim_bus_config),
    .core_size = sizeof(npim_bus),
    .fields = fields,
    .n_fields = sizeof fields / sizeof *fields,
    .probes = probes,
    .n_probes = sizeof probes / sizeof *probes,
    .init = init,
    .fini = fini,
    .reset = reset,
    .latency_ps = latency_ps,
    .energy_pJ = energy_pJ,
    .area_um2 = area_um2,
    .power_mW = power_mW,
};
