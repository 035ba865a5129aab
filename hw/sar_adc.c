#include "hw/sar_adc.h"

#include "hw/units.h"

#include <assert.h>
#include <string.h>

/* 32 nm, 1.2 GS/s: Saberi's scaling of Kull's converter, as in the Accelergy component library. */
typedef struct sar_row {
    double energy_pJ, area_um2;
} sar_row;

static const sar_row table[NPIM_SAR_MAX_BITS - NPIM_SAR_MIN_BITS + 1] = {
    {0.79, 361},  /* 4 bit */
    {0.99, 477},  /* 5 */
    {1.20, 627},  /* 6 */
    {1.42, 845},  /* 7 */
    {1.67, 1200}, /* 8 */
    {1.969, 1828}, {2.379, 3002},
};

static const sar_row *row_of(uint32_t bits) {
    assert(bits <= NPIM_SAR_MAX_BITS);
    if (bits < NPIM_SAR_MIN_BITS) bits = NPIM_SAR_MIN_BITS;
    if (bits > NPIM_SAR_MAX_BITS) bits = NPIM_SAR_MAX_BITS;
    return &table[bits - NPIM_SAR_MIN_BITS];
}

npim_status npim_sar_adc_init(npim_sar_adc *adc, const npim_sar_adc_config *config, npim_error *error) {
    return npim_block_begin(&npim_sar_adc_ops, adc, config, error);
}

void npim_sar_adc_fini(npim_sar_adc *adc) {
    memset(adc, 0, sizeof *adc);
}

void npim_sar_adc_reset(npim_sar_adc *adc) {
    adc->v_in_V = 0.0;
    adc->code = 0;
    adc->n_conversions = 0;
    adc->n_clipped = 0;
}

npim_quantiser npim_sar_adc_quantiser(const npim_sar_adc *adc, uint32_t bits) {
    npim_quantiser quantiser = {bits ? bits : adc->config.bits, adc->config.bipolar, adc->config.v_max_V};
    return quantiser;
}

void npim_sar_adc_eval(npim_sar_adc *adc, uint32_t bits, const double *v_V, size_t n,
                       const npim_random *random, uint64_t index, int32_t *codes) {
    npim_quantiser quantiser = npim_sar_adc_quantiser(adc, bits);
    for (size_t i = 0; i < n; i++) {
        double v = v_V[i];
        bool clipped = false;
        if (random && adc->config.noise_V > 0.0)
            v += adc->config.noise_V * npim_random_normal(random, NPIM_DRAW_NOISE, index + i);
        codes[i] = npim_quantiser_code(&quantiser, v, &clipped);
        adc->n_clipped += clipped;
    }
    adc->n_conversions += n;
    if (n == 0) return;
    adc->v_in_V = v_V[0];
    adc->code = (uint32_t)(codes[0] + (quantiser.bipolar ? npim_quantiser_max_code(&quantiser) : 0));
}

/* The configured energy and area hold for the configured resolution only. */
static double energy_pJ(const void *core, const npim_work *work) {
    const npim_sar_adc_config *config = &((const npim_sar_adc *)core)->config;
    uint32_t bits = work->bits ? work->bits : config->bits;
    bool given = config->energy_pJ > 0.0 && bits == config->bits;
    return work->count * (given ? config->energy_pJ : row_of(bits)->energy_pJ);
}

static double area_um2(const void *core) {
    const npim_sar_adc_config *config = &((const npim_sar_adc *)core)->config;
    return config->area_um2 > 0.0 ? config->area_um2 : row_of(config->bits)->area_um2;
}

static npim_status ops_init(void *core, const void *config, npim_error *error) {
    return npim_sar_adc_init(core, config, error);
}

static void ops_fini(void *core) {
    npim_sar_adc_fini(core);
}

static void ops_reset(void *core) {
    npim_sar_adc_reset(core);
}

static uint64_t latency_ps(const void *core, const npim_work *work) {
    const npim_sar_adc *adc = core;
    return npim_rate_ps(work->count / work->units, adc->config.rate_GSps * 1e9);
}

#define AT(member) offsetof(npim_sar_adc_config, member)

static const npim_field fields[] = {
    {.key = "bits",
     .kind = NPIM_KIND_U32,
     .offset = AT(bits),
     .min = NPIM_SAR_MIN_BITS,
     .max = NPIM_SAR_MAX_BITS,
     .unit = "bit",
     .required = true,
     .preset = 8,
     .doc = "resolution; single operations may ask for another one"},
    {.key = "bipolar",
     .kind = NPIM_KIND_BOOL,
     .offset = AT(bipolar),
     .min = 0,
     .max = 1,
     .unit = "",
     .preset = 0,
     .doc = "true: -v_max..v_max with a zero code; false: 0..v_max"},
    {.key = "v_max_V",
     .kind = NPIM_KIND_DOUBLE,
     .offset = AT(v_max_V),
     .min = 1e-6,
     .max = 1e9,
     .unit = "V",
     .preset = 1,
     .doc = "full scale"},
    {.key = "noise_V",
     .kind = NPIM_KIND_DOUBLE,
     .offset = AT(noise_V),
     .min = 0,
     .max = 1e9,
     .unit = "V",
     .preset = 0,
     .doc = "standard deviation of the noise at the input"},
    {.key = "energy_pJ",
     .kind = NPIM_KIND_DOUBLE,
     .offset = AT(energy_pJ),
     .min = 0,
     .max = 1e6,
     .unit = "pJ",
     .preset = 0,
     .doc = "energy of one conversion of `bits` bits; 0: from the built-in table"},
    {.key = "area_um2",
     .kind = NPIM_KIND_DOUBLE,
     .offset = AT(area_um2),
     .min = 0,
     .max = 1e9,
     .unit = "um2",
     .preset = 0,
     .doc = "area of one converter; 0: from the built-in table"},
    {.key = "rate_GSps",
     .kind = NPIM_KIND_DOUBLE,
     .offset = AT(rate_GSps),
     .min = 1e-6,
     .max = 1000,
     .unit = "GS/s",
     .required = true,
     .preset = 1,
     .doc = "conversions per ns of one converter"},
};

static const npim_probe probes[] = {
    {.name = "v_in_V",
     .kind = NPIM_KIND_DOUBLE,
     .offset = offsetof(npim_sar_adc, v_in_V),
     .unit = "V",
     .doc = "last input of unit 0",
     .input = true},
    {.name = "code",
     .kind = NPIM_KIND_U32,
     .offset = offsetof(npim_sar_adc, code),
     .unit = "",
     .doc = "its code, from the smallest one on"},
    {.name = "n_conversions",
     .kind = NPIM_KIND_U64,
     .offset = offsetof(npim_sar_adc, n_conversions),
     .unit = "",
     .doc = "conversions made"},
    {.name = "n_clipped",
     .kind = NPIM_KIND_U64,
     .offset = offsetof(npim_sar_adc, n_clipped),
     .unit = "",
     .doc = "conversions beyond full scale"},
};

const npim_block_ops npim_sar_adc_ops = {
    .name = "sar_adc",
    .doc = "successive-approximation A/D converter",
    .config_size = sizeof(npim_sar_adc_config),
    .core_size = sizeof(npim_sar_adc),
    .fields = fields,
    .n_fields = sizeof fields / sizeof fields[0],
    .probes = probes,
    .n_probes = sizeof probes / sizeof probes[0],
    .init = ops_init,
    .fini = ops_fini,
    .reset = ops_reset,
    .latency_ps = latency_ps,
    .energy_pJ = energy_pJ,
    .area_um2 = area_um2,
};
