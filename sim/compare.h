/* Results or architectures side by side, for `npim compare`. */
#ifndef NPIM_SIM_COMPARE_H
#define NPIM_SIM_COMPARE_H

#include "hw/status.h"
#include "sim/figure.h"

#include <stdbool.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

enum { NPIM_COMPARE_MAX = 64, NPIM_COMPARE_MAX_NOTES = 4 };

/* One of the things compared. */
typedef struct npim_compared {
    const char *name; /* as the user gave it; borrowed */
    cJSON *document;  /* summary.json, or npim_describe_json(); owned */
} npim_compared;

/* Owned by whoever made it. The first of items is the reference. */
typedef struct npim_comparison {
    npim_compared items[NPIM_COMPARE_MAX];
    size_t n;
    bool results; /* else architectures */
    /* Names of the layers of all networks, those of the first result in front; borrowed from the documents.
     * None when the networks differ, and for architectures. */
    const char **layers;
    uint32_t n_layers;
    const char *notes[NPIM_COMPARE_MAX_NOTES]; /* what makes the comparison less than fair; literals */
    size_t n_notes;
} npim_comparison;

/* Loads what the names say: a directory, or a file that ends in .json, is a result (sim/summary.h); anything
 * else an architecture (sim/find.h). comparison must be zeroed or finished; it is empty on failure.
 * NPIM_EUSAGE for fewer than two names, more than NPIM_COMPARE_MAX, or results mixed with architectures;
 * NPIM_ECONFIG for a name that is neither, and for what summary.h and arch.h refuse. */
NPIM_MUST_USE npim_status npim_compare(npim_comparison *comparison, const char *const *names, size_t n,
                                       npim_error *error);

void npim_comparison_fini(npim_comparison *comparison); /* safe on a zeroed struct and twice */

/* The figures of the totals. */
const npim_figure_table *npim_comparison_figures(const npim_comparison *comparison);

/* A layer of one of the results, or NULL when it has none of that name. */
const cJSON *npim_comparison_layer(const npim_comparison *comparison, size_t item, const char *name);

/* A figure over the reference's; NAN when one of them is NAN, or the reference's is zero. */
double npim_comparison_ratio(double value, double reference);

/* The comparison as a table for people, or as one JSON object: kind ("results" or "architectures"),
 * compared[] {name, network, architecture, chips, images | name, architecture}, notes[], figures {key:
 * {better, values[], ratios[]}}, layers[] {name, key: {values[], ratios[]}}; values in the order of compared,
 * null where there is none. NULL when memory runs out; the caller frees them with free and cJSON_Delete. */
char *npim_comparison_text(const npim_comparison *comparison);
cJSON *npim_comparison_json(const npim_comparison *comparison);

#ifdef __cplusplus
}
#endif
#endif
