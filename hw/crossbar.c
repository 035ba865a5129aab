#include "hw/crossbar.h"

#include "hw/units.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

const char *const npim_coding_names[] = {"differential", "biased", "twos", NULL};

npim_status npim_crossbar_init(npim_crossbar *xb, const npim_crossbar_config *config, npim_error *error) {
    npim_status status = npim_block_begin(&npim_crossbar_ops, xb, config, error);
    if (status != NPIM_OK) return status;
    if (config->coding == NPIM_CODING_TWOS && config->cell_bits != 1) {
        memset(xb, 0, sizeof *xb);
        return npim_fail(error, NPIM_ECONFIG, "crossbar.cell_bits = %u: coding twos allows 1 bit only",
                         config->cell_bits);
    }
    size_t cells = (size_t)config->rows * config->columns;
    xb->levels = calloc(cells, sizeof *xb->levels);
    xb->g_S = calloc(cells, sizeof *xb->g_S);
    if (!xb->levels || !xb->g_S) {
        npim_crossbar_fini(xb);
        return npim_fail(error, NPIM_ENOMEM, "crossbar: no memory for %zu cells", cells);
    }
    xb->slices = (config->weight_bits + config->cell_bits - 1) / config->cell_bits;
    xb->columns_per_weight = xb->slices * (config->coding == NPIM_CODING_DIFFERENTIAL ? 2 : 1);
    return NPIM_OK;
}

void npim_crossbar_fini(npim_crossbar *xb) {
    free(xb->levels);
    free(xb->g_S);
    memset(xb, 0, sizeof *xb);
}

void npim_crossbar_reset(npim_crossbar *xb) {
    xb->n_reads = 0;
    xb->i_bl_A = 0.0;
    xb->sum_bl = 0;
}

uint32_t npim_crossbar_outputs(const npim_crossbar *xb) {
    return xb->config.columns / xb->columns_per_weight;
}

uint64_t npim_crossbar_used_cells(const npim_crossbar *xb) {
    return (uint64_t)xb->used_rows * xb->used_outputs * xb->columns_per_weight;
}

void npim_crossbar_weight_range(const npim_crossbar *xb, int32_t *min, int32_t *max) {
    bool differential = xb->config.coding == NPIM_CODING_DIFFERENTIAL;
    int32_t top = 1 << (xb->config.weight_bits - (differential ? 0 : 1));
    *max = top - 1;
    *min = differential ? 1 - top : -top;
}

static npim_status check_weights(const npim_crossbar *xb, const int32_t *weights, uint32_t rows,
                                 uint32_t outputs, npim_error *error) {
    if (rows > xb->config.rows || outputs > npim_crossbar_outputs(xb))
        return npim_fail(error, NPIM_EFIT, "crossbar: %u rows x %u weights: the array holds %u x %u", rows,
                         outputs, xb->config.rows, npim_crossbar_outputs(xb));
    int32_t min, max;
    npim_crossbar_weight_range(xb, &min, &max);
    for (size_t i = 0; i < (size_t)rows * outputs; i++)
        if (weights[i] < min || weights[i] > max)
            return npim_fail(error, NPIM_ECONFIG, "crossbar: weight[%zu][%zu] = %d: outside %d..%d",
                             i / outputs, i % outputs, weights[i], min, max);
    return NPIM_OK;
}

static void write_weight(const npim_crossbar *xb, int32_t weight, uint8_t *cells) {
    uint32_t cell_bits = xb->config.cell_bits, mask = (1u << cell_bits) - 1u;
    uint32_t stored = (uint32_t)weight; /* two's complement */
    uint32_t stride = 1, side = 0;
    if (xb->config.coding == NPIM_CODING_DIFFERENTIAL) {
        stored = (uint32_t)abs(weight);
        stride = 2;
        side = weight < 0;
    } else if (xb->config.coding == NPIM_CODING_BIASED) {
        stored += 1u << (xb->config.weight_bits - 1);
    }
    for (uint32_t s = 0; s < xb->slices; s++)
        cells[s * stride + side] = (uint8_t)(stored >> (s * cell_bits) & mask);
}

npim_status npim_crossbar_program(npim_crossbar *xb, const int32_t *weights, uint32_t rows, uint32_t outputs,
                                  npim_error *error) {
    npim_status status = check_weights(xb, weights, rows, outputs, error);
    if (status != NPIM_OK) return status;
    size_t columns = xb->config.columns;
    memset(xb->levels, 0, columns * xb->config.rows);
    for (size_t r = 0; r < rows; r++)
        for (size_t o = 0; o < outputs; o++)
            write_weight(xb, weights[r * outputs + o], xb->levels + r * columns + o * xb->columns_per_weight);
    xb->used_rows = rows;
    xb->used_outputs = outputs;
    return NPIM_OK;
}

void npim_crossbar_sums(npim_crossbar *xb, const uint32_t *digits, int64_t *sums) {
    size_t columns = xb->config.columns;
    memset(sums, 0, columns * sizeof *sums);
    for (size_t r = 0; r < xb->config.rows; r++) {
        const uint8_t *level = xb->levels + r * columns;
        assert(digits[r] < 65536);
        for (size_t c = 0; c < columns; c++) sums[c] += (int64_t)digits[r] * level[c];
    }
    xb->n_reads++;
    xb->sum_bl = (uint64_t)sums[0];
}

void npim_crossbar_eval(npim_crossbar *xb, const double *v_V, double *i_A, double *i2_A2) {
    size_t columns = xb->config.columns;
    for (size_t c = 0; c < columns; c++) i_A[c] = 0.0;
    for (size_t c = 0; i2_A2 && c < columns; c++) i2_A2[c] = 0.0;
    for (size_t r = 0; r < xb->config.rows; r++) {
        const double *g_S = xb->g_S + r * columns;
        for (size_t c = 0; c < columns; c++) {
            double cell_A = v_V[r] * g_S[c];
            i_A[c] += cell_A;
            if (i2_A2) i2_A2[c] += cell_A * cell_A;
        }
    }
    xb->n_reads++;
    xb->i_bl_A = i_A[0];
}

/* What column k of a weight counts for in the dot product. */
static int64_t column_weight(const npim_crossbar *xb, uint32_t k) {
    bool differential = xb->config.coding == NPIM_CODING_DIFFERENTIAL;
    uint32_t slice = differential ? k / 2 : k;
    int64_t weight = (int64_t)1 << (slice * xb->config.cell_bits);
    bool negative = differential ? k % 2 == 1 : xb->config.coding == NPIM_CODING_TWOS && k + 1 == xb->slices;
    return negative ? -weight : weight;
}

static int64_t bias(const npim_crossbar *xb) {
    return xb->config.coding == NPIM_CODING_BIASED ? (int64_t)1 << (xb->config.weight_bits - 1) : 0;
}

int64_t npim_crossbar_dot(const npim_crossbar *xb, const int64_t *sums, uint32_t output, int64_t digit_sum) {
    assert(output < npim_crossbar_outputs(xb));
    int64_t dot = -bias(xb) * digit_sum;
    for (uint32_t k = 0; k < xb->columns_per_weight; k++)
        dot += column_weight(xb, k) * sums[output * xb->columns_per_weight + k];
    return dot;
}

double npim_crossbar_dot_real(const npim_crossbar *xb, const double *sums, uint32_t output,
                              double digit_sum) {
    assert(output < npim_crossbar_outputs(xb));
    double dot = -(double)bias(xb) * digit_sum;
    for (uint32_t k = 0; k < xb->columns_per_weight; k++)
        dot += (double)column_weight(xb, k) * sums[output * xb->columns_per_weight + k];
    return dot;
}

static npim_status ops_init(void *core, const void *config, npim_error *error) {
    return npim_crossbar_init(core, config, error);
}

static void ops_fini(void *core) {
    npim_crossbar_fini(core);
}

static void ops_reset(void *core) {
    npim_crossbar_reset(core);
}

static double energy_pJ(const void *core, const npim_work *work) {
    const npim_crossbar *xb = core;
    return work->count * npim_power_pJ(xb->config.cell_power_nW * 1e-3, work->hold_ps);
}

static double area_um2(const void *core) {
    return ((const npim_crossbar *)core)->config.area_um2;
}

static double power_mW(const void *core) {
    const npim_crossbar_config *config = &((const npim_crossbar *)core)->config;
    return (double)config->rows * config->columns * config->cell_power_nW * 1e-6;
}

#define AT(member) offsetof(npim_crossbar_config, member)

static const npim_field fields[] = {
    {.key = "rows",
     .kind = NPIM_KIND_U32,
     .offset = AT(rows),
     .min = 1,
     .max = 1024,
     .unit = "",
     .required = true,
     .preset = 128,
     .doc = "word lines of one array"},
    {.key = "columns",
     .kind = NPIM_KIND_U32,
     .offset = AT(columns),
     .min = 1,
     .max = 1024,
     .unit = "",
     .required = true,
     .preset = 128,
     .doc = "bit lines of one array"},
    {.key = "cell_bits",
     .kind = NPIM_KIND_U32,
     .offset = AT(cell_bits),
     .min = 1,
     .max = 8,
     .unit = "bit",
     .preset = 1,
     .doc = "weight bits per cell"},
    {.key = "weight_bits",
     .kind = NPIM_KIND_U32,
     .offset = AT(weight_bits),
     .min = 1,
     .max = 16,
     .unit = "bit",
     .preset = 8,
     .doc = "bits of a weight (differential: of its magnitude)"},
    {.key = "coding",
     .kind = NPIM_KIND_ENUM,
     .offset = AT(coding),
     .min = 0,
     .max = 2,
     .unit = "",
     .preset = 0,
     .names = npim_coding_names,
     .doc = "how a signed weight becomes columns"},
    {.key = "cell_power_nW",
     .kind = NPIM_KIND_DOUBLE,
     .offset = AT(cell_power_nW),
     .min = 0,
     .max = 1e6,
     .unit = "nW",
     .required = true,
     .doc = "mean power of one used cell during an input cycle"},
    {.key = "area_um2",
     .kind = NPIM_KIND_DOUBLE,
     .offset = AT(area_um2),
     .min = 0,
     .max = 1e9,
     .unit = "um2",
     .required = true,
     .doc = "area of one array"},
    {.key = "word_line_ohm",
     .kind = NPIM_KIND_DOUBLE,
     .offset = AT(word_line_ohm),
     .min = 0,
     .max = 1e6,
     .unit = "ohm",
     .preset = 0,
     .doc = "analog mode: resistance of a word line from one cell to the next; 0: none"},
    {.key = "bit_line_ohm",
     .kind = NPIM_KIND_DOUBLE,
     .offset = AT(bit_line_ohm),
     .min = 0,
     .max = 1e6,
     .unit = "ohm",
     .preset = 0,
     .doc = "analog mode: resistance of a bit line from one cell to the next; 0: none"},
};

static const npim_probe probes[] = {
    {.name = "i_bl_A",
     .kind = NPIM_KIND_DOUBLE,
     .offset = offsetof(npim_crossbar, i_bl_A),
     .unit = "A",
     .doc = "current of bit line 0",
     .input = true},
    {.name = "sum_bl",
     .kind = NPIM_KIND_U64,
     .offset = offsetof(npim_crossbar, sum_bl),
     .unit = "",
     .doc = "integer sum of bit line 0",
     .input = true},
    {.name = "n_reads",
     .kind = NPIM_KIND_U64,
     .offset = offsetof(npim_crossbar, n_reads),
     .unit = "",
     .doc = "reads of the array"},
};

const npim_block_ops npim_crossbar_ops = {
    .name = "crossbar",
    .doc = "RRAM array: weights in cells, dot products along bit lines",
    .config_size = sizeof(npim_crossbar_config),
    .core_size = sizeof(npim_crossbar),
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
