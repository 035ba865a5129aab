#include "sim/arch_blocks.h"

#include "hw/crossbar.h"
#include "hw/edram.h"

#include <stdio.h>
#include <string.h>

enum { MAX_EDRAM_B = 1 << 24 }; /* what an address can reach inside a tile */

/* A block that the tile asks for by name: the type and the place that it must have. */
typedef struct service {
    const char *name, *type;
    npim_scope scope;
    bool single; /* nothing else in the model would know which one to take */
} service;

static const service services[] = {
    {"crossbar", "crossbar", NPIM_SCOPE_ARRAY, true},
    {"input_register", "sram_register", NPIM_SCOPE_PE, true},
    {"tile_register", "sram_register", NPIM_SCOPE_TILE, true},
    {"edram", "edram", NPIM_SCOPE_TILE, true},
    {"bus", "bus", NPIM_SCOPE_TILE, true},
    {"adder", "shift_add", NPIM_SCOPE_TILE, false},
    {"activation", "activation", NPIM_SCOPE_TILE, false},
    {"pooling", "pooling", NPIM_SCOPE_TILE, false},
    {"router", "router", NPIM_SCOPE_ROUTER, true},
    {"link", "link", NPIM_SCOPE_ROUTER, false},
    {"chip_link", "chip_link", NPIM_SCOPE_CHIP, false},
};

static npim_status check_service(const npim_arch *arch, const service *needed, const char *path,
                                 npim_error *error) {
    char key[128];
    const npim_block_instance *block = npim_arch_block(arch, needed->name);
    if (!block)
        return npim_fail(error, NPIM_ECONFIG, "%s: [block.%s] is missing: every architecture needs it", path,
                         needed->name);
    if (strcmp(block->ops->name, needed->type) != 0) {
        snprintf(key, sizeof key, "block.%s.type", needed->name);
        return npim_arch_refuse(arch, path, key, error, "must be \"%s\"", needed->type);
    }
    if (block->placement.scope != (uint32_t)needed->scope) {
        snprintf(key, sizeof key, "block.%s.per", needed->name);
        return npim_arch_refuse(arch, path, key, error, "must be \"%s\"", npim_scope_names[needed->scope]);
    }
    snprintf(key, sizeof key, "block.%s.units", needed->name);
    if (needed->single && block->placement.units != 1)
        return npim_arch_refuse(arch, path, key, error, "must be 1");
    return NPIM_OK;
}

static npim_status check_coding(const npim_arch *arch, const char *path, npim_error *error) {
    const npim_crossbar_config *crossbar = npim_arch_block(arch, "crossbar")->config;
    if ((crossbar->coding == NPIM_CODING_DIFFERENTIAL) == arch->data.differential) return NPIM_OK;
    return npim_arch_refuse(arch, path, "block.crossbar.coding", error,
                            arch->data.differential ? "must be \"differential\", as data.differential says"
                                                    : "must be \"biased\" or \"twos\": data.differential is "
                                                      "false");
}

static npim_status check_edram(const npim_arch *arch, const char *path, npim_error *error) {
    uint32_t size_B = ((const npim_edram_config *)npim_arch_block(arch, "edram")->config)->size_B;
    if (size_B <= MAX_EDRAM_B) return NPIM_OK;
    return npim_arch_refuse(arch, path, "block.edram.size_B", error, "outside 1..%d B (24 address bits)",
                            MAX_EDRAM_B);
}

/* A recipe drives word lines, reads cells and converts; without one of them its figures would be nonsense. */
static npim_status check_recipe(const npim_arch *arch, const char *path, npim_error *error) {
    static const npim_group needed[] = {NPIM_GROUP_DAC, NPIM_GROUP_ARRAY, NPIM_GROUP_ADC};
    for (size_t i = 0; i < sizeof needed / sizeof needed[0]; i++) {
        bool found = false;
        for (uint32_t s = 0; s < arch->plan.n_stages; s++)
            found = found || arch->blocks[arch->stage_block[s]].placement.group == (uint32_t)needed[i];
        if (!found)
            return npim_fail(error, NPIM_ECONFIG, "%s: pe.stage: no stage has a block of group \"%s\"", path,
                             npim_group_names[needed[i]]);
    }
    return NPIM_OK;
}

npim_status npim_arch_check(const npim_arch *arch, const char *path, npim_error *error) {
    npim_status status = NPIM_OK;
    for (size_t i = 0; i < sizeof services / sizeof services[0] && status == NPIM_OK; i++)
        status = check_service(arch, &services[i], path, error);
    if (status == NPIM_OK) status = check_coding(arch, path, error);
    if (status == NPIM_OK) status = check_edram(arch, path, error);
    if (status == NPIM_OK) status = check_recipe(arch, path, error);
    return status;
}
