/* What commands print on the standard output. */
#ifndef NPIM_SIM_PRINT_H
#define NPIM_SIM_PRINT_H

#include "hw/status.h"

#include <cjson/cJSON.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Prints and frees a text, or a JSON document; NULL counts as NPIM_ENOMEM. A full disk behind the standard
 * output is NPIM_EUSAGE with the reason. */
NPIM_MUST_USE npim_status npim_print_text(char *text, npim_error *error);
NPIM_MUST_USE npim_status npim_print_json(cJSON *root, npim_error *error);

#ifdef __cplusplus
}
#endif
#endif
