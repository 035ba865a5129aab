/* The report as one HTML file that needs nothing beside it. */
#ifndef NPIM_SIM_REPRODUCE_HTML_H
#define NPIM_SIM_REPRODUCE_HTML_H

#include "sim/reproduce/study.h"

#ifdef __cplusplus
extern "C" {
#endif

/* folder: where NAME.svg of every exhibit with a chart lies; they become part of the page. NPIM_EUSAGE when
 * one of them cannot be read. */
NPIM_MUST_USE npim_status npim_html_write(const npim_study *study, const char *folder, FILE *out,
                                          npim_error *error);

#ifdef __cplusplus
}
#endif
#endif
