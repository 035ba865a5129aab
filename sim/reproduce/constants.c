#include "sim/reproduce/constants.h"

#include "sim/arch_fields.h"

#include <stdio.h>
#include <string.h>

/* The path behind "PREFIX."; NULL when it does not lie there. */
static const char *below(const char *path, const char *prefix) {
    size_t n = strlen(prefix);
    return strncmp(path, prefix, n) == 0 && path[n] == '.' ? path + n + 1 : NULL;
}

static const npim_field *block_field(const npim_arch *arch, const char *path) {
    char name[NPIM_NAME_SIZE];
    const char *dot = strchr(path, '.');
    if (!dot || (size_t)(dot - path) >= sizeof name) return NULL;
    snprintf(name, sizeof name, "%.*s", (int)(dot - path), path);
    const npim_block_instance *block = npim_arch_block(arch, name);
    const npim_field *field = npim_field_find(npim_placement_fields, npim_n_placement_fields, dot + 1);
    if (field || !block) return field;
    return npim_field_find(block->ops->fields, block->ops->n_fields, dot + 1);
}

const npim_field *npim_constant_field(const npim_arch *arch, const npim_entry *entry) {
    const char *in_block = below(entry->path, "block"), *key;
    if (in_block) return block_field(arch, in_block);
    if (strncmp(entry->path, "pe.stage[", strlen("pe.stage[")) == 0)
        return npim_field_find(npim_stage_fields, npim_n_stage_fields, strrchr(entry->path, '.') + 1);
    for (size_t i = 0; i < npim_n_arch_tables; i++)
        if ((key = below(entry->path, npim_arch_tables[i].path)))
            return npim_field_find(npim_arch_tables[i].fields, npim_arch_tables[i].n_fields, key);
    return NULL;
}

bool npim_constant_is_circuit(const npim_entry *entry) {
    const char *in_block = below(entry->path, "block"), *dot = in_block ? strchr(in_block, '.') : NULL;
    return dot && strcmp(dot + 1, "design") == 0;
}

void npim_constant_text(const npim_entry *entry, char *text, size_t size) {
    switch (entry->kind) {
    case NPIM_ENTRY_STRING:
        snprintf(text, size, "%s", entry->text);
        break;
    case NPIM_ENTRY_BOOL:
        snprintf(text, size, "%s", entry->number != 0.0 ? "true" : "false");
        break;
    case NPIM_ENTRY_INTEGER:
        snprintf(text, size, "%lld", (long long)entry->integer);
        break;
    case NPIM_ENTRY_FLOAT:
        npim_number_text(entry->number, text, size);
        break;
    case NPIM_ENTRY_EMPTY:
        snprintf(text, size, "%s", "");
    }
}
