#include "sim/values/lane_volts.h"

#include "hw/dac.h"
#include "hw/neural_adc.h"
#include "hw/sar_adc.h"
#include "hw/tia.h"

#include <math.h>
#include <string.h>

static const void *core_of(const npim_arch *arch, const npim_block_ops *ops) {
    for (uint32_t b = 0; b < arch->n_blocks; b++)
        if (arch->blocks[b].ops == ops) return arch->blocks[b].core;
    return NULL;
}

/* Full scale of the converter, and what a code of 0 is to it. */
static void take_converter(npim_lane_volts *volts, const npim_arch *arch, const npim_hardware *h,
                           bool exact) {
    const npim_sar_adc *sar = core_of(arch, &npim_sar_adc_ops);
    const npim_neural_adc *neural = core_of(arch, &npim_neural_adc_ops);
    if (h->dataflow.strategy != NPIM_STRATEGY_C) {
        volts->full_V = sar ? sar->config.v_max_V : 1.0;
        return;
    }
    volts->full_V = neural ? neural->config.v_max_V : 1.0;
    int32_t half = (int32_t)1 << (h->code_bits - 1);
    if (!exact) volts->first_code = h->adc ? -half : 1 - half;
}

static double largest_sum(const npim_hardware *h) {
    return (double)h->crossbar.rows * ((1u << h->dataflow.dac_bits) - 1) *
           ((1u << h->crossbar.cell_bits) - 1);
}

npim_status npim_lane_volts_init(npim_lane_volts *volts, const npim_arch *arch, const npim_hardware *h,
                                 bool exact, npim_error *error) {
    const npim_dac *dac = core_of(arch, &npim_dac_ops);
    const npim_tia *tia = core_of(arch, &npim_tia_ops);
    npim_rram cell = {0};
    memset(volts, 0, sizeof *volts);
    npim_status status = npim_rram_init(&cell, &h->cell, error);
    if (status != NPIM_OK) return status;
    volts->word_V = dac ? dac->lsb_V : 0.0;
    volts->line_A = volts->word_V * cell.step_S;
    npim_rram_fini(&cell);
    take_converter(volts, arch, h, exact);
    volts->half_V = 0.5 * npim_hardware_supply_V(h);
    double weights = ldexp(1.0, (int)(h->slices * h->crossbar.cell_bits)) - 1.0;
    double digits = (double)h->crossbar.rows * ((1u << h->dataflow.dac_bits) - 1);
    volts->mixed_V = volts->half_V / (digits * weights);
    if (h->dataflow.strategy == NPIM_STRATEGY_A) {
        double codes = (1u << h->adc_bits[0]) - 1;
        volts->line_V = volts->full_V / (codes * ceil(largest_sum(h) / codes));
    } else {
        volts->line_V = tia ? volts->line_A * tia->config.gain_Ohm : volts->half_V / largest_sum(h);
    }
    return NPIM_OK;
}

void npim_lane_show(const npim_lane_volts *volts, const npim_lane_trace *trace, npim_lane_values *values) {
    for (uint32_t i = 0; i < trace->cycles && i < NPIM_LANE_VALUE_CYCLES; i++) {
        values->cycles[i] = (npim_lane_cycle){.digit = trace->digit[i],
                                              .word_V = volts->word_V * trace->digit[i],
                                              .line_A = volts->line_A * trace->sum[i],
                                              .line_V = volts->line_V * trace->sum[i],
                                              .level = (uint32_t)trace->code[i],
                                              .code = (uint32_t)trace->code[i],
                                              .mixed_V = volts->mixed_V * trace->dot[i],
                                              .node_V = volts->half_V * trace->node[i],
                                              .sum = (double)trace->so_far[i]};
    }
    values->in_V = volts->full_V * trace->share;
    values->code = (uint32_t)(trace->result_code - volts->first_code);
    values->residue_V = trace->residue_V;
    values->chunk = (double)trace->chunk;
    values->result = (double)trace->result;
}
