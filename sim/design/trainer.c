#include "sim/design/trainer.h"

#include "sim/design/adam.h"
#include "sim/design/net_copy.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static const uint64_t first_of_checks = (uint64_t)1 << 62; /* beyond all variation of steps */

typedef struct trainer {
    npim_net *net;
    const npim_samples *samples, *check;
    const npim_trainer_config *config;
    npim_adam adam;
    npim_net_copy copy;
    double *gradient, *best; /* [n_parameters] */
    double best_loss;
} trainer;

npim_status npim_trainer_check(const npim_trainer_config *c, npim_error *error) {
    if (c->steps < 1 || c->batch < 1 || c->copies < 1 || c->checks < 1)
        return npim_fail(error, NPIM_ECONFIG,
                         "%u steps of %u samples in %u copies, %u checks: at least 1 each", c->steps,
                         c->batch, c->copies, c->checks);
    if (!(c->sigma >= 0 && c->sigma <= 0.5))
        return npim_fail(error, NPIM_ECONFIG, "sigma = %g: 0..0.5", c->sigma);
    return NPIM_OK;
}

static void clamp(double *parameter, size_t n) {
    for (size_t i = 0; i < n; i++) parameter[i] = parameter[i] < 0 ? 0 : parameter[i] > 1 ? 1 : parameter[i];
}

static void step(trainer *t, uint32_t number) {
    const npim_trainer_config *c = t->config;
    size_t n = t->net->n_parameters;
    double scale = 1.0 / ((double)c->copies * c->batch * t->samples->n_outputs);
    memset(t->gradient, 0, n * sizeof *t->gradient);
    for (uint32_t copy = 0; copy < c->copies; copy++) {
        npim_net_programming how = {.rounded = number >= c->steps / 4,
                                    .sigma = c->sigma,
                                    .random = c->random,
                                    .first = ((uint64_t)number * c->copies + copy) * n};
        npim_net_program(&t->copy, t->net, &how);
        npim_net_loss(&t->copy, t->net, t->samples, (size_t)number * c->batch, c->batch, scale, t->gradient);
    }
    npim_adam_step(&t->adam, t->gradient, t->net->parameter);
    clamp(t->net->parameter, n);
}

static double check_loss(trainer *t) {
    const npim_trainer_config *c = t->config;
    double sum = 0;
    for (uint32_t copy = 0; copy < c->copies; copy++) {
        npim_net_programming how = {.rounded = true,
                                    .sigma = c->sigma,
                                    .random = c->random,
                                    .first = first_of_checks + copy * t->net->n_parameters};
        npim_net_program(&t->copy, t->net, &how);
        sum += npim_net_loss(&t->copy, t->net, t->check, 0, t->check->n, 0, NULL);
    }
    return sum / ((double)c->copies * (double)t->check->n * t->check->n_outputs);
}

static void judge(trainer *t) {
    double loss = check_loss(t);
    if (!(loss < t->best_loss)) return;
    t->best_loss = loss;
    memcpy(t->best, t->net->parameter, t->net->n_parameters * sizeof *t->best);
}

static npim_status run(trainer *t, npim_error *error) {
    const npim_trainer_config *c = t->config;
    uint32_t rounded = c->steps - c->steps / 4;
    t->best_loss = HUGE_VAL;
    for (uint32_t number = 0; number < c->steps; number++) {
        npim_status status = npim_stop_check(c->stop, error);
        if (status != NPIM_OK) return status;
        step(t, number);
        uint64_t left = c->steps - 1 - number;
        bool rounds = left < rounded;
        if (rounds && left * c->checks / rounded < (left + 1) * c->checks / rounded) judge(t);
    }
    memcpy(t->net->parameter, t->best, t->net->n_parameters * sizeof *t->best);
    npim_net_round(t->net);
    return NPIM_OK;
}

static npim_status prepare(trainer *t, npim_error *error) {
    const npim_trainer_config *c = t->config;
    npim_status status = npim_trainer_check(c, error);
    if (status == NPIM_OK) status = npim_net_takes(t->net, t->samples, error);
    if (status == NPIM_OK) status = npim_net_takes(t->net, t->check, error);
    if (status == NPIM_OK)
        status = npim_adam_init(&t->adam, t->net->n_parameters, c->rate, c->rate_end, c->steps, error);
    if (status == NPIM_OK) status = npim_net_copy_init(&t->copy, t->net, error);
    if (status != NPIM_OK) return status;
    t->gradient = calloc(t->net->n_parameters, sizeof *t->gradient);
    t->best = calloc(t->net->n_parameters, sizeof *t->best);
    return t->gradient && t->best ? NPIM_OK : npim_fail(error, NPIM_ENOMEM, "no memory for a gradient");
}

npim_status npim_train(npim_net *net, const npim_samples *samples, const npim_samples *check,
                       const npim_trainer_config *config, double *loss, npim_error *error) {
    trainer t = {.net = net, .samples = samples, .check = check, .config = config};
    npim_status status = prepare(&t, error);
    if (status == NPIM_OK) status = run(&t, error);
    if (status == NPIM_OK && loss) *loss = t.best_loss;
    free(t.gradient);
    free(t.best);
    npim_net_copy_fini(&t.copy);
    npim_adam_fini(&t.adam);
    return status;
}
