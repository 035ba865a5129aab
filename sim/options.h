/* The command line of one command. A new option is a row in sim/options.c, a bool in npim_option_set and,
 * where it has a value, a member of npim_options. */
#ifndef NPIM_SIM_OPTIONS_H
#define NPIM_SIM_OPTIONS_H

#include "hw/status.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#ifdef __cplusplus
extern "C" {
#endif

enum { NPIM_MAX_ASSIGNMENTS = 64, NPIM_MAX_OPTIONS = 64, NPIM_MAX_SUBJECTS = 64, NPIM_MAX_FURTHER = 64 };

typedef struct npim_options {
    const char *subject;    /* the network or architecture; NULL: none given */
    const char *arch;       /* --arch; NULL: none given */
    const char *out;        /* --out */
    const char *stages;     /* --stages */
    const char *power_step; /* --power-step */
    const char *image_file, *labels, *values, *mode, *threads, *isa; /* --images FILE.npy, ... */
    const char *further[NPIM_MAX_FURTHER]; /* --images NAME=FILE.npy: of further inputs, as written */
    size_t n_further;
    const char *wave, *wave_scope, *wave_window, *wave_max; /* --wave, ... */
    /* Of peripheral circuits: as the user wrote them (sim/design/request.h). */
    const char *method, *card, *code, *bits, *dac_bits, *multiplicity, *cell_bits, *v_max, *hidden, *runs;
    const char *sigma, *samples, *circuit_seed, *spice, *csv, *plot;
    const char *offset, *node, *stuck_on, *stuck_off, *circuit;
    const char *calibrate, *calibration; /* --calibrate FILE.npy, ... */
    const char *jobs;                    /* --jobs */
    bool json, force, reference, help, wave_list, loaded, settle, pareto, codes, transient, quick;
    /* --set key=value, and --images, --chips and --seed as such; all borrowed or in text. */
    const char *assignments[NPIM_MAX_ASSIGNMENTS];
    size_t n_assignments;
    char text[NPIM_MAX_OPTIONS][64];
    const char *subjects[NPIM_MAX_SUBJECTS]; /* where a command takes several names */
    size_t n_subjects;
} npim_options;

/* Which options a command knows. */
typedef struct npim_option_set {
    bool subject, arch, out, json, set, images, chips, seed, stages, wave, reference;
    bool power_step;
    bool image_file;                    /* images from a file, and their labels */
    bool images_or_file;                /* --images takes their number or a file */
    bool values;                        /* how values are computed */
    bool circuit, design, characterize; /* what a circuit is and how it varies; making one; measuring one */
    bool import;                        /* turning a model into a trace */
    bool reproduce;                     /* making the published evaluation anew */
    bool subjects;                      /* any number of names; subject is then false */
} npim_option_set;

/* Reads argv[first ..]. NPIM_EUSAGE naming the word that is wrong and what is allowed. */
NPIM_MUST_USE npim_status npim_options_read(npim_options *options, const npim_option_set *known, int first,
                                            int argc, char *const *argv, npim_error *error);

/* Assigns run.images, as --images N does. NPIM_EUSAGE outside the range of that key. */
NPIM_MUST_USE npim_status npim_options_assign_images(npim_options *options, size_t images, npim_error *error);

/* Writes a line for each option that the command knows. */
void npim_options_describe(const npim_option_set *known, FILE *out);

#ifdef __cplusplus
}
#endif
#endif
