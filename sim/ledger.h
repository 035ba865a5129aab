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

/* NPIM_EINVARIANT when the books do not balance: windows and conversions against the closed form, bytes and
 * flits of the layers against the counters of the blocks, sums over layers against sums over blocks (1e-9),
 * anything negative or not finite, a latency below the critical path, a throughput above the bound. */
NPIM_MUST_USE npim_status npim_ledger_check(const npim_result *result, const npim_measurement *measurement,
                                            npim_error *error);

#ifdef __cplusplus
}
#endif
#endif
