/* Replay results for people and for programs. */
#ifndef NPIM_SIM_REPORT_H
#define NPIM_SIM_REPORT_H

#include "sim/result.h"

#include <cjson/cJSON.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Of the document below; raised when a member changes its meaning, so that nobody compares unlike things. */
enum { NPIM_SUMMARY_FORMAT = 1 };

/* One object: format, network, architecture, chips, tiles, images, macs, ad_conversions, latency_ns,
 * throughput and its bounds, energies (per image, uJ), programming, limits, movement counts, layers[],
 * blocks[]. NULL when memory runs out; the caller frees it with cJSON_Delete. */
cJSON *npim_report_json(const npim_result *result);

/* The same as a table: per layer windows, replicas, arrays, latency, energy by block group, utilisation,
 * share of time stalled and on what; then the totals. NULL when memory runs out; the caller frees it with
 * free. */
char *npim_report_text(const npim_result *result);

/* The placement of a mapping, for `npim map`: text or JSON. */
char *npim_report_map_text(const npim_map *map);
cJSON *npim_report_map_json(const npim_map *map);

/* The reason that held a layer up longest; NULL when nothing did. */
const char *npim_report_stall(const npim_layer_result *layer);

#ifdef __cplusplus
}
#endif
#endif
