#include "hw/chip_link.h"

#include "hw/units.h"

#include <assert.h>
#include <string.h>

npim_status npim_chip_link_init(npim_chip_link *link, const npim_chip_link_config *config,
                                npim_error *error) {
    npim_status status = npim_block_begin(&npim_chip_link_ops, link, config, error);
    if (status == NPIM_OK) link->latency_ps = npim_ns_to_ps(config->latency_ns);
    return status;
}

void npim_chip_link_fini(npim_chip_link *link) {
    memset(link, 0, sizeof *link);
}

void npim_chip_link_reset(npim_chip_link *link) {
    npim_calendar_reset(&link->calendar[0]);
    npim_calendar_reset(&link->calendar[1]);
    memset(link->n_B, 0, sizeof link->n_B);
    memset(link->wait_ps, 0, sizeof link->wait_ps);
}

uint64_t npim_chip_link_transfer(npim_chip_link *link, uint32_t direction, uint64_t bytes,
                                 uint64_t earliest_ps, uint64_t *free_ps) {
    assert(direction < 2);
    if (free_ps) *free_ps = earliest_ps;
    if (bytes == 0) return earliest_ps;
    uint64_t duration_ps = npim_rate_ps((double)bytes, link->config.rate_GBps * 1e9);
    uint64_t start_ps = npim_calendar_reserve(&link->calendar[direction], earliest_ps, duration_ps);
    link->n_B[direction] += bytes;
    link->wait_ps[direction] += start_ps - earliest_ps;
    if (free_ps) *free_ps = start_ps + duration_ps;
    return start_ps + duration_ps + link->latency_ps;
}

static npim_status init(void *core, const void *config, npim_error *error) {
    return npim_chip_link_init(core, config, error);
}

static void fini(void *core) {
    npim_chip_link_fini(core);
}

static void reset(void *core) {
    npim_chip_link_reset(core);
}

static uint64_t busy_ps(const void *core, const npim_work *work) {
    const npim_chip_link *link = core;
    return npim_rate_ps(work->count / work->units, link->config.rate_GBps * 1e9);
}

static uint64_t latency_ps(const void *core, const npim_work *work) {
    const npim_chip_link *link = core;
    return work->count > 0.0 ? busy_ps(core, work) + link->latency_ps : 0;
}

static double energy_pJ(const void *core, const npim_work *work) {
    const npim_chip_link *link = core;
    return work->count * link->config.energy_pJ_per_B;
}

static double area_um2(const void *core) {
    const npim_chip_link *link = core;
    return link->config.area_um2;
}

static double power_mW(const void *core) {
    const npim_chip_link *link = core;
    return link->config.power_mW;
}

#define AT(member) offsetof(npim_chip_link_config, member)
static const npim_field fields[] = {
    {"rate_GBps", NPIM_KIND_DOUBLE, AT(rate_GBps), 1e-3, 1e5, "GB/s", true, 0, NULL,
     "bytes per time in each direction"},
    {"latency_ns", NPIM_KIND_DOUBLE, AT(latency_ns), 0, 1e6, "ns", true, 0, NULL,
     "from the last byte leaving to its arrival"},
    {"energy_pJ_per_B", NPIM_KIND_DOUBLE, AT(energy_pJ_per_B), 0, 1e6, "pJ/B", true, 0, NULL,
     "energy of one byte, beside the constant power"},
    {"power_mW", NPIM_KIND_DOUBLE, AT(power_mW), 0, 1e5, "mW", true, 0, NULL,
     "constant power of one link: it never sleeps"},
    {"area_um2", NPIM_KIND_DOUBLE, AT(area_um2), 0, 1e9, "um2", true, 0, NULL, "area of one link"},
};

static const npim_probe probes[] = {
    {"away_B", NPIM_KIND_U64, offsetof(npim_chip_link, n_B[0]), "B", NULL, "bytes carried away from the host",
     false},
    {"back_B", NPIM_KIND_U64, offsetof(npim_chip_link, n_B[1]), "B", NULL, "bytes carried towards the host",
     false},
    {"away_wait_ps", NPIM_KIND_U64, offsetof(npim_chip_link, wait_ps[0]), "ps", NULL,
     "time that transfers away from the host waited", false},
    {"back_wait_ps", NPIM_KIND_U64, offsetof(npim_chip_link, wait_ps[1]), "ps", NULL,
     "time that transfers towards the host waited", false},
};

const npim_block_ops npim_chip_link_ops = {
    .name = "chip_link",
    .doc = "link between chips and to the host",
    .config_size = sizeof(npim_chip_link_config),
    .core_size = sizeof(npim_chip_link),
    .fields = fields,
    .n_fields = sizeof fields / sizeof *fields,
    .probes = probes,
    .n_probes = sizeof probes / sizeof *probes,
    .init = init,
    .fini = fini,
    .reset = reset,
    .latency_ps = latency_ps,
    .busy_ps = busy_ps,
    .energy_pJ = energy_pJ,
    .area_um2 = area_um2,
    .power_mW = power_mW,
    .standby_mW = power_mW,
};
