/* How long work learns that the user does not want to wait for its end. */
#ifndef NPIM_SIM_STOP_H
#define NPIM_SIM_STOP_H

#include "hw/status.h"

#include <stdbool.h>
#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Borrowed by whoever takes a pointer to one, which may be NULL: then nobody ever stops. */
typedef struct npim_stop {
    bool (*wanted)(void *context); /* asked in inner loops, so quick; once true, true for ever */
    void *context;
} npim_stop;

static inline bool npim_stop_wanted(const npim_stop *stop) {
    return stop != NULL && stop->wanted(stop->context);
}

/* NPIM_EINTERRUPTED when a stop is wanted. */
NPIM_MUST_USE static inline npim_status npim_stop_check(const npim_stop *stop, npim_error *error) {
    return npim_stop_wanted(stop) ? npim_fail(error, NPIM_EINTERRUPTED, "interrupted") : NPIM_OK;
}

#ifdef __cplusplus
}
#endif
#endif
