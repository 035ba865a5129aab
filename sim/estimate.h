/* Energy and throughput of a network on an architecture in closed form: no mapping, no simulation. What
 * `npim reproduce` compares published ratios with, and what one constant changes there.
 *
 * Compute blocks follow the modelling rules for event accounting, dot product by dot product, and for
 * nameplate accounting, array by array; a replay must book the same (sim/accounts.h). Data movement is an
 * assumption that needs no placement: every output byte of a layer with weights crosses the bus into the
 * eDRAM, NPIM_ESTIMATE_HOPS routers, and the bus again to its reader. A replay counts the true way instead.
 */
#ifndef NPIM_SIM_ESTIMATE_H
#define NPIM_SIM_ESTIMATE_H

#include "sim/arch.h"
#include "sim/graph.h"

#ifdef __cplusplus
extern "C" {
#endif

enum { NPIM_ESTIMATE_HOPS = 3 }; /* routers on the way of an output byte: assumed */

/* Per image. */
typedef struct npim_estimate {
    double event_pJ[NPIM_MAX_BLOCKS]; /* by block of the architecture */
    double nameplate_pJ[NPIM_MAX_BLOCKS];
    double compute_uJ, movement_uJ; /* event accounting: DAC to registers; eDRAM, bus and NoC */
    double nameplate_uJ;
    double macs, ad_conversions;
    double array_ps;          /* summed over arrays: how long they are busy, partly filled ones as full */
    double chip_images_per_s; /* of one chip whose arrays are always busy: the work-conserving bound */
} npim_estimate;

/* graph is that of network. Everything in the result is finite and not negative. */
void npim_estimate_make(npim_estimate *estimate, const npim_arch *arch, const npim_network *network,
                        const npim_graph *graph);

/* Compute and movement, event accounting, uJ per image. */
double npim_estimate_event_uJ(const npim_estimate *estimate);

/* One window of a whole replica of a layer with weights: K rows, N outputs and G groups as the modelling
 * rules have them, on all of its arrays. */
npim_pe_shape npim_estimate_window(const npim_arch *arch, const npim_layer *layer);

#ifdef __cplusplus
}
#endif
#endif
