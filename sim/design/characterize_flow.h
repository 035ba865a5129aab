/* `npim characterize dataflow`: SINAD of whole dot products under the strategies, with the circuits that a
 * request describes. */
#ifndef NPIM_SIM_DESIGN_CHARACTERIZE_FLOW_H
#define NPIM_SIM_DESIGN_CHARACTERIZE_FLOW_H

#include "sim/design/characterize.h"
#include "sim/design/dataflow.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct npim_flow_report {
    npim_sampling sampling;
    uint32_t converter_cells, ladder_cells[NPIM_FLOW_DAC_BITS];
    npim_flow_figures figures[NPIM_DOT_DATA_KINDS][NPIM_FLOW_DAC_BITS];
} npim_flow_report;

/* Designs the converter that the request wants and a ladder of its multiplicity for each number of DAC bits,
 * and measures the table. folder: as npim_design_make. sampling: of the array, too. */
NPIM_MUST_USE npim_status npim_flow_report_make(npim_flow_report *report, const npim_design_request *request,
                                                const npim_sampling *sampling, const char *folder,
                                                npim_error *error);

/* Text or CSV from malloc, or JSON; NULL when there is no memory. */
char *npim_flow_report_text(const npim_flow_report *report);
char *npim_flow_report_csv(const npim_flow_report *report);
cJSON *npim_flow_report_json(const npim_flow_report *report);

#ifdef __cplusplus
}
#endif
#endif
