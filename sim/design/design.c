#include "sim/design/design.h"

#include "sim/design/loaded_adc.h"
#include "sim/design/neural_adc.h"
#include "sim/design/neural_sa.h"
#include "sim/design/train_adc.h"
#include "sim/design/train_sa.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Per cell: an array of 128 x 128 takes 25 um2 (ISAAC, ISCA 2016, Table I). */
#define CELL_um2 (25.0 / (128 * 128))

/* Assumed: two transistors of 0.44 um width together on a pitch of 0.15 um with their wells. A latch is a
 * clocked pair of inverters with its switches: four of them. */
#define INVERTER_um2 0.2
enum { INVERTERS_OF_A_LATCH = 4 };

void npim_design_fini(npim_design *design) {
    npim_converter_fini(&design->converter);
    memset(design, 0, sizeof *design);
}

bool npim_design_has(const npim_design *design, npim_neuron_kind kind) {
    const npim_circuit *circuit = &design->converter.circuit;
    for (uint32_t n = 0; n < circuit->n_neurons; n++)
        if (circuit->neurons[n].kind == kind) return true;
    return false;
}

double npim_design_full_scale_V(const npim_design *design) {
    if (design->converter.kind == NPIM_CODE_PIPELINE) return npim_adc_full_scale_V(&design->converter);
    return design->request.v_max_V > 0 ? 2 * design->request.v_max_V : design->converter.circuit.vdd_V;
}

void npim_design_count(npim_design *design) {
    const npim_circuit *circuit = &design->converter.circuit;
    design->inverters = design->latches = 0;
    for (uint32_t n = 0; n < circuit->n_neurons; n++) {
        const npim_neuron *neuron = &circuit->neurons[n];
        design->latches += neuron->kind == NPIM_NEURON_LATCH;
        design->inverters += neuron->kind == NPIM_NEURON_INVERTER ? neuron->chain : 0;
        design->inverters += neuron->kind == NPIM_NEURON_RESIDUE;
    }
    design->area_um2 = circuit->n_cells * CELL_um2 +
                       (design->inverters + INVERTERS_OF_A_LATCH * design->latches) * INVERTER_um2;
}

static npim_status load_tables(npim_design *design, const char *folder, npim_error *error) {
    static const char *const cards[] = {"sc", "b4"};
    char path[4096];
    if (snprintf(path, sizeof path, "%s/inverter_%s.toml", folder, cards[design->request.card]) >=
        (int)sizeof path)
        return npim_fail(error, NPIM_ECONFIG, "%s: the name is too long", folder);
    npim_status status = npim_inverter_table_load(&design->inverter, path, error);
    design->residue = design->inverter;
    return status;
}

static npim_status make_ladder(npim_design *design, const char *folder, npim_error *error) {
    (void)folder;
    const npim_design_request *r = &design->request;
    const npim_ladder_options options = {.dac_bits = r->dac_bits,
                                         .multiplicity = r->multiplicity,
                                         .cell_bits = r->cell_bits,
                                         .vdd_V = design->inverter.inverter.vdd_V};
    design->task = (npim_sa_task){.dac_bits = r->dac_bits, .range = 0.5};
    return npim_ladder_design(&design->converter.circuit, &options, error);
}

/* scores: [runs], changed. */
static npim_design_training training_of(double *scores, uint32_t runs, uint32_t best) {
    npim_design_training t = {.runs = runs, .best = best};
    t.score = npim_spread_of(scores[best], scores, runs);
    t.least = scores[0];
    t.most = scores[runs - 1];
    return t;
}

static npim_status train_sa(npim_design *design, const char *folder, npim_error *error) {
    (void)folder;
    const npim_design_request *r = &design->request;
    npim_train_sa_result *result = calloc(1, sizeof *result);
    if (!result) return npim_fail(error, NPIM_ENOMEM, "no memory for training");
    npim_train_sa_options options = npim_train_sa_default(r->dac_bits, &design->inverter.inverter);
    options.hidden = r->hidden;
    options.multiplicity = r->multiplicity;
    options.cell_bits = r->cell_bits;
    options.runs = r->runs;
    options.stop = r->stop;
    options.seed = r->seed;
    npim_status status = npim_train_sa(&options, result, error);
    design->task = options.task;
    design->converter.circuit = result->circuit;
    if (status == NPIM_OK) design->training = training_of(result->varied_dB, result->runs, result->best);
    free(result);
    return status;
}

/* The design and the table of its residue inverter make each other. */
static npim_status load_adc(npim_design *design, const npim_adc_options *adc, const char *folder,
                            npim_error *error) {
    char deck[4096];
    const npim_spice spice = {.stop = design->request.stop};
    npim_loaded_adc *loaded = calloc(1, sizeof *loaded);
    if (!loaded) return npim_fail(error, NPIM_ENOMEM, "no memory for a design");
    snprintf(deck, sizeof deck, "%.3800s/%.256s", folder, design->inverter.deck);
    const npim_loaded_adc_options options = npim_loaded_adc_default_options(adc, deck);
    npim_status status = npim_loaded_adc_design(loaded, &options, &spice, error);
    if (status == NPIM_OK) {
        design->converter = loaded->converter;
        design->residue = loaded->residue;
    }
    free(loaded);
    return status;
}

static npim_status synthesise_adc(npim_design *design, const char *folder, npim_error *error) {
    const npim_design_request *r = &design->request;
    npim_adc_options options = npim_adc_default_options(&design->inverter.inverter);
    options.bits = r->bits;
    options.kind = (npim_code_kind)r->code;
    options.multiplicity = r->multiplicity;
    options.cell_bits = r->cell_bits;
    options.v_max_V = r->v_max_V;
    options.residue = &design->residue.inverter;
    if (r->loaded) return load_adc(design, &options, folder, error);
    return npim_adc_design(&design->converter, &options, NULL, error);
}

static npim_status train_adc(npim_design *design, const char *folder, npim_error *error) {
    (void)folder;
    const npim_design_request *r = &design->request;
    npim_train_adc_result *result = calloc(1, sizeof *result);
    if (!result) return npim_fail(error, NPIM_ENOMEM, "no memory for training");
    npim_train_adc_options options =
        npim_train_adc_default((npim_code_kind)r->code, &design->inverter.inverter);
    options.bits = r->bits;
    options.hidden = r->hidden;
    options.multiplicity = r->multiplicity;
    options.cell_bits = r->cell_bits;
    options.runs = r->runs;
    options.stop = r->stop;
    options.seed = r->seed;
    npim_status status = npim_train_adc(&options, result, error);
    design->converter = result->converter;
    if (status == NPIM_OK) design->training = training_of(result->varied_bit, result->runs, result->best);
    free(result);
    return status;
}

typedef npim_status maker(npim_design *design, const char *folder, npim_error *error);

npim_status npim_design_make(npim_design *design, const npim_design_request *request, const char *folder,
                             npim_error *error) {
    static maker *const makers[2][2] = {
        [NPIM_DESIGN_NEURAL_SA] = {[NPIM_DESIGN_SYNTHESISED] = make_ladder, [NPIM_DESIGN_TRAINED] = train_sa},
        [NPIM_DESIGN_NEURAL_ADC] = {
            [NPIM_DESIGN_SYNTHESISED] = synthesise_adc, [NPIM_DESIGN_TRAINED] = train_adc}};
    memset(design, 0, sizeof *design);
    design->request = *request;
    npim_status status = load_tables(design, folder, error);
    if (status == NPIM_OK) status = makers[request->kind][request->method](design, folder, error);
    if (status == NPIM_OK) status = npim_circuit_check(&design->converter.circuit, error);
    if (status != NPIM_OK) {
        npim_design_fini(design);
        return status;
    }
    npim_design_count(design);
    return NPIM_OK;
}
