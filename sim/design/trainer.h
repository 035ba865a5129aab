/* Gradient training of a network (sim/design/net.h): Adam against the mean squared error of noisy copies,
 * from a quarter of the steps on of rounded parameters (straight through: the gradient counts rounding as
 * the identity). The best rounded parameters met on the way win. */
#ifndef NPIM_SIM_DESIGN_TRAINER_H
#define NPIM_SIM_DESIGN_TRAINER_H

#include "sim/design/net.h"
#include "sim/design/samples.h"
#include "sim/stop.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct npim_trainer_config {
    uint32_t steps, batch; /* samples of a step, one slice after the other */
    uint32_t copies;       /* noisy ones, in a step and in a check */
    double sigma;          /* of a cell's conductance, relative: 0..0.5 */
    double rate, rate_end; /* of learning */
    uint32_t checks;       /* equally spaced over the steps that round; the last one after the last step */
    npim_random random;    /* of the variation */
    const npim_stop *stop; /* may be NULL */
} npim_trainer_config;

/* NPIM_ECONFIG, saying which, for a value out of range. */
NPIM_MUST_USE npim_status npim_trainer_check(const npim_trainer_config *config, npim_error *error);

/* Trains from the network's parameters on and leaves the best rounded ones in it. check: the samples that
 * judge. loss, when not NULL: theirs, the mean squared error per output of the noisy copies.
 * NPIM_EINTERRUPTED leaves the network as it was then. */
NPIM_MUST_USE npim_status npim_train(npim_net *net, const npim_samples *samples, const npim_samples *check,
                                     const npim_trainer_config *config, double *loss, npim_error *error);

#ifdef __cplusplus
}
#endif
#endif
