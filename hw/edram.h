/* eDRAM buffer of a tile: banks with one 256-bit access per clock each, two clocks of latency. Addresses are
 * banked by their high part (bank = address / (size / banks)), so that two streams in one bank conflict and
 * two in different banks do not. Every bank has its calendar. */
#ifndef NPIM_HW_EDRAM_H
#define NPIM_HW_EDRAM_H

#include "hw/block.h"
#include "hw/calendar.h"

#ifdef __cplusplus
extern "C" {
#endif

enum { NPIM_EDRAM_MAX_BANKS = 16 };

typedef struct npim_edram_config {
    uint32_t size_B, banks, width_B; /* 65536, 2, 32; size_B a multiple of banks x width_B */
    uint32_t latency_clocks;         /* 2 */
    double energy_pJ_per_B, power_mW, refresh_mW, area_um2;
} npim_edram_config;

typedef struct npim_edram {
    npim_edram_config config;
    npim_calendar bank[NPIM_EDRAM_MAX_BANKS];
    uint64_t latency_ps;
    uint64_t n_read_B, n_written_B, n_conflict_ps; /* probed */
} npim_edram;

NPIM_MUST_USE npim_status npim_edram_init(npim_edram *edram, const npim_edram_config *config,
                                          npim_error *error);
void npim_edram_fini(npim_edram *edram);
void npim_edram_reset(npim_edram *edram);

/* The bank of an address (taken modulo the size). */
uint32_t npim_edram_bank(const npim_edram *edram, uint64_t address);

/* Reserves the accesses for `bytes` (0: none, done at once) in the bank of `address` from earliest_ps on:
 * ceil(bytes / width_B) clocks of the bank. Returns when the last byte is there: start + clocks +
 * latency_clocks. Books bytes as read or written and waiting as conflict time. */
uint64_t npim_edram_access(npim_edram *edram, uint64_t address, uint64_t bytes, bool write,
                           uint64_t earliest_ps);

extern const npim_block_ops npim_edram_ops; /* work.count: bytes; standby_mW: refresh */

#ifdef __cplusplus
}
#endif
#endif
