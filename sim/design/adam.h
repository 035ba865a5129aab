/* The optimiser Adam (Kingma and Ba, 2015; beta 0.9 and 0.999, epsilon 1e-8) with a learning rate that falls
 * along half a cosine. Made of operations that IEEE 754 rounds exactly: every CPU takes the same steps. */
#ifndef NPIM_SIM_DESIGN_ADAM_H
#define NPIM_SIM_DESIGN_ADAM_H

#include "hw/status.h"

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct npim_adam {
    size_t n;
    double rate, rate_end;       /* of the first step, and after the last one */
    uint64_t step, steps;        /* taken, and planned */
    double power_1, power_2;     /* beta ^ step */
    double *moment_1, *moment_2; /* [n]; owned */
} npim_adam;

/* For n parameters. NPIM_ECONFIG unless 0 <= rate_end <= rate, both finite, and steps > 0. */
NPIM_MUST_USE npim_status npim_adam_init(npim_adam *adam, size_t n, double rate, double rate_end,
                                         uint64_t steps, npim_error *error);
void npim_adam_fini(npim_adam *adam); /* safe on a zeroed struct and twice */

/* Learning rate of the next step; rate_end once all planned ones are taken. */
double npim_adam_rate(const npim_adam *adam);

/* Moves the parameters [n] one step against the gradient [n]. */
void npim_adam_step(npim_adam *adam, const double *gradient, double *parameter);

#ifdef __cplusplus
}
#endif
#endif
