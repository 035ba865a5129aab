#include "sim/values/neural_circuits.h"

#include "sim/values/cells.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Blocks of random samples, behind those of the arrays. */
enum { SHIFT_ADD_KIND, CONVERTER_KIND };

static npim_random random_of(const npim_hardware *hardware, uint32_t kind, uint32_t layer, uint32_t number) {
    uint32_t block = NPIM_CELLS_CIRCUIT_BLOCKS + (kind << 28) + layer * NPIM_SHIFT_ADD_POOL + number;
    return (npim_random){hardware->seed, block};
}

static npim_circuit_variation variation_of(const npim_hardware *hardware) {
    return (npim_circuit_variation){.sigma = hardware->circuit_sigma,
                                    .stuck_on_rate = hardware->cell.stuck_on_rate,
                                    .stuck_off_rate = hardware->cell.stuck_off_rate};
}

static npim_shift_add_row nominal_row(const npim_hardware *hardware) {
    double keep = ldexp(1.0, -(int)hardware->dataflow.dac_bits);
    npim_shift_add_row row = {.keep = keep};
    for (int k = 0; k < NPIM_SHIFT_ADD_SLICES; k++) row.slice[k] = (1.0 - keep) * ldexp(1.0, k) / 255.0;
    return row;
}

static npim_status check_row(const npim_hardware *hardware, npim_error *error) {
    const npim_circuit *circuit = &hardware->sa->converter.circuit;
    if (hardware->slices != NPIM_SHIFT_ADD_SLICES || hardware->crossbar.cell_bits != 1)
        return npim_fail(error, NPIM_EUNSUPPORTED,
                         "the shift-and-add design takes 8 slices of 1 bit, the architecture has %u of %u",
                         hardware->slices, hardware->crossbar.cell_bits);
    for (uint32_t n = 0; n < circuit->n_neurons; n++)
        if (circuit->neurons[n].kind != NPIM_NEURON_PASSIVE)
            return npim_fail(error, NPIM_EUNSUPPORTED,
                             "values of whole networks take a shift-and-add of a passive row, "
                             "not one with inverters");
    return NPIM_OK;
}

/* A passive circuit is linear: its answer to one input at a time says all. scratch_V: 2 x n_neurons. */
static npim_shift_add_row measure_row(const npim_instance *instance, double *scratch_V) {
    const npim_circuit *circuit = instance->circuit;
    double in_V[NPIM_SHIFT_ADD_SLICES + 1], half_V = 0.5 * circuit->vdd_V,
                                            answer_V[NPIM_SHIFT_ADD_SLICES + 2];
    const double *out_V = &scratch_V[2 * circuit->n_neurons - 1];
    for (int driven = 0; driven <= NPIM_SHIFT_ADD_SLICES + 1; driven++) {
        for (int i = 0; i <= NPIM_SHIFT_ADD_SLICES; i++) in_V[i] = i == driven ? circuit->vdd_V : half_V;
        npim_instance_eval(instance, in_V, 0, scratch_V, scratch_V + circuit->n_neurons);
        answer_V[driven] = *out_V - half_V;
    }
    npim_shift_add_row row = {.offset_V = answer_V[NPIM_SHIFT_ADD_SLICES + 1]};
    for (int k = 0; k < NPIM_SHIFT_ADD_SLICES; k++) row.slice[k] = (answer_V[k] - row.offset_V) / half_V;
    row.keep = (answer_V[NPIM_SHIFT_ADD_SLICES] - row.offset_V) / half_V;
    return row;
}

static npim_status program_rows(npim_neural_circuits *c, uint64_t results, npim_error *error) {
    const npim_circuit *circuit = &c->hardware->sa->converter.circuit;
    npim_circuit_variation variation = variation_of(c->hardware);
    npim_status status = check_row(c->hardware, error);
    if (status != NPIM_OK) return status;
    double *scratch_V = malloc(2 * circuit->n_neurons * sizeof *scratch_V);
    c->rows = calloc(NPIM_SHIFT_ADD_POOL, sizeof *c->rows);
    if (!scratch_V || !c->rows) status = npim_fail(error, NPIM_ENOMEM, "no memory for shift-and-add rows");
    for (uint32_t i = 0; status == NPIM_OK && i < NPIM_SHIFT_ADD_POOL && i < results; i++) {
        npim_random random = random_of(c->hardware, SHIFT_ADD_KIND, c->layer, i);
        npim_instance instance;
        status = npim_instance_init(&instance, circuit, &variation, &random, error);
        if (status != NPIM_OK) break;
        c->rows[i] = measure_row(&instance, scratch_V);
        npim_instance_fini(&instance);
    }
    free(scratch_V);
    return status;
}

npim_status npim_neural_converter(const npim_neural_circuits *c, uint64_t result, npim_instance *instance,
                                  npim_error *error) {
    npim_circuit_variation variation = variation_of(c->hardware);
    npim_random random =
        random_of(c->hardware, CONVERTER_KIND, c->layer, (uint32_t)(result % NPIM_CONVERTER_POOL));
    return npim_instance_init(instance, &c->hardware->adc->converter.circuit, &variation, &random, error);
}

static npim_status program_tables(npim_neural_circuits *c, uint64_t results, npim_error *error) {
    const npim_converter *converter = &c->hardware->adc->converter;
    c->half_V = 0.5 * converter->circuit.vdd_V;
    c->full_scale_V = npim_design_full_scale_V(c->hardware->adc);
    c->tables = calloc(NPIM_CONVERTER_POOL, sizeof *c->tables);
    if (!c->tables) return npim_fail(error, NPIM_ENOMEM, "no memory for converter tables");
    npim_status status = NPIM_OK;
    for (uint32_t i = 0; status == NPIM_OK && i < NPIM_CONVERTER_POOL && i < results; i++) {
        npim_instance instance;
        status = npim_neural_converter(c, i, &instance, error);
        if (status != NPIM_OK) break;
        status = npim_converter_table_init(&c->tables[i], converter, &instance, error);
        npim_instance_fini(&instance);
    }
    return status;
}

npim_status npim_neural_circuits_program(npim_neural_circuits *circuits, const npim_hardware *hardware,
                                         uint32_t layer, uint64_t results, npim_error *error) {
    if (circuits->hardware == hardware && circuits->layer == layer) return NPIM_OK;
    npim_neural_circuits_fini(circuits);
    circuits->hardware = hardware;
    circuits->layer = layer;
    circuits->nominal = nominal_row(hardware);
    npim_status status = NPIM_OK;
    if (hardware->sa) status = program_rows(circuits, results, error);
    if (status == NPIM_OK && hardware->adc) status = program_tables(circuits, results, error);
    if (status != NPIM_OK) npim_neural_circuits_fini(circuits);
    return status;
}

void npim_neural_circuits_fini(npim_neural_circuits *circuits) {
    for (uint32_t i = 0; circuits->tables && i < NPIM_CONVERTER_POOL; i++)
        npim_converter_table_fini(&circuits->tables[i]);
    free(circuits->tables);
    free(circuits->rows);
    memset(circuits, 0, sizeof *circuits);
}

const npim_shift_add_row *npim_neural_row(const npim_neural_circuits *circuits, uint64_t result) {
    return circuits->rows ? &circuits->rows[result % NPIM_SHIFT_ADD_POOL] : &circuits->nominal;
}

const npim_converter_table *npim_neural_table(const npim_neural_circuits *circuits, uint64_t result) {
    return &circuits->tables[result % NPIM_CONVERTER_POOL];
}
