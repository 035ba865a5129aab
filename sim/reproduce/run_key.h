/* What a run depends on, as a hash. */
#ifndef NPIM_SIM_REPRODUCE_RUN_KEY_H
#define NPIM_SIM_REPRODUCE_RUN_KEY_H

#include "sim/reproduce/runs.h"

#ifdef __cplusplus
extern "C" {
#endif

/* key = SHA-256 of the program's hash, the words of the command, all files of its networks, and of its
 * architectures the file, those that it includes and the circuits beside it. NPIM_ECONFIG for a network or an
 * architecture that is missing, and for an architecture that cannot be loaded. */
NPIM_MUST_USE npim_status npim_run_key(const char *program_hash, const char *const *words, size_t n_words,
                                       char key[NPIM_RUN_KEY_SIZE], npim_error *error);

#ifdef __cplusplus
}
#endif
#endif
