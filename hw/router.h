/* Router of ISAAC's concentrated mesh: one router for tiles_per_router tiles, dimension-ordered (XY) routing.
 * It knows where a packet leaves and how long and how much energy a hop takes; the links it feeds are blocks
 * of their own. */
#ifndef NPIM_HW_ROUTER_H
#define NPIM_HW_ROUTER_H

#include "hw/block.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Output ports: four to the neighbours, then the local tiles. */
typedef enum npim_port {
    NPIM_PORT_WEST,
    NPIM_PORT_EAST,
    NPIM_PORT_NORTH,
    NPIM_PORT_SOUTH,
    NPIM_PORT_LOCAL
} npim_port;

enum { NPIM_MAX_LOCAL_PORTS = 12 };

typedef struct npim_router_config {
    uint32_t latency_clocks; /* of a head flit from the input to the next router's input: 4 */
    uint32_t ports;          /* neighbours and tiles: 8 */
    double energy_pJ;        /* per flit and hop */
    double power_mW;         /* nameplate */
    double area_um2;
} npim_router_config;

typedef struct npim_router {
    npim_router_config config;
    uint32_t x, y; /* position; set by npim_router_place */
    uint64_t latency_ps;
    uint64_t n_flits; /* forwarded; probed */
} npim_router;

NPIM_MUST_USE npim_status npim_router_init(npim_router *router, const npim_router_config *config,
                                           npim_error *error);
void npim_router_fini(npim_router *router);
void npim_router_reset(npim_router *router);
void npim_router_place(npim_router *router, uint32_t x, uint32_t y);

/* The output towards the router at (x, y): X first, then Y (south is +y); at (x, y) itself the local port of
 * tile `local` (NPIM_PORT_LOCAL + local). */
uint32_t npim_router_route(const npim_router *router, uint32_t x, uint32_t y, uint32_t local);

extern const npim_block_ops npim_router_ops; /* work.count: flits */

#ifdef __cplusplus
}
#endif
#endif
