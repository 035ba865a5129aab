/* The figures that a design reached when it was made: kept in its file, beside the circuit. */
#ifndef NPIM_SIM_DESIGN_ACHIEVED_H
#define NPIM_SIM_DESIGN_ACHIEVED_H

#include "sim/design/statistics.h"
#include "sim/doc.h"

#include <stdio.h>

#ifdef __cplusplus
extern "C" {
#endif

enum { NPIM_ACHIEVED_KEY_SIZE = 32 };

typedef struct npim_achieved_figure {
    char key[NPIM_ACHIEVED_KEY_SIZE]; /* "enob_bit" */
    npim_spread spread;
} npim_achieved_figure;

/* n 0: the file says nothing about them. */
typedef struct npim_achieved {
    double sigma;
    uint32_t samples;
    uint64_t seed;
    double cell_power_uW; /* sim/design/cell_power.h */
    npim_achieved_figure figures[NPIM_MAX_SPREADS];
    size_t n;
} npim_achieved;

/* Writes the tables [achieved] and [achieved.KEY]. */
void npim_achieved_put(const npim_achieved *achieved, FILE *out);

/* Reads them where they are. NPIM_ECONFIG, naming the file and the key, for values that are missing or out of
 * range, and for more than NPIM_MAX_SPREADS figures. */
NPIM_MUST_USE npim_status npim_achieved_read(npim_achieved *achieved, npim_doc *doc, const char *path,
                                             npim_error *error);

#ifdef __cplusplus
}
#endif
#endif
