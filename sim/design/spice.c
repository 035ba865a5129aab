#include "sim/design/spice.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { FOLDER_SIZE = 3072, PATH_SIZE = FOLDER_SIZE + 1024, TAIL_LINES = 6, TAIL_SIZE = 640 };
static const size_t max_output_B = (size_t)1 << 30;

#define DECK "npim.cir"
#define LOG "npim.log"

static const char *program(const npim_spice *spice) {
    return spice->program ? spice->program : "ngspice";
}

/* --- the private folder --- */

static npim_status make_folder(char folder[FOLDER_SIZE], npim_error *error) {
    const char *place = getenv("TMPDIR");
    if (!place || !*place) place = "/tmp";
    if (snprintf(folder, FOLDER_SIZE, "%s/npim-spice-XXXXXX", place) >= FOLDER_SIZE)
        return npim_fail(error, NPIM_EUSAGE, "TMPDIR: the name is too long");
    if (!mkdtemp(folder))
        return npim_fail(error, NPIM_EUSAGE, "%s: cannot make a folder for ngspice: %s", folder,
                         strerror(errno));
    return NPIM_OK;
}

/* ngspice may leave files of its own beside ours; it makes no folders. */
static void remove_folder(const char *folder) {
    char path[PATH_SIZE];
    DIR *entries = opendir(folder);
    for (struct dirent *e = entries ? readdir(entries) : NULL; e; e = readdir(entries)) {
        if (strcmp(e->d_name, ".") == 0 || strcmp(e->d_name, "..") == 0) continue;
        snprintf(path, sizeof path, "%s/%s", folder, e->d_name);
        unlink(path);
    }
    if (entries) closedir(entries);
    rmdir(folder);
}

static npim_status write_file(const char *folder, const char *name, const char *text, npim_error *error) {
    char path[PATH_SIZE];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    FILE *out = fopen(path, "w");
    bool good = out && fputs(text, out) != EOF;
    if (out && fclose(out) != 0) good = false;
    return good ? NPIM_OK : npim_fail(error, NPIM_EUSAGE, "%s: cannot write: %s", path, strerror(errno));
}

/* The whole file with a 0 behind it, from malloc; NULL when it is missing or too large. */
static char *read_file(const char *folder, const char *name) {
    char path[PATH_SIZE];
    struct stat info;
    snprintf(path, sizeof path, "%s/%s", folder, name);
    FILE *in = fopen(path, "r");
    char *text = NULL;
    if (in && fstat(fileno(in), &info) == 0 && info.st_size >= 0 && (size_t)info.st_size < max_output_B) {
        text = malloc((size_t)info.st_size + 1);
        size_t n = text ? fread(text, 1, (size_t)info.st_size, in) : 0;
        if (text) text[n] = '\0';
    }
    if (in) fclose(in);
    return text;
}

/* --- the process --- */

/* In the child, after the fork: never returns. Its own process group: Ctrl-C reaches the parent alone, which
 * then ends the whole group. The C locale: the same digits everywhere. One thread: circuits are so small that
 * ngspice's threads do nothing but wait for each other, on a busy machine a hundred times as long. */
static void become(const char *folder, char *const *arguments, int report) {
    setpgid(0, 0);
    int in = open("/dev/null", O_RDONLY);
    int out = chdir(folder) == 0 ? open(LOG, O_WRONLY | O_CREAT | O_TRUNC, 0600) : -1;
    if (in >= 0 && out >= 0 && dup2(in, 0) == 0 && dup2(out, 1) == 1 && dup2(out, 2) == 2) {
        setenv("LC_ALL", "C", 1);
        setenv("OMP_THREAD_LIMIT", "1", 1);
        execvp(arguments[0], arguments);
    }
    int reason = errno;
    ssize_t n = write(report, &reason, sizeof reason);
    _exit(n == (ssize_t)sizeof reason ? 127 : 126);
}

static npim_status not_started(const npim_spice *spice, int reason, npim_error *error) {
    if (reason == ENOENT)
        return npim_fail(
            error, NPIM_EUSAGE,
            "%s is missing: install it (Debian, Ubuntu: apt install ngspice) or do without SPICE",
            program(spice));
    return npim_fail(error, NPIM_EUSAGE, "%s cannot be started: %s", program(spice), strerror(reason));
}

/* Starts the program; *child is its process. */
static npim_status start(const npim_spice *spice, const char *folder, char *const *arguments, pid_t *child,
                         npim_error *error) {
    int ends[2], reason = 0;
    if (pipe(ends) != 0) return not_started(spice, errno, error);
    fcntl(ends[0], F_SETFD, FD_CLOEXEC);
    fcntl(ends[1], F_SETFD, FD_CLOEXEC); /* closes when exec succeeds: the parent reads nothing then */
    *child = fork();
    if (*child == 0) become(folder, arguments, ends[1]);
    if (*child < 0) reason = errno;
    close(ends[1]);
    if (*child > 0) {
        ssize_t n;
        while ((n = read(ends[0], &reason, sizeof reason)) < 0 && errno == EINTR) {
        }
        if (n != (ssize_t)sizeof reason) reason = 0;
        if (reason != 0) waitpid(*child, NULL, 0);
    }
    close(ends[0]);
    return reason == 0 ? NPIM_OK : not_started(spice, reason, error);
}

static double now_s(void) {
    struct timespec now = {0, 0};
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

/* Waits for the end of a child, of the time or of the user's patience. */
static npim_status await(const npim_spice *spice, pid_t child, int *result, npim_error *error) {
    double timeout_s = spice->timeout_s > 0 ? spice->timeout_s : 600, end_s = now_s() + timeout_s;
    const struct timespec nap = {0, 2000000};
    for (;;) {
        pid_t ended = waitpid(child, result, WNOHANG);
        if (ended == child) return NPIM_OK;
        if (ended < 0 && errno != EINTR)
            return npim_fail(error, NPIM_EUSAGE, "%s: %s", program(spice), strerror(errno));
        bool stop = npim_stop_wanted(spice->stop);
        if (stop || now_s() > end_s) {
            kill(-child, SIGKILL);
            kill(child, SIGKILL); /* if it had no group of its own yet */
            waitpid(child, result, 0);
            return stop ? npim_fail(error, NPIM_EINTERRUPTED, "interrupted")
                        : npim_fail(error, NPIM_EUSAGE, "%s: not done after %g s", program(spice), timeout_s);
        }
        nanosleep(&nap, NULL);
    }
}

/* --- what it says --- */

/* The last lines that say something, with "; " between them. */
static void tail(const char *log, char text[TAIL_SIZE]) {
    const char *line[TAIL_LINES];
    size_t length[TAIL_LINES], n = 0, used = 0;
    for (const char *c = log ? log : ""; *c; c += strcspn(c, "\n"), c += *c == '\n') {
        while (*c == ' ' || *c == '\t') c++;
        if (*c == '\n' || *c == '\0' || strncmp(c, "Note:", 5) == 0) continue;
        line[n % TAIL_LINES] = c;
        length[n++ % TAIL_LINES] = strcspn(c, "\n");
    }
    text[0] = '\0';
    for (size_t i = n > TAIL_LINES ? n - TAIL_LINES : 0; i < n && used < TAIL_SIZE - 1; i++) {
        size_t k = i % TAIL_LINES, at = used;
        int width = length[k] < 200 ? (int)length[k] : 200;
        used += (size_t)snprintf(text + at, TAIL_SIZE - at, "%s%.*s", at ? "; " : "", width, line[k]);
    }
    for (char *c = text; *c; c++)
        if (iscntrl((unsigned char)*c)) *c = ' ';
}

static npim_status failed(const npim_spice *spice, const char *folder, const char *how, npim_error *error) {
    char *log = read_file(folder, LOG), last[TAIL_SIZE];
    tail(log, last);
    free(log);
    return npim_fail(error, NPIM_EUSAGE, "%s %s: %s", program(spice), how, *last ? last : "it says nothing");
}

static npim_status run(const npim_spice *spice, const char *folder, char *const *arguments,
                       npim_error *error) {
    pid_t child = 0;
    int result = 0;
    char how[64];
    npim_status status = start(spice, folder, arguments, &child, error);
    if (status == NPIM_OK) status = await(spice, child, &result, error);
    if (status != NPIM_OK || (WIFEXITED(result) && WEXITSTATUS(result) == 0)) return status;
    if (WIFSIGNALED(result))
        snprintf(how, sizeof how, "was ended by signal %d", WTERMSIG(result));
    else
        snprintf(how, sizeof how, "failed (exit code %d)", WEXITSTATUS(result));
    return failed(spice, folder, how, error);
}

/* --- the table --- */

/* Appends the numbers of a line; false for a wrong number of them, or for something else. */
static bool read_row(const char *line, size_t n_columns, double *row) {
    for (size_t i = 0; i < n_columns; i++) {
        char *end;
        row[i] = strtod(line, &end);
        if (end == line || !isfinite(row[i])) return false;
        line = end;
    }
    return line[strspn(line, " \t\r")] == '\0';
}

static npim_status read_table(const npim_spice *spice, char *text, npim_spice_data *data, npim_error *error) {
    size_t capacity = 0;
    for (char *line = text, *next; *line; line = next) {
        next = line + strcspn(line, "\n");
        if (*next) *next++ = '\0';
        if (data->n_rows == capacity) {
            capacity = capacity ? 2 * capacity : 1024;
            double *more = realloc(data->value, capacity * data->n_columns * sizeof *more);
            if (!more) return npim_fail(error, NPIM_ENOMEM, "no memory for %zu rows of ngspice", capacity);
            data->value = more;
        }
        if (!read_row(line, data->n_columns, data->value + data->n_rows * data->n_columns))
            return npim_fail(error, NPIM_EUSAGE, "%s: row %zu of its output is not %zu numbers: %.80s",
                             program(spice), data->n_rows + 1, data->n_columns, line);
        data->n_rows++;
    }
    return NPIM_OK;
}

static npim_status read_output(const npim_spice *spice, const char *folder, size_t n_rows,
                               npim_spice_data *data, npim_error *error) {
    char *text = read_file(folder, NPIM_SPICE_OUTPUT), how[96];
    if (!text) return failed(spice, folder, "wrote no output", error);
    npim_status status = read_table(spice, text, data, error);
    free(text);
    if (status != NPIM_OK || (n_rows ? data->n_rows == n_rows : data->n_rows >= 2)) return status;
    snprintf(how, sizeof how, "wrote %zu rows of %s%zu", data->n_rows, n_rows ? "" : "at least ",
             n_rows ? n_rows : 2);
    return failed(spice, folder, how, error);
}

void npim_spice_data_fini(npim_spice_data *data) {
    free(data->value);
    memset(data, 0, sizeof *data);
}

npim_status npim_spice_run(const npim_spice *spice, const char *deck, size_t n_rows, size_t n_columns,
                           npim_spice_data *data, npim_error *error) {
    char folder[FOLDER_SIZE], name[FOLDER_SIZE], batch[] = "-b", clean[] = "-n", file[] = DECK;
    *data = (npim_spice_data){.n_columns = n_columns};
    snprintf(name, sizeof name, "%s", program(spice));
    char *const arguments[] = {name, batch, clean, file, NULL};
    npim_status status = make_folder(folder, error);
    if (status != NPIM_OK) return status;
    status = write_file(folder, DECK, deck, error);
    if (status == NPIM_OK) status = run(spice, folder, arguments, error);
    if (status == NPIM_OK) status = read_output(spice, folder, n_rows, data, error);
    remove_folder(folder);
    if (status != NPIM_OK) npim_spice_data_fini(data);
    return status;
}

/* The word "ngspice-39" out of the banner. */
static npim_status find_version(const npim_spice *spice, const char *folder,
                                char version[NPIM_SPICE_VERSION_SIZE], npim_error *error) {
    char *log = read_file(folder, LOG);
    const char *word = log ? strstr(log, "ngspice-") : NULL;
    size_t n = word ? strcspn(word, " \t\r\n:") : 0;
    if (n > 0 && n < NPIM_SPICE_VERSION_SIZE) snprintf(version, n + 1, "%s", word);
    free(log);
    if (n > 0 && n < NPIM_SPICE_VERSION_SIZE) return NPIM_OK;
    return failed(spice, folder, "does not tell its version", error);
}

npim_status npim_spice_version(const npim_spice *spice, char version[NPIM_SPICE_VERSION_SIZE],
                               npim_error *error) {
    char folder[FOLDER_SIZE], name[FOLDER_SIZE], option[] = "--version";
    snprintf(name, sizeof name, "%s", program(spice));
    char *const arguments[] = {name, option, NULL};
    version[0] = '\0';
    npim_status status = make_folder(folder, error);
    if (status != NPIM_OK) return status;
    status = run(spice, folder, arguments, error);
    if (status == NPIM_OK) status = find_version(spice, folder, version, error);
    remove_folder(folder);
    return status;
}
