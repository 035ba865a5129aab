#include "hw/sample_hold.h"

#include <math.h>
#include <string.h>

npim_status npim_sample_hold_init(npim_sample_hold *sh, const npim_sample_hold_config *config,
                                  npim_error *error) {
    return npim_block_begin(&npim_sample_hold_ops, sh, config, error);
}

void npim_sample_hold_fini(npim_sample_hold *sh) {
    memset(sh, 0, sizeof *sh);
}

void npim_sample_hold_reset(npim_sample_hold *sh) {
    sh->v_in_V = 0.0;
    sh->v_out_V = 0.0;
    sh->n_samples = 0;
}

void npim_sample_hold_eval(npim_sample_hold *sh, const double *v_in_V, size_t n, uint64_t held_ps,
                           const npim_random *random, uint64_t index, double *v_out_V) {
    double droop_V = sh->config.droop_V_per_us * ((double)held_ps * 1e-6);
    sh->v_in_V = n > 0 ? v_in_V[0] : 0.0;
    for (size_t i = 0; i < n; i++) {
        double v_V = v_in_V[i];
        if (random && sh->config.noise_V > 0.0)
            v_V += sh->config.noise_V * npim_random_normal(random, NPIM_DRAW_NOISE, index + i);
        v_out_V[i] = copysign(fmax(0.0, fabs(v_V) - droop_V), v_V);
    }
    sh->v_out_V = n > 0 ? v_out_V[0] : 0.0;
    sh->n_samples += n;
}

static double energy_pJ(const void *core, const npim_work *work) {
    return work->count * ((const npim_sample_hold *)core)->config.energy_fJ * 1e-3;
}

static double area_um2(const void *core) {
    return ((const npim_sample_hold *)core)->config.area_um2;
}

static npim_status ops_init(void *core, const void *config, npim_error *error) {
    return npim_sample_hold_init(core, config, error);
}

static void ops_fini(void *core) {
    npim_sample_hold_fini(core);
}

static void ops_reset(void *core) {
    npim_sample_hold_reset(core);
}

#define AT(member) offsetof(npim_sample_hold_config, member)

static const npim_field fields[] = {
    {.key = "energy_fJ",
     .kind = NPIM_KIND_DOUBLE,
     .offset = AT(energy_fJ),
     .min = 0,
     .max = 1e9,
     .unit = "fJ",
     .required = true,
     .doc = "energy of one sample"},
    {.key = "area_um2",
     .kind = NPIM_KIND_DOUBLE,
     .offset = AT(area_um2),
     .min = 0,
     .max = 1e9,
     .unit = "um2",
     .required = true,
     .doc = "area of one sample-and-hold"},
    {.key = "droop_V_per_us",
     .kind = NPIM_KIND_DOUBLE,
     .offset = AT(droop_V_per_us),
     .min = 0,
     .max = 1000,
     .unit = "V/us",
     .preset = 0,
     .doc = "loss of the held voltage, towards zero"},
    {.key = "noise_V",
     .kind = NPIM_KIND_DOUBLE,
     .offset = AT(noise_V),
     .min = 0,
     .max = 1,
     .unit = "V",
     .preset = 0,
     .doc = "standard deviation of one sample (kT/C)"},
};

static const npim_probe probes[] = {
    {.name = "v_in_V",
     .kind = NPIM_KIND_DOUBLE,
     .offset = offsetof(npim_sample_hold, v_in_V),
     .unit = "V",
     .doc = "input of unit 0",
     .input = true},
    {.name = "v_out_V",
     .kind = NPIM_KIND_DOUBLE,
     .offset = offsetof(npim_sample_hold, v_out_V),
     .unit = "V",
     .doc = "held output of unit 0"},
    {.name = "n_samples",
     .kind = NPIM_KIND_U64,
     .offset = offsetof(npim_sample_hold, n_samples),
     .unit = "",
     .doc = "samples taken"},
};

const npim_block_ops npim_sample_hold_ops = {
    .name = "sample_hold",
    .doc = "sample-and-hold of a bit line",
    .config_size = sizeof(npim_sample_hold_config),
    .core_size = sizeof(npim_sample_hold),
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
};
