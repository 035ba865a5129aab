/* From event counts to energy, and the laws that the books must obey. */
#ifndef NPIM_SIM_LEDGER_H
#define NPIM_SIM_LEDGER_H

#include "sim/result.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Fills event_pJ, nameplate_pJ and operations of every layer from its counts. Event accounting: operations
 * times the energy of one, asked from the blocks. Nameplate accounting: arrays x time in operation x the
 * tile's power for one array, split over the blocks by the tile's power table. */
void npim_ledger_book(npim_result *result);

/* The block to which an event of the meter belongs, and the energy of amount of them, pJ: what
 * npim_ledger_book() books. */
const npim_block_instance *npim_ledger_event_block(const npim_arch *arch, npim_event event);
double npim_ledger_event_pJ(const npim_arch *arch, npim_event event, double amount);

/* Energy of one operation of that shape by block of the architecture, pJ. */
void npim_ledger_window_pJ(const npim_arch *arch, const npim_pe_shape *shape,
                           double block_pJ[NPIM_MAX_BLOCKS]);

/* NPIM_EINVARIANT when the books do not balance: anything negative or not finite, the laws of sim/laws.h,
 * bytes and flits of the layers against the counters of the blocks, sim/accounts.h, a latency below the
 * critical path, a throughput above the bound, a recurrent layer faster than its loop. */
NPIM_MUST_USE npim_status npim_ledger_check(const npim_result *result, const npim_measurement *measurement,
                                            npim_error *error);

#ifdef __cplusplus
}
#endif
#endif
