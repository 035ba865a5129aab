#include "sim/design/refine.h"

#include "sim/design/net_copy.h"

#include <math.h>

typedef struct refiner {
    npim_net *net;
    const npim_samples *samples;
    const npim_refine_config *config;
    npim_net_copy copy;
} refiner;

/* Copy 0 is the perfect one. */
static double mean_loss(refiner *r) {
    const npim_refine_config *c = r->config;
    double sum = 0;
    for (uint32_t copy = 0; copy <= c->copies; copy++) {
        npim_net_programming how = {.rounded = true,
                                    .sigma = copy > 0 ? c->sigma : 0,
                                    .random = c->random,
                                    .first = copy * r->net->n_parameters};
        npim_net_program(&r->copy, r->net, &how);
        sum += npim_net_loss(&r->copy, r->net, r->samples, 0, r->samples->n, 0, NULL);
    }
    return sum / ((c->copies + 1.0) * (double)r->samples->n * r->samples->n_outputs);
}

/* Moves a parameter by whole steps in one direction while that lowers the loss. */
static bool descend(refiner *r, double *parameter, double by, double *loss) {
    bool moved = false;
    for (;;) {
        double before = *parameter, after = before + by;
        if (after < -0.5 * fabs(by) || after > 1 + 0.5 * fabs(by)) return moved;
        *parameter = after < 0 ? 0 : after > 1 ? 1 : after;
        double now = mean_loss(r);
        if (!(now < *loss)) {
            *parameter = before;
            return moved;
        }
        *loss = now;
        moved = true;
    }
}

static bool sweep(refiner *r, double *loss) {
    bool moved = false;
    double *parameter = r->net->parameter;
    for (const npim_net_layer *l = r->net->layers; l < r->net->layers + NPIM_NET_LAYERS; l++)
        for (uint32_t row = 0; row < 2 * l->n_rows; row++)
            for (uint32_t column = 0; column < l->n_columns; column++, parameter++) {
                if (npim_stop_wanted(r->config->stop)) return false;
                double by = 1.0 / npim_net_top_level(r->net, l, column);
                bool up = descend(r, parameter, by, loss);
                moved |= up || descend(r, parameter, -by, loss);
            }
    return moved;
}

npim_status npim_refine(npim_net *net, const npim_samples *samples, const npim_refine_config *config,
                        double loss[2], npim_error *error) {
    refiner r = {.net = net, .samples = samples, .config = config};
    if (!(config->sigma >= 0 && config->sigma <= 0.5))
        return npim_fail(error, NPIM_ECONFIG, "sigma = %g: 0..0.5", config->sigma);
    npim_status status = npim_net_takes(net, samples, error);
    if (status == NPIM_OK) status = npim_net_copy_init(&r.copy, net, error);
    if (status != NPIM_OK) return status;
    npim_net_round(net);
    double now = mean_loss(&r), before = now;
    for (uint32_t i = 0; i < config->sweeps && !npim_stop_wanted(config->stop); i++)
        if (!sweep(&r, &now)) break;
    if (loss) loss[0] = before, loss[1] = now;
    npim_net_copy_fini(&r.copy);
    return npim_stop_check(config->stop, error);
}
