#include "sim/reproduce/study.h"

#include "sim/reproduce/sections.h"

#include <math.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

/* In the order in which they are published; the quick ones stand for small, large and recurrent. */
static const struct {
    const char *name;
    bool quick;
} networks[NPIM_STUDY_NETWORKS] = {{"alexnet", true},       {"vgg16", false},        {"vgg19", false},
                                   {"resnet50", true},      {"resnet101", false},    {"googlenet", false},
                                   {"inception_v3", false}, {"mobilenet_v1", false}, {"neuraltalk", true}};

static npim_status load(npim_study_network *n, const npim_stop *stop, npim_error *error) {
    char path[NPIM_PATH_SIZE];
    npim_status status = npim_find_network(n->name, path, error);
    if (status == NPIM_OK) status = npim_network_load(&n->network, path, error);
    return status == NPIM_OK ? npim_graph_build(&n->graph, &n->network, stop, error) : status;
}

npim_status npim_study_begin(npim_study *s, const char *folder, const char *program, bool quick,
                             const npim_stop *stop, npim_error *error) {
    memset(s, 0, sizeof *s);
    s->quick = quick;
    s->stop = stop;
    s->json = cJSON_CreateObject();
    npim_status status = s->json ? npim_runs_begin(&s->runs, folder, program, error)
                                 : npim_fail(error, NPIM_ENOMEM, "no memory for the results");
    for (size_t i = 0; i < NPIM_STUDY_NETWORKS && status == NPIM_OK; i++) {
        s->networks[i].name = networks[i].name;
        s->networks[i].quick = networks[i].quick;
        status = load(&s->networks[i], stop, error);
    }
    if (status != NPIM_OK) npim_study_fini(s);
    return status;
}

void npim_study_fini(npim_study *s) {
    for (size_t i = 0; i < NPIM_STUDY_NETWORKS; i++) {
        npim_graph_fini(&s->networks[i].graph);
        npim_network_fini(&s->networks[i].network);
    }
    for (size_t i = 0; i < s->n_exhibits; i++) npim_table_fini(&s->exhibits[i].table);
    free(s->exhibits);
    npim_runs_fini(&s->runs);
    cJSON_Delete(s->json);
    memset(s, 0, sizeof *s);
}

npim_exhibit *npim_study_exhibit(npim_study *s, const char *name, const char *title,
                                 const npim_column *columns, size_t n_columns) {
    if (s->n_exhibits == s->capacity) {
        size_t larger = s->capacity ? 2 * s->capacity : 16;
        npim_exhibit *grown = realloc(s->exhibits, larger * sizeof *grown);
        if (!grown) return NULL;
        s->exhibits = grown;
        s->capacity = larger;
    }
    npim_exhibit *e = &s->exhibits[s->n_exhibits++];
    *e = (npim_exhibit){.name = name, .title = title, .section = s->section};
    npim_table_begin(&e->table, columns, n_columns);
    return e;
}

void npim_exhibit_say(npim_exhibit *e, const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(e->caption, sizeof e->caption, format, arguments);
    va_end(arguments);
}

/* Every cell is there and none is infinite: what was not measured is empty (NAN). */
static npim_status check_tables(const npim_study *s, npim_error *error) {
    for (size_t i = 0; i < s->n_exhibits; i++) {
        const npim_exhibit *e = &s->exhibits[i];
        if (e->table.failed) return npim_fail(error, NPIM_ENOMEM, "no memory for table %s", e->name);
        if (e->table.n_cells % e->table.n_columns != 0)
            return npim_fail(error, NPIM_EINVARIANT, "table %s: its last row is not complete", e->name);
        for (size_t c = 0; c < e->table.n_cells; c++)
            if (!e->table.cells[c].text && isinf(e->table.cells[c].number))
                return npim_fail(error, NPIM_EINVARIANT, "table %s, row %zu, %s: infinite", e->name,
                                 c / e->table.n_columns, e->table.columns[c % e->table.n_columns].key);
    }
    return NPIM_OK;
}

npim_status npim_study_make(npim_study *s, uint32_t processes, const npim_runs_progress *progress,
                            npim_error *error) {
    npim_status status = NPIM_OK;
    for (size_t i = 0; i < npim_n_study_sections && status == NPIM_OK; i++)
        if (npim_study_sections[i].plan) status = npim_study_sections[i].plan(s, error);
    if (status == NPIM_OK) status = npim_runs_make(&s->runs, processes, s->stop, progress, error);
    for (s->section = 0; s->section < npim_n_study_sections && status == NPIM_OK; s->section++) {
        status = npim_stop_check(s->stop, error);
        if (status == NPIM_OK) status = npim_study_sections[s->section].make(s, error);
    }
    return status == NPIM_OK ? check_tables(s, error) : status;
}

double npim_document_number(const cJSON *document, const char *path) {
    char name[64];
    while (document && *path) {
        size_t n = strcspn(path, ".");
        snprintf(name, sizeof name, "%.*s", (int)n, path);
        document = cJSON_GetObjectItemCaseSensitive(document, name);
        path += n + (path[n] == '.');
    }
    return cJSON_IsNumber(document) ? document->valuedouble : (double)NAN;
}

void npim_json_number(cJSON *object, const char *key, double number) {
    if (isfinite(number)) cJSON_AddNumberToObject(object, key, number);
}
