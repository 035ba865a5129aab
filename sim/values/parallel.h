/* Products on several threads: every batch is cut into parts, one for each. What comes out is the same for
 * any number of them: an engine's vectors do not depend on how they are batched. */
#ifndef NPIM_SIM_VALUES_PARALLEL_H
#define NPIM_SIM_VALUES_PARALLEL_H

#include "sim/values/products.h"

#ifdef __cplusplus
extern "C" {
#endif

enum { NPIM_MAX_THREADS = 256 };

/* Makes an engine that gives the sums of `inner`, whose run must be one that several threads may call at
 * once; threads: 1 .. NPIM_MAX_THREADS. Batches of a few vectors stay whole. inner is borrowed. A thread that
 * the system does not give is done without. NPIM_ENOMEM. */
NPIM_MUST_USE npim_status npim_parallel_init(npim_products *products, const npim_products *inner,
                                             uint32_t threads, npim_error *error);

#ifdef __cplusplus
}
#endif
#endif
