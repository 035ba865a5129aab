/* What the user wants to see of a replay. */
#ifndef NPIM_SIM_WAVE_REQUEST_H
#define NPIM_SIM_WAVE_REQUEST_H

#include "sim/options.h"

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

enum { NPIM_WAVE_MAX_SIGNALS = 4096, NPIM_WAVE_MAX_LIMIT = 1000000 };

/* [from_ps, to_ps) of the run; texts are borrowed. */
typedef struct npim_wave_request {
    const char *path; /* ends in .vcd; NULL: no wave is written */
    const char *scope;
    uint64_t from_ps, to_ps;
    uint32_t max_signals;
} npim_wave_request;

/* The request of a command line: path is NULL when it asks for no wave. NPIM_EUSAGE, naming option, value and
 * what is allowed: a file that does not end in .vcd, a missing scope, a window that is not FROM:TO with
 * units and FROM before TO, a limit outside 1..NPIM_WAVE_MAX_LIMIT, and --wave-... without --wave. */
NPIM_MUST_USE npim_status npim_wave_request_read(npim_wave_request *request, const npim_options *options,
                                                 npim_error *error);

#ifdef __cplusplus
}
#endif
#endif
