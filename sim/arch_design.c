#include "sim/arch_design.h"

#include "hw/crossbar.h"
#include "hw/neural_adc.h"
#include "hw/neural_sa.h"
#include "sim/arch_blocks.h"
#include "sim/design/design_file.h"
#include "sim/find.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { KEY_SIZE = NPIM_NAME_SIZE + 32 };

bool npim_arch_takes_design(const npim_block_ops *ops) {
    return ops == &npim_neural_sa_ops || ops == &npim_neural_adc_ops;
}

npim_status npim_arch_design_read(npim_arch *arch, npim_block_instance *block, const char *path,
                                  npim_error *error) {
    char key[KEY_SIZE];
    snprintf(key, sizeof key, "block.%s.design", block->name);
    if (!npim_arch_takes_design(block->ops)) return NPIM_OK;
    return npim_doc_text(&arch->doc, key, false, block->design, sizeof block->design, path, error);
}

/* What the circuit must be for the block. */
static npim_status check(const npim_arch *arch, const npim_block_instance *block, const npim_design *design,
                         const char *key, npim_error *error) {
    const npim_design_request *made = &design->request;
    bool adc = block->ops == &npim_neural_adc_ops;
    uint32_t wanted = adc ? NPIM_DESIGN_NEURAL_ADC : NPIM_DESIGN_NEURAL_SA;
    if (made->kind != wanted)
        return npim_arch_refuse(arch, arch->name, key, error, "is a %s: must be a %s",
                                npim_design_kind_names[made->kind], npim_design_kind_names[wanted]);
    uint32_t bits = adc ? ((const npim_neural_adc_config *)block->config)->bits
                        : ((const npim_neural_sa_config *)block->config)->dac_bits;
    uint32_t has = adc ? made->bits : made->dac_bits;
    if (bits != has)
        return npim_arch_refuse(arch, arch->name, key, error,
                                "is made for %s = %u: must be %u (npim design makes one)",
                                adc ? "bits" : "dac_bits", has, bits);
    uint32_t slices = arch->data.weight_bits / arch->data.cell_bits;
    if (!adc && (slices != NPIM_SA_SLICES || arch->data.cell_bits != 1 || !arch->data.differential))
        return npim_arch_refuse(arch, arch->name, key, error,
                                "adds %d slices of 1 bit of differential cells: this architecture has %u of "
                                "%u bit",
                                NPIM_SA_SLICES, slices, arch->data.cell_bits);
    return NPIM_OK;
}

static const npim_block_instance *find(const npim_arch *arch, const npim_block_ops *ops) {
    for (uint32_t b = 0; b < arch->n_blocks; b++)
        if (arch->blocks[b].ops == ops && *arch->blocks[b].design) return &arch->blocks[b];
    return NULL;
}

/* A bare name is first looked for beside the architecture's file. */
static npim_status find_file(const npim_arch *arch, const char *design, char file[NPIM_PATH_SIZE],
                             npim_error *error) {
    int n = snprintf(file, NPIM_PATH_SIZE, "%s/circuits/%s.toml", arch->folder, design);
    bool bare = !strchr(design, '/') && *arch->folder;
    if (bare && n < NPIM_PATH_SIZE && access(file, F_OK) == 0) return NPIM_OK;
    return npim_find_circuit(design, file, error);
}

npim_status npim_arch_design_load(const npim_arch *arch, const npim_block_ops *ops, npim_design **design,
                                  npim_error *error) {
    char key[KEY_SIZE], file[NPIM_PATH_SIZE];
    npim_error inner = {NPIM_OK, ""};
    const npim_block_instance *block = find(arch, ops);
    *design = NULL;
    if (!block) return NPIM_OK;
    snprintf(key, sizeof key, "block.%s.design", block->name);
    npim_design *made = calloc(1, sizeof *made);
    if (!made) return npim_fail(error, NPIM_ENOMEM, "no memory for a design");
    npim_status status = find_file(arch, block->design, file, &inner);
    if (status == NPIM_OK) status = npim_design_load(made, file, &inner);
    if (status != NPIM_OK)
        status = npim_arch_refuse(arch, arch->name, key, error, "%s", inner.message);
    else
        status = check(arch, block, made, key, error);
    if (status == NPIM_OK) {
        *design = made;
        return NPIM_OK;
    }
    npim_design_fini(made);
    free(made);
    return status;
}
