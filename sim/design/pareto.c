#include "sim/design/pareto.h"

#include "sim/design/cell_power.h"
#include "sim/design/design_settle.h"
#include "sim/text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const uint32_t multiplicities[NPIM_PARETO_ROWS] = {1, 2, 3, 4, 6, 8, 12, 16};

static npim_status measure(npim_pareto_row *row, npim_design *design, const npim_sampling *sampling,
                           const char *folder, npim_error *error) {
    npim_characterization result;
    npim_status status = npim_characterize(&result, design, sampling, error);
    if (status == NPIM_OK) status = npim_cell_power_uW(design, &row->cell_power_uW, error);
    if (status == NPIM_OK && design->request.settle) status = npim_design_settle_in(design, folder, error);
    if (status != NPIM_OK) return status;
    row->multiplicity = design->request.multiplicity;
    row->cells = design->converter.circuit.n_cells;
    row->inverters = design->inverters;
    row->latches = design->latches;
    row->area_um2 = design->area_um2;
    row->settle = design->settle;
    row->n_figures = result.n_figures;
    memcpy(row->figures, result.figures, sizeof row->figures);
    return NPIM_OK;
}

npim_status npim_pareto_make(npim_pareto *pareto, const npim_design_request *request,
                             const npim_sampling *sampling, const char *folder, npim_error *error) {
    memset(pareto, 0, sizeof *pareto);
    pareto->request = *request;
    pareto->sampling = *sampling;
    npim_design *design = calloc(1, sizeof *design);
    if (!design) return npim_fail(error, NPIM_ENOMEM, "no memory for a design");
    npim_status status = NPIM_OK;
    for (uint32_t i = 0; status == NPIM_OK && i < NPIM_PARETO_ROWS; i++) {
        npim_design_request one = *request;
        one.multiplicity = multiplicities[i];
        status = npim_design_make(design, &one, folder, error);
        if (status == NPIM_OK) status = measure(&pareto->rows[i], design, sampling, folder, error);
        npim_design_fini(design);
    }
    free(design);
    return status;
}

/* --- columns --- */

typedef struct column {
    const char *key; /* with its unit */
    double (*value)(const npim_pareto_row *row);
    bool settled; /* from a transient run */
} column;

static double multiplicity(const npim_pareto_row *row) {
    return row->multiplicity;
}
static double cells(const npim_pareto_row *row) {
    return row->cells;
}
static double inverters(const npim_pareto_row *row) {
    return row->inverters;
}
static double latches(const npim_pareto_row *row) {
    return row->latches;
}
static double area(const npim_pareto_row *row) {
    return row->area_um2;
}
static double power(const npim_pareto_row *row) {
    return row->cell_power_uW;
}
static double settling(const npim_pareto_row *row) {
    return row->settle.settle_ns;
}
static double energy(const npim_pareto_row *row) {
    return row->settle.energy_pJ;
}

static const column columns[] = {
    {"multiplicity", multiplicity, false}, {"cells", cells, false},     {"inverters", inverters, false},
    {"latches", latches, false},           {"area_um2", area, false},   {"cell_power_uW", power, false},
    {"settle_ns", settling, true},         {"energy_pJ", energy, true},
};
enum { N_COLUMNS = sizeof columns / sizeof *columns };

static bool shown(const npim_pareto *pareto, const column *c) {
    return !c->settled || pareto->request.settle;
}

/* Four numbers of each figure. */
enum { N_PARTS = 4 };
static const char *const part_names[N_PARTS] = {"nominal", "median", "p10", "p90"};

static double part(const npim_spread *s, size_t i) {
    const double parts[N_PARTS] = {s->nominal, s->median, s->p10, s->p90};
    return parts[i];
}

/* --- output --- */

/* The figure that a circuit is chosen for. */
static const npim_spread *merit(const npim_pareto *pareto, const npim_pareto_row *row) {
    const char *key = pareto->request.kind == NPIM_DESIGN_NEURAL_ADC ? "enob_bit" : "sinad_dB";
    for (size_t i = 0; i < row->n_figures; i++)
        if (strcmp(row->figures[i].key, key) == 0) return &row->figures[i].spread;
    return NULL;
}

static void put_text(const void *subject, FILE *out) {
    const npim_pareto *pareto = subject;
    bool adc = pareto->request.kind == NPIM_DESIGN_NEURAL_ADC;
    fprintf(out, "%s: accuracy against cost; ", npim_design_kind_names[pareto->request.kind]);
    npim_sampling_put(&pareto->sampling, out);
    fputc('\n', out);
    for (size_t c = 0; c < N_COLUMNS; c++)
        if (shown(pareto, &columns[c])) fprintf(out, "%13s ", columns[c].key);
    fprintf(out, "%13s %13s %13s\n", adc ? "enob_bit" : "sinad_dB", "median", "p10");
    for (const npim_pareto_row *row = pareto->rows; row < pareto->rows + NPIM_PARETO_ROWS; row++) {
        const npim_spread *figure = merit(pareto, row);
        for (size_t c = 0; c < N_COLUMNS; c++)
            if (shown(pareto, &columns[c])) fprintf(out, "%13.6g ", columns[c].value(row));
        if (figure) fprintf(out, "%13.3f %13.3f %13.3f\n", figure->nominal, figure->median, figure->p10);
    }
}

/* The unit ends a name: "enob_bit" has a column "enob_median_bit". */
static void put_part_name(const char *key, const char *part_name, FILE *out) {
    const char *unit = strrchr(key, '_');
    fprintf(out, ",%.*s_%s%s", (int)(unit - key), key, part_name, unit);
}

static void put_csv(const void *subject, FILE *out) {
    const npim_pareto *pareto = subject;
    const char *between = "";
    for (size_t c = 0; c < N_COLUMNS; c++, between = ",")
        if (shown(pareto, &columns[c])) fprintf(out, "%s%s", between, columns[c].key);
    for (size_t i = 0; i < pareto->rows[0].n_figures; i++)
        for (size_t p = 0; p < N_PARTS; p++)
            put_part_name(pareto->rows[0].figures[i].key, part_names[p], out);
    for (const npim_pareto_row *row = pareto->rows; row < pareto->rows + NPIM_PARETO_ROWS; row++) {
        between = "\n";
        for (size_t c = 0; c < N_COLUMNS; c++, between = ",")
            if (shown(pareto, &columns[c])) fprintf(out, "%s%.17g", between, columns[c].value(row));
        for (size_t i = 0; i < row->n_figures; i++)
            for (size_t p = 0; p < N_PARTS; p++) fprintf(out, ",%.17g", part(&row->figures[i].spread, p));
    }
    fputc('\n', out);
}

char *npim_pareto_text(const npim_pareto *pareto) {
    return npim_text_of(put_text, pareto);
}

char *npim_pareto_csv(const npim_pareto *pareto) {
    return npim_text_of(put_csv, pareto);
}

static bool row_to_json(const npim_pareto *pareto, const npim_pareto_row *row, cJSON *rows) {
    cJSON *object = cJSON_CreateObject();
    bool good = cJSON_AddItemToArray(rows, object);
    for (size_t c = 0; c < N_COLUMNS; c++)
        if (shown(pareto, &columns[c]))
            good = good && cJSON_AddNumberToObject(object, columns[c].key, columns[c].value(row));
    for (size_t i = 0; i < row->n_figures; i++) {
        cJSON *figure = cJSON_AddObjectToObject(object, row->figures[i].key);
        for (size_t p = 0; p < N_PARTS; p++)
            good = good && cJSON_AddNumberToObject(figure, part_names[p], part(&row->figures[i].spread, p));
    }
    return good;
}

cJSON *npim_pareto_json(const npim_pareto *pareto) {
    bool adc = pareto->request.kind == NPIM_DESIGN_NEURAL_ADC;
    cJSON *json = cJSON_CreateObject();
    bool good = cJSON_AddStringToObject(json, "circuit", npim_design_kind_names[pareto->request.kind]) &&
                cJSON_AddNumberToObject(json, adc ? "bits" : "dac_bits",
                                        adc ? pareto->request.bits : pareto->request.dac_bits) &&
                npim_sampling_to_json(&pareto->sampling, json);
    cJSON *rows = cJSON_AddArrayToObject(json, "rows");
    for (size_t i = 0; i < NPIM_PARETO_ROWS; i++) good = good && row_to_json(pareto, &pareto->rows[i], rows);
    if (good && rows) return json;
    cJSON_Delete(json);
    return NULL;
}
