#include "hw/rram.h"

#include "hw/elementary.h"

#include <assert.h>
#include <math.h>
#include <string.h>

npim_status npim_rram_init(npim_rram *rram, const npim_rram_config *config, npim_error *error) {
    npim_status status = npim_block_begin(&npim_rram_ops, rram, config, error);
    if (status != NPIM_OK) return status;
    if (config->stuck_on_rate + config->stuck_off_rate > 1.0) {
        memset(rram, 0, sizeof *rram);
        return npim_fail(error, NPIM_ECONFIG,
                         "rram.stuck_on_rate + rram.stuck_off_rate = %.17g: outside 0..1",
                         config->stuck_on_rate + config->stuck_off_rate);
    }
    rram->g_off_S = config->g_on_S / config->on_off_ratio;
    rram->step_S = (config->g_on_S - rram->g_off_S) / ((1u << config->cell_bits) - 1u);
    double age = config->drift_time_s / config->drift_reference_s;
    rram->drift = age > 1.0 ? npim_exp(-config->drift_nu * npim_log(age)) : 1.0;
    return NPIM_OK;
}

void npim_rram_fini(npim_rram *rram) {
    memset(rram, 0, sizeof *rram);
}

void npim_rram_reset(npim_rram *rram) {
    rram->n_stuck = 0;
    rram->g_S = 0.0;
}

double npim_rram_nominal_S(const npim_rram *rram, uint32_t level) {
    assert(level < 1u << rram->config.cell_bits);
    return rram->g_off_S + level * rram->step_S;
}

/* Sets *g_S and returns true for a stuck cell. */
static bool is_stuck(const npim_rram *rram, const npim_random *random, uint64_t index, double *g_S) {
    double on = rram->config.stuck_on_rate, off = rram->config.stuck_off_rate;
    if (on + off <= 0.0) return false;
    double u = npim_random_uniform(random, NPIM_DRAW_STUCK, index);
    if (u >= on + off) return false;
    *g_S = u < on ? rram->config.g_on_S : rram->g_off_S;
    return true;
}

double npim_rram_conductance_S(const npim_rram *rram, const npim_random *random, uint32_t level,
                               uint64_t index, bool *stuck) {
    double g_S = npim_rram_nominal_S(rram, level);
    bool faulty = random && is_stuck(rram, random, index, &g_S);
    if (stuck) *stuck = faulty;
    if (!random || faulty) return g_S;
    if (rram->config.sigma > 0.0)
        g_S *= fmax(0.0, 1.0 + rram->config.sigma * npim_random_normal(random, NPIM_DRAW_VARIATION, index));
    return g_S * rram->drift;
}

void npim_rram_program(npim_rram *rram, const npim_random *random, const uint8_t *levels, size_t n,
                       double *g_S) {
    for (size_t i = 0; i < n; i++) {
        bool stuck;
        g_S[i] = npim_rram_conductance_S(rram, random, levels[i], i, &stuck);
        rram->n_stuck += stuck;
    }
    if (n > 0) rram->g_S = g_S[0];
}

double npim_rram_read_A(const npim_rram *rram, const npim_random *random, double i_A, double i2_A2,
                        uint64_t index) {
    if (!random || rram->config.read_sigma <= 0.0) return i_A;
    return i_A + rram->config.read_sigma * sqrt(i2_A2) * npim_random_normal(random, NPIM_DRAW_READ, index);
}

double npim_rram_partial_sum(const npim_rram *rram, double i_A, double v_lsb_V, double digit_sum) {
    return (i_A / v_lsb_V - rram->g_off_S * digit_sum) / rram->step_S;
}

static npim_status ops_init(void *core, const void *config, npim_error *error) {
    return npim_rram_init(core, config, error);
}

static void ops_fini(void *core) {
    npim_rram_fini(core);
}

static void ops_reset(void *core) {
    npim_rram_reset(core);
}

static double energy_pJ(const void *core, const npim_work *work) {
    (void)core, (void)work;
    return 0.0;
}

static double area_um2(const void *core) {
    (void)core;
    return 0.0;
}

#define AT(member) offsetof(npim_rram_config, member)

static const npim_field fields[] = {
    {.key = "cell_bits",
     .kind = NPIM_KIND_U32,
     .offset = AT(cell_bits),
     .min = 1,
     .max = 8,
     .unit = "bit",
     .preset = 1,
     .doc = "bits per cell: 2^bits conductance levels"},
    {.key = "g_on_S",
     .kind = NPIM_KIND_DOUBLE,
     .offset = AT(g_on_S),
     .min = 1e-9,
     .max = 2e-6,
     .unit = "S",
     .preset = 2e-6,
     .doc = "conductance of the highest level; at most 2 uS, that is R_on >= 0.5 MOhm"},
    {.key = "on_off_ratio",
     .kind = NPIM_KIND_DOUBLE,
     .offset = AT(on_off_ratio),
     .min = 1.001,
     .max = 1e9,
     .unit = "",
     .preset = 100,
     .doc = "highest over lowest conductance"},
    {.key = "read_V",
     .kind = NPIM_KIND_DOUBLE,
     .offset = AT(read_V),
     .min = 0.001,
     .max = 5,
     .unit = "V",
     .preset = 0.2,
     .doc = "full-scale word line voltage at which the conductances hold"},
    {.key = "sigma",
     .kind = NPIM_KIND_DOUBLE,
     .offset = AT(sigma),
     .min = 0,
     .max = 1,
     .unit = "",
     .preset = 0,
     .doc = "relative standard deviation of a programmed conductance"},
    {.key = "stuck_on_rate",
     .kind = NPIM_KIND_DOUBLE,
     .offset = AT(stuck_on_rate),
     .min = 0,
     .max = 1,
     .unit = "",
     .preset = 0,
     .doc = "fraction of cells stuck at the highest conductance"},
    {.key = "stuck_off_rate",
     .kind = NPIM_KIND_DOUBLE,
     .offset = AT(stuck_off_rate),
     .min = 0,
     .max = 1,
     .unit = "",
     .preset = 0,
     .doc = "fraction of cells stuck at the lowest conductance"},
    {.key = "read_sigma",
     .kind = NPIM_KIND_DOUBLE,
     .offset = AT(read_sigma),
     .min = 0,
     .max = 1,
     .unit = "",
     .preset = 0,
     .doc = "relative standard deviation of one read of one cell"},
    {.key = "drift_nu",
     .kind = NPIM_KIND_DOUBLE,
     .offset = AT(drift_nu),
     .min = 0,
     .max = 1,
     .unit = "",
     .preset = 0,
     .doc = "exponent of conductance drift, (t / t0)^-nu"},
    {.key = "drift_reference_s",
     .kind = NPIM_KIND_DOUBLE,
     .offset = AT(drift_reference_s),
     .min = 1e-9,
     .max = 1e9,
     .unit = "s",
     .preset = 1,
     .doc = "t0 of the drift law"},
    {.key = "drift_time_s",
     .kind = NPIM_KIND_DOUBLE,
     .offset = AT(drift_time_s),
     .min = 0,
     .max = 1e12,
     .unit = "s",
     .preset = 0,
     .doc = "time since the cells were programmed; no drift up to t0"},
};

static const npim_probe probes[] = {
    {.name = "g_S",
     .kind = NPIM_KIND_DOUBLE,
     .offset = offsetof(npim_rram, g_S),
     .unit = "S",
     .doc = "conductance of the first cell programmed last"},
    {.name = "n_stuck",
     .kind = NPIM_KIND_U64,
     .offset = offsetof(npim_rram, n_stuck),
     .unit = "",
     .doc = "cells found stuck while programming"},
};

const npim_block_ops npim_rram_ops = {
    .name = "rram",
    .doc = "RRAM cell: levels, variation, stuck-at faults, read noise, drift",
    .config_size = sizeof(npim_rram_config),
    .core_size = sizeof(npim_rram),
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
