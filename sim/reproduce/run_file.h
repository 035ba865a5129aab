/* The kept result of a run: {"command", "sha256", "document"}, the sum being that of the document as text, so
 * that what was cut, edited or swapped is noticed and made again. */
#ifndef NPIM_SIM_REPRODUCE_RUN_FILE_H
#define NPIM_SIM_REPRODUCE_RUN_FILE_H

#include "hw/status.h"

#include <cjson/cJSON.h>

#ifdef __cplusplus
extern "C" {
#endif

/* The document of that command in the file, which the caller frees with cJSON_Delete; NULL when there is
 * none, it is of another command, or the sum does not agree. */
cJSON *npim_run_file_read(const char *path, const char *command);

/* Writes the file, whole or not at all. NPIM_EUSAGE with the path and the reason; NPIM_ENOMEM. */
NPIM_MUST_USE npim_status npim_run_file_write(const char *path, const char *command, const cJSON *document,
                                              npim_error *error);

#ifdef __cplusplus
}
#endif
#endif
