#include "sim/reproduce/run_file.h"

#include "sim/design/output.h"
#include "sim/json.h"

#include <sha256.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* False when there is no memory. */
static bool sum_of(const cJSON *document, char sum[SHA256_DIGEST_STRING_LENGTH]) {
    char *text = npim_json_text(document);
    if (!text) return false;
    SHA256Data((const uint8_t *)text, strlen(text), sum);
    free(text);
    return true;
}

static bool says(const cJSON *root, const char *key, const char *text) {
    const cJSON *item = cJSON_GetObjectItemCaseSensitive(root, key);
    return cJSON_IsString(item) && strcmp(item->valuestring, text) == 0;
}

cJSON *npim_run_file_read(const char *path, const char *command) {
    char sum[SHA256_DIGEST_STRING_LENGTH];
    npim_error ignored;
    cJSON *root = NULL, *document = NULL;
    if (access(path, R_OK) != 0 || npim_json_read(path, &root, &ignored) != NPIM_OK) return NULL;
    const cJSON *held = cJSON_GetObjectItemCaseSensitive(root, "document");
    if (cJSON_IsObject(held) && says(root, "command", command) && sum_of(held, sum) &&
        says(root, "sha256", sum))
        document = cJSON_DetachItemFromObjectCaseSensitive(root, "document");
    cJSON_Delete(root);
    return document;
}

npim_status npim_run_file_write(const char *path, const char *command, const cJSON *document,
                                npim_error *error) {
    char sum[SHA256_DIGEST_STRING_LENGTH];
    cJSON *root = cJSON_CreateObject(), *copy = cJSON_Duplicate(document, true);
    if (!sum_of(document, sum)) *sum = '\0';
    cJSON_AddStringToObject(root, "command", command);
    cJSON_AddStringToObject(root, "sha256", sum);
    if (!cJSON_AddItemToObject(root, "document", copy)) cJSON_Delete(copy);
    char *text = copy && *sum ? npim_json_text(root) : NULL;
    cJSON_Delete(root);
    npim_status status =
        text ? npim_output_save(path, text, error) : npim_fail(error, NPIM_ENOMEM, "no memory for %s", path);
    free(text);
    return status;
}
