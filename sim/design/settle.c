#include "sim/design/settle.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* One run and how to read it. */
typedef struct run {
    const npim_netlist *netlist;
    const npim_circuit *circuit;
    const npim_netlist_steps *steps;
    double tolerance_V;
    npim_spice_data data;
    double *node_V, *out_V; /* [n_neurons] scratch of the model */
} run;

static double time_s(const run *r, size_t row) {
    return r->data.value[row * r->data.n_columns];
}

static double power_W(const run *r, size_t row) {
    return r->data.value[(row + 1) * r->data.n_columns - 1];
}

static double out_V(const run *r, size_t row, uint32_t neuron) {
    return r->data.value[row * r->data.n_columns + 1 + r->circuit->n_neurons + neuron];
}

static bool is_wire(const npim_neuron *neuron) {
    return neuron->kind == NPIM_NEURON_LATCH || neuron->kind == NPIM_NEURON_INVERTER;
}

static bool counts(const run *r, uint32_t neuron) {
    return is_wire(&r->circuit->neurons[neuron]) || r->tolerance_V > 0;
}

static uint32_t first_output(const run *r) {
    return r->circuit->n_neurons - r->circuit->n_outputs;
}

/* True when all outputs that count are, at a row, where they are at the last one. */
static bool is_settled(const run *r, size_t row, size_t last) {
    double half_V = r->circuit->vdd_V / 2;
    for (uint32_t n = first_output(r); n < r->circuit->n_neurons; n++) {
        double here_V = out_V(r, row, n), end_V = out_V(r, last, n);
        if (!counts(r, n)) continue;
        if (is_wire(&r->circuit->neurons[n]) ? (here_V > half_V) != (end_V > half_V)
                                             : !(fabs(here_V - end_V) <= r->tolerance_V))
            return false;
    }
    return true;
}

/* The rows of a step: from the first at or after its beginning to the last before the next one begins. */
static void find_rows(const run *r, uint32_t step, size_t *first, size_t *last) {
    double begin_s = step * r->steps->hold_s, end_s = begin_s + r->steps->hold_s;
    double slack_s = r->steps->hold_s * 1e-9;
    *first = 0;
    while (*first + 1 < r->data.n_rows && time_s(r, *first) < begin_s - slack_s) ++*first;
    *last = *first;
    while (*last + 1 < r->data.n_rows && time_s(r, *last + 1) <= end_s + slack_s) ++*last;
}

static npim_status settle_step(const run *r, uint32_t step, double *settle_s, npim_error *error) {
    size_t first, last;
    find_rows(r, step, &first, &last);
    double begin_s = step * r->steps->hold_s, hold_s = r->steps->hold_s;
    if (!(time_s(r, last) >= begin_s + 0.999 * hold_s))
        return npim_fail(error, NPIM_EUSAGE, "ngspice: the run ends at %g s, before step %u does",
                         time_s(r, last), step);
    size_t row = last;
    while (row > first && is_settled(r, row - 1, last)) row--;
    *settle_s = row > first ? time_s(r, row) - begin_s : 0;
    if (*settle_s > 0.95 * hold_s)
        return npim_fail(error, NPIM_ECONFIG,
                         "hold_s = %g: an output still moves %g s after the beginning of step %u", hold_s,
                         *settle_s, step);
    return NPIM_OK;
}

/* The integral of the power from the beginning of a step for a time; linear between the rows. */
static double energy_J(const run *r, uint32_t step, double for_s) {
    size_t first, last;
    find_rows(r, step, &first, &last);
    double end_s = step * r->steps->hold_s + for_s, sum_J = 0;
    for (size_t row = first; row < last && time_s(r, row) < end_s; row++) {
        double from_s = time_s(r, row), to_s = time_s(r, row + 1), a_W = power_W(r, row);
        double b_W = power_W(r, row + 1);
        if (to_s > end_s) {
            b_W = a_W + (b_W - a_W) * (end_s - from_s) / (to_s - from_s);
            to_s = end_s;
        }
        sum_J += (to_s - from_s) * (a_W + b_W) / 2;
    }
    return sum_J;
}

/* Do the wires end where the model has them? */
static bool is_wrong(const run *r, uint32_t step) {
    size_t first, last;
    double half_V = r->circuit->vdd_V / 2;
    find_rows(r, step, &first, &last);
    npim_instance_eval(r->netlist->instance, r->steps->step_V + (size_t)step * r->circuit->n_inputs, 0,
                       r->node_V, r->out_V);
    for (uint32_t n = first_output(r); n < r->circuit->n_neurons; n++)
        if (is_wire(&r->circuit->neurons[n]) && (out_V(r, last, n) > half_V) != (r->out_V[n] > half_V))
            return true;
    return false;
}

static npim_status figures(const run *r, npim_settle *s, npim_error *error) {
    double step_s = 0, sum_s = 0, sum_J = 0, last_s = time_s(r, r->data.n_rows - 1);
    npim_status status = NPIM_OK;
    s->n_steps = r->steps->n_steps - 1;
    for (uint32_t k = 1; k <= s->n_steps && status == NPIM_OK; k++) {
        status = settle_step(r, k, &step_s, error);
        if (step_s > s->settle_s || k == 1) {
            s->settle_s = step_s;
            s->slowest = k;
        }
        sum_s += step_s;
        s->n_wrong += is_wrong(r, k);
    }
    if (status != NPIM_OK) return status;
    for (uint32_t k = 1; k <= s->n_steps; k++) sum_J += energy_J(r, k, s->settle_s);
    s->mean_settle_s = sum_s / s->n_steps;
    s->energy_J = sum_J / s->n_steps;
    for (size_t row = 0; row + 1 < r->data.n_rows; row++)
        s->power_W += (time_s(r, row + 1) - time_s(r, row)) * (power_W(r, row) + power_W(r, row + 1)) / 2;
    s->power_W /= last_s;
    return NPIM_OK;
}

static npim_status check(const run *r, npim_error *error) {
    bool any = false;
    for (uint32_t n = first_output(r); n < r->circuit->n_neurons; n++) any |= counts(r, n);
    if (!(r->tolerance_V >= 0) || !isfinite(r->tolerance_V) || !any)
        return npim_fail(error, NPIM_ECONFIG, "tolerance_V = %g: not below 0, and above 0 without wires",
                         r->tolerance_V);
    if (r->steps->n_steps < 2)
        return npim_fail(error, NPIM_ECONFIG, "settling: %u steps: at least 2", r->steps->n_steps);
    return NPIM_OK;
}

static npim_status simulate(run *r, const npim_spice *spice, npim_settle *settle, npim_error *error) {
    char *text = NULL;
    npim_status status = npim_netlist_steps_text(r->netlist, r->steps, &text, error);
    if (status != NPIM_OK) return status;
    npim_sha256(text, strlen(text), settle->deck_sha256);
    status = npim_spice_version(spice, settle->simulator, error);
    if (status == NPIM_OK)
        status = npim_spice_run(spice, text, 0, npim_netlist_columns(r->netlist) + 1, &r->data, error);
    free(text);
    return status;
}

npim_status npim_settle_measure(const npim_netlist *netlist, const npim_netlist_steps *steps,
                                double tolerance_V, const npim_spice *spice, npim_settle *settle,
                                npim_error *error) {
    run r = {netlist, netlist->instance->circuit, steps, tolerance_V, {0}, NULL, NULL};
    memset(settle, 0, sizeof *settle);
    npim_status status = check(&r, error);
    if (status == NPIM_OK) status = simulate(&r, spice, settle, error);
    if (status == NPIM_OK) {
        r.node_V = calloc(r.circuit->n_neurons, sizeof *r.node_V);
        r.out_V = calloc(r.circuit->n_neurons, sizeof *r.out_V);
        status = r.node_V && r.out_V ? figures(&r, settle, error)
                                     : npim_fail(error, NPIM_ENOMEM, "no memory for a circuit's nodes");
    }
    free(r.node_V);
    free(r.out_V);
    npim_spice_data_fini(&r.data);
    return status;
}
