#include "hw/summing_amp.h"

#include "hw/units.h"

#include <math.h>
#include <string.h>

npim_status npim_summing_amp_init(npim_summing_amp *amp, const npim_summing_amp_config *config,
                                  npim_error *error) {
    return npim_block_begin(&npim_summing_amp_ops, amp, config, error);
}

void npim_summing_amp_fini(npim_summing_amp *amp) {
    memset(amp, 0, sizeof *amp);
}

void npim_summing_amp_reset(npim_summing_amp *amp) {
    amp->v_out_V = 0.0;
    amp->n_sums = 0;
}

double npim_summing_amp_eval(npim_summing_amp *amp, const double *v_V, const double *weights, uint32_t k,
                             const npim_random *random, uint64_t index) {
    double sum_V = 0.0;
    for (uint32_t i = 0; i < k; i++) sum_V += weights ? weights[i] * v_V[i] : v_V[i];
    if (random && amp->config.noise_V > 0.0)
        sum_V += amp->config.noise_V * npim_random_normal(random, NPIM_DRAW_NOISE, index);
    amp->v_out_V = sum_V;
    amp->n_sums++;
    return sum_V;
}

static double energy_pJ(const void *core, const npim_work *work) {
    return work->count * ((const npim_summing_amp *)core)->config.energy_pJ;
}

static double area_um2(const void *core) {
    return ((const npim_summing_amp *)core)->config.area_um2;
}

static npim_status ops_init(void *core, const void *config, npim_error *error) {
    return npim_summing_amp_init(core, config, error);
}

static void ops_fini(void *core) {
    npim_summing_amp_fini(core);
}

static void ops_reset(void *core) {
    npim_summing_amp_reset(core);
}

/* One sum after the other in each amplifier. */
static uint64_t latency_ps(const void *core, const npim_work *work) {
    const npim_summing_amp *amp = core;
    double rounds = ceil(work->count / work->units);
    return (uint64_t)rounds * amp->config.settle_clocks * NPIM_CLOCK_PS;
}

#define AT(member) offsetof(npim_summing_amp_config, member)

static const npim_field fields[] = {
    {.key = "energy_pJ",
     .kind = NPIM_KIND_DOUBLE,
     .offset = AT(energy_pJ),
     .min = 0,
     .max = 1e6,
     .unit = "pJ",
     .required = true,
     .doc = "energy of one sum"},
    {.key = "area_um2",
     .kind = NPIM_KIND_DOUBLE,
     .offset = AT(area_um2),
     .min = 0,
     .max = 1e9,
     .unit = "um2",
     .required = true,
     .doc = "area of one amplifier"},
    {.key = "settle_clocks",
     .kind = NPIM_KIND_U32,
     .offset = AT(settle_clocks),
     .min = 0,
     .max = 1000000,
     .unit = "clocks",
     .preset = 1,
     .doc = "digital clocks from the inputs to a settled sum"},
    {.key = "noise_V",
     .kind = NPIM_KIND_DOUBLE,
     .offset = AT(noise_V),
     .min = 0,
     .max = 1,
     .unit = "V",
     .preset = 0,
     .doc = "standard deviation of the noise at the output"},
};

static const npim_probe probes[] = {
    {.name = "v_out_V",
     .kind = NPIM_KIND_DOUBLE,
     .offset = offsetof(npim_summing_amp, v_out_V),
     .unit = "V",
     .doc = "last sum"},
    {.name = "n_sums",
     .kind = NPIM_KIND_U64,
     .offset = offsetof(npim_summing_amp, n_sums),
     .unit = "",
     .doc = "sums made"},
};

const npim_block_ops npim_summing_amp_ops = {
    .name = "summing_amp",
    .doc = "summing amplifier over buffered partial sums",
    .config_size = sizeof(npim_summing_amp_config),
    .core_size = sizeof(npim_summing_amp),
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
