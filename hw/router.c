#include "hw/router.h"

#include "hw/units.h"

#include <assert.h>
#include <string.h>

npim_status npim_router_init(npim_router *router, const npim_router_config *config, npim_error *error) {
    npim_status status = npim_block_begin(&npim_router_ops, router, config, error);
    if (status == NPIM_OK) router->latency_ps = (uint64_t)config->latency_clocks * NPIM_CLOCK_PS;
    return status;
}

void npim_router_fini(npim_router *router) {
    memset(router, 0, sizeof *router);
}

void npim_router_reset(npim_router *router) {
    router->n_flits = 0; /* it stays where it was placed */
}

void npim_router_place(npim_router *router, uint32_t x, uint32_t y) {
    router->x = x;
    router->y = y;
}

uint32_t npim_router_route(const npim_router *router, uint32_t x, uint32_t y, uint32_t local) {
    if (x != router->x) return x < router->x ? NPIM_PORT_WEST : NPIM_PORT_EAST;
    if (y != router->y) return y < router->y ? NPIM_PORT_NORTH : NPIM_PORT_SOUTH;
    assert(local < NPIM_MAX_LOCAL_PORTS);
    return NPIM_PORT_LOCAL + local;
}

static npim_status init(void *core, const void *config, npim_error *error) {
    return npim_router_init(core, config, error);
}

static void fini(void *core) {
    npim_router_fini(core);
}

static void reset(void *core) {
    npim_router_reset(core);
}

/* Flits follow one another at one per clock. */
/* Until the last flit is at the next router's input: the head's latency and the flits behind it. */
static uint64_t latency_ps(const void *core, const npim_work *work) {
    const npim_router *router = core;
    return work->count > 0.0 ? router->latency_ps + npim_block_clocked_ps(core, work) - NPIM_CLOCK_PS : 0;
}

static double energy_pJ(const void *core, const npim_work *work) {
    const npim_router *router = core;
    return work->count * router->config.energy_pJ;
}

static double area_um2(const void *core) {
    const npim_router *router = core;
    return router->config.area_um2;
}

static double power_mW(const void *core) {
    const npim_router *router = core;
    return router->config.power_mW;
}

#define AT(member) offsetof(npim_router_config, member)
static const npim_field fields[] = {
    {"latency_clocks", NPIM_KIND_U32, AT(latency_clocks), 1, 1000, "clocks", false, 4, NULL,
     "of a head flit from the input to the next router's input, link included"},
    {"ports", NPIM_KIND_U32, AT(ports), NPIM_PORT_LOCAL + 1, NPIM_PORT_LOCAL + NPIM_MAX_LOCAL_PORTS, "",
     false, 8, NULL, "four neighbours and the tiles"},
    {"energy_pJ", NPIM_KIND_DOUBLE, AT(energy_pJ), 0, 1e6, "pJ", true, 0, NULL, "energy of one flit and hop"},
    {"power_mW", NPIM_KIND_DOUBLE, AT(power_mW), 0, 1e5, "mW", true, 0, NULL,
     "nameplate power of one router"},
    {"area_um2", NPIM_KIND_DOUBLE, AT(area_um2), 0, 1e9, "um2", true, 0, NULL, "area of one router"},
};

static const npim_probe probes[] = {
    {"n_flits", NPIM_KIND_U64, offsetof(npim_router, n_flits), "", NULL, "flits forwarded so far", false},
};

const npim_block_ops npim_router_ops = {
    .name = "router",
    .doc = "router of the concentrated mesh",
    .config_size = sizeof(npim_router_config),
    .core_size = sizeof(npim_router),
    .fields = fields,
    .n_fields = sizeof fields / sizeof *fields,
    .probes = probes,
    .n_probes = sizeof probes / sizeof *probes,
    .init = init,
    .fini = fini,
    .reset = reset,
    .latency_ps = latency_ps,
    .busy_ps = npim_block_clocked_ps,
    .energy_pJ = energy_pJ,
    .area_um2 = area_um2,
    .power_mW = power_mW,
};
