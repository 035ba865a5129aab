#include "sim/command.h"

#include "sim/design/characterize_flow.h"
#include "sim/design/code_table.h"
#include "sim/design/design_file.h"
#include "sim/design/gnuplot.h"
#include "sim/design/output.h"
#include "sim/print.h"

#include <stdlib.h>
#include <string.h>

static bool is_file(const char *subject) {
    size_t n = strlen(subject);
    return strchr(subject, '/') || (n > 5 && strcmp(subject + n - 5, ".toml") == 0);
}

/* A file says itself what it holds; the seed is that of the samples. */
static npim_status load(npim_design *design, const npim_options *o, npim_error *error) {
    const struct {
        const char *option, *value;
    } given[] = {{"--method", o->method},       {"--card", o->card},
                 {"--code", o->code},           {"--bits", o->bits},
                 {"--dac-bits", o->dac_bits},   {"--multiplicity", o->multiplicity},
                 {"--cell-bits", o->cell_bits}, {"--v-max", o->v_max},
                 {"--hidden", o->hidden},       {"--runs", o->runs}};
    for (size_t i = 0; i < sizeof given / sizeof *given; i++)
        if (given[i].value)
            return npim_fail(error, NPIM_EUSAGE, "%s %s: %s says itself what it holds", given[i].option,
                             given[i].value, o->subject);
    return npim_design_load(design, o->subject, error);
}

/* What is asked for, and where the tables of inverters lie. */
static npim_status read_request(npim_design_request *request, char folder[NPIM_PATH_SIZE],
                                const npim_options *options, npim_error *error) {
    npim_status status = npim_design_request_read(request, options, error);
    if (status == NPIM_OK) status = npim_find_circuit("inverter_sc", folder, error);
    if (status == NPIM_OK) *strrchr(folder, '/') = '\0';
    return status;
}

static npim_status make(npim_design *design, const npim_options *options, npim_error *error) {
    char folder[NPIM_PATH_SIZE];
    npim_design_request request;
    npim_status status = read_request(&request, folder, options, error);
    return status == NPIM_OK ? npim_design_make(design, &request, folder, error) : status;
}

/* With the converter that the options describe. An array is 48 circuits of each kind: five are enough. */
static npim_status characterize_dataflow(const npim_options *options, npim_error *error) {
    enum { ARRAYS = 5 };
    char folder[NPIM_PATH_SIZE];
    npim_options of_converter = *options;
    npim_design_request request;
    npim_sampling sampling;
    if (options->csv || options->plot)
        return npim_fail(error, NPIM_EUSAGE, "%s: a converter has codes to write, dataflow has none",
                         options->csv ? "--csv" : "--plot");
    of_converter.subject = npim_design_kind_names[NPIM_DESIGN_NEURAL_ADC];
    npim_flow_report *report = calloc(1, sizeof *report);
    if (!report) return npim_fail(error, NPIM_ENOMEM, "no memory for a table");
    npim_status status = npim_sampling_read(&sampling, options, error);
    if (!options->samples) sampling.samples = ARRAYS;
    if (status == NPIM_OK) status = read_request(&request, folder, &of_converter, error);
    if (status == NPIM_OK) status = npim_flow_report_make(report, &request, &sampling, folder, error);
    if (status == NPIM_OK)
        status = options->json ? npim_print_json(npim_flow_report_json(report), error)
                               : npim_print_text(npim_flow_report_text(report), error);
    free(report);
    return status;
}

static npim_status measure(const npim_design *design, const npim_sampling *sampling, bool json,
                           npim_error *error) {
    npim_characterization result;
    npim_status status = npim_characterize(&result, design, sampling, error);
    if (status != NPIM_OK) return status;
    return json ? npim_print_json(npim_characterization_json(&result), error)
                : npim_print_text(npim_characterization_text(&result), error);
}

static npim_status write_files(const npim_code_table *table, const npim_options *o, npim_error *error) {
    npim_status status = NPIM_OK;
    char *csv = o->csv ? npim_code_table_csv(table) : NULL;
    char *script = o->plot ? npim_code_table_plot(table) : NULL;
    if ((o->csv && !csv) || (o->plot && !script))
        status = npim_fail(error, NPIM_ENOMEM, "no memory for the codes");
    if (status == NPIM_OK && o->plot) status = npim_gnuplot_draw(NULL, script, o->plot, error);
    if (status == NPIM_OK && o->csv) status = npim_output_save(o->csv, csv, error);
    free(csv);
    free(script);
    return status;
}

/* The picture first: it is what can fail. */
static npim_status show_codes(const npim_design *design, const npim_sampling *sampling, const npim_options *o,
                              npim_error *error) {
    npim_code_table table;
    npim_sampling drawn = *sampling;
    if (!o->csv && !o->plot) return NPIM_OK;
    if (!o->plot) drawn.samples = 0;
    npim_status status = npim_code_table_measure(&table, design, &drawn, error);
    if (status != NPIM_OK) return status;
    status = write_files(&table, o, error);
    npim_code_table_fini(&table);
    return status;
}

npim_status npim_command_characterize(npim_session *s, npim_error *error) {
    if (s->options.subject && strcmp(s->options.subject, "dataflow") == 0)
        return characterize_dataflow(&s->options, error);
    npim_sampling sampling;
    npim_design *design = calloc(1, sizeof *design);
    if (!design) return npim_fail(error, NPIM_ENOMEM, "no memory for a design");
    npim_status status = npim_sampling_read(&sampling, &s->options, error);
    if (status == NPIM_OK) status = npim_output_check(s->options.csv, s->options.force, error);
    if (status == NPIM_OK) status = npim_output_check(s->options.plot, s->options.force, error);
    if (status == NPIM_OK)
        status = s->options.subject && is_file(s->options.subject) ? load(design, &s->options, error)
                                                                   : make(design, &s->options, error);
    if (status == NPIM_OK) status = show_codes(design, &sampling, &s->options, error);
    if (status == NPIM_OK) status = measure(design, &sampling, s->options.json, error);
    npim_design_fini(design);
    free(design);
    return status;
}
