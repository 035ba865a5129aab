/* What a reproduction was made from. */
#ifndef NPIM_SIM_REPRODUCE_MANIFEST_H
#define NPIM_SIM_REPRODUCE_MANIFEST_H

#include "sim/reproduce/study.h"

#ifdef __cplusplus
extern "C" {
#endif

/* manifest.json of a study whose runs were planned: "program", "version", "command" (`npim reproduce`, with
 * --quick where it was given), "runs", in the order in which the sections plan them, each with its command
 * and its key, and "files", the names given. The key is the SHA-256 of the program, the command and all files
 * that the run reads (npim_run_key), which stands for hashes of inputs, and seeds are in commands and
 * architectures. No path, no date, no number of processes: the same program on the same files gives the same
 * bytes; another build of it has other keys. Owned by the caller; NULL when memory runs out. */
cJSON *npim_manifest_json(const npim_study *study, const char *const *files, size_t n_files);

/* The files that the manifest of an earlier reproduction lists (an array); NULL when it is of something else.
 * manifest, which may be NULL, owns it. */
const cJSON *npim_manifest_files(const cJSON *manifest);

#ifdef __cplusplus
}
#endif
#endif
