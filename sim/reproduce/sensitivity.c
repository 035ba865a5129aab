/* What halving and doubling each assumed or calibrated value does to the ratios. */
#include "sim/reproduce/sensitivity.h"

#include "sim/estimate.h"
#include "sim/reproduce/constants.h"
#include "sim/reproduce/load.h"
#include "sim/reproduce/published.h"
#include "sim/reproduce/sections.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { TORNADO_ROWS = 16 };

static const char *const ratio_titles[NPIM_N_SENSITIVE] = {
    "E / ISAAC, event",       "E / CASCADE, event", "E / ISAAC, nameplate",
    "E / CASCADE, nameplate", "T / ISAAC",          "T / CASCADE"};

/* Energies and throughputs of one architecture, over the networks. */
typedef struct figures {
    double event_uJ[NPIM_STUDY_NETWORKS], nameplate_uJ[NPIM_STUDY_NETWORKS],
        images_per_s[NPIM_STUDY_NETWORKS];
} figures;

static figures figures_of(const npim_study *study, const npim_arch *arch) {
    figures f;
    for (size_t n = 0; n < NPIM_STUDY_NETWORKS; n++) {
        npim_estimate e;
        npim_estimate_make(&e, arch, &study->networks[n].network, &study->networks[n].graph);
        f.event_uJ[n] = npim_estimate_event_uJ(&e);
        f.nameplate_uJ[n] = e.nameplate_uJ;
        f.images_per_s[n] = e.chip_images_per_s;
    }
    return f;
}

/* Arithmetic means over the networks; each other against Neural-PIM. */
static void compare(const figures of[NPIM_STUDY_ARCHS], double ratios[NPIM_N_SENSITIVE]) {
    const figures *own = &of[NPIM_NEURAL_PIM];
    memset(ratios, 0, NPIM_N_SENSITIVE * sizeof *ratios);
    for (size_t n = 0; n < NPIM_STUDY_NETWORKS; n++)
        for (size_t a = 0; a < NPIM_NEURAL_PIM; a++) {
            ratios[a] += of[a].event_uJ[n] / own->event_uJ[n] / NPIM_STUDY_NETWORKS;
            ratios[2 + a] += of[a].nameplate_uJ[n] / own->nameplate_uJ[n] / NPIM_STUDY_NETWORKS;
            ratios[4 + a] += own->images_per_s[n] / of[a].images_per_s[n] / NPIM_STUDY_NETWORKS;
        }
}

/* --- one value --- */

typedef struct trial {
    const npim_study *study;
    const npim_arch *arch;
    size_t which; /* of the three */
    figures base[NPIM_STUDY_ARCHS];
    npim_arch *varied; /* room for it */
} trial;

/* False when the architecture does not take the value; error says why. */
static bool try_value(const trial *t, const char *key, double value, double ratios[NPIM_N_SENSITIVE],
                      npim_error *error) {
    char assignment[256], number[32];
    const char *const assignments[] = {assignment};
    figures of[NPIM_STUDY_ARCHS];
    npim_number_text(value, number, sizeof number);
    snprintf(assignment, sizeof assignment, "%s=%s", key, number);
    if (npim_arch_vary(t->varied, t->arch, assignments, 1, error) != NPIM_OK) return false;
    memcpy(of, t->base, sizeof of);
    of[t->which] = figures_of(t->study, t->varied);
    npim_arch_fini(t->varied);
    compare(of, ratios);
    return true;
}

static void vary(const trial *t, const npim_entry *entry, const npim_field *field, double factor,
                 npim_sensitive_side *side) {
    bool whole = field->kind != NPIM_KIND_DOUBLE;
    npim_error error = {NPIM_OK, ""};
    side->value = whole ? floor(entry->number * factor) : entry->number * factor;
    if (side->value == entry->number || side->value < field->min || side->value > field->max)
        snprintf(side->refused, sizeof side->refused, "%s",
                 side->value == entry->number ? "cannot be halved or doubled" : "out of range");
    else if (!try_value(t, entry->path, side->value, side->ratios, &error)) {
        const char *reason = strstr(error.message, ": ");
        snprintf(side->refused, sizeof side->refused, "%.*s", (int)sizeof side->refused - 1,
                 reason ? reason + 2 : error.message);
    }
    for (size_t i = 0; i < NPIM_N_SENSITIVE && *side->refused; i++) side->ratios[i] = (double)NAN;
}

static bool is_open(const npim_arch *arch, const npim_entry *entry) {
    bool number = entry->kind == NPIM_ENTRY_INTEGER || entry->kind == NPIM_ENTRY_FLOAT;
    bool tagged = entry->tag && (strcmp(entry->tag, "A") == 0 || strcmp(entry->tag, "C") == 0);
    return number && tagged && entry->number != 0.0 && npim_constant_field(arch, entry);
}

static npim_status vary_arch(npim_sensitivities *s, const trial *t, npim_error *error) {
    const npim_arch *arch = t->arch;
    for (size_t i = 0; i < arch->doc.n_entries; i++) {
        const npim_entry *entry = &arch->doc.entries[i];
        if (!is_open(arch, entry)) continue;
        if (npim_stop_wanted(t->study->stop)) return npim_stop_check(t->study->stop, error);
        if (s->n == NPIM_MAX_SENSITIVE)
            return npim_fail(error, NPIM_EINVARIANT, "more than %d assumed values", NPIM_MAX_SENSITIVE);
        npim_sensitive *row = &s->rows[s->n++];
        *row = (npim_sensitive){.value = entry->number};
        snprintf(row->arch, sizeof row->arch, "%s", arch->name);
        snprintf(row->key, sizeof row->key, "%s", entry->path);
        snprintf(row->tag, sizeof row->tag, "%s", entry->tag);
        const npim_field *field = npim_constant_field(arch, entry);
        row->unit = field->unit;
        vary(t, entry, field, 0.5, &row->half);
        vary(t, entry, field, 2.0, &row->twice);
    }
    return NPIM_OK;
}

npim_status npim_sensitivities_make(npim_sensitivities *s, const npim_study *study,
                                    const char *const archs[NPIM_STUDY_ARCHS], npim_error *error) {
    npim_arch *loaded[NPIM_STUDY_ARCHS] = {NULL};
    trial t = {.study = study, .varied = calloc(1, sizeof *t.varied)};
    npim_status status = t.varied ? NPIM_OK : npim_fail(error, NPIM_ENOMEM, "no memory for an architecture");
    s->n = 0;
    for (size_t a = 0; a < NPIM_STUDY_ARCHS && status == NPIM_OK; a++) {
        status = npim_load_arch(&loaded[a], archs[a], NULL, 0, error);
        if (status == NPIM_OK) t.base[a] = figures_of(study, loaded[a]);
    }
    if (status == NPIM_OK) compare(t.base, s->base);
    for (size_t a = 0; a < NPIM_STUDY_ARCHS && status == NPIM_OK; a++) {
        t.which = a;
        t.arch = loaded[a];
        status = vary_arch(s, &t, error);
    }
    free(t.varied);
    for (size_t a = 0; a < NPIM_STUDY_ARCHS; a++) npim_free_arch(loaded[a]);
    return status;
}

/* --- exhibits --- */

static npim_status make_table(npim_study *study, const npim_sensitivities *s, npim_error *error) {
    static const npim_column columns[] = {{"architecture", "architecture", 0},
                                          {"key", "constant", 0},
                                          {"tag", "tag", 0},
                                          {"value", "value", -1},
                                          {"unit", "unit", 0},
                                          {"half_energy_vs_isaac", "x0.5: E/I event", 2},
                                          {"half_energy_vs_cascade", "E/C", 2},
                                          {"half_nameplate_vs_isaac", "E/I namepl.", 2},
                                          {"half_nameplate_vs_cascade", "E/C", 2},
                                          {"half_throughput_vs_isaac", "T/I", 2},
                                          {"half_throughput_vs_cascade", "T/C", 2},
                                          {"twice_energy_vs_isaac", "x2: E/I event", 2},
                                          {"twice_energy_vs_cascade", "E/C", 2},
                                          {"twice_nameplate_vs_isaac", "E/I namepl.", 2},
                                          {"twice_nameplate_vs_cascade", "E/C", 2},
                                          {"twice_throughput_vs_isaac", "T/I", 2},
                                          {"twice_throughput_vs_cascade", "T/C", 2},
                                          {"refused", "not tried, because", 0}};
    npim_exhibit *e =
        npim_study_exhibit(study, "sensitivity", "Every assumed and calibrated number, halved and doubled",
                           columns, sizeof columns / sizeof *columns);
    if (!e) return npim_fail(error, NPIM_ENOMEM, "no memory for the sensitivities");
    for (size_t r = 0; r < s->n; r++) {
        const npim_sensitive *row = &s->rows[r];
        npim_table_text(&e->table, row->arch);
        npim_table_text(&e->table, row->key);
        npim_table_text(&e->table, row->tag);
        npim_table_number(&e->table, row->value);
        npim_table_text(&e->table, row->unit);
        for (size_t i = 0; i < NPIM_N_SENSITIVE; i++) npim_table_number(&e->table, row->half.ratios[i]);
        for (size_t i = 0; i < NPIM_N_SENSITIVE; i++) npim_table_number(&e->table, row->twice.ratios[i]);
        npim_table_text(&e->table, *row->half.refused ? row->half.refused : row->twice.refused);
    }
    npim_exhibit_say(
        e,
        "Closed form, arithmetic mean of the nine networks; base %.2f and %.2f (event), %.2f and %.2f "
        "(nameplate), %.2f and %.2f (throughput). Values that leave all ratios as they are act on time or "
        "values of a replay instead. A dash: the architecture does not take that value.",
        s->base[0], s->base[1], s->base[2], s->base[3], s->base[4], s->base[5]);
    return NPIM_OK;
}

/* How far a value moves a ratio. */
static double span(const npim_sensitivities *s, size_t row, size_t ratio) {
    const npim_sensitive *of = &s->rows[row];
    double base = s->base[ratio], most = 0.0;
    const double both[] = {of->half.ratios[ratio], of->twice.ratios[ratio]};
    for (size_t i = 0; i < 2; i++)
        if (!isnan(both[i]) && fabs(both[i] - base) > most) most = fabs(both[i] - base);
    return most;
}

/* The row that moves the ratio most and is not taken yet; s->n when none moves it. */
static size_t next_row(const npim_sensitivities *s, size_t ratio, const bool *taken) {
    size_t best = s->n;
    double most = 1e-9;
    for (size_t r = 0; r < s->n; r++)
        if (!taken[r] && span(s, r, ratio) > most) {
            most = span(s, r, ratio);
            best = r;
        }
    return best;
}

static void add_tornado_row(npim_table *t, const npim_sensitivities *s, size_t row, size_t ratio) {
    char label[200];
    const npim_sensitive *of = &s->rows[row];
    snprintf(label, sizeof label, "%s %s", of->arch, of->key);
    npim_table_text(t, label);
    npim_table_text(t, of->tag);
    npim_table_number(t, of->value);
    npim_table_number(t, isnan(of->half.ratios[ratio]) ? s->base[ratio] : of->half.ratios[ratio]);
    npim_table_number(t, isnan(of->twice.ratios[ratio]) ? s->base[ratio] : of->twice.ratios[ratio]);
}

static npim_status make_tornado(npim_study *study, const npim_sensitivities *s, size_t ratio,
                                const char *name, const char *title, npim_mark published, npim_error *error) {
    static const npim_column columns[] = {{"constant", "constant", 0},
                                          {"tag", "tag", 0},
                                          {"value", "value", -1},
                                          {"half", "x0.5", 3},
                                          {"twice", "x2", 3}};
    npim_exhibit *e = npim_study_exhibit(study, name, title, columns, sizeof columns / sizeof *columns);
    bool *taken = calloc(s->n + 1, sizeof *taken);
    if (!e || !taken) {
        free(taken);
        return npim_fail(error, NPIM_ENOMEM, "no memory for a tornado");
    }
    for (size_t i = 0, row; i < TORNADO_ROWS && (row = next_row(s, ratio, taken)) < s->n; i++) {
        taken[row] = true;
        add_tornado_row(&e->table, s, row, ratio);
    }
    free(taken);
    e->chart = (npim_chart){.kind = NPIM_CHART_RANGES,
                            .x_label = ratio_titles[ratio],
                            .series = {{3, "value x 0.5", 0}, {4, "value x 2", 0}},
                            .n_series = 2,
                            .marks = {published},
                            .n_marks = 1};
    npim_exhibit_say(
        e,
        "The assumed and calibrated values that move this ratio most, from half to twice the value; the base "
        "is %.2f. One key alone, at equal numbers of tiles: area does not follow (twice the arrays of a tile "
        "are a larger chip), nor do keys that depend on it (a finer DAC keeps its power).",
        s->base[ratio]);
    return NPIM_OK;
}

npim_status npim_sensitivity_make(npim_study *study, npim_error *error) {
    static const char *const archs[NPIM_STUDY_ARCHS] = {"isaac", "cascade", "neural-pim"};
    static const struct {
        size_t ratio;
        const char *name, *title;
        npim_mark published;
    } tornados[] = {{0,
                     "tornado_energy_isaac",
                     "What moves the energy ratio to ISAAC",
                     {NPIM_PUBLISHED_ENERGY_ISAAC, "published"}},
                    {1,
                     "tornado_energy_cascade",
                     "What moves the energy ratio to CASCADE",
                     {NPIM_PUBLISHED_ENERGY_CASCADE, "published"}},
                    {4,
                     "tornado_throughput_isaac",
                     "What moves the throughput ratio to ISAAC",
                     {NPIM_PUBLISHED_THROUGHPUT_ISAAC, "published"}},
                    {5,
                     "tornado_throughput_cascade",
                     "What moves the throughput ratio to CASCADE",
                     {NPIM_PUBLISHED_THROUGHPUT_CASCADE, "published"}}};
    npim_sensitivities *s = calloc(1, sizeof *s);
    npim_status status = s ? npim_sensitivities_make(s, study, archs, error)
                           : npim_fail(error, NPIM_ENOMEM, "no memory for the sensitivities");
    for (size_t i = 0; i < sizeof tornados / sizeof *tornados && status == NPIM_OK; i++)
        status = make_tornado(study, s, tornados[i].ratio, tornados[i].name, tornados[i].title,
                              tornados[i].published, error);
    if (status == NPIM_OK) status = make_table(study, s, error);
    free(s);
    return status;
}
