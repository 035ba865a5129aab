#include "sim/doc.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { PATH_SIZE = 512, PLACE_SIZE = 700, LIST_SIZE = 512 };

void npim_number_text(double value, char *text, size_t size) {
    for (int digits = 15; digits <= 17; digits++) {
        snprintf(text, size, "%.*g", digits, value);
        if (strtod(text, NULL) == value) return;
    }
}

void npim_entry_text(const npim_entry *entry, char *text, size_t size) {
    char number[32], line[16] = "";
    const char *value = number;
    npim_number_text(entry->number, number, sizeof number);
    if (entry->kind == NPIM_ENTRY_INTEGER) snprintf(number, sizeof number, "%lld", (long long)entry->integer);
    if (entry->kind == NPIM_ENTRY_BOOL) value = entry->number != 0.0 ? "true" : "false";
    if (entry->kind == NPIM_ENTRY_STRING) value = entry->text;
    if (entry->kind == NPIM_ENTRY_EMPTY) value = "(empty)";
    if (entry->line) snprintf(line, sizeof line, ":%u", entry->line);
    const char *quote = entry->kind == NPIM_ENTRY_STRING ? "\"" : "";
    snprintf(text, size, "%s%s: %s = %s%s%s", entry->file, line, entry->path, quote, value, quote);
}

/* What a field may be, for messages: "1..16 bit" or "one of A, B, C". */
static void allowed_text(const npim_field *field, char *text, size_t size) {
    char min[32], max[32];
    if (field->kind == NPIM_KIND_BOOL) {
        snprintf(text, size, "true or false");
    } else if (field->kind == NPIM_KIND_ENUM) {
        int used = snprintf(text, size, "one of");
        for (size_t i = 0; field->names[i] && used >= 0 && (size_t)used < size; i++)
            used += snprintf(text + used, size - (size_t)used, "%s %s", i ? "," : "", field->names[i]);
    } else {
        npim_number_text(field->min, min, sizeof min);
        npim_number_text(field->max, max, sizeof max);
        snprintf(text, size, "%s..%s%s%s", min, max, *field->unit ? " " : "", field->unit);
    }
}

static npim_status wrong_value(const npim_field *field, const npim_entry *entry, const char *why,
                               npim_error *error) {
    char place[PLACE_SIZE], allowed[LIST_SIZE];
    npim_entry_text(entry, place, sizeof place);
    allowed_text(field, allowed, sizeof allowed);
    return npim_fail(error, NPIM_ECONFIG, "%s: %s %s", place, why, allowed);
}

static npim_status bind_enum(const npim_field *field, const npim_entry *entry, void *config,
                             npim_error *error) {
    if (entry->kind != NPIM_ENTRY_STRING) return wrong_value(field, entry, "must be", error);
    for (uint32_t i = 0; field->names[i]; i++)
        if (strcmp(field->names[i], entry->text) == 0) {
            npim_field_set(field, config, i);
            return NPIM_OK;
        }
    return wrong_value(field, entry, "must be", error);
}

/* A double rounds integers beyond 2^53, so those are compared as such. */
static bool in_range(const npim_field *field, const npim_entry *entry) {
    if (!isfinite(entry->number) || entry->number < field->min || entry->number > field->max) return false;
    return entry->kind != NPIM_ENTRY_INTEGER || entry->integer <= (int64_t)fmin(field->max, 0x1p62);
}

static npim_status bind_number(const npim_field *field, const npim_entry *entry, void *config,
                               npim_error *error) {
    bool whole = field->kind == NPIM_KIND_U32 || field->kind == NPIM_KIND_U64;
    if (whole && entry->kind != NPIM_ENTRY_INTEGER)
        return wrong_value(field, entry, "must be an integer in", error);
    if (entry->kind != NPIM_ENTRY_INTEGER && entry->kind != NPIM_ENTRY_FLOAT)
        return wrong_value(field, entry, "must be a number in", error);
    if (!in_range(field, entry)) return wrong_value(field, entry, "outside", error);
    npim_field_set(field, config, entry->number);
    if (field->kind == NPIM_KIND_U64)
        *(uint64_t *)(void *)((char *)config + field->offset) = (uint64_t)entry->integer;
    return NPIM_OK;
}

static npim_status bind_field(const npim_field *field, npim_entry *entry, void *config, npim_error *error) {
    entry->used = true;
    if (field->kind == NPIM_KIND_ENUM) return bind_enum(field, entry, config, error);
    if (field->kind != NPIM_KIND_BOOL) return bind_number(field, entry, config, error);
    if (entry->kind != NPIM_ENTRY_BOOL) return wrong_value(field, entry, "must be", error);
    npim_field_set(field, config, entry->number);
    return NPIM_OK;
}

static size_t smaller(size_t a, size_t b) {
    return a < b ? a : b;
}

/* Insertions, deletions and replacements that turn a into b (both shorter than PATH_SIZE). */
static size_t edit_distance(const char *a, const char *b) {
    size_t row[PATH_SIZE], columns = strlen(b);
    for (size_t j = 0; j <= columns; j++) row[j] = j;
    for (size_t i = 1; a[i - 1]; i++) {
        size_t diagonal = row[0];
        row[0] = i;
        for (size_t j = 1; j <= columns; j++) {
            size_t replaced = diagonal + (a[i - 1] != b[j - 1]);
            diagonal = row[j];
            row[j] = smaller(replaced, 1 + smaller(row[j], row[j - 1]));
        }
    }
    return row[columns];
}

const char *npim_nearest(const char *name, const char *const *known, size_t n_known) {
    const char *best = NULL;
    size_t best_distance = 2 + strlen(name) / 4;
    if (strlen(name) >= PATH_SIZE) return NULL;
    for (size_t i = 0; i < n_known; i++) {
        if (strlen(known[i]) >= PATH_SIZE) continue;
        size_t distance = edit_distance(name, known[i]);
        if (distance < best_distance) {
            best = known[i];
            best_distance = distance;
        }
    }
    return best;
}

static npim_status unknown_key(const npim_entry *entry, const char *offer, npim_error *error) {
    char line[16] = "";
    if (entry->line) snprintf(line, sizeof line, ":%u", entry->line);
    return npim_fail(error, NPIM_ECONFIG, "%s%s: unknown key %s%s%s%s", entry->file, line, entry->path,
                     offer ? " (did you mean " : "", offer ? offer : "", offer ? "?)" : "");
}

/* A required key is missing: most often it is there, misspelt, so look for a key that resembles it. */
static npim_status missing_key(const npim_doc *doc, const char *prefix, const npim_field *fields,
                               size_t n_fields, const npim_field *field, const char *what,
                               npim_error *error) {
    char path[PATH_SIZE], allowed[LIST_SIZE];
    size_t length = strlen(prefix) + (*prefix ? 1 : 0);
    snprintf(path, sizeof path, "%s%s%s", prefix, *prefix ? "." : "", field->key);
    for (size_t i = 0; i < doc->n_entries; i++) {
        const npim_entry *entry = &doc->entries[i];
        if (entry->used || strncmp(entry->path, path, length) != 0) continue;
        if (npim_field_find(fields, n_fields, entry->path + length)) continue;
        const char *wanted = path + length;
        if (npim_nearest(entry->path + length, &wanted, 1)) return unknown_key(entry, path, error);
    }
    allowed_text(field, allowed, sizeof allowed);
    return npim_fail(error, NPIM_ECONFIG, "%s: required key %s is missing (%s): %s", what, field->key,
                     allowed, field->doc);
}

npim_status npim_doc_bind(npim_doc *doc, const char *prefix, const npim_field *fields, size_t n_fields,
                          void *config, const char *what, npim_error *error) {
    char path[PATH_SIZE];
    npim_fields_preset(fields, n_fields, config);
    for (size_t i = 0; i < n_fields; i++) {
        snprintf(path, sizeof path, "%s%s%s", prefix, *prefix ? "." : "", fields[i].key);
        npim_entry *entry = npim_doc_find(doc, path);
        npim_status status = NPIM_OK;
        if (entry) {
            status = bind_field(&fields[i], entry, config, error);
        } else if (fields[i].required) {
            status = missing_key(doc, prefix, fields, n_fields, &fields[i], what, error);
        }
        if (status != NPIM_OK) return status;
    }
    return NPIM_OK;
}

npim_status npim_doc_text(npim_doc *doc, const char *path, bool required, char *text, size_t size,
                          const char *what, npim_error *error) {
    char place[PLACE_SIZE];
    npim_entry *entry = npim_doc_find(doc, path);
    if (!entry && !required) return NPIM_OK;
    if (!entry) return npim_fail(error, NPIM_ECONFIG, "%s: required key %s is missing (text)", what, path);
    entry->used = true;
    npim_entry_text(entry, place, sizeof place);
    if (entry->kind != NPIM_ENTRY_STRING || *entry->text == '\0')
        return npim_fail(error, NPIM_ECONFIG, "%s: must be text in quotes, not empty", place);
    if (strlen(entry->text) >= size)
        return npim_fail(error, NPIM_ECONFIG, "%s: longer than %zu bytes", place, size - 1);
    memcpy(text, entry->text, strlen(entry->text) + 1);
    return NPIM_OK;
}

npim_status npim_doc_reject_unused(const npim_doc *doc, const char *const *known, size_t n_known,
                                   npim_error *error) {
    for (size_t i = 0; i < doc->n_entries; i++)
        if (!doc->entries[i].used)
            return unknown_key(&doc->entries[i], npim_nearest(doc->entries[i].path, known, n_known), error);
    return NPIM_OK;
}
