#include "sim/arch.h"

#include "hw/edram.h"
#include "hw/rram.h"
#include "hw/units.h"

#include <string.h>

static double arrays_per_tile(const npim_arch *arch) {
    return (double)arch->tile.pes * arch->pe.arrays;
}

uint32_t npim_arch_outputs(const npim_arch *arch) {
    return arch->pe.array_columns / arch->columns_per_weight;
}

/* All rows and outputs of n arrays, which share copies of the inputs. */
static npim_pe_shape full_arrays(const npim_arch *arch, double n) {
    double outputs = npim_arch_outputs(arch), rows = n * arch->pe.array_rows;
    double columns = outputs * arch->columns_per_weight;
    double input_B = rows * (double)npim_ceil_div(arch->data.input_bits, 8);
    return (npim_pe_shape){.rows = rows,
                           .cells = rows * columns,
                           .columns = n * columns,
                           .dots = n * outputs,
                           .input_B = input_B,
                           .load_B = input_B / NPIM_ARRAYS_PER_INPUT_COPY,
                           .result_B = n * outputs * arch->data.activation_B,
                           .columns_per_array = columns,
                           .dots_per_array = outputs};
}

npim_pe_shape npim_arch_full_tile(const npim_arch *arch) {
    return full_arrays(arch, arrays_per_tile(arch));
}

/* Power of a block without a published one: the energy of its stages at full load over the interval. */
static double full_load_mW(const npim_arch *arch, const npim_block_instance *block) {
    npim_pe_shape shape = npim_arch_full_tile(arch);
    double energy_pJ = 0.0;
    for (uint32_t s = 0; s < arch->plan.n_stages; s++)
        if (&arch->blocks[arch->stage_block[s]] == block)
            energy_pJ += npim_pe_plan_energy_pJ(&arch->plan, s, &shape);
    return energy_pJ / (double)npim_pe_plan_interval_ps(&arch->plan, &shape) * 1e3;
}

double npim_arch_block_mW(const npim_arch *arch, const npim_block_instance *block) {
    double unit_mW = block->ops->power_mW ? block->ops->power_mW(block->core) : 0.0;
    return unit_mW > 0.0 ? unit_mW * block->count_per_tile : full_load_mW(arch, block);
}

double npim_arch_block_mm2(const npim_arch *arch, const npim_block_instance *block) {
    (void)arch;
    return block->ops->area_um2(block->core) * block->count_per_tile * 1e-6;
}

double npim_arch_block_B(const npim_arch *arch, const npim_block_instance *block) {
    (void)arch;
    const npim_field *size = npim_field_find(block->ops->fields, block->ops->n_fields, "size_B");
    return size ? npim_field_get(size, block->config) * block->count_per_tile : 0.0;
}

double npim_arch_bit_line_uA(const npim_arch *arch) {
    for (uint32_t b = 0; b < arch->n_blocks; b++) {
        const npim_rram_config *cell = arch->blocks[b].config;
        if (arch->blocks[b].ops == &npim_rram_ops)
            return arch->pe.array_rows * cell->g_on_S * cell->read_V * 1e6;
    }
    return 0.0;
}

/* Sum over the blocks of a tile (or of the chip alone). */
static double sum(const npim_arch *arch, bool chip,
                  double (*of)(const npim_arch *, const npim_block_instance *)) {
    double total = 0.0;
    for (uint32_t b = 0; b < arch->n_blocks; b++)
        if ((arch->blocks[b].placement.scope == NPIM_SCOPE_CHIP) == chip) total += of(arch, &arch->blocks[b]);
    return total;
}

static double standby_mW(const npim_arch *arch, const npim_block_instance *block) {
    (void)arch;
    return block->ops->standby_mW ? block->ops->standby_mW(block->core) * block->count_per_tile : 0.0;
}

double npim_arch_tile_mW(const npim_arch *arch) {
    return sum(arch, false, npim_arch_block_mW);
}

double npim_arch_chip_W(const npim_arch *arch) {
    return (arch->chip.tiles * npim_arch_tile_mW(arch) + sum(arch, true, npim_arch_block_mW)) * 1e-3;
}

double npim_arch_tile_area_mm2(const npim_arch *arch) {
    return arch->chip.tiles * sum(arch, false, npim_arch_block_mm2);
}

double npim_arch_chip_area_mm2(const npim_arch *arch) {
    return npim_arch_tile_area_mm2(arch) + sum(arch, true, npim_arch_block_mm2);
}

double npim_arch_standby_W(const npim_arch *arch) {
    return (arch->chip.tiles * sum(arch, false, standby_mW) + sum(arch, true, standby_mW)) * 1e-3;
}

double npim_arch_capacity_weights(const npim_arch *arch) {
    return arch->chip.tiles * arrays_per_tile(arch) * arch->pe.array_rows * npim_arch_outputs(arch);
}

double npim_arch_peak_TOPS(const npim_arch *arch) {
    npim_pe_shape shape = npim_arch_full_tile(arch);
    return 2.0 * npim_arch_capacity_weights(arch) / (double)npim_pe_plan_interval_ps(&arch->plan, &shape);
}

static uint64_t block_step_ps(const npim_arch *arch, const char *name, double count) {
    const npim_block_instance *block = npim_arch_block(arch, name);
    npim_work work = {.count = count, .units = block->placement.units};
    return npim_align_up(block->ops->latency_ps(block->core, &work), arch->plan.step_ps);
}

uint64_t npim_arch_layer_step_ps(const npim_arch *arch) {
    npim_pe_shape shape = full_arrays(arch, 1.0);
    const npim_edram_config *edram = npim_arch_block(arch, "edram")->config;
    uint64_t access_ps = block_step_ps(arch, "edram", edram->width_B);
    uint64_t operation_ps = npim_pe_plan_run(&arch->plan, &shape, 0, NULL, NULL, NULL).done_ps;
    return access_ps + operation_ps + block_step_ps(arch, "activation", shape.dots) + access_ps;
}
