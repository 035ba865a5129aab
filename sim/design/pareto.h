/* What accuracy costs: one circuit in all multiplicities, with its figures beside cells, area and energy. */
#ifndef NPIM_SIM_DESIGN_PARETO_H
#define NPIM_SIM_DESIGN_PARETO_H

#include "sim/design/characterize.h"

#ifdef __cplusplus
extern "C" {
#endif

enum { NPIM_PARETO_ROWS = 8 };

typedef struct npim_pareto_row {
    uint32_t multiplicity, cells, inverters, latches;
    double area_um2, cell_power_uW;
    npim_design_transient settle; /* steps 0: not asked for */
    npim_named_spread figures[NPIM_MAX_SPREADS];
    size_t n_figures;
} npim_pareto_row;

typedef struct npim_pareto {
    npim_design_request request; /* but for the multiplicity */
    npim_sampling sampling;
    npim_pareto_row rows[NPIM_PARETO_ROWS]; /* multiplicities 1, 2, 3, 4, 6, 8, 12, 16 */
} npim_pareto;

/* Designs and measures every row; with request->settle a transient run gives each its time and energy.
 * folder: as npim_design_make. Errors as npim_design_make, npim_characterize and npim_design_settle. */
NPIM_MUST_USE npim_status npim_pareto_make(npim_pareto *pareto, const npim_design_request *request,
                                           const npim_sampling *sampling, const char *folder,
                                           npim_error *error);

/* Text or CSV from malloc, or JSON; NULL when there is no memory. */
char *npim_pareto_text(const npim_pareto *pareto);
char *npim_pareto_csv(const npim_pareto *pareto);
cJSON *npim_pareto_json(const npim_pareto *pareto);

#ifdef __cplusplus
}
#endif
#endif
