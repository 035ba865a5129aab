/* The results directory of a study: report.html, which holds everything, the CSV and the picture of every
 * exhibit, summary.json, and manifest.json (manifest.h), which comes last: where it lies, the files belong
 * together. */
#ifndef NPIM_SIM_REPRODUCE_PAGE_H
#define NPIM_SIM_REPRODUCE_PAGE_H

#include "sim/reproduce/study.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Makes the directory where there is none, which *made tells: it is empty then, for the caller to remove when
 * nothing comes of it. NPIM_EUSAGE when the directory cannot be made or written, or is not empty and holds no
 * earlier study (no file runs/lock), unless force; and when gnuplot is missing. */
NPIM_MUST_USE npim_status npim_page_check(const char *directory, bool force, bool *made, npim_error *error);

/* Draws and writes all files beside the directory's own first, then puts them into place together: what was
 * there stays when something fails. Tables and pictures that the manifest there lists and this study lacks
 * are removed; nothing else is. Every number comes from the study; no date, no path. A program that is killed
 * meanwhile leaves the folder .partial.PID, and in it, when it was killed while it put files into place,
 * those that were there before, without a manifest.json outside. The next call removes such folders first,
 * where the runs of the study were made (npim_runs_make), so that nobody else is at work here; it restores
 * nothing, since all is made anew from the runs. */
NPIM_MUST_USE npim_status npim_page_write(const npim_study *study, const char *directory, npim_error *error);

#ifdef __cplusplus
}
#endif
#endif
