#include "sim/commands.h"

#include "sim/config.h"
#include "sim/describe.h"
#include "sim/find.h"
#include "sim/json.h"
#include "sim/options.h"
#include "sim/replay.h"
#include "sim/report.h"
#include "sim/results.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

/* --- what is printed --- */

static int exit_code(npim_status status) {
    switch (status) {
    case NPIM_OK:
        return 0;
    case NPIM_EUSAGE:
        return 2;
    case NPIM_ECONFIG:
        return 3;
    case NPIM_EUNSUPPORTED:
        return 4;
    case NPIM_EFIT:
        return 5;
    case NPIM_EINTERRUPTED:
        return 130;
    case NPIM_EINVARIANT:
    case NPIM_ENOMEM:
        break;
    }
    return 6;
}

static int complain(npim_status status, const npim_error *error) {
    if (status != NPIM_OK) fprintf(stderr, "npim: %s\n", error->message);
    return exit_code(status);
}

/* Prints and frees a text; a full disk behind stdout is an error. */
static npim_status print_text(char *text, npim_error *error) {
    if (!text) return npim_fail(error, NPIM_ENOMEM, "no memory for the output");
    errno = 0;
    bool broken = fputs(text, stdout) < 0 || fflush(stdout) != 0;
    free(text);
    if (broken) return npim_fail(error, NPIM_EUSAGE, "cannot write the standard output: %s", strerror(errno));
    return NPIM_OK;
}

static npim_status print_json(cJSON *root, npim_error *error) {
    char *text = npim_json_text(root);
    cJSON_Delete(root);
    return print_text(text, error);
}

/* --- loading --- */

typedef struct session {
    npim_options options;
    char network_path[NPIM_PATH_SIZE], arch_path[NPIM_PATH_SIZE];
    npim_arch arch;
    npim_network network;
    npim_graph graph;
    npim_map map;
    npim_measurement measurement;
    npim_result result;
} session;

static void session_fini(session *s) {
    npim_result_fini(&s->result);
    npim_measurement_fini(&s->measurement);
    npim_map_fini(&s->map);
    npim_graph_fini(&s->graph);
    npim_network_fini(&s->network);
    npim_arch_fini(&s->arch);
    free(s);
}

/* The architecture: --arch, or where a command is about one, its name. */
static const char *arch_name(const session *s) {
    return s->options.arch ? s->options.arch : "neural-pim";
}

static npim_status load_arch(session *s, const char *name, npim_error *error) {
    npim_status status = npim_find_arch(name, s->arch_path, error);
    if (status != NPIM_OK) return status;
    return npim_arch_load(&s->arch, s->arch_path, s->options.assignments, s->options.n_assignments, error);
}

/* For commands whose name is an architecture; --arch says the same. */
static npim_status load_subject(session *s, npim_error *error) {
    const npim_options *o = &s->options;
    if (o->subject && o->arch)
        return npim_fail(error, NPIM_EUSAGE, "%s and --arch %s: one architecture only", o->subject, o->arch);
    return load_arch(s, o->subject ? o->subject : arch_name(s), error);
}

static npim_status load_mapping(session *s, npim_error *error) {
    if (!s->options.subject)
        return npim_fail(error, NPIM_EUSAGE, "which network? A path, or a name such as googlenet");
    npim_status status = npim_find_network(s->options.subject, s->network_path, error);
    if (status == NPIM_OK) status = npim_network_load(&s->network, s->network_path, error);
    if (status == NPIM_OK) status = load_arch(s, arch_name(s), error);
    if (status == NPIM_OK) status = npim_graph_build(&s->graph, &s->network, error);
    if (status == NPIM_OK) status = npim_map_make(&s->map, &s->arch, &s->network, &s->graph, error);
    return status;
}

/* --- npim replay --- */

static volatile sig_atomic_t interrupted;

static void interrupt(int number) {
    (void)number;
    interrupted = 1;
}

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

/* The command as typed, without the place of its files. */
static void command_text(const session *s, char *text, size_t size) {
    snprintf(text, size, "npim replay");
    add_word(text, size, "", without_place(s->options.subject));
    add_word(text, size, "--arch ", without_place(arch_name(s)));
    for (size_t i = 0; i < s->options.n_assignments; i++)
        add_word(text, size, "--set ", s->options.assignments[i]);
}

static npim_status simulate(session *s, npim_error *error) {
    bool terminal = isatty(STDERR_FILENO) != 0;
    progress shown = {seconds(CLOCK_MONOTONIC), seconds(CLOCK_MONOTONIC)};
    npim_replay_options options = {.stages = s->options.stages, .stop = &interrupted, .context = &shown};
    if (terminal) options.progress = show_progress;
    struct sigaction stop = {.sa_handler = interrupt}, ignore = {.sa_handler = SIG_IGN};
    sigaction(SIGINT, &stop, NULL);
    sigaction(SIGTERM, &stop, NULL);
    sigaction(SIGXFSZ, &ignore, NULL); /* a file beyond the limit becomes an error of write */
    npim_status status = npim_replay(&s->measurement, &s->map, &options, error);
    if (terminal) fprintf(stderr, "\r%70s\r", "");
    return status;
}

static npim_status replay(session *s, npim_error *error) {
    char command[4096];
    double start_s = seconds(CLOCK_MONOTONIC);
    npim_status status = NPIM_OK;
    if (s->options.out) status = npim_results_check(s->options.out, s->options.force, error);
    if (status == NPIM_OK) status = load_mapping(s, error);
    if (status == NPIM_OK) status = simulate(s, error);
    if (status == NPIM_OK) status = npim_result_make(&s->result, &s->map, &s->measurement, error);
    if (status != NPIM_OK) return status;
    command_text(s, command, sizeof command);
    npim_run_record record = {command, s->network_path, s->arch_path, seconds(CLOCK_MONOTONIC) - start_s,
                              user_seconds()};
    if (s->options.out)
        status =
            npim_results_write(s->options.out, s->options.force, &s->result, &s->measurement, &record, error);
    if (status != NPIM_OK) return status;
    return s->options.json ? print_json(npim_report_json(&s->result), error)
                           : print_text(npim_report_text(&s->result), error);
}

/* --- the other commands --- */

static npim_status map(session *s, npim_error *error) {
    npim_status status = load_mapping(s, error);
    if (status != NPIM_OK) return status;
    return s->options.json ? print_json(npim_report_map_json(&s->map), error)
                           : print_text(npim_report_map_text(&s->map), error);
}

static npim_status describe(session *s, npim_error *error) {
    npim_status status = load_subject(s, error);
    if (status != NPIM_OK) return status;
    return s->options.json ? print_json(npim_describe_json(&s->arch), error)
                           : print_text(npim_describe_text(&s->arch), error);
}

static npim_status config(session *s, npim_error *error) {
    char *text = NULL;
    size_t size = 0;
    npim_status status = NPIM_OK;
    if (!s->options.reference) status = load_subject(s, error);
    if (status != NPIM_OK) return status;
    FILE *out = open_memstream(&text, &size);
    if (!out) return npim_fail(error, NPIM_ENOMEM, "no memory for the output");
    status =
        s->options.reference ? npim_config_reference(out, error) : npim_config_write(&s->arch, out, error);
    fclose(out);
    if (status == NPIM_OK) return print_text(text, error);
    free(text);
    return status;
}

/* --- the table of commands --- */

static const struct command {
    const char *name;
    npim_status (*run)(session *, npim_error *);
    npim_option_set options;
    const char *help;
} commands[] = {
    {"replay",
     replay,
     {.subject = true,
      .arch = true,
      .out = true,
      .json = true,
      .set = true,
      .images = true,
      .seed = true,
      .stages = true},
     "usage: npim replay NETWORK [options]\n"
     "\n"
     "Maps the network onto a chip, replays it with timed transactions and gives latency, throughput, "
     "energy\n"
     "and area per layer and per block. NETWORK is a path or a name in ./traces, beside the program, or in "
     "the\n"
     "share folder.\n"
     "\n"
     "  --arch A          architecture: a path or a name (default neural-pim)\n"
     "  --images N        images in flight: the first alone, the others as fast as they go (default 1)\n"
     "  --seed S          of everything random (default 1)\n"
     "  --set key=value   overrides a key of the architecture file; may be repeated\n"
     "  --out DIR         writes the results directory; refuses to overwrite without --force\n"
     "  --force           overwrites the result files in DIR\n"
     "  --stages GLOB     runs these tiles stage by stage as well, and checks that both agree\n"
     "  --json            prints one JSON document\n"
     "\n"
     "example: npim replay googlenet --arch isaac --images 16 --out results\n"},
    {"map",
     map,
     {.subject = true, .arch = true, .json = true, .set = true, .images = true, .seed = true},
     "usage: npim map NETWORK [--arch A] [--set key=value] [--json]\n"
     "\n"
     "Shows where every layer lies: row chunks, column blocks, replicas, tiles, and what is left free.\n"
     "\n"
     "example: npim map mobilenet_v1 --arch cascade\n"},
    {"describe",
     describe,
     {.subject = true, .arch = true, .json = true, .set = true},
     "usage: npim describe ARCHITECTURE [--set key=value] [--json]\n"
     "\n"
     "Shows what a chip holds, its power, area and peak operations, with source and tag of every figure\n"
     "(S sourced, S2 at second hand, D derived, A assumed, C calibrated).\n"
     "\n"
     "example: npim describe isaac-16bit\n"},
    {"config",
     config,
     {.subject = true, .arch = true, .set = true, .reference = true},
     "usage: npim config [ARCHITECTURE] [--set key=value] [--reference]\n"
     "\n"
     "Prints the effective configuration with the origin of each value, as a file that --arch reads again.\n"
     "--reference prints every key with unit, range, default and meaning instead.\n"
     "\n"
     "example: npim config cascade --set pe.cycle_ns=100\n"}};

static const char usage[] =
    "usage: npim COMMAND [options]\n"
    "\n"
    "  replay    replay a network on a chip: time, energy and area per layer and block\n"
    "  map       show how a network is placed\n"
    "  describe  show what an architecture holds\n"
    "  config    show the configuration, or every key there is\n"
    "\n"
    "npim COMMAND --help says more. Exit codes: 0 done, 2 usage or an output that cannot be written, 3 bad\n"
    "configuration or trace, 4 unsupported layer, 5 does not fit, 6 an invariant broke, 130 interrupted.\n"
    "\n"
    "example: npim replay googlenet\n";

static int run_command(const struct command *command, int argc, char **argv) {
    npim_error error = {NPIM_OK, ""};
    session *s = calloc(1, sizeof *s);
    if (!s) return complain(npim_fail(&error, NPIM_ENOMEM, "out of memory"), &error);
    npim_status status = npim_options_read(&s->options, &command->options, 2, argc, argv, &error);
    if (status == NPIM_OK && s->options.help)
        status = print_text(strdup(command->help), &error);
    else if (status == NPIM_OK)
        status = command->run(s, &error);
    session_fini(s);
    return complain(status, &error);
}

static const char *nearest_command(const char *name) {
    const char *names[sizeof commands / sizeof *commands];
    for (size_t i = 0; i < sizeof commands / sizeof *commands; i++) names[i] = commands[i].name;
    return npim_nearest(name, names, sizeof names / sizeof *names);
}

int npim_main(int argc, char **argv) {
    npim_error error = {NPIM_OK, ""};
    const char *name = argc > 1 ? argv[1] : "";
    for (size_t i = 0; i < sizeof commands / sizeof *commands; i++)
        if (strcmp(commands[i].name, name) == 0) return run_command(&commands[i], argc, argv);
    if (strcmp(name, "--help") == 0) return complain(print_text(strdup(usage), &error), &error);
    if (strcmp(name, "--version") == 0)
        return complain(print_text(strdup("npim " NPIM_VERSION "\n"), &error), &error);
    const char *offer = nearest_command(name);
    fprintf(stderr, "npim: %s%s%s%s%s\n%s", *name ? "unknown command " : "which command?", name,
            offer ? " (did you mean " : "", offer ? offer : "", offer ? "?)" : "", usage);
    return exit_code(NPIM_EUSAGE);
}
