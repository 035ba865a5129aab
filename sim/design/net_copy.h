/* One programmed copy of a network (sim/design/net.h): its outputs, their mean squared error and the exact
 * gradient of that by the parameters. */
#ifndef NPIM_SIM_DESIGN_NET_COPY_H
#define NPIM_SIM_DESIGN_NET_COPY_H

#include "sim/design/net.h"
#include "sim/design/samples.h"

#ifdef __cplusplus
extern "C" {
#endif

enum { NPIM_NET_BLOCK = 64 }; /* samples that are evaluated together: they fit a first-level cache */

typedef struct npim_net_copy {
    double *total;    /* [n_hidden + n_outputs] a row's conductance, in units of a path's highest */
    double *weight;   /* [n_parameters] a path's share of its row's total */
    double *slope;    /* [n_parameters] d conductance / d parameter */
    double *pull;     /* [n_parameters] d loss / d weight, the total kept */
    double *line;     /* [n_inputs + 2 n_hidden][NPIM_NET_BLOCK] inputs, hidden outputs, their complements */
    double *gain;     /* [2 n_hidden][NPIM_NET_BLOCK] d hidden output or complement / d node */
    double *out;      /* [n_outputs][NPIM_NET_BLOCK] */
    double *out_gain; /* [n_outputs][NPIM_NET_BLOCK] d output / d node */
    double *blame;    /* [n_hidden + n_outputs][NPIM_NET_BLOCK] d loss / d node */
    double *memory;   /* all of the above lie in it; owned */
} npim_net_copy;

/* NPIM_ECONFIG unless the samples have the network's inputs and outputs. */
NPIM_MUST_USE npim_status npim_net_takes(const npim_net *net, const npim_samples *samples, npim_error *error);

NPIM_MUST_USE npim_status npim_net_copy_init(npim_net_copy *copy, const npim_net *net, npim_error *error);
void npim_net_copy_fini(npim_net_copy *copy); /* safe on a zeroed struct and twice */

/* How a copy is programmed: its parameters rounded to whole levels or as they are, and every path's
 * conductance off by a normal deviate of sigma / sqrt(cells of the path), drawn from random at the index
 * first + parameter. */
typedef struct npim_net_programming {
    bool rounded;
    double sigma; /* 0: none, and random is not looked at */
    npim_random random;
    uint64_t first;
} npim_net_programming;
void npim_net_program(npim_net_copy *copy, const npim_net *net, const npim_net_programming *how);

/* Sum over n samples (that npim_net_takes) from the first on and all outputs of the squared error; the
 * samples count on from 0 behind their last one. gradient [n_parameters], when not NULL: its derivative by
 * the parameters is added, times scale; rounding counts as the identity. */
double npim_net_loss(npim_net_copy *copy, const npim_net *net, const npim_samples *samples, size_t first,
                     size_t n, double scale, double *gradient);

#ifdef __cplusplus
}
#endif
#endif
