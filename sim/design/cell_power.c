#include "sim/design/cell_power.h"

#include "sim/design/netlist_of.h"

#include <stdlib.h>

enum { POINTS = 256 };

static double source_V(const npim_circuit *c, const npim_cell *cell, const double *in_V,
                       const double *out_V) {
    uint32_t rails_end = c->n_inputs + c->n_rails;
    double s_V = cell->source < c->n_inputs ? in_V[cell->source]
                 : cell->source < rails_end ? c->rail_V[cell->source - c->n_inputs]
                                            : out_V[cell->source - rails_end];
    return cell->complement ? c->vdd_V - s_V : s_V;
}

/* Of one row, W, with cells of r_on_ohm. */
static double row_power(const npim_circuit *c, uint32_t n, double r_on_ohm, const double *in_V,
                        const double *node_V, const double *out_V) {
    const npim_neuron *neuron = &c->neurons[n];
    double power = 0;
    for (uint32_t i = neuron->first_cell; i < neuron->first_cell + neuron->n_cells; i++) {
        double v_V = source_V(c, &c->cells[i], in_V, out_V) - node_V[n];
        power += npim_circuit_conductance(c, c->cells[i].level) / r_on_ohm * v_V * v_V;
    }
    return power;
}

static double circuit_power(const npim_design *design, const double *in_V, const double *node_V,
                            const double *out_V) {
    npim_netlist_group groups[NPIM_DESIGN_MAX_GROUPS];
    uint32_t n_groups = npim_design_groups(design, groups), n = 0;
    double power = 0;
    for (uint32_t g = 0; g < n_groups; g++)
        for (uint32_t end = n + groups[g].n_neurons; n < end; n++)
            power += row_power(&design->converter.circuit, n, groups[g].r_on_ohm, in_V, node_V, out_V);
    return power;
}

/* Point i of the inputs: the converter's ramp, or uniform ones. */
static void take_inputs(const npim_design *design, uint32_t i, double *in_V) {
    const npim_circuit *c = &design->converter.circuit;
    const npim_random random = {.seed = 1};
    if (design->request.kind == NPIM_DESIGN_NEURAL_ADC) {
        in_V[0] = 0.5 * c->vdd_V + npim_design_full_scale_V(design) * ((i + 0.5) / POINTS - 0.5);
        return;
    }
    for (uint32_t k = 0; k < c->n_inputs; k++)
        in_V[k] = c->vdd_V * npim_random_uniform(&random, NPIM_DRAW_INPUT, (uint64_t)i * c->n_inputs + k);
}

npim_status npim_cell_power_uW(const npim_design *design, double *power_uW, npim_error *error) {
    const npim_circuit *c = &design->converter.circuit;
    npim_instance instance;
    npim_status status = npim_instance_init(&instance, c, NULL, NULL, error);
    if (status != NPIM_OK) return status;
    double in_V[NPIM_CIRCUIT_MAX_INPUTS], sum_W = 0;
    double *scratch_V = malloc(2 * (size_t)c->n_neurons * sizeof *scratch_V);
    if (!scratch_V) status = npim_fail(error, NPIM_ENOMEM, "no memory for %u neurons", c->n_neurons);
    for (uint32_t i = 0; status == NPIM_OK && i < POINTS; i++) {
        take_inputs(design, i, in_V);
        npim_instance_eval(&instance, in_V, i, scratch_V, scratch_V + c->n_neurons);
        sum_W += circuit_power(design, in_V, scratch_V, scratch_V + c->n_neurons);
    }
    free(scratch_V);
    npim_instance_fini(&instance);
    *power_uW = sum_W / POINTS * 1e6;
    return status;
}
