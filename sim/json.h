/* JSON documents: as text, and from a file. */
#ifndef NPIM_SIM_JSON_H
#define NPIM_SIM_JSON_H

#include "hw/status.h"

#include <cjson/cJSON.h>

#ifdef __cplusplus
extern "C" {
#endif

/* The document as text with a newline at the end. Unlike cJSON_Print, which is content with 15 digits when
 * they are nearly right, every number reads back exactly; one that is not finite becomes null. NULL when root
 * is NULL or memory runs out; the caller frees the text. */
char *npim_json_text(const cJSON *root);

enum { NPIM_JSON_MAX_B = 64 << 20 };

/* Reads a file that holds one JSON document and nothing else. *root is NULL on failure; the caller frees it
 * with cJSON_Delete. NPIM_ECONFIG with the path, and the line where there is one, for what is missing, not a
 * regular file, unreadable, empty, larger than NPIM_JSON_MAX_B, or no (or no complete) JSON. */
NPIM_MUST_USE npim_status npim_json_read(const char *path, cJSON **root, npim_error *error);

#ifdef __cplusplus
}
#endif
#endif
