#include "sim/options.h"

#include "sim/arch_fields.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* What an option does with its value. */
typedef enum action {
    FLAG,   /* takes none: sets a bool */
    TEXT,   /* is kept as it is */
    ASSIGN, /* is an assignment to a key */
    RUN,    /* is the value of the key of that name in table run */
    IMAGES, /* the same where it is a number; else as FILES */
    FILES,  /* is a file, or NAME=FILE for a further input */
    SYSTEM  /* the same in table system; auto is its 0 */
} action;

/* Every option: which command knows it, where its value goes, and its line in the help. */
typedef struct option_row {
    const char *name;
    size_t known; /* offset of its bool in npim_option_set, or EVERYWHERE */
    action what;
    size_t at; /* FLAG, TEXT: offset in npim_options */
    const char *value, *doc;
} option_row;

#define EVERYWHERE SIZE_MAX
#define KNOWN(member) offsetof(npim_option_set, member)
#define AT(member) offsetof(npim_options, member)
static const option_row rows[] = {
    {"--arch", KNOWN(arch), TEXT, AT(arch), " A", "architecture: a path or a name (default neural-pim)"},
    {"--images", KNOWN(images), RUN, 0, " N",
     "images in flight: the first alone, the others as fast as they go (default 1)"},
    {"--images", KNOWN(images_or_file), IMAGES, AT(image_file), " N|FILE",
     "images in flight, the first alone, then as fast as they go (default 1); FILE.npy: these, with values; "
     "NAME=FILE.npy: what a further input of that name gets with each image (default: FILE.NAME.npy beside "
     "the images)"},
    {"--images", KNOWN(image_file), FILES, AT(image_file), " FILE.npy",
     "images [n, channels, height, width] in the units of the network's input; NAME=FILE.npy: what a further "
     "input of that name gets with each image (default: FILE.NAME.npy beside the images)"},
    {"--labels", KNOWN(values), TEXT, AT(labels), " FILE.npy", "the class of each image: gives the accuracy"},
    {"--values", KNOWN(values), TEXT, AT(values), " random",
     "weights and images from the seed, for traces without values"},
    {"--mode", KNOWN(values), TEXT, AT(mode), " M", "ideal (default), quantised or analog"},
    {"--threads", KNOWN(values), TEXT, AT(threads), " N", "1..256 (default 1); results do not depend on it"},
    {"--calibrate", KNOWN(values), TEXT, AT(calibrate), " FILE.npy",
     "images that converters are laid out for, 32 at most (default: calibrate.npy beside the network, or "
     "else the first "
     "of the images)"},
    {"--isa", KNOWN(values), TEXT, AT(isa), " I",
     "kernels: portable, avx2 or avx512 (default: the best that the machine has); results do not depend on "
     "it"},
    {"--chips", KNOWN(chips), SYSTEM, 0, " N|auto",
     "chips; auto: the smallest number that holds one replica of every layer (default)"},
    {"--seed", KNOWN(seed), RUN, 0, " S", "of everything random (default 1)"},
    {"--set", KNOWN(set), ASSIGN, 0, " key=value",
     "overrides a key of the architecture file; may be repeated"},
    {"--out", KNOWN(out), TEXT, AT(out), " DIR",
     "writes the results directory; refuses to overwrite without --force"},
    {"--force", KNOWN(out), FLAG, AT(force), "", "overwrites the result files in DIR"},
    {"--stages", KNOWN(stages), TEXT, AT(stages), " GLOB",
     "runs these tiles stage by stage as well, and checks that both agree"},
    {"--power-step", KNOWN(power_step), TEXT, AT(power_step), " T",
     "adds power.csv to DIR: power over time in steps of T, as 1us (ps, ns, us, ms, s)"},
    {"--wave", KNOWN(wave), TEXT, AT(wave), " FILE.vcd",
     "writes the signals in scope, and FILE.gtkw, which shows them in GTKWave"},
    {"--wave-scope", KNOWN(wave), TEXT, AT(wave_scope), " GLOB",
     "which signals: 'chip_0.tile_003.**'; * within a level, ** any levels"},
    {"--wave-window", KNOWN(wave), TEXT, AT(wave_window), " FROM:TO",
     "only this time, as 10us:20us (ps, ns, us, ms, s; default all of it)"},
    {"--wave-max", KNOWN(wave), TEXT, AT(wave_max), " N", "refuses to write more signals (default 4096)"},
    {"--wave-list", KNOWN(wave), FLAG, AT(wave_list), "",
     "prints the signals in scope with unit and meaning; does not simulate"},
    {"--method", KNOWN(circuit), TEXT, AT(method), " M", "synthesised (default) or trained"},
    {"--bits", KNOWN(circuit), TEXT, AT(bits), " N", "of the converter: 1..10 (default 8; a trained one 4)"},
    {"--code", KNOWN(circuit), TEXT, AT(code), " C", "of up to 6 bit: thermometer (default), gray or binary"},
    {"--dac-bits", KNOWN(circuit), TEXT, AT(dac_bits), " N", "input bits of a cycle: 1 (default), 2, 4 or 8"},
    {"--multiplicity", KNOWN(circuit), TEXT, AT(multiplicity), " N", "cells for accuracy: 1..16 (default 4)"},
    {"--cell-bits", KNOWN(circuit), TEXT, AT(cell_bits), " N", "of a cell: 1..8 (default 3)"},
    {"--v-max", KNOWN(circuit), TEXT, AT(v_max), " V",
     "full scale of the converter is half the supply +- V (default: the supply)"},
    {"--card", KNOWN(circuit), TEXT, AT(card), " C",
     "of the inverters: sc, short-channel-like (default), or b4, BSIM4 with low gain"},
    {"--loaded", KNOWN(circuit), FLAG, AT(loaded), "",
     "takes the residue inverter of a pipeline as it is under its load: needs ngspice"},
    {"--settle", KNOWN(circuit), FLAG, AT(settle), "",
     "adds settling time and energy of a transient run: needs ngspice"},
    {"--hidden", KNOWN(circuit), TEXT, AT(hidden), " N", "rows of a trained network (default 16)"},
    {"--runs", KNOWN(circuit), TEXT, AT(runs), " N", "trainings, the best of which is taken (default 5)"},
    {"--sigma", KNOWN(circuit), TEXT, AT(sigma), " S",
     "relative standard deviation of cells: 0..0.5 (default 0.025)"},
    {"--samples", KNOWN(circuit), TEXT, AT(samples), " N", "varied circuits (default 100)"},
    {"--offset-mV", KNOWN(circuit), TEXT, AT(offset), " V",
     "standard deviation of thresholds: 0..100 mV (default 0)"},
    {"--node-fF", KNOWN(circuit), TEXT, AT(node), " C",
     "capacitance of a node, for noise of kT/C at 300 K: 0 (none, default)..1000 fF"},
    {"--stuck-on", KNOWN(circuit), TEXT, AT(stuck_on), " R", "share of cells stuck at g_on (default 0)"},
    {"--stuck-off", KNOWN(circuit), TEXT, AT(stuck_off), " R", "share of cells stuck at g_off (default 0)"},
    {"--pareto", KNOWN(characterize), FLAG, AT(pareto), "",
     "the table over all multiplicities: accuracy against cells, area and energy"},
    {"--codes", KNOWN(characterize), FLAG, AT(codes), "",
     "adds the table of a converter's codes to the JSON document"},
    {"--seed", KNOWN(circuit), TEXT, AT(circuit_seed), " S", "of training and of samples (default 1)"},
    {"--spice", KNOWN(design), TEXT, AT(spice), " FILE", "writes the circuit as a netlist that ngspice runs"},
    {"--circuit", KNOWN(design), TEXT, AT(circuit), " N",
     "the netlist is that of varied circuit N, from 1 (default: of the nominal one)"},
    {"--transient", KNOWN(design), FLAG, AT(transient), "",
     "the netlist steps through random inputs instead of a ramp"},
    {"--csv", KNOWN(characterize), TEXT, AT(csv), " FILE",
     "writes the table: codes of a converter, circuits of a shift-and-add, rows of the others"},
    {"--plot", KNOWN(characterize), TEXT, AT(plot), " FILE.svg",
     "draws them, and SINAD of the samples, with gnuplot"},
    {"--force", KNOWN(characterize), FLAG, AT(force), "", "overwrites the files"},
    {"--out", KNOWN(design), TEXT, AT(out), " FILE",
     "writes the design; refuses to overwrite without --force"},
    {"--force", KNOWN(design), FLAG, AT(force), "", "overwrites the files"},
    {"--calibrate", KNOWN(import), TEXT, AT(calibrate), " FILE.npy",
     "typical images, which say how large the values of each layer are"},
    {"--calibration", KNOWN(import), TEXT, AT(calibration), " C",
     "where codes end: max (default), percentile (99.99 %) or mse (least squared error)"},
    {"--out", KNOWN(import), TEXT, AT(out), " DIR", "writes the trace; refuses to overwrite without --force"},
    {"-o", KNOWN(import), TEXT, AT(out), " DIR", "the same"},
    {"--force", KNOWN(import), FLAG, AT(force), "",
     "replaces network.toml, tensors/ and calibrate.npy in DIR"},
    {"--quick", KNOWN(reproduce), FLAG, AT(quick), "",
     "three networks and 4 images, the others in closed form alone: about a minute and a half"},
    {"--out", KNOWN(reproduce), TEXT, AT(out), " DIR", "the folder (default reproduction)"},
    {"--force", KNOWN(reproduce), FLAG, AT(force), "", "writes into a folder with other files, too"},
    {"--jobs", KNOWN(reproduce), TEXT, AT(jobs), " N",
     "processes: 1..256 (default: one for each processor); results do not depend on it"},
    {"--reference", KNOWN(reference), FLAG, AT(reference), "",
     "prints every key with unit, range, default and meaning instead"},
    {"--json", KNOWN(json), FLAG, AT(json), "", "prints one JSON document"},
    {"--help", EVERYWHERE, FLAG, AT(help), "", "prints this"},
};
#undef KNOWN
#undef AT

enum { N_ROWS = sizeof rows / sizeof *rows };
_Static_assert(sizeof rows / sizeof *rows <= NPIM_MAX_OPTIONS,
               "every option needs a text of its own in npim_options");

static bool is_known(const npim_option_set *known, const option_row *row) {
    return row->known == EVERYWHERE || *(const bool *)((const char *)known + row->known);
}

static npim_status assign(npim_options *o, const char *assignment, npim_error *error) {
    if (o->n_assignments == NPIM_MAX_ASSIGNMENTS)
        return npim_fail(error, NPIM_EUSAGE, "--set %s: more than %d assignments", assignment,
                         NPIM_MAX_ASSIGNMENTS);
    o->assignments[o->n_assignments++] = assignment;
    return NPIM_OK;
}

static const npim_field *field_of(const char *table, const char *key) {
    for (size_t i = 0; i < npim_n_arch_tables; i++)
        if (strcmp(npim_arch_tables[i].path, table) == 0)
            return npim_field_find(npim_arch_tables[i].fields, npim_arch_tables[i].n_fields, key);
    return NULL;
}

/* At most 19 digits fit 64 bits. */
static bool whole_number_in(const char *text, double min, double max) {
    size_t digits = strspn(text, "0123456789");
    if (digits == 0 || digits > 19 || text[digits] != '\0') return false;
    unsigned long long number = strtoull(text, NULL, 10);
    return number >= (unsigned long long)min && number <= (unsigned long long)max;
}

/* --images 16 is short for --set run.images=16, with the range of that key. */
static npim_status assign_key(npim_options *o, const option_row *row, const char *value, npim_error *error) {
    const char *key = row->name + strlen("--"), *table = row->what == SYSTEM ? "system" : "run";
    const npim_field *field = field_of(table, key);
    char *text = o->text[row - rows];
    bool knows_auto = row->what == SYSTEM, is_auto = knows_auto && strcmp(value, "auto") == 0;
    double min = knows_auto ? 1 : field->min;
    if (!is_auto && !whole_number_in(value, min, field->max))
        return npim_fail(error, NPIM_EUSAGE, "%s %s: must be a whole number in %.0f..%.0f%s", row->name,
                         value, min, field->max, knows_auto ? ", or auto" : "");
    snprintf(text, sizeof o->text[0], "%s.%s=%s", table, key, is_auto ? "0" : value);
    return assign(o, text, error);
}

npim_status npim_options_assign_images(npim_options *o, size_t images, npim_error *error) {
    char number[24];
    const option_row *row = rows;
    while (row->what != IMAGES) row++;
    snprintf(number, sizeof number, "%zu", images);
    return assign_key(o, row, number, error);
}

static bool is_file(const char *text) {
    size_t n = strlen(text);
    return n > 4 && strcmp(text + n - 4, ".npy") == 0;
}

/* NAME=FILE, unless a file is called that. */
static npim_status take_file(npim_options *o, const option_row *row, const char *value, npim_error *error) {
    const char *equals = strchr(value, '=');
    if (!equals || equals == value || access(value, F_OK) == 0) {
        *(const char **)(void *)((char *)o + row->at) = value;
        return NPIM_OK;
    }
    if (o->n_further == NPIM_MAX_FURTHER)
        return npim_fail(error, NPIM_EUSAGE, "--images %s: more than %d further inputs", value,
                         NPIM_MAX_FURTHER);
    o->further[o->n_further++] = value;
    return NPIM_OK;
}

static npim_status apply(npim_options *o, const option_row *row, const char *value, npim_error *error) {
    char *at = (char *)o + row->at;
    switch (row->what) {
    case FLAG:
        *(bool *)at = true;
        return NPIM_OK;
    case TEXT:
        *(const char **)(void *)at = value;
        return NPIM_OK;
    case ASSIGN:
        return assign(o, value, error);
    case IMAGES:
        if (!is_file(value)) break;
        return take_file(o, row, value, error);
    case FILES:
        return take_file(o, row, value, error);
    case RUN:
    case SYSTEM:
        break;
    }
    return assign_key(o, row, value, error);
}

static npim_status unknown(const npim_option_set *known, const char *word, npim_error *error) {
    char list[800] = "";
    for (size_t i = 0; i < N_ROWS; i++) {
        if (!is_known(known, &rows[i])) continue;
        size_t at = strlen(list);
        snprintf(list + at, sizeof list - at, "%s%s", at ? ", " : "", rows[i].name);
    }
    return npim_fail(error, NPIM_EUSAGE, "unknown option %s: known are %s", word, list);
}

static const option_row *find_row(const npim_option_set *known, const char *word, size_t length) {
    for (size_t i = 0; i < N_ROWS; i++)
        if (is_known(known, &rows[i]) && strlen(rows[i].name) == length &&
            strncmp(rows[i].name, word, length) == 0)
            return &rows[i];
    return NULL;
}

/* An option, with its value behind "=" or in the next word. */
static npim_status read_option(npim_options *o, const npim_option_set *known, int *at, int argc,
                               char *const *argv, npim_error *error) {
    const char *word = argv[*at], *equals = strchr(word, '=');
    const option_row *row = find_row(known, word, equals ? (size_t)(equals - word) : strlen(word));
    if (!row) return unknown(known, word, error);
    if (row->what == FLAG && equals) return npim_fail(error, NPIM_EUSAGE, "%s takes no value", row->name);
    if (row->what == FLAG) return apply(o, row, NULL, error);
    if (equals) return apply(o, row, equals + 1, error);
    if (*at + 1 >= argc) return npim_fail(error, NPIM_EUSAGE, "%s needs a value", row->name);
    return apply(o, row, argv[++*at], error);
}

static npim_status add_subject(npim_options *o, const char *name, npim_error *error) {
    if (o->n_subjects == NPIM_MAX_SUBJECTS)
        return npim_fail(error, NPIM_EUSAGE, "%s: more than %d names", name, NPIM_MAX_SUBJECTS);
    o->subjects[o->n_subjects++] = name;
    return NPIM_OK;
}

npim_status npim_options_read(npim_options *o, const npim_option_set *known, int first, int argc,
                              char *const *argv, npim_error *error) {
    *o = (npim_options){0};
    npim_status status = NPIM_OK;
    for (int at = first; at < argc && status == NPIM_OK; at++) {
        if (argv[at][0] == '-' && argv[at][1] != '\0')
            status = read_option(o, known, &at, argc, argv, error);
        else if (known->subjects)
            status = add_subject(o, argv[at], error);
        else if (!known->subject)
            status = npim_fail(error, NPIM_EUSAGE, "%s: this command takes no name", argv[at]);
        else if (o->subject)
            status = npim_fail(error, NPIM_EUSAGE, "%s: one name only, %s came before", argv[at], o->subject);
        else
            o->subject = argv[at];
    }
    return status;
}

void npim_options_describe(const npim_option_set *known, FILE *out) {
    for (size_t i = 0; i < N_ROWS; i++)
        if (is_known(known, &rows[i]))
            fprintf(out, "  %s%-*s %s\n", rows[i].name, 21 - (int)strlen(rows[i].name), rows[i].value,
                    rows[i].doc);
}
