/* The neural peripherals: what their circuits are, how exact they are, and what they take. */
#include "sim/reproduce/load.h"
#include "sim/reproduce/peripherals_parts.h"
#include "sim/reproduce/sections.h"

static npim_exhibit *begin_circuits(npim_study *study) {
    static const npim_column columns[] = {
        {"circuit", "circuit", 0},          {"cells", "cells", 0},
        {"inverters", "inverters", 0},      {"latches", "latches", 0},
        {"area_um2", "area, um2", 2},       {"settle_ns", "settles in, ns", 3},
        {"settle_pJ", "until then, pJ", 5}, {"cell_power_uW", "its cells take, uW", 2}};
    npim_exhibit *e = npim_study_exhibit(study, "peripheral_circuits", "The circuits", columns,
                                         sizeof columns / sizeof *columns);
    if (e)
        npim_exhibit_say(
            e, "Area: an estimate of cells, inverters and latches without their wiring; the architecture "
               "gives an NNS+A 141 um2 with its share of an NNADC, that is what is left of the tile. Time: "
               "the slowest of 64 random steps of a transient run; energy: the mean until it has settled. "
               "Both are in the files of the two circuits that the architecture names; the others were not "
               "simulated in time. The latches there are ideal: they add no delay and take no energy. A "
               "shift-and-add is a passive row of cells: it settles at once, and its cells take power for as "
               "long as its inputs stand.");
    return e;
}

static npim_status make_circuits(npim_study *study, const npim_peripheral *circuits, npim_error *error) {
    npim_exhibit *e = begin_circuits(study);
    if (!e) return npim_fail(error, NPIM_ENOMEM, "no memory for the circuits");
    for (size_t i = 0; i < NPIM_N_PERIPHERALS; i++) {
        const npim_peripheral *p = &circuits[i];
        npim_table_text(&e->table, p->title);
        npim_table_number(&e->table, p->cells);
        npim_table_number(&e->table, p->inverters);
        npim_table_number(&e->table, p->latches);
        npim_table_number(&e->table, p->area_um2);
        npim_table_number(&e->table, p->settle_ns);
        npim_table_number(&e->table, p->settle_pJ);
        npim_table_number(&e->table, p->cell_power_uW);
    }
    return NPIM_OK;
}

/* --- accuracy --- */

static const struct {
    const char *key;
    bool high_is_good; /* then the tenth that is worse lies below p10 */
} figures[] = {{"enob_bit", true}, {"sinad_dB", true}, {"dnl_lsb", false}, {"inl_lsb", false}};

enum { N_FIGURES = sizeof figures / sizeof *figures };

static npim_exhibit *begin_accuracy(npim_study *study) {
    static const npim_column columns[] = {{"circuit", "circuit", 0},
                                          {"enob_nominal_bit", "ENOB, bit: nominal", 2},
                                          {"enob_median_bit", "median", 2},
                                          {"enob_p10_bit", "p10", 2},
                                          {"sinad_nominal_dB", "SINAD, dB: nominal", 1},
                                          {"sinad_median_dB", "median", 1},
                                          {"sinad_p10_dB", "p10", 1},
                                          {"dnl_nominal_lsb", "DNL, LSB: nominal", 2},
                                          {"dnl_median_lsb", "median", 2},
                                          {"dnl_p90_lsb", "p90", 2},
                                          {"inl_nominal_lsb", "INL, LSB: nominal", 2},
                                          {"inl_median_lsb", "median", 2},
                                          {"inl_p90_lsb", "p90", 2},
                                          {"missing_codes_median", "missing codes, median", 0}};
    npim_exhibit *e = npim_study_exhibit(study, "peripheral_accuracy", "How exact they are", columns,
                                         sizeof columns / sizeof *columns);
    if (e)
        npim_exhibit_say(e,
                         "Nominal, and of 100 circuits whose cells vary by 2.5 %% (sigma): their median, and "
                         "the decile beyond which lie the worst (p10 of what is good when high, p90 of DNL "
                         "and INL, the worst code of each circuit). The 150 dB of a nominal shift-and-add "
                         "stand for the error of arithmetic. Variation, not the levels of a cell, is what "
                         "limits both; the SINAD of the whole dataflow is said to be about 50 dB.");
    return e;
}

static npim_status make_accuracy(npim_study *study, const npim_peripheral *circuits, npim_error *error) {
    npim_exhibit *e = begin_accuracy(study);
    if (!e) return npim_fail(error, NPIM_ENOMEM, "no memory for the figures");
    for (size_t i = 0; i < NPIM_N_PERIPHERALS; i++) {
        npim_table_text(&e->table, circuits[i].title);
        for (size_t f = 0; f < N_FIGURES; f++) {
            npim_spread s = npim_peripheral_spread(&circuits[i], figures[f].key);
            npim_table_number(&e->table, s.nominal);
            npim_table_number(&e->table, s.median);
            npim_table_number(&e->table, figures[f].high_is_good ? s.p10 : s.p90);
        }
        npim_table_number(&e->table, npim_peripheral_spread(&circuits[i], "missing_codes").median);
    }
    return NPIM_OK;
}

/* --- all --- */

static void add_circuit(cJSON *list, const npim_peripheral *p) {
    cJSON *o = cJSON_CreateObject();
    cJSON_AddItemToArray(list, o);
    cJSON_AddStringToObject(o, "circuit", p->title);
    npim_json_number(o, "cells", p->cells);
    npim_json_number(o, "area_um2", p->area_um2);
    npim_json_number(o, "settle_ns", p->settle_ns);
    npim_json_number(o, "settle_pJ", p->settle_pJ);
    for (size_t i = 0; i < p->achieved.n; i++) {
        const npim_achieved_figure *figure = &p->achieved.figures[i];
        cJSON *spread = cJSON_AddObjectToObject(o, figure->key);
        npim_json_number(spread, "nominal", figure->spread.nominal);
        npim_json_number(spread, "median", figure->spread.median);
        npim_json_number(spread, "p10", figure->spread.p10);
        npim_json_number(spread, "p90", figure->spread.p90);
    }
}

static npim_status make_all(npim_study *study, const npim_arch *isaac, const npim_arch *neural_pim,
                            npim_error *error) {
    npim_peripheral circuits[NPIM_N_PERIPHERALS];
    npim_status status = npim_peripherals_read(circuits, study, neural_pim, error);
    if (status != NPIM_OK) return status;
    cJSON *json = cJSON_AddObjectToObject(study->json, "peripherals");
    cJSON *list = cJSON_AddArrayToObject(json, "circuits");
    for (size_t i = 0; i < NPIM_N_PERIPHERALS; i++) add_circuit(list, &circuits[i]);
    status = make_circuits(study, circuits, error);
    if (status == NPIM_OK) status = make_accuracy(study, circuits, error);
    if (status == NPIM_OK) status = npim_peripheral_codes_make(study, error);
    const npim_peripheral_claims claims =
        npim_peripheral_claims_of(isaac, neural_pim, &circuits[NPIM_SHIPPED_NNADC]);
    return status == NPIM_OK ? npim_peripheral_energy_make(study, &claims, circuits, json, error) : status;
}

npim_status npim_peripherals_make(npim_study *study, npim_error *error) {
    npim_arch *isaac = NULL, *neural_pim = NULL;
    npim_status status = npim_load_arch(&isaac, "isaac", NULL, 0, error);
    if (status == NPIM_OK) status = npim_load_arch(&neural_pim, "neural-pim", NULL, 0, error);
    if (status == NPIM_OK) status = make_all(study, isaac, neural_pim, error);
    npim_free_arch(isaac);
    npim_free_arch(neural_pim);
    return status;
}
