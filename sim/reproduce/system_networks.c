/* Energy and throughput of each network, and what limits it. */
#include "sim/reproduce/system_parts.h"

#include "sim/result.h"

#include <math.h>

/* The lowest of a replay's limits: its kind; NULL when there is none. *limit: the object. */
static const char *limiter(const cJSON *replay, const cJSON **limit) {
    const char *kind = NULL;
    double least = (double)INFINITY;
    const cJSON *limits = cJSON_GetObjectItemCaseSensitive(replay, "limits"), *one;
    cJSON_ArrayForEach(one, limits) {
        double rate = npim_document_number(one, "images_per_s");
        if (!(rate > 0) || rate >= least) continue;
        least = rate;
        kind = one->string;
        *limit = one;
    }
    return kind;
}

/* What the layers that hold weights have waited for longest, as a share of their time. */
static const char *stall(const cJSON *replay, double *share) {
    const char *reason = NULL;
    const cJSON *layer, *one;
    *share = 0.0;
    cJSON_ArrayForEach(layer, cJSON_GetObjectItemCaseSensitive(replay, "layers")) {
        if (!(npim_document_number(layer, "arrays") > 0)) continue;
        cJSON_ArrayForEach(one, cJSON_GetObjectItemCaseSensitive(layer, "stalled_share")) {
            if (one->valuedouble <= *share) continue;
            *share = one->valuedouble;
            reason = one->string;
        }
    }
    return reason;
}

static void add_limit(npim_table *t, const npim_point *p, const cJSON *replay) {
    const cJSON *limit = NULL;
    const char *kind = replay ? limiter(replay, &limit) : NULL;
    const cJSON *name = cJSON_GetObjectItemCaseSensitive(limit, "name");
    npim_table_text(t, kind);
    npim_table_text(t, cJSON_IsString(name) ? name->valuestring : NULL);
    npim_table_number(t, npim_document_number(limit, "images_per_s"));
    npim_table_number(t, p->measured_images_per_s);
}

static void add_stall(npim_table *t, const cJSON *replay) {
    double share = (double)NAN;
    const char *reason = replay ? stall(replay, &share) : NULL;
    npim_table_text(t, reason);
    npim_table_number(t, 100.0 * share);
}

static npim_status make_limits(npim_study *study, const npim_points *points, npim_error *error) {
    static const npim_column columns[] = {{"network", "network", 0},
                                          {"architecture", "architecture", 0},
                                          {"limit", "lowest limit, with links", 0},
                                          {"limit_name", "which", 0},
                                          {"limit_images_per_s", "images/s", 0},
                                          {"measured_images_per_s", "measured", 0},
                                          {"ideal_limit", "with ideal links", 0},
                                          {"ideal_limit_name", "which", 0},
                                          {"ideal_limit_images_per_s", "images/s", 0},
                                          {"ideal_measured_images_per_s", "measured", 0},
                                          {"images", "images", 0},
                                          {"images_in_flight", "of them in flight", 1},
                                          {"longest_stall", "longest stall", 0},
                                          {"stalled_percent", "% of a layer's time", 1}};
    npim_exhibit *e = npim_study_exhibit(study, "limits", "What limits the replays on 16 chips", columns,
                                         sizeof columns / sizeof *columns);
    if (!e) return npim_fail(error, NPIM_ENOMEM, "no memory for the limits");
    for (size_t n = 0; n < NPIM_STUDY_NETWORKS; n++)
        for (size_t a = 0; a < NPIM_STUDY_ARCHS; a++) {
            const cJSON *links = npim_points_replay(study, n, (npim_contender)a, NPIM_RULE_LINKS);
            const cJSON *ideal = npim_points_replay(study, n, (npim_contender)a, NPIM_RULE_IDEAL_LINKS);
            if (!links) continue;
            npim_table_text(&e->table, study->networks[n].name);
            npim_table_text(&e->table, npim_parameter_sets[NPIM_DEFAULT_SET].archs[a]);
            add_limit(&e->table, &points->at[NPIM_DEFAULT_SET][NPIM_RULE_LINKS][n][a], links);
            add_limit(&e->table, &points->at[NPIM_DEFAULT_SET][NPIM_RULE_IDEAL_LINKS][n][a], ideal);
            npim_table_number(&e->table, npim_points_images(study, n));
            npim_table_number(&e->table,
                              npim_document_number(links, "latency_ns") * 1e-9 *
                                  points->at[NPIM_DEFAULT_SET][NPIM_RULE_LINKS][n][a].images_per_s);
            add_stall(&e->table, links);
        }
    npim_exhibit_say(e,
                     "The rate of the resource that would set the pace if all others were free, from its "
                     "load in the replay, and the rate that the replay measured. Where that is higher, "
                     "buffers were still filling when it ended, and the limit counts as the steady state; "
                     "where it is lower, windows waited. In flight: latency x rate, with links. Longest "
                     "stall, with links: of the layer with weights that waits most, and for what.%s",
                     study->quick ? npim_points_quick : "");
    return NPIM_OK;
}

static npim_status make_table(npim_study *study, const npim_points *points, npim_error *error) {
    static const npim_column columns[] = {{"network", "network", 0},
                                          {"architecture", "architecture", 0},
                                          {"energy_event_uJ", "event, uJ", 1},
                                          {"energy_nameplate_uJ", "nameplate, uJ", 1},
                                          {"work_conserving_images_per_s", "work-conserving, images/s", 0},
                                          {"pipeline_images_per_s", "pipeline bound", 0},
                                          {"ideal_links_images_per_s", "ideal links", 0},
                                          {"links_images_per_s", "links", 0},
                                          {"fewest_chips", "fewest chips", 0},
                                          {"fewest_chips_images_per_s", "images/s there", 0}};
    npim_exhibit *e = npim_study_exhibit(study, "networks", "Energy and throughput of each network", columns,
                                         sizeof columns / sizeof *columns);
    if (!e) return npim_fail(error, NPIM_ENOMEM, "no memory for the networks");
    for (size_t n = 0; n < NPIM_STUDY_NETWORKS; n++)
        for (size_t a = 0; a < NPIM_STUDY_ARCHS; a++) {
            const npim_point *bound = &points->at[NPIM_DEFAULT_SET][NPIM_RULE_WORK_CONSERVING][n][a];
            npim_table_text(&e->table, study->networks[n].name);
            npim_table_text(&e->table, npim_parameter_sets[NPIM_DEFAULT_SET].archs[a]);
            npim_table_number(&e->table, bound->uJ[NPIM_EVENT]);
            npim_table_number(&e->table, bound->uJ[NPIM_NAMEPLATE]);
            npim_table_number(&e->table, bound->images_per_s * NPIM_STUDY_CHIPS);
            for (size_t r = NPIM_RULE_PIPELINE; r <= NPIM_RULE_LINKS; r++)
                npim_table_number(&e->table, points->at[NPIM_DEFAULT_SET][r][n][a].images_per_s);
            npim_table_number(&e->table, points->at[NPIM_DEFAULT_SET][NPIM_RULE_SMALLEST][n][a].chips);
            npim_table_number(&e->table, points->at[NPIM_DEFAULT_SET][NPIM_RULE_SMALLEST][n][a].images_per_s);
        }
    npim_exhibit_say(
        e, "Energy per image in closed form; throughput at 16 chips, that of replays in steady state.%s",
        study->quick ? npim_points_quick : "");
    return NPIM_OK;
}

static cJSON *rule_json(const npim_point *p) {
    cJSON *o = cJSON_CreateObject();
    cJSON_AddNumberToObject(o, "chips", p->chips);
    cJSON_AddNumberToObject(o, "images_per_s", p->images_per_s);
    if (!isnan(p->measured_images_per_s))
        cJSON_AddNumberToObject(o, "measured_images_per_s", p->measured_images_per_s);
    cJSON_AddNumberToObject(o, "energy_event_uJ", p->uJ[NPIM_EVENT]);
    cJSON_AddNumberToObject(o, "energy_nameplate_uJ", p->uJ[NPIM_NAMEPLATE]);
    cJSON_AddNumberToObject(o, "energy_constant_uJ", p->constant_uJ);
    return o;
}

static void add_arch(cJSON *archs, const npim_study *study, const npim_points *points, size_t n, size_t a) {
    cJSON *o = cJSON_AddObjectToObject(archs, npim_parameter_sets[NPIM_DEFAULT_SET].archs[a]);
    const cJSON *limit = NULL, *replay = npim_points_replay(study, n, (npim_contender)a, NPIM_RULE_LINKS);
    const char *kind = replay ? limiter(replay, &limit) : NULL;
    for (size_t r = 0; r < NPIM_N_RULES; r++) {
        const npim_point *p = &points->at[NPIM_DEFAULT_SET][r][n][a];
        if (!isnan(p->images_per_s)) cJSON_AddItemToObject(o, npim_rules[r].key, rule_json(p));
    }
    if (kind) cJSON_AddStringToObject(o, "limit", kind);
}

static void add_networks(const npim_study *study, const npim_points *points) {
    cJSON *networks = cJSON_AddArrayToObject(study->json, "networks");
    for (size_t n = 0; n < NPIM_STUDY_NETWORKS; n++) {
        cJSON *o = cJSON_CreateObject();
        cJSON_AddItemToArray(networks, o);
        cJSON_AddStringToObject(o, "name", study->networks[n].name);
        cJSON *archs = cJSON_AddObjectToObject(o, "architectures");
        for (size_t a = 0; a < NPIM_STUDY_ARCHS; a++) add_arch(archs, study, points, n, a);
    }
}

npim_status npim_system_networks(npim_study *study, const npim_points *points, npim_error *error) {
    add_networks(study, points);
    npim_status status = make_table(study, points, error);
    return status == NPIM_OK ? make_limits(study, points, error) : status;
}
