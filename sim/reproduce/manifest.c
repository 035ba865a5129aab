#include "sim/reproduce/manifest.h"

#include <string.h>

static const char *command_of(bool quick) {
    return quick ? "npim reproduce --quick" : "npim reproduce";
}

static bool add_run(cJSON *runs, const npim_run *run) {
    cJSON *o = cJSON_CreateObject();
    if (!o || !cJSON_AddItemToArray(runs, o)) return false;
    return cJSON_AddStringToObject(o, "command", run->command) && cJSON_AddStringToObject(o, "key", run->key);
}

static bool add_files(cJSON *root, const char *const *files, size_t n) {
    cJSON *array = cJSON_AddArrayToObject(root, "files");
    bool good = array != NULL;
    for (size_t i = 0; i < n && good; i++) {
        cJSON *name = cJSON_CreateString(files[i]);
        good = name && cJSON_AddItemToArray(array, name);
    }
    return good;
}

static bool fill(cJSON *root, const npim_study *study) {
    bool good = cJSON_AddStringToObject(root, "program", "npim") &&
                cJSON_AddStringToObject(root, "version", NPIM_VERSION) &&
                cJSON_AddStringToObject(root, "command", command_of(study->quick));
    cJSON *runs = good ? cJSON_AddArrayToObject(root, "runs") : NULL;
    good = runs != NULL;
    for (size_t i = 0; i < study->runs.n && good; i++) good = add_run(runs, &study->runs.items[i]);
    return good;
}

cJSON *npim_manifest_json(const npim_study *study, const char *const *files, size_t n_files) {
    cJSON *root = cJSON_CreateObject();
    if (!root || (fill(root, study) && add_files(root, files, n_files))) return root;
    cJSON_Delete(root);
    return NULL;
}

const cJSON *npim_manifest_files(const cJSON *manifest) {
    const char *text = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(manifest, "command"));
    const cJSON *files = cJSON_GetObjectItemCaseSensitive(manifest, "files");
    bool ours = text && (strcmp(text, command_of(true)) == 0 || strcmp(text, command_of(false)) == 0);
    return ours && cJSON_IsArray(files) ? files : NULL;
}
