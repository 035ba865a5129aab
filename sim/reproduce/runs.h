/* Runs of npim whose results are kept: each is a command with one JSON document as its result, in a file that
 * is named by a hash of everything the result depends on. */
#ifndef NPIM_SIM_REPRODUCE_RUNS_H
#define NPIM_SIM_REPRODUCE_RUNS_H

#include "sim/find.h"
#include "sim/stop.h"

#include <cjson/cJSON.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

enum { NPIM_RUN_MAX_WORDS = 48, NPIM_RUN_COMMAND_SIZE = 512, NPIM_RUN_KEY_SIZE = 65 };

typedef struct npim_run {
    char command[NPIM_RUN_COMMAND_SIZE]; /* "replay vgg16 --arch isaac": names without spaces */
    char key[NPIM_RUN_KEY_SIZE];         /* SHA-256 of program, command, network and architecture */
    cJSON *document;                     /* NULL until npim_runs_make; owned */
} npim_run;

/* Owned by whoever began it. */
typedef struct npim_runs {
    char folder[NPIM_PATH_SIZE];  /* of the kept results */
    char program[NPIM_PATH_SIZE]; /* that runs */
    char program_hash[NPIM_RUN_KEY_SIZE];
    npim_run *items;
    size_t n, capacity;
    int lock; /* file descriptor that keeps others out of the folder; 0: none */
} npim_runs;

/* Where progress goes: `n_done` of n runs, the last of which made that long a wait. May be NULL. */
typedef struct npim_runs_progress {
    void (*show)(void *context, size_t n_done, size_t n, const char *command);
    void *context;
} npim_runs_progress;

/* program NULL: the running one. runs must be zeroed or finished. NPIM_EUSAGE when the program cannot be read
 * or a path is too long. */
NPIM_MUST_USE npim_status npim_runs_begin(npim_runs *runs, const char *folder, const char *program,
                                          npim_error *error);
void npim_runs_fini(npim_runs *runs); /* safe on a zeroed struct and twice */

/* Adds the run of a printf-style command, unless it is there already. The name behind replay, infer or map is
 * a network, behind describe an architecture, and so is that behind --arch. NPIM_ECONFIG when one of them is
 * missing or cannot be loaded; NPIM_EINVARIANT when the command does not fit NPIM_RUN_COMMAND_SIZE or has
 * more than NPIM_RUN_MAX_WORDS words; NPIM_ENOMEM. */
NPIM_MUST_USE npim_status npim_runs_add(npim_runs *runs, npim_error *error, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* Runs, `processes` at a time, what has no result in the folder yet, and reads all results. What was run
 * before, by this program with the same inputs, is taken as it is; a run that was broken off leaves the
 * results of those that had ended. Until npim_runs_fini nobody else can make runs in that folder. Errors as
 * npim_jobs_run; NPIM_EUSAGE when the folder cannot be made or written, or somebody else is at work there. */
NPIM_MUST_USE npim_status npim_runs_make(npim_runs *runs, uint32_t processes, const npim_stop *stop,
                                         const npim_runs_progress *progress, npim_error *error);

/* The result of a command that was added and made; NULL for any other. Borrowed. */
const cJSON *npim_runs_document(const npim_runs *runs, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

#ifdef __cplusplus
}
#endif
#endif
