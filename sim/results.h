/* The results directory: manifest.json, config.toml, summary.json, timing.json, layers.csv, blocks.csv,
 * links.csv, and where the run had a meter, power.csv, where it had values, values.json. */
#ifndef NPIM_SIM_RESULTS_H
#define NPIM_SIM_RESULTS_H

#include "sim/further_inputs.h"
#include "sim/result.h"
#include "sim/values/infer.h"

#ifdef __cplusplus
extern "C" {
#endif

/* What a run was made from and how long it took. Wall-clock figures go to timing.json alone. */
typedef struct npim_run_record {
    const char *command;      /* without the output's path */
    const char *network_path; /* files that are hashed */
    const char *arch_path;
    double wall_s, user_s;
    const npim_inference *values; /* NULL: none were computed */
    const npim_tensors *tensors;  /* those of the network's files, which are hashed; NULL: none were read */
    const char *images_path, *labels_path, *layout_path; /* their files, hashed; NULL: none */
    const npim_further_files *further;                   /* those of further inputs, too */
} npim_run_record;

/* Writes everything beside the target first and moves it into place at the end: a run that fails leaves
 * nothing, and the results of an earlier run as they were. manifest.json comes last, so a directory that has
 * one is complete. An existing directory that is not empty is refused unless force. NPIM_EUSAGE with the path
 * and the reason. */
NPIM_MUST_USE npim_status npim_results_write(const char *directory, bool force, const npim_result *result,
                                             const npim_measurement *measurement,
                                             const npim_run_record *record, npim_error *error);

/* The same refusal, before a long run. */
NPIM_MUST_USE npim_status npim_results_check(const char *directory, bool force, npim_error *error);

#ifdef __cplusplus
}
#endif
#endif
