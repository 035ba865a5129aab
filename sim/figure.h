/* The figures that `npim compare` shows: where they stand in a JSON document of npim, and which way is
 * better. */
#ifndef NPIM_SIM_FIGURE_H
#define NPIM_SIM_FIGURE_H

#include <cjson/cJSON.h>
#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef enum npim_better {
    NPIM_BETTER_NEITHER, /* a size: more is neither good nor bad */
    NPIM_BETTER_LOWER,
    NPIM_BETTER_HIGHER
} npim_better;

extern const char *const npim_better_names[]; /* "neither", "lower", "higher", NULL */

typedef struct npim_figure {
    const char *key; /* its name, with the unit; where value is NULL: of the document's number */
    double (*value)(const cJSON *document); /* made of several numbers; NULL: the number itself */
    const char *title;                      /* for people */
    const char *unit;                       /* for people, "" for a plain number */
    double scale;                           /* from the unit of the key to that of people */
    npim_better better;
} npim_figure;

typedef struct npim_figure_table {
    const npim_figure *rows;
    size_t n;
} npim_figure_table;

extern const npim_figure_table npim_result_figures; /* of summary.json: totals */
extern const npim_figure_table npim_layer_figures;  /* of an element of its layers */
extern const npim_figure_table npim_arch_figures;   /* of npim_describe_json() */

/* The figure in a document that has been checked (sim/summary.h) or made here, in the unit of the key; NAN
 * when the document does not have it or it is not finite (an efficiency without energy). */
double npim_figure_value(const npim_figure *figure, const cJSON *document);

#ifdef __cplusplus
}
#endif
#endif
