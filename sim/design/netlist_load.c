#include "sim/design/netlist_parts.h"

#include <stdlib.h>

/* Adds a row, as it hangs on the output of a neuron, to the sums of conductance and of current. */
static void add_row(const npim_netlist *netlist, uint32_t n, bool mirrored, uint32_t source, double *sum_S,
                    double *sum_A) {
    const npim_instance *at = netlist->instance;
    const npim_circuit *c = at->circuit;
    const npim_neuron *neuron = &c->neurons[n];
    double to_source = 0, elsewhere = 0, weighted_V = 0;
    for (uint32_t i = neuron->first_cell; i < neuron->first_cell + neuron->n_cells; i++) {
        const npim_cell *cell = &c->cells[i];
        double g = npim_instance_conductance(at, i), volts = c->vdd_V / 2;
        bool complement = cell->complement != mirrored;
        if (cell->source == source && !complement) {
            to_source += g;
            continue;
        }
        if (cell->source >= c->n_inputs && cell->source < c->n_inputs + c->n_rails)
            volts = c->rail_V[cell->source - c->n_inputs];
        elsewhere += g;
        weighted_V += g * (complement ? c->vdd_V - volts : volts);
    }
    if (!(to_source > 0 && elsewhere > 0)) return;
    double load_S =
        to_source * elsewhere / (to_source + elsewhere) / npim_netlist_group_of(netlist, n)->r_on_ohm;
    *sum_S += load_S;
    *sum_A += load_S * weighted_V / elsewhere;
}

npim_status npim_netlist_load(const npim_netlist *netlist, uint32_t neuron, npim_inverter_load *load,
                              npim_error *error) {
    const npim_circuit *c = netlist->instance->circuit;
    uint32_t rails_end = c->n_inputs + c->n_rails;
    double sum_S = 0, sum_A = 0;
    *load = (npim_inverter_load){0, 0};
    npim_status status = npim_netlist_check(netlist, error);
    if (status != NPIM_OK) return status;
    bool *used = npim_netlist_used(netlist->instance);
    if (!used) return npim_fail(error, NPIM_ENOMEM, "no memory for a netlist");
    for (uint32_t n = neuron + 1; n < c->n_neurons; n++) {
        add_row(netlist, n, false, rails_end + neuron, &sum_S, &sum_A);
        if (used[2 * (rails_end + n) + 1]) add_row(netlist, n, true, rails_end + neuron, &sum_S, &sum_A);
    }
    free(used);
    if (sum_S > 0) *load = (npim_inverter_load){sum_S, sum_A / sum_S};
    return NPIM_OK;
}
