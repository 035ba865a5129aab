#include "sim/reproduce/points.h"

#include "sim/estimate.h"
#include "sim/reproduce/load.h"

#include <math.h>

const npim_parameter_set npim_parameter_sets[NPIM_N_SETS] = {
    {"default", "default", {"isaac", "cascade", "neural-pim"}, true},
    {"a_priori", "a priori: nothing calibrated", {"isaac", "cascade-a-priori", "neural-pim-a-priori"}, false},
    {"isaac_2bit", "ISAAC with its original 2-bit cells", {"isaac-2bit", "cascade", "neural-pim"}, false},
    {"differential", "W_P and W_N in all three", {"isaac", "cascade-differential", "neural-pim"}, false}};

const struct npim_named npim_rules[NPIM_N_RULES] = {
    [NPIM_RULE_WORK_CONSERVING] = {"work_conserving", "work-conserving bound"},
    [NPIM_RULE_PIPELINE] = {"pipeline_16_chips", "pipeline bound, 16 chips"},
    [NPIM_RULE_IDEAL_LINKS] = {"event_16_chips_ideal_links", "event-driven, 16 chips, ideal links"},
    [NPIM_RULE_LINKS] = {"event_16_chips", "event-driven, 16 chips"},
    [NPIM_RULE_SMALLEST] = {"smallest_chips", "event-driven, fewest chips (not comparable)"}};

const struct npim_named npim_accountings[NPIM_N_ACCOUNTINGS] = {
    [NPIM_EVENT] = {"event", "event"}, [NPIM_NAMEPLATE] = {"nameplate", "nameplate"}};

const char npim_points_quick[] =
    " With --quick, replays are of AlexNet, ResNet-50 (4 images) and NeuralTalk (16) alone.";

enum { QUICK_IMAGES = 4, FEW_IMAGES = 8, IMAGES = 16 };

/* Runs must be longer than the pipelines are deep, which hold fewer than 4 images (exhibit "limits"); the
 * largest networks take most of the time. Replicas of a recurrent network make whole images: few images would
 * use few of them. */
uint32_t npim_points_images(const npim_study *study, size_t network) {
    const npim_study_network *of = &study->networks[network];
    bool recurrent = false, large = npim_network_macs(&of->network) > 10000000000u;
    for (uint32_t n = 0; n < of->graph.n_nodes; n++) recurrent = recurrent || of->graph.nodes[n].recurrent;
    if (study->quick && !recurrent) return QUICK_IMAGES;
    return large ? FEW_IMAGES : IMAGES;
}

/* --- runs --- */

/* What makes a rule's replay of a network out of `npim replay NETWORK --arch A --images N`. */
static const char *const replay_options[NPIM_N_RULES] = {[NPIM_RULE_IDEAL_LINKS] =
                                                             " --chips 16 --set system.ideal_links=true",
                                                         [NPIM_RULE_LINKS] = " --chips 16",
                                                         [NPIM_RULE_SMALLEST] = ""};

static bool is_simulated(const npim_study *study, size_t network) {
    return !study->quick || study->networks[network].quick;
}

/* What is not comparable is left out where there is little time. */
static bool is_replayed(const npim_study *study, npim_rule rule) {
    return replay_options[rule] && !(study->quick && rule == NPIM_RULE_SMALLEST);
}

static npim_status plan_network(npim_study *study, size_t n, npim_error *error) {
    const char *name = study->networks[n].name;
    npim_status status = NPIM_OK;
    for (size_t a = 0; a < NPIM_STUDY_ARCHS; a++) {
        const char *arch = npim_parameter_sets[NPIM_DEFAULT_SET].archs[a];
        if (status == NPIM_OK && !is_simulated(study, n))
            status = npim_runs_add(&study->runs, error, "map %s --arch %s --chips %d", name, arch,
                                   NPIM_STUDY_CHIPS);
        for (size_t r = 0; r < NPIM_N_RULES && status == NPIM_OK && is_simulated(study, n); r++)
            if (is_replayed(study, (npim_rule)r))
                status = npim_runs_add(&study->runs, error, "replay %s --arch %s --images %u%s", name, arch,
                                       npim_points_images(study, n), replay_options[r]);
    }
    return status;
}

/* The networks that take longest come first, so that no process has one left for itself at the end. */
npim_status npim_points_plan(npim_study *study, npim_error *error) {
    bool planned[NPIM_STUDY_NETWORKS] = {false};
    npim_status status = NPIM_OK;
    for (size_t i = 0; i < NPIM_STUDY_NETWORKS && status == NPIM_OK; i++) {
        size_t largest = NPIM_STUDY_NETWORKS;
        for (size_t n = 0; n < NPIM_STUDY_NETWORKS; n++)
            if (!planned[n] &&
                (largest == NPIM_STUDY_NETWORKS || npim_network_macs(&study->networks[n].network) >
                                                       npim_network_macs(&study->networks[largest].network)))
                largest = n;
        planned[largest] = true;
        status = plan_network(study, largest, error);
    }
    return status;
}

const cJSON *npim_points_replay(const npim_study *study, size_t n, npim_contender arch, npim_rule rule) {
    if (!replay_options[rule]) return NULL;
    return npim_runs_document(&study->runs, "replay %s --arch %s --images %u%s", study->networks[n].name,
                              npim_parameter_sets[NPIM_DEFAULT_SET].archs[arch], npim_points_images(study, n),
                              replay_options[rule]);
}

/* --- points --- */

static const npim_point nothing = {
    (double)NAN, (double)NAN, (double)NAN, {(double)NAN, (double)NAN}, (double)NAN};

static npim_point closed_form(const npim_study *study, const npim_arch *arch, size_t n) {
    npim_estimate e;
    npim_estimate_make(&e, arch, &study->networks[n].network, &study->networks[n].graph);
    return (npim_point){.chips = 1,
                        .images_per_s = e.chip_images_per_s,
                        .measured_images_per_s = (double)NAN,
                        .uJ = {[NPIM_EVENT] = npim_estimate_event_uJ(&e), [NPIM_NAMEPLATE] = e.nameplate_uJ},
                        .constant_uJ = npim_arch_standby_W(arch) / e.chip_images_per_s * 1e6};
}

/* The mapper's bound, with the energy of the closed form. */
static npim_point pipeline(const npim_study *study, const npim_arch *arch, size_t n, size_t a) {
    npim_point p = closed_form(study, arch, n);
    const char *name = study->networks[n].name;
    const cJSON *document = npim_points_replay(study, n, (npim_contender)a, NPIM_RULE_LINKS);
    if (!document)
        document = npim_runs_document(&study->runs, "map %s --arch %s --chips %d", name,
                                      npim_parameter_sets[NPIM_DEFAULT_SET].archs[a], NPIM_STUDY_CHIPS);
    p.chips = NPIM_STUDY_CHIPS;
    p.images_per_s = npim_document_number(document, "throughput_bound_images_per_s");
    p.constant_uJ = npim_arch_standby_W(arch) * p.chips / p.images_per_s * 1e6;
    return p;
}

static npim_point steady(const cJSON *replay) {
    double rate = npim_document_number(replay, "throughput_images_per_s");
    double limit = npim_document_number(replay, "throughput_bound_links_images_per_s");
    double images_per_s = rate > limit ? limit : rate;
    return (npim_point){.chips = npim_document_number(replay, "chips"),
                        .images_per_s = images_per_s,
                        .measured_images_per_s = rate,
                        .uJ = {[NPIM_EVENT] = npim_document_number(replay, "energy_event_uJ"),
                               [NPIM_NAMEPLATE] = npim_document_number(replay, "energy_nameplate_uJ")},
                        .constant_uJ =
                            npim_document_number(replay, "energy_constant_uJ") * rate / images_per_s};
}

static void make_arch(npim_points *points, const npim_study *study, size_t set, size_t a,
                      const npim_arch *arch) {
    for (size_t n = 0; n < NPIM_STUDY_NETWORKS; n++)
        for (size_t r = 0; r < NPIM_N_RULES; r++) {
            npim_point *p = &points->at[set][r][n][a];
            *p = nothing;
            if (r == NPIM_RULE_WORK_CONSERVING)
                *p = closed_form(study, arch, n);
            else if (!npim_parameter_sets[set].simulated)
                continue;
            else if (r == NPIM_RULE_PIPELINE)
                *p = pipeline(study, arch, n, a);
            else
                *p = steady(npim_points_replay(study, n, (npim_contender)a, (npim_rule)r));
        }
}

npim_status npim_points_make(npim_points *points, const npim_study *study, npim_error *error) {
    npim_status status = NPIM_OK;
    for (size_t set = 0; set < NPIM_N_SETS; set++)
        for (size_t a = 0; a < NPIM_STUDY_ARCHS && status == NPIM_OK; a++) {
            npim_arch *arch = NULL;
            status = npim_load_arch(&arch, npim_parameter_sets[set].archs[a], NULL, 0, error);
            if (status == NPIM_OK) make_arch(points, study, set, a, arch);
            npim_free_arch(arch);
        }
    return status;
}

/* --- ratios --- */

npim_ratios npim_points_ratios(const npim_points *points, size_t set, npim_rule rule,
                               npim_accounting accounting, size_t network, bool with_constant) {
    const npim_point *p = points->at[set][rule][network];
    double uJ[NPIM_STUDY_ARCHS];
    npim_ratios r = {.networks = 1};
    for (size_t a = 0; a < NPIM_STUDY_ARCHS; a++)
        uJ[a] = p[a].uJ[accounting] + (with_constant ? p[a].constant_uJ : 0.0);
    for (size_t a = 0; a < NPIM_NEURAL_PIM; a++) {
        r.energy[a] = uJ[a] / uJ[NPIM_NEURAL_PIM];
        r.throughput[a] = p[NPIM_NEURAL_PIM].images_per_s / p[a].images_per_s;
    }
    return r;
}

npim_ratios npim_points_mean(const npim_points *points, size_t set, npim_rule rule,
                             npim_accounting accounting, bool with_constant, bool geometric) {
    double sum[4] = {0.0};
    npim_ratios mean = {.networks = 0};
    for (size_t n = 0; n < NPIM_STUDY_NETWORKS; n++) {
        npim_ratios r = npim_points_ratios(points, set, rule, accounting, n, with_constant);
        const double of[4] = {r.energy[0], r.energy[1], r.throughput[0], r.throughput[1]};
        if (isnan(of[0] + of[1] + of[2] + of[3])) continue;
        for (size_t i = 0; i < 4; i++) sum[i] += geometric ? log(of[i]) : of[i];
        mean.networks++;
    }
    for (size_t i = 0; i < 4; i++) {
        double value = sum[i] / (double)mean.networks; /* NAN without networks */
        if (geometric) value = exp(value);
        *(i < 2 ? &mean.energy[i] : &mean.throughput[i - 2]) = value;
    }
    return mean;
}
