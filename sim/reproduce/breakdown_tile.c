/* Power of a busy tile and its area, block by block. */
#include "sim/reproduce/breakdown_parts.h"
#include "sim/reproduce/published.h"

#include <math.h>

/* From the top. */
static const size_t order[NPIM_BREAKDOWN_TILES] = {NPIM_TILE_ISAAC_16BIT, NPIM_ISAAC, NPIM_CASCADE,
                                                   NPIM_NEURAL_PIM};

static const double published_density[NPIM_BREAKDOWN_TILES] = {
    [NPIM_ISAAC] = NPIM_PUBLISHED_DENSITY_ISAAC,
    [NPIM_CASCADE] = NPIM_PUBLISHED_DENSITY_CASCADE,
    [NPIM_NEURAL_PIM] = NPIM_PUBLISHED_DENSITY_NEURAL_PIM,
    [NPIM_TILE_ISAAC_16BIT] = (double)NAN,
};

static void add_parts(npim_table *t, size_t tile, const npim_parts *parts, double published) {
    npim_table_text(t, npim_breakdown_tiles[tile].title);
    for (size_t p = 0; p < NPIM_N_PARTS; p++) npim_table_number(t, parts->of[p]);
    npim_table_number(t, npim_parts_total(parts));
    npim_table_number(t, published);
}

static npim_status make_power(npim_study *study, const npim_breakdown *b, npim_error *error) {
    static const npim_column columns[] = {{"architecture", "architecture", 0},
                                          {"dac_mW", "DAC, mW", 1},
                                          {"array_mW", "arrays", 1},
                                          {"analog_mW", "analog", 1},
                                          {"adc_mW", "ADC, NNADC", 1},
                                          {"digital_mW", "digital", 1},
                                          {"register_mW", "registers", 1},
                                          {"buffer_mW", "eDRAM, bus", 1},
                                          {"noc_mW", "NoC", 1},
                                          {"total_mW", "total", 1},
                                          {"published_mW", "published total", 0},
                                          {"adc_percent", "ADC, % of it", 1}};
    npim_exhibit *e = npim_study_exhibit(study, "tile_power", "Power of a tile at full load", columns,
                                         sizeof columns / sizeof *columns);
    if (!e) return npim_fail(error, NPIM_ENOMEM, "no memory for the power of a tile");
    for (size_t i = 0; i < NPIM_BREAKDOWN_TILES; i++) {
        const npim_parts *parts = &b->tile_mW[order[i]];
        add_parts(&e->table, order[i], parts,
                  order[i] == NPIM_TILE_ISAAC_16BIT ? NPIM_PUBLISHED_ISAAC_TILE_MW : (double)NAN);
        npim_table_number(&e->table, 100.0 * parts->of[NPIM_PART_ADC] / npim_parts_total(parts));
    }
    e->chart = npim_parts_chart("power of a tile, mW");
    npim_exhibit_say(
        e, "What nameplate accounting charges while arrays are busy. ISAAC of 16 bit, as it is published, is "
           "the check of the blocks: its tile has 330 mW. Analog: sample-and-holds and NNS+A; in CASCADE the "
           "transimpedance and summing amplifiers and the analog buffer. Tiles are not of one size: ISAAC's "
           "hold 96 arrays of 128 x 128, CASCADE's 256 of 64 x 64, Neural-PIM's 64 of 128 x 128.");
    return NPIM_OK;
}

static npim_status make_area(npim_study *study, const npim_breakdown *b, npim_error *error) {
    static const npim_column columns[] = {{"architecture", "architecture", 0},
                                          {"dac_mm2", "DAC, mm2", 4},
                                          {"array_mm2", "arrays", 4},
                                          {"analog_mm2", "analog", 4},
                                          {"adc_mm2", "ADC, NNADC", 4},
                                          {"digital_mm2", "digital", 4},
                                          {"register_mm2", "registers", 4},
                                          {"buffer_mm2", "eDRAM, bus", 4},
                                          {"noc_mm2", "NoC", 4},
                                          {"total_mm2", "total", 4},
                                          {"published_mm2", "published total", 3},
                                          {"density_percent", "arrays, % of it", 3},
                                          {"published_density_percent", "published, %", 2}};
    npim_exhibit *e =
        npim_study_exhibit(study, "tile_area", "Area of a tile", columns, sizeof columns / sizeof *columns);
    if (!e) return npim_fail(error, NPIM_ENOMEM, "no memory for the area of a tile");
    for (size_t i = 0; i < NPIM_BREAKDOWN_TILES; i++) {
        const npim_parts *parts = &b->tile_mm2[order[i]];
        add_parts(&e->table, order[i], parts,
                  order[i] == NPIM_TILE_ISAAC_16BIT ? NPIM_PUBLISHED_ISAAC_TILE_MM2 : (double)NAN);
        npim_table_number(&e->table, 100.0 * parts->of[NPIM_PART_ARRAY] / npim_parts_total(parts));
        npim_table_number(&e->table, 100.0 * published_density[order[i]]);
    }
    e->chart = npim_parts_chart("area of a tile, mm2");
    npim_exhibit_say(e, "The arrays are less than a hundredth of every tile, too thin to see: area goes to "
                        "eDRAM, bus, router and the way to digitise. Neural-PIM's NNADC is counted in its "
                        "NNS+A, and CASCADE's buffer in its amplifiers: both areas are what is left of a "
                        "tile whose size follows from the published density and equal area, so that these "
                        "two densities are put in, not found. ISAAC's follows from its own table.");
    return NPIM_OK;
}

npim_status npim_breakdown_tile(npim_study *study, const npim_breakdown *b, npim_error *error) {
    npim_status status = make_power(study, b, error);
    return status == NPIM_OK ? make_area(study, b, error) : status;
}
