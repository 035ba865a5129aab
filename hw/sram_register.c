#include "hw/sram_register.h"

#include "hw/units.h"

#include <string.h>

npim_status npim_sram_register_init(npim_sram_register *sram_register,
                                    const npim_sram_register_config *config, npim_error *error) {
    npim_status status = npim_block_begin(&npim_sram_register_ops, sram_register, config, error);
    if (status == NPIM_OK) sram_register->latency_ps = (uint64_t)config->latency_clocks * NPIM_CLOCK_PS;
    return status;
}

void npim_sram_register_fini(npim_sram_register *sram_register) {
    memset(sram_register, 0, sizeof *sram_register);
}

void npim_sram_register_reset(npim_sram_register *sram_register) {
    sram_register->n_ops = 0.0;
}

void npim_sram_register_access(npim_sram_register *sram_register, double ops) {
    sram_register->n_ops += ops;
}

static npim_status init(void *core, const void *config, npim_error *error) {
    return npim_sram_register_init(core, config, error);
}

static void fini(void *core) {
    npim_sram_register_fini(core);
}

static void reset(void *core) {
    npim_sram_register_reset(core);
}

static uint64_t latency_ps(const void *core, const npim_work *work) {
    const npim_sram_register *sram_register = core;
    return work->count > 0.0 ? sram_register->latency_ps : 0;
}

static double energy_pJ(const void *core, const npim_work *work) {
    const npim_sram_register *sram_register = core;
    return work->count * sram_register->config.energy_pJ;
}

static double area_um2(const void *core) {
    const npim_sram_register *sram_register = core;
    return sram_register->config.area_um2;
}

static double power_mW(const void *core) {
    const npim_sram_register *sram_register = core;
    return sram_register->config.power_mW;
}

#define AT(member) offsetof(npim_sram_register_config, member)
static const npim_field fields[] = {
    {"size_B", NPIM_KIND_U32, AT(size_B), 1, 1 << 30, "B", true, 0, NULL, "size of one register"},
    {"latency_clocks", NPIM_KIND_U32, AT(latency_clocks), 0, 1000, "clocks", false, 1, NULL,
     "latency of a stream of any length"},
    {"energy_pJ", NPIM_KIND_DOUBLE, AT(energy_pJ), 0, 1e6, "pJ", true, 0, NULL,
     "energy of one unit operation (a byte or an accumulation)"},
    {"power_mW", NPIM_KIND_DOUBLE, AT(power_mW), 0, 1e5, "mW", true, 0, NULL,
     "nameplate power of one register"},
    {"area_um2", NPIM_KIND_DOUBLE, AT(area_um2), 0, 1e9, "um2", true, 0, NULL, "area of one register"},
};

static const npim_probe probes[] = {
    {"n_ops", NPIM_KIND_DOUBLE, offsetof(npim_sram_register, n_ops), "", NULL, "unit operations so far",
     false},
};

const npim_block_ops npim_sram_register_ops = {
    .name = "sram_register",
    .doc = "input or output register (SRAM)",
    .config_size = sizeof(npim_sram_register_config),
    .core_size = sizeof(npim_sram_register),
    .fields = fields,
    .n_fields = sizeof fields / sizeof *fields,
    .probes = probes,
    .n_probes = sizeof probes / sizeof *probes,
    .init = init,
    .fini = fini,
    .reset = reset,
    .latency_ps = latency_ps,
    .energy_pJ = energy_pJ,
    .area_um2 = area_um2,
    .power_mW = power_mW,
};
