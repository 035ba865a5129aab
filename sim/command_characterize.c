#include "sim/command.h"

#include "sim/design/characterize_flow.h"
#include "sim/design/code_table.h"
#include "sim/design/design_file.h"
#include "sim/design/design_settle.h"
#include "sim/design/gnuplot.h"
#include "sim/design/output.h"
#include "sim/design/pareto.h"
#include "sim/design/sa_table.h"
#include "sim/interrupt.h"
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
    } given[] = {{"--method", o->method},
                 {"--card", o->card},
                 {"--code", o->code},
                 {"--bits", o->bits},
                 {"--dac-bits", o->dac_bits},
                 {"--multiplicity", o->multiplicity},
                 {"--cell-bits", o->cell_bits},
                 {"--v-max", o->v_max},
                 {"--hidden", o->hidden},
                 {"--runs", o->runs},
                 {"--settle", o->settle ? "" : NULL},
                 {"--loaded", o->loaded ? "" : NULL},
                 {"--pareto", o->pareto ? "" : NULL}};
    for (size_t i = 0; i < sizeof given / sizeof *given; i++)
        if (given[i].value)
            return npim_fail(error, NPIM_EUSAGE, "%s%s%s: %s says itself what it holds", given[i].option,
                             given[i].value[0] ? " " : "", given[i].value, o->subject);
    return npim_design_load(design, o->subject, error);
}

/* What is asked for, and where the tables of inverters lie. */
static npim_status read_request(npim_design_request *request, char folder[NPIM_PATH_SIZE],
                                const npim_options *options, npim_error *error) {
    npim_status status = npim_design_request_read(request, options, error);
    request->stop = npim_interrupt_catch();
    if (status == NPIM_OK) status = npim_find_circuit("inverter_sc", folder, error);
    if (status == NPIM_OK) *strrchr(folder, '/') = '\0';
    return status;
}

static npim_status make(npim_design *design, const npim_options *options, npim_error *error) {
    char folder[NPIM_PATH_SIZE];
    npim_design_request request;
    npim_status status = read_request(&request, folder, options, error);
    if (status == NPIM_OK) status = npim_design_make(design, &request, folder, error);
    if (status == NPIM_OK && request.settle) status = npim_design_settle_in(design, folder, error);
    return status;
}

/* Both texts are taken over. The picture first: it is what can fail. */
static npim_status write_files(const npim_options *o, char *csv, char *script, npim_error *error) {
    npim_status status = NPIM_OK;
    if ((o->csv && !csv) || (o->plot && !script))
        status = npim_fail(error, NPIM_ENOMEM, "no memory for the tables");
    if (status == NPIM_OK && o->plot) status = npim_gnuplot_draw(NULL, script, o->plot, error);
    if (status == NPIM_OK && o->csv) status = npim_output_save(o->csv, csv, error);
    free(csv);
    free(script);
    return status;
}

/* With the converter that the options describe. An array is 48 circuits of each kind: five are enough. */
static npim_status characterize_dataflow(const npim_options *options, npim_error *error) {
    enum { ARRAYS = 5 };
    char folder[NPIM_PATH_SIZE];
    npim_options of_converter = *options;
    npim_design_request request;
    npim_sampling sampling;
    const struct {
        const char *option;
        bool given;
    } idle[] = {{"--plot", options->plot != NULL},
                {"--pareto", options->pareto},
                {"--codes", options->codes},
                {"--settle", options->settle},
                {"--dac-bits", options->dac_bits != NULL},
                {"--stuck-on", options->stuck_on != NULL},
                {"--stuck-off", options->stuck_off != NULL}};
    for (size_t i = 0; i < sizeof idle / sizeof *idle; i++)
        if (idle[i].given)
            return npim_fail(error, NPIM_EUSAGE, "%s: for one circuit, not for dataflow", idle[i].option);
    of_converter.subject = npim_design_kind_names[NPIM_DESIGN_NEURAL_ADC];
    npim_flow_report *report = calloc(1, sizeof *report);
    if (!report) return npim_fail(error, NPIM_ENOMEM, "no memory for a table");
    npim_status status = npim_sampling_read(&sampling, options, error);
    if (!options->samples) sampling.samples = ARRAYS;
    sampling.stop = npim_interrupt_catch();
    if (status == NPIM_OK) status = npim_output_check(options->csv, options->force, error);
    if (status == NPIM_OK) status = read_request(&request, folder, &of_converter, error);
    if (status == NPIM_OK) status = npim_flow_report_make(report, &request, &sampling, folder, error);
    if (status == NPIM_OK && options->csv)
        status = write_files(options, npim_flow_report_csv(report), NULL, error);
    if (status == NPIM_OK)
        status = options->json ? npim_print_json(npim_flow_report_json(report), error)
                               : npim_print_text(npim_flow_report_text(report), error);
    free(report);
    return status;
}

static npim_status print_codes(const npim_characterization *result, npim_error *error) {
    npim_code_table table;
    npim_status status = npim_code_table_measure(&table, result->design, &result->sampling, error);
    if (status != NPIM_OK) return status;
    cJSON *json = npim_characterization_json(result);
    bool good = json && npim_code_table_to_json(&table, json);
    npim_code_table_fini(&table);
    if (good) return npim_print_json(json, error);
    cJSON_Delete(json);
    return npim_fail(error, NPIM_ENOMEM, "no memory for the codes");
}

static npim_status measure(const npim_design *design, const npim_sampling *sampling, const npim_options *o,
                           npim_error *error) {
    npim_characterization result;
    if (o->codes && !o->json)
        return npim_fail(error, NPIM_EUSAGE, "--codes: for the JSON document: needs --json");
    npim_status status = npim_characterize(&result, design, sampling, error);
    if (status != NPIM_OK) return status;
    if (o->codes) return print_codes(&result, error);
    return o->json ? npim_print_json(npim_characterization_json(&result), error)
                   : npim_print_text(npim_characterization_text(&result), error);
}

/* One circuit in all its multiplicities. */
static npim_status characterize_pareto(const npim_options *options, npim_error *error) {
    char folder[NPIM_PATH_SIZE];
    npim_design_request request;
    npim_sampling sampling;
    if (options->multiplicity || options->plot || options->codes)
        return npim_fail(error, NPIM_EUSAGE, "%s: --pareto is a table over all multiplicities",
                         options->multiplicity ? "--multiplicity"
                         : options->plot       ? "--plot"
                                               : "--codes");
    npim_pareto *pareto = calloc(1, sizeof *pareto);
    if (!pareto) return npim_fail(error, NPIM_ENOMEM, "no memory for a table");
    npim_status status = npim_sampling_read(&sampling, options, error);
    sampling.stop = npim_interrupt_catch();
    if (status == NPIM_OK) status = npim_output_check(options->csv, options->force, error);
    if (status == NPIM_OK) status = read_request(&request, folder, options, error);
    if (status == NPIM_OK) status = npim_pareto_make(pareto, &request, &sampling, folder, error);
    if (status == NPIM_OK && options->csv)
        status = write_files(options, npim_pareto_csv(pareto), NULL, error);
    if (status == NPIM_OK)
        status = options->json ? npim_print_json(npim_pareto_json(pareto), error)
                               : npim_print_text(npim_pareto_text(pareto), error);
    free(pareto);
    return status;
}

static npim_status show_codes(const npim_design *design, const npim_sampling *sampling, const npim_options *o,
                              npim_error *error) {
    npim_code_table table;
    npim_status status = npim_code_table_measure(&table, design, sampling, error);
    if (status != NPIM_OK) return status;
    status = write_files(o, o->csv ? npim_code_table_csv(&table) : NULL,
                         o->plot ? npim_code_table_plot(&table) : NULL, error);
    npim_code_table_fini(&table);
    return status;
}

static npim_status show_results(const npim_design *design, const npim_sampling *sampling,
                                const npim_options *o, npim_error *error) {
    npim_sa_table table;
    npim_status status = npim_sa_table_measure(&table, design, sampling, error);
    if (status != NPIM_OK) return status;
    status = write_files(o, o->csv ? npim_sa_table_csv(&table) : NULL,
                         o->plot ? npim_sa_table_plot(&table) : NULL, error);
    npim_sa_table_fini(&table);
    return status;
}

static npim_status show_tables(const npim_design *design, const npim_sampling *sampling,
                               const npim_options *o, npim_error *error) {
    if (!o->csv && !o->plot) return NPIM_OK;
    return design->request.kind == NPIM_DESIGN_NEURAL_ADC ? show_codes(design, sampling, o, error)
                                                          : show_results(design, sampling, o, error);
}

npim_status npim_command_characterize(npim_session *s, npim_error *error) {
    if (s->options.subject && strcmp(s->options.subject, "dataflow") == 0)
        return characterize_dataflow(&s->options, error);
    if (s->options.pareto && !(s->options.subject && is_file(s->options.subject)))
        return characterize_pareto(&s->options, error);
    npim_sampling sampling;
    npim_design *design = calloc(1, sizeof *design);
    if (!design) return npim_fail(error, NPIM_ENOMEM, "no memory for a design");
    npim_status status = npim_sampling_read(&sampling, &s->options, error);
    sampling.stop = npim_interrupt_catch();
    if (status == NPIM_OK) status = npim_output_check(s->options.csv, s->options.force, error);
    if (status == NPIM_OK) status = npim_output_check(s->options.plot, s->options.force, error);
    if (status == NPIM_OK) status = npim_output_apart(s->options.csv, s->options.plot, error);
    if (status == NPIM_OK)
        status = s->options.subject && is_file(s->options.subject) ? load(design, &s->options, error)
                                                                   : make(design, &s->options, error);
    if (status == NPIM_OK) status = show_tables(design, &sampling, &s->options, error);
    if (status == NPIM_OK) status = measure(design, &sampling, &s->options, error);
    npim_design_fini(design);
    free(design);
    return status;
}
