/* Energy of an image, block by block. */
#include "sim/reproduce/breakdown_parts.h"
#include "sim/reproduce/sections.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char example[] = "vgg16";

static size_t example_network(const npim_study *study) {
    size_t n = 0;
    while (n + 1 < NPIM_STUDY_NETWORKS && strcmp(study->networks[n].name, example) != 0) n++;
    return n;
}

/* Rows: the architectures beside each other under each accounting. */
static const npim_accounting accountings[NPIM_N_ACCOUNTINGS] = {NPIM_NAMEPLATE, NPIM_EVENT};

static void add_name(npim_table *t, size_t a, size_t accounting) {
    char name[64];
    snprintf(name, sizeof name, "%s, %s", npim_breakdown_tiles[a].title, npim_accountings[accounting].title);
    npim_table_text(t, name);
}

static npim_status make_shares(npim_study *study, const npim_breakdown *b, npim_error *error) {
    static const npim_column columns[] = {
        {"architecture_and_accounting", "architecture, accounting", 0},
        {"dac_percent", "DAC, %", 1},
        {"array_percent", "arrays", 1},
        {"analog_percent", "analog", 1},
        {"adc_percent", "ADC, NNADC", 1},
        {"digital_percent", "digital", 1},
        {"register_percent", "registers", 1},
        {"buffer_percent", "eDRAM, bus", 1},
        {"noc_percent", "NoC", 1},
    };
    npim_exhibit *e = npim_study_exhibit(study, "energy_shares", "Where the energy of an image goes", columns,
                                         sizeof columns / sizeof *columns);
    if (!e) return npim_fail(error, NPIM_ENOMEM, "no memory for the shares of energy");
    for (size_t i = 0; i < NPIM_N_ACCOUNTINGS; i++)
        for (size_t a = 0; a < NPIM_STUDY_ARCHS; a++) {
            npim_accounting way = accountings[i];
            add_name(&e->table, a, way);
            for (size_t p = 0; p < NPIM_N_PARTS; p++)
                npim_table_number(&e->table,
                                  100.0 * npim_breakdown_share(b, (npim_contender)a, way, (npim_part)p));
        }
    e->chart = npim_parts_chart("share of the energy of an image, %");
    npim_exhibit_say(
        e,
        "Mean over the nine networks, without the links between chips. Most of ISAAC's energy is that of its "
        "converters; in CASCADE row drivers (DAC) and analog buffer take their place, and in Neural-PIM the "
        "row drivers, whose power at 4 bit is assumed, are the largest part. Event accounting charges "
        "registers for every byte, which is written once for 8 column blocks and read in each of them, and "
        "eDRAM and NoC for what they move; nameplate accounting charges the power of them all while arrays "
        "are busy.");
    return NPIM_OK;
}

static npim_status make_example(npim_study *study, const npim_breakdown *b, npim_error *error) {
    static const npim_column columns[] = {
        {"architecture_and_accounting", "architecture, accounting", 0},
        {"dac_uJ", "DAC, uJ", 0},
        {"array_uJ", "arrays", 0},
        {"analog_uJ", "analog", 0},
        {"adc_uJ", "ADC, NNADC", 0},
        {"digital_uJ", "digital", 0},
        {"register_uJ", "registers", 0},
        {"buffer_uJ", "eDRAM, bus", 0},
        {"noc_uJ", "NoC", 0},
        {"total_uJ", "total", 0},
    };
    npim_exhibit *e = npim_study_exhibit(study, "energy_vgg16", "Energy of one image of VGG-16", columns,
                                         sizeof columns / sizeof *columns);
    if (!e) return npim_fail(error, NPIM_ENOMEM, "no memory for the energy of an image");
    size_t n = example_network(study);
    for (size_t i = 0; i < NPIM_N_ACCOUNTINGS; i++)
        for (size_t a = 0; a < NPIM_STUDY_ARCHS; a++) {
            npim_accounting way = accountings[i];
            add_name(&e->table, a, way);
            for (size_t p = 0; p < NPIM_N_PARTS; p++)
                npim_table_number(&e->table, b->energy_uJ[a][way][n].of[p]);
            npim_table_number(&e->table, npim_parts_total(&b->energy_uJ[a][way][n]));
        }
    e->chart = npim_parts_chart("energy of an image, uJ");
    npim_exhibit_say(
        e, "The same, in uJ, closed form. In total the two accountings differ by a fifth at most. Most of "
           "the difference between the architectures is that between their ways to digitise.");
    return NPIM_OK;
}

npim_status npim_breakdown_make(npim_study *study, npim_error *error) {
    npim_breakdown *b = malloc(sizeof *b);
    if (!b) return npim_fail(error, NPIM_ENOMEM, "no memory for the breakdown");
    npim_status status = npim_breakdown_fill(b, study, error);
    if (status == NPIM_OK) status = npim_breakdown_published(study, b, error);
    if (status == NPIM_OK) status = make_shares(study, b, error);
    if (status == NPIM_OK) status = make_example(study, b, error);
    if (status == NPIM_OK) status = npim_breakdown_tile(study, b, error);
    free(b);
    return status;
}
