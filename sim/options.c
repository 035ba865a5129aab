#include "sim/options.h"

#include "sim/arch_fields.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What an option does with its value. */
typedef enum action { FLAG, TEXT, ASSIGN, IMAGES, SEED } action;

typedef struct option_row {
    const char *name;
    bool known;
    action what;
    bool *flag;
    const char **text;
} option_row;

static npim_status assign(npim_options *o, const char *assignment, npim_error *error) {
    if (o->n_assignments == NPIM_MAX_ASSIGNMENTS)
        return npim_fail(error, NPIM_EUSAGE, "--set %s: more than %d assignments", assignment,
                         NPIM_MAX_ASSIGNMENTS);
    o->assignments[o->n_assignments++] = assignment;
    return NPIM_OK;
}

static const npim_field *run_field(const char *key) {
    for (size_t i = 0; i < npim_n_arch_tables; i++)
        if (strcmp(npim_arch_tables[i].path, "run") == 0)
            return npim_field_find(npim_arch_tables[i].fields, npim_arch_tables[i].n_fields, key);
    return NULL;
}

/* At most 19 digits fit 64 bits. */
static bool whole_number_in(const char *text, const npim_field *field) {
    size_t digits = strspn(text, "0123456789");
    if (digits == 0 || digits > 19 || text[digits] != '\0') return false;
    unsigned long long number = strtoull(text, NULL, 10);
    return number >= (unsigned long long)field->min && number <= (unsigned long long)field->max;
}

/* --images 16 is short for --set run.images=16, with the range of that key. */
static npim_status assign_run(npim_options *o, const char *key, int slot, const char *value,
                              npim_error *error) {
    const npim_field *field = run_field(key);
    if (!whole_number_in(value, field))
        return npim_fail(error, NPIM_EUSAGE, "--%s %s: must be a whole number in %.0f..%.0f", key, value,
                         field->min, field->max);
    snprintf(o->text[slot], sizeof o->text[slot], "run.%s=%s", key, value);
    return assign(o, o->text[slot], error);
}

static npim_status apply(npim_options *o, const option_row *row, const char *value, npim_error *error) {
    switch (row->what) {
    case FLAG:
        *row->flag = true;
        return NPIM_OK;
    case TEXT:
        *row->text = value;
        return NPIM_OK;
    case ASSIGN:
        return assign(o, value, error);
    case IMAGES:
        return assign_run(o, "images", 0, value, error);
    case SEED:
        break;
    }
    return assign_run(o, "seed", 1, value, error);
}

static npim_status unknown(const char *word, const option_row *rows, size_t n, npim_error *error) {
    char list[512] = "";
    for (size_t i = 0; i < n; i++) {
        if (!rows[i].known) continue;
        size_t at = strlen(list);
        snprintf(list + at, sizeof list - at, "%s%s", at ? ", " : "", rows[i].name);
    }
    return npim_fail(error, NPIM_EUSAGE, "unknown option %s: known are %s", word, list);
}

/* An option, with its value behind "=" or in the next word. */
static npim_status read_option(npim_options *o, const option_row *rows, size_t n, int *at, int argc,
                               char *const *argv, npim_error *error) {
    const char *word = argv[*at], *equals = strchr(word, '=');
    size_t length = equals ? (size_t)(equals - word) : strlen(word);
    for (size_t i = 0; i < n; i++) {
        const option_row *row = &rows[i];
        if (!row->known || strlen(row->name) != length || strncmp(row->name, word, length) != 0) continue;
        if (row->what == FLAG) {
            if (equals) return npim_fail(error, NPIM_EUSAGE, "%s takes no value", row->name);
            return apply(o, row, NULL, error);
        }
        if (equals) return apply(o, row, equals + 1, error);
        if (*at + 1 >= argc) return npim_fail(error, NPIM_EUSAGE, "%s needs a value", row->name);
        return apply(o, row, argv[++*at], error);
    }
    return unknown(word, rows, n, error);
}

npim_status npim_options_read(npim_options *o, const npim_option_set *known, int first, int argc,
                              char *const *argv, npim_error *error) {
    *o = (npim_options){0};
    const option_row rows[] = {{"--arch", known->arch, TEXT, NULL, &o->arch},
                               {"--images", known->images, IMAGES, NULL, NULL},
                               {"--seed", known->seed, SEED, NULL, NULL},
                               {"--set", known->set, ASSIGN, NULL, NULL},
                               {"--out", known->out, TEXT, NULL, &o->out},
                               {"--force", known->out, FLAG, &o->force, NULL},
                               {"--stages", known->stages, TEXT, NULL, &o->stages},
                               {"--reference", known->reference, FLAG, &o->reference, NULL},
                               {"--json", known->json, FLAG, &o->json, NULL},
                               {"--help", true, FLAG, &o->help, NULL}};
    npim_status status = NPIM_OK;
    for (int at = first; at < argc && status == NPIM_OK; at++) {
        if (argv[at][0] == '-' && argv[at][1] != '\0')
            status = read_option(o, rows, sizeof rows / sizeof *rows, &at, argc, argv, error);
        else if (!known->subject)
            status = npim_fail(error, NPIM_EUSAGE, "%s: this command takes no name", argv[at]);
        else if (o->subject)
            status = npim_fail(error, NPIM_EUSAGE, "%s: one name only, %s came before", argv[at], o->subject);
        else
            o->subject = argv[at];
    }
    return status;
}
