/* Products that are watched: every sum of an engine beside the exact one. */
#ifndef NPIM_SIM_VALUES_MEASURED_H
#define NPIM_SIM_VALUES_MEASURED_H

#include "hw/kernel/isa.h"
#include "sim/values/figures.h"
#include "sim/values/products.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Makes an engine that gives the sums of `inner` and counts, in figures, how far they are from the exact ones
 * of the same inputs. inner and figures are borrowed. NPIM_ENOMEM. */
NPIM_MUST_USE npim_status npim_measured_init(npim_products *products, const npim_products *inner,
                                             npim_figures *figures, npim_isa isa, npim_error *error);

#ifdef __cplusplus
}
#endif
#endif
