/* Commands that run side by side, each in a process of its own. */
#ifndef NPIM_SIM_REPRODUCE_JOBS_H
#define NPIM_SIM_REPRODUCE_JOBS_H

#include "sim/stop.h"

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

enum { NPIM_MAX_PROCESSES = 256 };

/* All borrowed. */
typedef struct npim_job {
    char *const *words; /* the program's path, its arguments, NULL */
    const char *output; /* file for its standard output, replaced */
    const char *errors; /* and for its standard error */
} npim_job;

typedef struct npim_jobs_watch {
    const npim_stop *stop;                                             /* may be NULL */
    npim_status (*done)(void *context, size_t job, npim_error *error); /* job has ended well; may be NULL */
    void (*wait)(void *context, size_t n_done);                        /* called now and then; may be NULL */
    void *context;
} npim_jobs_watch;

/* Starts the jobs in their order, `processes` (1 .. NPIM_MAX_PROCESSES) at a time, and waits for all of them.
 * After the first that fails, or when a stop is wanted, or done says no, the others are ended. A job that
 * ends with the exit code of a status fails with that status and its errors from the first line on that
 * begins with "npim: " (their last line where none does); one that a signal ended, or that could not be
 * started, with NPIM_EUSAGE. Each job is a process group of its own, which ends with its first process:
 * nothing that a job started is left behind. Ctrl-C on a terminal therefore reaches the caller alone, who
 * catches it and makes stop want one (npim_interrupt_catch). When the caller is killed, the system ends the
 * jobs, though not what these have started. */
NPIM_MUST_USE npim_status npim_jobs_run(const npim_job *jobs, size_t n, uint32_t processes,
                                        const npim_jobs_watch *watch, npim_error *error);

#ifdef __cplusplus
}
#endif
#endif
