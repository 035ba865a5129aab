#include "sim/arch.h"

#include "sim/arch_blocks.h"
#include "sim/arch_design.h"
#include "sim/arch_fields.h"

#include "hw/units.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { KEY_SIZE = 512, PLACE_SIZE = 700, WHY_SIZE = 300 };

static npim_status read_tables(npim_arch *arch, const char *path, npim_error *error) {
    char what[KEY_SIZE];
    npim_doc *doc = &arch->doc;
    npim_status status = npim_doc_text(doc, "name", true, arch->name, sizeof arch->name, path, error);
    if (status == NPIM_OK)
        status = npim_doc_text(doc, "doc", false, arch->doc_line, sizeof arch->doc_line, path, error);
    for (size_t i = 0; i < npim_n_arch_tables && status == NPIM_OK; i++) {
        const npim_arch_table *table = &npim_arch_tables[i];
        snprintf(what, sizeof what, "%s: %s", path, table->path);
        status = npim_doc_bind(doc, table->path, table->fields, table->n_fields, (char *)arch + table->offset,
                               what, error);
    }
    return status;
}

/* The first entry of the table in which key lies, one of the file if it has any; NULL when there is none. */
static const npim_entry *table_of(const npim_doc *doc, const char *key) {
    const char *dot = strrchr(key, '.');
    const npim_entry *set = NULL;
    size_t length = dot ? (size_t)(dot - key) + 1 : 0;
    for (size_t i = 0; i < doc->n_entries && length > 0; i++) {
        const npim_entry *entry = &doc->entries[i];
        if (strncmp(entry->path, key, length) != 0) continue;
        if (entry->line) return entry;
        if (!set) set = entry;
    }
    return set;
}

npim_status npim_arch_refuse(const npim_arch *arch, const char *path, const char *key, npim_error *error,
                             const char *format, ...) {
    char place[PLACE_SIZE], why[WHY_SIZE];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(why, sizeof why, format, arguments);
    va_end(arguments);
    const npim_entry *entry = npim_doc_find(&arch->doc, key), *table = table_of(&arch->doc, key);
    if (entry)
        npim_entry_text(entry, place, sizeof place);
    else if (table && table->line)
        snprintf(place, sizeof place, "%s:%u: %s", table->file, table->line, key);
    else if (table)
        snprintf(place, sizeof place, "%s: %s", table->file, key);
    else
        snprintf(place, sizeof place, "%s: %s", path, key);
    return npim_fail(error, NPIM_ECONFIG, "%s: %s", place, why);
}

static npim_status check_data(npim_arch *arch, const char *path, npim_error *error) {
    npim_data_config *data = &arch->data;
    uint32_t input_B = (uint32_t)npim_ceil_div(data->input_bits, 8);
    if (data->activation_B == 0) data->activation_B = input_B;
    if (data->dac_bits > data->input_bits)
        return npim_arch_refuse(arch, path, "data.dac_bits", error, "outside 1..%u bit (data.input_bits)",
                                data->input_bits);
    if (data->cell_bits > data->weight_bits)
        return npim_arch_refuse(arch, path, "data.cell_bits", error, "outside 1..%u bit (data.weight_bits)",
                                data->weight_bits);
    if (data->activation_B < input_B)
        return npim_arch_refuse(arch, path, "data.activation_B", error,
                                "outside %u..4 B (data.input_bits = %u)", input_B, data->input_bits);
    return NPIM_OK;
}

static npim_status make_dataflow(npim_arch *arch, const char *path, npim_error *error) {
    const npim_data_config *data = &arch->data;
    npim_status status = check_data(arch, path, error);
    if (status != NPIM_OK) return status;
    arch->dataflow = (npim_dataflow){.strategy = (npim_strategy)data->strategy,
                                     .input_bits = data->input_bits,
                                     .weight_bits = data->weight_bits,
                                     .dac_bits = data->dac_bits,
                                     .cell_bits = data->cell_bits,
                                     .rows = arch->pe.array_rows,
                                     .output_bits = data->output_bits,
                                     .differential = data->differential,
                                     .encoded = data->encoded};
    arch->columns_per_weight = npim_dataflow_columns(&arch->dataflow);
    arch->conversions =
        npim_dataflow_conversions(&arch->dataflow, arch->conversion_bits, NPIM_MAX_BITS, &arch->n_bits);
    if (arch->columns_per_weight <= arch->pe.array_columns) return NPIM_OK;
    return npim_arch_refuse(arch, path, "pe.array_columns", error,
                            "outside %u..1024: one weight takes %u columns", arch->columns_per_weight,
                            arch->columns_per_weight);
}

/* Appends prefix.key for every field to a list of strings that is freed by free_known. */
static bool add_known(char **known, size_t *n, const char *prefix, const npim_field *fields,
                      size_t n_fields) {
    for (size_t i = 0; i < n_fields; i++) {
        size_t size = strlen(prefix) + strlen(fields[i].key) + 2;
        char *key = malloc(size);
        if (!key) return false;
        snprintf(key, size, "%s.%s", prefix, fields[i].key);
        known[(*n)++] = key;
    }
    return true;
}

/* All keys that this file could have: those of its tables, its blocks and its stages. */
static bool list_known(const npim_arch *arch, char **known, size_t *n) {
    static const npim_field texts[] = {
        {.key = "type"}, {.key = "block"}, {.key = "design"}, {.key = "timing_from"}};
    char prefix[KEY_SIZE];
    bool ok = true;
    for (size_t i = 0; i < npim_n_arch_tables && ok; i++)
        ok = add_known(known, n, npim_arch_tables[i].path, npim_arch_tables[i].fields,
                       npim_arch_tables[i].n_fields);
    for (uint32_t b = 0; b < arch->n_blocks && ok; b++) {
        snprintf(prefix, sizeof prefix, "block.%s", arch->blocks[b].name);
        ok = add_known(known, n, prefix, npim_placement_fields, npim_n_placement_fields) &&
             add_known(known, n, prefix, arch->blocks[b].ops->fields, arch->blocks[b].ops->n_fields) &&
             add_known(known, n, prefix, texts, 1);
        if (npim_arch_takes_design(arch->blocks[b].ops)) ok = ok && add_known(known, n, prefix, texts + 2, 2);
    }
    for (uint32_t s = 0; s < arch->plan.n_stages && ok; s++) {
        snprintf(prefix, sizeof prefix, "pe.stage[%u]", s);
        ok = add_known(known, n, prefix, npim_stage_fields, npim_n_stage_fields) &&
             add_known(known, n, prefix, texts + 1, 1);
    }
    return ok;
}

static size_t known_capacity(const npim_arch *arch) {
    size_t n = arch->plan.n_stages * (npim_n_stage_fields + 1);
    for (size_t i = 0; i < npim_n_arch_tables; i++) n += npim_arch_tables[i].n_fields;
    for (uint32_t b = 0; b < arch->n_blocks; b++)
        n += npim_n_placement_fields + arch->blocks[b].ops->n_fields + 3;
    return n;
}

static npim_status reject_unknown(const npim_arch *arch, npim_error *error) {
    if (npim_doc_reject_unused(&arch->doc, NULL, 0, NULL) == NPIM_OK) return NPIM_OK;
    size_t n = 0;
    npim_status status = npim_fail(error, NPIM_ENOMEM, "out of memory for the list of keys");
    char **known = calloc(known_capacity(arch) + 1, sizeof *known);
    if (known && list_known(arch, known, &n))
        status = npim_doc_reject_unused(&arch->doc, (const char *const *)known, n, error);
    for (size_t i = 0; i < n; i++) free(known[i]);
    free(known);
    return status;
}

static void take_path(npim_arch *arch, const char *path) {
    const char *slash = strrchr(path, '/');
    size_t n = slash ? (size_t)(slash - path) : 1;
    snprintf(arch->path, sizeof arch->path, "%s", path);
    if (n >= sizeof arch->folder) return;
    memcpy(arch->folder, slash ? path : ".", n);
    arch->folder[n] = '\0';
}

/* From the values of the document, which the file at path gave. */
static npim_status build(npim_arch *arch, const char *path, const char *const *assignments,
                         size_t n_assignments, npim_error *error) {
    npim_status status = NPIM_OK;
    for (size_t i = 0; i < n_assignments && status == NPIM_OK; i++)
        status = npim_doc_set(&arch->doc, assignments[i], error);
    if (status == NPIM_OK) status = read_tables(arch, path, error);
    if (status == NPIM_OK) status = make_dataflow(arch, path, error);
    if (status == NPIM_OK) status = npim_arch_blocks_read(arch, path, error);
    if (status == NPIM_OK) status = npim_arch_recipe_read(arch, path, error);
    if (status == NPIM_OK) status = reject_unknown(arch, error);
    if (status == NPIM_OK) status = npim_arch_check(arch, path, error);
    if (status == NPIM_OK) arch->tile.adder_lanes = npim_arch_block(arch, "adder")->placement.units;
    return status;
}

npim_status npim_arch_load(npim_arch *arch, const char *path, const char *const *assignments,
                           size_t n_assignments, npim_error *error) {
    memset(arch, 0, sizeof *arch);
    take_path(arch, path);
    npim_status status = npim_doc_load(&arch->doc, path, error);
    if (status == NPIM_OK) status = build(arch, path, assignments, n_assignments, error);
    if (status != NPIM_OK) npim_arch_fini(arch);
    return status;
}

npim_status npim_arch_vary(npim_arch *arch, const npim_arch *base, const char *const *assignments,
                           size_t n_assignments, npim_error *error) {
    memset(arch, 0, sizeof *arch);
    take_path(arch, base->path);
    memcpy(arch->folder, base->folder, sizeof arch->folder); /* of a path that is cut there */
    npim_status status = npim_doc_put_all(&arch->doc, &base->doc, error);
    if (status == NPIM_OK) status = build(arch, base->path, assignments, n_assignments, error);
    if (status != NPIM_OK) npim_arch_fini(arch);
    return status;
}

void npim_arch_fini(npim_arch *arch) {
    npim_arch_blocks_fini(arch);
    npim_doc_fini(&arch->doc);
    memset(arch, 0, sizeof *arch);
}

const npim_block_instance *npim_arch_block(const npim_arch *arch, const char *name) {
    for (uint32_t b = 0; b < arch->n_blocks; b++)
        if (strcmp(arch->blocks[b].name, name) == 0) return &arch->blocks[b];
    return NULL;
}
