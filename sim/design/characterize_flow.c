#include "sim/design/characterize_flow.h"

#include "sim/text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { N_DESIGNS = 1 + NPIM_FLOW_DAC_BITS }; /* the converter, and the ladders */

static npim_status make_designs(npim_design *designs, const npim_design_request *request, const char *folder,
                                npim_error *error) {
    npim_design_request one = *request;
    one.kind = NPIM_DESIGN_NEURAL_ADC;
    npim_status status = npim_design_make(&designs[0], &one, folder, error);
    one.kind = NPIM_DESIGN_NEURAL_SA;
    for (uint32_t i = 0; i < NPIM_FLOW_DAC_BITS && status == NPIM_OK; i++) {
        one.dac_bits = npim_flow_dac_bits[i];
        status = npim_design_make(&designs[1 + i], &one, folder, error);
    }
    return status;
}

static npim_status measure(npim_flow_report *report, const npim_design *designs, npim_error *error) {
    npim_neural_chain chain[NPIM_FLOW_DAC_BITS];
    npim_flow_trial trial = npim_flow_default_trial();
    trial.array_sigma = report->sampling.sigma;
    trial.periphery = npim_sampling_variation(&report->sampling);
    trial.samples = report->sampling.samples;
    trial.seed = report->sampling.seed;
    trial.stop = report->sampling.stop;
    for (uint32_t i = 0; i < NPIM_FLOW_DAC_BITS; i++) {
        chain[i] = (npim_neural_chain){.shift_add = &designs[1 + i].converter.circuit,
                                       .converter = &designs[0].converter,
                                       .full_scale_V = npim_design_full_scale_V(&designs[0])};
        report->ladder_cells[i] = designs[1 + i].converter.circuit.n_cells;
    }
    report->converter_cells = designs[0].converter.circuit.n_cells;
    return npim_flow_table(&trial, chain, report->figures, error);
}

npim_status npim_flow_report_make(npim_flow_report *report, const npim_design_request *request,
                                  const npim_sampling *sampling, const char *folder, npim_error *error) {
    memset(report, 0, sizeof *report);
    report->sampling = *sampling;
    npim_design *designs = calloc(N_DESIGNS, sizeof *designs);
    if (!designs) return npim_fail(error, NPIM_ENOMEM, "no memory for designs");
    npim_status status = make_designs(designs, request, folder, error);
    if (status == NPIM_OK) status = measure(report, designs, error);
    for (uint32_t i = 0; i < N_DESIGNS; i++) npim_design_fini(&designs[i]);
    free(designs);
    return status;
}

typedef void each_row(void *out, const npim_flow_row *row);

static void for_each(const npim_flow_report *report, each_row *each, void *out) {
    for (uint32_t data = 0; data < NPIM_DOT_DATA_KINDS; data++)
        for (uint32_t i = 0; i < NPIM_FLOW_DAC_BITS; i++)
            for (uint32_t flow = 0; flow < NPIM_FLOWS; flow++) each(out, &report->figures[data][i].row[flow]);
}

static void put_row(void *out, const npim_flow_row *row) {
    fprintf(out, "%-14s %-8s %8u %10.1f %10.1f %10.1f %10.1f\n", npim_flow_names[row->strategy],
            npim_dot_data_names[row->data], row->dac_bits, row->sinad_dB.nominal, row->sinad_dB.median,
            row->sinad_dB.p10, row->sinad_per_column_dB.median);
}

static void put_text(const void *subject, FILE *out) {
    const npim_flow_report *report = subject;
    fprintf(
        out,
        "dot products of 128 rows: SINAD in dB, at most 150\nconverter of %u cells, ladders of %u, %u and "
        "%u; ",
        report->converter_cells, report->ladder_cells[0], report->ladder_cells[1], report->ladder_cells[2]);
    npim_sampling_put(&report->sampling, out);
    fprintf(out, "\n%-14s %-8s %8s %10s %10s %10s %10s\n", "strategy", "data", "dac_bits", "nominal",
            "median", "p10", "per column");
    for_each(report, put_row, out);
}

static void put_csv_row(void *out, const npim_flow_row *row) {
    const npim_spread *spreads[] = {&row->sinad_dB, &row->sinad_per_column_dB};
    fprintf(out, "%s,%s,%u", npim_flow_names[row->strategy], npim_dot_data_names[row->data], row->dac_bits);
    for (size_t i = 0; i < 2; i++)
        fprintf(out, ",%.17g,%.17g,%.17g,%.17g", spreads[i]->nominal, spreads[i]->median, spreads[i]->p10,
                spreads[i]->p90);
    fputc('\n', out);
}

static void put_csv(const void *subject, FILE *out) {
    const npim_flow_report *report = subject;
    fputs("strategy,data,dac_bits", out);
    for (size_t i = 0; i < 2; i++) {
        const char *key = i == 0 ? "sinad" : "sinad_per_column";
        fprintf(out, ",%s_nominal_dB,%s_median_dB,%s_p10_dB,%s_p90_dB", key, key, key, key);
    }
    fputc('\n', out);
    for_each(report, put_csv_row, out);
}

char *npim_flow_report_text(const npim_flow_report *report) {
    return npim_text_of(put_text, report);
}

char *npim_flow_report_csv(const npim_flow_report *report) {
    return npim_text_of(put_csv, report);
}

static bool add_spread(cJSON *object, const char *key, const npim_spread *spread) {
    cJSON *at = cJSON_AddObjectToObject(object, key);
    return cJSON_AddNumberToObject(at, "nominal", spread->nominal) &&
           cJSON_AddNumberToObject(at, "median", spread->median) &&
           cJSON_AddNumberToObject(at, "p10", spread->p10) && cJSON_AddNumberToObject(at, "p90", spread->p90);
}

typedef struct rows {
    cJSON *array;
    bool good;
} rows;

static void add_row(void *context, const npim_flow_row *row) {
    rows *r = context;
    cJSON *object = cJSON_CreateObject();
    r->good = r->good && cJSON_AddItemToArray(r->array, object) &&
              cJSON_AddStringToObject(object, "strategy", npim_flow_names[row->strategy]) &&
              cJSON_AddStringToObject(object, "data", npim_dot_data_names[row->data]) &&
              cJSON_AddNumberToObject(object, "dac_bits", row->dac_bits) &&
              add_spread(object, "sinad_dB", &row->sinad_dB) &&
              add_spread(object, "sinad_per_column_dB", &row->sinad_per_column_dB);
}

static bool add_ladders(cJSON *json, const npim_flow_report *report) {
    cJSON *ladders = cJSON_AddArrayToObject(json, "ladder_cells");
    bool good = ladders != NULL;
    for (uint32_t i = 0; i < NPIM_FLOW_DAC_BITS; i++)
        good = good && cJSON_AddItemToArray(ladders, cJSON_CreateNumber(report->ladder_cells[i]));
    return good;
}

cJSON *npim_flow_report_json(const npim_flow_report *report) {
    cJSON *json = cJSON_CreateObject();
    bool good = cJSON_AddStringToObject(json, "circuit", "dataflow") &&
                npim_sampling_to_json(&report->sampling, json) &&
                cJSON_AddNumberToObject(json, "cells", report->converter_cells) && add_ladders(json, report);
    rows all = {cJSON_AddArrayToObject(json, "rows"), good};
    for_each(report, add_row, &all);
    if (all.array && all.good) return json;
    cJSON_Delete(json);
    return NULL;
}
