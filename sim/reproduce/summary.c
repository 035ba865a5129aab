/* The first page: the four ratios in a table that says it all. */
#include "sim/reproduce/points.h"
#include "sim/reproduce/published.h"
#include "sim/reproduce/sections.h"

#include <math.h>
#include <stdlib.h>

/* A way to get the ratios. */
typedef struct way {
    size_t set;
    npim_rule rule;
    npim_accounting accounting;
} way;

static const way ways[] = {{NPIM_DEFAULT_SET, NPIM_RULE_WORK_CONSERVING, NPIM_NAMEPLATE},
                           {NPIM_DEFAULT_SET, NPIM_RULE_WORK_CONSERVING, NPIM_EVENT},
                           {NPIM_DEFAULT_SET, NPIM_RULE_LINKS, NPIM_EVENT},
                           {NPIM_A_PRIORI_SET, NPIM_RULE_WORK_CONSERVING, NPIM_NAMEPLATE}};

enum { N_WAYS = sizeof ways / sizeof *ways };

static const struct {
    const char *title;
    double published;
} rows[] = {{"energy / ISAAC", NPIM_PUBLISHED_ENERGY_ISAAC},
            {"energy / CASCADE", NPIM_PUBLISHED_ENERGY_CASCADE},
            {"throughput / ISAAC", NPIM_PUBLISHED_THROUGHPUT_ISAAC},
            {"throughput / CASCADE", NPIM_PUBLISHED_THROUGHPUT_CASCADE}};

static void fill(npim_table *t, const npim_points *points) {
    for (size_t r = 0; r < sizeof rows / sizeof *rows; r++) {
        npim_table_text(t, rows[r].title);
        npim_table_number(t, rows[r].published);
        for (size_t w = 0; w < N_WAYS; w++) {
            npim_ratios mean =
                npim_points_mean(points, ways[w].set, ways[w].rule, ways[w].accounting, false, false);
            double ratio = r < 2 ? mean.energy[r] : mean.throughput[r - 2];
            npim_table_number(t, ratio);
            npim_table_number(t, 100.0 * (ratio / rows[r].published - 1.0));
        }
    }
}

npim_status npim_summary_make(npim_study *study, npim_error *error) {
    static const npim_column columns[] = {
        {"ratio", "Neural-PIM against", 0},    {"published", "published", 2},
        {"nameplate", "bound, nameplate", 2},  {"nameplate_percent", "%", 1},
        {"event", "bound, event", 2},          {"event_percent", "%", 1},
        {"replayed", "replayed, 16 chips", 2}, {"replayed_percent", "%", 1},
        {"a_priori", "a priori", 2},           {"a_priori_percent", "%", 1}};
    npim_exhibit *e =
        npim_study_exhibit(study, "summary", "The four ratios", columns, sizeof columns / sizeof *columns);
    npim_points *points = malloc(sizeof *points);
    npim_status status = e && points ? npim_points_make(points, study, error)
                                     : npim_fail(error, NPIM_ENOMEM, "no memory for the summary");
    if (status == NPIM_OK) {
        fill(&e->table, points);
        e->chart = (npim_chart){.kind = NPIM_CHART_BARS,
                                .y_label = "times as good",
                                .series = {{1, "published", 0},
                                           {2, "bound, nameplate", 0},
                                           {4, "bound, event", 0},
                                           {6, "replayed, 16 chips", 0},
                                           {8, "a priori", 0}},
                                .n_series = 5};
        npim_exhibit_say(
            e,
            "Arithmetic means over the networks, and how far they are from the published value in per "
            "cent. Bound: arrays are always busy, energy in closed form under the two accountings. "
            "Replayed: what an event-driven simulation with 16 chips and their links can keep up. A "
            "priori: the bound, nameplate, with no value calibrated.%s",
            study->quick ? npim_points_quick : "");
    }
    free(points);
    return status;
}
