#include "sim/design/characterize.h"

#include "sim/design/characterize_adc.h"
#include "sim/design/options_bind.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define AT(member) offsetof(npim_sampling, member)
static const npim_field fields[] = {
    {"sigma", NPIM_KIND_DOUBLE, AT(sigma), 0, 0.5, "", false, 0.025, NULL, "of a cell's conductance"},
    {"samples", NPIM_KIND_U32, AT(samples), 0, 100000, "", false, 100, NULL, "varied circuits"},
    {"seed", NPIM_KIND_U64, AT(seed), 0, 9007199254740991.0, "", false, 1, NULL, "of the samples"},
};
#undef AT

npim_status npim_sampling_read(npim_sampling *sampling, const npim_options *o, npim_error *error) {
    const npim_option_value given[] = {{"sigma", "--sigma", o->sigma},
                                       {"samples", "--samples", o->samples},
                                       {"seed", "--seed", o->circuit_seed}};
    return npim_options_bind(given, sizeof given / sizeof *given, fields, sizeof fields / sizeof *fields,
                             sampling, error);
}

static void add(npim_characterization *result, const char *key, const char *unit, npim_spread spread) {
    result->figures[result->n_figures++] = (npim_named_spread){key, unit, spread};
}

npim_adc_trial npim_design_trial(const npim_design *design, const npim_sampling *sampling) {
    npim_adc_trial trial = npim_adc_default_trial(npim_design_full_scale_V(design));
    trial.variation.sigma = sampling->sigma;
    trial.samples = sampling->samples;
    trial.seed = sampling->seed;
    return trial;
}

static npim_status measure_adc(npim_characterization *result, npim_error *error) {
    npim_adc_figures figures;
    const npim_adc_trial trial = npim_design_trial(result->design, &result->sampling);
    npim_status status = npim_adc_characterize(&result->design->converter, &trial, &figures, error);
    if (status != NPIM_OK) return status;
    add(result, "dnl_lsb", "LSB", figures.dnl_lsb);
    add(result, "inl_lsb", "LSB", figures.inl_lsb);
    add(result, "enob_bit", "bit", figures.enob_bit);
    add(result, "sinad_dB", "dB", figures.sinad_dB);
    add(result, "missing_codes", "", figures.missing_codes);
    return NPIM_OK;
}

static npim_status measure_sa(npim_characterization *result, npim_error *error) {
    npim_sa_figures figures;
    npim_sa_trial trial = npim_sa_default_trial(&result->design->task);
    trial.variation.sigma = result->sampling.sigma;
    trial.samples = result->sampling.samples;
    trial.seed = result->sampling.seed;
    npim_status status = npim_sa_measure(&result->design->converter.circuit, &trial, &figures, error);
    if (status != NPIM_OK) return status;
    add(result, "sinad_dB", "dB", figures.sinad_dB);
    add(result, "sinad_corrected_dB", "dB", figures.corrected_dB);
    add(result, "rms_error_mV", "mV", figures.rms_error_mV);
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

char *npim_characterization_text(const npim_characterization *result) {
    const npim_design *d = result->design;
    char *text = NULL;
    size_t n = 0;
    FILE *out = open_memstream(&text, &n);
    if (!out) return NULL;
    fprintf(out, "%s, ", npim_design_kind_names[d->request.kind]);
    if (d->request.kind == NPIM_DESIGN_NEURAL_ADC)
        fprintf(out, "%u bit: ", d->request.bits);
    else
        fprintf(out, "%u bit a cycle, %u cycles: ", d->request.dac_bits, npim_sa_cycles(&d->task));
    fprintf(out, "%u cells, %u inverters, %u latches, %.2f um2\n", d->converter.circuit.n_cells, d->inverters,
            d->latches, d->area_um2);
    fprintf(out, "sigma %g, %u samples, seed %llu\n\n%-20s %10s %10s %10s %10s\n", result->sampling.sigma,
            result->sampling.samples, (unsigned long long)result->sampling.seed, "", "nominal", "median",
            "p10", "p90");
    for (size_t i = 0; i < result->n_figures; i++) {
        const npim_spread *s = &result->figures[i].spread;
        fprintf(out, "%-20s %10.3f %10.3f %10.3f %10.3f\n", result->figures[i].key, s->nominal, s->median,
                s->p10, s->p90);
    }
    if (d->settle.steps > 0)
        fprintf(out, "\nsettles in %.2f ns (mean %.2f), %.2f pJ, %.0f uW: transient run of %u steps by %s\n",
                d->settle.settle_ns, d->settle.mean_settle_ns, d->settle.energy_pJ, d->settle.power_uW,
                d->settle.steps, d->settle.simulator);
    if (fclose(out) == 0) return text;
    free(text);
    return NULL;
}

static bool number(cJSON *object, const char *key, double value) {
    return cJSON_AddNumberToObject(object, key, value) != NULL;
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
    bool good =
        cJSON_AddStringToObject(json, "circuit", npim_design_kind_names[d->request.kind]) &&
        number(json, "bits", adc ? d->request.bits : NPIM_SA_INPUT_BITS) &&
        (adc || number(json, "dac_bits", d->request.dac_bits)) &&
        number(json, "sigma", result->sampling.sigma) && number(json, "samples", result->sampling.samples) &&
        number(json, "seed", (double)result->sampling.seed) &&
        number(json, "cells", d->converter.circuit.n_cells) && number(json, "inverters", d->inverters) &&
        number(json, "latches", d->latches) && number(json, "area_um2", d->area_um2);
    if (d->settle.steps > 0)
        good = good && number(json, "settle_ns", d->settle.settle_ns) &&
               number(json, "settle_energy_pJ", d->settle.energy_pJ);
    for (size_t i = 0; i < result->n_figures && good; i++) good = add_spread(json, &result->figures[i]);
    if (good) return json;
    cJSON_Delete(json);
    return NULL;
}
