/* Exact products: what ideal mode computes, and what the others are measured against. */
#ifndef NPIM_SIM_VALUES_EXACT_H
#define NPIM_SIM_VALUES_EXACT_H

#include "hw/kernel/isa.h"
#include "sim/values/products.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Makes an engine of exact int32 sums, with the kernels of that instruction set. End it with
 * npim_products_fini. NPIM_ENOMEM. */
NPIM_MUST_USE npim_status npim_exact_init(npim_products *products, npim_isa isa, npim_error *error);

#ifdef __cplusplus
}
#endif
#endif
