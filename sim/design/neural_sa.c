#include "sim/design/neural_sa.h"

#include "hw/units.h"
#include "sim/design/sa_sinad.h"

#include <stdlib.h>
#include <string.h>

enum { ACC = NPIM_SA_SLICES, N_INPUTS };

npim_ladder_options npim_ladder_default_options(void) {
    return (npim_ladder_options){.dac_bits = 1, .multiplicity = 4, .cell_bits = 3, .vdd_V = 1};
}

static npim_status check(const npim_ladder_options *o, npim_error *error) {
    const npim_sa_task task = {.dac_bits = o->dac_bits, .range = 0.5};
    npim_status status = npim_sa_task_check(&task, error);
    if (status != NPIM_OK) return npim_fail(error, NPIM_EUSAGE, "dac_bits = %u: 1, 2, 4 or 8", o->dac_bits);
    if (o->multiplicity < 1 || o->multiplicity > NPIM_LADDER_MAX_MULTIPLICITY)
        return npim_fail(error, NPIM_EUSAGE, "multiplicity = %u: 1..%d", o->multiplicity,
                         NPIM_LADDER_MAX_MULTIPLICITY);
    if (o->cell_bits < 1 || o->cell_bits > 8)
        return npim_fail(error, NPIM_EUSAGE, "cell_bits = %u: 1..8 bit in a cell", o->cell_bits);
    if (!(o->vdd_V > 0 && o->vdd_V <= 10))
        return npim_fail(error, NPIM_EUSAGE, "vdd_V = %g: above 0, at most 10 V", o->vdd_V);
    return NPIM_OK;
}

/* Units of an input, of one level each. */
static uint32_t units(const npim_ladder_options *o, uint32_t input) {
    uint32_t slices = ((1u << NPIM_SA_SLICES) - 1) * o->multiplicity;
    return input == ACC ? slices / ((1u << o->dac_bits) - 1) : o->multiplicity << input;
}

static uint32_t cells_of(const npim_ladder_options *o, uint32_t input) {
    return (uint32_t)npim_ceil_div(units(o, input), (1u << o->cell_bits) - 1);
}

/* Levels that add up to the input's units and differ by one at most. */
static void fill(npim_circuit *c, const npim_ladder_options *o, uint32_t input) {
    uint32_t n = cells_of(o, input), all = units(o, input);
    for (uint32_t i = 0; i < n; i++)
        c->cells[c->n_cells++] =
            (npim_cell){.source = (uint16_t)input, .level = (uint8_t)(all / n + (i < all % n))};
}

npim_status npim_ladder_design(npim_circuit *circuit, const npim_ladder_options *options, npim_error *error) {
    memset(circuit, 0, sizeof *circuit);
    npim_status status = check(options, error);
    if (status != NPIM_OK) return status;
    uint32_t n_cells = 0;
    for (uint32_t input = 0; input < N_INPUTS; input++) n_cells += cells_of(options, input);
    circuit->bits = options->cell_bits;
    circuit->vdd_V = options->vdd_V;
    circuit->n_inputs = N_INPUTS;
    circuit->n_neurons = circuit->n_outputs = 1;
    circuit->neurons = calloc(1, sizeof *circuit->neurons);
    circuit->cells = calloc(n_cells, sizeof *circuit->cells);
    if (!circuit->neurons || !circuit->cells) {
        npim_circuit_fini(circuit);
        return npim_fail(error, NPIM_ENOMEM, "no memory for a ladder of %u cells", n_cells);
    }
    for (uint32_t input = 0; input < N_INPUTS; input++) fill(circuit, options, input);
    circuit->neurons[0] = (npim_neuron){.n_cells = n_cells, .kind = NPIM_NEURON_PASSIVE};
    return NPIM_OK;
}
