#include "sim/reproduce/peripherals_parts.h"

#include "hw/neural_adc.h"
#include "hw/neural_sa.h"
#include "sim/arch_design.h"
#include "sim/reproduce/sections.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct {
    const char *title, *command; /* no command: shipped */
    bool converter;
} all[NPIM_N_PERIPHERALS] = {
    [NPIM_NNADC_8] = {"NNADC, 8 bit", "characterize neural-adc --codes", true},
    [NPIM_NNADC_4] = {"NNADC, 4 bit", "characterize neural-adc --bits 4 --codes", true},
    [NPIM_NNSA_1] = {"NNS+A, 1-bit DAC", "characterize neural-sa --dac-bits 1", false},
    [NPIM_NNSA_4] = {"NNS+A, 4-bit DAC", "characterize neural-sa --dac-bits 4", false},
    [NPIM_SHIPPED_NNADC] = {"NNADC of neural-pim.toml, 8 bit", NULL, true},
    [NPIM_SHIPPED_NNSA] = {"NNS+A of neural-pim.toml, 4-bit DAC", NULL, false}};

npim_status npim_peripherals_plan(npim_study *study, npim_error *error) {
    npim_status status = NPIM_OK;
    for (size_t i = 0; i < NPIM_N_PERIPHERALS && status == NPIM_OK; i++)
        if (all[i].command) status = npim_runs_add(&study->runs, error, "%s", all[i].command);
    return status;
}

const cJSON *npim_peripheral_document(const npim_study *study, npim_peripheral_id id) {
    return all[id].command ? npim_runs_document(&study->runs, "%s", all[id].command) : NULL;
}

static npim_peripheral unknown(npim_peripheral_id id) {
    const double none = (double)NAN;
    return (npim_peripheral){.title = all[id].title,
                             .converter = all[id].converter,
                             .cells = none,
                             .inverters = none,
                             .latches = none,
                             .area_um2 = none,
                             .settle_ns = none,
                             .mean_settle_ns = none,
                             .settle_pJ = none,
                             .cell_power_uW = none};
}

/* A figure is an object with nominal, median and deciles. */
static void read_figures(npim_achieved *achieved, const cJSON *document) {
    const cJSON *member;
    cJSON_ArrayForEach(member, document) {
        double nominal = npim_document_number(member, "nominal");
        if (isnan(nominal) || achieved->n == NPIM_MAX_SPREADS) continue;
        npim_achieved_figure *figure = &achieved->figures[achieved->n++];
        snprintf(figure->key, sizeof figure->key, "%s", member->string);
        figure->spread =
            (npim_spread){nominal, npim_document_number(member, "median"),
                          npim_document_number(member, "p10"), npim_document_number(member, "p90")};
    }
}

static npim_status read_document(npim_peripheral *p, const cJSON *document, npim_error *error) {
    p->cells = npim_document_number(document, "cells");
    p->inverters = npim_document_number(document, "inverters");
    p->latches = npim_document_number(document, "latches");
    p->area_um2 = npim_document_number(document, "area_um2");
    read_figures(&p->achieved, document);
    if (p->achieved.n > 0 && p->cells > 0) return NPIM_OK;
    return npim_fail(error, NPIM_EINVARIANT, "%s: its measurement has no figures", p->title);
}

static void read_design(npim_peripheral *p, const npim_design *design) {
    p->cells = design->converter.circuit.n_cells;
    p->inverters = design->inverters;
    p->latches = design->latches;
    p->area_um2 = design->area_um2;
    p->achieved = design->achieved;
    if (design->achieved.n > 0) p->cell_power_uW = design->achieved.cell_power_uW;
    if (design->settle.steps == 0) return;
    p->settle_ns = design->settle.settle_ns;
    p->mean_settle_ns = design->settle.mean_settle_ns;
    p->settle_pJ = design->settle.energy_pJ;
}

static npim_status read_shipped(npim_peripheral *p, const npim_arch *arch, npim_error *error) {
    npim_design *design = NULL;
    npim_status status = npim_arch_design_load(
        arch, p->converter ? &npim_neural_adc_ops : &npim_neural_sa_ops, &design, error);
    if (status != NPIM_OK) return status;
    if (!design) return npim_fail(error, NPIM_ECONFIG, "%s: the architecture names no such design", p->title);
    read_design(p, design);
    npim_design_fini(design);
    free(design);
    return NPIM_OK;
}

npim_status npim_peripherals_read(npim_peripheral circuits[NPIM_N_PERIPHERALS], const npim_study *study,
                                  const npim_arch *neural_pim, npim_error *error) {
    npim_status status = NPIM_OK;
    for (size_t i = 0; i < NPIM_N_PERIPHERALS && status == NPIM_OK; i++) {
        circuits[i] = unknown((npim_peripheral_id)i);
        status = all[i].command ? read_document(&circuits[i],
                                                npim_peripheral_document(study, (npim_peripheral_id)i), error)
                                : read_shipped(&circuits[i], neural_pim, error);
    }
    return status;
}

npim_spread npim_peripheral_spread(const npim_peripheral *circuit, const char *key) {
    for (size_t i = 0; i < circuit->achieved.n; i++)
        if (strcmp(circuit->achieved.figures[i].key, key) == 0) return circuit->achieved.figures[i].spread;
    return (npim_spread){(double)NAN, (double)NAN, (double)NAN, (double)NAN};
}
