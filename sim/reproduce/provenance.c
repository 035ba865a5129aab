/* Where every number comes from. */
#include "hw/sar_adc.h"
#include "hw/units.h"
#include "sim/estimate.h"
#include "sim/reproduce/constants.h"
#include "sim/reproduce/dot_product.h"
#include "sim/reproduce/load.h"
#include "sim/reproduce/published.h"
#include "sim/reproduce/sections.h"

#include <string.h>

/* The files of all parameter sets; one that includes another lists only what it overrides. */
static const char *const archs[] = {"isaac",
                                    "cascade",
                                    "neural-pim",
                                    "isaac-2bit",
                                    "cascade-a-priori",
                                    "neural-pim-a-priori",
                                    "isaac-16bit",
                                    "cascade-differential"};

static void add_row(npim_table *t, const char *where, const char *key, const char *value, const char *unit,
                    const char *tag, const char *source) {
    const char *const cells[] = {where, key, value, unit, tag, source};
    for (size_t i = 0; i < sizeof cells / sizeof *cells; i++) npim_table_text(t, cells[i]);
}

/* Overridden entries stay where the included file had them, with the file of who overrides. */
static bool is_own(const npim_arch *arch, const npim_entry *entry) {
    const char *slash = strrchr(entry->file, '/'), *file = slash ? slash + 1 : entry->file;
    size_t n = strlen(arch->name);
    return strncmp(file, arch->name, n) == 0 && strcmp(file + n, ".toml") == 0;
}

static void add_arch(npim_table *t, const npim_arch *arch) {
    char value[128];
    for (size_t i = 0; i < arch->doc.n_entries; i++) {
        const npim_entry *entry = &arch->doc.entries[i];
        const npim_field *field = npim_constant_field(arch, entry);
        if ((!field && !npim_constant_is_circuit(entry)) || !is_own(arch, entry)) continue;
        npim_constant_text(entry, value, sizeof value);
        add_row(t, arch->name, entry->path, value, field ? field->unit : "", entry->tag, entry->source);
    }
}

static npim_status add_archs(npim_table *t, npim_error *error) {
    for (size_t i = 0; i < sizeof archs / sizeof *archs; i++) {
        npim_arch *arch;
        npim_status status = npim_load_arch(&arch, archs[i], NULL, 0, error);
        if (status != NPIM_OK) return status;
        add_arch(t, arch);
        npim_free_arch(arch);
    }
    return NPIM_OK;
}

static void add_number(npim_table *t, const char *key, double number, const char *unit, const char *tag,
                       const char *source) {
    char value[32];
    npim_number_text(number, value, sizeof value);
    add_row(t, "program", key, value, unit, tag, source);
}

static npim_status add_sar_table(npim_table *t, npim_error *error) {
    static const char source[] =
        "SAR ADC at 32 nm, 1.2 GS/s: Saberi scaling of Kull, as in the Accelergy component library";
    for (uint32_t bits = NPIM_SAR_MIN_BITS; bits <= NPIM_SAR_MAX_BITS; bits++) {
        char key[48];
        npim_sar_adc adc;
        npim_sar_adc_config config = {.bits = bits, .v_max_V = 1.0, .rate_GSps = 1.2};
        npim_status status = npim_sar_adc_init(&adc, &config, error);
        if (status != NPIM_OK) return status;
        npim_work one = {.count = 1, .units = 1};
        snprintf(key, sizeof key, "sar_adc.energy_pJ of %u bit", bits);
        add_number(t, key, npim_sar_adc_ops.energy_pJ(&adc, &one), "pJ", "S", source);
        snprintf(key, sizeof key, "sar_adc.area_um2 of %u bit", bits);
        add_number(t, key, npim_sar_adc_ops.area_um2(&adc), "um2", "S", source);
        npim_sar_adc_fini(&adc);
    }
    return NPIM_OK;
}

static const char paper[] = "Neural-PIM, IEEE TC 71(9) 2022, at second hand",
                  isaac_table[] = "ISCA 2016 Table I (corrected Oct 2016)";

/* What stands in the program instead of a file: rules of the model, and what it is compared with. */
static const struct {
    const char *key;
    double value;
    const char *unit, *tag, *source;
} program[] = {
    {"clock", NPIM_CLOCK_PS, "ps", "D", "by definition of this model: 1.2 GHz clock of ISCA 2016"},
    {"arrays per copy of an input", NPIM_ARRAYS_PER_INPUT_COPY, "", "A",
     "ISCA 2016: the arrays of an IMA share its input register; taken for all three"},
    {"routers on the way of an output, closed form", NPIM_ESTIMATE_HOPS, "", "A",
     "replays count the true way"},
    {"DAC of 4 bit with its driver / of 1 bit, dot products", NPIM_DOT_DAC_OF_4_BIT, "", "A",
     "linear in the bits; the power of 1 bit is block.dac.power_uW of isaac"},
    {"networks that the published ratios are means of", NPIM_PUBLISHED_NETWORKS, "", "S2", paper},
    {"published energy efficiency / ISAAC", NPIM_PUBLISHED_ENERGY_ISAAC, "", "S2", paper},
    {"published energy efficiency / CASCADE", NPIM_PUBLISHED_ENERGY_CASCADE, "", "S2", paper},
    {"published throughput / ISAAC", NPIM_PUBLISHED_THROUGHPUT_ISAAC, "", "S2", paper},
    {"published throughput / CASCADE", NPIM_PUBLISHED_THROUGHPUT_CASCADE, "", "S2", paper},
    {"published share of ADCs in ISAAC's energy", NPIM_PUBLISHED_ADC_SHARE, "", "S2", paper},
    {"published factor of ISAAC's ADCs to the NNS+A", NPIM_PUBLISHED_SA_FACTOR, "", "S2", paper},
    {"published SINAD of the dataflow", NPIM_PUBLISHED_SINAD_DB, "dB", "S2", paper},
    {"published share of arrays in a tile's area / ISAAC", NPIM_PUBLISHED_DENSITY_ISAAC, "", "S2", paper},
    {"published share of arrays in a tile's area / CASCADE", NPIM_PUBLISHED_DENSITY_CASCADE, "", "S2", paper},
    {"published share of arrays in a tile's area / Neural-PIM", NPIM_PUBLISHED_DENSITY_NEURAL_PIM, "", "S2",
     paper},
    {"published power of a tile of ISAAC, 16 bit", NPIM_PUBLISHED_ISAAC_TILE_MW, "mW", "S", isaac_table},
    {"published area of a tile of ISAAC, 16 bit", NPIM_PUBLISHED_ISAAC_TILE_MM2, "mm2", "S", isaac_table}};

static npim_status add_program(npim_table *t, npim_error *error) {
    for (size_t i = 0; i < sizeof program / sizeof *program; i++)
        add_number(t, program[i].key, program[i].value, program[i].unit, program[i].tag, program[i].source);
    return add_sar_table(t, error);
}

/* How many numbers have each tag. */
static void count_tags(npim_study *study, npim_exhibit *e) {
    static const char *const tags[] = {"S", "S2", "D", "A", "C"};
    size_t n[sizeof tags / sizeof *tags] = {0}, rows = npim_table_rows(&e->table);
    cJSON *o = cJSON_AddObjectToObject(study->json, "constants");
    for (size_t r = 0; r < rows; r++)
        for (size_t t = 0; t < sizeof tags / sizeof *tags; t++) {
            const char *tag = npim_table_at(&e->table, r, 4)->text;
            n[t] += tag && strcmp(tag, tags[t]) == 0;
        }
    for (size_t t = 0; t < sizeof tags / sizeof *tags; t++) cJSON_AddNumberToObject(o, tags[t], (double)n[t]);
    npim_exhibit_say(
        e,
        "Tags: S sourced (read in the source named): %zu; S2 at second hand: %zu; D derived by "
        "arithmetic: %zu; A assumed: %zu; C calibrated so that the published ratios come out: %zu. A "
        "file that includes another lists what it overrides. Without a tag: how the model is put together "
        "(which block a stage uses, where it sits, which circuit it has), no measured number.",
        n[0], n[1], n[2], n[3], n[4]);
}

npim_status npim_provenance_make(npim_study *study, npim_error *error) {
    static const npim_column columns[] = {{"architecture", "architecture", 0},
                                          {"key", "constant", 0},
                                          {"value", "value", 0},
                                          {"unit", "unit", 0},
                                          {"tag", "tag", 0},
                                          {"source", "source", 0}};
    npim_exhibit *e = npim_study_exhibit(study, "provenance", "Every constant, its tag and its source",
                                         columns, sizeof columns / sizeof *columns);
    if (!e) return npim_fail(error, NPIM_ENOMEM, "no memory for the constants");
    npim_status status = add_archs(&e->table, error);
    if (status == NPIM_OK) status = add_program(&e->table, error);
    if (status == NPIM_OK) count_tags(study, e);
    return status;
}
