/* An architecture as data: tables read from an architecture file, block instances made from them, and the
 * recipe of its processing element. Nothing here knows a particular architecture. */
#ifndef NPIM_SIM_ARCH_H
#define NPIM_SIM_ARCH_H

#include "hw/dataflow.h"
#include "hw/pe_plan.h"
#include "sim/doc.h"

#ifdef __cplusplus
extern "C" {
#endif

enum { NPIM_MAX_BLOCKS = 32, NPIM_NAME_SIZE = 64 };

/* Column blocks that read one copy of an input in the input registers: the 8 arrays of ISAAC's IMA share its
 * register (ISCA 2016, Table I), and the modelling rules take that for all architectures, so K inputs are
 * written K x max(1, column blocks / 8) times. */
enum { NPIM_ARRAYS_PER_INPUT_COPY = 8 };

/* [data]: number formats. */
typedef struct npim_data_config {
    uint32_t input_bits, weight_bits, output_bits;
    uint32_t dac_bits, cell_bits;
    bool differential;     /* W_P and W_N columns */
    bool encoded;          /* ISAAC's flipped encoding */
    uint32_t strategy;     /* npim_strategy */
    uint32_t psum_B;       /* bytes of a partial sum */
    uint32_t activation_B; /* bytes of an activation on its way between layers; 0 in the file: of an input */
} npim_data_config;

/* [chip], [tile] and [pe]: how many of what. */
typedef struct npim_chip_config {
    uint32_t tiles, tiles_per_router;
} npim_chip_config;

typedef struct npim_tile_config {
    uint32_t pes;
    uint32_t adder_lanes; /* words per clock into the output register: the units of block adder, not a key */
} npim_tile_config;

typedef struct npim_pe_config {
    uint32_t arrays, array_rows, array_columns;
    double cycle_ns;  /* one input cycle */
    bool synchronous; /* every pipeline stage takes whole cycles (ISAAC) */
} npim_pe_config;

/* [program]: writing the weights. */
typedef struct npim_program_config {
    double write_energy_pJ; /* per cell */
    double write_time_ns;   /* per row of an array; the arrays of a tile are written one after another */
} npim_program_config;

enum { NPIM_MAX_CHIPS = 4094 }; /* the address map numbers chips with 12 bits; the last two are not chips */

/* [system]: the chips together. */
typedef struct npim_system_config {
    uint32_t chips;   /* 0: the smallest number that holds one replica of every layer */
    bool ideal_links; /* packets never wait for links, for comparisons */
} npim_system_config;

/* [run]: what the command line and the file may choose for a replay. */
typedef struct npim_run_config {
    uint64_t seed;
    uint32_t images;
    bool minimum_buffers;   /* buffers at their computed minimum instead of filling the eDRAM */
    uint32_t extra_windows; /* and so many windows more */
} npim_run_config;

/* Where the units of a block sit; `units` of them in each. */
typedef enum npim_scope {
    NPIM_SCOPE_ROW,    /* each word line */
    NPIM_SCOPE_COLUMN, /* each bit line */
    NPIM_SCOPE_OUTPUT, /* each output (weight column group) of an array */
    NPIM_SCOPE_ARRAY,
    NPIM_SCOPE_PE,
    NPIM_SCOPE_TILE,
    NPIM_SCOPE_ROUTER,
    NPIM_SCOPE_CHIP
} npim_scope;

extern const char *const npim_scope_names[]; /* "row", "column", ..., NULL */

/* The groups under which energy is shown. compute: DAC to activation; movement: eDRAM, bus, NoC. */
typedef enum npim_group {
    NPIM_GROUP_DAC,
    NPIM_GROUP_ARRAY,
    NPIM_GROUP_ANALOG,  /* sample-and-hold, NNS+A, TIA, analog buffer, summing amplifier */
    NPIM_GROUP_ADC,     /* SAR ADC, NNADC */
    NPIM_GROUP_DIGITAL, /* shift-and-add, adder lanes, activation, pooling */
    NPIM_GROUP_REGISTER,
    NPIM_GROUP_EDRAM,
    NPIM_GROUP_BUS,
    NPIM_GROUP_NOC,
    NPIM_GROUP_LINK, /* chip-to-chip */
    NPIM_N_GROUPS
} npim_group;

extern const char *const npim_group_names[]; /* "dac", "array", ..., NULL */

/* Placement of a block instance: [block.<name>] units, per, group beside the block's own keys. */
typedef struct npim_placement_config {
    uint32_t units;
    uint32_t scope; /* npim_scope */
    uint32_t group; /* npim_group */
} npim_placement_config;

typedef struct npim_block_instance {
    char name[NPIM_NAME_SIZE]; /* "output_register" */
    const npim_block_ops *ops;
    npim_placement_config placement;
    void *config, *core; /* owned; core is NULL until init has succeeded */
    char source[256];    /* of the value that sets its power, else of its first key; "" unknown */
    char tag[4];
    double count_per_tile; /* units in one tile (routers: a share); chip scope: units per chip */
    bool timed_by_design;  /* rate and energy are those of the design's transient run, not of the file */
    char design[256];      /* the circuit of a neural peripheral: a file or a name; "" without one */
} npim_block_instance;

/* One line of the recipe: [[pe.stage]]. */
typedef struct npim_stage_config {
    char block[NPIM_NAME_SIZE];
    uint32_t fires, pace, per; /* npim_fires, npim_pace, npim_per */
    double ops;                /* unit operations for each counted thing */
} npim_stage_config;

/* Owned by whoever loaded it. */
typedef struct npim_arch {
    char name[NPIM_NAME_SIZE];
    char doc_line[256]; /* what it is, one line */
    char path[1024];    /* of the file, for messages: cut when it is longer */
    char folder[1024];  /* of the file, for what lies beside it; "" when that is too long */
    npim_data_config data;
    npim_chip_config chip;
    npim_tile_config tile;
    npim_pe_config pe;
    npim_program_config program;
    npim_system_config system;
    npim_run_config run;
    npim_block_instance blocks[NPIM_MAX_BLOCKS];
    uint32_t n_blocks;
    npim_stage_config stages[NPIM_MAX_STAGES];
    uint32_t stage_block[NPIM_MAX_STAGES]; /* index into blocks */
    npim_pe_plan plan;                     /* borrows the blocks' cores: do not copy the struct */
    npim_dataflow dataflow;
    uint32_t columns_per_weight;
    uint64_t conversions;                            /* A/D conversions per result of one array */
    uint32_t n_bits, conversion_bits[NPIM_MAX_BITS]; /* their resolutions; strategy A: one for all of them */
    npim_doc doc;                                    /* every value with its origin, source and tag */
} npim_arch;

/* Reads an architecture file and applies the assignments ("key=value", in order). arch must be zeroed or
 * finished. NPIM_ECONFIG or NPIM_EUSAGE with file:line, key, value and allowed range; arch is then empty. */
NPIM_MUST_USE npim_status npim_arch_load(npim_arch *arch, const char *path, const char *const *assignments,
                                         size_t n_assignments, npim_error *error);

/* Makes what npim_arch_load of the file of base would make with its assignments and then these, but from the
 * values that base has: the file is not read again. arch must be zeroed or finished, and is another one than
 * base, which stays as it is. Errors as npim_arch_load. */
NPIM_MUST_USE npim_status npim_arch_vary(npim_arch *arch, const npim_arch *base,
                                         const char *const *assignments, size_t n_assignments,
                                         npim_error *error);

void npim_arch_fini(npim_arch *arch); /* safe on a zeroed struct and twice */

/* The instance of that name, or NULL. Names that the tile itself asks for: edram, bus, router, link (of the
 * NoC), chip_link, activation, pooling, adder (lanes), input_register, tile_register: all required in an
 * architecture file. */
const npim_block_instance *npim_arch_block(const npim_arch *arch, const char *name);

/* Outputs (weights side by side) of one array: array_columns / columns_per_weight. */
uint32_t npim_arch_outputs(const npim_arch *arch);

/* The shape of one operation on an entirely used tile: what peak figures and nameplate power are made of. */
npim_pe_shape npim_arch_full_tile(const npim_arch *arch);

/* Nameplate power of one block instance in one tile, mW: its published unit power times its units, or its
 * energy at full load over the interval. Chip scope: of the chip. */
double npim_arch_block_mW(const npim_arch *arch, const npim_block_instance *block);

/* Area of one block instance in one tile (chip scope: of the chip), mm2. */
double npim_arch_block_mm2(const npim_arch *arch, const npim_block_instance *block);

/* Bytes that the units of one block instance in one tile keep (registers, eDRAM); 0 for all other blocks. */
double npim_arch_block_B(const npim_arch *arch, const npim_block_instance *block);

/* Current of a bit line whose cells are all at the highest level and driven at full scale, uA: what wires,
 * samplers and amplifiers are made for. 0 without a cell model. */
double npim_arch_bit_line_uA(const npim_arch *arch);

double npim_arch_tile_mW(const npim_arch *arch);       /* all blocks below chip scope, one tile */
double npim_arch_chip_W(const npim_arch *arch);        /* with the chip-to-chip links */
double npim_arch_tile_area_mm2(const npim_arch *arch); /* of all tiles of a chip: without the links */
double npim_arch_chip_area_mm2(const npim_arch *arch); /* with the links */
double npim_arch_peak_TOPS(const npim_arch *arch);     /* two operations per multiply-accumulate, one chip */
double npim_arch_capacity_weights(const npim_arch *arch); /* weights of one chip */
/* Constant power of one chip that no event accounts for: links that never sleep, leakage, refresh; W. */
double npim_arch_standby_W(const npim_arch *arch);
/* Layer step in ps: eDRAM read of one word, the operation of one full array, activation, eDRAM write of one
 * word, each rounded up to the step of a synchronous pipeline. isaac-16bit: 22 cycles of 100 ns. */
uint64_t npim_arch_layer_step_ps(const npim_arch *arch);

#ifdef __cplusplus
}
#endif
#endif
