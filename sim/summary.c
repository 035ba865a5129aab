#include "sim/summary.h"

#include "sim/figure.h"
#include "sim/json.h"
#include "sim/network.h"
#include "sim/report.h"

#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

enum { PATH_SIZE = 4096 + 64, KEY_SIZE = 128, VALUE_SIZE = 64 };

/* One object of the document, and how messages name it. */
typedef struct reader {
    const char *file;
    const char *where; /* "" or "layers[3]." */
    const cJSON *object;
    npim_error *error;
} reader;

/* What somebody wrote in place of the right thing. */
static void describe(const cJSON *item, char text[VALUE_SIZE]) {
    snprintf(text, VALUE_SIZE, "%s",
             !item                  ? "missing"
             : cJSON_IsObject(item) ? "is an object"
             : cJSON_IsArray(item)  ? "is a list"
             : cJSON_IsString(item) ? "is a text"
             : cJSON_IsNull(item)   ? "is null"
             : cJSON_IsBool(item)   ? "is true or false"
                                    : "");
    if (cJSON_IsNumber(item)) snprintf(text, VALUE_SIZE, "is %.17g", item->valuedouble);
}

static npim_status refuse(const reader *r, const char *key, const cJSON *item, const char *allowed) {
    char value[VALUE_SIZE];
    describe(item, value);
    return npim_fail(r->error, NPIM_ECONFIG, "%s: %s%s: %s; must be %s", r->file, r->where, key, value,
                     allowed);
}

static const cJSON *member(const reader *r, const char *key) {
    return cJSON_GetObjectItemCaseSensitive(r->object, key);
}

static bool is_amount(const cJSON *item) {
    return cJSON_IsNumber(item) && isfinite(item->valuedouble) && item->valuedouble >= 0.0;
}

static npim_status check_amount(const reader *r, const char *key, const cJSON *item) {
    return is_amount(item) ? NPIM_OK : refuse(r, key, item, "a number, 0 or more");
}

static npim_status check_count(const reader *r, const char *key) {
    const cJSON *item = member(r, key);
    bool good = is_amount(item) && item->valuedouble >= 1.0 && item->valuedouble == floor(item->valuedouble);
    return good ? NPIM_OK : refuse(r, key, item, "a whole number, 1 or more");
}

/* Names are printed: they must not be able to drive a terminal. */
static bool is_name(const cJSON *item) {
    size_t length = cJSON_IsString(item) ? strlen(item->valuestring) : 0;
    if (length == 0 || length >= NPIM_LAYER_NAME_SIZE) return false;
    for (const unsigned char *c = (const unsigned char *)item->valuestring; *c; c++)
        if (*c < 0x20 || *c == 0x7f) return false;
    return true;
}

static npim_status check_name(const reader *r, const char *key) {
    const cJSON *item = member(r, key);
    return is_name(item) ? NPIM_OK
                         : refuse(r, key, item, "a text of 1 to 95 bytes without control characters");
}

/* The numbers that the figures are; those made of several are checked by whoever knows their parts. */
static npim_status check_figures(const reader *r, const npim_figure_table *table) {
    npim_status status = NPIM_OK;
    for (size_t i = 0; i < table->n && status == NPIM_OK; i++)
        if (!table->rows[i].value)
            status = check_amount(r, table->rows[i].key, member(r, table->rows[i].key));
    return status;
}

static npim_status check_energy(const reader *r) {
    const cJSON *groups = member(r, "energy_event_pJ"), *group;
    npim_status status = NPIM_OK;
    if (!cJSON_IsObject(groups)) return refuse(r, "energy_event_pJ", groups, "an object of numbers");
    cJSON_ArrayForEach(group, groups) {
        if (status == NPIM_OK) status = check_amount(r, "energy_event_pJ", group);
    }
    return status;
}

static npim_status check_unique(const reader *r, const cJSON *layer) {
    const char *name = member(r, "name")->valuestring;
    for (const cJSON *before = layer->prev; before->next; before = before->prev)
        if (strcmp(cJSON_GetObjectItemCaseSensitive(before, "name")->valuestring, name) == 0)
            return npim_fail(r->error, NPIM_ECONFIG, "%s: %sname: two layers of the name %s", r->file,
                             r->where, name);
    return NPIM_OK;
}

static npim_status check_layer(const reader *all, const cJSON *layer, uint32_t number) {
    char where[KEY_SIZE];
    snprintf(where, sizeof where, "layers[%u]", number);
    if (!cJSON_IsObject(layer)) return refuse(all, where, layer, "an object");
    strcat(where, ".");
    reader r = {all->file, where, layer, all->error};
    npim_status status = check_name(&r, "name");
    if (status == NPIM_OK) status = check_unique(&r, layer);
    if (status == NPIM_OK) status = check_figures(&r, &npim_layer_figures);
    if (status == NPIM_OK) status = check_energy(&r);
    return status;
}

static npim_status check_layers(const reader *r) {
    const cJSON *layers = member(r, "layers"), *layer;
    uint32_t number = 0;
    npim_status status = NPIM_OK;
    if (!cJSON_IsArray(layers)) return refuse(r, "layers", layers, "a list of layers");
    cJSON_ArrayForEach(layer, layers) {
        if (number == NPIM_MAX_LAYERS)
            return npim_fail(r->error, NPIM_ECONFIG, "%s: layers: more than %d", r->file, NPIM_MAX_LAYERS);
        if (status == NPIM_OK) status = check_layer(r, layer, number++);
    }
    return status;
}

static npim_status check_format(const reader *r) {
    const cJSON *item = member(r, "format");
    char allowed[KEY_SIZE];
    if (cJSON_IsNumber(item) && item->valuedouble == NPIM_SUMMARY_FORMAT) return NPIM_OK;
    snprintf(allowed, sizeof allowed,
             "%d, the only format that this npim knows (as npim replay --out writes)", NPIM_SUMMARY_FORMAT);
    return refuse(r, "format", item, allowed);
}

static npim_status check(const reader *r) {
    npim_status status = NPIM_OK;
    if (!cJSON_IsObject(r->object))
        return npim_fail(r->error, NPIM_ECONFIG, "%s: must be an object, as npim replay --out writes it",
                         r->file);
    status = check_format(r);
    if (status == NPIM_OK) status = check_name(r, "network");
    if (status == NPIM_OK) status = check_name(r, "architecture");
    if (status == NPIM_OK) status = check_count(r, "chips");
    if (status == NPIM_OK) status = check_count(r, "images");
    if (status == NPIM_OK) status = check_figures(r, &npim_result_figures);
    if (status == NPIM_OK) status = check_layers(r);
    return status;
}

/* The file of a directory; NPIM_ECONFIG when it cannot be one. */
static npim_status find_file(const char *path, char file[PATH_SIZE], npim_error *error) {
    struct stat info;
    bool directory = stat(path, &info) == 0 && S_ISDIR(info.st_mode);
    size_t length = strlen(path);
    while (directory && length > 1 && path[length - 1] == '/') length--;
    if (length > PATH_SIZE - 64) return npim_fail(error, NPIM_ECONFIG, "the path of the results is too long");
    snprintf(file, PATH_SIZE, "%.*s%s", (int)length, path, directory ? "/summary.json" : "");
    if (directory && stat(file, &info) != 0)
        return npim_fail(error, NPIM_ECONFIG,
                         "%s: not a results directory: it has no summary.json (npim replay --out writes one)",
                         path);
    return NPIM_OK;
}

npim_status npim_summary_read(const char *path, cJSON **root, npim_error *error) {
    char file[PATH_SIZE];
    *root = NULL;
    npim_status status = find_file(path, file, error);
    if (status == NPIM_OK) status = npim_json_read(file, root, error);
    if (status != NPIM_OK) return status;
    reader r = {file, "", *root, error};
    status = check(&r);
    if (status == NPIM_OK) return NPIM_OK;
    cJSON_Delete(*root);
    *root = NULL;
    return status;
}
