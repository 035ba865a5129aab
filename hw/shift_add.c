#include "hw/shift_add.h"

#include <assert.h>
#include <string.h>

npim_status npim_shift_add_init(npim_shift_add *shift_add, const npim_shift_add_config *config,
                                npim_error *error) {
    return npim_block_begin(&npim_shift_add_ops, shift_add, config, error);
}

void npim_shift_add_fini(npim_shift_add *shift_add) {
    memset(shift_add, 0, sizeof *shift_add);
}

void npim_shift_add_reset(npim_shift_add *shift_add) {
    shift_add->n_words = 0;
    shift_add->sum = 0.0;
}

void npim_shift_add_eval(npim_shift_add *shift_add, int64_t *sums, const int64_t *words, size_t n,
                         uint32_t shift, bool subtract) {
    assert(shift < 64);
    for (size_t i = 0; i < n; i++) { /* unsigned: wraps where signed arithmetic would be undefined */
        uint64_t word = (uint64_t)words[i] << shift;
        uint64_t sum = (uint64_t)sums[i];
        sums[i] = (int64_t)(subtract ? sum - word : sum + word);
    }
    shift_add->n_words += n;
    if (n > 0) shift_add->sum = (double)sums[n - 1];
}

static npim_status init(void *core, const void *config, npim_error *error) {
    return npim_shift_add_init(core, config, error);
}

static void fini(void *core) {
    npim_shift_add_fini(core);
}

static void reset(void *core) {
    npim_shift_add_reset(core);
}

static double energy_pJ(const void *core, const npim_work *work) {
    const npim_shift_add *shift_add = core;
    return work->count * shift_add->config.energy_pJ;
}

static double area_um2(const void *core) {
    const npim_shift_add *shift_add = core;
    return shift_add->config.area_um2;
}

static double power_mW(const void *core) {
    const npim_shift_add *shift_add = core;
    return shift_add->config.power_mW;
}

#define AT(member) offsetof(npim_shift_add_config, member)
static const npim_field fields[] = {
    {"energy_pJ", NPIM_KIND_DOUBLE, AT(energy_pJ), 0, 1e6, "pJ", true, 0, NULL, "energy of one word"},
    {"power_mW", NPIM_KIND_DOUBLE, AT(power_mW), 0, 1e5, "mW", false, 0, NULL,
     "nameplate power of one unit; 0: follows from energy_pJ at full load"},
    {"area_um2", NPIM_KIND_DOUBLE, AT(area_um2), 0, 1e9, "um2", true, 0, NULL, "area of one unit"},
};

static const npim_probe probes[] = {
    {"n_words", NPIM_KIND_U64, offsetof(npim_shift_add, n_words), "", NULL, "words added so far", false},
    {"sum", NPIM_KIND_DOUBLE, offsetof(npim_shift_add, sum), "", NULL, "last accumulated sum", false},
};

const npim_block_ops npim_shift_add_ops = {
    .name = "shift_add",
    .doc = "digital shift-and-add, adder lane",
    .config_size = sizeof(npim_shift_add_config),
    .core_size = sizeof(npim_shift_add),
    .fields = fields,
    .n_fields = sizeof fields / sizeof *fields,
    .probes = probes,
    .n_probes = sizeof probes / sizeof *probes,
    .init = init,
    .fini = fini,
    .reset = reset,
    .latency_ps = npim_block_clocked_ps,
    .energy_pJ = energy_pJ,
    .area_um2 = area_um2,
    .power_mW = power_mW,
};
