/* A NoC link: one flit per clock, reserved packet by packet in a calendar (no event per flit).
 * A packet that is multicast crosses a link once: reservations with the number of the packet that reserved
 * last share its slot. */
#ifndef NPIM_HW_LINK_H
#define NPIM_HW_LINK_H

#include "hw/block.h"
#include "hw/calendar.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct npim_link_config {
    uint32_t flit_B;       /* 4 */
    uint32_t packet_flits; /* payload flits of the largest packet: 16; a head flit comes on top */
    uint32_t clocks;       /* per flit: 1 */
    double area_um2;
} npim_link_config;

typedef struct npim_link {
    npim_link_config config;
    uint64_t flit_ps;
    uint64_t last_packet; /* number of the packet that reserved last; 0: none */
    uint64_t last_start_ps;
    uint64_t n_flits; /* carried; probed */
    uint64_t wait_ps; /* sum over packets of start - earliest */
    npim_calendar calendar;
} npim_link;

NPIM_MUST_USE npim_status npim_link_init(npim_link *link, const npim_link_config *config, npim_error *error);
void npim_link_fini(npim_link *link);
void npim_link_reset(npim_link *link);

/* Flits of a packet with that payload, head included: 1 + ceil(bytes / flit_B). bytes <= packet_flits x
 * flit_B. */
uint32_t npim_link_flits(const npim_link *link, uint32_t bytes);

/* Largest payload of one packet, bytes. */
uint32_t npim_link_packet_B(const npim_link *link);

/* Reserves the link for `flits` flits from earliest_ps on and returns when the head starts across it. packet:
 * its number (> 0), the same for all branches of a multicast; when it reserved this link last, its start is
 * returned again and nothing is booked (*shared, if not NULL, becomes true). */
uint64_t npim_link_reserve(npim_link *link, uint64_t earliest_ps, uint32_t flits, uint64_t packet,
                           bool *shared);

/* The same over a link without limit: counts the flits of a new packet, books nothing and never waits. */
uint64_t npim_link_pass(npim_link *link, uint64_t earliest_ps, uint32_t flits, uint64_t packet, bool *shared);

extern const npim_block_ops npim_link_ops; /* work.count: flits */

#ifdef __cplusplus
}
#endif
#endif
