#include "sim/command.h"

#include "sim/interrupt.h"
#include "sim/print.h"
#include "sim/replay.h"
#include "sim/report.h"
#include "sim/results.h"
#include "sim/time_text.h"
#include "sim/value_inputs.h"
#include "sim/values/infer_report.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

static double seconds(clockid_t clock) {
    struct timespec now = {0, 0};
    clock_gettime(clock, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

static double user_seconds(void) {
    struct rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    return (double)usage.ru_utime.tv_sec + 1e-6 * (double)usage.ru_utime.tv_usec;
}

typedef struct progress {
    double start_s, last_s;
} progress;

/* One line on a terminal: share done, simulated time, rate, and the time that is left. */
static void show_progress(void *context, double share, uint64_t now_ps, uint64_t events) {
    progress *p = context;
    double now_s = seconds(CLOCK_MONOTONIC), run_s = now_s - p->start_s;
    if (now_s - p->last_s < 0.2) return;
    p->last_s = now_s;
    fprintf(stderr, "\r%3.0f %%  %.1f us simulated  %.2f M events/s  %.0f s left   ", 100.0 * share,
            (double)now_ps * 1e-6, (double)events / run_s * 1e-6,
            share > 0.0 ? run_s * (1.0 - share) / share : 0.0);
}

/* The last name of an absolute path: what lies where on this machine is nobody's business. */
static const char *without_place(const char *path) {
    const char *name = path;
    for (const char *c = path; *path == '/' && *c; c++)
        if (*c == '/' && c[1] != '/' && c[1] != '\0') name = c + 1;
    return name;
}

/* Appends an option and a word, in quotes where a shell needs them. */
static void add_word(char *text, size_t size, const char *option, const char *word) {
    size_t at = strlen(text);
    const char *quote = strpbrk(word, " \t\n\"\\$&|;<>()*?[]#~`!{}") ? "'" : "";
    snprintf(text + at, size - at, " %s%s%s%s", option, quote, word, quote);
}

/* NAME=FILE. */
static void add_further(char *text, size_t size, const char *option) {
    char word[512];
    int length = (int)strcspn(option, "=");
    snprintf(word, sizeof word, "%.*s=%s", length, option, without_place(option + length + 1));
    add_word(text, size, "--images ", word);
}

/* The command as typed, without the place of its files. */
static void command_text(const npim_session *s, char *text, size_t size) {
    snprintf(text, size, "npim replay");
    add_word(text, size, "", without_place(s->options.subject));
    add_word(text, size, "--arch ", without_place(npim_session_arch_name(s)));
    for (size_t i = 0; i < s->options.n_assignments; i++)
        add_word(text, size, "--set ", s->options.assignments[i]);
    if (s->options.power_step) add_word(text, size, "--power-step ", s->options.power_step);
    if (s->options.image_file) add_word(text, size, "--images ", without_place(s->options.image_file));
    for (size_t i = 0; i < s->options.n_further; i++) add_further(text, size, s->options.further[i]);
    if (s->options.labels) add_word(text, size, "--labels ", without_place(s->options.labels));
    if (s->options.calibrate) add_word(text, size, "--calibrate ", without_place(s->options.calibrate));
    if (s->options.values) add_word(text, size, "--values ", s->options.values);
    if (s->options.mode) add_word(text, size, "--mode ", s->options.mode);
}

/* 0 without --power-step. It needs a directory, and the whole word must be a time. */
static npim_status read_power_step(const npim_options *o, uint64_t *step_ps, npim_error *error) {
    *step_ps = 0;
    if (!o->power_step) return NPIM_OK;
    const char *end = npim_time_read(o->power_step, step_ps);
    if (!end || *end || *step_ps == 0)
        return npim_fail(
            error, NPIM_EUSAGE,
            "--power-step %s: must be a time from 1ps to 999999s with its unit (ps, ns, us, ms, s), as 1us",
            o->power_step);
    if (!o->out)
        return npim_fail(error, NPIM_EUSAGE, "--power-step %s: writes power.csv, which needs --out DIR",
                         o->power_step);
    return NPIM_OK;
}

/* values: NULL when there are none. */
static npim_status simulate(npim_session *s, npim_wave_values *values, uint64_t power_step_ps,
                            npim_error *error) {
    bool terminal = isatty(STDERR_FILENO) != 0;
    progress shown = {seconds(CLOCK_MONOTONIC), seconds(CLOCK_MONOTONIC)};
    npim_wave_request wave;
    npim_status status = npim_wave_request_read(&wave, &s->options, error);
    if (status != NPIM_OK) return status;
    npim_replay_options options = {.stages = s->options.stages,
                                   .wave = &wave,
                                   .values = values,
                                   .power_step_ps = power_step_ps,
                                   .stop = npim_interrupt_catch(),
                                   .context = &shown};
    if (terminal) options.progress = show_progress;
    struct sigaction ignore = {.sa_handler = SIG_IGN};
    sigaction(SIGXFSZ, &ignore, NULL); /* a file beyond the limit becomes an error of write */
    status = npim_replay(&s->measurement, &s->map, &options, error);
    if (terminal) fprintf(stderr, "\r%70s\r", "");
    return status;
}

/* --- the signals --- */

static void print_signal(void *context, const npim_wave_entry *entry) {
    fprintf(context, "%-56s %-7s %-4s %s\n", entry->name, entry->kind, entry->unit, entry->doc);
}

static void append_signal(void *context, const npim_wave_entry *entry) {
    cJSON *signal = cJSON_CreateObject();
    cJSON_AddStringToObject(signal, "name", entry->name);
    cJSON_AddStringToObject(signal, "kind", entry->kind);
    cJSON_AddStringToObject(signal, "unit", entry->unit);
    cJSON_AddStringToObject(signal, "meaning", entry->doc);
    cJSON_AddItemToArray(context, signal);
}

static npim_status list_signals_json(const npim_session *s, const char *scope, npim_error *error) {
    cJSON *root = cJSON_CreateObject();
    cJSON *list = cJSON_AddArrayToObject(root, "signals");
    npim_status status = npim_replay_signals(&s->map, scope, append_signal, list, error);
    if (status == NPIM_OK) return npim_print_json(root, error);
    cJSON_Delete(root);
    return status;
}

static npim_status list_signals(npim_session *s, npim_error *error) {
    npim_wave_request wave;
    npim_status status = npim_wave_request_read(&wave, &s->options, error);
    if (status == NPIM_OK) status = npim_session_load_network(s, error);
    if (status == NPIM_OK) status = npim_session_map(s, npim_interrupt_catch(), error);
    if (status != NPIM_OK) return status;
    const char *scope = wave.scope ? wave.scope : "**";
    if (s->options.json) return list_signals_json(s, scope, error);
    char *text = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);
    if (!out) return npim_fail(error, NPIM_ENOMEM, "no memory for the output");
    status = npim_replay_signals(&s->map, scope, print_signal, out, error);
    fclose(out);
    if (status == NPIM_OK) return npim_print_text(text, error);
    free(text);
    return status;
}

/* --- the run --- */

/* The network is as loaded while it is mapped. Values come behind the simulation, unless waves show them. */
static npim_status simulate_all(npim_session *s, npim_value_inputs *in, uint64_t power_step_ps,
                                npim_inference *inference, npim_error *error) {
    npim_wave_values values = {.request = &in->request,
                               .network = &in->network,
                               .tensors = &in->tensors,
                               .images = &in->images,
                               .inference = inference};
    bool wanted = npim_value_inputs_wanted(&s->options);
    npim_status status = npim_session_load_network(s, error);
    if (status == NPIM_OK) status = npim_session_map(s, npim_interrupt_catch(), error);
    if (status == NPIM_OK && wanted) status = npim_value_inputs_load(in, s, error);
    in->request.stop = npim_interrupt_catch();
    in->request.compare = in->request.mode == NPIM_MODE_IDEAL; /* the model of quantised mode is far slower */
    if (status == NPIM_OK) status = simulate(s, wanted ? &values : NULL, power_step_ps, error);
    if (status == NPIM_OK) status = npim_result_make(&s->result, &s->map, &s->measurement, error);
    if (status == NPIM_OK && wanted) status = npim_wave_values_compute(&values, error);
    npim_wave_values_fini(&values);
    return status;
}

static npim_status print(const npim_session *s, const npim_inference *values, npim_error *error) {
    const npim_infer_subject subject = {&s->network, &s->arch};
    bool valued = values->images > 0;
    if (s->options.json) {
        cJSON *root = npim_report_json(&s->result);
        cJSON *json = valued ? npim_infer_json(values, &subject) : NULL;
        cJSON_DeleteItemFromObject(json, "macs_per_s"); /* the wall clock has no place in a result */
        if (valued) cJSON_AddItemToObject(root, "values", json);
        return npim_print_json(root, error);
    }
    npim_status status = npim_print_text(npim_report_text(&s->result), error);
    if (status == NPIM_OK && valued) status = npim_print_text(strdup("\n"), error);
    return status == NPIM_OK && valued ? npim_print_text(npim_infer_text(values, &subject), error) : status;
}

static npim_status write_results(const npim_session *s, const npim_value_inputs *in,
                                 const npim_inference *values, double start_s, npim_error *error) {
    char command[4096];
    if (!s->options.out) return NPIM_OK;
    command_text(s, command, sizeof command);
    npim_run_record record = {.command = command,
                              .network_path = s->network_path,
                              .arch_path = s->arch_path,
                              .wall_s = seconds(CLOCK_MONOTONIC) - start_s,
                              .user_s = user_seconds(),
                              .values = values->images > 0 ? values : NULL,
                              .tensors = s->options.image_file ? &in->tensors : NULL,
                              .images_path = s->options.image_file,
                              .further = &in->further,
                              .labels_path = s->options.labels,
                              .layout_path = npim_value_inputs_layout(in, &s->options)};
    return npim_results_write(s->options.out, s->options.force, &s->result, &s->measurement, &record, error);
}

npim_status npim_command_replay(npim_session *s, npim_error *error) {
    if (s->options.wave_list) return list_signals(s, error);
    double start_s = seconds(CLOCK_MONOTONIC);
    uint64_t power_step_ps = 0;
    npim_value_inputs in;
    npim_inference values = {0};
    npim_status status = npim_value_inputs_read(&in, &s->options, false, error);
    if (status == NPIM_OK) status = read_power_step(&s->options, &power_step_ps, error);
    if (status == NPIM_OK && s->options.out)
        status = npim_results_check(s->options.out, s->options.force, error);
    if (status == NPIM_OK) status = npim_value_inputs_count(&s->options, error);
    if (status == NPIM_OK) status = simulate_all(s, &in, power_step_ps, &values, error);
    if (status == NPIM_OK) status = write_results(s, &in, &values, start_s, error);
    if (status == NPIM_OK) status = print(s, &values, error);
    if (status == NPIM_OK) status = npim_inference_check(&values, error);
    npim_inference_fini(&values);
    npim_value_inputs_fini(&in);
    return status;
}
