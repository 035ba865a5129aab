/* From the bound of arrays that are always busy to what a replay measures, in three factors for each
 * architecture:
 *     granularity  pipeline bound / work-conserving bound: whole replicas, the slowest layer sets the pace
 *     stalls       replay with ideal links / pipeline bound: windows that wait for inputs, buffers, units
 *     links        replay / replay with ideal links: packets that wait for each other in the network
 * The ratio of two throughputs is then the ratio of the bounds times the ratio of each factor: exactly, for
 * one network and for geometric means. */
#include "sim/reproduce/system_parts.h"

#include <math.h>

enum { N_FACTORS = 3 };

static const npim_rule steps[N_FACTORS + 1] = {NPIM_RULE_WORK_CONSERVING, NPIM_RULE_PIPELINE,
                                               NPIM_RULE_IDEAL_LINKS, NPIM_RULE_LINKS};

/* Of all chips. */
static double images_per_s(const npim_points *points, npim_rule rule, size_t n, size_t a) {
    const npim_point *p = &points->at[NPIM_DEFAULT_SET][rule][n][a];
    return p->images_per_s * (rule == NPIM_RULE_WORK_CONSERVING ? NPIM_STUDY_CHIPS : 1);
}

static double factor(const npim_points *points, size_t f, size_t n, size_t a) {
    return images_per_s(points, steps[f + 1], n, a) / images_per_s(points, steps[f], n, a);
}

/* Geometric mean over the networks that were simulated. */
static double mean_factor(const npim_points *points, size_t f, size_t a) {
    double sum = 0.0;
    size_t n_networks = 0;
    for (size_t n = 0; n < NPIM_STUDY_NETWORKS; n++) {
        if (isnan(images_per_s(points, NPIM_RULE_LINKS, n, a))) continue;
        sum += log(factor(points, f, n, a));
        n_networks++;
    }
    return exp(sum / (double)n_networks);
}

static double mean_ratio(const npim_points *points, npim_rule rule, size_t a) {
    double sum = 0.0;
    size_t n_networks = 0;
    for (size_t n = 0; n < NPIM_STUDY_NETWORKS; n++) {
        if (isnan(images_per_s(points, NPIM_RULE_LINKS, n, a))) continue;
        sum += log(images_per_s(points, rule, n, NPIM_NEURAL_PIM) / images_per_s(points, rule, n, a));
        n_networks++;
    }
    return exp(sum / (double)n_networks);
}

static npim_status make_products(npim_study *study, const npim_points *points, npim_error *error) {
    static const npim_column columns[] = {{"against", "against", 0},
                                          {"work_conserving", "work-conserving ratio", 3},
                                          {"granularity", "x granularity", 3},
                                          {"stalls", "x stalls", 3},
                                          {"links", "x links", 3},
                                          {"event_16_chips", "= event-driven ratio", 3}};
    static const char *const against[] = {"ISAAC", "CASCADE"};
    npim_exhibit *e = npim_study_exhibit(study, "throughput_causes",
                                         "Why the event-driven throughput ratios differ from the bound",
                                         columns, sizeof columns / sizeof *columns);
    if (!e) return npim_fail(error, NPIM_ENOMEM, "no memory for the causes");
    for (size_t a = 0; a < NPIM_NEURAL_PIM; a++) {
        npim_table_text(&e->table, against[a]);
        npim_table_number(&e->table, mean_ratio(points, NPIM_RULE_WORK_CONSERVING, a));
        for (size_t f = 0; f < N_FACTORS; f++)
            npim_table_number(&e->table, mean_factor(points, f, NPIM_NEURAL_PIM) / mean_factor(points, f, a));
        npim_table_number(&e->table, mean_ratio(points, NPIM_RULE_LINKS, a));
    }
    npim_exhibit_say(
        e, "Geometric means over the simulated networks, Neural-PIM's factor over the other's; the first "
           "column times the three factors is the last. Granularity: a layer has whole replicas, and the "
           "slowest one sets the pace of all. Stalls: windows that wait for inputs, for room in a buffer, or "
           "for a unit of their tile; the pooling unit of one tile can set the pace, which the bound of the "
           "mapping does not know. Links: the three have the same links; where one sets the pace (see the "
           "table of limits) the ratio is that of the loads of these links, however fast the arrays are.");
    return NPIM_OK;
}

static npim_status make_factors(npim_study *study, const npim_points *points, npim_error *error) {
    static const npim_column columns[] = {
        {"network", "network", 0},
        {"isaac_granularity", "ISAAC granularity", 2},
        {"isaac_stalls", "stalls", 2},
        {"isaac_links", "links", 2},
        {"cascade_granularity", "CASCADE granularity", 2},
        {"cascade_stalls", "stalls", 2},
        {"cascade_links", "links", 2},
        {"neural_pim_granularity", "Neural-PIM granularity", 2},
        {"neural_pim_stalls", "stalls", 2},
        {"neural_pim_links", "links", 2},
    };
    npim_exhibit *e = npim_study_exhibit(study, "throughput_factors",
                                         "Share of the work-conserving bound that remains, factor by factor",
                                         columns, sizeof columns / sizeof *columns);
    if (!e) return npim_fail(error, NPIM_ENOMEM, "no memory for the factors");
    for (size_t n = 0; n < NPIM_STUDY_NETWORKS; n++) {
        npim_table_text(&e->table, study->networks[n].name);
        for (size_t a = 0; a < NPIM_STUDY_ARCHS; a++)
            for (size_t f = 0; f < N_FACTORS; f++) npim_table_number(&e->table, factor(points, f, n, a));
    }
    npim_exhibit_say(e, "At 16 chips, steady state.%s", study->quick ? npim_points_quick : "");
    return NPIM_OK;
}

/* Movement as assumed in closed form, and as counted. */
static npim_status make_movement(npim_study *study, const npim_points *points, npim_error *error) {
    static const npim_column columns[] = {{"network", "network", 0},
                                          {"architecture", "architecture", 0},
                                          {"closed_form_uJ", "closed form, uJ", 1},
                                          {"event_16_chips_uJ", "16 chips, uJ", 1},
                                          {"smallest_chips_uJ", "fewest chips, uJ", 1},
                                          {"movement_uJ", "of it movement (16 chips), uJ", 1},
                                          {"compute_uJ", "and computing, uJ", 1}};
    static const npim_rule rules[] = {NPIM_RULE_WORK_CONSERVING, NPIM_RULE_LINKS, NPIM_RULE_SMALLEST};
    npim_exhibit *e =
        npim_study_exhibit(study, "energy_causes", "Energy of an image: closed form and counted", columns,
                           sizeof columns / sizeof *columns);
    if (!e) return npim_fail(error, NPIM_ENOMEM, "no memory for the energies");
    for (size_t n = 0; n < NPIM_STUDY_NETWORKS; n++)
        for (size_t a = 0; a < NPIM_STUDY_ARCHS; a++) {
            const cJSON *replay = npim_points_replay(study, n, (npim_contender)a, NPIM_RULE_LINKS);
            if (!replay) continue;
            npim_table_text(&e->table, study->networks[n].name);
            npim_table_text(&e->table, npim_parameter_sets[NPIM_DEFAULT_SET].archs[a]);
            for (size_t r = 0; r < sizeof rules / sizeof *rules; r++)
                npim_table_number(&e->table, points->at[NPIM_DEFAULT_SET][rules[r]][n][a].uJ[NPIM_EVENT]);
            npim_table_number(&e->table, npim_document_number(replay, "energy_movement_uJ"));
            npim_table_number(&e->table, npim_document_number(replay, "energy_compute_uJ"));
        }
    npim_exhibit_say(
        e, "Event accounting. Computing costs the same wherever a network is placed. The closed form assumes "
           "one write, one read and three routers for every byte of an output; a replay counts what really "
           "moves, above all the windows that every replica reads, and the way between distant replicas.");
    return NPIM_OK;
}

/* Geometric mean of the energies of an architecture over those of Neural-PIM: computing, or all of it. */
static double mean_energy_ratio(const npim_study *study, const npim_points *points, npim_rule rule,
                                bool computing, size_t a) {
    double sum = 0.0;
    size_t n_networks = 0;
    for (size_t n = 0; n < NPIM_STUDY_NETWORKS; n++) {
        const npim_point *p = points->at[NPIM_DEFAULT_SET][rule][n];
        const cJSON *other = npim_points_replay(study, n, (npim_contender)a, NPIM_RULE_LINKS);
        const cJSON *own = npim_points_replay(study, n, NPIM_NEURAL_PIM, NPIM_RULE_LINKS);
        if (!other || !own) continue;
        sum += computing ? log(npim_document_number(other, "energy_compute_uJ") /
                               npim_document_number(own, "energy_compute_uJ"))
                         : log(p[a].uJ[NPIM_EVENT] / p[NPIM_NEURAL_PIM].uJ[NPIM_EVENT]);
        n_networks++;
    }
    return exp(sum / (double)n_networks);
}

/* Energy of movement at 16 chips: of Neural-PIM over that of another, geometric mean. */
static double mean_movement(const npim_study *study, npim_contender other) {
    double sum = 0.0;
    size_t n_networks = 0;
    for (size_t n = 0; n < NPIM_STUDY_NETWORKS; n++) {
        const cJSON *own = npim_points_replay(study, n, NPIM_NEURAL_PIM, NPIM_RULE_LINKS);
        const cJSON *its = npim_points_replay(study, n, other, NPIM_RULE_LINKS);
        if (!own || !its) continue;
        sum += log(npim_document_number(own, "energy_movement_uJ") /
                   npim_document_number(its, "energy_movement_uJ"));
        n_networks++;
    }
    return exp(sum / (double)n_networks);
}

/* The ratio of what computing costs, times what movement makes of it: (1 + movement / computing) of the other
 * over that of Neural-PIM. */
static npim_status make_energy_products(npim_study *study, const npim_points *points, npim_error *error) {
    static const npim_column columns[] = {{"against", "against", 0},
                                          {"compute", "computing alone", 3},
                                          {"closed_form_movement", "x movement, closed form", 3},
                                          {"closed_form", "= bound", 3},
                                          {"counted_movement", "x movement, 16 chips", 3},
                                          {"event_16_chips", "= replayed, 16 chips", 3},
                                          {"smallest_movement", "x movement, fewest chips", 3},
                                          {"smallest_chips", "= replayed, fewest chips", 3}};
    static const char *const against[] = {"ISAAC", "CASCADE"};
    static const npim_rule rules[] = {NPIM_RULE_WORK_CONSERVING, NPIM_RULE_LINKS, NPIM_RULE_SMALLEST};
    npim_exhibit *e = npim_study_exhibit(study, "energy_factors",
                                         "Why the event-driven energy ratios differ from the bound", columns,
                                         sizeof columns / sizeof *columns);
    if (!e) return npim_fail(error, NPIM_ENOMEM, "no memory for the causes");
    for (size_t a = 0; a < NPIM_NEURAL_PIM; a++) {
        double computing = mean_energy_ratio(study, points, NPIM_RULE_LINKS, true, a);
        npim_table_text(&e->table, against[a]);
        npim_table_number(&e->table, computing);
        for (size_t r = 0; r < sizeof rules / sizeof *rules; r++) {
            double ratio = mean_energy_ratio(study, points, rules[r], false, a);
            npim_table_number(&e->table, ratio / computing);
            npim_table_number(&e->table, ratio);
        }
    }
    npim_exhibit_say(
        e,
        "Geometric means over the simulated networks, event accounting. Counted at 16 chips, Neural-PIM "
        "moves its data for %.2f times the energy that ISAAC takes for it and %.2f times that of CASCADE, "
        "while it computes for a fraction: movement weighs most where computing is cheapest, so the ratio "
        "falls, and the more, the more chips a network is spread over.",
        mean_movement(study, NPIM_ISAAC), mean_movement(study, NPIM_CASCADE));
    return NPIM_OK;
}

npim_status npim_system_causes(npim_study *study, const npim_points *points, npim_error *error) {
    npim_status status = make_products(study, points, error);
    if (status == NPIM_OK) status = make_factors(study, points, error);
    if (status == NPIM_OK) status = make_energy_products(study, points, error);
    return status == NPIM_OK ? make_movement(study, points, error) : status;
}
