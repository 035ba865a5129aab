#include "sim/arch_blocks.h"

#include "sim/arch_fields.h"

#include "hw/units.h"

#include <stdio.h>
#include <string.h>

enum { KEY_SIZE = 512 };

/* Finds the block that a stage names. */
static npim_status find_block(npim_arch *arch, uint32_t s, const char *path, npim_error *error) {
    char key[KEY_SIZE];
    const char *known[NPIM_MAX_BLOCKS], *name = arch->stages[s].block;
    for (uint32_t b = 0; b < arch->n_blocks; b++) {
        arch->stage_block[s] = b;
        if (strcmp(arch->blocks[b].name, name) == 0) return NPIM_OK;
        known[b] = arch->blocks[b].name;
    }
    snprintf(key, sizeof key, "pe.stage[%u].block", s);
    const char *offer = npim_nearest(name, known, arch->n_blocks);
    return npim_arch_refuse(arch, path, key, error, "there is no [block.%s]%s%s%s", name,
                            offer ? " (did you mean " : "", offer ? offer : "", offer ? "?)" : "");
}

/* Units that one array has, or the pool of a tile. */
static npim_status place_stage(const npim_arch *arch, uint32_t s, npim_stage *stage, const char *path,
                               npim_error *error) {
    const npim_block_instance *block = &arch->blocks[arch->stage_block[s]];
    npim_scope scope = (npim_scope)block->placement.scope;
    bool outside = scope == NPIM_SCOPE_ROUTER || scope == NPIM_SCOPE_CHIP;
    bool own = stage->pace == NPIM_PACE_OWN && stage->fires != NPIM_FIRES_LOAD;
    stage->pooled = scope == NPIM_SCOPE_TILE;
    if (outside || (own && !stage->pooled && scope != NPIM_SCOPE_ARRAY)) {
        char key[KEY_SIZE];
        snprintf(key, sizeof key, "pe.stage[%u].block", s);
        return npim_arch_refuse(arch, path, key, error, "it sits per %s, a stage %s needs units per %s",
                                npim_scope_names[scope], outside ? "of a PE" : "with pace = \"own\"",
                                outside ? "row, column, output, array, pe or tile" : "array or tile");
    }
    double arrays = (double)arch->tile.pes * arch->pe.arrays;
    double units = stage->pooled ? block->count_per_tile : block->count_per_tile / arrays;
    stage->units = units < 1.0 ? 1 : (uint32_t)units;
    return NPIM_OK;
}

static npim_status make_stage(npim_arch *arch, uint32_t s, const char *path, npim_error *error) {
    const npim_stage_config *config = &arch->stages[s];
    const npim_block_instance *block = &arch->blocks[arch->stage_block[s]];
    npim_stage *stage = &arch->plan.stages[s];
    *stage = (npim_stage){.ops = block->ops,
                          .core = block->core,
                          .fires = (npim_fires)config->fires,
                          .pace = (npim_pace)config->pace,
                          .per = (npim_per)config->per,
                          .ops_per = config->ops,
                          .converts = block->placement.group == NPIM_GROUP_ADC};
    if (stage->converts) {
        stage->n_bits = arch->n_bits;
        memcpy(stage->bits, arch->conversion_bits, sizeof stage->bits);
    }
    return place_stage(arch, s, stage, path, error);
}

static npim_status read_stage(npim_arch *arch, uint32_t s, const char *path, npim_error *error) {
    char prefix[64], key[KEY_SIZE], what[KEY_SIZE];
    npim_stage_config *stage = &arch->stages[s];
    snprintf(prefix, sizeof prefix, "pe.stage[%u]", s);
    snprintf(key, sizeof key, "%s.block", prefix);
    snprintf(what, sizeof what, "%s: %s", path, prefix);
    npim_status status =
        npim_doc_bind(&arch->doc, prefix, npim_stage_fields, npim_n_stage_fields, stage, what, error);
    if (status == NPIM_OK)
        status = npim_doc_text(&arch->doc, key, true, stage->block, sizeof stage->block, what, error);
    if (status == NPIM_OK) status = find_block(arch, s, path, error);
    if (status == NPIM_OK) status = make_stage(arch, s, path, error);
    return status;
}

/* Conversions counted by the stages must be those of the dataflow. */
static npim_status check_conversions(const npim_arch *arch, const char *path, npim_error *error) {
    npim_pe_shape shape = npim_arch_full_tile(arch);
    double made = npim_pe_plan_conversions(&arch->plan, &shape) / shape.dots;
    if (made == (double)arch->conversions) return NPIM_OK;
    return npim_arch_refuse(arch, path, "data.strategy", error,
                            "it makes %llu conversions per result, the stages of group adc make %.17g",
                            (unsigned long long)arch->conversions, made);
}

npim_status npim_arch_recipe_read(npim_arch *arch, const char *path, npim_error *error) {
    size_t n = npim_doc_count(&arch->doc, "pe.stage");
    if (n == 0 || n > NPIM_MAX_STAGES)
        return npim_fail(error, NPIM_ECONFIG, "%s: %zu [[pe.stage]] tables: outside 1..%d stages", path, n,
                         NPIM_MAX_STAGES);
    arch->plan.n_stages = (uint32_t)n;
    arch->plan.n_cycles = npim_dataflow_cycles(&arch->dataflow);
    arch->plan.conversions_per_dot = (double)arch->conversions;
    arch->plan.cycle_ps = npim_ns_to_ps(arch->pe.cycle_ns);
    arch->plan.step_ps = arch->pe.synchronous ? arch->plan.cycle_ps : 0;
    npim_status status = NPIM_OK;
    for (uint32_t s = 0; s < n && status == NPIM_OK; s++) status = read_stage(arch, s, path, error);
    return status == NPIM_OK ? check_conversions(arch, path, error) : status;
}
