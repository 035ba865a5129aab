#include "sim/figure.h"

#include <math.h>

const char *const npim_better_names[] = {"neither", "lower", "higher", NULL};

static double number(const cJSON *document, const char *key) {
    const cJSON *item = cJSON_GetObjectItemCaseSensitive(document, key);
    return cJSON_IsNumber(item) ? item->valuedouble : nan("");
}

/* Two operations for each multiply-accumulate, as in peak figures; per pJ they are TOPS/W. */
static double operations(const cJSON *summary) {
    return 2.0 * number(summary, "macs");
}

static double event_TOPS_per_W(const cJSON *summary) {
    return operations(summary) / (number(summary, "energy_event_uJ") * 1e6);
}

static double nameplate_TOPS_per_W(const cJSON *summary) {
    return operations(summary) / (number(summary, "energy_nameplate_uJ") * 1e6);
}

static double total_TOPS_per_W(const cJSON *summary) {
    return operations(summary) / (number(summary, "energy_total_uJ") * 1e6);
}

static double throughput_TOPS(const cJSON *summary) {
    return operations(summary) * number(summary, "throughput_images_per_s") * 1e-12;
}

static double throughput_TOPS_per_mm2(const cJSON *summary) {
    return throughput_TOPS(summary) / number(summary, "area_mm2");
}

static const npim_figure of_results[] = {
    {"latency_ns", NULL, "latency of one image", "us", 1e-3, NPIM_BETTER_LOWER},
    {"throughput_images_per_s", NULL, "throughput", "images/s", 1, NPIM_BETTER_HIGHER},
    {"throughput_bound_images_per_s", NULL, "  bound by the pipeline", "images/s", 1, NPIM_BETTER_HIGHER},
    {"throughput_bound_links_images_per_s", NULL, "  with host, links, units", "images/s", 1,
     NPIM_BETTER_HIGHER},
    {"throughput_work_conserving_images_per_s", NULL, "  all arrays always busy", "images/s", 1,
     NPIM_BETTER_HIGHER},
    {"throughput_TOPS", throughput_TOPS, "  in operations", "TOPS", 1, NPIM_BETTER_HIGHER},
    {"throughput_TOPS_per_mm2", throughput_TOPS_per_mm2, "  per area", "TOPS/mm2", 1, NPIM_BETTER_HIGHER},
    {"efficiency_event_TOPS_per_W", event_TOPS_per_W, "energy efficiency (event)", "TOPS/W", 1,
     NPIM_BETTER_HIGHER},
    {"efficiency_nameplate_TOPS_per_W", nameplate_TOPS_per_W, "  nameplate accounting", "TOPS/W", 1,
     NPIM_BETTER_HIGHER},
    {"efficiency_total_TOPS_per_W", total_TOPS_per_W, "  with the constant part", "TOPS/W", 1,
     NPIM_BETTER_HIGHER},
    {"energy_event_uJ", NULL, "energy of one image (event)", "uJ", 1, NPIM_BETTER_LOWER},
    {"energy_compute_uJ", NULL, "  compute", "uJ", 1, NPIM_BETTER_LOWER},
    {"energy_movement_uJ", NULL, "  movement", "uJ", 1, NPIM_BETTER_LOWER},
    {"energy_nameplate_uJ", NULL, "  nameplate accounting", "uJ", 1, NPIM_BETTER_LOWER},
    {"energy_constant_uJ", NULL, "  constant part", "uJ", 1, NPIM_BETTER_LOWER},
    {"energy_total_uJ", NULL, "  with the constant part", "uJ", 1, NPIM_BETTER_LOWER},
    {"macs", NULL, "multiply-accumulates", "", 1, NPIM_BETTER_NEITHER},
    {"ad_conversions", NULL, "A/D conversions", "", 1, NPIM_BETTER_LOWER},
    {"area_mm2", NULL, "area", "mm2", 1, NPIM_BETTER_LOWER},
    {"chips", NULL, "chips", "", 1, NPIM_BETTER_NEITHER},
    {"tiles", NULL, "tiles in use", "", 1, NPIM_BETTER_NEITHER},
    {"arrays", NULL, "arrays in use", "", 1, NPIM_BETTER_NEITHER},
    {"program_uJ", NULL, "programming the weights", "uJ", 1, NPIM_BETTER_LOWER},
    {"program_ms", NULL, "  time of it", "ms", 1, NPIM_BETTER_LOWER},
};

static double layer_event_pJ(const cJSON *layer) {
    const cJSON *groups = cJSON_GetObjectItemCaseSensitive(layer, "energy_event_pJ"), *group;
    double sum = groups ? 0.0 : nan("");
    cJSON_ArrayForEach(group, groups) {
        sum += group->valuedouble;
    }
    return sum;
}

static const npim_figure of_layers[] = {
    {"latency_ns", NULL, "latency of a layer: first read to last write of the first image", "us", 1e-3,
     NPIM_BETTER_LOWER},
    {"energy_event_pJ", layer_event_pJ, "energy of a layer for one image (event)", "uJ", 1e-6,
     NPIM_BETTER_LOWER},
    {"ad_conversions", NULL, "A/D conversions of a layer for one image", "", 1, NPIM_BETTER_LOWER},
};

static double peak_TOPS_per_W(const cJSON *arch) {
    return number(arch, "peak_TOPS") / number(arch, "power_W");
}

static double peak_TOPS_per_mm2(const cJSON *arch) {
    return number(arch, "peak_TOPS") / number(arch, "area_mm2");
}

static double conversions(const cJSON *arch) {
    return number(cJSON_GetObjectItemCaseSensitive(arch, "conversions"), "per_result");
}

static const npim_figure of_archs[] = {
    {"tiles", NULL, "tiles", "", 1, NPIM_BETTER_NEITHER},
    {"arrays_per_tile", NULL, "arrays per tile", "", 1, NPIM_BETTER_NEITHER},
    {"capacity_weights", NULL, "capacity", "M weights", 1e-6, NPIM_BETTER_HIGHER},
    {"power_W", NULL, "power", "W", 1, NPIM_BETTER_LOWER},
    {"tile_power_mW", NULL, "  of one tile", "mW", 1, NPIM_BETTER_LOWER},
    {"standby_W", NULL, "  constant part", "W", 1, NPIM_BETTER_LOWER},
    {"area_mm2", NULL, "area", "mm2", 1, NPIM_BETTER_LOWER},
    {"tile_area_mm2", NULL, "  without the links", "mm2", 1, NPIM_BETTER_LOWER},
    {"peak_TOPS", NULL, "peak", "TOPS", 1, NPIM_BETTER_HIGHER},
    {"peak_TOPS_per_W", peak_TOPS_per_W, "  per power", "TOPS/W", 1, NPIM_BETTER_HIGHER},
    {"peak_TOPS_per_mm2", peak_TOPS_per_mm2, "  per area", "TOPS/mm2", 1, NPIM_BETTER_HIGHER},
    {"layer_step_ns", NULL, "layer step", "ns", 1, NPIM_BETTER_LOWER},
    {"conversions_per_result", conversions, "A/D conversions per result", "", 1, NPIM_BETTER_LOWER},
};

const npim_figure_table npim_result_figures = {of_results, sizeof of_results / sizeof *of_results};
const npim_figure_table npim_layer_figures = {of_layers, sizeof of_layers / sizeof *of_layers};
const npim_figure_table npim_arch_figures = {of_archs, sizeof of_archs / sizeof *of_archs};

double npim_figure_value(const npim_figure *figure, const cJSON *document) {
    double value = figure->value ? figure->value(document) : number(document, figure->key);
    return isfinite(value) ? value : nan("");
}
