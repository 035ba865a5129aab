#include "sim/reproduce/runs.h"

#include "sim/json.h"
#include "sim/reproduce/jobs.h"
#include "sim/reproduce/run_file.h"
#include "sim/reproduce/run_key.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sha256.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { FILE_SIZE = NPIM_PATH_SIZE + NPIM_RUN_KEY_SIZE + 32 };

static const char partial[] = ".partial", errors[] = ".errors";

/* Of the running program; false when the system does not say. */
static bool own_path(char path[NPIM_PATH_SIZE]) {
    ssize_t n = readlink("/proc/self/exe", path, NPIM_PATH_SIZE - 1);
    path[n > 0 ? n : 0] = '\0';
    return n > 0;
}

npim_status npim_runs_begin(npim_runs *runs, const char *folder, const char *program, npim_error *error) {
    memset(runs, 0, sizeof *runs);
    if (strlen(folder) + 32 > NPIM_PATH_SIZE || (program && strlen(program) + 1 > NPIM_PATH_SIZE))
        return npim_fail(error, NPIM_EUSAGE, "--out: the path is too long");
    snprintf(runs->folder, sizeof runs->folder, "%s", folder);
    if (program) snprintf(runs->program, sizeof runs->program, "%s", program);
    if ((program || own_path(runs->program)) && SHA256File(runs->program, runs->program_hash)) return NPIM_OK;
    return npim_fail(error, NPIM_EUSAGE, "%s: cannot read the program: %s", runs->program, strerror(errno));
}

void npim_runs_fini(npim_runs *runs) {
    for (size_t i = 0; i < runs->n; i++) cJSON_Delete(runs->items[i].document);
    free(runs->items);
    if (runs->lock > 0) close(runs->lock);
    memset(runs, 0, sizeof *runs);
}

/* Splits at spaces, in place. Returns how many words there are, of which `most` are given at most. */
static size_t split(char *text, const char **words, size_t most) {
    size_t n = 0;
    char *state = NULL;
    for (char *word = strtok_r(text, " ", &state); word; word = strtok_r(NULL, " ", &state), n++)
        if (n < most) words[n] = word;
    return n;
}

static npim_run *find(const npim_runs *runs, const char *command) {
    for (size_t i = 0; i < runs->n; i++)
        if (strcmp(runs->items[i].command, command) == 0) return &runs->items[i];
    return NULL;
}

static bool grow(npim_runs *runs) {
    size_t larger = runs->capacity ? 2 * runs->capacity : 64;
    if (runs->n < runs->capacity) return true;
    npim_run *grown = realloc(runs->items, larger * sizeof *grown);
    if (!grown) return false;
    runs->items = grown;
    runs->capacity = larger;
    return true;
}

npim_status npim_runs_add(npim_runs *runs, npim_error *error, const char *format, ...) {
    npim_run run = {.document = NULL};
    char text[NPIM_RUN_COMMAND_SIZE];
    const char *words[NPIM_RUN_MAX_WORDS];
    va_list arguments;
    va_start(arguments, format);
    int length = vsnprintf(run.command, sizeof run.command, format, arguments);
    va_end(arguments);
    if (length < 0 || length >= (int)sizeof run.command)
        return npim_fail(error, NPIM_EINVARIANT, "a run of %d characters, at most %zu are kept: %.80s...",
                         length, sizeof run.command - 1, run.command);
    if (find(runs, run.command)) return NPIM_OK;
    memcpy(text, run.command, sizeof text);
    size_t n = split(text, words, NPIM_RUN_MAX_WORDS);
    if (n > NPIM_RUN_MAX_WORDS)
        return npim_fail(error, NPIM_EINVARIANT, "a run of %zu words, at most %d are kept: %.80s...", n,
                         NPIM_RUN_MAX_WORDS, run.command);
    npim_status status = npim_run_key(runs->program_hash, words, n, run.key, error);
    if (status != NPIM_OK) return status;
    if (!grow(runs)) return npim_fail(error, NPIM_ENOMEM, "no memory for %zu runs", runs->n);
    runs->items[runs->n++] = run;
    return NPIM_OK;
}

const cJSON *npim_runs_document(const npim_runs *runs, const char *format, ...) {
    char command[NPIM_RUN_COMMAND_SIZE];
    va_list arguments;
    va_start(arguments, format);
    int length = vsnprintf(command, sizeof command, format, arguments);
    va_end(arguments);
    const npim_run *run = length < (int)sizeof command ? find(runs, command) : NULL;
    return run ? run->document : NULL;
}

static void path_of(const npim_runs *runs, const char *key, const char *suffix, char path[FILE_SIZE]) {
    snprintf(path, FILE_SIZE, "%s/%s%s", runs->folder, key, suffix);
}

/* A kept result, when it is there and whole. */
static bool read_kept(const npim_runs *runs, npim_run *run) {
    char path[FILE_SIZE];
    path_of(runs, run->key, ".json", path);
    run->document = npim_run_file_read(path, run->command);
    return run->document != NULL;
}

/* KEY.partial and KEY.errors: other files are not ours to remove. */
static bool is_leftover(const char *name) {
    size_t digits = strspn(name, "0123456789abcdef");
    const char *end = name + digits;
    return digits == NPIM_RUN_KEY_SIZE - 1 && (strcmp(end, partial) == 0 || strcmp(end, errors) == 0);
}

/* What a run that was broken off has left. */
static void remove_leftovers(const npim_runs *runs) {
    char path[FILE_SIZE];
    DIR *folder = opendir(runs->folder);
    for (struct dirent *e = folder ? readdir(folder) : NULL; e; e = readdir(folder)) {
        if (!is_leftover(e->d_name)) continue;
        if (snprintf(path, sizeof path, "%s/%s", runs->folder, e->d_name) < (int)sizeof path) unlink(path);
    }
    if (folder) closedir(folder);
}

/* One run that has to be made. */
typedef struct task {
    npim_run *run;
    char text[NPIM_RUN_COMMAND_SIZE], output[FILE_SIZE], errors[FILE_SIZE];
    const char *words[NPIM_RUN_MAX_WORDS + 3];
} task;

static void prepare(const npim_runs *runs, npim_run *run, task *t, npim_job *job) {
    t->run = run;
    memcpy(t->text, run->command, sizeof t->text);
    t->words[0] = runs->program;
    size_t n = split(t->text, t->words + 1, NPIM_RUN_MAX_WORDS);
    t->words[n + 1] = "--json";
    t->words[n + 2] = NULL;
    path_of(runs, run->key, partial, t->output);
    path_of(runs, run->key, errors, t->errors);
    *job = (npim_job){(char *const *)(void *)t->words, t->output, t->errors};
}

typedef struct work {
    npim_runs *runs;
    task *tasks;
    size_t n, last;
    const npim_runs_progress *progress;
} work;

/* What the run has read may have been edited, or the program built anew, since its key was made. */
static npim_status check_key(const npim_runs *runs, const npim_run *run, npim_error *error) {
    char text[NPIM_RUN_COMMAND_SIZE], program[NPIM_RUN_KEY_SIZE], key[NPIM_RUN_KEY_SIZE] = "";
    const char *words[NPIM_RUN_MAX_WORDS];
    memcpy(text, run->command, sizeof text);
    size_t n = split(text, words, NPIM_RUN_MAX_WORDS);
    npim_error ignored;
    if (SHA256File(runs->program, program) && npim_run_key(program, words, n, key, &ignored) == NPIM_OK &&
        strcmp(key, run->key) == 0)
        return NPIM_OK;
    return npim_fail(error, NPIM_EUSAGE,
                     "npim %s: the program, its network or its architecture changed while it ran: once more",
                     run->command);
}

static npim_status keep(void *context, size_t job, npim_error *error) {
    work *w = context;
    task *t = &w->tasks[job];
    char path[FILE_SIZE];
    path_of(w->runs, t->run->key, ".json", path);
    npim_status status = npim_json_read(t->output, &t->run->document, error);
    if (status == NPIM_OK) status = check_key(w->runs, t->run, error);
    if (status == NPIM_OK) status = npim_run_file_write(path, t->run->command, t->run->document, error);
    if (status != NPIM_OK) return status;
    unlink(t->output);
    unlink(t->errors);
    w->last = job;
    return NPIM_OK;
}

static void show(void *context, size_t n_done) {
    const work *w = context;
    if (w->progress && w->progress->show)
        w->progress->show(w->progress->context, n_done, w->n, w->tasks[w->last].run->command);
}

static npim_status make_missing(npim_runs *runs, work *w, npim_job *jobs, uint32_t processes,
                                const npim_stop *stop, npim_error *error) {
    for (size_t i = 0; i < runs->n; i++)
        if (!runs->items[i].document) {
            prepare(runs, &runs->items[i], &w->tasks[w->n], &jobs[w->n]);
            w->n++;
        }
    npim_jobs_watch watch = {.stop = stop, .done = keep, .wait = show, .context = w};
    npim_status status = npim_jobs_run(jobs, w->n, processes, &watch, error);
    remove_leftovers(runs);
    return status;
}

/* Not one of the standard streams, which may be closed; 0 with errno. */
static int open_lock(const char *path) {
    int file = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0666);
    int lock = file < 0 ? -1 : fcntl(file, F_DUPFD_CLOEXEC, STDERR_FILENO + 1), reason = errno;
    if (file >= 0) close(file);
    errno = reason;
    return lock < 0 ? 0 : lock;
}

/* The lock goes with the process, however it ends. */
static npim_status take_folder(npim_runs *runs, npim_error *error) {
    char path[FILE_SIZE];
    struct flock whole = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
    if (mkdir(runs->folder, 0777) != 0 && errno != EEXIST)
        return npim_fail(error, NPIM_EUSAGE, "%s: cannot create: %s", runs->folder, strerror(errno));
    path_of(runs, "lock", "", path);
    if (runs->lock == 0) runs->lock = open_lock(path);
    if (runs->lock == 0) return npim_fail(error, NPIM_EUSAGE, "%s: cannot write: %s", path, strerror(errno));
    if (fcntl(runs->lock, F_SETLK, &whole) == 0) return NPIM_OK;
    return npim_fail(error, NPIM_EUSAGE, "%s: another npim reproduce is at work here", runs->folder);
}

npim_status npim_runs_make(npim_runs *runs, uint32_t processes, const npim_stop *stop,
                           const npim_runs_progress *progress, npim_error *error) {
    npim_status status = take_folder(runs, error);
    if (status != NPIM_OK) return status;
    remove_leftovers(runs);
    size_t missing = 0;
    for (size_t i = 0; i < runs->n; i++)
        missing += !runs->items[i].document && !read_kept(runs, &runs->items[i]);
    if (missing == 0) return NPIM_OK;
    work w = {.runs = runs, .progress = progress, .tasks = calloc(missing, sizeof *w.tasks)};
    npim_job *jobs = calloc(missing, sizeof *jobs);
    status = w.tasks && jobs ? make_missing(runs, &w, jobs, processes, stop, error)
                             : npim_fail(error, NPIM_ENOMEM, "no memory for %zu runs", missing);
    free(w.tasks);
    free(jobs);
    return status;
}
