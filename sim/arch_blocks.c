#include "sim/arch_blocks.h"

#include "sim/arch_design.h"
#include "sim/arch_fields.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { KEY_SIZE = 512, PLACE_SIZE = 700, MAX_FIELDS = 32 };

/* Units in one tile; routers are shared, and what sits on the chip is counted per chip. */
static double count_of(const npim_arch *arch, const npim_placement_config *placement) {
    double arrays = (double)arch->tile.pes * arch->pe.arrays;
    switch ((npim_scope)placement->scope) {
    case NPIM_SCOPE_ROW:
        return placement->units * arrays * arch->pe.array_rows;
    case NPIM_SCOPE_COLUMN:
        return placement->units * arrays * arch->pe.array_columns;
    case NPIM_SCOPE_OUTPUT:
        return placement->units * arrays * npim_arch_outputs(arch);
    case NPIM_SCOPE_ARRAY:
        return placement->units * arrays;
    case NPIM_SCOPE_PE:
        return (double)placement->units * arch->tile.pes;
    case NPIM_SCOPE_ROUTER:
        return (double)placement->units / arch->chip.tiles_per_router;
    case NPIM_SCOPE_TILE:
    case NPIM_SCOPE_CHIP:
        break;
    }
    return placement->units;
}

static npim_status read_type(npim_arch *arch, npim_block_instance *block, const char *path,
                             npim_error *error) {
    char key[KEY_SIZE], type[NPIM_NAME_SIZE];
    const char *known[64];
    size_t n_known = npim_n_blocks < 64 ? npim_n_blocks : 64;
    memcpy(type, block->name, sizeof type);
    snprintf(key, sizeof key, "block.%s.type", block->name);
    npim_status status = npim_doc_text(&arch->doc, key, false, type, sizeof type, path, error);
    if (status != NPIM_OK) return status;
    block->ops = npim_block_find(type);
    if (block->ops) return NPIM_OK;
    for (size_t i = 0; i < n_known; i++) known[i] = npim_blocks[i]->name;
    const char *offer = npim_nearest(type, known, n_known);
    return npim_arch_refuse(arch, path, key, error, "there is no block type %s%s%s%s", type,
                            offer ? " (did you mean " : "", offer ? offer : "", offer ? "?)" : "");
}

/* A value as a message shows it. */
static void value_text(const npim_field *field, double value, char *text, size_t size) {
    if (field->kind == NPIM_KIND_ENUM)
        snprintf(text, size, "\"%s\"", field->names[(size_t)value]);
    else
        snprintf(text, size, "%.17g", value);
}

/* A followed key that the file gives all the same must agree with what it follows; one that it leaves out
 * must be possible. */
static npim_status check_follow(const npim_arch *arch, const npim_block_instance *block,
                                const npim_field *field, const void *config, const char *path,
                                npim_error *error) {
    char key[KEY_SIZE], text[NPIM_NAME_SIZE];
    const npim_follow *follow = npim_follow_find(block->ops->name, field->key);
    if (!follow) return NPIM_OK;
    double given = npim_field_get(field, config), wanted = follow->value(arch);
    snprintf(key, sizeof key, "block.%s.%s", block->name, field->key);
    value_text(field, wanted, text, sizeof text);
    if (follow->at_least ? given < wanted : given != wanted)
        return npim_arch_refuse(arch, path, key, error, "must be %s%s, which follows from %s",
                                follow->at_least ? "at least " : "", text, follow->from);
    if (given < field->min || given > field->max)
        return npim_arch_refuse(arch, path, key, error,
                                "%.17g, which follows from %s: outside %.17g..%.17g%s%s", given, follow->from,
                                field->min, field->max, *field->unit ? " " : "", field->unit);
    return NPIM_OK;
}

/* Keys that follow from other tables are presets for the file to leave out. */
static npim_status bind(npim_arch *arch, const npim_block_instance *block, const npim_field *table, size_t n,
                        void *config, const char *path, npim_error *error) {
    char prefix[NPIM_NAME_SIZE + 8], what[KEY_SIZE];
    npim_field fields[MAX_FIELDS];
    if (n > MAX_FIELDS) return npim_fail(error, NPIM_EINVARIANT, "block %s: too many keys", block->ops->name);
    for (size_t i = 0; i < n; i++) {
        fields[i] = table[i];
        const npim_follow *follow = npim_follow_find(block->ops->name, fields[i].key);
        if (!follow) continue;
        fields[i].preset = follow->value(arch);
        fields[i].required = false;
    }
    snprintf(prefix, sizeof prefix, "block.%s", block->name);
    snprintf(what, sizeof what, "%s: %s", path, prefix);
    npim_status status = npim_doc_bind(&arch->doc, prefix, fields, n, config, what, error);
    for (size_t i = 0; i < n && status == NPIM_OK; i++)
        status = check_follow(arch, block, &fields[i], config, path, error);
    return status;
}

static npim_status read_keys(npim_arch *arch, npim_block_instance *block, const char *path,
                             npim_error *error) {
    npim_status status =
        bind(arch, block, block->ops->fields, block->ops->n_fields, block->config, path, error);
    if (status != NPIM_OK) return status;
    return bind(arch, block, npim_placement_fields, npim_n_placement_fields, &block->placement, path, error);
}

/* True when the file gives that key with a source, which the block then takes. */
static bool take_source(const npim_arch *arch, npim_block_instance *block, const char *name) {
    char key[KEY_SIZE];
    snprintf(key, sizeof key, "block.%s.%s", block->name, name);
    const npim_entry *entry = npim_doc_find(&arch->doc, key);
    if (!entry || !entry->source) return false;
    snprintf(block->source, sizeof block->source, "%s", entry->source);
    snprintf(block->tag, sizeof block->tag, "%s", entry->tag ? entry->tag : "");
    return true;
}

/* The value that sets the block's power tells where the block comes from; without one, its first value does.
 */
static void find_source(const npim_arch *arch, npim_block_instance *block) {
    static const char *const keys[] = {"power_mW",        "power_uW",      "energy_pJ",       "energy_fJ",
                                       "write_energy_pJ", "cell_power_nW", "energy_pJ_per_B", NULL};
    for (size_t i = 0; keys[i]; i++)
        if (take_source(arch, block, keys[i])) return;
    for (size_t i = 0; i < block->ops->n_fields; i++)
        if (take_source(arch, block, block->ops->fields[i].key)) return;
}

static npim_status read_block(npim_arch *arch, npim_block_instance *block, const char *path,
                              npim_error *error) {
    npim_error inner = {NPIM_OK, ""};
    npim_status status = read_type(arch, block, path, error);
    if (status != NPIM_OK) return status;
    block->config = calloc(1, block->ops->config_size);
    void *core = calloc(1, block->ops->core_size);
    if (!block->config || !core) {
        free(core);
        return npim_fail(error, NPIM_ENOMEM, "out of memory for block %s", block->name);
    }
    status = read_keys(arch, block, path, error);
    if (status == NPIM_OK) status = npim_arch_design_read(arch, block, path, error);
    if (status == NPIM_OK) status = npim_arch_timing_read(arch, block, path, error);
    if (status == NPIM_OK) {
        status = block->ops->init(core, block->config, &inner);
        if (status != NPIM_OK) npim_fail(error, status, "%s: block.%s: %s", path, block->name, inner.message);
    }
    if (status != NPIM_OK) {
        free(core);
        return status;
    }
    block->core = core;
    block->count_per_tile = count_of(arch, &block->placement);
    find_source(arch, block);
    return NPIM_OK;
}

/* Appends an instance for the table that entry lies in, unless it is there already. */
static npim_status add_instance(npim_arch *arch, const npim_entry *entry, npim_error *error) {
    char place[PLACE_SIZE];
    const char *name = entry->path + strlen("block.");
    size_t length = strcspn(name, ".[");
    for (uint32_t i = 0; i < arch->n_blocks; i++)
        if (strncmp(arch->blocks[i].name, name, length) == 0 && arch->blocks[i].name[length] == '\0')
            return NPIM_OK;
    npim_entry_text(entry, place, sizeof place);
    if (length >= NPIM_NAME_SIZE)
        return npim_fail(error, NPIM_ECONFIG, "%s: names of blocks have at most %d bytes", place,
                         NPIM_NAME_SIZE - 1);
    if (arch->n_blocks == NPIM_MAX_BLOCKS)
        return npim_fail(error, NPIM_ECONFIG, "%s: more than %d blocks", place, NPIM_MAX_BLOCKS);
    memcpy(arch->blocks[arch->n_blocks++].name, name, length);
    return NPIM_OK;
}

npim_status npim_arch_blocks_read(npim_arch *arch, const char *path, npim_error *error) {
    npim_status status = NPIM_OK;
    for (size_t i = 0; i < arch->doc.n_entries && status == NPIM_OK; i++)
        if (strncmp(arch->doc.entries[i].path, "block.", strlen("block.")) == 0) {
            status = add_instance(arch, &arch->doc.entries[i], error);
        }
    for (uint32_t b = 0; b < arch->n_blocks && status == NPIM_OK; b++)
        status = read_block(arch, &arch->blocks[b], path, error);
    return status;
}

void npim_arch_blocks_fini(npim_arch *arch) {
    for (uint32_t b = 0; b < arch->n_blocks; b++) {
        npim_block_instance *block = &arch->blocks[b];
        if (block->core) block->ops->fini(block->core);
        free(block->core);
        free(block->config);
    }
    arch->n_blocks = 0;
}
