#include "sim/values/hardware.h"

#include "hw/neural_adc.h"
#include "hw/neural_sa.h"
#include "hw/sample_hold.h"
#include "hw/sar_adc.h"
#include "hw/summing_amp.h"
#include "hw/tia.h"
#include "sim/arch_design.h"

#include <stdlib.h>
#include <string.h>

const char *const npim_mode_names[] = {"ideal", "quantised", "analog", NULL};

/* The configuration of the first block of a type; NULL when there is none. */
static const void *config_of(const npim_arch *arch, const npim_block_ops *ops) {
    for (uint32_t b = 0; b < arch->n_blocks; b++)
        if (arch->blocks[b].ops == ops) return arch->blocks[b].config;
    return NULL;
}

static npim_status missing(const npim_arch *arch, const npim_block_ops *ops, npim_error *error) {
    return npim_fail(error, NPIM_ECONFIG, "%s: strategy %s needs a block of type %s for values", arch->name,
                     npim_strategy_names[arch->dataflow.strategy], ops->name);
}

static npim_status take_cells(npim_hardware *h, const npim_arch *arch, npim_error *error) {
    const npim_crossbar_config *crossbar = config_of(arch, &npim_crossbar_ops);
    const npim_rram_config *cell = config_of(arch, &npim_rram_ops);
    if (!crossbar) return missing(arch, &npim_crossbar_ops, error);
    if (!cell) return missing(arch, &npim_rram_ops, error);
    if (arch->data.input_bits != 8 || arch->data.weight_bits > 8)
        return npim_fail(error, NPIM_EUNSUPPORTED,
                         "%s: values have 8 bit, the architecture %u-bit inputs and %u-bit weights",
                         arch->name, arch->data.input_bits, arch->data.weight_bits);
    if (crossbar->weight_bits < (crossbar->coding == NPIM_CODING_DIFFERENTIAL ? 7u : 8u))
        return npim_fail(error, NPIM_EUNSUPPORTED, "%s: values have weights of -127..127, the arrays %u bit",
                         arch->name, crossbar->weight_bits);
    h->crossbar = *crossbar;
    h->cell = *cell;
    h->columns_per_weight = arch->columns_per_weight;
    h->slices = (crossbar->weight_bits + crossbar->cell_bits - 1) / crossbar->cell_bits;
    return NPIM_OK;
}

static npim_status take_sar(npim_hardware *h, const npim_arch *arch, npim_error *error) {
    const npim_sar_adc_config *adc = config_of(arch, &npim_sar_adc_ops);
    if (!adc) return missing(arch, &npim_sar_adc_ops, error);
    h->n_bits = arch->n_bits;
    h->adc_noise = adc->noise_V / adc->v_max_V;
    memcpy(h->adc_bits, arch->conversion_bits, arch->n_bits * sizeof *h->adc_bits);
    return NPIM_OK;
}

static npim_status take_buffer(npim_hardware *h, const npim_arch *arch, npim_error *error) {
    const npim_analog_buffer_config *buffer = config_of(arch, &npim_analog_buffer_ops);
    if (!buffer) return missing(arch, &npim_analog_buffer_ops, error);
    h->buffer_bits = buffer->level_bits;
    h->buffer_sigma = buffer->sigma;
    return take_sar(h, arch, error);
}

static npim_status take_neural(npim_hardware *h, const npim_arch *arch, npim_error *error) {
    const npim_neural_adc_config *adc = config_of(arch, &npim_neural_adc_ops);
    if (!adc) return missing(arch, &npim_neural_adc_ops, error);
    h->code_bits = adc->bits;
    h->adc_noise = adc->noise_V / adc->v_max_V;
    if (h->mode != NPIM_MODE_ANALOG) return NPIM_OK;
    npim_status status = npim_arch_design_load(arch, &npim_neural_sa_ops, &h->sa, error);
    if (status == NPIM_OK) status = npim_arch_design_load(arch, &npim_neural_adc_ops, &h->adc, error);
    return status;
}

/* What values do not know must not be there. */
static npim_status check_rest(const npim_arch *arch, npim_error *error) {
    static const struct {
        const npim_block_ops *ops;
        size_t offset;
        const char *key;
    } unknown[] = {
        {&npim_sample_hold_ops, offsetof(npim_sample_hold_config, noise_V), "noise_V"},
        {&npim_sample_hold_ops, offsetof(npim_sample_hold_config, droop_V_per_us), "droop_V_per_us"},
        {&npim_tia_ops, offsetof(npim_tia_config, noise_V), "noise_V"},
        {&npim_summing_amp_ops, offsetof(npim_summing_amp_config, noise_V), "noise_V"},
        {&npim_neural_sa_ops, offsetof(npim_neural_sa_config, noise_V), "noise_V"}};
    for (size_t i = 0; i < sizeof unknown / sizeof *unknown; i++) {
        const char *config = config_of(arch, unknown[i].ops);
        double value = 0.0;
        if (config) memcpy(&value, config + unknown[i].offset, sizeof value);
        if (value != 0.0)
            return npim_fail(error, NPIM_EUNSUPPORTED, "%s: %s.%s = %.17g: values know none, only 0",
                             arch->name, unknown[i].ops->name, unknown[i].key, value);
    }
    return NPIM_OK;
}

npim_status npim_hardware_init(npim_hardware *hardware, const npim_arch *arch, npim_mode mode,
                               npim_error *error) {
    memset(hardware, 0, sizeof *hardware);
    hardware->mode = mode;
    hardware->seed = arch->run.seed;
    hardware->dataflow = arch->dataflow;
    npim_status status = take_cells(hardware, arch, error);
    if (status == NPIM_OK && mode == NPIM_MODE_ANALOG) status = check_rest(arch, error);
    if (status == NPIM_OK && arch->dataflow.strategy == NPIM_STRATEGY_A)
        status = take_sar(hardware, arch, error);
    if (status == NPIM_OK && arch->dataflow.strategy == NPIM_STRATEGY_B)
        status = take_buffer(hardware, arch, error);
    if (status == NPIM_OK && arch->dataflow.strategy == NPIM_STRATEGY_C)
        status = take_neural(hardware, arch, error);
    hardware->circuit_sigma = hardware->cell.sigma < 0.5 ? hardware->cell.sigma : 0.5;
    if (status != NPIM_OK) npim_hardware_fini(hardware);
    return status;
}

static void free_design(npim_design *design) {
    if (design) npim_design_fini(design);
    free(design);
}

void npim_hardware_fini(npim_hardware *hardware) {
    free_design(hardware->sa);
    free_design(hardware->adc);
    memset(hardware, 0, sizeof *hardware);
}

int32_t npim_hardware_column_weight(const npim_hardware *h, uint32_t column) {
    bool differential = h->crossbar.coding == NPIM_CODING_DIFFERENTIAL;
    uint32_t slice = differential ? column / 2 : column;
    bool negative =
        differential ? column % 2 == 1 : h->crossbar.coding == NPIM_CODING_TWOS && slice + 1 == h->slices;
    int32_t weight = (int32_t)1 << (slice * h->crossbar.cell_bits);
    return negative ? -weight : weight;
}

int32_t npim_hardware_bias(const npim_hardware *h) {
    return h->crossbar.coding == NPIM_CODING_BIASED ? (int32_t)1 << (h->crossbar.weight_bits - 1) : 0;
}
