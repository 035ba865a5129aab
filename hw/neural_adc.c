#include "hw/neural_adc.h"

#include "hw/units.h"

#include <math.h>
#include <string.h>

npim_status npim_neural_adc_init(npim_neural_adc *adc, const npim_neural_adc_config *config,
                                 npim_error *error) {
    npim_status status = npim_block_begin(&npim_neural_adc_ops, adc, config, error);
    if (status != NPIM_OK) return status;
    adc->quantiser.bits = config->bits;
    adc->quantiser.bipolar = config->bipolar;
    adc->quantiser.v_max_V = config->v_max_V;
    return NPIM_OK;
}

void npim_neural_adc_fini(npim_neural_adc *adc) {
    memset(adc, 0, sizeof *adc);
}

void npim_neural_adc_reset(npim_neural_adc *adc) {
    adc->v_in_V = 0.0;
    adc->code = 0;
    adc->residue_V = 0.0;
    adc->n_conversions = 0;
    adc->n_clipped = 0;
}

void npim_neural_adc_eval(npim_neural_adc *adc, const double *v_V, size_t n, const npim_random *random,
                          uint64_t index, int32_t *codes) {
    for (size_t i = 0; i < n; i++) {
        double v = v_V[i];
        bool clipped = false;
        if (random && adc->config.noise_V > 0.0)
            v += adc->config.noise_V * npim_random_normal(random, NPIM_DRAW_NOISE, index + i);
        codes[i] = npim_quantiser_code(&adc->quantiser, v, &clipped);
        adc->n_clipped += clipped;
    }
    adc->n_conversions += n;
    if (n == 0) return;
    adc->v_in_V = v_V[0];
    adc->code = (uint32_t)(codes[0] + (adc->config.bipolar ? npim_quantiser_max_code(&adc->quantiser) : 0));
}

int32_t npim_neural_adc_convert(npim_neural_adc *adc, const npim_converter *converter,
                                const npim_instance *circuit, double full_scale_V, double v_V, uint64_t index,
                                double *scratch_V) {
    const npim_circuit *c = &converter->circuit;
    double share = v_V / adc->config.v_max_V, *out_V = scratch_V + c->n_neurons;
    double in_V = 0.5 * (c->vdd_V + full_scale_V * share);
    in_V = fmax(0, fmin(c->vdd_V, in_V));
    npim_instance_eval(circuit, &in_V, index, scratch_V, out_V);
    adc->code = npim_converter_decode(converter, out_V + (c->n_neurons - c->n_outputs));
    if (converter->kind == NPIM_CODE_PIPELINE) adc->residue_V = out_V[converter->n_coarse];
    adc->v_in_V = v_V;
    adc->n_clipped += fabs(share) > 1;
    adc->n_conversions++;
    return (int32_t)adc->code - (int32_t)(1u << (converter->bits - 1));
}

static double energy_pJ(const void *core, const npim_work *work) {
    return work->count * ((const npim_neural_adc *)core)->config.energy_pJ;
}

static double area_um2(const void *core) {
    return ((const npim_neural_adc *)core)->config.area_um2;
}

static npim_status ops_init(void *core, const void *config, npim_error *error) {
    return npim_neural_adc_init(core, config, error);
}

static void ops_fini(void *core) {
    npim_neural_adc_fini(core);
}

static void ops_reset(void *core) {
    npim_neural_adc_reset(core);
}

static uint64_t busy_ps(const void *core, const npim_work *work) {
    const npim_neural_adc *adc = core;
    return npim_rate_ps(work->count / work->units, adc->config.rate_GSps * 1e9);
}

/* The last conversion starts one period before the converter is free and passes all stages. */
static uint64_t latency_ps(const void *core, const npim_work *work) {
    const npim_neural_adc *adc = core;
    if (work->count <= 0.0) return 0;
    double periods = work->count / work->units + (adc->config.pipeline_stages - 1);
    return npim_rate_ps(periods, adc->config.rate_GSps * 1e9);
}

#define AT(member) offsetof(npim_neural_adc_config, member)

static const npim_field fields[] = {
    {.key = "bits",
     .kind = NPIM_KIND_U32,
     .offset = AT(bits),
     .min = 2,
     .max = 16,
     .unit = "bit",
     .preset = 8,
     .doc = "resolution"},
    {.key = "bipolar",
     .kind = NPIM_KIND_BOOL,
     .offset = AT(bipolar),
     .min = 0,
     .max = 1,
     .unit = "",
     .preset = 1,
     .doc = "true: -v_max..v_max with a zero code; false: 0..v_max"},
    {.key = "v_max_V",
     .kind = NPIM_KIND_DOUBLE,
     .offset = AT(v_max_V),
     .min = 1e-6,
     .max = 100,
     .unit = "V",
     .preset = 0.5,
     .doc = "full scale"},
    {.key = "noise_V",
     .kind = NPIM_KIND_DOUBLE,
     .offset = AT(noise_V),
     .min = 0,
     .max = 1,
     .unit = "V",
     .preset = 0,
     .doc = "standard deviation of the noise at the input"},
    {.key = "energy_pJ",
     .kind = NPIM_KIND_DOUBLE,
     .offset = AT(energy_pJ),
     .min = 0,
     .max = 1e6,
     .unit = "pJ",
     .required = true,
     .doc = "energy of one conversion"},
    {.key = "area_um2",
     .kind = NPIM_KIND_DOUBLE,
     .offset = AT(area_um2),
     .min = 0,
     .max = 1e9,
     .unit = "um2",
     .required = true,
     .doc = "area of one converter"},
    {.key = "rate_GSps",
     .kind = NPIM_KIND_DOUBLE,
     .offset = AT(rate_GSps),
     .min = 1e-6,
     .max = 1000,
     .unit = "GS/s",
     .required = true,
     .preset = 1,
     .doc = "conversions per ns of one converter"},
    {.key = "pipeline_stages",
     .kind = NPIM_KIND_U32,
     .offset = AT(pipeline_stages),
     .min = 1,
     .max = 64,
     .unit = "stages",
     .preset = 2,
     .doc = "conversions in flight: one starts per period"},
};

static const npim_probe probes[] = {
    {.name = "v_in_V",
     .kind = NPIM_KIND_DOUBLE,
     .offset = offsetof(npim_neural_adc, v_in_V),
     .unit = "V",
     .doc = "last input of unit 0",
     .input = true},
    {.name = "code",
     .kind = NPIM_KIND_U32,
     .offset = offsetof(npim_neural_adc, code),
     .unit = "",
     .doc = "its code, from the smallest one on"},
    {.name = "residue_V",
     .kind = NPIM_KIND_DOUBLE,
     .offset = offsetof(npim_neural_adc, residue_V),
     .unit = "V",
     .doc = "behind the residue amplifier, where a circuit has one"},
    {.name = "n_conversions",
     .kind = NPIM_KIND_U64,
     .offset = offsetof(npim_neural_adc, n_conversions),
     .unit = "",
     .doc = "conversions made"},
    {.name = "n_clipped",
     .kind = NPIM_KIND_U64,
     .offset = offsetof(npim_neural_adc, n_clipped),
     .unit = "",
     .doc = "conversions beyond full scale"},
};

const npim_block_ops npim_neural_adc_ops = {
    .name = "neural_adc",
    .doc = "NNADC: pipelined neural A/D converter",
    .config_size = sizeof(npim_neural_adc_config),
    .core_size = sizeof(npim_neural_adc),
    .fields = fields,
    .n_fields = sizeof fields / sizeof fields[0],
    .probes = probes,
    .n_probes = sizeof probes / sizeof probes[0],
    .init = ops_init,
    .fini = ops_fini,
    .reset = ops_reset,
    .latency_ps = latency_ps,
    .busy_ps = busy_ps,
    .energy_pJ = energy_pJ,
    .area_um2 = area_um2,
};
