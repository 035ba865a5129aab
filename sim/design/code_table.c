#include "sim/design/code_table.h"

#include "sim/design/characterize_adc.h"
#include "sim/design/histogram.h"
#include "sim/text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void npim_code_table_fini(npim_code_table *table) {
    free(table->transition_V);
    free(table->dnl_lsb);
    free(table->inl_lsb);
    free(table->sinad_dB);
    free(table->dnl);
    free(table->inl);
    memset(table, 0, sizeof *table);
}

static npim_status allocate(npim_code_table *t, npim_error *error) {
    t->transition_V = calloc(t->n_codes, sizeof *t->transition_V);
    t->dnl_lsb = calloc(t->n_codes, sizeof *t->dnl_lsb);
    t->inl_lsb = calloc(t->n_codes, sizeof *t->inl_lsb);
    t->sinad_dB = calloc((size_t)t->samples + 1, sizeof *t->sinad_dB);
    t->dnl = calloc(t->n_codes, sizeof *t->dnl);
    t->inl = calloc(t->n_codes, sizeof *t->inl);
    if (t->transition_V && t->dnl_lsb && t->inl_lsb && t->sinad_dB && t->dnl && t->inl) return NPIM_OK;
    return npim_fail(error, NPIM_ENOMEM, "no memory for %u codes", t->n_codes);
}

/* Points of the ramp below a code are the way to it: as the histogram sees it. */
static void find_transitions(npim_code_table *t, const uint16_t *codes, uint32_t n, double from_V,
                             double ramp_V) {
    uint32_t below = 0;
    for (uint32_t i = 0; i < n; i++) t->transition_V[codes[i]]++; /* counted first */
    for (uint32_t c = 0; c < t->n_codes; c++) {
        uint32_t points = (uint32_t)t->transition_V[c];
        t->transition_V[c] = from_V + ramp_V * below / n;
        below += points;
    }
}

/* What the ramp goes through, and what comes out: the same for all circuits. */
typedef struct ramp {
    const npim_adc_trial *trial;
    const npim_converter *converter;
    double from_V, length_V;
    double *in_V, *scratch_V;
    uint16_t *codes;
    double *dnl, *inl; /* [n_codes][samples], for the deciles of each code */
} ramp;

static void ramp_fini(ramp *r) {
    free(r->in_V);
    free(r->scratch_V);
    free(r->codes);
    free(r->dnl);
    free(r->inl);
}

static npim_status ramp_init(ramp *r, const npim_code_table *t, npim_error *error) {
    uint32_t n = r->trial->ramp_points;
    size_t values = (size_t)t->n_codes * t->samples + 1;
    r->length_V = r->trial->full_scale_V * (1 + 2 * r->trial->overdrive_share);
    r->from_V = 0.5 * r->converter->circuit.vdd_V - 0.5 * r->length_V;
    r->in_V = calloc(n, sizeof *r->in_V);
    r->scratch_V = calloc(2 * (size_t)r->converter->circuit.n_neurons, sizeof *r->scratch_V);
    r->codes = calloc(n, sizeof *r->codes);
    r->dnl = calloc(values, sizeof *r->dnl);
    r->inl = calloc(values, sizeof *r->inl);
    if (!r->in_V || !r->scratch_V || !r->codes || !r->dnl || !r->inl)
        return npim_fail(error, NPIM_ENOMEM, "no memory for %u codes of %u samples", t->n_codes, t->samples);
    for (uint32_t i = 0; i < n; i++) r->in_V[i] = r->from_V + r->length_V * (i + 0.5) / n;
    return NPIM_OK;
}

static npim_status run_ramp(ramp *r, const npim_instance *instance, double *dnl, double *inl,
                            npim_error *error) {
    npim_static_figures figures;
    npim_converter_codes(r->converter, instance, r->in_V, r->trial->ramp_points, 0, r->scratch_V, r->codes);
    return npim_static_test(r->codes, r->trial->ramp_points, r->converter->bits, dnl, inl, &figures, error);
}

static npim_status measure_nominal(npim_code_table *t, ramp *r, npim_error *error) {
    npim_instance instance;
    npim_status status = npim_instance_init(&instance, &r->converter->circuit, NULL, NULL, error);
    if (status != NPIM_OK) return status;
    status = run_ramp(r, &instance, t->dnl_lsb, t->inl_lsb, error);
    if (status == NPIM_OK) find_transitions(t, r->codes, r->trial->ramp_points, r->from_V, r->length_V);
    npim_instance_fini(&instance);
    return status;
}

/* dnl, inl: room for those of one circuit. */
static npim_status measure_sample(npim_code_table *t, ramp *r, uint32_t sample, double *dnl, double *inl,
                                  npim_error *error) {
    const npim_random random = {r->trial->seed, sample};
    npim_instance instance;
    npim_adc_sample figures;
    npim_status status =
        npim_instance_init(&instance, &r->converter->circuit, &r->trial->variation, &random, error);
    if (status != NPIM_OK) return status;
    status = npim_adc_measure(r->converter, &instance, r->trial, &figures, error);
    if (status == NPIM_OK) status = run_ramp(r, &instance, dnl, inl, error);
    npim_instance_fini(&instance);
    if (status != NPIM_OK) return status;
    t->sinad_dB[sample] = figures.sine.sinad_dB;
    for (uint32_t c = 0; c < t->n_codes; c++) {
        r->dnl[(size_t)c * t->samples + sample] = dnl[c];
        r->inl[(size_t)c * t->samples + sample] = inl[c];
    }
    return NPIM_OK;
}

static void take_spreads(npim_code_table *t, ramp *r) {
    for (uint32_t c = 0; c < t->n_codes; c++) {
        t->dnl[c] = npim_spread_of(t->dnl_lsb[c], r->dnl + (size_t)c * t->samples, t->samples);
        t->inl[c] = npim_spread_of(t->inl_lsb[c], r->inl + (size_t)c * t->samples, t->samples);
    }
}

static npim_status measure_all(npim_code_table *t, ramp *r, npim_error *error) {
    double *one = calloc(2 * (size_t)t->n_codes, sizeof *one);
    if (!one) return npim_fail(error, NPIM_ENOMEM, "no memory for %u codes", t->n_codes);
    npim_status status = measure_nominal(t, r, error);
    for (uint32_t i = 0; i < t->samples && status == NPIM_OK; i++) {
        status = npim_stop_check(r->trial->stop, error);
        if (status == NPIM_OK) status = measure_sample(t, r, i, one, one + t->n_codes, error);
    }
    if (status == NPIM_OK) take_spreads(t, r);
    free(one);
    return status;
}

npim_status npim_code_table_measure(npim_code_table *table, const npim_design *design,
                                    const npim_sampling *sampling, npim_error *error) {
    memset(table, 0, sizeof *table);
    if (design->request.kind != NPIM_DESIGN_NEURAL_ADC)
        return npim_fail(error, NPIM_EUSAGE, "a table of codes: neural-sa has no codes, only neural-adc has");
    const npim_converter *converter = &design->converter;
    const npim_adc_trial trial = npim_design_trial(design, sampling);
    npim_status status = npim_converter_check(converter, error);
    if (status != NPIM_OK) return status;
    table->n_codes = 1u << converter->bits;
    table->samples = sampling->samples;
    ramp r = {.trial = &trial, .converter = converter};
    status = allocate(table, error);
    if (status == NPIM_OK) status = ramp_init(&r, table, error);
    if (status == NPIM_OK) status = measure_all(table, &r, error);
    ramp_fini(&r);
    if (status != NPIM_OK) npim_code_table_fini(table);
    return status;
}

/* Exact: they read back as they are. */
static void put_numbers(const double *values, size_t n, char between, FILE *out) {
    for (size_t i = 0; i < n; i++) {
        char text[32];
        npim_number_text(values[i], text, sizeof text);
        fprintf(out, "%c%s", between, text);
    }
}

/* The columns of the table, in their order. */
enum { N_COLUMNS = 9, N_NOMINAL = 3 };

static const char *const columns[N_COLUMNS] = {"transition_V",   "dnl_lsb",     "inl_lsb",
                                               "dnl_median_lsb", "dnl_p10_lsb", "dnl_p90_lsb",
                                               "inl_median_lsb", "inl_p10_lsb", "inl_p90_lsb"};

/* Deciles only where there are samples. */
static size_t n_columns(const npim_code_table *t) {
    return t->samples > 0 ? N_COLUMNS : N_NOMINAL;
}

static void read_row(const npim_code_table *t, uint32_t c, double values[N_COLUMNS]) {
    const npim_spread *d = &t->dnl[c], *i = &t->inl[c];
    const double row[N_COLUMNS] = {t->transition_V[c], t->dnl_lsb[c], t->inl_lsb[c],
                                   d->median,          d->p10,        d->p90,
                                   i->median,          i->p10,        i->p90};
    memcpy(values, row, sizeof row);
}

static void put_rows(const npim_code_table *t, char between, FILE *out) {
    double values[N_COLUMNS];
    for (uint32_t c = 0; c < t->n_codes; c++) {
        read_row(t, c, values);
        fprintf(out, "%u", c);
        put_numbers(values, n_columns(t), between, out);
        fputc('\n', out);
    }
}

static void put_csv(const void *subject, FILE *out) {
    const npim_code_table *t = subject;
    fputs("code", out);
    for (size_t i = 0; i < n_columns(t); i++) fprintf(out, ",%s", columns[i]);
    fputc('\n', out);
    put_rows(t, ',', out);
}

static void put_plot(const void *subject, FILE *out) {
    const npim_code_table *t = subject;
    bool varied = t->samples > 0;
    fprintf(out, "set terminal svg size 800,%d\n$codes << EOD\n", varied ? 1000 : 700);
    put_rows(t, ' ', out);
    fprintf(
        out,
        "EOD\nset multiplot layout %d,1\nset grid\nset key above\nset xlabel 'input (V)'\nset ylabel 'code'\n"
        "plot $codes using 2:1 with steps notitle\n"
        "set xlabel 'code'\nset ylabel 'LSB'\nset xrange [0:%u]\nplot ",
        varied ? 3 : 2, t->n_codes);
    if (varied)
        fputs("$codes using 1:9:10 with filledcurves fs solid 0.25 title 'INL, 10 to 90 % of circuits', "
              "$codes using 1:6:7 with filledcurves fs pattern 4 title 'DNL, 10 to 90 % of circuits', ",
              out);
    fputs("$codes using 1:3 with steps lw 2 title 'DNL, nominal', $codes using 1:4 with steps lw 2 dt 2 "
          "title 'INL, nominal'\n",
          out);
    if (varied) npim_histogram_put(t->sinad_dB, t->samples, "SINAD (dB)", out);
    fputs("unset multiplot\n", out);
}

char *npim_code_table_csv(const npim_code_table *table) {
    return npim_text_of(put_csv, table);
}

char *npim_code_table_plot(const npim_code_table *table) {
    return npim_text_of(put_plot, table);
}

bool npim_code_table_to_json(const npim_code_table *t, cJSON *json) {
    double values[N_COLUMNS];
    cJSON *arrays[N_COLUMNS], *object = cJSON_AddObjectToObject(json, "codes");
    bool good = object != NULL;
    for (size_t i = 0; i < n_columns(t) && good; i++) {
        arrays[i] = cJSON_AddArrayToObject(object, columns[i]);
        good = arrays[i] != NULL;
    }
    for (uint32_t c = 0; c < t->n_codes && good; c++) {
        read_row(t, c, values);
        for (size_t i = 0; i < n_columns(t) && good; i++)
            good = cJSON_AddItemToArray(arrays[i], cJSON_CreateNumber(values[i]));
    }
    return good;
}
