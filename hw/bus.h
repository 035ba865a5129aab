/* Bus between the eDRAM and the PEs of a tile: one transfer of its width per clock; a calendar arbitrates. */
#ifndef NPIM_HW_BUS_H
#define NPIM_HW_BUS_H

#include "hw/block.h"
#include "hw/calendar.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct npim_bus_config {
    uint32_t width_bits; /* wires: 384 (ISAAC) or 192; a multiple of 8 */
    double energy_pJ_per_B, power_mW, area_um2;
} npim_bus_config;

typedef struct npim_bus {
    npim_bus_config config;
    npim_calendar calendar;
    uint64_t n_B, wait_ps; /* probed */
} npim_bus;

NPIM_MUST_USE npim_status npim_bus_init(npim_bus *bus, const npim_bus_config *config, npim_error *error);
void npim_bus_fini(npim_bus *bus);
void npim_bus_reset(npim_bus *bus);

/* Reserves the transfer of `bytes` (0: done at once) from earliest_ps on; returns when it ends. */
uint64_t npim_bus_transfer(npim_bus *bus, uint64_t bytes, uint64_t earliest_ps);

extern const npim_block_ops npim_bus_ops; /* work.count: bytes */

#ifdef __cplusplus
}
#endif
#endif
