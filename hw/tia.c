#include "hw/tia.h"

#include <math.h>
#include <string.h>

npim_status npim_tia_init(npim_tia *tia, const npim_tia_config *config, npim_error *error) {
    return npim_block_begin(&npim_tia_ops, tia, config, error);
}

void npim_tia_fini(npim_tia *tia) {
    memset(tia, 0, sizeof *tia);
}

void npim_tia_reset(npim_tia *tia) {
    tia->i_in_A = 0.0;
    tia->v_out_V = 0.0;
    tia->n_clipped = 0;
}

void npim_tia_eval(npim_tia *tia, const double *i_A, size_t n, const npim_random *random, uint64_t index,
                   double *v_V) {
    double top_V = tia->config.v_max_V;
    tia->i_in_A = n > 0 ? i_A[0] : 0.0;
    for (size_t i = 0; i < n; i++) {
        double v = i_A[i] * tia->config.gain_Ohm;
        if (random && tia->config.noise_V > 0.0)
            v += tia->config.noise_V * npim_random_normal(random, NPIM_DRAW_NOISE, index + i);
        if (v < 0.0 || v > top_V) tia->n_clipped++;
        v_V[i] = fmin(fmax(v, 0.0), top_V);
    }
    tia->v_out_V = n > 0 ? v_V[0] : 0.0;
}

static double energy_pJ(const void *core, const npim_work *work) {
    return work->count * ((const npim_tia *)core)->config.energy_fJ * 1e-3;
}

static double area_um2(const void *core) {
    return ((const npim_tia *)core)->config.area_um2;
}

static npim_status ops_init(void *core, const void *config, npim_error *error) {
    return npim_tia_init(core, config, error);
}

static void ops_fini(void *core) {
    npim_tia_fini(core);
}

static void ops_reset(void *core) {
    npim_tia_reset(core);
}

#define AT(member) offsetof(npim_tia_config, member)

static const npim_field fields[] = {
    {.key = "energy_fJ",
     .kind = NPIM_KIND_DOUBLE,
     .offset = AT(energy_fJ),
     .min = 0,
     .max = 1e9,
     .unit = "fJ",
     .required = true,
     .doc = "energy of one bit line in one input cycle"},
    {.key = "area_um2",
     .kind = NPIM_KIND_DOUBLE,
     .offset = AT(area_um2),
     .min = 0,
     .max = 1e9,
     .unit = "um2",
     .required = true,
     .doc = "area of one amplifier"},
    {.key = "gain_Ohm",
     .kind = NPIM_KIND_DOUBLE,
     .offset = AT(gain_Ohm),
     .min = 1,
     .max = 1e12,
     .unit = "Ohm",
     .preset = 39062.5,
     .doc = "output voltage per input current; preset: 1 V for 64 cells of 2 uS at 0.2 V"},
    {.key = "v_max_V",
     .kind = NPIM_KIND_DOUBLE,
     .offset = AT(v_max_V),
     .min = 1e-6,
     .max = 100,
     .unit = "V",
     .preset = 1,
     .doc = "output saturates here"},
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
    {.name = "i_in_A",
     .kind = NPIM_KIND_DOUBLE,
     .offset = offsetof(npim_tia, i_in_A),
     .unit = "A",
     .doc = "input of unit 0",
     .input = true},
    {.name = "v_out_V",
     .kind = NPIM_KIND_DOUBLE,
     .offset = offsetof(npim_tia, v_out_V),
     .unit = "V",
     .doc = "output of unit 0"},
    {.name = "n_clipped",
     .kind = NPIM_KIND_U64,
     .offset = offsetof(npim_tia, n_clipped),
     .unit = "",
     .doc = "outputs that saturated"},
};

const npim_block_ops npim_tia_ops = {
    .name = "tia",
    .doc = "transimpedance amplifier of a bit line",
    .config_size = sizeof(npim_tia_config),
    .core_size = sizeof(npim_tia),
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
