#include "sim/compare.h"

#include "sim/arch.h"
#include "sim/describe.h"
#include "sim/find.h"
#include "sim/summary.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

void npim_comparison_fini(npim_comparison *c) {
    for (size_t i = 0; i < c->n; i++) cJSON_Delete(c->items[i].document);
    free(c->layers);
    memset(c, 0, sizeof *c);
}

const npim_figure_table *npim_comparison_figures(const npim_comparison *c) {
    return c->results ? &npim_result_figures : &npim_arch_figures;
}

double npim_comparison_ratio(double value, double reference) {
    return reference > 0.0 ? value / reference : nan("");
}

/* --- loading --- */

typedef enum kind { RESULT, ARCHITECTURE, NEITHER } kind;

static kind kind_of(const char *name) {
    char path[NPIM_PATH_SIZE];
    struct stat info;
    size_t length = strlen(name);
    if (stat(name, &info) == 0 && S_ISDIR(info.st_mode)) return RESULT;
    if (length > 5 && strcmp(name + length - 5, ".json") == 0) return RESULT;
    return npim_find_arch(name, path, NULL) == NPIM_OK && stat(path, &info) == 0 ? ARCHITECTURE : NEITHER;
}

static npim_status load_arch(const char *name, cJSON **document, npim_error *error) {
    char path[NPIM_PATH_SIZE];
    npim_arch *arch = calloc(1, sizeof *arch);
    if (!arch) return npim_fail(error, NPIM_ENOMEM, "no memory for an architecture");
    npim_status status = npim_find_arch(name, path, error);
    if (status == NPIM_OK) status = npim_arch_load(arch, path, NULL, 0, error);
    if (status == NPIM_OK) *document = npim_describe_json(arch);
    if (status == NPIM_OK && !*document) status = npim_fail(error, NPIM_ENOMEM, "no memory for its figures");
    npim_arch_fini(arch);
    free(arch);
    return status;
}

static npim_status check_kinds(const char *const *names, size_t n, npim_error *error) {
    if (n < 2)
        return npim_fail(error, NPIM_EUSAGE,
                         "%zu to compare: at least two results directories, or two architectures", n);
    if (n > NPIM_COMPARE_MAX)
        return npim_fail(error, NPIM_EUSAGE, "%zu to compare: at most %d", n, NPIM_COMPARE_MAX);
    for (size_t i = 0; i < n; i++)
        if (kind_of(names[i]) == NEITHER)
            return npim_fail(error, NPIM_ECONFIG,
                             "%.200s: neither a results directory (as npim replay --out writes) nor an "
                             "architecture (a name such as isaac, or a file)",
                             *names[i] ? names[i] : "\"\"");
    for (size_t i = 1; i < n; i++)
        if (kind_of(names[i]) != kind_of(names[0]))
            return npim_fail(error, NPIM_EUSAGE,
                             "%.200s and %.200s: either all results, or all architectures", names[0],
                             names[i]);
    return NPIM_OK;
}

/* --- what is compared --- */

static bool same(const npim_comparison *c, const char *key) {
    const cJSON *first = cJSON_GetObjectItemCaseSensitive(c->items[0].document, key);
    for (size_t i = 1; i < c->n; i++)
        if (!cJSON_Compare(first, cJSON_GetObjectItemCaseSensitive(c->items[i].document, key), true))
            return false;
    return true;
}

static void add_notes(npim_comparison *c) {
    if (!same(c, "network"))
        c->notes[c->n_notes++] =
            "the networks differ: an image is not the same work, so figures per image do not "
            "compare (TOPS and TOPS/W do); no table of layers";
    else if (!same(c, "macs"))
        c->notes[c->n_notes++] = "networks of one name with different multiply-accumulates";
    if (!same(c, "images"))
        c->notes[c->n_notes++] =
            "the numbers of images differ: throughput is measured with as many in flight";
    if (!same(c, "chips"))
        c->notes[c->n_notes++] =
            "the numbers of chips differ: throughput, area and constant part are those of "
            "the whole system";
}

const cJSON *npim_comparison_layer(const npim_comparison *c, size_t item, const char *name) {
    const cJSON *layers = cJSON_GetObjectItemCaseSensitive(c->items[item].document, "layers"), *layer;
    cJSON_ArrayForEach(layer, layers) {
        if (strcmp(cJSON_GetObjectItemCaseSensitive(layer, "name")->valuestring, name) == 0) return layer;
    }
    return NULL;
}

/* True when an earlier result has the layer. */
static bool is_listed(const npim_comparison *c, size_t item, const char *name) {
    for (size_t i = 0; i < item; i++)
        if (npim_comparison_layer(c, i, name)) return true;
    return false;
}

static npim_status list_layers(npim_comparison *c, npim_error *error) {
    size_t most = 0;
    const cJSON *layer;
    for (size_t i = 0; i < c->n; i++)
        most += (size_t)cJSON_GetArraySize(cJSON_GetObjectItemCaseSensitive(c->items[i].document, "layers"));
    c->layers = calloc(most ? most : 1, sizeof *c->layers);
    if (!c->layers) return npim_fail(error, NPIM_ENOMEM, "no memory for %zu layers", most);
    for (size_t i = 0; i < c->n; i++)
        cJSON_ArrayForEach(layer, cJSON_GetObjectItemCaseSensitive(c->items[i].document, "layers")) {
            const char *name = cJSON_GetObjectItemCaseSensitive(layer, "name")->valuestring;
            if (!is_listed(c, i, name)) c->layers[c->n_layers++] = name;
        }
    return NPIM_OK;
}

npim_status npim_compare(npim_comparison *c, const char *const *names, size_t n, npim_error *error) {
    memset(c, 0, sizeof *c);
    npim_status status = check_kinds(names, n, error);
    if (status != NPIM_OK) return status;
    c->results = kind_of(names[0]) == RESULT;
    for (size_t i = 0; i < n && status == NPIM_OK; i++) {
        c->items[c->n++].name = names[i];
        status = c->results ? npim_summary_read(names[i], &c->items[i].document, error)
                            : load_arch(names[i], &c->items[i].document, error);
    }
    if (status == NPIM_OK && c->results) {
        add_notes(c);
        if (same(c, "network")) status = list_layers(c, error);
    }
    if (status != NPIM_OK) npim_comparison_fini(c);
    return status;
}
