/* Descent over the levels of a trained network: every path of every weight is tried one level up and down,
 * and whatever lowers the mean squared error of the perfect circuit and a few noisy copies stays. It undoes
 * what rounding cost, which the gradient does not see. */
#ifndef NPIM_SIM_DESIGN_REFINE_H
#define NPIM_SIM_DESIGN_REFINE_H

#include "sim/design/net.h"
#include "sim/design/samples.h"
#include "sim/stop.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct npim_refine_config {
    uint32_t sweeps;       /* over all paths; ends earlier when one changes nothing */
    uint32_t copies;       /* noisy ones beside the perfect one */
    double sigma;          /* of a cell's conductance, relative: 0..0.5 */
    npim_random random;    /* of the variation */
    const npim_stop *stop; /* may be NULL */
} npim_refine_config;

/* Rounds the network and improves its levels on samples. loss, when not NULL: the mean squared error per
 * output of all copies, before and after. NPIM_ECONFIG for a value out of range. */
NPIM_MUST_USE npim_status npim_refine(npim_net *net, const npim_samples *samples,
                                      const npim_refine_config *config, double loss[2], npim_error *error);

#ifdef __cplusplus
}
#endif
#endif
