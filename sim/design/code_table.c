#include "sim/design/code_table.h"

#include "sim/design/characterize_adc.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void npim_code_table_fini(npim_code_table *table) {
    free(table->transition_V);
    free(table->dnl_lsb);
    free(table->inl_lsb);
    free(table->sinad_dB);
    memset(table, 0, sizeof *table);
}

static npim_status allocate(npim_code_table *t, npim_error *error) {
    t->transition_V = calloc(t->n_codes, sizeof *t->transition_V);
    t->dnl_lsb = calloc(t->n_codes, sizeof *t->dnl_lsb);
    t->inl_lsb = calloc(t->n_codes, sizeof *t->inl_lsb);
    t->sinad_dB = calloc((size_t)t->samples + 1, sizeof *t->sinad_dB);
    if (t->transition_V && t->dnl_lsb && t->inl_lsb && t->sinad_dB) return NPIM_OK;
    return npim_fail(error, NPIM_ENOMEM, "no memory for %u codes", t->n_codes);
}

/* Points of the ramp below a code are the way to it: as the histogram sees it. */
static void find_transitions(npim_code_table *t, const uint16_t *codes, uint32_t n, double from_V,
                             double ramp_V) {
    uint32_t below = 0;
    for (uint32_t i = 0; i < n; i++) t->transition_V[codes[i]]++; /* points, for now */
    for (uint32_t c = 0; c < t->n_codes; c++) {
        uint32_t points = (uint32_t)t->transition_V[c];
        t->transition_V[c] = from_V + ramp_V * below / n;
        below += points;
    }
}

static npim_status run_ramp(npim_code_table *t, const npim_converter *converter,
                            const npim_instance *instance, const npim_adc_trial *trial, npim_error *error) {
    uint32_t n = trial->ramp_points;
    double ramp_V = trial->full_scale_V * (1 + 2 * trial->overdrive_share);
    double from_V = 0.5 * converter->circuit.vdd_V - 0.5 * ramp_V;
    double *in_V = malloc(n * sizeof *in_V);
    double *scratch_V = malloc(2 * (size_t)converter->circuit.n_neurons * sizeof *scratch_V);
    uint16_t *codes = malloc(n * sizeof *codes);
    npim_static_figures figures;
    npim_status status = in_V && scratch_V && codes
                             ? NPIM_OK
                             : npim_fail(error, NPIM_ENOMEM, "no memory for a ramp of %u points", n);
    if (status == NPIM_OK) {
        for (uint32_t i = 0; i < n; i++) in_V[i] = from_V + ramp_V * (i + 0.5) / n;
        npim_converter_codes(converter, instance, in_V, n, 0, scratch_V, codes);
        status = npim_static_test(codes, n, converter->bits, t->dnl_lsb, t->inl_lsb, &figures, error);
    }
    if (status == NPIM_OK) find_transitions(t, codes, n, from_V, ramp_V);
    free(in_V);
    free(scratch_V);
    free(codes);
    return status;
}

/* The nominal circuit where random is NULL: all of it; of a varied one SINAD. */
static npim_status measure_one(npim_code_table *t, const npim_converter *converter,
                               const npim_adc_trial *trial, const npim_random *random, npim_error *error) {
    npim_instance instance;
    npim_adc_sample sample;
    npim_status status = npim_instance_init(&instance, &converter->circuit, &trial->variation, random, error);
    if (status != NPIM_OK) return status;
    if (!random) {
        status = run_ramp(t, converter, &instance, trial, error);
    } else {
        status = npim_adc_measure(converter, &instance, trial, &sample, error);
        if (status == NPIM_OK) t->sinad_dB[random->block] = sample.sine.sinad_dB;
    }
    npim_instance_fini(&instance);
    return status;
}

npim_status npim_code_table_measure(npim_code_table *table, const npim_design *design,
                                    const npim_sampling *sampling, npim_error *error) {
    memset(table, 0, sizeof *table);
    if (design->request.kind != NPIM_DESIGN_NEURAL_ADC)
        return npim_fail(error, NPIM_EUSAGE, "--csv and --plot: neural-sa has no codes, only neural-adc has");
    const npim_converter *converter = &design->converter;
    const npim_adc_trial trial = npim_design_trial(design, sampling);
    npim_status status = npim_converter_check(converter, error);
    if (status != NPIM_OK) return status;
    table->n_codes = 1u << converter->bits;
    table->samples = sampling->samples;
    status = allocate(table, error);
    if (status == NPIM_OK) status = measure_one(table, converter, &trial, NULL, error);
    for (uint32_t i = 0; i < sampling->samples && status == NPIM_OK; i++) {
        const npim_random random = {trial.seed, i};
        status = measure_one(table, converter, &trial, &random, error);
    }
    if (status != NPIM_OK) npim_code_table_fini(table);
    return status;
}

static void put_rows(const npim_code_table *t, char between, FILE *out) {
    for (uint32_t c = 0; c < t->n_codes; c++)
        fprintf(out, "%u%c%.6f%c%.4f%c%.4f\n", c, between, t->transition_V[c], between, t->dnl_lsb[c],
                between, t->inl_lsb[c]);
}

static char *text_of(const npim_code_table *t, void (*put)(const npim_code_table *t, FILE *out)) {
    char *text = NULL;
    size_t n = 0;
    FILE *out = open_memstream(&text, &n);
    if (!out) return NULL;
    put(t, out);
    if (fclose(out) == 0) return text;
    free(text);
    return NULL;
}

static void put_csv(const npim_code_table *t, FILE *out) {
    fputs("code,transition_V,dnl_lsb,inl_lsb\n", out);
    put_rows(t, ',', out);
}

static void put_histogram(const npim_code_table *t, FILE *out) {
    fputs("$sinad << EOD\n", out);
    for (uint32_t i = 0; i < t->samples; i++) fprintf(out, "%.4f\n", t->sinad_dB[i]);
    fputs("EOD\nset xlabel 'SINAD (dB)'\nset ylabel 'circuits'\nset style fill solid 0.5\nset boxwidth 0.2\n"
          "set xrange [*:*]\nset yrange [0:*]\n"
          "plot $sinad using (0.2 * floor($1 / 0.2) + 0.1):(1) smooth frequency with boxes notitle\n",
          out);
}

static void put_plot(const npim_code_table *t, FILE *out) {
    fprintf(out, "set terminal svg size 800,%d\n$codes << EOD\n", t->samples > 0 ? 1000 : 700);
    put_rows(t, ' ', out);
    fprintf(out,
            "EOD\nset multiplot layout %d,1\nset grid\nset xlabel 'input (V)'\nset ylabel 'code'\n"
            "plot $codes using 2:1 with steps notitle\n"
            "set xlabel 'code'\nset ylabel 'LSB'\nset xrange [0:%u]\n"
            "plot $codes using 1:3 with steps title 'DNL', $codes using 1:4 with steps title 'INL'\n",
            t->samples > 0 ? 3 : 2, t->n_codes);
    if (t->samples > 0) put_histogram(t, out);
    fputs("unset multiplot\n", out);
}

char *npim_code_table_csv(const npim_code_table *table) {
    return text_of(table, put_csv);
}

char *npim_code_table_plot(const npim_code_table *table) {
    return text_of(table, put_plot);
}
