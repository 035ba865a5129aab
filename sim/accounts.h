/* Operations and energy of every layer and block, booked a second time: what the ledger sums over the parts
 * on tiles, here of whole replicas in closed form, from the network alone. */
#ifndef NPIM_SIM_ACCOUNTS_H
#define NPIM_SIM_ACCOUNTS_H

#include "sim/result.h"

#ifdef __cplusplus
extern "C" {
#endif

/* NPIM_EINVARIANT, naming layer, block, what was booked and what was expected, when one of these differs by
 * more than rounding:
 * - operations, energy and nameplate energy of a block in a layer: those of its dot products in closed form,
 *   and of the words and bytes that it counted (sim/laws.h tells whether these are right);
 * - the same of a block over all layers, and the totals of computing, of movement and of both.
 * NPIM_ENOMEM. */
NPIM_MUST_USE npim_status npim_accounts_check(const npim_result *result, npim_error *error);

#ifdef __cplusplus
}
#endif
#endif
