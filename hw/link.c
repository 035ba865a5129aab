#include "hw/link.h"

#include "hw/units.h"

#include <assert.h>
#include <math.h>
#include <string.h>

npim_status npim_link_init(npim_link *link, const npim_link_config *config, npim_error *error) {
    npim_status status = npim_block_begin(&npim_link_ops, link, config, error);
    if (status == NPIM_OK) link->flit_ps = (uint64_t)config->clocks * NPIM_CLOCK_PS;
    return status;
}

void npim_link_fini(npim_link *link) {
    memset(link, 0, sizeof *link);
}

void npim_link_reset(npim_link *link) {
    npim_calendar_reset(&link->calendar);
    link->last_packet = 0;
    link->last_start_ps = 0;
    link->n_flits = 0;
    link->wait_ps = 0;
}

uint32_t npim_link_packet_B(const npim_link *link) {
    return link->config.packet_flits * link->config.flit_B;
}

uint32_t npim_link_flits(const npim_link *link, uint32_t bytes) {
    assert(bytes <= npim_link_packet_B(link));
    return 1 + (uint32_t)npim_ceil_div(bytes, link->config.flit_B);
}

uint64_t npim_link_reserve(npim_link *link, uint64_t earliest_ps, uint32_t flits, uint64_t packet,
                           bool *shared) {
    assert(packet > 0);
    bool again = packet == link->last_packet;
    if (shared) *shared = again;
    if (again) return link->last_start_ps;
    uint64_t start_ps = npim_calendar_reserve(&link->calendar, earliest_ps, flits * link->flit_ps);
    link->last_packet = packet;
    link->last_start_ps = start_ps;
    link->n_flits += flits;
    link->wait_ps += start_ps - earliest_ps;
    return start_ps;
}

uint64_t npim_link_pass(npim_link *link, uint64_t earliest_ps, uint32_t flits, uint64_t packet,
                        bool *shared) {
    assert(packet > 0);
    *shared = packet == link->last_packet;
    link->last_packet = packet;
    if (!*shared) link->n_flits += flits;
    return earliest_ps;
}

static npim_status init(void *core, const void *config, npim_error *error) {
    return npim_link_init(core, config, error);
}

static void fini(void *core) {
    npim_link_fini(core);
}

static void reset(void *core) {
    npim_link_reset(core);
}

static uint64_t latency_ps(const void *core, const npim_work *work) {
    const npim_link *link = core;
    return (uint64_t)ceil(work->count / work->units) * link->flit_ps;
}

/* The energy of a hop is the router's. */
static double energy_pJ(const void *core, const npim_work *work) {
    (void)core;
    (void)work;
    return 0.0;
}

static double area_um2(const void *core) {
    const npim_link *link = core;
    return link->config.area_um2;
}

#define AT(member) offsetof(npim_link_config, member)
static const npim_field fields[] = {
    {"flit_B", NPIM_KIND_U32, AT(flit_B), 1, 1024, "B", false, 4, NULL, "bytes of one flit"},
    {"packet_flits", NPIM_KIND_U32, AT(packet_flits), 1, 4096, "", false, 16, NULL,
     "payload flits of the largest packet; a head flit comes on top"},
    {"clocks", NPIM_KIND_U32, AT(clocks), 1, 1000, "clocks", false, 1, NULL, "time of one flit"},
    {"area_um2", NPIM_KIND_DOUBLE, AT(area_um2), 0, 1e9, "um2", false, 0, NULL,
     "area of one link; 0: counted in the router"},
};

static const npim_probe probes[] = {
    {"n_flits", NPIM_KIND_U64, offsetof(npim_link, n_flits), "", NULL, "flits carried so far", false},
    {"wait_ps", NPIM_KIND_U64, offsetof(npim_link, wait_ps), "ps", NULL, "time that packets waited", false},
};

const npim_block_ops npim_link_ops = {
    .name = "link",
    .doc = "link between two routers, or a router and a tile",
    .config_size = sizeof(npim_link_config),
    .core_size = sizeof(npim_link),
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
};
