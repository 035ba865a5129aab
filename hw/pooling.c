#include "hw/pooling.h"

#include <string.h>

npim_status npim_pooling_init(npim_pooling *pooling, const npim_pooling_config *config, npim_error *error) {
    return npim_block_begin(&npim_pooling_ops, pooling, config, error);
}

void npim_pooling_fini(npim_pooling *pooling) {
    memset(pooling, 0, sizeof *pooling);
}

static void clear_window(npim_pooling *pooling) {
    pooling->sum = 0;
    pooling->max = 0;
    pooling->n_window = 0;
}

void npim_pooling_reset(npim_pooling *pooling) {
    clear_window(pooling);
    pooling->n_words = 0;
    pooling->result = 0.0;
}

void npim_pooling_push(npim_pooling *pooling, int32_t word) {
    if (pooling->n_window == 0 || word > pooling->max) pooling->max = word;
    pooling->sum += word;
    pooling->n_window++;
    pooling->n_words++;
}

static int32_t average(int64_t sum, uint32_t n) {
    if (n == 0) return 0;
    int64_t half = sum < 0 ? -(int64_t)(n / 2) : (int64_t)(n / 2);
    return (int32_t)((sum + half) / (int64_t)n);
}

int32_t npim_pooling_take(npim_pooling *pooling, npim_pool kind) {
    int32_t result = kind == NPIM_POOL_MAX ? pooling->max : average(pooling->sum, pooling->n_window);
    clear_window(pooling);
    pooling->result = result;
    return result;
}

static npim_status init(void *core, const void *config, npim_error *error) {
    return npim_pooling_init(core, config, error);
}

static void fini(void *core) {
    npim_pooling_fini(core);
}

static void reset(void *core) {
    npim_pooling_reset(core);
}

static double energy_pJ(const void *core, const npim_work *work) {
    const npim_pooling *pooling = core;
    return work->count * pooling->config.energy_pJ;
}

static double area_um2(const void *core) {
    const npim_pooling *pooling = core;
    return pooling->config.area_um2;
}

static double power_mW(const void *core) {
    const npim_pooling *pooling = core;
    return pooling->config.power_mW;
}

#define AT(member) offsetof(npim_pooling_config, member)
static const npim_field fields[] = {
    {"energy_pJ", NPIM_KIND_DOUBLE, AT(energy_pJ), 0, 1e6, "pJ", true, 0, NULL, "energy of one input word"},
    {"power_mW", NPIM_KIND_DOUBLE, AT(power_mW), 0, 1e5, "mW", true, 0, NULL, "nameplate power of one unit"},
    {"area_um2", NPIM_KIND_DOUBLE, AT(area_um2), 0, 1e9, "um2", true, 0, NULL, "area of one unit"},
};

static const npim_probe probes[] = {
    {"n_words", NPIM_KIND_U64, offsetof(npim_pooling, n_words), "", NULL, "input words so far", false},
    {"n_window", NPIM_KIND_U32, offsetof(npim_pooling, n_window), "", NULL, "words in the window", false},
    {"result", NPIM_KIND_DOUBLE, offsetof(npim_pooling, result), "", NULL, "last result", false},
};

const npim_block_ops npim_pooling_ops = {
    .name = "pooling",
    .doc = "pooling unit: maximum and average",
    .config_size = sizeof(npim_pooling_config),
    .core_size = sizeof(npim_pooling),
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
