/* The blocks of an architecture in eight parts, under which energy, power and area are shown. */
#ifndef NPIM_SIM_REPRODUCE_PARTS_H
#define NPIM_SIM_REPRODUCE_PARTS_H

#include "sim/estimate.h"
#include "sim/reproduce/points.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef enum npim_part {
    NPIM_PART_DAC,
    NPIM_PART_ARRAY,
    NPIM_PART_ANALOG,
    NPIM_PART_ADC,
    NPIM_PART_DIGITAL,
    NPIM_PART_REGISTER,
    NPIM_PART_BUFFER, /* eDRAM and bus */
    NPIM_PART_NOC,
    NPIM_N_PARTS
} npim_part;

extern const struct npim_named npim_part_names[NPIM_N_PARTS];

/* One number for each part; the links between chips are in none. */
typedef struct npim_parts {
    double of[NPIM_N_PARTS];
} npim_parts;

/* All parts, in their order. */
double npim_parts_total(const npim_parts *parts);

/* Nameplate power, mW, and area, mm2, of one tile. */
npim_parts npim_parts_tile_mW(const npim_arch *arch);
npim_parts npim_parts_tile_mm2(const npim_arch *arch);

/* Energy of an image in closed form, uJ. estimate: of that architecture. */
npim_parts npim_parts_energy_uJ(const npim_arch *arch, const npim_estimate *estimate,
                                npim_accounting accounting);

/* Stacked bars of a table with a name in its first column and the parts in those behind it. */
npim_chart npim_parts_chart(const char *y_label);

#ifdef __cplusplus
}
#endif
#endif
