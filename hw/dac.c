#include "hw/dac.h"

#include "hw/units.h"

#include <assert.h>
#include <string.h>

static uint32_t max_code(const npim_dac *dac) {
    return (1u << dac->config.bits) - 1u;
}

npim_status npim_dac_init(npim_dac *dac, const npim_dac_config *config, npim_error *error) {
    npim_status status = npim_block_begin(&npim_dac_ops, dac, config, error);
    if (status == NPIM_OK) dac->lsb_V = config->v_ref_V / max_code(dac);
    return status;
}

void npim_dac_fini(npim_dac *dac) {
    memset(dac, 0, sizeof *dac);
}

void npim_dac_reset(npim_dac *dac) {
    dac->code = 0;
    dac->v_out_V = 0.0;
    dac->n_evals = 0;
}

uint32_t npim_dac_digit(const npim_dac *dac, uint32_t value, uint32_t cycle) {
    uint64_t shift = (uint64_t)cycle * dac->config.bits;
    return shift < 32 ? value >> shift & max_code(dac) : 0;
}

void npim_dac_eval(npim_dac *dac, const uint32_t *codes, size_t n, double *v_V) {
    for (size_t i = 0; i < n; i++) {
        assert(codes[i] <= max_code(dac));
        v_V[i] = codes[i] * dac->lsb_V;
    }
    dac->n_evals++;
    dac->code = n > 0 ? codes[0] : 0;
    dac->v_out_V = n > 0 ? v_V[0] : 0.0;
}

static double energy_pJ(const void *core, const npim_work *work) {
    const npim_dac *dac = core;
    return work->count * npim_power_pJ(dac->config.power_uW, work->hold_ps);
}

static double area_um2(const void *core) {
    return ((const npim_dac *)core)->config.area_um2;
}

static double power_mW(const void *core) {
    return ((const npim_dac *)core)->config.power_uW * 1e-3;
}

static npim_status ops_init(void *core, const void *config, npim_error *error) {
    return npim_dac_init(core, config, error);
}

static void ops_fini(void *core) {
    npim_dac_fini(core);
}

static void ops_reset(void *core) {
    npim_dac_reset(core);
}

#define AT(member) offsetof(npim_dac_config, member)

static const npim_field fields[] = {
    {.key = "bits",
     .kind = NPIM_KIND_U32,
     .offset = AT(bits),
     .min = 1,
     .max = 16,
     .unit = "bit",
     .required = true,
     .preset = 1,
     .doc = "input bits per cycle"},
    {.key = "v_ref_V",
     .kind = NPIM_KIND_DOUBLE,
     .offset = AT(v_ref_V),
     .min = 0.001,
     .max = 5,
     .unit = "V",
     .preset = 0.2,
     .doc = "output voltage of the largest code"},
    {.key = "power_uW",
     .kind = NPIM_KIND_DOUBLE,
     .offset = AT(power_uW),
     .min = 0,
     .max = 1e6,
     .unit = "uW",
     .required = true,
     .doc = "power of one row while it is driven"},
    {.key = "area_um2",
     .kind = NPIM_KIND_DOUBLE,
     .offset = AT(area_um2),
     .min = 0,
     .max = 1e9,
     .unit = "um2",
     .required = true,
     .doc = "area of one row"},
};

static const npim_probe probes[] = {
    {.name = "code",
     .kind = NPIM_KIND_U32,
     .offset = offsetof(npim_dac, code),
     .unit = "",
     .doc = "input digit of row 0",
     .input = true},
    {.name = "v_out_V",
     .kind = NPIM_KIND_DOUBLE,
     .offset = offsetof(npim_dac, v_out_V),
     .unit = "V",
     .doc = "word line voltage of row 0",
     .input = true},
    {.name = "n_evals",
     .kind = NPIM_KIND_U64,
     .offset = offsetof(npim_dac, n_evals),
     .unit = "",
     .doc = "input cycles driven"},
};

const npim_block_ops npim_dac_ops = {
    .name = "dac",
    .doc = "D/A converter and driver of a word line",
    .config_size = sizeof(npim_dac_config),
    .core_size = sizeof(npim_dac),
    .fields = fields,
    .n_fields = sizeof fields / sizeof fields[0],
    .probes = probes,
    .n_probes = sizeof probes / sizeof probes[0],
    .init = ops_init,
    .fini = ops_fini,
    .reset = ops_reset,
    .latency_ps = npim_block_held_ps,
    .energy_pJ = energy_pJ,
    .area_um2 = area_um2,
    .power_mW = power_mW,
};
