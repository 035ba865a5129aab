#include "sim/compare.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { NUMBER_SIZE = 32 };

/* A figure of one of the things compared; of the layer of that name where there is one. */
static double value_of(const npim_comparison *c, size_t item, const char *layer, const npim_figure *figure) {
    const cJSON *document = layer ? npim_comparison_layer(c, item, layer) : c->items[item].document;
    return npim_figure_value(figure, document);
}

/* --- for people --- */

/* As many digits as say something; whole numbers in full. */
static void number_text(double value, char text[NUMBER_SIZE]) {
    int decimals = value == floor(value) || value >= 1e5 ? 0 : value >= 100.0 ? 1 : 3;
    if (isnan(value))
        snprintf(text, NUMBER_SIZE, "-");
    else if (value >= 1e13 || (value != 0.0 && value < 0.1))
        snprintf(text, NUMBER_SIZE, "%.4g", value);
    else
        snprintf(text, NUMBER_SIZE, "%.*f", decimals, value);
}

static const char *verdict(double ratio, npim_better better) {
    if (isnan(ratio) || better == NPIM_BETTER_NEITHER) return "";
    if (fabs(ratio - 1.0) < 0.0005) return "same"; /* it is shown as 1.000 */
    return (ratio > 1.0) == (better == NPIM_BETTER_HIGHER) ? "better" : "worse";
}

static void ratio_text(double ratio, char text[NUMBER_SIZE]) {
    bool readable = ratio >= 0.1 && ratio < 1e4;
    snprintf(text, NUMBER_SIZE, isnan(ratio) ? "-" : readable ? "%.3f" : "%.3g", ratio);
}

/* A value, and behind the first one its ratio and what to think of it. */
static void write_cells(const char *value, const char *ratio, const char *word, FILE *out) {
    fprintf(out, "%15s", value);
    if (ratio) fprintf(out, "%10s%7s", ratio, word);
}

static void write_row(const npim_comparison *c, const char *layer, const npim_figure *figure, FILE *out) {
    double reference = value_of(c, 0, layer, figure);
    for (size_t i = 0; i < c->n; i++) {
        char value[NUMBER_SIZE], ratio[NUMBER_SIZE];
        double here = value_of(c, i, layer, figure), to_reference = npim_comparison_ratio(here, reference);
        number_text(here * figure->scale, value);
        ratio_text(to_reference, ratio);
        write_cells(value, i > 0 ? ratio : NULL, verdict(to_reference, figure->better), out);
    }
    fprintf(out, "\n");
}

/* [1], [2], [2]/[1], [3], [3]/[1] ... */
static void write_header(const npim_comparison *c, const char *title, const char *unit, FILE *out) {
    fprintf(out, "%-28s %-9s", title, unit);
    for (size_t i = 0; i < c->n; i++) {
        char value[NUMBER_SIZE], ratio[NUMBER_SIZE];
        snprintf(value, sizeof value, "[%zu]", i + 1);
        snprintf(ratio, sizeof ratio, "[%zu]/[1]", i + 1);
        write_cells(value, i > 0 ? ratio : NULL, "", out);
    }
    fprintf(out, "\n");
}

static void write_item(const npim_comparison *c, size_t i, FILE *out) {
    const cJSON *document = c->items[i].document;
    fprintf(out, "[%zu] %s", i + 1, c->items[i].name);
    if (!c->results) {
        fprintf(out, ": %s\n", cJSON_GetObjectItemCaseSensitive(document, "doc")->valuestring);
        return;
    }
    double chips = cJSON_GetObjectItemCaseSensitive(document, "chips")->valuedouble;
    double images = cJSON_GetObjectItemCaseSensitive(document, "images")->valuedouble;
    fprintf(out, ": %s on %s, %.0f chip%s, %.0f image%s\n",
            cJSON_GetObjectItemCaseSensitive(document, "network")->valuestring,
            cJSON_GetObjectItemCaseSensitive(document, "architecture")->valuestring, chips,
            chips == 1.0 ? "" : "s", images, images == 1.0 ? "" : "s");
}

static void write_layers(const npim_comparison *c, const npim_figure *figure, FILE *out) {
    fprintf(out, "\n%s%s%s\n", figure->title, *figure->unit ? ", " : "", figure->unit);
    write_header(c, "layer", "", out);
    for (uint32_t l = 0; l < c->n_layers; l++) {
        fprintf(out, "%-38.38s", c->layers[l]);
        write_row(c, c->layers[l], figure, out);
    }
}

static void write_text(const npim_comparison *c, FILE *out) {
    const npim_figure_table *totals = npim_comparison_figures(c);
    for (size_t i = 0; i < c->n; i++) write_item(c, i, out);
    for (size_t i = 0; i < c->n_notes; i++) fprintf(out, "note: %s\n", c->notes[i]);
    fprintf(out, "\n");
    write_header(c, "", "", out);
    for (size_t i = 0; i < totals->n; i++) {
        fprintf(out, "%-28s %-9s", totals->rows[i].title, totals->rows[i].unit);
        write_row(c, NULL, &totals->rows[i], out);
    }
    for (size_t i = 0; c->n_layers > 0 && i < npim_layer_figures.n; i++)
        write_layers(c, &npim_layer_figures.rows[i], out);
}

char *npim_comparison_text(const npim_comparison *c) {
    char *text = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);
    if (!out) return NULL;
    write_text(c, out);
    bool broken = ferror(out) != 0;
    if (fclose(out) == 0 && !broken) return text;
    free(text);
    return NULL;
}

/* --- for programs --- */

static cJSON *add_figure(const npim_comparison *c, const char *layer, const npim_figure *figure, cJSON *to) {
    cJSON *object = cJSON_AddObjectToObject(to, figure->key);
    cJSON *values = cJSON_AddArrayToObject(object, "values");
    cJSON *ratios = cJSON_AddArrayToObject(object, "ratios");
    double reference = value_of(c, 0, layer, figure);
    for (size_t i = 0; i < c->n; i++) {
        double value = value_of(c, i, layer, figure);
        cJSON_AddItemToArray(values, cJSON_CreateNumber(value));
        cJSON_AddItemToArray(ratios, cJSON_CreateNumber(npim_comparison_ratio(value, reference)));
    }
    return object;
}

static void add_item(const npim_comparison *c, size_t i, cJSON *items) {
    static const char *const of_results[] = {"network", "architecture", "chips", "images", NULL};
    const cJSON *document = c->items[i].document;
    cJSON *object = cJSON_CreateObject();
    cJSON_AddItemToArray(items, object);
    cJSON_AddStringToObject(object, "name", c->items[i].name);
    if (!c->results) {
        const cJSON *name = cJSON_GetObjectItemCaseSensitive(document, "name");
        cJSON_AddItemToObject(object, "architecture", cJSON_Duplicate(name, true));
        return;
    }
    for (size_t k = 0; of_results[k]; k++)
        cJSON_AddItemToObject(
            object, of_results[k],
            cJSON_Duplicate(cJSON_GetObjectItemCaseSensitive(document, of_results[k]), true));
}

static void add_layer(const npim_comparison *c, const char *name, cJSON *layers) {
    cJSON *object = cJSON_CreateObject();
    cJSON_AddItemToArray(layers, object);
    cJSON_AddStringToObject(object, "name", name);
    for (size_t i = 0; i < npim_layer_figures.n; i++)
        add_figure(c, name, &npim_layer_figures.rows[i], object);
}

cJSON *npim_comparison_json(const npim_comparison *c) {
    const npim_figure_table *totals = npim_comparison_figures(c);
    cJSON *root = cJSON_CreateObject();
    cJSON_AddStringToObject(root, "kind", c->results ? "results" : "architectures");
    cJSON *items = cJSON_AddArrayToObject(root, "compared");
    for (size_t i = 0; i < c->n; i++) add_item(c, i, items);
    cJSON *notes = cJSON_AddArrayToObject(root, "notes");
    for (size_t i = 0; i < c->n_notes; i++) cJSON_AddItemToArray(notes, cJSON_CreateString(c->notes[i]));
    cJSON *figures = cJSON_AddObjectToObject(root, "figures");
    for (size_t i = 0; i < totals->n; i++)
        cJSON_AddStringToObject(add_figure(c, NULL, &totals->rows[i], figures), "better",
                                npim_better_names[totals->rows[i].better]);
    cJSON *layers = cJSON_AddArrayToObject(root, "layers");
    for (uint32_t l = 0; l < c->n_layers; l++) add_layer(c, c->layers[l], layers);
    return root;
}
