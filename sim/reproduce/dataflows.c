/* The three dataflow strategies: number and resolution of A/D conversions, energy and latency of a dot
 * product against the resolution of DACs and cells, the size of an array and the precision of inputs. */
#include "sim/reproduce/dataflows_parts.h"
#include "sim/reproduce/sections.h"

#include <math.h>
#include <stddef.h>

#define AT(member) offsetof(npim_dot_setting, member)
static const npim_dot_sweep sweeps[] = {
    {.key = "dac_bits",
     .x_label = "resolution of the DACs, bit",
     .offset = AT(dac_bits),
     .values = {1, 2, 3, 4, 5, 6, 7, 8},
     .n = 8,
     .counts = "dataflow_dac_conversions",
     .counts_title = "A/D conversions against the resolution of the DACs",
     .costs = "dataflow_dac_energy",
     .costs_title = "Energy and latency against the resolution of the DACs",
     .counts_text = "A finer DAC takes fewer input cycles, which saves A and B conversions. Each bit of it "
                    "makes those of A one bit finer, and those of B but for 1 to 2 and 7 to 8 bit, where the "
                    "sum of fewer samples takes the bit back: A asks for 11 bit and more from DACs of 4 bit "
                    "on, B from 3 bit on. C makes one conversion of 8 bit whatever the DAC.",
     .costs_text = "With converters of 10 bit, C alone can use DACs finer than 2 bit (B) or 3 bit (A). Up to "
                   "there all three gain alike: DACs of 2 bit make a dot product take 1.6 to 1.7 times less "
                   "than those of 1 bit. An input of 8 bit takes two cycles with DACs of 4 bit and of 7: the "
                   "finer ones only cost more. With 1-bit DACs B takes least: its two's complement needs "
                   "half the columns of W_P and W_N, and half the power of the DACs that drive them; what a "
                   "write into its buffer takes (0.17 pJ) is calibrated."},
    {.key = "cell_bits",
     .x_label = "bits of a cell",
     .offset = AT(cell_bits),
     .values = {1, 2, 4, 8},
     .n = 4,
     .counts = "dataflow_cell_conversions",
     .counts_title = "A/D conversions against the bits of a cell",
     .costs = "dataflow_cell_energy",
     .costs_title = "Energy and latency against the bits of a cell",
     .counts_text = "Cells of more bits need fewer columns, so A and B make fewer conversions. Each bit of "
                    "the cells makes those of A one bit finer, and those of B but for 1 to 2 and 4 to 8 bit, "
                    "where the sum of fewer samples takes one bit back.",
     .costs_text =
         "Fewer columns for a weight take less: more outputs share the drivers of the rows. What it takes to "
         "tell the 256 levels of an 8-bit cell apart with devices that vary by 2.5 % is not in it."},
    {.key = "array_rows",
     .x_label = "rows and columns of an array",
     .offset = AT(array),
     .values = {32, 64, 128, 256, 512},
     .n = 5,
     .per_mac = true,
     .counts = "dataflow_array_conversions",
     .counts_title = "A/D conversions against the size of an array",
     .costs = "dataflow_array_energy",
     .costs_title = "Energy and latency against the size of an array",
     .counts_text = "The number of conversions of a dot product does not depend on its length, that is the "
                    "rows of the array; their resolution does, by one bit for twice the rows, but for C.",
     .costs_text = "A conversion that serves more rows costs less for each. The latency of A grows once the "
                   "one converter of an array cannot take all of its columns within an input cycle (128 in "
                   "100 ns); those of B and C fall, since larger arrays leave fewer partial results to the "
                   "converters that a tile shares."},
    {.key = "input_bits",
     .x_label = "precision of the inputs, bit",
     .offset = AT(input_bits),
     .values = {2, 4, 6, 8, 12, 16},
     .n = 6,
     .counts = "dataflow_input_conversions",
     .counts_title = "A/D conversions against the precision of the inputs",
     .costs = "dataflow_input_energy",
     .costs_title = "Energy and latency against the precision of the inputs",
     .counts_text = "With 1-bit DACs every bit of an input is a cycle: A converts anew in each, B has one "
                    "conversion more for three diagonals, C none.",
     .costs_text =
         "Every input cycle drives the array anew: A and C are linear but for a step above 8 bit, where an "
         "input takes two bytes of the registers, and B is nearly so. What differs is the slope: the "
         "conversions of a cycle (A), the writes into a buffer (B) or the operation of the NNS+A (C)."},
};
#undef AT

enum { N_SWEEPS = sizeof sweeps / sizeof *sweeps };

/* What is known of them: n x m, x 2 with W_P and W_N, and the flipped encoding, which saves a bit. */
static const npim_dot_case cases[] = {
    {"ISAAC, as published, flipped encoding", "isaac-16bit", {NULL}},
    {"ISAAC, as published, without it",
     "isaac-16bit",
     {"data.encoded=false", "block.sar_adc.bits=9", "block.sar_adc.energy_pJ=0", NULL}},
    {"ISAAC, 8 bit, 2-bit cells", "isaac-2bit", {NULL}},
    {"ISAAC, 8 bit, W_P and W_N", "isaac", {NULL}},
    {"CASCADE, 16 bit", "cascade", {"data.input_bits=16", "data.weight_bits=16", NULL}},
    {"CASCADE, 8 bit", "cascade", {NULL}},
    {"Neural-PIM", "neural-pim", {NULL}},
};

enum { N_CASES = sizeof cases / sizeof *cases };

npim_dot_setting npim_dot_sweep_setting(const npim_dot_sweep *sweep, size_t i) {
    npim_dot_setting setting = npim_dot_base;
    *(uint32_t *)(void *)((char *)&setting + sweep->offset) = sweep->values[i];
    return setting;
}

/* The four bars of the energy by blocks. */
static const npim_dot_bar bars[] = {{"A: ISAAC", NPIM_ISAAC, 1},
                                    {"B: CASCADE", NPIM_CASCADE, 1},
                                    {"C: Neural-PIM", NPIM_NEURAL_PIM, 1},
                                    {"C, 4-bit DACs", NPIM_NEURAL_PIM, 4}};

npim_status npim_dataflows_plan(npim_study *study, npim_error *error) {
    npim_dot_design designs[NPIM_N_STRATEGIES];
    npim_status status = npim_dot_designs(designs, error);
    for (size_t w = 0; w < N_SWEEPS; w++)
        for (size_t i = 0; i < sweeps[w].n; i++) {
            npim_dot_setting setting = npim_dot_sweep_setting(&sweeps[w], i);
            for (size_t s = 0; s < NPIM_N_STRATEGIES && status == NPIM_OK; s++)
                status = npim_dot_plan(study, &designs[s], &setting, error);
        }
    for (size_t c = 0; c < N_CASES && status == NPIM_OK; c++)
        status = npim_dot_plan_case(study, &cases[c], error);
    return status;
}

static npim_status make_cases(npim_study *study, npim_error *error) {
    static const npim_column columns[] = {{"architecture", "architecture", 0},
                                          {"strategy", "strategy", 0},
                                          {"rows", "rows", 0},
                                          {"input_bits", "inputs, bit", 0},
                                          {"weight_bits", "weights, bit", 0},
                                          {"conversions", "conversions, closed form", 0},
                                          {"simulated_conversions", "simulated", 0},
                                          {"resolutions_bit", "of so many bit", 0},
                                          {"conversions_per_mac", "per multiply-accumulate", 4}};
    npim_exhibit *e = npim_study_exhibit(study, "dataflow_cases", "A/D conversions of the architectures",
                                         columns, sizeof columns / sizeof *columns);
    npim_status status = e ? NPIM_OK : npim_fail(error, NPIM_ENOMEM, "no memory for the conversions");
    for (size_t c = 0; c < N_CASES && status == NPIM_OK; c++) {
        npim_dot_point p;
        char bits[NPIM_DOT_TEXT_SIZE];
        status = npim_dot_measure_case(&p, study, &cases[c], error);
        if (status != NPIM_OK) break;
        npim_dot_bits_text(&p, bits);
        npim_table_text(&e->table, cases[c].title);
        npim_table_text(&e->table, npim_strategy_names[p.dataflow.strategy]);
        npim_table_number(&e->table, p.dataflow.rows);
        npim_table_number(&e->table, p.dataflow.input_bits);
        npim_table_number(&e->table, p.dataflow.weight_bits);
        npim_table_number(&e->table, (double)p.conversions);
        npim_table_number(&e->table, p.simulated);
        npim_table_text(&e->table, bits);
        npim_table_number(&e->table, p.simulated / p.dataflow.rows);
    }
    if (e)
        npim_exhibit_say(e, "Of a dot product on one array. Those of ISAAC are all of one resolution; "
                            "CASCADE digitises three diagonals of its buffer together, each sum with the "
                            "bits that it needs. Its bit lines have 64 rows, those of the other two 128.");
    return status;
}

npim_status npim_dataflows_make(npim_study *study, npim_error *error) {
    npim_dot_design designs[NPIM_N_STRATEGIES];
    npim_status status = npim_dot_designs(designs, error);
    cJSON *json = cJSON_AddObjectToObject(study->json, "dataflows");
    if (status == NPIM_OK) status = make_cases(study, error);
    for (size_t w = 0; w < N_SWEEPS && status == NPIM_OK; w++)
        status = npim_dot_sweep_make(study, &sweeps[w], designs, json, error);
    if (status == NPIM_OK)
        status = npim_dot_bars_make(study, bars, sizeof bars / sizeof *bars, designs, error);
    return status;
}
