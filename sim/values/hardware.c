#include "sim/values/hardware.h"

#include "hw/neural_adc.h"
#include "hw/neural_sa.h"
#include "hw/sample_hold.h"
#include "hw/sar_adc.h"
#include "hw/summing_amp.h"
#include "hw/tia.h"
#include "sim/arch_design.h"

#include <math.h>
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

/* Noise and droop belong to blocks in certain places. */
static npim_status check_places(const npim_arch *arch, npim_error *error) {
    enum { A = 1 << NPIM_STRATEGY_A, B = 1 << NPIM_STRATEGY_B, C = 1 << NPIM_STRATEGY_C };
    static const struct {
        const npim_block_ops *ops;
        size_t offset;
        const char *key;
        uint32_t strategies; /* that it has a place in */
    } places[] = {
        {&npim_sample_hold_ops, offsetof(npim_sample_hold_config, noise_V), "noise_V", A | C},
        {&npim_sample_hold_ops, offsetof(npim_sample_hold_config, droop_V_per_us), "droop_V_per_us", A | C},
        {&npim_tia_ops, offsetof(npim_tia_config, noise_V), "noise_V", B},
        {&npim_summing_amp_ops, offsetof(npim_summing_amp_config, noise_V), "noise_V", B},
        {&npim_neural_sa_ops, offsetof(npim_neural_sa_config, noise_V), "noise_V", C}};
    for (size_t i = 0; i < sizeof places / sizeof *places; i++) {
        const char *config = config_of(arch, places[i].ops);
        double value = 0.0;
        if (config) memcpy(&value, config + places[i].offset, sizeof value);
        if (value != 0.0 && !(places[i].strategies >> arch->dataflow.strategy & 1))
            return npim_fail(error, NPIM_EUNSUPPORTED,
                             "%s: %s.%s = %.17g: values of strategy %s have no such block, only 0",
                             arch->name, places[i].ops->name, places[i].key, value,
                             npim_strategy_names[arch->dataflow.strategy]);
    }
    return NPIM_OK;
}

/* How long samples are held: as the header says. */
static uint64_t held_ps(const npim_arch *arch) {
    const npim_pe_plan *plan = &arch->plan;
    npim_pe_shape tile = npim_arch_full_tile(arch);
    npim_pe_times times;
    npim_pe_plan_times(plan, &tile, &times);
    for (uint32_t s = 0; s + 1 < plan->n_stages; s++)
        if (plan->stages[s].ops == &npim_sample_hold_ops && plan->stages[s + 1].fires == NPIM_FIRES_CYCLE &&
            times.busy_ps[s + 1] > plan->cycle_ps)
            return times.busy_ps[s + 1];
    return plan->cycle_ps;
}

/* full_V: what the largest partial sum makes. */
static void take_samples(npim_hardware *h, const npim_arch *arch, double full_V) {
    const npim_sample_hold_config *sample = config_of(arch, &npim_sample_hold_ops);
    if (!sample || h->mode != NPIM_MODE_ANALOG) return;
    h->line_noise = sample->noise_V / full_V;
    h->line_droop = sample->droop_V_per_us * ((double)held_ps(arch) * 1e-6) / full_V;
}

/* What a summing amplifier adds to a converter's input, on top of the converter's own noise. */
static void take_sums(npim_hardware *h, const npim_arch *arch, double full_V) {
    const npim_summing_amp_config *amp = config_of(arch, &npim_summing_amp_ops);
    double sigma = amp ? amp->noise_V / full_V : 0.0;
    if (sigma > 0.0) h->adc_noise = sqrt(h->adc_noise * h->adc_noise + sigma * sigma);
}

static npim_status take_sar(npim_hardware *h, const npim_arch *arch, npim_error *error) {
    const npim_sar_adc_config *adc = config_of(arch, &npim_sar_adc_ops);
    if (!adc) return missing(arch, &npim_sar_adc_ops, error);
    h->n_bits = arch->n_bits;
    h->adc_noise = adc->noise_V / adc->v_max_V;
    memcpy(h->adc_bits, arch->conversion_bits, arch->n_bits * sizeof *h->adc_bits);
    if (arch->dataflow.strategy == NPIM_STRATEGY_A) take_samples(h, arch, adc->v_max_V);
    if (arch->dataflow.strategy == NPIM_STRATEGY_B) take_sums(h, arch, adc->v_max_V);
    return NPIM_OK;
}

static npim_status take_buffer(npim_hardware *h, const npim_arch *arch, npim_error *error) {
    const npim_analog_buffer_config *buffer = config_of(arch, &npim_analog_buffer_ops);
    if (!buffer) return missing(arch, &npim_analog_buffer_ops, error);
    h->buffer_bits = buffer->level_bits;
    h->buffer_sigma = buffer->sigma;
    const npim_tia_config *amp = config_of(arch, &npim_tia_ops);
    if (amp && h->mode == NPIM_MODE_ANALOG) h->line_noise = amp->noise_V / buffer->v_max_V;
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
    if (status != NPIM_OK) return status;
    const npim_neural_sa_config *sa = config_of(arch, &npim_neural_sa_ops);
    if (sa) h->node_noise_V = sa->noise_V;
    take_samples(h, arch, 0.5 * npim_hardware_supply_V(h));
    return NPIM_OK;
}

npim_status npim_hardware_init(npim_hardware *hardware, const npim_arch *arch, npim_mode mode,
                               npim_error *error) {
    memset(hardware, 0, sizeof *hardware);
    hardware->mode = mode;
    hardware->seed = arch->run.seed;
    hardware->dataflow = arch->dataflow;
    npim_status status = take_cells(hardware, arch, error);
    if (status == NPIM_OK && mode == NPIM_MODE_ANALOG) status = check_places(arch, error);
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

double npim_hardware_supply_V(const npim_hardware *h) {
    return h->sa ? h->sa->converter.circuit.vdd_V : 1.0;
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
