#include "sim/values/infer_report.h"

#include <math.h>
#include <stdio.h>

static double share(size_t right, size_t images) {
    return images > 0 ? (double)right / (double)images : 0.0;
}

static void add_number_or_null(cJSON *to, const char *key, bool known, double value) {
    if (known)
        cJSON_AddNumberToObject(to, key, value);
    else
        cJSON_AddNullToObject(to, key);
}

static double macs_per_s(const npim_inference *i) {
    return i->seconds > 0.0 ? (double)i->macs / i->seconds : 0.0;
}

/* Exact sums have no error to speak of. */
static double sinad_dB(const npim_inference *i, const npim_layer_figures *figures) {
    static const npim_layer_figures exact = {.signal_squares = 1.0, .n_sums = 1};
    return npim_figures_sinad_dB(i->mode == NPIM_MODE_IDEAL ? &exact : figures);
}

static void add_layer(cJSON *list, const npim_layer *layer, const npim_layer_figures *figures,
                      const npim_inference *inference) {
    cJSON *l = cJSON_CreateObject();
    cJSON_AddStringToObject(l, "name", layer->name);
    cJSON_AddStringToObject(l, "kind", npim_layer_kind_names[layer->kind]);
    add_number_or_null(l, "sinad_dB", !isnan(sinad_dB(inference, figures)), sinad_dB(inference, figures));
    cJSON_AddNumberToObject(l, "clipped", npim_figures_clipped(figures));
    add_number_or_null(l, "v_max_V", figures->v_max_V > 0.0, figures->v_max_V);
    add_number_or_null(l, "step", figures->step > 0, figures->step);
    cJSON_AddNumberToObject(l, "conversions", (double)figures->conversions);
    cJSON_AddItemToArray(list, l);
}

cJSON *npim_infer_json(const npim_inference *i, const npim_infer_subject *subject) {
    cJSON *root = cJSON_CreateObject();
    cJSON_AddStringToObject(root, "network", subject->network->name);
    if (subject->arch) cJSON_AddStringToObject(root, "architecture", subject->arch->name);
    cJSON_AddStringToObject(root, "mode", npim_mode_names[i->mode]);
    if (subject->arch) cJSON_AddNumberToObject(root, "seed", (double)subject->arch->run.seed);
    cJSON_AddNumberToObject(root, "images", (double)i->images);
    cJSON_AddNumberToObject(root, "layout_images", (double)i->layout_images);
    add_number_or_null(root, "accuracy_float", i->labelled && i->has_float, share(i->right_float, i->images));
    add_number_or_null(root, "accuracy_int8", i->labelled, share(i->right_int8, i->images));
    add_number_or_null(root, "accuracy", i->labelled, share(i->right, i->images));
    add_number_or_null(root, "mismatches", i->compared, (double)i->mismatches);
    cJSON_AddNumberToObject(root, "macs", (double)i->macs);
    cJSON_AddNumberToObject(root, "macs_per_s", macs_per_s(i));
    cJSON *list = cJSON_AddArrayToObject(root, "layers");
    for (uint32_t l = 0; l < subject->network->n_layers; l++)
        if (npim_layer_has_weights(&subject->network->layers[l]))
            add_layer(list, &subject->network->layers[l], &i->figures.layers[l], i);
    return root;
}

static void print_accuracy(FILE *out, const npim_inference *i) {
    if (!i->labelled) return;
    if (i->has_float)
        fprintf(out, "%-18s %6.2f %%\n", "accuracy float", 100.0 * share(i->right_float, i->images));
    fprintf(out, "%-18s %6.2f %%\n", "accuracy int8", 100.0 * share(i->right_int8, i->images));
    fprintf(out, "accuracy %-9s %6.2f %%\n", npim_mode_names[i->mode], 100.0 * share(i->right, i->images));
}

static void print_layer(FILE *out, const npim_layer *layer, const npim_layer_figures *f,
                        const npim_inference *i) {
    if (isnan(sinad_dB(i, f)))
        fprintf(out, "%-32.32s %8s", layer->name, "-");
    else
        fprintf(out, "%-32.32s %8.1f", layer->name, sinad_dB(i, f));
    fprintf(out, " %10.4f", 100.0 * npim_figures_clipped(f));
    if (f->v_max_V > 0.0) fprintf(out, " %9.2f", 1e3 * f->v_max_V);
    fputc('\n', out);
}

char *npim_infer_text(const npim_inference *i, const npim_infer_subject *subject) {
    char *text = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);
    if (!out) return NULL;
    fprintf(out, "%s, %zu image%s, %s", subject->network->name, i->images, i->images == 1 ? "" : "s",
            npim_mode_names[i->mode]);
    if (subject->arch) fprintf(out, " on %s", subject->arch->name);
    if (i->layout_images > 0) fprintf(out, ", converters laid out for %zu images", i->layout_images);
    fprintf(out, "\n\n");
    print_accuracy(out, i);
    if (i->compared)
        fprintf(out, "%-16s %7llu   output codes that differ from the %s\n", "mismatches",
                (unsigned long long)i->mismatches,
                i->mode == NPIM_MODE_IDEAL ? "integer reference" : "second integer model");
    fprintf(out, "\n%-32s %8s %10s %9s\n", "layer", "SINAD_dB", "clipped_%", "V_max_mV");
    for (uint32_t l = 0; l < subject->network->n_layers; l++)
        if (npim_layer_has_weights(&subject->network->layers[l]))
            print_layer(out, &subject->network->layers[l], &i->figures.layers[l], i);
    fclose(out);
    return text;
}
