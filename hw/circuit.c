#include "hw/circuit.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define BOLTZMANN_J_per_K 1.380649e-23

void npim_circuit_fini(npim_circuit *circuit) {
    free(circuit->rail_V);
    free(circuit->neurons);
    free(circuit->cells);
    memset(circuit, 0, sizeof *circuit);
}

double npim_circuit_conductance(const npim_circuit *circuit, uint32_t level) {
    double least = circuit->on_off_ratio > 0 ? 1 / circuit->on_off_ratio : 0;
    return least + (1 - least) * level / ((1u << circuit->bits) - 1);
}

static npim_status check_sizes(const npim_circuit *c, npim_error *error) {
    if (c->bits < 1 || c->bits > 8)
        return npim_fail(error, NPIM_ECONFIG, "bits = %u: 1..8 bit in a cell", c->bits);
    if (!(c->on_off_ratio == 0 || c->on_off_ratio > 1) || !isfinite(c->on_off_ratio))
        return npim_fail(error, NPIM_ECONFIG, "on_off_ratio = %g: above 1, or 0 for cells that can be off",
                         c->on_off_ratio);
    if (!(c->vdd_V > 0 && c->vdd_V <= 10))
        return npim_fail(error, NPIM_ECONFIG, "vdd_V = %g: above 0, at most 10 V", c->vdd_V);
    if (c->n_inputs < 1 || c->n_inputs > NPIM_CIRCUIT_MAX_INPUTS)
        return npim_fail(error, NPIM_ECONFIG, "%u inputs: 1..%d", c->n_inputs, NPIM_CIRCUIT_MAX_INPUTS);
    if (c->n_rails > NPIM_CIRCUIT_MAX_INPUTS)
        return npim_fail(error, NPIM_ECONFIG, "%u rails: at most %d", c->n_rails, NPIM_CIRCUIT_MAX_INPUTS);
    if (c->n_neurons < 1 || c->n_neurons > NPIM_CIRCUIT_MAX_NEURONS)
        return npim_fail(error, NPIM_ECONFIG, "%u neurons: 1..%d", c->n_neurons, NPIM_CIRCUIT_MAX_NEURONS);
    if (c->n_outputs < 1 || c->n_outputs > c->n_neurons)
        return npim_fail(error, NPIM_ECONFIG, "%u outputs: 1..%u, the neurons", c->n_outputs, c->n_neurons);
    for (uint32_t r = 0; r < c->n_rails; r++)
        if (!(c->rail_V[r] >= 0 && c->rail_V[r] <= c->vdd_V))
            return npim_fail(error, NPIM_ECONFIG, "rail %u at %g V: outside 0..%g V", r, c->rail_V[r],
                             c->vdd_V);
    return NPIM_OK;
}

static npim_status check_neuron(const npim_circuit *c, uint32_t n, npim_error *error) {
    const npim_neuron *neuron = &c->neurons[n];
    uint32_t sources = c->n_inputs + c->n_rails + n;
    double sum = 0;
    if (neuron->first_cell > c->n_cells || neuron->n_cells > c->n_cells - neuron->first_cell)
        return npim_fail(error, NPIM_ECONFIG, "neuron %u: cells %u..: there are %u", n, neuron->first_cell,
                         c->n_cells);
    if (neuron->kind == NPIM_NEURON_INVERTER && neuron->chain % 2 == 0)
        return npim_fail(error, NPIM_ECONFIG, "neuron %u: a chain of %u inverters: an odd number", n,
                         neuron->chain);
    for (uint32_t i = 0; i < neuron->n_cells; i++) {
        const npim_cell *cell = &c->cells[neuron->first_cell + i];
        if (cell->level >> c->bits)
            return npim_fail(error, NPIM_ECONFIG, "neuron %u, cell %u: level %u: 0..%u", n, i, cell->level,
                             (1u << c->bits) - 1);
        if (cell->source >= sources)
            return npim_fail(error, NPIM_ECONFIG,
                             "neuron %u, cell %u: source %u: an input, a rail or an earlier neuron, below %u",
                             n, i, cell->source, sources);
        sum += npim_circuit_conductance(c, cell->level);
    }
    return sum > 0 ? NPIM_OK
                   : npim_fail(error, NPIM_ECONFIG, "neuron %u: no cell ties its node to anything", n);
}

npim_status npim_circuit_check(const npim_circuit *circuit, npim_error *error) {
    npim_status status = check_sizes(circuit, error);
    bool inverter = false, residue = false;
    for (uint32_t n = 0; n < circuit->n_neurons && status == NPIM_OK; n++) {
        status = check_neuron(circuit, n, error);
        inverter |= circuit->neurons[n].kind == NPIM_NEURON_INVERTER;
        residue |= circuit->neurons[n].kind == NPIM_NEURON_RESIDUE;
    }
    if (status == NPIM_OK && inverter) status = npim_inverter_check(&circuit->inverter, error);
    if (status == NPIM_OK && residue) status = npim_inverter_check(&circuit->residue, error);
    return status;
}

static bool is_share(double x) {
    return x >= 0 && x <= 1;
}

static npim_status check_variation(const npim_circuit_variation *v, npim_error *error) {
    if (!(v->sigma >= 0 && v->sigma <= 0.5))
        return npim_fail(error, NPIM_ECONFIG, "sigma = %g: 0..0.5", v->sigma);
    if (!is_share(v->stuck_on_rate) || !is_share(v->stuck_off_rate) ||
        !is_share(v->stuck_on_rate + v->stuck_off_rate))
        return npim_fail(error, NPIM_ECONFIG, "stuck_on_rate = %g, stuck_off_rate = %g: 0..1 together",
                         v->stuck_on_rate, v->stuck_off_rate);
    if (!(v->offset_V >= 0 && v->offset_V <= 1) || !(v->node_F >= 0) || !(v->temperature_K >= 0))
        return npim_fail(error, NPIM_ECONFIG,
                         "offset_V = %g, node_F = %g, temperature_K = %g: none below 0, an offset of 1 V at "
                         "most",
                         v->offset_V, v->node_F, v->temperature_K);
    return NPIM_OK;
}

/* A cell that varies below no conductance at all is off. */
double npim_instance_conductance(const npim_instance *at, uint32_t cell) {
    const npim_circuit *c = at->circuit;
    const npim_circuit_variation *v = &at->variation;
    double g = npim_circuit_conductance(c, c->cells[cell].level);
    double fault = v->stuck_on_rate + v->stuck_off_rate > 0
                       ? npim_random_uniform(&at->random, NPIM_DRAW_STUCK, cell)
                       : 1;
    if (fault < v->stuck_on_rate) return 1;
    if (fault < v->stuck_on_rate + v->stuck_off_rate) return npim_circuit_conductance(c, 0);
    if (v->sigma == 0) return g;
    double factor = 1 + v->sigma * npim_random_normal(&at->random, NPIM_DRAW_VARIATION, cell);
    return factor > 0 ? g * factor : 0;
}

/* Adds a conductance to the node's term for a source, or to its constant. */
static void tie(npim_instance *at, uint32_t n, const npim_cell *cell, double g) {
    const npim_circuit *c = at->circuit;
    uint32_t rails_end = c->n_inputs + c->n_rails;
    if (cell->source >= c->n_inputs && cell->source < rails_end) {
        double rail_V = c->rail_V[cell->source - c->n_inputs];
        at->constant_V[n] += g * (cell->complement ? c->vdd_V - rail_V : rail_V);
        return;
    }
    uint32_t source = cell->source < c->n_inputs ? cell->source : cell->source - c->n_rails;
    uint32_t term = 2 * source + cell->complement, *end = &at->first[n + 1];
    for (uint32_t i = at->first[n]; i < *end; i++) {
        if (at->term[i] != term) continue;
        at->weight[i] += g;
        return;
    }
    at->term[*end] = term;
    at->weight[(*end)++] = g;
}

static void program_neuron(npim_instance *at, uint32_t n) {
    const npim_neuron *neuron = &at->circuit->neurons[n];
    double sum = 0;
    at->first[n + 1] = at->first[n];
    for (uint32_t i = neuron->first_cell; i < neuron->first_cell + neuron->n_cells; i++) {
        double g = npim_instance_conductance(at, i);
        sum += g;
        tie(at, n, &at->circuit->cells[i], g);
    }
    if (sum > 0) {
        for (uint32_t i = at->first[n]; i < at->first[n + 1]; i++) at->weight[i] /= sum;
        at->constant_V[n] /= sum;
    } else { /* faults tie it to nothing */
        at->first[n + 1] = at->first[n];
        at->constant_V[n] = 0.5 * at->circuit->vdd_V;
        at->n_floating++;
    }
    if (at->variation.offset_V > 0)
        at->offset_V[n] = at->variation.offset_V * npim_random_normal(&at->random, NPIM_DRAW_VARIATION,
                                                                      (uint64_t)at->circuit->n_cells + n);
}

static bool allocate(npim_instance *at) {
    const npim_circuit *c = at->circuit;
    at->first = calloc(c->n_neurons + 1, sizeof *at->first);
    at->term = calloc(c->n_cells, sizeof *at->term);
    at->weight = calloc(c->n_cells, sizeof *at->weight);
    at->constant_V = calloc(c->n_neurons, sizeof *at->constant_V);
    at->offset_V = calloc(c->n_neurons, sizeof *at->offset_V);
    return at->first && at->term && at->weight && at->constant_V && at->offset_V;
}

npim_status npim_instance_init(npim_instance *instance, const npim_circuit *circuit,
                               const npim_circuit_variation *variation, const npim_random *random,
                               npim_error *error) {
    memset(instance, 0, sizeof *instance);
    instance->circuit = circuit;
    const npim_circuit_variation *v = random ? variation : NULL;
    npim_status status = v ? check_variation(v, error) : NPIM_OK;
    if (random) instance->random = *random;
    if (v) instance->variation = *v;
    if (status == NPIM_OK && !allocate(instance))
        status = npim_fail(error, NPIM_ENOMEM, "no memory for a circuit of %u cells", circuit->n_cells);
    for (uint32_t n = 0; n < circuit->n_neurons && status == NPIM_OK; n++) program_neuron(instance, n);
    if (v && v->node_F > 0) instance->noise_V = sqrt(BOLTZMANN_J_per_K * v->temperature_K / v->node_F);
    if (status != NPIM_OK) npim_instance_fini(instance);
    return status;
}

void npim_instance_fini(npim_instance *instance) {
    free(instance->first);
    free(instance->term);
    free(instance->weight);
    free(instance->constant_V);
    free(instance->offset_V);
    memset(instance, 0, sizeof *instance);
}

/* What stands behind a node at u_V. */
static double behind(const npim_circuit *c, const npim_neuron *neuron, double u_V) {
    switch (neuron->kind) {
    case NPIM_NEURON_INVERTER:
        for (uint32_t i = 0; i < neuron->chain; i++) u_V = npim_inverter_out_V(&c->inverter, u_V);
        return u_V;
    case NPIM_NEURON_RESIDUE:
        return npim_inverter_out_V(&c->residue, u_V);
    case NPIM_NEURON_LATCH:
        return u_V < 0.5 * c->vdd_V ? c->vdd_V : 0;
    case NPIM_NEURON_PASSIVE:
        break;
    }
    return u_V;
}

/* The complement of an inverter's output is that of a row with both paths exchanged; a latch has both. */
static double value(const npim_instance *at, uint32_t term, const double *in_V, const double *node_V,
                    const double *out_V) {
    const npim_circuit *c = at->circuit;
    uint32_t source = term / 2;
    bool complement = term & 1;
    if (source < c->n_inputs) return complement ? c->vdd_V - in_V[source] : in_V[source];
    uint32_t n = source - c->n_inputs;
    if (!complement) return out_V[n];
    if (c->neurons[n].kind == NPIM_NEURON_LATCH) return c->vdd_V - out_V[n];
    return behind(c, &c->neurons[n], c->vdd_V - node_V[n]);
}

void npim_instance_eval(const npim_instance *at, const double *in_V, uint64_t index, double *node_V,
                        double *out_V) {
    const npim_circuit *c = at->circuit;
    for (uint32_t n = 0; n < c->n_neurons; n++) {
        double u_V = at->constant_V[n] + at->offset_V[n];
        for (uint32_t i = at->first[n]; i < at->first[n + 1]; i++)
            u_V += at->weight[i] * value(at, at->term[i], in_V, node_V, out_V);
        if (at->noise_V > 0)
            u_V += at->noise_V * npim_random_normal(&at->random, NPIM_DRAW_NOISE, index * c->n_neurons + n);
        node_V[n] = u_V;
        out_V[n] = behind(c, &c->neurons[n], u_V);
    }
}

double npim_instance_weight(const npim_instance *at, uint32_t neuron, uint32_t source) {
    double sum = 0;
    for (uint32_t i = at->first[neuron]; i < at->first[neuron + 1]; i++)
        if (at->term[i] / 2 == source) sum += at->term[i] & 1 ? -at->weight[i] : at->weight[i];
    return sum;
}
