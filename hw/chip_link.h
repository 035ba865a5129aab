/* Chip-to-chip and host link (HyperTransport): a fixed latency and a byte rate, one calendar per direction.
 */
#ifndef NPIM_HW_CHIP_LINK_H
#define NPIM_HW_CHIP_LINK_H

#include "hw/block.h"
#include "hw/calendar.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct npim_chip_link_config {
    double rate_GBps;  /* 6.4 */
    double latency_ns; /* 50 */
    double energy_pJ_per_B;
    double power_mW, area_um2; /* of one of the chip's links; power is constant, links never sleep */
} npim_chip_link_config;

typedef struct npim_chip_link {
    npim_chip_link_config config;
    npim_calendar calendar[2]; /* by direction: 0 away from the host, 1 towards it */
    uint64_t latency_ps;
    uint64_t n_B[2], wait_ps[2]; /* probed */
} npim_chip_link;

NPIM_MUST_USE npim_status npim_chip_link_init(npim_chip_link *link, const npim_chip_link_config *config,
                                              npim_error *error);
void npim_chip_link_fini(npim_chip_link *link);
void npim_chip_link_reset(npim_chip_link *link);

/* Reserves the transfer of `bytes` in one direction from earliest_ps on; *free_ps (if not NULL) becomes the
 * time at which the link can take the next one; returns when the last byte has arrived. */
uint64_t npim_chip_link_transfer(npim_chip_link *link, uint32_t direction, uint64_t bytes,
                                 uint64_t earliest_ps, uint64_t *free_ps);

extern const npim_block_ops npim_chip_link_ops; /* work.count: bytes; standby_mW: power_mW */

#ifdef __cplusplus
}
#endif
#endif
