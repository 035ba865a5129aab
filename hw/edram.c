#include "hw/edram.h"

#include "hw/units.h"

#include <math.h>
#include <string.h>

npim_status npim_edram_init(npim_edram *edram, const npim_edram_config *config, npim_error *error) {
    npim_status status = npim_block_begin(&npim_edram_ops, edram, config, error);
    if (status != NPIM_OK) return status;
    uint32_t row_B = config->banks * config->width_B;
    if (config->size_B % row_B != 0) {
        memset(edram, 0, sizeof *edram);
        return npim_fail(error, NPIM_ECONFIG, "edram.size_B = %u: not a multiple of banks x width_B = %u B",
                         config->size_B, row_B);
    }
    edram->latency_ps = (uint64_t)config->latency_clocks * NPIM_CLOCK_PS;
    return NPIM_OK;
}

void npim_edram_fini(npim_edram *edram) {
    memset(edram, 0, sizeof *edram);
}

void npim_edram_reset(npim_edram *edram) {
    for (uint32_t i = 0; i < NPIM_EDRAM_MAX_BANKS; i++) npim_calendar_reset(&edram->bank[i]);
    edram->n_read_B = 0;
    edram->n_written_B = 0;
    edram->n_conflict_ps = 0;
}

uint32_t npim_edram_bank(const npim_edram *edram, uint64_t address) {
    uint32_t bank_B = edram->config.size_B / edram->config.banks;
    return (uint32_t)(address % edram->config.size_B) / bank_B;
}

uint64_t npim_edram_access(npim_edram *edram, uint64_t address, uint64_t bytes, bool write,
                           uint64_t earliest_ps) {
    if (bytes == 0) return earliest_ps;
    npim_calendar *bank = &edram->bank[npim_edram_bank(edram, address)];
    uint64_t duration_ps = npim_ceil_div(bytes, edram->config.width_B) * NPIM_CLOCK_PS;
    uint64_t start_ps = npim_calendar_reserve(bank, earliest_ps, duration_ps);
    edram->n_conflict_ps += start_ps - earliest_ps;
    if (write)
        edram->n_written_B += bytes;
    else
        edram->n_read_B += bytes;
    return start_ps + duration_ps + edram->latency_ps;
}

static npim_status init(void *core, const void *config, npim_error *error) {
    return npim_edram_init(core, config, error);
}

static void fini(void *core) {
    npim_edram_fini(core);
}

static void reset(void *core) {
    npim_edram_reset(core);
}

static uint64_t busy_ps(const void *core, const npim_work *work) {
    const npim_edram *edram = core;
    double accesses = ceil(work->count / ((double)edram->config.width_B * work->units));
    return (uint64_t)accesses * NPIM_CLOCK_PS;
}

static uint64_t latency_ps(const void *core, const npim_work *work) {
    const npim_edram *edram = core;
    return work->count > 0.0 ? busy_ps(core, work) + edram->latency_ps : 0;
}

static double energy_pJ(const void *core, const npim_work *work) {
    const npim_edram *edram = core;
    return work->count * edram->config.energy_pJ_per_B;
}

static double area_um2(const void *core) {
    const npim_edram *edram = core;
    return edram->config.area_um2;
}

static double power_mW(const void *core) {
    const npim_edram *edram = core;
    return edram->config.power_mW;
}

static double standby_mW(const void *core) {
    const npim_edram *edram = core;
    return edram->config.refresh_mW;
}

#define AT(member) offsetof(npim_edram_config, member)
static const npim_field fields[] = {
    {"size_B", NPIM_KIND_U32, AT(size_B), 1, 1 << 30, "B", true, 0, NULL,
     "size of all banks together, a multiple of banks x width_B"},
    {"banks", NPIM_KIND_U32, AT(banks), 1, NPIM_EDRAM_MAX_BANKS, "", false, 2, NULL, "banks"},
    {"width_B", NPIM_KIND_U32, AT(width_B), 1, 4096, "B", false, 32, NULL, "width of one access of a bank"},
    {"latency_clocks", NPIM_KIND_U32, AT(latency_clocks), 0, 1000, "clocks", false, 2, NULL,
     "from the last access of a bank until its bytes are there"},
    {"energy_pJ_per_B", NPIM_KIND_DOUBLE, AT(energy_pJ_per_B), 0, 1e6, "pJ/B", true, 0, NULL,
     "energy of reading or writing one byte"},
    {"power_mW", NPIM_KIND_DOUBLE, AT(power_mW), 0, 1e5, "mW", true, 0, NULL, "nameplate power"},
    {"refresh_mW", NPIM_KIND_DOUBLE, AT(refresh_mW), 0, 1e5, "mW", false, 0, NULL,
     "constant power of refreshing"},
    {"area_um2", NPIM_KIND_DOUBLE, AT(area_um2), 0, 1e9, "um2", true, 0, NULL, "area of all banks"},
};

static const npim_probe probes[] = {
    {"n_read_B", NPIM_KIND_U64, offsetof(npim_edram, n_read_B), "B", NULL, "bytes read so far", false},
    {"n_written_B", NPIM_KIND_U64, offsetof(npim_edram, n_written_B), "B", NULL, "bytes written so far",
     false},
    {"n_conflict_ps", NPIM_KIND_U64, offsetof(npim_edram, n_conflict_ps), "ps", NULL,
     "time that accesses waited for a busy bank", false},
};

const npim_block_ops npim_edram_ops = {
    .name = "edram",
    .doc = "eDRAM buffer of a tile",
    .config_size = sizeof(npim_edram_config),
    .core_size = sizeof(npim_edram),
    .fields = fields,
    .n_fields = sizeof fields / sizeof *fields,
    .probes = probes,
    .n_probes = sizeof probes / sizeof *probes,
    .init = init,
    .fini = fini,
    .reset = reset,
    .latency_ps = latency_ps,
    .busy_ps = busy_ps,
    .energy_pJ = energy_pJ,
    .area_um2 = area_um2,
    .power_mW = power_mW,
    .standby_mW = standby_mW,
};
