#include "sim/reproduce/dot_product.h"

#include "hw/dac.h"
#include "hw/sar_adc.h"
#include "sim/reproduce/load.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

const char *const npim_dot_archs[NPIM_N_STRATEGIES] = {"isaac", "cascade", "neural-pim"};

const npim_dot_setting npim_dot_base = {.dac_bits = 1, .cell_bits = 1, .array = 128, .input_bits = 8};

double npim_dot_dac_power_uW(const npim_dot_design *design, uint32_t bits, uint32_t columns) {
    return design->dac_uW * columns * (1.0 + (bits - 1.0) * (NPIM_DOT_DAC_OF_4_BIT - 1.0) / 3.0);
}

/* --- closed form --- */

static npim_status load_dataflow(npim_dataflow *dataflow, const char *name, const char *const *assignments,
                                 size_t n, npim_error *error) {
    npim_arch *arch;
    npim_status status = npim_load_arch(&arch, name, assignments, n, error);
    if (status == NPIM_OK) *dataflow = arch->dataflow;
    npim_free_arch(arch);
    return status;
}

/* Of ISAAC, whose DACs have 1 bit. */
static npim_status load_dac(double *dac_uW, npim_error *error) {
    npim_arch *isaac;
    npim_status status = npim_load_arch(&isaac, npim_dot_archs[NPIM_ISAAC], NULL, 0, error);
    const npim_block_instance *dac = isaac ? npim_arch_block(isaac, "dac") : NULL;
    if (status == NPIM_OK && !dac) status = npim_fail(error, NPIM_ECONFIG, "isaac has no block dac");
    if (status == NPIM_OK)
        *dac_uW = ((const npim_dac_config *)dac->config)->power_uW / isaac->pe.array_columns;
    npim_free_arch(isaac);
    return status;
}

npim_status npim_dot_designs(npim_dot_design designs[NPIM_N_STRATEGIES], npim_error *error) {
    double dac_uW = 0.0;
    npim_status status = load_dac(&dac_uW, error);
    for (size_t s = 0; s < NPIM_N_STRATEGIES && status == NPIM_OK; s++) {
        designs[s].dac_uW = dac_uW;
        status = load_dataflow(&designs[s].dataflow, npim_dot_archs[s], NULL, 0, error);
    }
    return status;
}

static npim_dot_point closed_form(const npim_dataflow *dataflow) {
    npim_dot_point p = {.dataflow = *dataflow,
                        .simulated = (double)NAN,
                        .energy_pJ = (double)NAN,
                        .energy_mac_pJ = (double)NAN,
                        .latency_ns = (double)NAN};
    p.conversions = npim_dataflow_conversions(dataflow, p.bits, NPIM_MAX_BITS, &p.n_bits);
    for (uint32_t i = 0; i < p.n_bits; i++)
        if (p.bits[i] > p.finest) p.finest = p.bits[i];
    for (size_t g = 0; g < NPIM_N_GROUPS; g++) p.group_pJ[g] = (double)NAN;
    return p;
}

static npim_dot_point point_of(const npim_dot_design *design, const npim_dot_setting *setting) {
    npim_dataflow d = design->dataflow;
    d.dac_bits = setting->dac_bits;
    d.cell_bits = setting->cell_bits;
    d.rows = setting->array;
    d.input_bits = setting->input_bits;
    return closed_form(&d);
}

/* The table of SAR converters has an end; NNADCs do not come from it. */
static bool is_realised(const npim_dot_point *p) {
    return p->dataflow.strategy == NPIM_STRATEGY_C || p->finest <= NPIM_SAR_MAX_BITS;
}

void npim_dot_bits_text(const npim_dot_point *p, char text[NPIM_DOT_TEXT_SIZE]) {
    size_t at = 0;
    text[0] = '\0';
    for (uint32_t i = 0; i < p->n_bits && at < NPIM_DOT_TEXT_SIZE; i++)
        at += (size_t)snprintf(text + at, NPIM_DOT_TEXT_SIZE - at, "%s%u", i ? "," : "", p->bits[i]);
}

/* --- replays --- */

/* What each strategy needs beside: SAR converters that are fine enough, with the energy of the table; cells
 * of more than one bit cannot hold CASCADE's two's complement. */
static void write_own(const npim_dot_point *p, char *text, size_t size) {
    uint32_t bits = p->finest < NPIM_SAR_MIN_BITS ? NPIM_SAR_MIN_BITS : p->finest;
    text[0] = '\0';
    if (p->dataflow.strategy == NPIM_STRATEGY_A)
        snprintf(text, size, " --set block.sar_adc.bits=%u --set block.sar_adc.energy_pJ=0", bits);
    if (p->dataflow.strategy == NPIM_STRATEGY_B && p->dataflow.cell_bits > 1)
        snprintf(text, size, " --set block.crossbar.coding=biased");
}

/* One tile holds all arrays of the layer: no partial sums on the way between tiles. */
static void write_command(const npim_dot_point *p, const npim_dot_design *design,
                          char text[NPIM_RUN_COMMAND_SIZE]) {
    char own[128];
    const npim_dataflow *d = &p->dataflow;
    write_own(p, own, sizeof own);
    snprintf(text, NPIM_RUN_COMMAND_SIZE,
             "replay dot_product --arch %s --stages ** --set tile.pes=64 --set pe.cycle_ns=100 --set "
             "data.dac_bits=%u --set data.cell_bits=%u --set data.input_bits=%u --set pe.array_rows=%u --set "
             "pe.array_columns=%u --set block.dac.power_uW=%.6g%s",
             npim_dot_archs[d->strategy], d->dac_bits, d->cell_bits, d->input_bits, d->rows, d->rows,
             npim_dot_dac_power_uW(design, d->dac_bits, d->rows), own);
}

npim_status npim_dot_plan(npim_study *study, const npim_dot_design *design, const npim_dot_setting *setting,
                          npim_error *error) {
    char command[NPIM_RUN_COMMAND_SIZE];
    npim_dot_point p = point_of(design, setting);
    if (!is_realised(&p)) return NPIM_OK;
    write_command(&p, design, command);
    return npim_runs_add(&study->runs, error, "%s", command);
}

static const cJSON *layer_of(const cJSON *replay) {
    const cJSON *layer;
    cJSON_ArrayForEach(
        layer, cJSON_GetObjectItemCaseSensitive(replay, "layers")) if (npim_document_number(layer, "macs") >
                                                                       0) return layer;
    return NULL;
}

/* Every array of the layer is full: so many dot products of its number of rows. */
static void read_layer(npim_dot_point *p, const cJSON *layer) {
    double dots = (double)NPIM_DOT_LENGTH / p->dataflow.rows * NPIM_DOT_OUTPUTS;
    char path[64];
    p->simulated = npim_document_number(layer, "ad_conversions") / dots;
    p->latency_ns = npim_document_number(layer, "latency_ns");
    p->energy_pJ = 0.0;
    for (size_t g = NPIM_GROUP_DAC; g <= NPIM_GROUP_REGISTER; g++) {
        snprintf(path, sizeof path, "energy_event_pJ.%s", npim_group_names[g]);
        p->group_pJ[g] = npim_document_number(layer, path) / dots;
        p->energy_pJ += p->group_pJ[g];
    }
    p->energy_mac_pJ = p->energy_pJ / p->dataflow.rows;
}

static npim_status read_replay(npim_dot_point *p, const cJSON *replay, const char *command,
                               npim_error *error) {
    const cJSON *layer = layer_of(replay);
    if (!layer) return npim_fail(error, NPIM_EINVARIANT, "no layer in the result of %s", command);
    read_layer(p, layer);
    if (p->simulated == (double)p->conversions && p->energy_pJ > 0 && p->latency_ns > 0) return NPIM_OK;
    return npim_fail(error, NPIM_EINVARIANT,
                     "%s: %.17g conversions of a dot product, %.17g pJ, %.17g ns: the closed form has %llu",
                     command, p->simulated, p->energy_pJ, p->latency_ns, (unsigned long long)p->conversions);
}

npim_status npim_dot_measure(npim_dot_point *point, const npim_study *study, const npim_dot_design *design,
                             const npim_dot_setting *setting, npim_error *error) {
    char command[NPIM_RUN_COMMAND_SIZE];
    *point = point_of(design, setting);
    if (!is_realised(point)) return NPIM_OK;
    write_command(point, design, command);
    return read_replay(point, npim_runs_document(&study->runs, "%s", command), command, error);
}

/* --- architectures as they are --- */

static size_t write_case(const npim_dot_case *one, char text[NPIM_RUN_COMMAND_SIZE]) {
    size_t n = 0, at = (size_t)snprintf(text, NPIM_RUN_COMMAND_SIZE,
                                        "replay dot_product --arch %s --stages **", one->arch);
    for (; n < NPIM_DOT_ASSIGNMENTS && one->assignments[n] && at < NPIM_RUN_COMMAND_SIZE; n++)
        at += (size_t)snprintf(text + at, NPIM_RUN_COMMAND_SIZE - at, " --set %s", one->assignments[n]);
    return n;
}

npim_status npim_dot_plan_case(npim_study *study, const npim_dot_case *one, npim_error *error) {
    char command[NPIM_RUN_COMMAND_SIZE];
    write_case(one, command);
    return npim_runs_add(&study->runs, error, "%s", command);
}

npim_status npim_dot_measure_case(npim_dot_point *point, const npim_study *study, const npim_dot_case *one,
                                  npim_error *error) {
    char command[NPIM_RUN_COMMAND_SIZE];
    npim_dataflow dataflow;
    size_t n = write_case(one, command);
    npim_status status = load_dataflow(&dataflow, one->arch, one->assignments, n, error);
    if (status != NPIM_OK) return status;
    *point = closed_form(&dataflow);
    return read_replay(point, npim_runs_document(&study->runs, "%s", command), command, error);
}
