#include "sim/command.h"

#include "sim/interrupt.h"
#include "sim/print.h"
#include "sim/reproduce/jobs.h"
#include "sim/reproduce/page.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static const char default_folder[] = "reproduction";

static double now_s(void) {
    struct timespec now = {0, 0};
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

typedef struct progress {
    double start_s, last_s;
} progress;

/* One line on a terminal: runs done, time that is left if the others take as long, and the last one. */
static void show(void *context, size_t n_done, size_t n, const char *command) {
    progress *p = context;
    double now = now_s(), left_s = n_done ? (now - p->start_s) * (double)(n - n_done) / (double)n_done : 0.0;
    if (now - p->last_s < 0.2) return;
    p->last_s = now;
    fprintf(stderr, "\r%3.0f %%  %zu of %zu runs  %.0f s left  %-48.48s", 100.0 * (double)n_done / (double)n,
            n_done, n, left_s, n_done ? command : "");
}

static npim_status read_jobs(const npim_options *o, uint32_t *jobs, npim_error *error) {
    long most = NPIM_MAX_PROCESSES, online = sysconf(_SC_NPROCESSORS_ONLN);
    *jobs = (uint32_t)(online < 1 ? 1 : online > most ? most : online);
    if (!o->jobs) return NPIM_OK;
    size_t digits = strspn(o->jobs, "0123456789");
    long n = digits > 0 && digits < 10 && !o->jobs[digits] ? strtol(o->jobs, NULL, 10) : 0;
    if (n < 1 || n > most)
        return npim_fail(error, NPIM_EUSAGE, "--jobs %s: must be a whole number in 1..%ld", o->jobs, most);
    *jobs = (uint32_t)n;
    return NPIM_OK;
}

static npim_status make(npim_study *study, const char *folder, bool quick, uint32_t jobs, npim_error *error) {
    char runs[NPIM_PATH_SIZE];
    bool terminal = isatty(STDERR_FILENO) != 0;
    progress shown = {now_s(), 0.0};
    npim_runs_progress watch = {terminal ? show : NULL, &shown};
    if (snprintf(runs, sizeof runs, "%s/runs", folder) >= (int)sizeof runs)
        return npim_fail(error, NPIM_EUSAGE, "--out: the path is too long");
    npim_status status = npim_study_begin(study, runs, NULL, quick, npim_interrupt_catch(), error);
    if (status == NPIM_OK) status = npim_study_make(study, jobs, &watch, error);
    if (terminal) fprintf(stderr, "\r%100s\r", "");
    return status == NPIM_OK ? npim_page_write(study, folder, error) : status;
}

/* The first table of the report, as text. */
static char *summary_text(const npim_study *study, const char *folder) {
    char *text = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);
    if (!out) return NULL;
    const npim_table *t = &study->exhibits[0].table;
    for (size_t r = 0; r < npim_table_rows(t); r++) {
        fprintf(out, "%-30s", npim_table_at(t, r, 0)->text);
        for (size_t c = 1; c < t->n_columns; c++)
            if (c == 1 || c % 2 == 0)
                fprintf(out, "  %s %.2f", t->columns[c].title, npim_table_at(t, r, c)->number);
        fputc('\n', out);
    }
    fprintf(out,
            "\n%s/report.html has the rest. Four values are calibrated to the four published ratios: a fit, "
            "not a validation.\n",
            folder);
    return fclose(out) == 0 ? text : NULL;
}

npim_status npim_command_reproduce(npim_session *s, npim_error *error) {
    const char *folder = s->options.out ? s->options.out : default_folder;
    uint32_t jobs = 1;
    bool made = false;
    npim_study study = {0};
    npim_status status = read_jobs(&s->options, &jobs, error);
    if (status == NPIM_OK) status = npim_page_check(folder, s->options.force, &made, error);
    if (status == NPIM_OK) status = make(&study, folder, s->options.quick, jobs, error);
    if (status == NPIM_OK)
        status = s->options.json ? npim_print_json(cJSON_Duplicate(study.json, true), error)
                                 : npim_print_text(summary_text(&study, folder), error);
    npim_study_fini(&study);
    if (made && status != NPIM_OK) (void)rmdir(folder); /* it stays when anything lies in it */
    return status;
}
