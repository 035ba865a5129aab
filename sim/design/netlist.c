#include "sim/design/netlist.h"

#include "sim/design/netlist_parts.h"

#include <math.h>
#include <stdlib.h>

enum { MAX_STEPS = 100000, MAX_POINTS = 1000000, NAME_SIZE = 24, VALUES_IN_LINE = 8 };

/* The text as it grows: the elements, and the sum of the power of the sources among them. */
typedef struct writer {
    const npim_netlist *netlist;
    const npim_instance *at;
    const npim_circuit *circuit;
    FILE *out, *power;
    char *power_text;
    size_t power_size;
    bool *used; /* [2 x source + complement]: some row reads it */
} writer;

/* --- checks --- */

static bool within(double x, double least, double most) {
    return x >= least && x <= most;
}

npim_status npim_netlist_check(const npim_netlist *netlist, npim_error *error) {
    const npim_circuit *c = netlist->instance->circuit;
    uint64_t n = 0;
    for (uint32_t g = 0; g < netlist->n_groups; g++) {
        const npim_netlist_group *group = &netlist->groups[g];
        n += group->n_neurons;
        if (!within(group->r_on_ohm, 1, 1e12) || !within(group->width, 0.1, 1000))
            return npim_fail(error, NPIM_ECONFIG,
                             "netlist: group %u: r_on_ohm = %g, width = %g: 1..1e12 ohm, 0.1..1000", g,
                             group->r_on_ohm, group->width);
    }
    if (n != c->n_neurons)
        return npim_fail(error, NPIM_ECONFIG, "netlist: groups of %llu neurons: the circuit has %u",
                         (unsigned long long)n, c->n_neurons);
    if (netlist->latch_chain != 0 && (netlist->latch_chain % 2 == 0 || netlist->latch_chain > 99))
        return npim_fail(error, NPIM_ECONFIG, "netlist: latch_chain = %u: odd, at most 99; 0: ideal",
                         netlist->latch_chain);
    if (!within(netlist->node_F, 0, 1) || !within(netlist->temperature_C, -55, 150))
        return npim_fail(error, NPIM_ECONFIG,
                         "netlist: node_F = %g, temperature_C = %g: 0..1 F, -55..150 degree C",
                         netlist->node_F, netlist->temperature_C);
    return NPIM_OK;
}

static npim_status check_ramp(const npim_netlist *netlist, const npim_netlist_ramp *ramp, npim_error *error) {
    const npim_circuit *c = netlist->instance->circuit;
    if (ramp->input >= c->n_inputs || !(ramp->from_V < ramp->to_V) || !isfinite(ramp->to_V - ramp->from_V))
        return npim_fail(error, NPIM_ECONFIG,
                         "netlist: a ramp of input %u from %g to %g V: %u inputs, upwards", ramp->input,
                         ramp->from_V, ramp->to_V, c->n_inputs);
    if (ramp->n_points < 2 || ramp->n_points > MAX_POINTS)
        return npim_fail(error, NPIM_ECONFIG, "netlist: a ramp of %u points: 2..%d", ramp->n_points,
                         MAX_POINTS);
    return npim_netlist_check(netlist, error);
}

static npim_status check_steps(const npim_netlist *netlist, const npim_netlist_steps *steps,
                               npim_error *error) {
    if (steps->n_steps < 1 || steps->n_steps > MAX_STEPS)
        return npim_fail(error, NPIM_ECONFIG, "netlist: %u steps: 1..%d", steps->n_steps, MAX_STEPS);
    if (!within(steps->hold_s, 1e-15, 1) || !within(steps->edge_s, steps->hold_s * 1e-6, steps->hold_s / 2) ||
        !within(steps->resolution_s, steps->hold_s * 1e-6, steps->hold_s))
        return npim_fail(error, NPIM_ECONFIG,
                         "netlist: hold_s = %g, edge_s = %g, resolution_s = %g: 1e-15..1 s, above a "
                         "millionth of that and at most a half of it, at most all of it",
                         steps->hold_s, steps->edge_s, steps->resolution_s);
    return npim_netlist_check(netlist, error);
}

/* --- what is read by whom --- */

/* Marks what the rows of neuron n read, those of its complement when somebody reads that. */
static void mark(const npim_instance *at, uint32_t n, bool *used) {
    const npim_circuit *c = at->circuit;
    const npim_neuron *neuron = &c->neurons[n];
    bool mirrored = used[2 * (c->n_inputs + c->n_rails + n) + 1];
    for (uint32_t i = neuron->first_cell; i < neuron->first_cell + neuron->n_cells; i++) {
        const npim_cell *cell = &c->cells[i];
        if (!(npim_instance_conductance(at, i) > 0)) continue;
        used[2 * cell->source + cell->complement] = true;
        if (mirrored) used[2 * cell->source + !cell->complement] = true;
    }
}

bool *npim_netlist_used(const npim_instance *at) {
    const npim_circuit *c = at->circuit;
    bool *used = calloc(2 * (size_t)(c->n_inputs + c->n_rails + c->n_neurons), sizeof *used);
    for (uint32_t n = c->n_neurons; n > 0 && used; n--) mark(at, n - 1, used);
    return used;
}

const npim_netlist_group *npim_netlist_group_of(const npim_netlist *netlist, uint32_t neuron) {
    const npim_netlist_group *group = netlist->groups;
    for (uint32_t end = group->n_neurons; neuron >= end; end += group->n_neurons) group++;
    return group;
}

/* --- names --- */

static const char *suffix(bool complement) {
    return complement ? "_n" : "";
}

static void source_name(const npim_circuit *c, uint32_t source, bool complement, char name[NAME_SIZE]) {
    if (source < c->n_inputs)
        snprintf(name, NAME_SIZE, "in%u%s", source, suffix(complement));
    else if (source < c->n_inputs + c->n_rails)
        snprintf(name, NAME_SIZE, "rail%u%s", source - c->n_inputs, suffix(complement));
    else
        snprintf(name, NAME_SIZE, "o%u%s", source - c->n_inputs - c->n_rails, suffix(complement));
}

static bool is_used(const writer *w, uint32_t neuron, bool complement) {
    return w->used[2 * (w->circuit->n_inputs + w->circuit->n_rails + neuron) + complement];
}

/* --- elements --- */

static void count_power(const writer *w, const char *node, const char *source) {
    fprintf(w->power, "let power = power - v(%s)*i(%s)\n", node, source);
}

static void put_source(const writer *w, const char *node, double volts) {
    char source[NAME_SIZE + 1];
    snprintf(source, sizeof source, "V%s", node);
    fprintf(w->out, "%s %s 0 %.17g\n", source, node, volts);
    count_power(w, node, source);
}

static void put_rails(const writer *w) {
    const npim_circuit *c = w->circuit;
    char node[NAME_SIZE];
    put_source(w, "vdd", c->vdd_V);
    for (uint32_t r = 0; r < c->n_rails; r++)
        for (int complement = 0; complement < 2; complement++) {
            if (!w->used[2 * (c->n_inputs + r) + (uint32_t)complement]) continue;
            source_name(c, c->n_inputs + r, complement, node);
            put_source(w, node, complement ? c->vdd_V - c->rail_V[r] : c->rail_V[r]);
        }
}

/* Complements of inputs: the sources of those themselves depend on the stimulus. */
static void put_input_complements(const writer *w) {
    char node[NAME_SIZE], source[NAME_SIZE + 1];
    for (uint32_t i = 0; i < w->circuit->n_inputs; i++) {
        if (!w->used[2 * i + 1]) continue;
        source_name(w->circuit, i, true, node);
        snprintf(source, sizeof source, "E%s", node);
        fprintf(w->out, "%s %s 0 vdd in%u 1\n", source, node, i);
        count_power(w, node, source);
    }
}

/* The row of a neuron. Its node is u; where the threshold is off, a source lies between the row and u. */
static void put_row(const writer *w, uint32_t n, bool mirrored) {
    const npim_neuron *neuron = &w->circuit->neurons[n];
    const char *tail = suffix(mirrored);
    double r_on_ohm = npim_netlist_group_of(w->netlist, n)->r_on_ohm, offset_V = w->at->offset_V[n];
    char row = offset_V != 0 ? 'r' : 'u', source[NAME_SIZE];
    for (uint32_t i = neuron->first_cell; i < neuron->first_cell + neuron->n_cells; i++) {
        const npim_cell *cell = &w->circuit->cells[i];
        double g = npim_instance_conductance(w->at, i);
        if (!(g > 0)) continue;
        source_name(w->circuit, cell->source, cell->complement != mirrored, source);
        fprintf(w->out, "R%u%s %s %c%u%s %.17g\n", i, tail, source, row, n, tail, r_on_ohm / g);
    }
    if (w->netlist->node_F > 0)
        fprintf(w->out, "C%u%s %c%u%s 0 %.17g\n", n, tail, row, n, tail, w->netlist->node_F);
    if (offset_V != 0)
        fprintf(w->out, "Voff%u%s u%u%s r%u%s %.17g\n", n, tail, n, tail, n, tail,
                mirrored ? -offset_V : offset_V);
}

static void put_chain(const writer *w, uint32_t n, const char *tail, uint32_t length) {
    char in[NAME_SIZE], out[NAME_SIZE];
    snprintf(in, sizeof in, "u%u%s", n, tail);
    for (uint32_t i = 1; i <= length; i++) {
        bool last = i == length;
        if (last)
            snprintf(out, sizeof out, "o%u%s", n, tail);
        else
            snprintf(out, sizeof out, "h%u%s_%u", n, tail, i);
        fprintf(w->out, "X%u%s_%u %s %s vdd inverter m=%.17g\n", n, tail, i, in, out,
                last ? npim_netlist_group_of(w->netlist, n)->width : 1);
        snprintf(in, sizeof in, "%s", out);
    }
}

/* An ideal source at the output of a neuron, whose element letter and value are given. */
static void put_ideal(const writer *w, uint32_t n, const char *tail, char letter, const char *value) {
    char node[NAME_SIZE], source[NAME_SIZE];
    snprintf(node, sizeof node, "o%u%s", n, tail);
    snprintf(source, sizeof source, "%c%u%s", letter, n, tail);
    fprintf(w->out, "%s %s 0 %s\n", source, node, value);
    count_power(w, node, source);
}

static void put_neuron(const writer *w, uint32_t n, bool mirrored) {
    const npim_neuron *neuron = &w->circuit->neurons[n];
    const char *tail = suffix(mirrored);
    char value[96];
    put_row(w, n, mirrored);
    switch (neuron->kind) {
    case NPIM_NEURON_INVERTER:
        put_chain(w, n, tail, neuron->chain);
        break;
    case NPIM_NEURON_RESIDUE:
        put_chain(w, n, tail, 1);
        break;
    case NPIM_NEURON_LATCH:
        snprintf(value, sizeof value, "V = v(u%u%s) < %.17g ? %.17g : 0", n, tail, w->circuit->vdd_V / 2,
                 w->circuit->vdd_V);
        if (w->netlist->latch_chain)
            put_chain(w, n, tail, w->netlist->latch_chain);
        else
            put_ideal(w, n, tail, 'B', value);
        break;
    case NPIM_NEURON_PASSIVE:
        snprintf(value, sizeof value, "u%u%s 0 1", n, tail);
        if (is_used(w, n, mirrored)) put_ideal(w, n, tail, 'E', value);
        break;
    }
}

static void put_circuit(const writer *w) {
    const npim_circuit *c = w->circuit;
    fprintf(w->out, "%s\n", w->netlist->deck->text);
    put_rails(w);
    put_input_complements(w);
    for (uint32_t n = 0; n < c->n_neurons; n++) {
        put_neuron(w, n, false);
        if (is_used(w, n, true)) put_neuron(w, n, true);
    }
}

/* --- stimulus and output --- */

static void put_ramp(const writer *w, const npim_netlist_ramp *ramp) {
    char node[NAME_SIZE];
    double step_V = (ramp->to_V - ramp->from_V) / (ramp->n_points - 1);
    for (uint32_t i = 0; i < w->circuit->n_inputs; i++) {
        source_name(w->circuit, i, false, node);
        put_source(w, node, i == ramp->input ? ramp->from_V : ramp->in_V[i]);
    }
    fprintf(w->out, ".options temp=%.17g reltol=1e-4 gmin=1e-14 itl1=500 itl2=500\n",
            w->netlist->temperature_C);
    fprintf(w->out, ".dc Vin%u %.17g %.17g %.17g\n", ramp->input, ramp->from_V, ramp->to_V + step_V / 4,
            step_V);
}

static void put_steps(const writer *w, const npim_netlist_steps *steps) {
    const npim_circuit *c = w->circuit;
    char node[NAME_SIZE], source[NAME_SIZE + 1];
    for (uint32_t i = 0; i < c->n_inputs; i++) {
        source_name(c, i, false, node);
        snprintf(source, sizeof source, "V%s", node);
        fprintf(w->out, "%s %s 0 PWL(0 %.17g", source, node, steps->step_V[i]);
        for (uint32_t k = 1; k < steps->n_steps; k++) {
            double at_s = k * steps->hold_s;
            fprintf(w->out, "\n+ %.12g %.17g %.12g %.17g", at_s,
                    steps->step_V[(size_t)(k - 1) * c->n_inputs + i], at_s + steps->edge_s,
                    steps->step_V[(size_t)k * c->n_inputs + i]);
        }
        fprintf(w->out, ")\n");
        count_power(w, node, source);
    }
    fprintf(w->out, ".options temp=%.17g reltol=1e-3 gmin=1e-14 method=gear\n", w->netlist->temperature_C);
    fprintf(w->out, ".tran %.12g %.12g 0 %.12g\n", steps->resolution_s, steps->n_steps * steps->hold_s,
            steps->resolution_s);
}

/* The columns, as the header says. A passive neuron that feeds nothing has one node for both. */
static void put_control(writer *w, bool power) {
    const npim_circuit *c = w->circuit;
    fprintf(w->out, ".control\nset num_threads=1\nset wr_singlescale\nset numdgt=12\nrun\n");
    fflush(w->power);
    if (power) fprintf(w->out, "let power = 0\n%s", w->power_text);
    fprintf(w->out, "wrdata %s", NPIM_SPICE_OUTPUT);
    for (uint32_t n = 0; n < c->n_neurons; n++) fprintf(w->out, " v(u%u)", n);
    for (uint32_t n = 0; n < c->n_neurons; n++) {
        bool same = c->neurons[n].kind == NPIM_NEURON_PASSIVE && !is_used(w, n, false);
        fprintf(w->out, " v(%c%u)", same ? 'u' : 'o', n);
    }
    fprintf(w->out, "%s\nquit\n.endc\n.end\n", power ? " power" : "");
}

size_t npim_netlist_columns(const npim_netlist *netlist) {
    return 1 + 2 * (size_t)netlist->instance->circuit->n_neurons;
}

/* One of ramp and steps is NULL. */
static npim_status put_all(const npim_netlist *netlist, const npim_netlist_ramp *ramp,
                           const npim_netlist_steps *steps, char **text, npim_error *error) {
    size_t n = 0;
    writer w = {.netlist = netlist, .at = netlist->instance, .circuit = netlist->instance->circuit};
    *text = NULL;
    w.used = npim_netlist_used(netlist->instance);
    w.out = open_memstream(text, &n);
    w.power = open_memstream(&w.power_text, &w.power_size);
    bool good = w.used && w.out && w.power;
    if (good) {
        fprintf(w.out,
                "* npim: a peripheral circuit of RRAM cells (R) and inverters; ngspice -b FILE writes %s\n",
                NPIM_SPICE_OUTPUT);
        put_circuit(&w);
        if (ramp) put_ramp(&w, ramp);
        if (steps) put_steps(&w, steps);
        put_control(&w, steps != NULL);
    }
    if (w.power && fclose(w.power) != 0) good = false;
    if (w.out && fclose(w.out) != 0) good = false;
    free(w.power_text);
    free(w.used);
    if (good) return NPIM_OK;
    free(*text);
    *text = NULL;
    return npim_fail(error, NPIM_ENOMEM, "no memory for a netlist");
}

npim_status npim_netlist_ramp_text(const npim_netlist *netlist, const npim_netlist_ramp *ramp, char **text,
                                   npim_error *error) {
    npim_status status = check_ramp(netlist, ramp, error);
    return status == NPIM_OK ? put_all(netlist, ramp, NULL, text, error) : status;
}

npim_status npim_netlist_steps_text(const npim_netlist *netlist, const npim_netlist_steps *steps, char **text,
                                    npim_error *error) {
    npim_status status = check_steps(netlist, steps, error);
    return status == NPIM_OK ? put_all(netlist, NULL, steps, text, error) : status;
}
