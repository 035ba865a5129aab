/* The published evaluation made anew: the runs it takes, and what comes of them. A section of the report adds
 * its runs, and when all of them are made, exhibits and numbers. */
#ifndef NPIM_SIM_REPRODUCE_STUDY_H
#define NPIM_SIM_REPRODUCE_STUDY_H

#include "sim/graph.h"
#include "sim/reproduce/chart.h"
#include "sim/reproduce/runs.h"

#ifdef __cplusplus
extern "C" {
#endif

enum { NPIM_STUDY_NETWORKS = 9, NPIM_STUDY_ARCHS = 3, NPIM_STUDY_CHIPS = 16, NPIM_CAPTION_SIZE = 1500 };

/* The three architectures, in the order of all tables: each is compared with the last. */
typedef enum npim_contender { NPIM_ISAAC, NPIM_CASCADE, NPIM_NEURAL_PIM } npim_contender;

/* One of the nine. */
typedef struct npim_study_network {
    const char *name;
    bool quick; /* simulated even when there is little time */
    npim_network network;
    npim_graph graph;
} npim_study_network;

/* A table of the report, beside which its CSV lies, and what is drawn of it. */
typedef struct npim_exhibit {
    const char *name;                /* of its files: name.csv, name.svg */
    const char *title;               /* literals */
    char caption[NPIM_CAPTION_SIZE]; /* what to see in it */
    npim_table table;
    npim_chart chart; /* without series: nothing is drawn */
    size_t section;   /* which section it belongs to */
    bool hide_table;  /* too long for paper: the CSV alone has it */
} npim_exhibit;

typedef struct npim_study npim_study;

/* One section of the report. */
typedef struct npim_section {
    const char *title;
    const char *text;                                          /* HTML: how to read it */
    npim_status (*plan)(npim_study *study, npim_error *error); /* NULL: needs no run */
    npim_status (*make)(npim_study *study, npim_error *error);
} npim_section;

/* Owned by whoever began it. */
struct npim_study {
    bool quick;
    npim_runs runs;
    npim_study_network networks[NPIM_STUDY_NETWORKS];
    npim_exhibit *exhibits;
    size_t n_exhibits, capacity;
    size_t section; /* that makes its exhibits now */
    cJSON *json;    /* one object: what `npim reproduce --json` prints */
    const npim_stop *stop;
};

extern const npim_section npim_study_sections[];
extern const size_t npim_n_study_sections;

/* Loads the networks. folder: where the results of runs are kept. program and errors as npim_runs_begin, and
 * as npim_network_load. study must be zeroed or finished; stop may be NULL. */
NPIM_MUST_USE npim_status npim_study_begin(npim_study *study, const char *folder, const char *program,
                                           bool quick, const npim_stop *stop, npim_error *error);
void npim_study_fini(npim_study *study); /* safe on a zeroed struct and twice */

/* All sections plan, the runs are made, all sections make. NPIM_EINVARIANT when a number of a table is
 * infinite. */
NPIM_MUST_USE npim_status npim_study_make(npim_study *study, uint32_t processes,
                                          const npim_runs_progress *progress, npim_error *error);

/* A new exhibit of the section that is at work, with an empty table. Borrowed, until the next one is made.
 * NULL when memory runs out. */
npim_exhibit *npim_study_exhibit(npim_study *study, const char *name, const char *title,
                                 const npim_column *columns, size_t n_columns);

/* Its caption, printf-style; what is too long is cut. */
void npim_exhibit_say(npim_exhibit *exhibit, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* A number of a result by its path ("limits.link.images_per_s"); NAN when document is NULL or has none. */
double npim_document_number(const cJSON *document, const char *path);

/* Adds a number to a result. One that is not there (NAN, infinite) is an absent member, never null, so that
 * npim_document_number reads NAN again. */
void npim_json_number(cJSON *object, const char *key, double number);

#ifdef __cplusplus
}
#endif
#endif
