#include "sim/doc.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* FNV-1a: paths are short, and nothing depends on its order. */
static size_t hash_of(const char *path) {
    uint64_t hash = 14695981039346656037u;
    for (; *path; path++) hash = (hash ^ (unsigned char)*path) * 1099511628211u;
    return (size_t)(hash ^ (hash >> 32));
}

/* The slot that holds path, or the free one in which it belongs; n_slots > 0, never full. */
static size_t slot_of(const npim_doc *doc, const char *path) {
    size_t slot = hash_of(path) & (doc->n_slots - 1);
    while (doc->slots[slot] && strcmp(doc->entries[doc->slots[slot] - 1].path, path) != 0)
        slot = (slot + 1) & (doc->n_slots - 1);
    return slot;
}

static void index_all(npim_doc *doc) {
    if (doc->n_slots) memset(doc->slots, 0, doc->n_slots * sizeof *doc->slots);
    for (size_t i = 0; i < doc->n_entries; i++) doc->slots[slot_of(doc, doc->entries[i].path)] = i + 1;
}

/* Room for one entry more; the index stays at most half full. */
static npim_status grow(npim_doc *doc, npim_error *error) {
    if (doc->n_entries < doc->capacity) return NPIM_OK;
    size_t capacity = doc->capacity ? 2 * doc->capacity : 64;
    npim_entry *entries = realloc(doc->entries, capacity * sizeof *entries);
    if (entries) doc->entries = entries;
    size_t *slots = calloc(2 * capacity, sizeof *slots);
    if (!entries || !slots) {
        free(slots);
        return npim_fail(error, NPIM_ENOMEM, "out of memory for %zu configuration entries", capacity);
    }
    free(doc->slots);
    doc->slots = slots;
    doc->n_slots = 2 * capacity;
    doc->capacity = capacity;
    index_all(doc);
    return NPIM_OK;
}

static void entry_fini(npim_entry *entry) {
    free(entry->path);
    free(entry->text);
    free(entry->source);
    free(entry->tag);
    free(entry->file);
}

static bool copy_text(char **to, const char *from) {
    *to = from ? strdup(from) : NULL;
    return !from || *to;
}

static npim_status entry_copy(npim_entry *to, const npim_entry *from, npim_error *error) {
    *to = *from;
    to->used = false;
    bool path = copy_text(&to->path, from->path), text = copy_text(&to->text, from->text);
    bool source = copy_text(&to->source, from->source), tag = copy_text(&to->tag, from->tag);
    bool file = copy_text(&to->file, from->file);
    if (path && text && source && tag && file) return NPIM_OK;
    entry_fini(to);
    return npim_fail(error, NPIM_ENOMEM, "out of memory for a configuration entry");
}

npim_status npim_doc_put(npim_doc *doc, const npim_entry *entry, npim_error *error) {
    npim_entry copy;
    npim_status status = entry_copy(&copy, entry, error);
    if (status != NPIM_OK) return status;
    npim_entry *old = npim_doc_find(doc, copy.path);
    if (old) {
        entry_fini(old);
        *old = copy;
        return NPIM_OK;
    }
    status = grow(doc, error);
    if (status != NPIM_OK) {
        entry_fini(&copy);
        return status;
    }
    doc->slots[slot_of(doc, copy.path)] = doc->n_entries + 1;
    doc->entries[doc->n_entries++] = copy;
    return NPIM_OK;
}

npim_status npim_doc_put_all(npim_doc *doc, const npim_doc *from, npim_error *error) {
    npim_status status = NPIM_OK;
    for (size_t i = 0; i < from->n_entries && status == NPIM_OK; i++)
        status = npim_doc_put(doc, &from->entries[i], error);
    return status;
}

void npim_doc_fini(npim_doc *doc) {
    for (size_t i = 0; i < doc->n_entries; i++) entry_fini(&doc->entries[i]);
    free(doc->entries);
    free(doc->slots);
    *doc = (npim_doc){0};
}

npim_entry *npim_doc_find(const npim_doc *doc, const char *path) {
    if (doc->n_slots == 0) return NULL;
    size_t number = doc->slots[slot_of(doc, path)];
    return number ? &doc->entries[number - 1] : NULL;
}

/* What follows prefix in path when path is it or lies below it ("", ".x" or "[0]"), else NULL. */
static const char *below(const char *path, const char *prefix, size_t length) {
    if (strncmp(path, prefix, length) != 0) return NULL;
    const char *rest = path + length;
    return *rest == '\0' || *rest == '.' || *rest == '[' ? rest : NULL;
}

bool npim_doc_has(const npim_doc *doc, const char *prefix) {
    size_t length = strlen(prefix);
    for (size_t i = 0; i < doc->n_entries; i++)
        if (below(doc->entries[i].path, prefix, length)) return true;
    return false;
}

size_t npim_doc_count(const npim_doc *doc, const char *path) {
    size_t length = strlen(path), count = 0;
    for (size_t i = 0; i < doc->n_entries; i++) {
        const char *rest = below(doc->entries[i].path, path, length);
        if (!rest || *rest != '[') continue;
        size_t element = strtoul(rest + 1, NULL, 10) + 1;
        if (element > count) count = element;
    }
    return count;
}

void npim_doc_drop_array(npim_doc *doc, const char *path) {
    size_t length = strlen(path), kept = 0;
    for (size_t i = 0; i < doc->n_entries; i++) {
        const char *rest = below(doc->entries[i].path, path, length);
        if (rest && *rest == '[')
            entry_fini(&doc->entries[i]);
        else
            doc->entries[kept++] = doc->entries[i];
    }
    doc->n_entries = kept;
    index_all(doc);
}

/* Kind and value of a --set text, which may be quoted; entry->text may borrow it. */
static void read_value(npim_entry *entry, char *text) {
    size_t length = strlen(text);
    char *end;
    if (length >= 2 && (*text == '"' || *text == '\'') && text[length - 1] == *text) {
        text[length - 1] = '\0';
        entry->text = text + 1;
        entry->kind = NPIM_ENTRY_STRING;
        return;
    }
    if (strcmp(text, "true") == 0 || strcmp(text, "false") == 0) {
        entry->kind = NPIM_ENTRY_BOOL;
        entry->number = *text == 't';
        return;
    }
    errno = 0;
    entry->integer = strtoll(text, &end, 10);
    if (end != text && *end == '\0' && errno == 0) {
        entry->kind = NPIM_ENTRY_INTEGER;
        entry->number = (double)entry->integer;
        return;
    }
    entry->integer = 0;
    entry->number = strtod(text, &end);
    if (end != text && *end == '\0') {
        entry->kind = NPIM_ENTRY_FLOAT;
        return;
    }
    entry->number = 0.0;
    entry->kind = NPIM_ENTRY_STRING;
    entry->text = text;
}

npim_status npim_doc_set(npim_doc *doc, const char *assignment, npim_error *error) {
    static const char key_bytes[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-.[]";
    size_t length = strspn(assignment, key_bytes);
    if (length == 0 || assignment[length] != '=' || assignment[length + 1] == '\0')
        return npim_fail(error, NPIM_EUSAGE, "--set %s: expected key=value, as in block.dac.bits=4",
                         assignment);
    char *copy = strdup(assignment);
    if (!copy) return npim_fail(error, NPIM_ENOMEM, "out of memory for --set");
    copy[length] = '\0';
    npim_entry entry = {.path = copy, .source = (char[]){"--set"}, .tag = (char[]){"A"}};
    entry.file = entry.source;
    read_value(&entry, copy + length + 1);
    npim_status status = npim_doc_put(doc, &entry, error);
    free(copy);
    return status;
}
