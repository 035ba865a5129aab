#include "sim/reproduce/jobs.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum {
    NOT_STARTED = 127,
    COMMAND_SIZE = 256,
    TEXT_SIZE = NPIM_MESSAGE_SIZE - COMMAND_SIZE - 2,
    POLL_MS = 10
};

/* The processes that run now, each the first of a group of its own. */
typedef struct crew {
    const npim_job *jobs;
    pid_t *pids; /* [n] 0: not running */
    uint32_t n_running;
} crew;

/* In the child: never returns. A parent that was killed takes its children along. */
static void become(const npim_job *job, pid_t parent) {
    setpgid(0, 0);
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != parent) _exit(NOT_STARTED);
    int in = open("/dev/null", O_RDONLY);
    int out = open(job->output, O_WRONLY | O_CREAT | O_TRUNC, 0666);
    int err = open(job->errors, O_WRONLY | O_CREAT | O_TRUNC, 0666);
    if (in < 0 || out < 0 || err < 0) _exit(NOT_STARTED);
    if (dup2(in, 0) < 0 || dup2(out, 1) < 0 || dup2(err, 2) < 0) _exit(NOT_STARTED);
    execv(job->words[0], job->words);
    _exit(NOT_STARTED);
}

static npim_status start(crew *c, size_t i, npim_error *error) {
    pid_t parent = getpid(), child = fork();
    if (child == 0) become(&c->jobs[i], parent);
    if (child < 0) return npim_fail(error, NPIM_EUSAGE, "%s: %s", c->jobs[i].words[0], strerror(errno));
    setpgid(child, child); /* here as well: whoever comes first */
    c->pids[i] = child;
    c->n_running++;
    return NPIM_OK;
}

static npim_status status_of(int code) {
    static const npim_status codes[] = {[2] = NPIM_EUSAGE,
                                        [3] = NPIM_ECONFIG,
                                        [4] = NPIM_EUNSUPPORTED,
                                        [5] = NPIM_EFIT,
                                        [6] = NPIM_EINVARIANT};
    if (code == 130) return NPIM_EINTERRUPTED;
    bool known = code > 0 && (size_t)code < sizeof codes / sizeof *codes && codes[code] != NPIM_OK;
    return known ? codes[code] : NPIM_EUSAGE;
}

static void append(char text[TEXT_SIZE], const char *line) {
    size_t n = strlen(text);
    snprintf(text + n, TEXT_SIZE - n, "%s", line);
}

/* What npim says behind its name, which may be several lines; of a program that says otherwise, the last
 * line. */
static void read_reason(const char *path, char text[TEXT_SIZE]) {
    static const char name[] = "npim: ";
    const size_t skipped = sizeof name - 1;
    char line[TEXT_SIZE];
    bool found = false;
    FILE *file = fopen(path, "r");
    *text = '\0';
    while (file && fgets(line, sizeof line, file)) {
        bool begins = !found && strncmp(line, name, skipped) == 0;
        if (!found && (begins || strcspn(line, "\n") > 0)) *text = '\0';
        if (found || strcspn(line, "\n") > 0) append(text, begins ? line + skipped : line);
        found = found || begins;
    }
    if (file) fclose(file);
    for (size_t n = strlen(text); n > 0 && text[n - 1] == '\n'; n--) text[n - 1] = '\0';
}

static npim_status failed(const npim_job *job, int result, npim_error *error) {
    char text[TEXT_SIZE], command[COMMAND_SIZE] = "npim";
    for (size_t i = 1; job->words[i]; i++) {
        size_t at = strlen(command);
        snprintf(command + at, sizeof command - at, " %s", job->words[i]);
    }
    if (WIFSIGNALED(result))
        return npim_fail(error, NPIM_EUSAGE, "%s: ended by signal %d (%s)", command, WTERMSIG(result),
                         strsignal(WTERMSIG(result)));
    if (WEXITSTATUS(result) == NOT_STARTED)
        return npim_fail(error, NPIM_EUSAGE, "%s: cannot be started, or %s cannot be written", command,
                         job->output);
    read_reason(job->errors, text);
    return npim_fail(error, status_of(WEXITSTATUS(result)), "%s: %s", command,
                     *text ? text : "failed without a word");
}

/* All that is left of it. Its number is nobody else's as long as nobody has waited for its first process. */
static void end_group(pid_t first) {
    kill(-first, SIGKILL);
}

/* Waits for one that has ended, after what it left running: 1, 0 when it has not, -1 with errno. */
static int collect(pid_t pid, int *result) {
    siginfo_t info = {.si_pid = 0};
    if (waitid(P_PID, (id_t)pid, &info, WEXITED | WNOHANG | WNOWAIT) != 0) return errno == EINTR ? 0 : -1;
    if (info.si_pid == 0) return 0;
    end_group(pid);
    pid_t ended;
    do ended = waitpid(pid, result, 0);
    while (ended < 0 && errno == EINTR);
    return ended < 0 ? -1 : 1;
}

/* Takes note of one process that has ended; *job: which, n when none has. */
static npim_status reap(crew *c, size_t n, size_t *job, npim_error *error) {
    for (*job = 0; *job < n; ++*job) {
        int result = 0, ended = c->pids[*job] ? collect(c->pids[*job], &result) : 0;
        if (ended == 0) continue;
        c->pids[*job] = 0;
        c->n_running--;
        if (ended < 0) return npim_fail(error, NPIM_EUSAGE, "cannot wait for a process: %s", strerror(errno));
        bool good = WIFEXITED(result) && WEXITSTATUS(result) == 0;
        return good ? NPIM_OK : failed(&c->jobs[*job], result, error);
    }
    return NPIM_OK;
}

static void end_all(crew *c, size_t n) {
    for (size_t i = 0; i < n; i++)
        if (c->pids[i]) end_group(c->pids[i]);
    for (size_t i = 0; i < n; i++)
        while (c->pids[i] && waitpid(c->pids[i], NULL, 0) < 0 && errno == EINTR) continue;
}

static npim_status run_all(crew *c, size_t n, uint32_t processes, const npim_jobs_watch *w,
                           npim_error *error) {
    const struct timespec moment = {0, POLL_MS * 1000000L};
    npim_status status = NPIM_OK;
    size_t next = 0, n_done = 0;
    while (n_done < n && status == NPIM_OK) {
        size_t job = n;
        status = npim_stop_check(w->stop, error);
        while (status == NPIM_OK && next < n && c->n_running < processes) status = start(c, next++, error);
        if (status == NPIM_OK) status = reap(c, n, &job, error);
        if (status == NPIM_OK && job < n) {
            n_done++;
            if (w->done) status = w->done(w->context, job, error);
        }
        if (status == NPIM_OK && w->wait) w->wait(w->context, n_done);
        if (job == n) nanosleep(&moment, NULL);
    }
    return status;
}

npim_status npim_jobs_run(const npim_job *jobs, size_t n, uint32_t processes, const npim_jobs_watch *watch,
                          npim_error *error) {
    crew c = {.jobs = jobs, .pids = calloc(n ? n : 1, sizeof *c.pids)};
    if (!c.pids) return npim_fail(error, NPIM_ENOMEM, "no memory for %zu jobs", n);
    npim_status status = run_all(&c, n, processes, watch, error);
    end_all(&c, n);
    free(c.pids);
    return status;
}
