#include "hw/analog_buffer.h"

#include "hw/units.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

npim_status npim_analog_buffer_init(npim_analog_buffer *buffer, const npim_analog_buffer_config *config,
                                    npim_error *error) {
    npim_status status = npim_block_begin(&npim_analog_buffer_ops, buffer, config, error);
    if (status != NPIM_OK) return status;
    size_t cells = (size_t)config->rows * config->columns;
    buffer->v_V = calloc(cells, sizeof *buffer->v_V);
    if (!buffer->v_V) {
        npim_analog_buffer_fini(buffer);
        return npim_fail(error, NPIM_ENOMEM, "analog_buffer: no memory for %zu cells", cells);
    }
    buffer->quantiser.bits = config->level_bits;
    buffer->quantiser.v_max_V = config->v_max_V;
    return NPIM_OK;
}

void npim_analog_buffer_fini(npim_analog_buffer *buffer) {
    free(buffer->v_V);
    memset(buffer, 0, sizeof *buffer);
}

void npim_analog_buffer_reset(npim_analog_buffer *buffer) {
    npim_analog_buffer_clear(buffer);
    buffer->v_in_V = 0.0;
    buffer->level = 0;
    buffer->n_writes = 0;
    buffer->n_clipped = 0;
}

void npim_analog_buffer_clear(npim_analog_buffer *buffer) {
    memset(buffer->v_V, 0, (size_t)buffer->config.rows * buffer->config.columns * sizeof *buffer->v_V);
}

bool npim_analog_buffer_fits(const npim_analog_buffer *buffer, uint32_t n_cycles, uint32_t n_slices) {
    if (n_cycles == 0 || n_slices == 0) return true;
    uint64_t diagonals = (uint64_t)n_cycles + n_slices - 1;
    return n_cycles <= buffer->config.rows && diagonals <= buffer->config.columns;
}

void npim_analog_buffer_write(npim_analog_buffer *buffer, uint32_t cycle, uint32_t slice, double v_V,
                              const npim_random *random, uint64_t index) {
    uint64_t column = (uint64_t)cycle + slice;
    bool clipped = false;
    assert(cycle < buffer->config.rows && column < buffer->config.columns);
    int32_t level = npim_quantiser_code(&buffer->quantiser, v_V, &clipped);
    double stored_V = level * npim_quantiser_lsb_V(&buffer->quantiser);
    if (random && buffer->config.sigma > 0.0)
        stored_V *=
            fmax(0.0, 1.0 + buffer->config.sigma * npim_random_normal(random, NPIM_DRAW_VARIATION, index));
    buffer->v_V[(size_t)cycle * buffer->config.columns + column] = stored_V;
    buffer->v_in_V = v_V;
    buffer->level = (uint32_t)level;
    buffer->n_writes++;
    buffer->n_clipped += clipped;
}

double npim_analog_buffer_diagonal_V(const npim_analog_buffer *buffer, uint32_t diagonal) {
    assert(diagonal < buffer->config.columns);
    double sum_V = 0.0;
    for (size_t r = 0; r < buffer->config.rows; r++)
        sum_V += buffer->v_V[r * buffer->config.columns + diagonal];
    return sum_V;
}

static double energy_pJ(const void *core, const npim_work *work) {
    const npim_analog_buffer_config *config = &((const npim_analog_buffer *)core)->config;
    double read_pJ = npim_power_pJ(config->cell_power_nW * 1e-3, work->hold_ps);
    return work->count * (config->write_energy_pJ + read_pJ);
}

static double area_um2(const void *core) {
    return ((const npim_analog_buffer *)core)->config.area_um2;
}

static npim_status ops_init(void *core, const void *config, npim_error *error) {
    return npim_analog_buffer_init(core, config, error);
}

static void ops_fini(void *core) {
    npim_analog_buffer_fini(core);
}

static void ops_reset(void *core) {
    npim_analog_buffer_reset(core);
}

#define AT(member) offsetof(npim_analog_buffer_config, member)

static const npim_field fields[] = {
    {.key = "rows",
     .kind = NPIM_KIND_U32,
     .offset = AT(rows),
     .min = 1,
     .max = 1024,
     .unit = "",
     .required = true,
     .preset = 8,
     .doc = "input cycles that it holds"},
    {.key = "columns",
     .kind = NPIM_KIND_U32,
     .offset = AT(columns),
     .min = 1,
     .max = 1024,
     .unit = "",
     .required = true,
     .preset = 15,
     .doc = "diagonals that it holds: input cycles + weight slices - 1"},
    {.key = "level_bits",
     .kind = NPIM_KIND_U32,
     .offset = AT(level_bits),
     .min = 1,
     .max = 16,
     .unit = "bit",
     .preset = 6,
     .doc = "resolution of a buffer cell"},
    {.key = "v_max_V",
     .kind = NPIM_KIND_DOUBLE,
     .offset = AT(v_max_V),
     .min = 1e-6,
     .max = 100,
     .unit = "V",
     .preset = 1,
     .doc = "voltage of the highest level"},
    {.key = "sigma",
     .kind = NPIM_KIND_DOUBLE,
     .offset = AT(sigma),
     .min = 0,
     .max = 1,
     .unit = "",
     .preset = 0,
     .doc = "relative standard deviation of a written level"},
    {.key = "write_energy_pJ",
     .kind = NPIM_KIND_DOUBLE,
     .offset = AT(write_energy_pJ),
     .min = 0,
     .max = 1e6,
     .unit = "pJ",
     .required = true,
     .doc = "energy of one write"},
    {.key = "cell_power_nW",
     .kind = NPIM_KIND_DOUBLE,
     .offset = AT(cell_power_nW),
     .min = 0,
     .max = 1e6,
     .unit = "nW",
     .required = true,
     .doc = "power of one cell that is read, during an input cycle"},
    {.key = "area_um2",
     .kind = NPIM_KIND_DOUBLE,
     .offset = AT(area_um2),
     .min = 0,
     .max = 1e9,
     .unit = "um2",
     .required = true,
     .doc = "area of one buffer cell's share"},
};

static const npim_probe probes[] = {
    {.name = "v_in_V",
     .kind = NPIM_KIND_DOUBLE,
     .offset = offsetof(npim_analog_buffer, v_in_V),
     .unit = "V",
     .doc = "voltage written last",
     .input = true},
    {.name = "level",
     .kind = NPIM_KIND_U32,
     .offset = offsetof(npim_analog_buffer, level),
     .unit = "",
     .doc = "level written last"},
    {.name = "n_writes",
     .kind = NPIM_KIND_U64,
     .offset = offsetof(npim_analog_buffer, n_writes),
     .unit = "",
     .doc = "writes made"},
    {.name = "n_clipped",
     .kind = NPIM_KIND_U64,
     .offset = offsetof(npim_analog_buffer, n_clipped),
     .unit = "",
     .doc = "writes beyond the highest level"},
};

const npim_block_ops npim_analog_buffer_ops = {
    .name = "analog_buffer",
    .doc = "RRAM buffer for analog partial sums",
    .config_size = sizeof(npim_analog_buffer_config),
    .core_size = sizeof(npim_analog_buffer),
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
