/* JSON documents as text. */
#ifndef NPIM_SIM_JSON_H
#define NPIM_SIM_JSON_H

#include <cjson/cJSON.h>

#ifdef __cplusplus
extern "C" {
#endif

/* The document as text with a newline at the end. Unlike cJSON_Print, which is content with 15 digits when
 * they are nearly right, every number reads back exactly; one that is not finite becomes null. NULL when root
 * is NULL or memory runs out; the caller frees the text. */
char *npim_json_text(const cJSON *root);

#ifdef __cplusplus
}
#endif
#endif
