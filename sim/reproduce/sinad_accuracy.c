/* Accuracy on the digits against SINAD: a curve for each architecture, a chart for each kind of noise, and
 * the knees of all of them. */
#include "sim/reproduce/noise.h"
#include "sim/reproduce/published.h"
#include "sim/reproduce/sinad_parts.h"

#include <math.h>
#include <stdio.h>

/* The curves of a study: those of what it does not sweep are empty. */
typedef struct curves {
    npim_noise_curve of[NPIM_N_NOISES][NPIM_STUDY_ARCHS];
} curves;

static const struct {
    const char *key, *title;
} archs[NPIM_STUDY_ARCHS] = {{"isaac", "ISAAC"}, {"cascade", "CASCADE"}, {"neural_pim", "Neural-PIM"}};

/* Above, all curves are level, and a design that makes next to no error lies anywhere. */
static const double highest_drawn_dB = 60.0;

/* Columns of the tables that charts are drawn of. */
enum { AT_SINAD = 2, AT_DRAWN, AT_ACCURACY, AT_KNEE = AT_ACCURACY + NPIM_STUDY_ARCHS, AT_PUBLISHED };

static void add_cells(npim_table *t, const char *name, double level, double sinad_dB, size_t at,
                      double percent) {
    npim_table_text(t, name);
    npim_table_number(t, level);
    npim_table_number(t, sinad_dB);
    npim_table_number(t, sinad_dB <= highest_drawn_dB ? sinad_dB : (double)NAN);
    for (size_t c = AT_ACCURACY; c <= AT_PUBLISHED; c++)
        npim_table_number(t, c == at ? percent : (double)NAN);
}

static void fill(npim_table *t, const npim_noise_curve of[NPIM_STUDY_ARCHS]) {
    for (size_t a = 0; a < NPIM_STUDY_ARCHS; a++)
        for (size_t i = 0; i < of[a].n; i++)
            add_cells(t, archs[a].title, of[a].points[i].level, of[a].points[i].sinad_dB, AT_ACCURACY + a,
                      100.0 * of[a].points[i].accuracy);
    for (size_t a = 0; a < NPIM_STUDY_ARCHS; a++)
        if (of[a].knee.kind == NPIM_KNEE_FOUND)
            add_cells(t, archs[a].title, (double)NAN, of[a].knee.sinad_dB, AT_KNEE,
                      100.0 * (of[a].accuracy_int8 - NPIM_NOISE_LOSS));
    for (int end = 0; end < 2; end++)
        add_cells(t, "published", (double)NAN, NPIM_PUBLISHED_SINAD_DB, AT_PUBLISHED, 90.0 * end);
}

static npim_chart chart_of(const npim_noise_curve of[NPIM_STUDY_ARCHS]) {
    npim_chart chart = {.kind = NPIM_CHART_LINES,
                        .x_label = "SINAD of the network's layers, dB",
                        .y_label = "accuracy, %",
                        .marks = {{100.0 * (of[0].accuracy_int8 - NPIM_NOISE_LOSS), "int8 - 1 point"}},
                        .n_marks = 1};
    for (size_t a = 0; a < NPIM_STUDY_ARCHS; a++)
        chart.series[chart.n_series++] = (npim_series){AT_ACCURACY + a, archs[a].title, AT_DRAWN};
    chart.series[chart.n_series++] = (npim_series){AT_KNEE, "knees", AT_DRAWN};
    chart.series[chart.n_series++] = (npim_series){AT_PUBLISHED, "published", AT_DRAWN};
    return chart;
}

/* What to see in each of them. */
static const char *const captions[NPIM_N_NOISES] = {
    [NPIM_NOISE_CONVERTER] =
        "Gaussian noise of one size on every conversion, as in the published model, whose noise is Gaussian "
        "on activations: under C a conversion is a dot product of up to 128 rows, so there it is just that; "
        "under A it is rounded away up to a tenth of a step, then acts on every bit line.",
    [NPIM_NOISE_READ] = "Gaussian noise of every cell, new in every read: it grows with the current, so that "
                        "large sums get more of it.",
    [NPIM_NOISE_PROGRAMMING] =
        "Variation of the cells as they were programmed: the same error for every image, drawn once. At the "
        "same variation CASCADE loses most SINAD: its top bit counts negative, and a small negative weight "
        "is the difference of two large numbers."};

static npim_status make_chart(npim_study *study, size_t noise, const curves *c, npim_error *error) {
    static const npim_column columns[] = {{"architecture", "architecture", 0},
                                          {"level", "noise", -1},
                                          {"sinad_dB", "SINAD, dB", 1},
                                          {"drawn_dB", "as drawn", 1},
                                          {"isaac_percent", "ISAAC, accuracy, %", 2},
                                          {"cascade_percent", "CASCADE", 2},
                                          {"neural_pim_percent", "Neural-PIM", 2},
                                          {"knee_percent", "knee", 2},
                                          {"published_percent", "published", 2}};
    static const char *const names[NPIM_N_NOISES] = {"accuracy_converter_noise", "accuracy_read_noise",
                                                     "accuracy_programming"};
    static const char *const titles[NPIM_N_NOISES] = {"Accuracy against SINAD: noise of the A/D converters",
                                                      "Accuracy against SINAD: read noise of the cells",
                                                      "Accuracy against SINAD: programming variation"};
    npim_exhibit *e =
        npim_study_exhibit(study, names[noise], titles[noise], columns, sizeof columns / sizeof *columns);
    if (!e) return npim_fail(error, NPIM_ENOMEM, "no memory for accuracy against SINAD");
    fill(&e->table, c->of[noise]);
    e->chart = chart_of(c->of[noise]);
    e->hide_table = true;
    npim_exhibit_say(e,
                     "%s 360 images of the digits, mean of %u seed%s; x is the mean noise-to-signal ratio of "
                     "the layers, in dB. Each curve ends at the architecture as it is designed, but for what "
                     "is above %.0f dB or has no error, as ISAAC's. Level, in the data: %s.",
                     captions[noise], npim_noise_seeds(study, (npim_noise)noise),
                     npim_noise_seeds(study, (npim_noise)noise) == 1 ? "" : "s", highest_drawn_dB,
                     npim_noises[noise].level);
    return NPIM_OK;
}

/* --- the knees --- */

static const char *verdict(npim_knee_kind kind) {
    static const char *const verdicts[] = {[NPIM_KNEE_FOUND] = "found",
                                           [NPIM_KNEE_KEPT] = "accuracy is kept at every level",
                                           [NPIM_KNEE_LOST] = "accuracy is kept at no level"};
    return verdicts[kind];
}

static void add_knee(npim_table *t, size_t noise, size_t a, const npim_noise_curve *c) {
    const npim_noise_point *designed = &c->points[0], *worst = &c->points[c->n - 1];
    npim_table_text(t, npim_noises[noise].title);
    npim_table_text(t, archs[a].title);
    npim_table_number(t, 100.0 * c->accuracy_int8);
    npim_table_number(t, 100.0 * designed->accuracy);
    npim_table_number(t, designed->sinad_dB);
    npim_table_number(t, c->knee.sinad_dB);
    npim_table_number(t, designed->sinad_dB - c->knee.sinad_dB);
    npim_table_number(t, worst->sinad_dB);
    npim_table_number(t, 100.0 * worst->accuracy);
    npim_table_text(t, verdict(c->knee.kind));
}

/* The range of all knees, in words. */
static void say_where(const npim_study *study, const curves *c, char *text, size_t size) {
    double lowest = (double)NAN, highest = (double)NAN;
    for (size_t noise = 0; noise < NPIM_N_NOISES; noise++)
        for (size_t a = 0; a < NPIM_STUDY_ARCHS; a++) {
            const npim_noise_curve *curve = &c->of[noise][a];
            if (curve->n == 0 || curve->knee.kind != NPIM_KNEE_FOUND) continue;
            lowest = fmin(lowest, curve->knee.sinad_dB);
            highest = fmax(highest, curve->knee.sinad_dB);
        }
    if (isnan(lowest))
        snprintf(text, size, "None was found.");
    else
        snprintf(text, size, "Here at %.1f to %.1f dB, whatever the architecture%s.", lowest, highest,
                 study->quick ? "" : " and the noise");
}

static npim_status make_knees(npim_study *study, const curves *c, npim_error *error) {
    static const npim_column columns[] = {{"noise", "what grows", 0},
                                          {"architecture", "architecture", 0},
                                          {"int8_percent", "int8, %", 2},
                                          {"designed_percent", "as designed, %", 2},
                                          {"designed_sinad_dB", "SINAD, dB", 1},
                                          {"knee_dB", "knee, dB", 1},
                                          {"margin_dB", "as designed above it, dB", 1},
                                          {"lowest_sinad_dB", "lowest SINAD, dB", 1},
                                          {"lowest_percent", "accuracy there, %", 2},
                                          {"knee", "knee", 0}};
    npim_exhibit *e =
        npim_study_exhibit(study, "knees", "Where accuracy bends", columns, sizeof columns / sizeof *columns);
    if (!e) return npim_fail(error, NPIM_ENOMEM, "no memory for the knees");
    for (size_t noise = 0; noise < NPIM_N_NOISES; noise++)
        for (size_t a = 0; a < NPIM_STUDY_ARCHS; a++)
            if (c->of[noise][a].n > 0) add_knee(&e->table, noise, a, &c->of[noise][a]);
    char where[128];
    say_where(study, c, where, sizeof where);
    npim_exhibit_say(
        e,
        "Knee: the SINAD below which accuracy is more than 1 point (3.6 of the 360 images) below int8: "
        "between the highest SINAD measured that is too low for it and the next one above, on a straight "
        "line. %s Published: accuracy is kept at about %.0f dB. That is where Neural-PIM is said to work "
        "with ImageNet, not where accuracy bends; the digits are ten classes, small and easy, and bend far "
        "below, so the two numbers do not contradict each other. As designed, the layers of the digits reach "
        "some 20 dB, less than a full-scale sine does: on Neural-PIM for the few sums beyond the converter's "
        "range, on CASCADE for the resolution of its buffer. ISAAC makes no error there (a dash), or next to "
        "none.%s",
        where, NPIM_PUBLISHED_SINAD_DB,
        study->quick ? " With --quick few levels are measured, with one seed: a knee may be 3 dB off." : "");
    return NPIM_OK;
}

/* --- JSON --- */

static void add_json(const npim_study *study, const curves *c) {
    cJSON *o = cJSON_AddObjectToObject(study->json, "accuracy_sinad");
    cJSON_AddNumberToObject(o, "accuracy_int8", c->of[0][NPIM_NEURAL_PIM].accuracy_int8);
    cJSON_AddNumberToObject(o, "loss", NPIM_NOISE_LOSS);
    cJSON_AddNumberToObject(o, "published_dB", NPIM_PUBLISHED_SINAD_DB);
    cJSON *designed = cJSON_AddObjectToObject(o, "designed");
    for (size_t a = 0; a < NPIM_STUDY_ARCHS; a++) {
        const npim_noise_point *p = &c->of[0][a].points[0];
        cJSON *arch = cJSON_AddObjectToObject(designed, archs[a].key);
        cJSON_AddNumberToObject(arch, "sinad_dB", p->sinad_dB);
        cJSON_AddNumberToObject(arch, "accuracy", p->accuracy);
    }
    cJSON *knees = cJSON_AddObjectToObject(o, "knee_dB");
    for (size_t noise = 0; noise < NPIM_N_NOISES; noise++) {
        if (c->of[noise][0].n == 0) continue;
        cJSON *of = cJSON_AddObjectToObject(knees, npim_noises[noise].key);
        for (size_t a = 0; a < NPIM_STUDY_ARCHS; a++)
            cJSON_AddNumberToObject(of, archs[a].key, c->of[noise][a].knee.sinad_dB);
    }
}

npim_status npim_sinad_accuracy(npim_study *study, npim_error *error) {
    curves c = {.of = {{{.n = 0}}}};
    npim_status status = NPIM_OK;
    for (size_t noise = 0; noise < NPIM_N_NOISES; noise++) {
        if (!npim_noise_is_swept(study, (npim_noise)noise)) continue;
        for (size_t a = 0; a < NPIM_STUDY_ARCHS; a++)
            c.of[noise][a] = npim_noise_curve_make(study, (npim_noise)noise, (npim_contender)a);
        if (status == NPIM_OK) status = make_chart(study, noise, &c, error);
    }
    add_json(study, &c);
    return status == NPIM_OK ? make_knees(study, &c, error) : status;
}
