/* Energy and throughput of a network on an architecture under one of the rules by which they can be compared,
 * and the published ratios of them. */
#ifndef NPIM_SIM_REPRODUCE_POINTS_H
#define NPIM_SIM_REPRODUCE_POINTS_H

#include "sim/reproduce/study.h"

#ifdef __cplusplus
extern "C" {
#endif

/* What throughput is. The first two are closed forms (sim/estimate.h, the mapper's bound); the others are
 * measured in replays and cost what those count. */
typedef enum npim_rule {
    NPIM_RULE_WORK_CONSERVING, /* arrays always busy: independent of the number of chips */
    NPIM_RULE_PIPELINE,        /* the slowest layer of a mapping on 16 chips */
    NPIM_RULE_IDEAL_LINKS,     /* steady state of a replay there, packets do not wait for each other */
    NPIM_RULE_LINKS,           /* steady state of a replay there */
    NPIM_RULE_SMALLEST,        /* of a replay on the smallest number of chips: not comparable */
    NPIM_N_RULES
} npim_rule;

typedef enum npim_accounting { NPIM_EVENT, NPIM_NAMEPLATE, NPIM_N_ACCOUNTINGS } npim_accounting;

/* Architectures that are compared with each other. */
typedef struct npim_parameter_set {
    const char *key, *title;
    const char *archs[NPIM_STUDY_ARCHS];
    bool simulated; /* else closed forms alone */
} npim_parameter_set;

enum { NPIM_N_SETS = 4, NPIM_DEFAULT_SET = 0, NPIM_A_PRIORI_SET = 1 };

extern const npim_parameter_set npim_parameter_sets[NPIM_N_SETS];
extern const struct npim_named {
    const char *key, *title;
} npim_rules[NPIM_N_RULES], npim_accountings[NPIM_N_ACCOUNTINGS];

extern const char npim_points_quick[]; /* what a caption has to add about --quick */

/* Per image; NAN: not available (with --quick, most networks are not simulated). In a run of some images
 * buffers still fill, and images finish faster than the busiest link, bank or unit could keep up for ever:
 * the steady state of a replay is what it measured, or the lowest of its limits where that is lower. */
typedef struct npim_point {
    double chips, images_per_s;
    double measured_images_per_s;  /* over the second half of a replay's images; NAN: no replay */
    double uJ[NPIM_N_ACCOUNTINGS]; /* without the constant part */
    double constant_uJ;            /* standby of all chips at that throughput */
} npim_point;

/* All of them: a large struct. */
typedef struct npim_points {
    npim_point at[NPIM_N_SETS][NPIM_N_RULES][NPIM_STUDY_NETWORKS][NPIM_STUDY_ARCHS];
} npim_points;

/* Adds the replays and mappings that points are made of. */
NPIM_MUST_USE npim_status npim_points_plan(npim_study *study, npim_error *error);

/* Images of a replay of that network. */
uint32_t npim_points_images(const npim_study *study, size_t network);

/* The replay of a network on one of the default architectures; NULL where there is none. */
const cJSON *npim_points_replay(const npim_study *study, size_t network, npim_contender arch, npim_rule rule);

NPIM_MUST_USE npim_status npim_points_make(npim_points *points, const npim_study *study, npim_error *error);

/* The ratios to Neural-PIM, over all networks that have them. */
typedef struct npim_ratios {
    double energy[2], throughput[2]; /* against ISAAC and CASCADE: above 1, Neural-PIM is better */
    size_t networks;                 /* of the mean */
} npim_ratios;

/* Of one network; NAN where it has none. */
npim_ratios npim_points_ratios(const npim_points *points, size_t set, npim_rule rule,
                               npim_accounting accounting, size_t network, bool with_constant);

/* The mean of the ratios of the networks. */
npim_ratios npim_points_mean(const npim_points *points, size_t set, npim_rule rule,
                             npim_accounting accounting, bool with_constant, bool geometric);

#ifdef __cplusplus
}
#endif
#endif
