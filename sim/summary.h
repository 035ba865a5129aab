/* Reading the summary.json of a results directory back. */
#ifndef NPIM_SIM_SUMMARY_H
#define NPIM_SIM_SUMMARY_H

#include "hw/status.h"

#include <cjson/cJSON.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Reads DIRECTORY/summary.json, or path itself when it is not a directory (what `npim replay --json` prints
 * is the same). *root is the document, or NULL on failure; the caller frees it with cJSON_Delete.
 *
 * A document that is returned has the format of this npim, all members that sim/figure.h knows as finite
 * numbers that are not negative, network, architecture and the names of its layers as short texts without
 * control characters, chips and images as whole numbers from 1 on, and no two layers of one name.
 * NPIM_ECONFIG with the file, the member and what is allowed. */
NPIM_MUST_USE npim_status npim_summary_read(const char *path, cJSON **root, npim_error *error);

#ifdef __cplusplus
}
#endif
#endif
