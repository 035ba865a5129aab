/* What an inference gave, for people and for programs. */
#ifndef NPIM_SIM_VALUES_INFER_REPORT_H
#define NPIM_SIM_VALUES_INFER_REPORT_H

#include "sim/json.h"
#include "sim/values/infer.h"

#ifdef __cplusplus
extern "C" {
#endif

/* What it is about; borrowed. arch NULL: none. */
typedef struct npim_infer_subject {
    const npim_network *network;
    const npim_arch *arch;
} npim_infer_subject;

/* {network, architecture, mode, seed, images, accuracy_float, accuracy_int8, accuracy, mismatches, macs,
 * macs_per_s, layers: [{name, kind, sinad_dB, clipped, v_max_V, step, conversions}]}, the layers with weights
 * alone. Shares are of 1; null is what there is none of: accuracies without labels or float weights,
 * mismatches where nothing was compared, v_max_V of other strategies than C. macs_per_s is wall-clock time:
 * all else is the same in every run. NULL without memory. The caller frees it. */
cJSON *npim_infer_json(const npim_inference *inference, const npim_infer_subject *subject);

/* The same as a text that the caller frees. */
char *npim_infer_text(const npim_inference *inference, const npim_infer_subject *subject);

#ifdef __cplusplus
}
#endif
#endif
