#include "sim/reproduce/parts.h"

const struct npim_named npim_part_names[NPIM_N_PARTS] = {[NPIM_PART_DAC] = {"dac", "DAC"},
                                                         [NPIM_PART_ARRAY] = {"array", "arrays"},
                                                         [NPIM_PART_ANALOG] = {"analog", "analog"},
                                                         [NPIM_PART_ADC] = {"adc", "ADC, NNADC"},
                                                         [NPIM_PART_DIGITAL] = {"digital", "digital"},
                                                         [NPIM_PART_REGISTER] = {"register", "registers"},
                                                         [NPIM_PART_BUFFER] = {"buffer", "eDRAM, bus"},
                                                         [NPIM_PART_NOC] = {"noc", "NoC"}};

/* NPIM_N_PARTS: none of them. */
static const npim_part part_of_group[NPIM_N_GROUPS] = {
    [NPIM_GROUP_DAC] = NPIM_PART_DAC,         [NPIM_GROUP_ARRAY] = NPIM_PART_ARRAY,
    [NPIM_GROUP_ANALOG] = NPIM_PART_ANALOG,   [NPIM_GROUP_ADC] = NPIM_PART_ADC,
    [NPIM_GROUP_DIGITAL] = NPIM_PART_DIGITAL, [NPIM_GROUP_REGISTER] = NPIM_PART_REGISTER,
    [NPIM_GROUP_EDRAM] = NPIM_PART_BUFFER,    [NPIM_GROUP_BUS] = NPIM_PART_BUFFER,
    [NPIM_GROUP_NOC] = NPIM_PART_NOC,         [NPIM_GROUP_LINK] = NPIM_N_PARTS};

double npim_parts_total(const npim_parts *parts) {
    double sum = 0.0;
    for (size_t p = 0; p < NPIM_N_PARTS; p++) sum += parts->of[p];
    return sum;
}

static void add(npim_parts *parts, const npim_block_instance *block, double value) {
    npim_part part = part_of_group[block->placement.group];
    if (part < NPIM_N_PARTS) parts->of[part] += value;
}

npim_parts npim_parts_tile_mW(const npim_arch *arch) {
    npim_parts parts = {{0.0}};
    for (uint32_t b = 0; b < arch->n_blocks; b++)
        add(&parts, &arch->blocks[b], npim_arch_block_mW(arch, &arch->blocks[b]));
    return parts;
}

npim_parts npim_parts_tile_mm2(const npim_arch *arch) {
    npim_parts parts = {{0.0}};
    for (uint32_t b = 0; b < arch->n_blocks; b++)
        add(&parts, &arch->blocks[b], npim_arch_block_mm2(arch, &arch->blocks[b]));
    return parts;
}

npim_parts npim_parts_energy_uJ(const npim_arch *arch, const npim_estimate *e, npim_accounting accounting) {
    npim_parts parts = {{0.0}};
    const double *pJ = accounting == NPIM_EVENT ? e->event_pJ : e->nameplate_pJ;
    for (uint32_t b = 0; b < arch->n_blocks; b++) add(&parts, &arch->blocks[b], pJ[b] * 1e-6);
    return parts;
}

npim_chart npim_parts_chart(const char *y_label) {
    npim_chart chart = {.kind = NPIM_CHART_STACK, .y_label = y_label};
    for (size_t p = 0; p < NPIM_N_PARTS; p++)
        chart.series[chart.n_series++] = (npim_series){1 + p, npim_part_names[p].title, 0};
    return chart;
}
