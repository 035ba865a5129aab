#include "sim/design/characterize.h"

#include "sim/design/cell_power.h"
#include "sim/design/characterize_adc.h"
#include "sim/design/options_bind.h"
#include "sim/text.h"

#include <stdio.h>
#include <string.h>

#define AT(member) offsetof(npim_sampling, member)
static const npim_field fields[] = {
    {"sigma", NPIM_KIND_DOUBLE, AT(sigma), 0, 0.5, "", false, 0.025, NULL, "of a cell's conductance"},
    {"samples", NPIM_KIND_U32, AT(samples), 0, 100000, "", false, 100, NULL, "varied circuits"},
    {"seed", NPIM_KIND_U64, AT(seed), 0, 9007199254740991.0, "", false, 1, NULL, "of the samples"},
    {"offset_mV", NPIM_KIND_DOUBLE, AT(effects.offset_mV), 0, 100, "mV", false, 0, NULL, "of thresholds"},
    {"node_fF", NPIM_KIND_DOUBLE, AT(effects.node_fF), 0, 1000, "fF", false, 0, NULL, "for noise of kT/C"},
    {"stuck_on_rate", NPIM_KIND_DOUBLE, AT(effects.stuck_on_rate), 0, 1, "", false, 0, NULL, "of cells"},
    {"stuck_off_rate", NPIM_KIND_DOUBLE, AT(effects.stuck_off_rate), 0, 1, "", false, 0, NULL, "of cells"},
};
#undef AT

npim_status npim_sampling_read(npim_sampling *sampling, const npim_options *o, npim_error *error) {
    const npim_option_value given[] = {{"sigma", "--sigma", o->sigma},
                                       {"samples", "--samples", o->samples},
                                       {"seed", "--seed", o->circuit_seed},
                                       {"offset_mV", "--offset-mV", o->offset},
                                       {"node_fF", "--node-fF", o->node},
                                       {"stuck_on_rate", "--stuck-on", o->stuck_on},
                                       {"stuck_off_rate", "--stuck-off", o->stuck_off}};
    return npim_options_bind(given, sizeof given / sizeof *given, fields, sizeof fields / sizeof *fields,
                             sampling, error);
}

npim_circuit_variation npim_sampling_variation(const npim_sampling *sampling) {
    const npim_sampling_effects *e = &sampling->effects;
    return (npim_circuit_variation){.sigma = sampling->sigma,
                                    .stuck_on_rate = e->stuck_on_rate,
                                    .stuck_off_rate = e->stuck_off_rate,
                                    .offset_V = e->offset_mV * 1e-3,
                                    .node_F = e->node_fF * 1e-15,
                                    .temperature_K = 300};
}

static void add(npim_characterization *result, const char *key, npim_spread spread) {
    result->figures[result->n_figures++] = (npim_named_spread){key, spread};
}

const npim_spread *npim_characterization_find(const npim_characterization *result, const char *key) {
    for (size_t i = 0; i < result->n_figures; i++)
        if (strcmp(result->figures[i].key, key) == 0) return &result->figures[i].spread;
    return NULL;
}

npim_adc_trial npim_design_trial(const npim_design *design, const npim_sampling *sampling) {
    npim_adc_trial trial = npim_adc_default_trial(npim_design_full_scale_V(design));
    trial.variation = npim_sampling_variation(sampling);
    trial.samples = sampling->samples;
    trial.seed = sampling->seed;
    trial.stop = sampling->stop;
    return trial;
}

npim_sa_trial npim_design_sa_trial(const npim_design *design, const npim_sampling *sampling) {
    npim_sa_trial trial = npim_sa_default_trial(&design->task);
    trial.variation = npim_sampling_variation(sampling);
    trial.samples = sampling->samples;
    trial.seed = sampling->seed;
    trial.stop = sampling->stop;
    return trial;
}

static npim_status measure_adc(npim_characterization *result, npim_error *error) {
    npim_adc_figures figures;
    const npim_adc_trial trial = npim_design_trial(result->design, &result->sampling);
    npim_status status = npim_adc_characterize(&result->design->converter, &trial, &figures, error);
    if (status != NPIM_OK) return status;
    add(result, "dnl_lsb", figures.dnl_lsb);
    add(result, "inl_lsb", figures.inl_lsb);
    add(result, "enob_bit", figures.enob_bit);
    add(result, "sinad_dB", figures.sinad_dB);
    add(result, "missing_codes", figures.missing_codes);
    add(result, "rms_error_mV", figures.rms_error_mV);
    add(result, "rms_error_corrected_mV", figures.rms_error_corrected_mV);
    return NPIM_OK;
}

static npim_status measure_sa(npim_characterization *result, npim_error *error) {
    npim_sa_figures figures;
    const npim_sa_trial trial = npim_design_sa_trial(result->design, &result->sampling);
    npim_status status = npim_sa_measure(&result->design->converter.circuit, &trial, &figures, error);
    if (status != NPIM_OK) return status;
    add(result, "sinad_dB", figures.sinad_dB);
    add(result, "sinad_corrected_dB", figures.corrected_dB);
    add(result, "rms_error_mV", figures.rms_error_mV);
    return NPIM_OK;
}

npim_status npim_characterize(npim_characterization *result, const npim_design *design,
                              const npim_sampling *sampling, npim_error *error) {
    memset(result, 0, sizeof *result);
    result->design = design;
    result->sampling = *sampling;
    return design->request.kind == NPIM_DESIGN_NEURAL_ADC ? measure_adc(result, error)
                                                          : measure_sa(result, error);
}

npim_status npim_design_achieve(npim_design *design, const npim_characterization *result, npim_error *error) {
    npim_achieved achieved = {.sigma = result->sampling.sigma,
                              .samples = result->sampling.samples,
                              .seed = result->sampling.seed,
                              .n = result->n_figures};
    npim_status status = npim_cell_power_uW(design, &achieved.cell_power_uW, error);
    for (size_t i = 0; i < result->n_figures; i++) {
        snprintf(achieved.figures[i].key, NPIM_ACHIEVED_KEY_SIZE, "%s", result->figures[i].key);
        achieved.figures[i].spread = result->figures[i].spread;
    }
    if (status == NPIM_OK) design->achieved = achieved;
    return status;
}

void npim_sampling_put(const npim_sampling *s, FILE *out) {
    fprintf(out, "sigma %g, %u samples, seed %llu", s->sigma, s->samples, (unsigned long long)s->seed);
    if (s->effects.offset_mV > 0) fprintf(out, ", offset %g mV", s->effects.offset_mV);
    if (s->effects.node_fF > 0) fprintf(out, ", kT/C of %g fF", s->effects.node_fF);
    if (s->effects.stuck_on_rate > 0) fprintf(out, ", %g stuck on", s->effects.stuck_on_rate);
    if (s->effects.stuck_off_rate > 0) fprintf(out, ", %g stuck off", s->effects.stuck_off_rate);
    fputc('\n', out);
}

static void put_text(const void *subject, FILE *out) {
    const npim_characterization *result = subject;
    const npim_design *d = result->design;
    fprintf(out, "%s, ", npim_design_kind_names[d->request.kind]);
    if (d->request.kind == NPIM_DESIGN_NEURAL_ADC)
        fprintf(out, "%u bit: ", d->request.bits);
    else
        fprintf(out, "%u bit a cycle, %u cycles: ", d->request.dac_bits, npim_sa_cycles(&d->task));
    fprintf(out, "%u cells, %u inverters, %u latches, %.2f um2\n", d->converter.circuit.n_cells, d->inverters,
            d->latches, d->area_um2);
    npim_sampling_put(&result->sampling, out);
    fprintf(out, "\n%-22s %10s %10s %10s %10s\n", "", "nominal", "median", "p10", "p90");
    for (size_t i = 0; i < result->n_figures; i++) {
        const npim_spread *s = &result->figures[i].spread;
        fprintf(out, "%-22s %10.3f %10.3f %10.3f %10.3f\n", result->figures[i].key, s->nominal, s->median,
                s->p10, s->p90);
    }
    if (d->training.runs > 0)
        fprintf(out, "\nbest of %u trainings, which were judged at %.2f to %.2f %s (median %.2f)\n",
                d->training.runs, d->training.least, d->training.most,
                d->request.kind == NPIM_DESIGN_NEURAL_ADC ? "bit" : "dB", d->training.score.median);
    if (d->settle.steps > 0)
        fprintf(out, "\nsettles in %.3g ns (mean %.3g), %.3g pJ, %.3g uW: transient run of %u steps by %s\n",
                d->settle.settle_ns, d->settle.mean_settle_ns, d->settle.energy_pJ, d->settle.power_uW,
                d->settle.steps, d->settle.simulator);
}

char *npim_characterization_text(const npim_characterization *result) {
    return npim_text_of(put_text, result);
}

static bool number(cJSON *object, const char *key, double value) {
    return cJSON_AddNumberToObject(object, key, value) != NULL;
}

bool npim_sampling_to_json(const npim_sampling *s, cJSON *json) {
    return number(json, "sigma", s->sigma) && number(json, "samples", s->samples) &&
           number(json, "seed", (double)s->seed) && number(json, "offset_mV", s->effects.offset_mV) &&
           number(json, "node_fF", s->effects.node_fF) &&
           number(json, "stuck_on_rate", s->effects.stuck_on_rate) &&
           number(json, "stuck_off_rate", s->effects.stuck_off_rate);
}

static bool add_spread(cJSON *json, const npim_named_spread *figure) {
    cJSON *object = cJSON_AddObjectToObject(json, figure->key);
    return object && number(object, "nominal", figure->spread.nominal) &&
           number(object, "median", figure->spread.median) && number(object, "p10", figure->spread.p10) &&
           number(object, "p90", figure->spread.p90);
}

cJSON *npim_characterization_json(const npim_characterization *result) {
    const npim_design *d = result->design;
    bool adc = d->request.kind == NPIM_DESIGN_NEURAL_ADC;
    cJSON *json = cJSON_CreateObject();
    bool good = cJSON_AddStringToObject(json, "circuit", npim_design_kind_names[d->request.kind]) &&
                number(json, "bits", adc ? d->request.bits : NPIM_SA_INPUT_BITS) &&
                (adc || number(json, "dac_bits", d->request.dac_bits)) &&
                npim_sampling_to_json(&result->sampling, json) &&
                number(json, "cells", d->converter.circuit.n_cells) &&
                number(json, "inverters", d->inverters) && number(json, "latches", d->latches) &&
                number(json, "area_um2", d->area_um2);
    if (d->training.runs > 0)
        good = good && number(json, "trainings", d->training.runs) &&
               number(json, "training_least", d->training.least) &&
               number(json, "training_median", d->training.score.median) &&
               number(json, "training_most", d->training.most);
    if (d->settle.steps > 0)
        good = good && number(json, "settle_ns", d->settle.settle_ns) &&
               number(json, "mean_settle_ns", d->settle.mean_settle_ns) &&
               number(json, "settle_energy_pJ", d->settle.energy_pJ) &&
               number(json, "settle_power_uW", d->settle.power_uW) &&
               number(json, "settle_steps", d->settle.steps) &&
               cJSON_AddStringToObject(json, "simulator", d->settle.simulator);
    for (size_t i = 0; i < result->n_figures && good; i++) good = add_spread(json, &result->figures[i]);
    if (good) return json;
    cJSON_Delete(json);
    return NULL;
}
