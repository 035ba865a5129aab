#include "sim/reproduce/manifest.h"

static bool add_run(cJSON *runs, const npim_run *run) {
    cJSON *o = cJSON_CreateObject();
    if (!o || !cJSON_AddItemToArray(runs, o)) return false;
    return cJSON_AddStringToObject(o, "command", run->command) && cJSON_AddStringToObject(o, "key", run->key);
}

static bool fill(cJSON *root, const npim_study *study) {
    const char *command = study->quick ? "npim reproduce --quick" : "npim reproduce";
    bool good = cJSON_AddStringToObject(root, "program", "npim") &&
                cJSON_AddStringToObject(root, "version", NPIM_VERSION) &&
                cJSON_AddStringToObject(root, "command", command);
    cJSON *runs = good ? cJSON_AddArrayToObject(root, "runs") : NULL;
    good = runs != NULL;
    for (size_t i = 0; i < study->runs.n && good; i++) good = add_run(runs, &study->runs.items[i]);
    return good;
}

cJSON *npim_manifest_json(const npim_study *study) {
    cJSON *root = cJSON_CreateObject();
    if (!root || fill(root, study)) return root;
    cJSON_Delete(root);
    return NULL;
}
