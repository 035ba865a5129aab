#include "sim/arch_fields.h"

#include "hw/router.h"
#include "hw/units.h"

#include <string.h>

#define COUNT(table) (sizeof(table) / sizeof(table)[0])

const char *const npim_scope_names[] = {"row",  "column", "output", "array", "pe",
                                        "tile", "router", "chip",   NULL};
const char *const npim_group_names[] = {"dac",   "array", "analog", "adc",  "digital", "register",
                                        "edram", "bus",   "noc",    "link", NULL};
static const char *const fires_names[] = {"load", "cycle", "result", NULL};
static const char *const pace_names[] = {"in_cycle", "own", "stream", NULL};
static const char *const per_names[] = {"row",    "cell",     "column",     "dot", "input_B",
                                        "load_B", "result_B", "conversion", NULL};

#define AT(member) offsetof(npim_data_config, member)
static const npim_field data_fields[] = {
    {"input_bits", NPIM_KIND_U32, AT(input_bits), 1, 32, "bit", true, 0, NULL, "bits of an input"},
    {"weight_bits", NPIM_KIND_U32, AT(weight_bits), 1, 16, "bit", true, 0, NULL, "bits of a weight"},
    {"output_bits", NPIM_KIND_U32, AT(output_bits), 1, 16, "bit", false, 8, NULL,
     "bits of a result that is digitised once (strategy C)"},
    {"dac_bits", NPIM_KIND_U32, AT(dac_bits), 1, 16, "bit", true, 0, NULL,
     "input bits per input cycle, at most input_bits"},
    {"cell_bits", NPIM_KIND_U32, AT(cell_bits), 1, 8, "bit", true, 0, NULL,
     "weight bits per cell, at most weight_bits"},
    {"differential", NPIM_KIND_BOOL, AT(differential), 0, 1, "", false, 0, NULL,
     "positive and negative part of a weight in columns of their own"},
    {"encoded", NPIM_KIND_BOOL, AT(encoded), 0, 1, "", false, 0, NULL,
     "flipped encoding: one bit of resolution less under strategy A"},
    {"strategy", NPIM_KIND_ENUM, AT(strategy), 0, NPIM_STRATEGY_C, "", true, 0, npim_strategy_names,
     "A: digitise every bit line in every cycle; B: buffer and add in groups; C: once per dot product"},
    {"psum_B", NPIM_KIND_U32, AT(psum_B), 1, 8, "B", true, 0, NULL, "bytes of a partial sum"},
    {"activation_B", NPIM_KIND_U32, AT(activation_B), 0, 4, "B", false, 0, NULL,
     "bytes of an activation between layers; 0: as many as an input needs"},
};
#undef AT

#define AT(member) offsetof(npim_chip_config, member)
static const npim_field chip_fields[] = {
    {"tiles", NPIM_KIND_U32, AT(tiles), 1, 4096, "", true, 0, NULL, "tiles of one chip"},
    {"tiles_per_router", NPIM_KIND_U32, AT(tiles_per_router), 1, NPIM_MAX_LOCAL_PORTS, "", false, 4, NULL,
     "tiles that share one router of the mesh"},
};
#undef AT

static const npim_field tile_fields[] = {
    {"pes", NPIM_KIND_U32, offsetof(npim_tile_config, pes), 1, 1024, "", true, 0, NULL,
     "processing elements of one tile"},
};

#define AT(member) offsetof(npim_pe_config, member)
static const npim_field pe_fields[] = {
    {"arrays", NPIM_KIND_U32, AT(arrays), 1, 1024, "", true, 0, NULL, "crossbar arrays of one PE"},
    {"array_rows", NPIM_KIND_U32, AT(array_rows), 2, 1024, "", true, 0, NULL, "word lines of one array"},
    {"array_columns", NPIM_KIND_U32, AT(array_columns), 1, 1024, "", true, 0, NULL, "bit lines of one array"},
    {"cycle_ns", NPIM_KIND_DOUBLE, AT(cycle_ns), 0.001, 1e6, "ns", true, 0, NULL, "one input cycle"},
    {"synchronous", NPIM_KIND_BOOL, AT(synchronous), 0, 1, "", false, 0, NULL,
     "every pipeline stage takes whole input cycles"},
};
#undef AT

#define AT(member) offsetof(npim_program_config, member)
static const npim_field program_fields[] = {
    {"write_energy_pJ", NPIM_KIND_DOUBLE, AT(write_energy_pJ), 0, 1e6, "pJ", true, 0, NULL,
     "programming one cell"},
    {"write_time_ns", NPIM_KIND_DOUBLE, AT(write_time_ns), 0, 1e9, "ns", true, 0, NULL,
     "programming one row of an array; the arrays of a tile follow one another"},
};
#undef AT

#define AT(member) offsetof(npim_run_config, member)
static const npim_field run_fields[] = {
    {"seed", NPIM_KIND_U64, AT(seed), 0, 9007199254740992.0, "", false, 1, NULL, "of all random numbers"},
    {"images", NPIM_KIND_U32, AT(images), 1, 1e6, "", false, 1, NULL, "images to replay"},
    {"minimum_buffers", NPIM_KIND_BOOL, AT(minimum_buffers), 0, 1, "", false, 0, NULL,
     "input buffers at their smallest size instead of filling the eDRAM"},
    {"extra_windows", NPIM_KIND_U32, AT(extra_windows), 0, 1e6, "", false, 0, NULL,
     "windows beyond the smallest size of a buffer"},
};
#undef AT

#define AT(member) offsetof(npim_system_config, member)
static const npim_field system_fields[] = {
    {"chips", NPIM_KIND_U32, AT(chips), 0, NPIM_MAX_CHIPS, "", false, 0, NULL,
     "chips; 0: the smallest number that holds one replica of every layer"},
    {"ideal_links", NPIM_KIND_BOOL, AT(ideal_links), 0, 1, "", false, 0, NULL,
     "links on the chips, between them and to the host never make a packet wait, for comparisons"},
};
#undef AT

const npim_arch_table npim_arch_tables[] = {
    {"data", "number formats", data_fields, COUNT(data_fields), offsetof(npim_arch, data)},
    {"chip", "one chip", chip_fields, COUNT(chip_fields), offsetof(npim_arch, chip)},
    {"tile", "one tile", tile_fields, COUNT(tile_fields), offsetof(npim_arch, tile)},
    {"pe", "one processing element", pe_fields, COUNT(pe_fields), offsetof(npim_arch, pe)},
    {"program", "writing the weights", program_fields, COUNT(program_fields), offsetof(npim_arch, program)},
    {"system", "the chips together", system_fields, COUNT(system_fields), offsetof(npim_arch, system)},
    {"run", "one run", run_fields, COUNT(run_fields), offsetof(npim_arch, run)},
};
const size_t npim_n_arch_tables = COUNT(npim_arch_tables);

#define AT(member) offsetof(npim_placement_config, member)
const npim_field npim_placement_fields[] = {
    {"units", NPIM_KIND_U32, AT(units), 1, 65536, "", false, 1, NULL, "units in each place"},
    {"per", NPIM_KIND_ENUM, AT(scope), 0, NPIM_SCOPE_CHIP, "", true, 0, npim_scope_names,
     "the place: where so many units sit"},
    {"group", NPIM_KIND_ENUM, AT(group), 0, NPIM_N_GROUPS - 1, "", true, 0, npim_group_names,
     "under which its energy is shown"},
};
#undef AT
const size_t npim_n_placement_fields = COUNT(npim_placement_fields);

#define AT(member) offsetof(npim_stage_config, member)
const npim_field npim_stage_fields[] = {
    {"fires", NPIM_KIND_ENUM, AT(fires), 0, NPIM_FIRES_RESULT, "", true, 0, fires_names,
     "while inputs are loaded, in every input cycle, or once per result"},
    {"pace", NPIM_KIND_ENUM, AT(pace), 0, NPIM_PACE_STREAM, "", false, NPIM_PACE_IN_CYCLE, pace_names,
     "in_cycle: no time of its own; own: at its own rate; stream: keeps pace with the stage before"},
    {"per", NPIM_KIND_ENUM, AT(per), 0, NPIM_PER_CONVERSION, "", true, 0, per_names,
     "what one firing counts"},
    {"ops", NPIM_KIND_DOUBLE, AT(ops), 0.125, 1e6, "", false, 1, NULL, "operations for each counted thing"},
};
#undef AT
const size_t npim_n_stage_fields = COUNT(npim_stage_fields);

static double array_rows(const npim_arch *arch) {
    return arch->pe.array_rows;
}

static double array_columns(const npim_arch *arch) {
    return arch->pe.array_columns;
}

static double cell_bits(const npim_arch *arch) {
    return arch->data.cell_bits;
}

static double weight_bits(const npim_arch *arch) {
    return arch->data.weight_bits;
}

static double dac_bits(const npim_arch *arch) {
    return arch->data.dac_bits;
}

static double finest_conversion(const npim_arch *arch) {
    double bits = 1.0;
    for (uint32_t i = 0; i < arch->n_bits; i++)
        if (arch->conversion_bits[i] > bits) bits = arch->conversion_bits[i];
    return bits;
}

static double input_cycles(const npim_arch *arch) {
    return npim_dataflow_cycles(&arch->dataflow);
}

static double diagonals(const npim_arch *arch) {
    return input_cycles(arch) + (double)npim_ceil_div(arch->data.weight_bits, arch->data.cell_bits) - 1.0;
}

static double router_ports(const npim_arch *arch) {
    return NPIM_PORT_LOCAL + arch->chip.tiles_per_router;
}

/* A cell model stands for the cells of the arrays, which take the power and the area. */
static double in_arrays(const npim_arch *arch) {
    (void)arch;
    return NPIM_SCOPE_ARRAY;
}

static double with_arrays(const npim_arch *arch) {
    (void)arch;
    return NPIM_GROUP_ARRAY;
}

static const npim_follow follows[] = {
    {"crossbar", "rows", array_rows, false, "pe.array_rows"},
    {"crossbar", "columns", array_columns, false, "pe.array_columns"},
    {"crossbar", "cell_bits", cell_bits, false, "data.cell_bits"},
    {"crossbar", "weight_bits", weight_bits, false, "data.weight_bits"},
    {"rram", "cell_bits", cell_bits, false, "data.cell_bits"},
    {"rram", "per", in_arrays, false, "the arrays that have the cells"},
    {"rram", "group", with_arrays, false, "the arrays that have the cells"},
    {"dac", "bits", dac_bits, false, "data.dac_bits"},
    {"neural_sa", "dac_bits", dac_bits, false, "data.dac_bits"},
    {"neural_adc", "bits", finest_conversion, true, "the conversions of the dataflow"},
    {"sar_adc", "bits", finest_conversion, true, "the conversions of the dataflow"},
    {"analog_buffer", "rows", input_cycles, true, "the input cycles"},
    {"analog_buffer", "columns", diagonals, true, "the input cycles + weight slices - 1"},
    {"router", "ports", router_ports, true, "4 + chip.tiles_per_router"},
};

const npim_follow *npim_follow_find(const char *type, const char *key) {
    for (size_t i = 0; i < COUNT(follows); i++)
        if (strcmp(follows[i].type, type) == 0 && strcmp(follows[i].key, key) == 0) return &follows[i];
    return NULL;
}
