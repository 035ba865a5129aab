/* The nine networks on the three architectures, and the four published ratios. */
#include "sim/reproduce/points.h"
#include "sim/reproduce/published.h"
#include "sim/reproduce/sections.h"
#include "sim/reproduce/system_parts.h"

#include <math.h>
#include <stdlib.h>

npim_status npim_system_plan(npim_study *study, npim_error *error) {
    return npim_points_plan(study, error);
}

/* --- the headline --- */

static const double published[4] = {NPIM_PUBLISHED_ENERGY_ISAAC, NPIM_PUBLISHED_ENERGY_CASCADE,
                                    NPIM_PUBLISHED_THROUGHPUT_ISAAC, NPIM_PUBLISHED_THROUGHPUT_CASCADE};

static const char *const ratio_keys[4] = {"energy_vs_isaac", "energy_vs_cascade", "throughput_vs_isaac",
                                          "throughput_vs_cascade"};

static double ratio_of(const npim_ratios *r, size_t i) {
    return i < 2 ? r->energy[i] : r->throughput[i - 2];
}

static void add_ratios(cJSON *to, const npim_ratios *r) {
    for (size_t i = 0; i < 4; i++) cJSON_AddNumberToObject(to, ratio_keys[i], ratio_of(r, i));
}

/* headline.SET.RULE.ACCOUNTING: arithmetic means, and what else can be said of them. */
static void add_headline(cJSON *rule, const npim_points *points, size_t set, npim_rule r, npim_accounting a) {
    npim_ratios mean = npim_points_mean(points, set, r, a, false, false);
    npim_ratios geometric = npim_points_mean(points, set, r, a, false, true);
    npim_ratios constant = npim_points_mean(points, set, r, a, true, false);
    cJSON *o = cJSON_AddObjectToObject(rule, npim_accountings[a].key);
    add_ratios(o, &mean);
    cJSON_AddNumberToObject(o, "networks", (double)mean.networks);
    cJSON_AddBoolToObject(o, "replayed", r >= NPIM_RULE_IDEAL_LINKS);
    add_ratios(cJSON_AddObjectToObject(o, "geometric"), &geometric);
    add_ratios(cJSON_AddObjectToObject(o, "with_constant"), &constant);
}

static bool has_points(const npim_points *points, size_t set, npim_rule rule) {
    return npim_points_mean(points, set, rule, NPIM_EVENT, false, false).networks > 0;
}

static void make_headline_json(const npim_study *study, const npim_points *points) {
    cJSON *headline = cJSON_AddObjectToObject(study->json, "headline");
    for (size_t set = 0; set < NPIM_N_SETS; set++) {
        cJSON *rules = cJSON_AddObjectToObject(headline, npim_parameter_sets[set].key);
        for (size_t r = 0; r < NPIM_N_RULES; r++) {
            if (!has_points(points, set, (npim_rule)r)) continue;
            cJSON *rule = cJSON_AddObjectToObject(rules, npim_rules[r].key);
            for (size_t a = 0; a < NPIM_N_ACCOUNTINGS; a++)
                add_headline(rule, points, set, (npim_rule)r, (npim_accounting)a);
        }
    }
    cJSON *paper = cJSON_AddObjectToObject(study->json, "published");
    for (size_t i = 0; i < 4; i++) cJSON_AddNumberToObject(paper, ratio_keys[i], published[i]);
}

static void add_headline_row(npim_table *t, const npim_points *points, size_t set, npim_rule r,
                             npim_accounting a) {
    npim_ratios mean = npim_points_mean(points, set, r, a, false, false);
    npim_ratios geometric = npim_points_mean(points, set, r, a, false, true);
    npim_ratios constant = npim_points_mean(points, set, r, a, true, false);
    npim_table_text(t, npim_parameter_sets[set].title);
    npim_table_text(t, npim_rules[r].title);
    npim_table_text(t, npim_accountings[a].title);
    npim_table_number(t, (double)mean.networks);
    for (size_t i = 0; i < 4; i++) npim_table_number(t, ratio_of(&mean, i));
    for (size_t i = 0; i < 4; i++) npim_table_number(t, ratio_of(&geometric, i));
    for (size_t i = 0; i < 2; i++) npim_table_number(t, ratio_of(&constant, i));
}

static npim_status make_headline(npim_study *study, const npim_points *points, npim_error *error) {
    static const npim_column columns[] = {{"parameter_set", "parameter set", 0},
                                          {"rule", "throughput rule", 0},
                                          {"accounting", "energy accounting", 0},
                                          {"networks", "networks", 0},
                                          {"energy_vs_isaac", "E / ISAAC", 2},
                                          {"energy_vs_cascade", "E / CASCADE", 2},
                                          {"throughput_vs_isaac", "T / ISAAC", 2},
                                          {"throughput_vs_cascade", "T / CASCADE", 2},
                                          {"geometric_energy_vs_isaac", "geom. E / ISAAC", 2},
                                          {"geometric_energy_vs_cascade", "geom. E / CASCADE", 2},
                                          {"geometric_throughput_vs_isaac", "geom. T / ISAAC", 2},
                                          {"geometric_throughput_vs_cascade", "geom. T / CASCADE", 2},
                                          {"with_constant_energy_vs_isaac", "with constant: E / ISAAC", 2},
                                          {"with_constant_energy_vs_cascade", "E / CASCADE", 2}};
    npim_exhibit *e = npim_study_exhibit(study, "headline", "The four published ratios under every rule",
                                         columns, sizeof columns / sizeof *columns);
    if (!e) return npim_fail(error, NPIM_ENOMEM, "no memory for the headline");
    npim_table_text(&e->table, "published");
    npim_table_text(&e->table, "not said");
    npim_table_text(&e->table, "not said");
    npim_table_number(&e->table, NPIM_PUBLISHED_NETWORKS);
    for (size_t i = 0; i < 4; i++) npim_table_number(&e->table, published[i]);
    for (size_t i = 0; i < 6; i++) npim_table_number(&e->table, (double)NAN);
    for (size_t set = 0; set < NPIM_N_SETS; set++)
        for (size_t r = 0; r < NPIM_N_RULES; r++)
            for (size_t a = 0; a < NPIM_N_ACCOUNTINGS && has_points(points, set, (npim_rule)r); a++)
                add_headline_row(&e->table, points, set, (npim_rule)r, (npim_accounting)a);
    npim_exhibit_say(
        e,
        "How many times as good as ISAAC and CASCADE Neural-PIM is in energy per image (E) and throughput "
        "(T): means over the networks, arithmetic and geometric. The constant part (standby of the links "
        "between chips) is left out but for the last two columns; what is published does not say. Four "
        "values of the default set are calibrated to these four ratios: its agreement is a fit, not a "
        "validation. The a-priori set has no calibrated value. The set with W_P and W_N in all three asks "
        "CASCADE to read twice the columns in half the cycle and lets its buffer write for nothing: it still "
        "stays below the published energy ratio.%s",
        study->quick ? npim_points_quick : "");
    return NPIM_OK;
}

/* --- network by network --- */

static npim_status make_ratios(npim_study *study, const npim_points *points, npim_error *error) {
    static const npim_column columns[] = {{"network", "network", 0},
                                          {"event_vs_isaac", "E / ISAAC, event", 2},
                                          {"nameplate_vs_isaac", "E / ISAAC, nameplate", 2},
                                          {"event_vs_cascade", "E / CASCADE, event", 2},
                                          {"nameplate_vs_cascade", "E / CASCADE, nameplate", 2}};
    npim_exhibit *e = npim_study_exhibit(study, "energy_ratios", "Energy efficiency of each network", columns,
                                         sizeof columns / sizeof *columns);
    if (!e) return npim_fail(error, NPIM_ENOMEM, "no memory for the energy ratios");
    for (size_t n = 0; n < NPIM_STUDY_NETWORKS; n++) {
        npim_table_text(&e->table, study->networks[n].name);
        for (size_t against = 0; against < 2; against++)
            for (size_t a = 0; a < NPIM_N_ACCOUNTINGS; a++)
                npim_table_number(&e->table,
                                  npim_points_ratios(points, NPIM_DEFAULT_SET, NPIM_RULE_WORK_CONSERVING,
                                                     (npim_accounting)a, n, false)
                                      .energy[against]);
    }
    e->chart = (npim_chart){.kind = NPIM_CHART_BARS,
                            .y_label = "energy of the other / of Neural-PIM",
                            .series = {{1, "ISAAC, event", 0},
                                       {2, "ISAAC, nameplate", 0},
                                       {3, "CASCADE, event", 0},
                                       {4, "CASCADE, nameplate", 0}},
                            .n_series = 4,
                            .marks = {{NPIM_PUBLISHED_ENERGY_ISAAC, "published 5.36"},
                                      {NPIM_PUBLISHED_ENERGY_CASCADE, "published 1.73"}},
                            .n_marks = 2};
    npim_exhibit_say(e, "Default set, closed form. Nameplate accounting against ISAAC is the same for every "
                        "network, since both fill their arrays alike; depthwise layers (MobileNet) leave "
                        "most of an array idle, which it charges and event accounting does not.");
    return NPIM_OK;
}

static npim_status make_throughput(npim_study *study, const npim_points *points, size_t against,
                                   npim_error *error) {
    static const npim_column columns[] = {{"network", "network", 0},
                                          {"work_conserving", "work-conserving", 2},
                                          {"pipeline_16_chips", "pipeline bound", 2},
                                          {"event_16_chips_ideal_links", "ideal links", 2},
                                          {"event_16_chips", "links", 2},
                                          {"smallest_chips", "fewest chips", 2}};
    static const char *const names[] = {"throughput_vs_isaac", "throughput_vs_cascade"};
    static const char *const titles[] = {"Throughput against ISAAC", "Throughput against CASCADE"};
    npim_exhibit *e =
        npim_study_exhibit(study, names[against], titles[against], columns, sizeof columns / sizeof *columns);
    if (!e) return npim_fail(error, NPIM_ENOMEM, "no memory for the throughput ratios");
    for (size_t n = 0; n < NPIM_STUDY_NETWORKS; n++) {
        npim_table_text(&e->table, study->networks[n].name);
        for (size_t r = 0; r < NPIM_N_RULES; r++)
            npim_table_number(&e->table,
                              npim_points_ratios(points, NPIM_DEFAULT_SET, (npim_rule)r, NPIM_EVENT, n, false)
                                  .throughput[against]);
    }
    e->chart =
        (npim_chart){.kind = NPIM_CHART_BARS,
                     .y_label = "throughput of Neural-PIM / of the other",
                     .series = {{1, "work-conserving", 0},
                                {2, "pipeline bound", 0},
                                {3, "ideal links", 0},
                                {4, "links", 0}},
                     .n_series = 4,
                     .marks = {{published[2 + against], against ? "published 1.59" : "published 3.43"}},
                     .n_marks = 1};
    npim_exhibit_say(
        e,
        "At 16 chips each, but for the bound of arrays that are always busy, which does not depend on their "
        "number. Replays: steady state, which is what a replay measures or what its busiest link, bank or "
        "unit can keep up, if that is less. The last column, each architecture on the fewest chips that hold "
        "the network, compares different areas: it is not comparable with the published ratio.%s",
        study->quick ? npim_points_quick : "");
    return NPIM_OK;
}

npim_status npim_system_make(npim_study *study, npim_error *error) {
    npim_points *points = malloc(sizeof *points);
    if (!points) return npim_fail(error, NPIM_ENOMEM, "no memory for the system's figures");
    npim_status status = npim_points_make(points, study, error);
    if (status == NPIM_OK) make_headline_json(study, points);
    if (status == NPIM_OK) status = make_headline(study, points, error);
    if (status == NPIM_OK) status = make_ratios(study, points, error);
    for (size_t against = 0; against < 2 && status == NPIM_OK; against++)
        status = make_throughput(study, points, against, error);
    if (status == NPIM_OK) status = npim_system_causes(study, points, error);
    if (status == NPIM_OK) status = npim_system_networks(study, points, error);
    free(points);
    return status;
}
