#include "sim/describe.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

static bool is_chip(const npim_block_instance *block) {
    return block->placement.scope == NPIM_SCOPE_CHIP;
}

static double count_per_chip(const npim_arch *arch, const npim_block_instance *block) {
    return is_chip(block) ? block->count_per_tile : ceil(block->count_per_tile * arch->chip.tiles);
}

static double share_of(const npim_arch *arch, const npim_block_instance *block) {
    return is_chip(block) ? 0.0 : npim_arch_block_mW(arch, block) / npim_arch_tile_mW(arch);
}

static double arrays_per_tile(const npim_arch *arch) {
    return (double)arch->tile.pes * arch->pe.arrays;
}

static double tile_storage_B(const npim_arch *arch) {
    double sum_B = 0.0;
    for (uint32_t b = 0; b < arch->n_blocks; b++)
        if (!is_chip(&arch->blocks[b])) sum_B += npim_arch_block_B(arch, &arch->blocks[b]);
    return sum_B;
}

static bool add_number(cJSON *object, const char *key, double value) {
    return cJSON_AddNumberToObject(object, key, value) != NULL;
}

static bool add_text(cJSON *object, const char *key, const char *value) {
    return cJSON_AddStringToObject(object, key, value) != NULL;
}

static bool add_conversions(cJSON *json, const npim_arch *arch) {
    cJSON *conversions = cJSON_AddObjectToObject(json, "conversions");
    if (!conversions || !add_number(conversions, "per_result", (double)arch->conversions)) return false;
    cJSON *bits = cJSON_AddArrayToObject(conversions, "bits");
    for (uint32_t i = 0; bits && i < arch->n_bits; i++)
        if (!cJSON_AddItemToArray(bits, cJSON_CreateNumber(arch->conversion_bits[i]))) return false;
    return bits != NULL;
}

static bool add_block(cJSON *blocks, const npim_arch *arch, const npim_block_instance *block) {
    cJSON *json = cJSON_CreateObject();
    if (!cJSON_AddItemToArray(blocks, json)) return false;
    return add_text(json, "name", block->name) && add_text(json, "type", block->ops->name) &&
           add_text(json, "scope", npim_scope_names[block->placement.scope]) &&
           add_text(json, "group", npim_group_names[block->placement.group]) &&
           add_number(json, "count", count_per_chip(arch, block)) &&
           add_number(json, "power_mW", npim_arch_block_mW(arch, block)) &&
           add_number(json, "share", share_of(arch, block)) &&
           add_number(json, "area_mm2", npim_arch_block_mm2(arch, block)) &&
           add_number(json, "storage_B", npim_arch_block_B(arch, block)) &&
           add_text(json, "source", block->source) && add_text(json, "tag", block->tag);
}

/* What the blocks of a group take on one chip. */
static bool add_group(cJSON *groups, const npim_arch *arch, uint32_t group) {
    double mW = 0.0, mm2 = 0.0;
    for (uint32_t b = 0; b < arch->n_blocks; b++) {
        const npim_block_instance *block = &arch->blocks[b];
        if (block->placement.group != group) continue;
        double n = is_chip(block) ? 1.0 : arch->chip.tiles;
        mW += n * npim_arch_block_mW(arch, block);
        mm2 += n * npim_arch_block_mm2(arch, block);
    }
    cJSON *json = cJSON_CreateObject();
    return cJSON_AddItemToArray(groups, json) && add_text(json, "name", npim_group_names[group]) &&
           add_number(json, "power_W", mW * 1e-3) && add_number(json, "area_mm2", mm2);
}

static bool add_lists(cJSON *json, const npim_arch *arch) {
    cJSON *groups = cJSON_AddArrayToObject(json, "groups");
    bool ok = groups != NULL;
    for (uint32_t g = 0; g < NPIM_N_GROUPS && ok; g++) ok = add_group(groups, arch, g);
    cJSON *blocks = ok ? cJSON_AddArrayToObject(json, "blocks") : NULL;
    ok = blocks != NULL;
    for (uint32_t b = 0; b < arch->n_blocks && ok; b++) ok = add_block(blocks, arch, &arch->blocks[b]);
    return ok;
}

static bool add_all(cJSON *json, const npim_arch *arch) {
    return add_text(json, "name", arch->name) && add_text(json, "doc", arch->doc_line) &&
           add_number(json, "tiles", arch->chip.tiles) &&
           add_number(json, "arrays_per_tile", arrays_per_tile(arch)) &&
           add_number(json, "power_W", npim_arch_chip_W(arch)) &&
           add_number(json, "area_mm2", npim_arch_chip_area_mm2(arch)) &&
           add_number(json, "tile_area_mm2", npim_arch_tile_area_mm2(arch)) &&
           add_number(json, "peak_TOPS", npim_arch_peak_TOPS(arch)) &&
           add_number(json, "capacity_weights", npim_arch_capacity_weights(arch)) &&
           add_number(json, "layer_step_ns", (double)npim_arch_layer_step_ps(arch) * 1e-3) &&
           add_conversions(json, arch) && add_number(json, "tile_power_mW", npim_arch_tile_mW(arch)) &&
           add_number(json, "standby_W", npim_arch_standby_W(arch)) &&
           add_number(json, "tile_storage_B", tile_storage_B(arch)) &&
           add_number(json, "bit_line_uA", npim_arch_bit_line_uA(arch)) && add_lists(json, arch);
}

cJSON *npim_describe_json(const npim_arch *arch) {
    cJSON *json = cJSON_CreateObject();
    if (json && add_all(json, arch)) return json;
    cJSON_Delete(json);
    return NULL;
}

static void write_head(FILE *out, const npim_arch *arch) {
    fprintf(out, "%s: %s\n\n", arch->name, arch->doc_line);
    fprintf(out, "  tiles          %u, of %g arrays of %u x %u\n", arch->chip.tiles, arrays_per_tile(arch),
            arch->pe.array_rows, arch->pe.array_columns);
    fprintf(out, "  power          %.1f W, %.1f mW per tile\n", npim_arch_chip_W(arch),
            npim_arch_tile_mW(arch));
    fprintf(out, "  area           %.1f mm2, %.2f mm2 without the links between chips\n",
            npim_arch_chip_area_mm2(arch), npim_arch_tile_area_mm2(arch));
    fprintf(out, "  peak           %.1f TOPS (%u-bit inputs, %u-bit weights)\n", npim_arch_peak_TOPS(arch),
            arch->data.input_bits, arch->data.weight_bits);
    fprintf(out, "  capacity       %.2f M weights\n", npim_arch_capacity_weights(arch) * 1e-6);
    fprintf(out, "  storage        %g KiB of registers and eDRAM per tile\n", tile_storage_B(arch) / 1024.0);
    fprintf(out, "  bit line       %.1f uA at full scale\n", npim_arch_bit_line_uA(arch));
    fprintf(out, "  layer step     %g ns\n", (double)npim_arch_layer_step_ps(arch) * 1e-3);
    fprintf(out, "  conversions    %llu per result, of", (unsigned long long)arch->conversions);
    for (uint32_t i = 0; i < arch->n_bits; i++) fprintf(out, "%s %u", i ? "," : "", arch->conversion_bits[i]);
    fprintf(out, " bit (strategy %s)\n\n", npim_strategy_names[arch->data.strategy]);
}

static void write_block(FILE *out, const npim_arch *arch, const npim_block_instance *block) {
    char share[16] = "-";
    if (!is_chip(block)) snprintf(share, sizeof share, "%.1f %%", 100.0 * share_of(arch, block));
    fprintf(out, "%-16s %-14s %12.10g %10.3f %8s %10.5f  %-3s %s\n", block->name, block->ops->name,
            count_per_chip(arch, block), npim_arch_block_mW(arch, block), share,
            npim_arch_block_mm2(arch, block), block->tag, block->source);
}

static void write_text(FILE *out, const npim_arch *arch) {
    write_head(out, arch);
    fprintf(out, "%-16s %-14s %12s %10s %8s %10s  %-3s %s\n", "block", "type", "per chip", "mW", "share",
            "mm2", "tag", "source of the power");
    for (uint32_t b = 0; b < arch->n_blocks; b++) write_block(out, arch, &arch->blocks[b]);
    fprintf(out,
            "\nmW, share and mm2 are of one tile (of the chip where share is -).\n"
            "Tags: S sourced, S2 at second hand, D derived, A assumed, C calibrated so that a published\n"
            "headline comes out: agreement with it is a fit, not a validation.\n");
}

char *npim_describe_text(const npim_arch *arch) {
    char *text = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);
    if (!out) return NULL;
    write_text(out, arch);
    bool failed = ferror(out) != 0;
    if (fclose(out) == 0 && !failed) return text;
    free(text);
    return NULL;
}
