#include "sim/arch_design.h"

#include "hw/crossbar.h"
#include "hw/neural_adc.h"
#include "hw/neural_sa.h"
#include "sim/arch_blocks.h"
#include "sim/design/design_file.h"
#include "sim/find.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { KEY_SIZE = NPIM_NAME_SIZE + 32 };

bool npim_arch_takes_design(const npim_block_ops *ops) {
    return ops == &npim_neural_sa_ops || ops == &npim_neural_adc_ops;
}

/* A bare name is first looked for beside the architecture's file. */
static npim_status find_file(const npim_arch *arch, const char *design, char file[NPIM_PATH_SIZE],
                             npim_error *error) {
    int n = snprintf(file, NPIM_PATH_SIZE, "%s/circuits/%s.toml", arch->folder, design);
    bool bare = !strchr(design, '/') && *arch->folder;
    if (bare && n < NPIM_PATH_SIZE && access(file, F_OK) == 0) return NPIM_OK;
    return npim_find_circuit(design, file, error);
}

npim_status npim_arch_design_read(npim_arch *arch, npim_block_instance *block, const char *path,
                                  npim_error *error) {
    char key[KEY_SIZE], file[NPIM_PATH_SIZE];
    npim_error inner = {NPIM_OK, ""};
    snprintf(key, sizeof key, "block.%s.design", block->name);
    if (!npim_arch_takes_design(block->ops)) return NPIM_OK;
    npim_status status =
        npim_doc_text(&arch->doc, key, false, block->design, sizeof block->design, path, error);
    if (status != NPIM_OK || !*block->design) return status;
    if (find_file(arch, block->design, file, &inner) != NPIM_OK)
        return npim_arch_refuse(arch, path, key, error, "%s", inner.message);
    if (access(file, R_OK) == 0) return NPIM_OK;
    return npim_arch_refuse(arch, path, key, error, "%s: %s", file, strerror(errno));
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

/* --- what the transient runs say --- */

static void free_design(npim_design *design) {
    if (design) npim_design_fini(design);
    free(design);
}

static npim_status apply(npim_arch *arch, npim_block_instance *block, const npim_design *design,
                         const char *key, const char *path, npim_error *error) {
    const npim_design_transient *settle = &design->settle;
    if (settle->steps == 0)
        return npim_arch_refuse(arch, path, key, error,
                                "the design %s has no transient run (npim design --settle makes one)",
                                block->design);
    if (block->ops == &npim_neural_adc_ops) {
        npim_neural_adc_config *config = block->config;
        config->rate_GSps = 1 / settle->settle_ns;
        config->energy_pJ = settle->energy_pJ;
        return NPIM_OK;
    }
    if (settle->settle_ns > arch->pe.cycle_ns)
        return npim_arch_refuse(arch, path, key, error, "settles in %g ns, a cycle has %g ns",
                                settle->settle_ns, arch->pe.cycle_ns);
    ((npim_neural_sa_config *)block->config)->energy_pJ = settle->energy_pJ;
    return NPIM_OK;
}

npim_status npim_arch_timing_read(npim_arch *arch, npim_block_instance *block, const char *path,
                                  npim_error *error) {
    char key[KEY_SIZE], from[32] = "architecture";
    npim_design *design = NULL;
    snprintf(key, sizeof key, "block.%s.timing_from", block->name);
    if (!npim_arch_takes_design(block->ops)) return NPIM_OK;
    npim_status status = npim_doc_text(&arch->doc, key, false, from, sizeof from, path, error);
    if (status != NPIM_OK || strcmp(from, "architecture") == 0) return status;
    if (strcmp(from, "design") != 0)
        return npim_arch_refuse(arch, path, key, error, "must be one of architecture, design");
    block->timed_by_design = true;
    status = npim_arch_design_load(arch, block->ops, &design, error);
    if (status == NPIM_OK && !design)
        status = npim_arch_refuse(arch, path, key, error, "block.%s.design names no circuit", block->name);
    if (status == NPIM_OK) status = apply(arch, block, design, key, path, error);
    free_design(design);
    return status;
}

/* One converter, and how many a tile needs at the pace of its arrays. */
static void put_adc(const npim_arch *arch, const npim_block_instance *block,
                    const npim_design_transient *settle, FILE *out) {
    const npim_neural_adc_config *config = block->config;
    double results = npim_arch_outputs(arch) * (double)arch->tile.pes * arch->pe.arrays;
    double interval_ns = (double)arch->plan.n_cycles * (double)arch->plan.cycle_ps * 1e-3;
    double needed = ceil(results * settle->settle_ns / interval_ns);
    fprintf(out,
            "%s: the circuit settles in %.2f ns: %.3f GS/s and %.2f pJ; the replay takes %.3f GS/s and %.2f "
            "pJ%s\n  %.0f results of a tile in %.0f ns take %.0f such converters; the tile has %u%s\n",
            block->name, settle->settle_ns, 1 / settle->settle_ns, settle->energy_pJ, config->rate_GSps,
            config->energy_pJ, block->timed_by_design ? " (timing_from = design)" : "", results, interval_ns,
            needed, block->placement.units,
            needed > block->placement.units ? ": this rate is not supported by the circuit" : "");
}

static void put_sa(const npim_arch *arch, const npim_block_instance *block,
                   const npim_design_transient *settle, FILE *out) {
    fprintf(
        out,
        "%s: the circuit settles in %.3f ns of a cycle of %g ns, with %.4f pJ; the replay takes %g pJ%s\n",
        block->name, settle->settle_ns, arch->pe.cycle_ns, settle->energy_pJ,
        ((const npim_neural_sa_config *)block->config)->energy_pJ,
        block->timed_by_design ? " (timing_from = design)" : "");
}

npim_status npim_arch_timing_text(const npim_arch *arch, char **text, npim_error *error) {
    static const npim_block_ops *const types[] = {&npim_neural_sa_ops, &npim_neural_adc_ops};
    size_t n = 0;
    *text = NULL;
    FILE *out = open_memstream(text, &n);
    npim_status status = out ? NPIM_OK : npim_fail(error, NPIM_ENOMEM, "no memory for the output");
    for (size_t i = 0; i < sizeof types / sizeof *types && status == NPIM_OK; i++) {
        npim_design *design = NULL;
        status = npim_arch_design_load(arch, types[i], &design, error);
        if (status == NPIM_OK && design && design->settle.steps > 0)
            (i == 0 ? put_sa : put_adc)(arch, find(arch, types[i]), &design->settle, out);
        free_design(design);
    }
    if (out && fclose(out) != 0 && status == NPIM_OK)
        status = npim_fail(error, NPIM_ENOMEM, "no memory for the output");
    if (status == NPIM_OK) return NPIM_OK;
    free(*text);
    *text = NULL;
    return status;
}
