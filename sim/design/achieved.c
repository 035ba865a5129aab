#include "sim/design/achieved.h"

#include <string.h>

#define PREFIX "achieved"
enum { WHAT_SIZE = 4200 };

#define AT(member) offsetof(npim_achieved, member)
static const npim_field head_fields[] = {
    {"sigma", NPIM_KIND_DOUBLE, AT(sigma), 0, 0.5, "", true, 0, NULL, "of the samples' cells"},
    {"samples", NPIM_KIND_U32, AT(samples), 0, 100000, "", true, 0, NULL, "varied circuits"},
    {"seed", NPIM_KIND_U64, AT(seed), 0, 9007199254740991.0, "", true, 0, NULL, "of the samples"},
    {"cell_power_uW", NPIM_KIND_DOUBLE, AT(cell_power_uW), 0, 1e9, "uW", true, 0, NULL,
     "that the cells take standing still"},
};
#undef AT
#define AT(member) offsetof(npim_spread, member)
static const npim_field spread_fields[] = {
    {"nominal", NPIM_KIND_DOUBLE, AT(nominal), -1e9, 1e9, "", true, 0, NULL, "without variation"},
    {"median", NPIM_KIND_DOUBLE, AT(median), -1e9, 1e9, "", true, 0, NULL, "of the samples"},
    {"p10", NPIM_KIND_DOUBLE, AT(p10), -1e9, 1e9, "", true, 0, NULL, "of the samples"},
    {"p90", NPIM_KIND_DOUBLE, AT(p90), -1e9, 1e9, "", true, 0, NULL, "of the samples"},
};
#undef AT
#define COUNT(table) (sizeof(table) / sizeof *(table))

/* Tagged D: derived by simulation. */
static void put_fields(const npim_field *fields, size_t n, const void *from, FILE *out) {
    for (size_t i = 0; i < n; i++) {
        char text[32];
        npim_number_text(npim_field_get(&fields[i], from), text, sizeof text);
        fprintf(out, "%s = %s\n", fields[i].key, text);
    }
}

void npim_achieved_put(const npim_achieved *achieved, FILE *out) {
    fputs("\n# Derived (D) from the model, when the design was made.\n[" PREFIX "]\n", out);
    put_fields(head_fields, COUNT(head_fields), achieved, out);
    for (size_t i = 0; i < achieved->n; i++) {
        fprintf(out, "\n[" PREFIX ".%s]\n", achieved->figures[i].key);
        put_fields(spread_fields, COUNT(spread_fields), &achieved->figures[i].spread, out);
    }
}

/* "achieved.KEY.nominal" begins a figure: copies KEY. */
static bool begins_figure(const char *path, char key[NPIM_ACHIEVED_KEY_SIZE]) {
    const size_t prefix = strlen(PREFIX ".");
    if (strncmp(path, PREFIX ".", prefix) != 0) return false;
    const char *dot = strchr(path + prefix, '.');
    if (!dot || strcmp(dot, ".nominal") != 0) return false;
    size_t n = (size_t)(dot - path) - prefix;
    if (n == 0 || n >= NPIM_ACHIEVED_KEY_SIZE) return false;
    memcpy(key, path + prefix, n);
    key[n] = '\0';
    return true;
}

static npim_status read_figure(npim_achieved *achieved, npim_doc *doc, const char *key, const char *path,
                               npim_error *error) {
    char prefix[64], what[WHAT_SIZE];
    if (achieved->n == NPIM_MAX_SPREADS)
        return npim_fail(error, NPIM_ECONFIG, "%s: " PREFIX ".%s: more than %d figures", path, key,
                         NPIM_MAX_SPREADS);
    npim_achieved_figure *figure = &achieved->figures[achieved->n++];
    snprintf(figure->key, sizeof figure->key, "%s", key);
    snprintf(prefix, sizeof prefix, PREFIX ".%s", key);
    snprintf(what, sizeof what, "%s: %s", path, prefix);
    return npim_doc_bind(doc, prefix, spread_fields, COUNT(spread_fields), &figure->spread, what, error);
}

npim_status npim_achieved_read(npim_achieved *achieved, npim_doc *doc, const char *path, npim_error *error) {
    char what[WHAT_SIZE], key[NPIM_ACHIEVED_KEY_SIZE];
    memset(achieved, 0, sizeof *achieved);
    if (!npim_doc_has(doc, PREFIX)) return NPIM_OK;
    snprintf(what, sizeof what, "%s: " PREFIX, path);
    npim_status status = npim_doc_bind(doc, PREFIX, head_fields, COUNT(head_fields), achieved, what, error);
    for (size_t i = 0; status == NPIM_OK && i < doc->n_entries; i++)
        if (begins_figure(doc->entries[i].path, key)) status = read_figure(achieved, doc, key, path, error);
    if (status == NPIM_OK && achieved->n == 0)
        status =
            npim_fail(error, NPIM_ECONFIG, "%s: " PREFIX ": no figure: at least one, with nominal", path);
    return status;
}
